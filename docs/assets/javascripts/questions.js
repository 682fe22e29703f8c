// Questions: what was chosen stays in this browser; a chapter whose questions are all answered has a tick in the navigation.
const KEPT = "dlhw-answers"

document$.subscribe(() => {
  const questions = [...document.querySelectorAll(".question")]
  for (const question of questions) {
    const choices = [...question.querySelectorAll("details.choice")]
    const chosen = kept().chosen[question.dataset.question]
    choices.forEach((choice, i) => {
      choice.open = choice.open || i === chosen
      choice.addEventListener("toggle", () => {
        if (!choice.open) return
        keep(all => { all.chosen[question.dataset.question] = i })
        answered(questions)
      })
    })
    question.append(button("Ask me again", () => forget(questions, question)), button("Forget all my answers", () => forget(questions)))
  }
  answered(questions)
})

// What follows an answer: the result of a prediction unfolds, the buttons appear, the navigation has its tick.
function answered(questions) {
  const { chosen } = kept()
  for (const question of questions) {
    const done = question.dataset.question in chosen
    question.classList.toggle("answered", done)
    const next = question.nextElementSibling
    if (done && next?.matches("details.abstract")) next.open = true
  }
  if (questions.length) {
    const count = questions.filter(question => question.dataset.question in chosen).length
    keep(all => { all.pages[location.pathname] = count === questions.length })
  }
  for (const link of document.querySelectorAll(".md-nav a.md-nav__link")) {
    link.querySelector(".tick")?.remove()
    if (kept().pages[new URL(link.href).pathname] && !new URL(link.href).hash) link.append(tick())
  }
}

function forget(questions, one) {
  keep(all => {
    if (one) delete all.chosen[one.dataset.question]
    else Object.assign(all, { chosen: {}, pages: {} })
  })
  for (const question of one ? [one] : questions)
    for (const choice of question.querySelectorAll("details.choice")) choice.open = false
  answered(questions)
}

function button(text, act) {
  const made = document.createElement("button")
  Object.assign(made, { textContent: text, type: "button", className: "forget" })
  made.addEventListener("click", act)
  return made
}

function tick() {
  const made = document.createElement("span")
  Object.assign(made, { className: "tick", textContent: "✓", title: "all questions answered" })
  made.setAttribute("role", "img")
  made.setAttribute("aria-label", "all questions answered")
  return made
}

// A browser that keeps nothing still shows the questions.
function kept() {
  try { return { chosen: {}, pages: {}, ...JSON.parse(localStorage.getItem(KEPT)) } } catch { return { chosen: {}, pages: {} } }
}

function keep(change) {
  const all = kept()
  change(all)
  try { localStorage.setItem(KEPT, JSON.stringify(all)) } catch { /* then nothing is kept */ }
}
