// The table you can turn: E0 and E1 of a gradient with an error. Rises of the loss, claimed slopes and verdicts are given.
{
  const SETTING = ["size", "error", "factor", "samples", "precision"]
  const ACCEPTED = { both: "both accept it", threshold: "the threshold alone accepts it", dlhw: "our test alone accepts it", neither: "neither accepts it" }
  const NEAR = 0.1 // how far a ratio may be off and still be read as 16 or as 4
  const LOWEST = -18 // the power of ten at which the picture ends

  const place = (data, setting) => data.results[`${setting.samples}|${setting.precision}`]
  const answer = (data, setting) => place(data, setting).asked[setting.error][data.sizes.indexOf(setting.size)]

  // A row for each step: the step, both errors, and by what each was divided.
  function rows(data, setting) {
    const { rises, floor } = place(data, setting), { claimed } = answer(data, setting)
    const every = Math.log2(1 / setting.factor)
    const found = []
    for (let k = 0; k < rises.length; k += every) {
      const t = data.top * 0.5 ** k
      const E0 = Math.abs(rises[k]), E1 = Math.abs(rises[k] - t * claimed)
      const before = found.at(-1) ?? { E0: NaN, E1: NaN }
      found.push({ t, E0, E1, ratio0: before.E0 / E0, ratio1: before.E1 / E1, lost0: E0 <= floor, lost1: E1 <= floor })
    }
    return found
  }

  // The fixed rule: by how much the claimed slope is off, relative to the measured one.
  function relativeDifference(data, setting) {
    const { measured } = place(data, setting)
    return Math.abs(answer(data, setting).claimed - measured) / Math.abs(measured)
  }

  function accepted(data, setting) {
    const threshold = relativeDifference(data, setting) <= data.threshold
    const dlhw = answer(data, setting).verdict === "pass"
    if (threshold) return dlhw ? "both" : "threshold"
    return dlhw ? "dlhw" : "neither"
  }

  // Whether E1 is divided by the square of the factor first, and by the factor itself in the end.
  function turns(table, factor) {
    const seen = table.filter(row => !row.lost1).map(row => row.ratio1 * factor)
    const early = seen.findIndex(ratio => Math.abs(ratio * factor - 1) < NEAR)
    return early >= 0 && seen.slice(early).some(ratio => Math.abs(ratio - 1) < NEAR)
  }

  const solved = {
    missed: (data, setting) => setting.size > 0 && accepted(data, setting) === "threshold",
    accused: (data, setting) => setting.size === 0 && accepted(data, setting) === "dlhw",
    unseen: (data, setting) => setting.size > 0 && accepted(data, setting) === "both",
    turns: (data, setting) => setting.factor === 0.25 && turns(rows(data, setting), setting.factor),
  }
  const tasks = (data, setting) => Object.keys(solved).filter(task => solved[task](data, setting))

  const sizeInWords = size => (size ? size.toExponential() : "none")
  const shownStep = t => (t < 1e-3 ? t.toExponential(2) : t.toPrecision(3))

  function shownRatio(ratio, lost) {
    if (isNaN(ratio)) return ""
    return lost ? "round-off" : ratio.toFixed(2)
  }

  function table(found) {
    const lines = found.map(({ t, E0, E1, ratio0, ratio1, lost0, lost1 }) => {
      const cells = [shownStep(t), E0.toExponential(3), shownRatio(ratio0, lost0), E1.toExponential(3), shownRatio(ratio1, lost1)]
      return `<tr class="${lost1 ? "lost" : ""}">${cells.map(cell => `<td>${cell}</td>`).join("")}</tr>`
    })
    return `<table><thead><tr><th>step t</th><th>E0</th><th>ratio</th><th>E1</th><th>ratio</th></tr></thead><tbody>${lines.join("")}</tbody></table>`
  }

  // Both errors over the steps, from the first on the left to the smallest, on scales of powers of ten.
  function picture(found, floor) {
    const x = row => 32 + 292 * Math.log(row.t / found[0].t) / Math.log(found.at(-1).t / found[0].t)
    const y = E => 8 + 196 * Math.max(LOWEST, Math.log10(E)) / LOWEST
    const curve = (name, mark) => {
      const points = found.map(row => [x(row).toFixed(1), y(row[name]).toFixed(1)])
      const end = points.at(-1)
      return `<g class="${name}"><polyline points="${points.join(" ")}"/>${points.map(mark).join("")}<text x="${+end[0] + 7}" y="${end[1]}">${name}</text></g>`
    }
    const circle = ([x, y]) => `<circle cx="${x}" cy="${y}" r="3"/>`
    const square = ([x, y]) => `<rect x="${x - 3}" y="${y - 3}" width="6" height="6"/>`
    const line = (power, kind) => `<line class="${kind}" x1="32" x2="330" y1="${y(10 ** power)}" y2="${y(10 ** power)}"/>`
    const powers = [0, -4, -8, -12, -16].map(power => `${line(power, "grid")}<text x="28" y="${y(10 ** power) + 3}" text-anchor="end">${power ? `1e${power}` : 1}</text>`)
    const lowest = `${line(Math.log10(floor), "floor")}<text x="36" y="${y(floor) - 3}">round-off</text>`
    const axis = `<text x="330" y="218" text-anchor="end">smaller steps →</text>`
    return powers.join("") + lowest + axis + curve("E0", circle) + curve("E1", square)
  }

  function verdicts(data, setting) {
    const says = accepted => (accepted ? "✓ accepts" : "✗ rejects"), { verdict, message } = answer(data, setting)
    const off = relativeDifference(data, setting)
    return [
      [`Threshold ${data.threshold.toExponential()}: ${says(off <= data.threshold)}`, `The slopes differ by ${off.toExponential(1)}, relative.`],
      [`Our test: ${says(verdict === "pass")}`, message],
    ]
  }

  function settingsOf(form, data) {
    const { size, error, factor, samples, precision } = form.elements
    return { size: data.sizes[size.value], error: error.value, factor: Number(factor.value), samples: Number(samples.value), precision: precision.value }
  }

  function fill(form, data) {
    const field = form.elements, asked = { ...data.opening, ...dlhw.settings() }
    const names = { error: Object.entries(data.errors), factor: data.factors.map(factor => [factor, `${factor} of the last`]) }
    for (const name of ["samples", "precision"]) names[name] = data[name === "samples" ? name : "precisions"].map(value => [value, value])
    for (const [name, options] of Object.entries(names)) {
      for (const [value, text] of options) field[name].add(new Option(text, value))
      const known = options.some(([value]) => String(value) === String(asked[name]))
      field[name].value = known ? asked[name] : data.opening[name]
    }
    const listed = data.sizes.indexOf(Number(asked.size))
    field.size.max = data.sizes.length - 1
    field.size.value = listed < 0 ? data.sizes.indexOf(data.opening.size) : listed
  }

  function start(form, list) {
    const data = dlhw.given("table-data"), field = form.elements
    const part = what => form.querySelector(what)

    // The table follows the settings; the verdicts wait for what the reader says.
    function turn() {
      const setting = settingsOf(form, data), found = rows(data, setting)
      field["size-shown"].value = sizeInWords(setting.size)
      field.size.setAttribute("aria-valuetext", sizeInWords(setting.size))
      part(".table").innerHTML = table(found)
      part("svg").innerHTML = picture(found, place(data, setting).floor)
      part(".verdicts").replaceChildren()
      field.said.value = ""
      for (const button of field.predict) button.setAttribute("aria-pressed", "false")
    }

    function tell(said) {
      const setting = settingsOf(form, data), right = accepted(data, setting)
      const done = dlhw.tick(list, tasks(data, setting))
      field.said.value = `${said === right ? "Yes" : "No"}: ${ACCEPTED[right]}.${done}`
      part(".verdicts").replaceChildren(...verdicts(data, setting).flatMap(([who, why]) => [element("dt", who), element("dd", why)]))
      for (const button of field.predict) button.setAttribute("aria-pressed", button.value === said)
    }

    form.addEventListener("input", () => {
      turn()
      dlhw.keep(settingsOf(form, data))
    })
    for (const button of field.predict) button.addEventListener("click", () => tell(button.value))
    form.addEventListener("submit", event => event.preventDefault())
    document.querySelector("details.still").open = false
    fill(form, data)
    turn()
    form.hidden = false
  }

  function element(kind, text) {
    const made = document.createElement(kind)
    made.textContent = text
    return made
  }

  dlhw.table = { rows, accepted, turns, tasks }
  document$.subscribe(() => start(document.getElementById("try-table"), document.getElementById("table-tasks")))
}
