// The derivation you can touch. Examples come as lines: how an entry is made of others. An entry is worked out, written out and traced by one description of it.
{
  const DIGITS = 4
  const LARGEST = 10 // beyond it a softmax is 0 or 1 to all digits shown
  const BORDERS = ["first", "second", "third"] // how an array that is read is marked, in formula, sum and entries alike

  const LABELS = "C" // one-hot, so no number of them can be changed alone

  const number = value => String(Number(value.toFixed(DIGITS))).replace("-", "−")
  const bracketed = value => (value < 0 ? `(${number(value)})` : number(value))
  const shape = array => [array.length, array[0].length]

  // "W'", "-C": which array, where its entry (i, j) stands, and its width.
  function operand(arrays, word) {
    const name = word.replace(/^-|'$/g, ""), array = arrays[name], transposed = word.endsWith("'")
    const at = (i, j) => (transposed ? { name, row: j, column: i } : { name, row: i, column: j })
    return { at, width: transposed ? array.length : array[0].length }
  }

  // The factors of every product that a term adds to entry (i, j).
  function products(arrays, term, i, j) {
    const [first, second] = term.split(" "), left = operand(arrays, first)
    if (!second) return [[left.at(i, left.width === 1 ? 0 : j)]] // a bias stands under every sample
    const inner = Array.from({ length: left.width }, (_, k) => k)
    if (second === "1") return inner.map(k => [left.at(i, k)])
    return inner.map(k => [left.at(i, k), operand(arrays, second).at(k, j)])
  }

  const value = (arrays, { name, row, column }) => arrays[name][row][column]
  const everywhere = (arrays, name) => arrays[name].flatMap((row, i) => row.map((_, j) => ({ name, row: i, column: j })))

  function sum(arrays, terms, i, j) {
    const written = []
    let total = 0
    for (const term of terms) {
      const minus = term.startsWith("-")
      for (const factors of products(arrays, term, i, j)) {
        const product = factors.reduce((so_far, factor) => so_far * value(arrays, factor), 1)
        total += minus ? -product : product
        if (written.length) written.push(minus ? " − " : " + ")
        factors.forEach((factor, k) => written.push(...(k ? [" · ", factor] : [factor])))
      }
    }
    return { value: total, written }
  }

  function mean(arrays, words, i, j) {
    const { value, written } = sum(arrays, words, i, j), samples = arrays.X[0].length
    return { value: value / samples, written: [`1/${samples} · (`, ...written, ")"] }
  }

  function softmax(arrays, [name], i, j) {
    const column = arrays[name].map((_, k) => ({ name, row: k, column: j }))
    const largest = Math.max(...column.map(at => value(arrays, at)))
    const powers = column.map(at => Math.exp(value(arrays, at) - largest))
    const total = powers.reduce((a, b) => a + b)
    const below = column.flatMap((at, k) => [k ? " + exp " : "exp ", at])
    return { value: powers[i] / total, written: ["exp ", column[i], " / (", ...below, ")"] }
  }

  function loss(arrays, [labels, probabilities]) {
    const right = everywhere(arrays, labels).filter(at => value(arrays, at) === 1), samples = right.length
    const logs = right.map(({ row, column }) => ({ name: probabilities, row, column }))
    const total = logs.reduce((so_far, at) => so_far + Math.log(value(arrays, at)), 0)
    const written = logs.flatMap((at, k) => [k ? " + " : "", right[k], " · log ", at])
    return { value: -total / samples, written: [`−1/${samples} · (`, ...written, ")"] }
  }

  function inner(arrays, [a, b]) {
    const pairs = everywhere(arrays, a).map(at => [at, { ...at, name: b }])
    const total = pairs.reduce((so_far, [x, y]) => so_far + value(arrays, x) * value(arrays, y), 0)
    return { value: total, written: pairs.flatMap(([x, y], k) => [k ? " + " : "", x, " · ", y]) }
  }

  // A function of entries at one place, with its writing.
  const entrywise = (work, write) => (arrays, names, i, j) => {
    const places = names.map(name => ({ name, row: i, column: j }))
    return { value: work(...places.map(at => value(arrays, at))), written: write(...places) }
  }

  const RULES = {
    sum,
    mean,
    softmax,
    loss,
    inner,
    tanh: entrywise(Math.tanh, z => ["tanh ", z]),
    relu: entrywise(s => Math.max(s, 0), s => ["max(", s, ", 0)"]),
    slope: entrywise((y, g) => (1 - y * y) * g, (y, g) => ["(1 − ", y, " · ", y, ") · ", g]),
    mask: entrywise((y, g) => (y > 0 ? g : 0), (y, g) => ["(1 if ", y, " > 0, else 0) · ", g]),
    times: entrywise((y, g) => y * g, (y, g) => [y, " · ", g]),
  }

  // How entry (i, j) of a line is made: its value, and it written out with the places that it reads.
  const entry = (arrays, line, i, j) => RULES[line.rule[0]](arrays, line.rule.slice(1), i, j)

  // A line's array has the shape of its rows' first operand and its columns' last one; a gradient that of what it is the gradient of.
  function shapeOf(arrays, line) {
    const { name, rule } = line
    if (["loss", "inner"].includes(rule[0])) return [1, 1]
    if (line.way === "backward") return shape(arrays[name.slice(1)])
    const words = rule[1].split(" ")
    return [arrays[words[0]].length, arrays[words.at(-1)][0].length]
  }

  // The lines of an example, with those that a mistake replaces.
  function linesOf(example, key) {
    const wrong = example.mistakes.find(mistake => mistake.key === key)?.lines ?? {}
    return example.lines.map(line => wrong[line.name] ?? line)
  }

  // Every array of an example from what is given.
  function compute(example, given, key) {
    const arrays = { ...given }
    for (const line of linesOf(example, key)) {
      const [rows, columns] = shapeOf(arrays, line)
      arrays[line.name] = Array.from({ length: rows }, (_, i) =>
        Array.from({ length: columns }, (_, j) => entry(arrays, line, i, j).value))
    }
    return arrays
  }

  // The places where two computations differ, as they are computed.
  function differences(example, right, wrong, roundoff) {
    return example.lines
      .flatMap(line => everywhere(right, line.name))
      .filter(at => Math.abs(value(right, at) - value(wrong, at)) > roundoff)
  }

  const same = (a, b) => a.name === b.name && a.row === b.row && a.column === b.column

  // What is to be said of a guess; the entries of one array change at once, so any of the first will do.
  function judged(changes, at) {
    if (!changes.length) return "nothing"
    if (at.name === changes[0].name) return changes.some(change => same(change, at)) ? "found" : "beside"
    return changes.some(change => same(change, at)) ? "later" : "unchanged"
  }

  const place = at => `${at.name}.${at.row + 1}.${at.column + 1}`
  const said = at => `${at.name}, row ${at.row + 1}, column ${at.column + 1}`

  function element(tag, className, ...children) {
    const made = document.createElement(tag)
    made.className = className
    made.append(...children)
    return made
  }

  function rendered(tex) {
    const made = element("span", "")
    katex.render(tex, made, { throwOnError: false, strict: false, trust: true }) // trust: classes in formulas
    return made
  }

  const ANSWERS = {
    nothing: () => "With these numbers the mistake changes nothing: no test can see it here.",
    unchanged: entry => `Not yet: ${entry}, stays as it is.`,
    beside: entry => `Nearly: the array is right, but ${entry}, stays as it is.`,
    later: entry => `Not yet: ${entry}, changes, but only because a number before it does.`,
  }

  class Page {
    constructor(form) {
      this.form = form
      this.data = dlhw.given("derivation-data")
      this.solved = new Set()
      const { example, mistake, planted, number, reset, next } = form.elements
      for (const [key, { title }] of Object.entries(this.data.examples)) example.add(new Option(title, key))
      this.read(dlhw.settings())
      example.addEventListener("change", () => this.acted(() => this.open(example.value)))
      mistake.addEventListener("change", () => this.acted(() => this.plant(false)))
      planted.addEventListener("click", () => this.acted(() => this.plant(!this.planted)))
      number.addEventListener("change", () => this.acted(() => this.change(number.value)))
      reset.addEventListener("click", () => this.acted(() => this.reset()))
      next.addEventListener("click", () => this.acted(() => this.next()))
      form.addEventListener("submit", event => {
        event.preventDefault()
        this.acted(() => this.guess())
      })
      form.hidden = false
    }

    get example() {
      return this.data.examples[this.key]
    }

    get mistake() {
      return this.example.mistakes.find(({ key }) => key === this.form.elements.mistake.value)
    }

    // The settings of an address; what does not fit stays as in the chapter.
    read(settings) {
      this.open(settings.example in this.data.examples ? settings.example : Object.keys(this.data.examples)[0])
      const { mistake } = this.form.elements
      if (this.example.mistakes.some(({ key }) => key === settings.mistake)) mistake.value = settings.mistake
      for (const [name, array] of Object.entries(this.given)) {
        const numbers = (settings[name] ?? "").split(" ").map(Number), [rows, columns] = shape(array)
        const fits = name in settings && numbers.length === rows * columns && numbers.every(x => Math.abs(x) <= LARGEST)
        if (fits) this.given[name] = array.map((row, i) => row.map((_, j) => numbers[i * columns + j]))
      }
      const at = [...this.buttons.keys()].find(at => place(at) === settings.entry)
      if (at) this.chosen = at
      this.plant(false)
    }

    keep() {
      const settings = { example: this.key, mistake: this.mistake.key, entry: place(this.chosen) }
      for (const [name, array] of Object.entries(this.given)) {
        const numbers = array.flat().join(" ")
        if (numbers !== this.example.given[name].flat().join(" ")) settings[name] = numbers
      }
      dlhw.keep(settings)
    }

    acted(action) {
      action()
      this.keep()
    }

    open(key) {
      const { example, mistake } = this.form.elements
      this.key = example.value = key
      mistake.replaceChildren(...this.example.mistakes.map(({ key, name }) => new Option(name, key)))
      this.given = structuredClone(this.example.given)
      this.lay()
      this.chosen = [...this.buttons.keys()].find(({ name }) => name === this.example.lines[0].name)
      this.plant(false)
    }

    // A button for every entry of every array: given, forward, backward.
    lay() {
      this.buttons = new Map()
      const right = this.right()
      const ways = { Given: Object.keys(this.given) }
      for (const [title, way] of [["Forward", "forward"], ["Back", "backward"]])
        ways[title] = this.example.lines.filter(line => line.way === way).map(({ name }) => name)
      const groups = Object.entries(ways).map(([title, names]) => {
        const arrays = names.map(name => this.array(name, right[name]))
        return element("section", "", element("h2", "", title), element("div", "line", ...arrays))
      })
      this.form.querySelector(".arrays").replaceChildren(...groups)
    }

    array(name, array) {
      const grid = element("div", "numbers")
      grid.style.setProperty("--columns", array[0].length)
      for (const at of everywhere({ [name]: array }, name)) {
        const button = element("button", "number")
        button.type = "button"
        button.addEventListener("click", () => this.acted(() => this.choose(at)))
        this.buttons.set(at, button)
        grid.append(button)
      }
      const { [name]: symbol } = this.example.symbols
      const title = element("div", "name", rendered(symbol), ...(symbol === name ? [] : [element("code", "", name)]))
      const shown = element("div", "array", title, grid)
      shown.setAttribute("role", "group")
      shown.setAttribute("aria-label", name)
      return shown
    }

    right() {
      return compute(this.example, this.given)
    }

    wrong() {
      return compute(this.example, this.given, this.mistake.key)
    }

    changes() {
      return differences(this.example, this.right(), this.wrong(), this.data.roundoff)
    }

    choose(at) {
      this.chosen = at
      this.draw()
    }

    change(text) {
      const { name, row, column } = this.chosen, wanted = Number(text) || 0
      this.given[name][row][column] = Math.max(-LARGEST, Math.min(LARGEST, wanted))
      this.plant(this.planted)
      if (!this.planted) this.say(`F is now ${number(this.right().F[0][0])}.`)
    }

    reset() {
      this.given = structuredClone(this.example.given)
      this.plant(this.planted)
    }

    guess() {
      const answer = judged(this.changes(), this.chosen), entry = said(this.chosen)
      if (answer !== "found") return this.say(ANSWERS[answer](entry))
      this.solved.add(this.mistake)
      this.plant(true)
      this.form.elements.next.focus({ preventScroll: true }) // what was pressed is gone
    }

    // Every mistake with its example.
    get all() {
      return Object.entries(this.data.examples).flatMap(([key, { mistakes }]) => mistakes.map(mistake => ({ key, mistake })))
    }

    // The next mistake that was not found yet, in this example or another.
    next() {
      const here = this.all.findIndex(({ mistake }) => mistake === this.mistake)
      const later = [...this.all.slice(here), ...this.all.slice(0, here)].find(({ mistake }) => !this.solved.has(mistake))
      if (later.key !== this.key) this.open(later.key)
      this.form.elements.mistake.value = later.mistake.key
      this.plant(false)
      this.form.elements.mistake.focus() // the next task stands below it
    }

    // Put the mistake in, or take it out.
    plant(planted) {
      this.planted = planted
      this.ask()
      this.answer()
      this.draw()
    }

    // The task, and what can be done.
    ask() {
      const { mistake, planted, guess, next, reset } = this.form.elements, found = this.solved.has(this.mistake)
      for (const [i, option] of [...mistake.options].entries()) option.textContent = this.titled(this.example.mistakes[i])
      planted.textContent = this.planted ? "Take the mistake out" : "Just show me"
      guess.hidden = this.planted
      next.hidden = !(found && this.planted) || this.solved.size === this.all.length
      reset.hidden = !this.changed()
      const task = this.form.querySelector(".task")
      task.classList.toggle("done", found)
      task.textContent = found
        ? `Found: ${this.mistake.name}. That makes ${this.solved.size} of ${this.all.length}.`
        : `About to be made on the way back: ${this.mistake.name}. Which number will it change first? Tap it.`
    }

    // What differs, and what the gradient test says of it.
    answer() {
      const [first] = this.changes(), found = this.solved.has(this.mistake)
      if (!this.planted) this.say("")
      else if (!first) this.say(ANSWERS.nothing())
      else this.say(`${found ? "Found. " : ""}${said(first)}, is the first number that differs.`)
      const who = this.changed() ? "With the chapter's numbers the gradient test says" : "The gradient test says"
      this.form.querySelector(".verdict").textContent = this.planted ? `${who}: ${this.mistake.says}` : ""
    }

    changed() {
      return JSON.stringify(this.given) !== JSON.stringify(this.example.given)
    }

    titled(mistake) {
      return `${this.solved.has(mistake) ? "✓ " : ""}${mistake.name}`
    }

    say(text) {
      this.form.querySelector("output").value = text
    }

    draw() {
      const arrays = this.planted ? this.wrong() : this.right()
      const changes = this.planted ? this.changes() : []
      const line = linesOf(this.example, this.planted && this.mistake.key).find(({ name }) => name === this.chosen.name)
      const made = line ? entry(arrays, line, this.chosen.row, this.chosen.column) : { written: [] }
      const sources = made.written.filter(part => part.name)
      const read = [...new Set(sources.map(({ name }) => name))]
      const border = name => (name === this.chosen.name ? "chosen" : BORDERS[read.indexOf(name)] ?? "plain")
      for (const [at, button] of this.buttons) this.mark(at, button, arrays, sources.some(source => same(source, at)) && border(at.name), changes)
      this.tell(arrays, made, border, sources)
      this.showLine(line, border)
    }

    mark(at, button, arrays, border, changes) {
      const chosen = same(at, this.chosen), differs = changes.some(change => same(change, at))
      const first = differs && same(at, changes[0]), shown = number(value(arrays, at))
      button.textContent = `${first ? "① " : differs ? "≠ " : ""}${shown}`
      button.className = `number ${chosen ? "chosen" : border || ""} ${differs ? "differs" : ""}`
      button.setAttribute("aria-pressed", chosen)
      const remarks = [border && !chosen && "it comes from this", first && "the first that differs", differs && !first && "differs"]
      button.setAttribute("aria-label", [`${said(at)}: ${shown}`, ...remarks.filter(Boolean)].join(", "))
    }

    // The sum written out with its numbers, and the entries that it came from in words.
    tell(arrays, made, border, sources) {
      const result = element("b", "chosen", number(value(arrays, this.chosen)))
      const parts = made.written.map((part, k) => (part.name ? element("span", border(part.name), (k ? bracketed : number)(value(arrays, part))) : part))
      const was = this.planted && this.changes().some(at => same(at, this.chosen)) ? ` (right: ${number(value(this.right(), this.chosen))})` : ""
      this.form.querySelector(".sum").replaceChildren(`${said(this.chosen)}: `, ...parts, parts.length ? " = " : "given, ", result, was)
      const distinct = sources.filter((at, k) => sources.findIndex(other => same(other, at)) === k)
      const links = distinct.map(at => {
        const link = element("button", border(at.name), `${at.name} ${at.row + 1},${at.column + 1}`)
        link.type = "button"
        link.setAttribute("aria-label", said(at))
        link.addEventListener("click", () => {
          this.acted(() => this.choose([...this.buttons.keys()].find(other => same(other, at))))
          this.buttons.get(this.chosen).focus()
        })
        return link
      })
      this.form.querySelector(".from").replaceChildren(...(links.length ? ["It comes from (row, column) ", ...links] : []))
      const { number: field } = this.form.elements, open = this.chosen.name in this.given && this.chosen.name !== LABELS
      this.form.querySelector(".change").hidden = !open
      if (open) field.value = value(arrays, this.chosen)
    }

    // The formula and the lines of code, each with its marks.
    showLine(line, border) {
      const right = this.example.lines.find(({ name }) => name === this.chosen.name), code = right?.code ?? []
      const parts = line ? [this.written(line, border)] : []
      if (line !== right) parts.push("in place of ", this.written(right, () => "plain"))
      else if (code.length) {
        const [name, row] = code.at(-1)
        parts.push(element("code", "", this.data.listings[name][row].trim()))
      }
      this.form.querySelector(".formula").replaceChildren(...parts)
      const functions = [...new Set(code.map(([name]) => name))]
      const rows = name => code.filter(([other]) => other === name).map(([, row]) => row)
      this.form.querySelector(".code").replaceChildren(...functions.map(name => this.listing(name, rows(name))))
      reachable()
    }

    written(line, border) {
      const classed = (_, name) => `\\htmlClass{mark-${border(name)}}{${this.example.symbols[name]}}`
      return rendered(line.formula.replace(/\[(\w+)\]/g, classed))
    }

    listing(name, marked) {
      const lines = this.data.listings[name].map((text, row) => element(marked.includes(row) ? "mark" : "span", "", `${text}\n`))
      return element("pre", "", element("code", "", ...lines))
    }
  }

  dlhw.derivation = { compute, differences, judged, entry, linesOf }
  document$.subscribe(() => new Page(document.getElementById("derivation")))
}
