// What pages that answer need: what the build gave, settings in the address, a list of tasks.
window.dlhw = {
  given: name => JSON.parse(document.getElementById(name).textContent),
  settings: () => Object.fromEntries(new URLSearchParams(location.hash.slice(1))),
  keep: settings => history.replaceState(null, "", `#${new URLSearchParams(settings)}`),

  // Marks in a list of tasks those that were found, and returns what is to be said of them.
  tick(list, found) {
    const items = [...list.querySelectorAll("li")]
    const now = items.filter(item => found.includes(item.dataset.task))
    for (const item of now) item.classList.add("done")
    const done = items.filter(item => item.classList.contains("done")).length
    if (done) list.querySelector(".found").textContent = `${done} of ${items.length} found.`
    return now.map(item => ` ✓ Task ${items.indexOf(item) + 1} done.`).join("")
  },
}
