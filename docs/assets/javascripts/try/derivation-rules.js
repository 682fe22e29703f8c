// The derivation you can touch: how an entry is made of others. One description of it gives its value, and it written out
// with the places that it reads, so that what is shown is what was computed. A place is { name, row, column }.
{
  const shape = array => [array.length, array[0].length]
  const same = (a, b) => a.name === b.name && a.row === b.row && a.column === b.column
  const value = (arrays, { name, row, column }) => arrays[name][row][column]
  const everywhere = (arrays, name) => arrays[name].flatMap((row, i) => row.map((_, j) => ({ name, row: i, column: j })))

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

  function sum(arrays, terms, i, j) {
    const written = []
    let total = 0
    for (const term of terms) {
      const minus = term.startsWith("-")
      for (const factors of products(arrays, term, i, j)) {
        const product = factors.reduce((soFar, factor) => soFar * value(arrays, factor), 1)
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
    const right = everywhere(arrays, labels).filter(at => value(arrays, at) === 1)
    const samples = arrays[labels][0].length
    const logs = right.map(({ row, column }) => ({ name: probabilities, row, column }))
    const total = logs.reduce((soFar, at) => soFar + Math.log(value(arrays, at)), 0)
    const written = logs.flatMap((at, k) => [k ? " + " : "", right[k], " · log ", at])
    return { value: -total / samples, written: [`−1/${samples} · (`, ...written, ")"] }
  }

  function inner(arrays, [a, b]) {
    const pairs = everywhere(arrays, a).map(at => [at, { ...at, name: b }])
    const total = pairs.reduce((soFar, [x, y]) => soFar + value(arrays, x) * value(arrays, y), 0)
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

  // A gradient has the shape of what it is the gradient of; forward, a first term gives the rows and the columns.
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

  // What is to be said of a guess; the entries of one array change at once, so any of the first will do.
  function judged(changes, at) {
    if (!changes.length) return "nothing"
    if (at.name === changes[0].name) return changes.some(change => same(change, at)) ? "found" : "beside"
    return changes.some(change => same(change, at)) ? "later" : "unchanged"
  }

  dlhw.derivation = { shape, same, value, everywhere, entry, linesOf, compute, differences, judged }
}
