// Formulas, and what the keyboard needs. `document$` is the theme's: it fires whenever a page is shown.
document$.subscribe(() => {
  for (const formula of document.querySelectorAll(".arithmatex")) {
    const [, open, tex] = formula.textContent.match(/^\s*(\\\(|\\\[)([^]*)\\[)\]]\s*$/) ?? []
    if (open) katex.render(tex, formula, { displayMode: open === "\\[", throwOnError: false, strict: "error" })
  }
  reachable()
  document.fonts.ready.then(reachable)
})
addEventListener("resize", () => reachable())

// What scrolls sideways must be reachable by keyboard.
function reachable() {
  for (const box of document.querySelectorAll("pre > code, .md-typeset__table, .md-typeset__scrollwrap, .tabbed-labels, .plot > div, div.arithmatex")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute("tabindex")
  }
}
