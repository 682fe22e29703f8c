// Descent: three rules on F = (w1^2 / condition + w2^2) / 2. They start once the reader has said which will be nearest.
{
  const NAMES = { descent: "descent", momentum: "momentum", nesterov: "Nesterov" }
  const SIGNS = { descent: "●", momentum: "■", nesterov: "▲" }
  const MARKS = {
    descent: '<circle r="1"/>',
    momentum: '<rect x="-.9" y="-.9" width="1.8" height="1.8"/>',
    nesterov: '<path d="M0 -1.2 1.1 .8H-1.1Z"/>',
  }
  const FRAME = 50 // milliseconds a step
  const OUTSIDE = 1000 // where a path that runs away is drawn
  const TIED = 1e-9 // what round-off alone may set apart, relative

  // a u + b v, for vectors u and v.
  const combine = (a, u, b, v) => u.map((entry, i) => a * entry + b * v[i])

  const rules = {
    descent: (gradient, w, v, { rate }) => [combine(1, w, -rate, gradient(w)), v],
    momentum(gradient, w, v, { rate, beta }) {
      const next = combine(beta, v, rate, gradient(w))
      return [combine(1, w, -1, next), next]
    },
    nesterov(gradient, w, v, { rate, beta }) {
      const ahead = combine(1, w, -beta, v)
      const next = combine(beta, v, rate, gradient(ahead))
      return [combine(1, w, -1, next), next]
    },
  }

  // The rates from which on each rule runs away, where the steepest eigenvalue is 1.
  const limits = beta => ({ descent: 2, momentum: 2 * (1 + beta), nesterov: (2 + 2 * beta) / (1 + 2 * beta) })

  const distance = w => Math.hypot(...w)

  // The points that a rule walks through; it ends early where it is too `far` to come back.
  function path(rule, settings, start, steps, far = Infinity) {
    const gradient = w => [w[0] / settings.condition, w[1]]
    let [w, v] = [start, [0, 0]]
    const points = [w]
    while (points.length <= steps && distance(w) < far) {
      [w, v] = rules[rule](gradient, w, v, settings)
      points.push(w)
    }
    return points
  }

  // What each rule does from these settings: its points, and its distance after very many steps.
  function walk(data, settings) {
    const each = Object.keys(rules).map(rule => {
      const points = path(rule, settings, data.start, data.steps)
      const end = distance(points.at(-1))
      const later = distance(path(rule, settings, data.start, data.long, data.far).at(-1))
      return [rule, { points, end, later, away: later > distance(data.start) }]
    })
    return Object.fromEntries(each)
  }

  // All rules at the start.
  const standing = data => Object.fromEntries(Object.keys(rules).map(rule => [rule, { points: [data.start] }]))

  // The rule that is nearest at the end, or several: without momentum all three are one.
  function nearest(walked) {
    const least = Math.min(...Object.values(walked).map(walk => walk.end))
    return Object.keys(walked).filter(rule => walked[rule].end <= least * (1 + TIED))
  }

  const solved = {
    lose: ({ descent, momentum }) => momentum.end > descent.end * (1 + TIED) && !momentum.away && !descent.away,
    nesterov: ({ descent, nesterov }) => nesterov.away && !descent.away,
    momentum: ({ descent, momentum, nesterov }) => descent.away && nesterov.away && !momentum.away,
    hard: (walked, settings, data) =>
      settings.condition === data.hard.condition && Object.values(walked).some(walk => walk.end <= data.hard.near),
  }
  const tasks = (walked, settings, data) => Object.keys(solved).filter(task => solved[task](walked, settings, data))

  // Four digits, as the table has them.
  function shown(number) {
    if (number === 0) return "0"
    if (number >= 1e-3 && number < 1e4) return number.toPrecision(4)
    return number.toExponential(2)
  }

  function valley(data, condition) {
    const height = (data.start[0] ** 2 / condition + data.start[1] ** 2) / 2
    const ellipses = data.levels.map(level => {
      const across = Math.sqrt(2 * level * height * condition), up = Math.sqrt(2 * level * height)
      return `<ellipse rx="${across.toFixed(4)}" ry="${up.toFixed(4)}"/>`
    })
    return `<g class="contours">${ellipses.join("")}</g><path class="least" d="M-.06 0H.06M0 -.06V.06"/>`
  }

  // In the picture up is negative. A browser draws no line to a point that is very far outside of it.
  const place = w => w.map((entry, i) => Math.max(-OUTSIDE, Math.min(OUTSIDE, i ? -entry : entry)).toFixed(4))

  function trail(rule, points) {
    const mark = (w, size) => `<g transform="translate(${place(w)}) scale(${size})">${MARKS[rule]}</g>`
    const line = `<polyline points="${points.map(place).join(" ")}"/>`
    return `<g class="${rule}">${line}${points.map(w => mark(w, .015)).join("")}${mark(points.at(-1), .05)}</g>`
  }

  function picture(data, settings, walked, step) {
    const trails = Object.entries(walked).map(([rule, { points }]) => trail(rule, points.slice(0, step + 1)))
    return valley(data, settings.condition) + trails.join("")
  }

  function inTheLongRun(data, later) {
    if (later >= data.far) return "has run away"
    if (later <= data.near) return "has arrived"
    return shown(later)
  }

  function table(data, walked, step) {
    const rows = Object.entries(walked).map(([rule, { points, later }]) => {
      const cells = [shown(distance(points[step])), step < data.steps ? "" : inTheLongRun(data, later)]
      return `<tr><th scope="row">${SIGNS[rule]} ${NAMES[rule]}</th>${cells.map(cell => `<td>${cell}</td>`).join("")}</tr>`
    })
    return `<table><thead><tr><th>distance</th><th>after ${step} steps</th><th>after ${data.long.toLocaleString("en")}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`
  }

  function bars(beta, most) {
    const bar = ([rule, limit]) =>
      `<div style="width: ${(100 * limit / most).toFixed(2)}%"><span>${SIGNS[rule]} ${NAMES[rule]} ${limit.toFixed(3)}</span></div>`
    return Object.entries(limits(beta)).map(bar).join("")
  }

  function sentence(walked, said) {
    const winners = nearest(walked)
    const names = winners.map(rule => `${SIGNS[rule]} ${NAMES[rule]}`).join(", ")
    const verdict = winners.includes(said) ? "as you said" : `you said ${NAMES[said]}`
    return `Nearest: ${names}, ${verdict}.`
  }

  // From the controls to the settings, and back: the condition number is one of a list.
  function settingsOf(form, data) {
    const { rate, beta, condition } = form.elements
    return { rate: Number(rate.value), beta: Number(beta.value), condition: data.conditions[condition.value] }
  }

  function fill(form, data) {
    const { rate, beta, condition, step } = form.elements
    const asked = dlhw.settings()
    const wanted = name => (isFinite(asked[name]) ? Number(asked[name]) : data.opening[name])
    const listed = data.conditions.includes(wanted("condition")) ? wanted("condition") : data.opening.condition
    condition.max = data.conditions.length - 1
    condition.value = data.conditions.indexOf(listed)
    rate.value = wanted("rate")
    beta.value = wanted("beta")
    step.max = data.steps
  }

  function start(form, list) {
    const data = dlhw.given("descent-data"), field = form.elements
    const part = what => form.querySelector(what)
    const still = matchMedia("(prefers-reduced-motion: reduce)")
    let walked, said, running

    const step = () => Number(field.step.value)

    // The settings as they are: nothing is walked before the reader has said what will be.
    function ready() {
      clearInterval(running)
      const settings = settingsOf(form, data)
      said = undefined
      walked = standing(data)
      field["rate-shown"].value = settings.rate.toFixed(2)
      field["beta-shown"].value = settings.beta.toFixed(2)
      field["condition-shown"].value = settings.condition
      field.condition.setAttribute("aria-valuetext", settings.condition)
      part(".limits").innerHTML = bars(settings.beta, field.rate.max)
      field.said.value = ""
      for (const button of field.predict) button.setAttribute("aria-pressed", "false")
      part(".playing").hidden = part(".table").hidden = true
      show(0)
    }

    function go(button) {
      ready()
      said = button.value
      walked = walk(data, settingsOf(form, data))
      button.setAttribute("aria-pressed", "true")
      part(".playing").hidden = part(".table").hidden = false
      part("svg").scrollIntoView({ block: "nearest" })
      play()
    }

    function show(to) {
      field.step.value = to
      field["step-shown"].value = to
      part("svg").innerHTML = picture(data, settingsOf(form, data), walked, to)
      if (said === undefined) return
      part(".table").innerHTML = table(data, walked, to)
      if (to === data.steps) finish()
    }

    function finish() {
      clearInterval(running)
      const done = dlhw.tick(list, tasks(walked, settingsOf(form, data), data))
      field.said.value = sentence(walked, said) + done
    }

    function play() {
      clearInterval(running)
      if (still.matches) return show(data.steps)
      show(step() < data.steps ? step() : 0)
      running = setInterval(() => show(step() + 1), FRAME)
    }

    function moveTo(to) {
      clearInterval(running)
      show(to)
    }

    for (const button of field.predict) button.addEventListener("click", () => go(button))
    for (const name of ["rate", "beta", "condition"]) field[name].addEventListener("input", () => {
      ready()
      dlhw.keep(settingsOf(form, data))
    })
    field.play.addEventListener("click", play)
    field.forward.addEventListener("click", () => moveTo(Math.min(step() + 1, data.steps)))
    field.rewind.addEventListener("click", () => moveTo(0))
    field.step.addEventListener("input", () => moveTo(step()))
    form.addEventListener("submit", event => event.preventDefault())

    part(".steps").textContent = data.steps
    document.querySelector("details.still").open = false
    fill(form, data)
    ready()
    form.hidden = false
  }

  dlhw.descent = { path, limits, walk, nearest, tasks, shown }
  document$.subscribe(() => start(document.getElementById("try-descent"), document.getElementById("descent-tasks")))
}
