// The derivation you can touch: the page. Entries are buttons; the chosen one is written out, and a mistake is looked for.
{
  const { shape, same, value, everywhere, entry, linesOf, compute, differences, judged } = dlhw.derivation

  const DIGITS = 4
  const LARGEST = 10 // beyond it a softmax is 0 or 1 to all digits shown
  const LABELS = "C" // one-hot, so that no number of them can change alone
  const BORDERS = ["first", "second", "third", "fourth"] // of the arrays that are read: in formula, sum and entries alike

  const number = value => String(Number(value.toFixed(DIGITS))).replace("-", "−")
  const bracketed = value => (value < 0 ? `(${number(value)})` : number(value))
  const place = at => `${at.name}.${at.row + 1}.${at.column + 1}`
  const said = at => `${at.name}, row ${at.row + 1}, column ${at.column + 1}`
  const has = (places, at) => places.some(other => same(other, at))
  const distinct = places => places.filter((at, k) => places.findIndex(other => same(other, at)) === k)

  const ANSWERS = {
    nothing: () => "With these numbers the mistake changes nothing: no test can see it here.",
    unchanged: entry => `Not yet: ${entry}, stays as it is.`,
    beside: entry => `Nearly: the array is right, but ${entry}, stays as it is.`,
    later: entry => `Not yet: ${entry}, changes, but only because a number before it does.`,
  }

  function element(tag, className, ...children) {
    const made = document.createElement(tag)
    made.className = className
    made.append(...children)
    return made
  }

  function pressable(className, text, action) {
    const button = element("button", className, text)
    button.type = "button"
    button.addEventListener("click", action)
    return button
  }

  function rendered(tex) {
    const made = element("span", "")
    katex.render(tex, made, { throwOnError: false, strict: false, trust: true }) // trust: classes in formulas
    return made
  }

  class Page {
    constructor(form) {
      this.form = form
      this.fields = form.elements
      this.data = dlhw.given("derivation-data")
      this.solved = new Set()
      const { example, mistake, planted, number, reset, next } = this.fields
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

    // The state: an example, the numbers that are given in it, a mistake that is in or not, a chosen entry.

    get example() {
      return this.data.examples[this.key]
    }

    get mistake() {
      return this.example.mistakes.find(({ key }) => key === this.fields.mistake.value)
    }

    // Every mistake of every example.
    get mistakes() {
      return Object.values(this.data.examples).flatMap(({ mistakes }) => mistakes)
    }

    get right() {
      return compute(this.example, this.given)
    }

    get wrong() {
      return compute(this.example, this.given, this.mistake.key)
    }

    get changes() {
      return differences(this.example, this.right, this.wrong, this.data.roundoff)
    }

    // Is a number not as in the chapter?
    get changed() {
      return JSON.stringify(this.given) !== JSON.stringify(this.example.given)
    }

    // The settings of an address; what does not fit stays as in the chapter.
    read(settings) {
      const keys = Object.keys(this.data.examples)
      this.open(keys.includes(settings.example) ? settings.example : keys[0])
      const known = this.example.mistakes.some(({ key }) => key === settings.mistake)
      if (known) this.fields.mistake.value = settings.mistake
      for (const name of Object.keys(this.given)) if (name in settings && name !== LABELS) this.fill(name, settings[name])
      const at = [...this.buttons.keys()].find(at => place(at) === settings.entry)
      if (at) this.chosen = at
      this.plant(false)
    }

    // An array from the numbers of an address.
    fill(name, text) {
      const numbers = text.split(" ").map(Number), [rows, columns] = shape(this.given[name])
      if (numbers.length !== rows * columns || !numbers.every(x => Math.abs(x) <= LARGEST)) return
      this.given[name] = this.given[name].map((_, i) => numbers.slice(i * columns, (i + 1) * columns))
    }

    keep() {
      const settings = { example: this.key, mistake: this.mistake.key, entry: place(this.chosen) }
      for (const [name, array] of Object.entries(this.given)) {
        const numbers = array.flat().join(" ")
        if (numbers !== this.example.given[name].flat().join(" ")) settings[name] = numbers
      }
      dlhw.keep(settings)
    }

    // What a reader can do; the address follows.

    acted(action) {
      action()
      this.keep()
    }

    open(key) {
      this.key = this.fields.example.value = key
      this.fields.mistake.replaceChildren(...this.example.mistakes.map(({ key, name }) => new Option(name, key)))
      this.given = structuredClone(this.example.given)
      this.lay()
      this.chosen = [...this.buttons.keys()].find(({ name }) => name === this.example.lines[0].name)
      this.plant(false)
    }

    choose(at) {
      this.chosen = at
      if (!this.planted) this.say("")
      this.draw()
    }

    change(text) {
      const { name, row, column } = this.chosen, wanted = Number(text) || 0
      this.given[name][row][column] = Math.max(-LARGEST, Math.min(LARGEST, wanted))
      this.plant(this.planted)
      if (!this.planted) this.say(`F is now ${number(this.right.F[0][0])}.`)
    }

    reset() {
      this.given = structuredClone(this.example.given)
      this.plant(this.planted)
      this.fields.example.focus() // what was pressed is gone
    }

    guess() {
      const answer = judged(this.changes, this.chosen)
      if (answer !== "found") return this.say(ANSWERS[answer](said(this.chosen)))
      this.solved.add(this.mistake)
      this.plant(true)
      const { next, planted } = this.fields
      const left = next.hidden ? planted : next
      left.focus({ preventScroll: true }) // what was pressed is gone
    }

    // The next mistake that was not found yet, in this example or another.
    next() {
      const here = this.mistakes.indexOf(this.mistake)
      const ordered = [...this.mistakes.slice(here), ...this.mistakes.slice(0, here)]
      const later = ordered.find(mistake => !this.solved.has(mistake))
      const [key] = Object.entries(this.data.examples).find(([, { mistakes }]) => mistakes.includes(later))
      if (key !== this.key) this.open(key)
      this.fields.mistake.value = later.key
      this.plant(false)
      this.fields.mistake.focus() // the next task stands below it
    }

    // Put the mistake in, or take it out.
    plant(planted) {
      this.planted = planted
      this.ask()
      this.offer()
      this.answer()
      this.draw()
    }

    // What is said.

    ask() {
      const task = this.form.querySelector(".task"), found = this.solved.has(this.mistake), { name } = this.mistake
      task.classList.toggle("done", found)
      task.textContent = found
        ? `Found: ${name}. That makes ${this.solved.size} of ${this.mistakes.length}.`
        : `About to be made on the way back: ${name}. Which number will it change first? Tap it.`
    }

    // The buttons that have something to do, and ticks in the list of mistakes.
    offer() {
      const { mistake, planted, guess, next, reset } = this.fields
      this.example.mistakes.forEach((one, i) => {
        mistake.options[i].textContent = `${this.solved.has(one) ? "✓ " : ""}${one.name}`
      })
      planted.textContent = this.planted ? "Take the mistake out" : "Just show me"
      guess.hidden = this.planted
      next.hidden = !this.planted || !this.solved.has(this.mistake) || this.solved.size === this.mistakes.length
      reset.hidden = !this.changed
    }

    // What differs, and what the gradient test says of it.
    answer() {
      const [first] = this.changes, found = this.solved.has(this.mistake) ? "Found. " : ""
      if (!this.planted) this.say("")
      else if (!first) this.say(ANSWERS.nothing())
      else this.say(`${found}${said(first)}, is the first number that differs.`)
      const who = this.changed ? "With the chapter's numbers the gradient test says" : "The gradient test says"
      this.form.querySelector(".verdict").textContent = this.planted ? `${who}: ${this.mistake.says}` : ""
    }

    say(text) {
      this.form.querySelector("output").value = text
    }

    // What is shown: a button for every entry of every array, laid once an example.

    lay() {
      this.buttons = new Map()
      const named = way => this.example.lines.filter(line => line.way === way).map(({ name }) => name)
      const right = this.right
      const section = (title, names) => {
        const arrays = names.map(name => this.array(name, right[name]))
        return element("section", "", element("h2", "", title), element("div", "line", ...arrays))
      }
      this.form.querySelector(".arrays").replaceChildren(
        section("Given", Object.keys(this.given)),
        section("Forward", named("forward")),
        section("Back", named("backward")),
      )
    }

    array(name, array) {
      const numbers = element("div", "numbers"), symbol = this.example.symbols[name]
      numbers.style.setProperty("--columns", array[0].length)
      for (const at of everywhere({ [name]: array }, name)) {
        const button = pressable("number", "", () => this.acted(() => this.choose(at)))
        this.buttons.set(at, button)
        numbers.append(button)
      }
      const title = element("div", "name", rendered(symbol))
      if (symbol !== name) title.append(element("code", "", name))
      const shown = element("div", "array", title, numbers)
      shown.setAttribute("role", "group")
      shown.setAttribute("aria-label", name)
      return shown
    }

    draw() {
      const arrays = this.planted ? this.wrong : this.right, changes = this.planted ? this.changes : []
      const line = linesOf(this.example, this.planted && this.mistake.key).find(({ name }) => name === this.chosen.name)
      const written = line ? entry(arrays, line, this.chosen.row, this.chosen.column).written : []
      const sources = distinct(written.filter(part => part.name))
      const read = [...new Set(sources.map(({ name }) => name))]
      const border = name => BORDERS[read.indexOf(name)] ?? ""
      for (const [at, button] of this.buttons) {
        const remarks = { from: has(sources, at), differs: has(changes, at), first: changes[0] && same(at, changes[0]) }
        this.drawEntry(at, button, number(value(arrays, at)), remarks, border(at.name))
      }
      this.drawSum(arrays, written, border, has(changes, this.chosen))
      this.drawSources(sources, border)
      this.drawChange()
      this.drawFormula(line, border)
      this.drawCode()
    }

    drawEntry(at, button, shown, { from, differs, first }, border) {
      const chosen = same(at, this.chosen), label = [`${said(at)}: ${shown}`]
      if (from) label.push("the chosen number comes from it")
      if (first) label.push("the first that differs")
      else if (differs) label.push("differs")
      const mark = first ? "① " : "≠ "
      button.textContent = differs ? mark + shown : shown
      button.className = "number"
      button.classList.toggle("chosen", chosen)
      button.classList.toggle("differs", differs)
      if (from) button.classList.add(border)
      button.setAttribute("aria-pressed", chosen)
      button.setAttribute("aria-label", label.join(", "))
    }

    // The chosen entry written out with its numbers.
    drawSum(arrays, written, border, differs) {
      const shown = (at, k) => element("span", border(at.name), (k ? bracketed : number)(value(arrays, at)))
      const parts = written.map((part, k) => (part.name ? shown(part, k) : part))
      const result = element("b", "chosen", number(value(arrays, this.chosen)))
      const sum = this.form.querySelector(".sum")
      sum.replaceChildren(`${said(this.chosen)}: `, ...parts, parts.length ? " = " : "given, ", result)
      if (differs) sum.append(` (right: ${number(value(this.right, this.chosen))})`)
    }

    // The entries that it came from in words: one can go to each.
    drawSources(sources, border) {
      const links = sources.map(at => {
        const link = pressable(border(at.name), `${at.name} ${at.row + 1},${at.column + 1}`, () => {
          const found = [...this.buttons.keys()].find(other => same(other, at))
          this.acted(() => this.choose(found))
          this.buttons.get(found).focus()
        })
        link.setAttribute("aria-label", said(at))
        return link
      })
      if (links.length) links.unshift("It comes from (row, column) ")
      this.form.querySelector(".from").replaceChildren(...links)
    }

    drawChange() {
      const free = this.chosen.name in this.given && this.chosen.name !== LABELS
      this.form.querySelector(".change").hidden = !free
      if (free) this.fields.number.value = value(this.given, this.chosen)
    }

    // The formula of the line with its marks, and its code; a mistaken one beside the right one.
    drawFormula(line, border) {
      const right = this.rightLine(), parts = line ? [this.formula(line, border)] : []
      if (line !== right) parts.push("in place of ", this.formula(right))
      else if (right?.code.length) {
        const [name, row] = right.code.at(-1)
        parts.push(element("code", "", this.data.listings[name][row].trim()))
      }
      this.form.querySelector(".formula").replaceChildren(...parts)
    }

    // A formula; with borders, its letters have marks.
    formula(line, border) {
      const letter = name => this.example.symbols[name]
      const mark = name => (name === line.name ? "chosen" : border(name))
      const shown = name => (border ? `\\htmlClass{mark-${mark(name)}}{${letter(name)}}` : letter(name))
      return rendered(line.formula.replace(/\[(\w+)\]/g, (_, name) => shown(name)))
    }

    rightLine() {
      return this.example.lines.find(({ name }) => name === this.chosen.name)
    }

    // The functions of the package in which the line stands, with it marked.
    drawCode() {
      const code = this.rightLine()?.code ?? [], functions = [...new Set(code.map(([name]) => name))]
      const marked = (name, row) => code.some(([other, line]) => other === name && line === row)
      const listing = name => {
        const lines = this.data.listings[name]
        const shown = lines.map((text, row) => element(marked(name, row) ? "mark" : "span", "", `${text}\n`))
        return element("pre", "", element("code", "", ...shown))
      }
      this.form.querySelector(".code").replaceChildren(...functions.map(listing))
      reachable() // long lines scroll, by keyboard too
    }
  }

  document$.subscribe(() => new Page(document.getElementById("derivation")))
}
