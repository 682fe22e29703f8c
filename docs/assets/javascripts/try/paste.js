// Paste your table: the rules of dlhw/pages/interactive/pasted_table.py and table_verdict.py, with the words and thresholds that the build gives.
{
  let rules = {}
  const NUMBER = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?(?:nan|inf))$/i
  const KNOWN_COLUMNS = ["claim,f,t", "E0,E1,t", "E0,E1"]

  // ---- reading ----

  function plain(text) {
    text = text.replaceAll("\u2212", "-")
    const points = /\d\.|\.\d/.test(text)
    if (!points && /[;\t|&]|\d[ ]+[-+,]?\d/.test(text)) text = text.replace(/(\d?),(\d)/g, "$1.$2")
    text = text.replace(/(\d\.?)[dD]([-+]?\d)/g, "$1e$2")
    return text.replace(/[;,|&=:\t\\[\]()]/g, " ")
  }

  function number(token) {
    if (/nan/i.test(token)) return NaN
    if (/inf/i.test(token)) return token.startsWith("-") ? -Infinity : Infinity
    return Number(token)
  }

  function halfAUnit(token) {
    if (/n/i.test(token) || /^[-+]?\d+$/.test(token)) return 0
    const [digits, exponent] = token.toLowerCase().split("e")
    return 0.5 * 10 ** (Number(exponent ?? 0) - (digits.split(".")[1] ?? "").length)
  }

  function readLine(line, scale) {
    const row = { numbers: [], units: [], words: [] }
    for (const token of line.split(/\s+/).filter(Boolean)) {
      if (!NUMBER.test(token)) row.words.push(token)
      else {
        row.numbers.push(scale * number(token))
        row.units.push(scale * halfAUnit(token))
      }
    }
    return row
  }

  function read(text) {
    const rows = [], lengths = [0]
    let header = [], scale = 1
    for (const line of plain(text).split(/\r\n|\r|\n/)) {
      const factor = line.match(/^\s*(\S+)\s*\*\s*$/)
      if (factor && NUMBER.test(factor[1])) {
        scale = number(factor[1])
        continue
      }
      const row = readLine(line, scale)
      if (row.numbers.length > 1) {
        rows.push(row)
        lengths[lengths.length - 1] += 1
      } else if (row.words.length) {
        if (!rows.length) header = row.words
        lengths.push(0)
      }
    }
    const tables = lengths.filter(length => length >= rules.FEWEST).length
    if (tables > 1) throw Error(`expected one table, got ${tables}: paste them one by one`)
    if (comparesEntries([...header, ...rows.slice(0, 1).flatMap(row => row.words)]))
      throw Error("expected a table over steps, got two gradients entry by entry: along one direction d print t, f(x + td) and the slope that your gradient claims")
    const width = mostCommon(rows.map(row => row.numbers.length))
    const kept = rows.filter(row => row.numbers.length === width)
    if (kept.length < rules.FEWEST) throw Error(`expected at least four rows of numbers, got ${kept.length}`)
    const columns = kept[0].numbers.map((_, i) => kept.map(row => row.numbers[i]))
    const names = [named(header, width), named(kept[0].words, width), guessed(columns)].find(found => found.length)
    if (!names)
      throw Error(`expected columns t, f, claim, or t, E0, E1, or E0, E1, got ${width} that do not tell what they are: name them in a line above`)
    const table = namedTable(kept, names, rows.length - kept.length)
    if (new Set(table.columns.t).size < kept.length) throw Error("expected each step once: paste one table, of one direction")
    return table
  }

  function mostCommon(values) {
    const counts = new Map()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0]
  }

  const comparesEntries = words =>
    rules.TWO_GRADIENTS.every(begin => words.some(word => word.toLowerCase().startsWith(begin)))

  function named(words, width) {
    const names = words.map(word => rules.means[word.toLowerCase().replace(/[^a-z0-9]/g, "")])
    const known = [...new Set(names)].filter(name => name !== "").sort().join()
    return names.length === width && !names.includes(undefined) && KNOWN_COLUMNS.includes(known) ? names : []
  }

  function guessed(columns) {
    const errors = (isGeometric(columns[0]) ? columns.slice(1) : columns).filter(column => !isConstant(column))
    const left = columns
      .map((column, i) => i)
      .filter(i => !(columns.length > 2 && counts(columns[i])))
      .filter(i => !errors.some(other => other !== columns[i] && areRatios(columns[i], other)))
    const kinds = { "0,0": ["E0", "E1"], "0,0,0": ["t", "E0", "E1"], "0,0,1": ["t", "f", "claim"], "0,1,0": ["t", "claim", "f"] }
    const kind = kinds[left.map(i => Number(isConstant(columns[i]))).join()]
    if (!kind) return []
    return columns.map((_, i) => kind[left.indexOf(i)] ?? "")
  }

  const pairs = column => column.slice(1).map((value, i) => [column[i], value])
  const counts = column => pairs(column).every(([a, b]) => b - a === 1)
  const isConstant = column => column.every(value => Math.abs(value - column[0]) <= rules.CONSTANT * Math.abs(column[0]))
  const isGeometric = column =>
    column.slice(2).every((c, i) => Math.abs(column[i] * c - column[i + 1] ** 2) <= rules.CONSTANT * column[i + 1] ** 2)

  function areRatios(column, other) {
    const hits = pairs(other).filter(
      ([before, here], i) => column[i + 1] > rules.LEAST && here !== 0 && Math.abs(column[i + 1] - before / here) <= rules.NEARLY * column[i + 1])
    return 2 * hits.length > column.length - 1
  }

  function namedTable(rows, names, skipped) {
    const columns = {}, units = {}
    names.forEach((name, i) => {
      if (!name) return
      columns[name] = rows.map(row => row.numbers[i])
      units[name] = rows.map(row => row.units[i])
    })
    if (columns.t) units.t = units.t.map((unit, i) => (Number(columns.t[i].toExponential(0)) === columns.t[i] ? 0 : unit))
    for (const name of ["E0", "E1"]) if (columns[name]) columns[name] = columns[name].map(Math.abs)
    columns.t ??= rows.map((_, k) => 0.5 ** k)
    units.t ??= rows.map(() => 0)
    return { columns, units, skipped }
  }

  // ---- judging ----

  const diff = values => pairs(values).map(([a, b]) => b - a)

  // The height of the plateau, as dlhw.derivative_tests.slopes.limit reads it.
  function limit(slopes, errors, powers) {
    const better = diff(slopes).map((step, i) => slopes[i + 1] + step / (powers[i] - 1))
    const roundOff = errors.slice(1).map(error => rules.SAFE * error)
    const apart = diff(better).map(Math.abs)
    const bars = better.map((_, i) => Math.max(i ? apart[i - 1] : 0, i < apart.length ? apart[i] : 0) + roundOff[i])
    const contradicted = better.map((value, i) =>
      better.some((other, j) => j >= i && Math.abs(value - other) > bars[i] + roundOff[j]))
    const usable = bars.map((bar, i) => (contradicted[i] ? Infinity : bar))
    const best = Math.max(0, usable.indexOf(Math.min(...usable)))
    return { value: better[best], error: bars[best] }
  }

  function judge({ columns, units }) {
    const order = columns.t.map((_, i) => i).sort((i, j) => Math.abs(columns.t[j]) - Math.abs(columns.t[i]))
    const sorted = table => Object.fromEntries(Object.entries(table).map(([name, values]) => [name, order.map(i => values[i])]))
    return columns.f ? ofSlopes(sorted(columns), sorted(units)) : ofErrors(sorted(columns), sorted(units))
  }

  function ofSlopes(columns, units) {
    const last = columns.t.length - 1, claim = columns.claim[last]
    const unit = columns.f.map((f, i) => Math.max(units.f[i], rules.EPSILON * Math.abs(f)))
    const t = columns.t
    let rise, floor, width, middle, ofWidth
    if (t[last] === 0) {
      rise = columns.f.slice(0, last).map(f => f - columns.f[last])
      floor = unit.slice(0, last).map(u => u + unit[last])
      middle = width = t.slice(0, last)
      ofWidth = units.t.slice(0, last)
    } else {
      rise = diff(columns.f).map(step => -step)
      floor = pairs(unit).map(([a, b]) => b + a)
      width = diff(t).map(step => -step)
      middle = t.slice(1)
      ofWidth = pairs(units.t).map(([a, b]) => b + a)
    }
    floor = floor.map((u, i) => u + Math.abs(rise[i] / width[i]) * ofWidth[i])
    const found = limit(rise.map((r, i) => r / width[i]), floor.map((u, i) => u / Math.abs(width[i])), pairs(middle).map(([a, b]) => a / b))
    const size = Math.max(Math.abs(found.value), Math.abs(claim))
    const error = Math.abs(claim - found.value) / (Math.abs(found.value) || 1)
    if (size <= rules.SAFE * found.error) return verdict("inconclusive", "flat")
    if (Math.abs(claim - found.value) > rules.SAFE * found.error + units.claim[last] + rules.EPSILON * size) {
      if (Math.abs(found.value) <= rules.SAFE * found.error) return verdict("fail", "wrong", [], error)
      return namedFactor(claim / found.value, error, found.error / Math.abs(found.value))
    }
    const known = found.error / size
    return known > rules.KNOWN ? verdict("inconclusive", "noise", [], known) : verdict("pass", "pass", [], Math.max(error, known))
  }

  function ofErrors(columns, units) {
    const some = columns.t.map((_, i) => i).filter(i => columns.E0[i] > 0)
    if (some.length < rules.FEWEST) return verdict("inconclusive", "flat")
    const [t, E0, E1] = ["t", "E0", "E1"].map(name => some.map(i => columns[name][i]))
    const [unit0, unit1] = ["E0", "E1"].map(name => some.map((i, k) => units[name][i] + rules.EPSILON * E0[k]))
    const powers = pairs(t).map(([a, b]) => a / b)
    const slope = limit(E0.map((E, i) => E / t[i]), unit0.map((u, i) => u / t[i]), powers)
    if (slope.value <= rules.SAFE * slope.error) return verdict("inconclusive", "flat")
    const found = limit(E1.map((E, i) => E / E0[i]), unit1.map((u, i) => u / E0[i] + (unit0[i] * E1[i]) / E0[i] ** 2), powers)
    if (found.value > rules.SAFE * found.error && found.value > rules.EPSILON) return candidates(found.value, toldApart(t, E0, E1, unit0.map((u, i) => u + unit1[i])), found.error)
    if (found.error > rules.KNOWN) return verdict("inconclusive", "noise", [], found.error)
    return verdict("pass", "pass", [], Math.max(Math.abs(found.value), found.error))
  }

  function namedFactor(factor, error, bar) {
    if (error < rules.SMALL) return verdict("fail", "small", [], error)
    if (Math.abs(factor) < rules.ZERO) return verdict("fail", "zero", [0], error)
    if (Math.abs(factor + 1) < rules.UNEXPLAINED + rules.SAFE * bar) return verdict("fail", "sign", [-1], error)
    return verdict("fail", isPlain(factor, bar) ? "scale" : "wrong", [factor], error)
  }

  // Which of the signs in E0 -+ E1 = t |claim| can be: that sum is a line in t, others bend.
  function toldApart(t, E0, E1, unit) {
    const floor = median(unit.map((u, i) => u / t[i]))
    const bend = sign => median(diff(E0.map((E, i) => (E + sign * E1[i]) / t[i])).map(Math.abs))
    const straight = [-1, 1].filter(sign => bend(sign) + floor < rules.BENT * bend(-sign))
    return straight.length ? straight : [-1, 1]
  }

  function median(values) {
    const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }

  function candidates(c, signs, bar) {
    if (c < rules.SMALL) return verdict("fail", "small", [], c)
    const factors = signs.map(sign => 1 + sign * c).filter(factor => isPlain(factor, bar))
    if (!factors.length) return verdict("fail", "wrong", [], c)
    if (factors.length === 1) return namedFactor(factors[0], c, bar)
    return verdict("fail", "two", factors, c)
  }

  // Zero, or a factor that slips make: a whole number, or one over it, as far as it is known.
  function isPlain(factor, bar) {
    if (Math.abs(factor) < rules.ZERO) return true
    const ratio = Math.max(Math.abs(factor), 1 / Math.abs(factor)), off = Math.abs(ratio - Math.round(ratio))
    const blur = rules.SAFE * bar * ratio
    const plain = off <= rules.UNEXPLAINED * ratio && rules.UNEXPLAINED * ratio < 0.5
    const near = Math.round(ratio) > 1 && off <= blur && blur < rules.BLURRED
    return ratio < rules.MOST && (plain || near)
  }

  const verdict = (verdict, cause, factors = [], error = 0) => ({ verdict, cause, factors, error })

  // ---- words ----

  function shown(number) {
    if (number && !(Math.abs(number) >= 1e-3 && Math.abs(number) < 1e6)) return number.toExponential(1).replace("e+", "e")
    return String(Number(number.toPrecision(4)))
  }

  function sentence({ cause, factors, error }) {
    const [factor = 0, other = 0] = factors
    const whole = factor ? Math.round(Math.max(Math.abs(factor), 1 / Math.abs(factor))) : 0
    const values = { error: shown(error), factor: shown(factor), other: shown(other), whole }
    return [rules.words[cause].replace(/\{(\w+)\}/g, (_, name) => values[name]), rules.next[cause]]
  }

  // Verdict, cause, and what is said of a text; an error says what was expected and what came.
  function said(text) {
    const table = read(text), found = judge(table)
    return { ...found, rows: table.columns.t.length, skipped: table.skipped, columns: Object.keys(table.columns), said: sentence(found) }
  }

  // ---- the page ----

  const MARKS = { pass: "✓ It passes.", fail: "✗ It fails.", inconclusive: "? It cannot tell." }

  function start(form) {
    const box = form.querySelector("textarea"), output = form.querySelector("output"), done = form.querySelector(".task")
    function look() {
      let lines
      try {
        const { verdict, rows, skipped, columns, said: words } = said(box.value)
        if (verdict === "fail" && ["A", "B", "C"].some(name => box.value === rules.examples[name])) done.hidden = false
        lines = [MARKS[verdict], words[0], `Next: ${words[1]}`]
        lines.push(`Read: ${rows} rows of ${columns.join(", ")}${skipped ? `; ${skipped} rows of another length left out` : ""}.`)
      } catch (error) {
        lines = [`? ${error.message}.`]
      }
      output.replaceChildren(...lines.map(line => Object.assign(document.createElement("p"), { textContent: line })))
    }
    function clear() {
      output.replaceChildren()
      done.hidden = true
    }
    box.addEventListener("input", clear)
    form.addEventListener("submit", event => {
      event.preventDefault()
      look()
    })
    for (const button of form.querySelectorAll("button[data-example]"))
      button.addEventListener("click", () => {
        box.value = rules.examples[button.dataset.example]
        box.scrollTo(0, 0)
        clear()
        dlhw.keep({ example: button.dataset.example })
      })
    const { example } = dlhw.settings()
    if (example in rules.examples) box.value = rules.examples[example]
    form.hidden = false
  }

  dlhw.paste = { said }
  document$.subscribe(() => {
    rules = dlhw.given("paste-rules")
    start(document.getElementById("paste"))
  })
}
