// Which test sees it? The verdicts are given; this shows those of a setting once the reader has said what they will be.
{
  const TESTS = ["gradient", "jacobian", "transpose", "adjoint"]
  const NAMES = { gradient: "gradient test", jacobian: "Jacobian test", transpose: "transposed test", adjoint: "adjoint test" }
  const SAYS = { fail: "✗ sees it", pass: "✓ passes it", inconclusive: "? cannot tell" }
  const SETTING = ["mistake", "samples", "blocks", "parameters"]

  const result = (data, setting) => data.results[SETTING.map(name => setting[name]).join("|")]
  const sees = (data, setting) => TESTS.filter(test => result(data, setting).tests[test][0] === "fail")
  const allPass = (data, setting) => TESTS.every(test => result(data, setting).tests[test][0] === "pass")

  // How many of the four were foreseen: a test that cannot tell does not see.
  const foreseen = (data, setting, ticked) =>
    TESTS.filter(test => ticked.includes(test) === sees(data, setting).includes(test)).length

  const usual = data => ({ samples: data.samples[0], blocks: data.blocks[0], parameters: data.parameters[0] })

  const solved = {
    "without-m": (data, at) => at.mistake === data.mistakes[0] && allPass(data, at),
    "forward-alone": (data, at) => sees(data, at).includes("jacobian") && !sees(data, at).includes("gradient"),
    "both-products": (data, at) => sees(data, at).join() === "gradient,jacobian,transpose",
    zero: (data, at) =>
      at.parameters === data.parameters[1] && allPass(data, at) && sees(data, { ...at, parameters: data.parameters[0] }).length > 0,
    never: (data, at) => allPass(data, at) && Object.entries(usual(data)).every(([name, value]) => at[name] === value),
  }
  const tasks = (data, setting) => Object.keys(solved).filter(task => solved[task](data, setting))

  // What a table of E1 along one direction shows of it.
  function byHand(data, setting, direction) {
    const [verdict, ratio] = result(data, setting).tables[direction]
    if (verdict === "inconclusive") return "? E1 is round-off at every step: f does not change along this direction."
    const about = `E1 falls by ${ratio.toFixed(1)} at each half step`
    return verdict === "pass" ? `✓ ${about}, as with a right gradient.` : `✗ ${about}: it should fall by 4.`
  }

  function rows(data, setting, ticked) {
    const table = document.createElement("table")
    table.innerHTML = "<thead><tr><th>test</th><th>you said</th><th>verdict</th><th>it says</th></tr></thead><tbody></tbody>"
    for (const test of TESTS) {
      const [verdict, sentence] = result(data, setting).tests[test]
      const row = table.tBodies[0].insertRow()
      for (const text of [NAMES[test], ticked.includes(test) ? "sees it" : "does not", SAYS[verdict], sentence])
        row.insertCell().textContent = text
      row.className = verdict
    }
    return table
  }

  function start(form, list) {
    const data = dlhw.given("which-test-data")
    const selects = [...SETTING.map(name => [name, data[name] ?? data.mistakes]), ["direction", data.directions]]
    for (const [name, values] of selects) for (const value of values) form.elements[name].add(new Option(value))
    for (const [name, value] of Object.entries(dlhw.settings())) {
      const field = form.elements[name]
      if (field?.options && [...field.options].some(option => option.value === value)) field.value = value
    }
    const setting = () => Object.fromEntries(SETTING.map(name => [name, form.elements[name].value]))
    const ticked = () => TESTS.filter(test => form.elements[test].checked)
    const [said, byHandSaid] = form.querySelectorAll("output")
    let looked = 0, right = 0

    function hide() {
      form.querySelector(".answer").replaceChildren()
      said.value = byHandSaid.value = ""
      dlhw.keep({ ...setting(), direction: form.elements.direction.value })
    }

    function look() {
      const at = setting(), hits = foreseen(data, at, ticked())
      looked += TESTS.length
      right += hits
      said.value = `${hits} of ${TESTS.length} as you said; ${right} of ${looked} so far.`
      form.querySelector(".answer").replaceChildren(rows(data, at, ticked()))
      byHandSaid.value = byHand(data, at, form.elements.direction.value)
      dlhw.tick(list, tasks(data, at))
    }

    form.addEventListener("submit", event => {
      event.preventDefault()
      look()
    })
    form.addEventListener("change", event => {
      if (SETTING.includes(event.target.name)) hide()
      if (event.target.name === "direction") {
        dlhw.keep({ ...setting(), direction: event.target.value })
        if (byHandSaid.value) byHandSaid.value = byHand(data, setting(), event.target.value)
      }
    })
    form.hidden = list.hidden = false
  }

  dlhw.whichTest = { foreseen, tasks, byHand }
  document$.subscribe(() => start(document.getElementById("which-test"), document.getElementById("which-test-tasks")))
}
