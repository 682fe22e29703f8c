// Peaks as it learns. All runs are given, epoch by epoch; this shows two of them side by side.
{
  const CLASSES = "abcde"
  // Half a tile is 2 fields; a class is known by its shape as well as by its colour.
  const SHAPES = ["M2 1.3a.7.7 0 1 0 .01 0z", "M1.4 1.4h1.2v1.2h-1.2z", "M2 1.2l.8 1.5h-1.6z", "M2 1l.8 1-.8 1-.8-1z", "M1.8 1.2h.4v.6h.6v.4h-.6v.6h-.4v-.6h-.6v-.4h.6z"]
  const FLAT = 1 / 20
  const PAUSE = 300 // milliseconds from epoch to epoch: a change can be seen, and a run takes seconds
  const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]
  const PLOT = { width: 230, height: 190, left: 26, right: 210, top: 8, bottom: 156 }

  // Shares are given in thousandths, so that nothing is rounded here.
  const percent = share => `${(100 * share).toFixed(1)} %`
  const last = values => values[values.length - 1]

  // ---- what the data say ----

  // From "a3cb2" to [0, 0, 0, 2, 1, 1].
  const decode = text =>
    [...text.matchAll(/([a-e])(\d*)/g)].flatMap(([, letter, length]) => Array(Number(length || 1)).fill(CLASSES.indexOf(letter)))

  const agreement = (classes, truth) => classes.filter((k, i) => k === truth[i]).length

  // "a" or "b", or nothing where both have the same.
  function leader(runs, epoch) {
    const ahead = runs.a.val_accuracy[epoch] - runs.b.val_accuracy[epoch]
    if (ahead > 0) return "a"
    if (ahead < 0) return "b"
  }

  const ends = (data, part) => data.runs.map(run => last(run[`${part}_accuracy`]))
  const sameStart = (one, other) => one.classes[0] === other.classes[0]
  const apart = (one, other) => Math.abs(last(one.val_accuracy) - last(other.val_accuracy))

  function furthestApart(data) {
    const pairs = data.runs.flatMap(one => data.runs.filter(other => sameStart(one, other)).map(other => apart(one, other)))
    return Math.max(...pairs)
  }

  const solved = {
    best: (data, runs, said) => said === leader(runs, data.epochs) && last(runs[said]?.val_accuracy ?? [0]) === Math.max(...ends(data, "val")),
    turn: (data, runs) => {
      const half = leader(runs, data.epochs / 2), end = leader(runs, data.epochs)
      return Boolean(half && end && half !== end)
    },
    start: (data, { a, b }) => sameStart(a, b) && apart(a, b) === furthestApart(data),
    fooled: (data, runs) =>
      Object.values(runs).some(
        run => last(run.train_accuracy) === Math.max(...ends(data, "train")) && last(run.val_accuracy) === Math.min(...ends(data, "val")),
      ),
    flat: (data, runs) => Object.values(runs).some(run => run.slopes.some(slopes => Math.min(...slopes) < FLAT)),
  }
  const tasks = (data, runs, said) => Object.keys(solved).filter(task => solved[task](data, runs, said))

  // ---- drawing ----

  // The fields of each class as one outline, a box for each run in a row.
  function outlines(classes, grid) {
    const paths = [...CLASSES].map(() => "")
    for (let row = 0; row < grid; row++)
      for (let from = 0, to; from < grid; from = to) {
        const k = classes[row * grid + from]
        for (to = from + 1; to < grid && classes[row * grid + to] === k; to++);
        paths[k] += `M${from} ${row}h${to - from}v1h${from - to}z`
      }
    return paths
  }

  function borders(classes, grid) {
    let path = ""
    classes.forEach((k, i) => {
      const column = i % grid, row = (i - column) / grid
      if (column + 1 < grid && classes[i + 1] !== k) path += `M${column + 1} ${row}v1`
      if (row + 1 < grid && classes[i + grid] !== k) path += `M${column} ${row + 1}h1`
    })
    return path
  }

  const pattern = (colour, k) =>
    `<pattern id="class-${CLASSES[k]}" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 0h4v4h-4z" fill="${colour}" fill-opacity=".4"/><path d="${SHAPES[k]}" fill="${colour}"/></pattern>`

  const swatch = k => `<svg viewBox="0 0 4 4" aria-hidden="true"><path d="M0 0h4v4h-4z" fill="url(#class-${CLASSES[k]})"/></svg> class ${k}`

  const mapOf = (classes, data, lines) =>
    outlines(classes, data.grid).map((d, k) => `<path d="${d}" fill="url(#class-${CLASSES[k]})"/>`).join("") + `<path class="border" d="${lines}"/>`

  const barsOf = bars =>
    `<svg viewBox="0 0 ${bars.length} 6" preserveAspectRatio="none" aria-hidden="true">` +
    bars.map((share, i) => `<path d="M${i + 0.1} 6h.8v${(-6 * share) / Math.max(...bars)}h-.8z"/>`).join("") + "</svg>"

  const layersOf = (bars, slopes) =>
    bars.map((layer, i) => `<span>${barsOf(layer)}layer ${i + 1}<br>slope ${slopes[i].toFixed(3)}</span>`).join("")

  // From epochs and losses to places in the plot; losses are on a logarithmic axis, the same for all pairs.
  function scales(data) {
    const losses = data.runs.flatMap(run => [...run.train_loss, ...run.val_loss])
    const low = Math.log(Math.min(...losses)), high = Math.log(Math.max(...losses))
    return {
      x: epoch => PLOT.left + ((PLOT.right - PLOT.left) * epoch) / data.epochs,
      y: loss => PLOT.bottom - ((PLOT.bottom - PLOT.top) * (Math.log(loss) - low)) / (high - low),
      ticks: TICKS.filter(tick => Math.log(tick) >= low && Math.log(tick) <= high),
    }
  }

  function lossesOf(data, runs, epoch) {
    const { x, y, ticks } = scales(data)
    const line = (name, part) => {
      const points = runs[name][`${part}_loss`].slice(0, epoch + 1).map((loss, i) => `${x(i).toFixed(1)},${y(loss).toFixed(1)}`)
      return `<polyline class="${name} ${part}" points="${points.join(" ")}"/>`
    }
    const name = key => `<text class="${key}" x="${x(epoch) + 4}" y="${y(runs[key].val_loss[epoch]) + (key === "a" ? -2 : 9)}">${key.toUpperCase()}</text>`
    const rows = ticks.map(tick => `<path class="grid" d="M${PLOT.left} ${y(tick)}H${PLOT.right}"/><text x="${PLOT.left - 4}" y="${y(tick) + 3}" text-anchor="end">${tick}</text>`)
    const columns = [0, data.epochs / 2, data.epochs].map(at => `<text x="${x(at)}" y="${PLOT.bottom + 13}" text-anchor="middle">${at}</text>`)
    const lines = ["a", "b"].map(key => line(key, "train") + line(key, "val") + name(key))
    const title = `<text x="${PLOT.right}" y="${PLOT.height - 6}" text-anchor="end">epoch</text>`
    return [...rows, ...columns, title, ...lines].join("")
  }

  // ---- the page ----

  function start(form, list) {
    const data = dlhw.given("peaks-data")
    const { a, b, epoch, said, play } = form.elements
    const [panelA, panelB] = form.querySelectorAll("section")
    const panels = { a: panelA, b: panelB }
    const truth = decode(data.truth), lines = borders(truth, data.grid)
    const spoken = form.querySelector(".spoken"), plot = form.querySelector(".losses svg")
    const prediction = form.querySelector(".prediction"), controls = form.querySelector(".controls")
    const pairs = new Map()
    let clock

    const chosen = name => data.runs.find(run => run.name === form.elements[name].value)
    const runs = () => ({ a: chosen("a"), b: chosen("b") })
    const at = () => Number(epoch.value)

    function showRun(name, run) {
      const panel = panels[name], classes = decode(run.classes[at()])
      panel.querySelector(".says").textContent = run.says
      panel.querySelector(".map").innerHTML = mapOf(classes, data, lines)
      panel.querySelector(".map").setAttribute("aria-label", `Classes in the plane, run ${name.toUpperCase()}, epoch ${at()}: as the best rule in ${agreement(classes, truth)} of ${truth.length} fields.`)
      panel.querySelector(".numbers").textContent = `Right: ${percent(run.val_accuracy[at()])} of validation, ${percent(run.train_accuracy[at()])} of its training samples.`
      panel.querySelector(".layers").innerHTML = layersOf(run.bars[at()], run.slopes[at()])
    }

    function show() {
      const pair = runs()
      for (const choice of said) choice.nextElementSibling.textContent = pair[choice.value].name
      for (const name of ["a", "b"]) showRun(name, pair[name])
      plot.innerHTML = lossesOf(data, pair, at())
      plot.setAttribute("aria-label", `Validation losses at epoch ${at()}: A ${pair.a.val_loss[at()]}, B ${pair.b.val_loss[at()]}.`)
      form.querySelector(".at").value = `${at()} of ${data.epochs}`
      epoch.setAttribute("aria-valuetext", `epoch ${at()} of ${data.epochs}`)
      dlhw.keep({ a: a.value, b: b.value, epoch: at() })
    }

    // Said when a movement has ended, not at each epoch of it.
    function say() {
      const pair = runs()
      const one = name => `${name.toUpperCase()} has ${percent(pair[name].val_accuracy[at()])} right, validation loss ${pair[name].val_loss[at()]}`
      spoken.value = at() === data.epochs ? ending(pair) : `Epoch ${at()}: ${one("a")}; ${one("b")}.`
    }

    function ending(pair) {
      const ahead = leader(pair, data.epochs)
      if (!ahead) return "Both end with the same."
      const name = [a.value, b.value].sort().join()
      if (!pairs.has(name)) pairs.set(name, ahead === said.value)
      dlhw.tick(list, tasks(data, pair, said.value))
      const right = [...pairs.values()].filter(Boolean).length
      const scores = ["a", "b"].map(name => `${name.toUpperCase()} ${percent(last(pair[name].val_accuracy))}`).join(", ")
      const verdict = `${ahead.toUpperCase()} ends ahead: ${ahead === said.value ? "as you said" : "you said the other"} (${scores}). Right in ${right} of ${pairs.size}.`
      const after = ["a", "b"].filter(name => pair[name].after).map(name => `${name.toUpperCase()}: ${pair[name].after}`)
      return [verdict, ...after].join(" ")
    }

    function stop() {
      clearInterval(clock)
      clock = undefined
      play.textContent = "Play"
    }

    // What was said before the first move stays said.
    function go(to) {
      prediction.disabled = true
      epoch.value = to
      show()
    }

    function move(to) {
      stop()
      go(to)
      say()
    }

    function tick() {
      go(at() + 1)
      if (at() < data.epochs) return
      stop()
      say()
    }

    function playOrPause() {
      if (clock) {
        stop()
        return say()
      }
      go(at() === data.epochs ? 0 : at())
      spoken.value = ""
      play.textContent = "Pause"
      clock = setInterval(tick, PAUSE)
    }

    function anotherPair() {
      stop()
      for (const choice of said) choice.checked = false
      spoken.value = ""
      go(0)
      prediction.disabled = false
      controls.disabled = true
    }

    for (const select of [a, b]) for (const run of data.runs) select.add(new Option(run.name))
    b.selectedIndex = 1
    for (const panel of [panelA, panelB]) panel.querySelector(".map").setAttribute("viewBox", `0 0 ${data.grid} ${data.grid}`)
    plot.setAttribute("viewBox", `0 0 ${PLOT.width} ${PLOT.height}`)
    epoch.max = data.epochs
    for (const [name, value] of Object.entries(dlhw.settings())) {
      const known = name === "epoch" ? value >= 0 && value <= data.epochs : data.runs.some(run => run.name === value)
      if (["a", "b", "epoch"].includes(name) && known) form.elements[name].value = value
    }
    const defs = data.colours.map(pattern).join("")
    form.insertAdjacentHTML("afterbegin", `<svg width="0" height="0" style="position:absolute" aria-hidden="true">${defs}</svg>`)
    form.querySelector(".legend").innerHTML = [...CLASSES].map((_, k) => `<span>${swatch(k)}</span>`).join(" ")

    play.addEventListener("click", playOrPause)
    form.elements.back.addEventListener("click", () => move(at() - 1))
    form.elements.forward.addEventListener("click", () => move(at() + 1))
    form.elements.rewind.addEventListener("click", () => move(0))
    epoch.addEventListener("input", () => { stop(); go(at()) })
    epoch.addEventListener("change", () => move(at()))
    for (const select of [a, b]) select.addEventListener("change", anotherPair)
    for (const choice of said) choice.addEventListener("change", () => { controls.disabled = false })
    form.addEventListener("submit", event => event.preventDefault())
    show()
    form.hidden = list.hidden = false
  }

  dlhw.peaks = { percent, decode, agreement, leader, tasks, outlines, borders, scales }
  document$.subscribe(() => start(document.getElementById("peaks"), document.getElementById("peaks-tasks")))
}
