// What every page that answers needs: what the build gave, and its settings in the address.
window.dlhw = {
  given: name => JSON.parse(document.getElementById(name).textContent),
  settings: () => Object.fromEntries(new URLSearchParams(location.hash.slice(1))),
  keep: settings => history.replaceState(null, "", `#${new URLSearchParams(settings)}`),
}
