"""Paste your table, in a browser: the script says what the package says."""

import numpy as np
import pytest

from dlhw.pages.interactive.pasted_table import read
from dlhw.pages.interactive.printed_tables import examples
from dlhw.pages.interactive.table_verdict import judge, sentence

pytestmark = pytest.mark.site
NAME = "try/paste.html"
FORMS = ("{:.6e}", "{:.3g}", "{:.15e}", "{:.9f}")
BETWEEN = (" ", "\t", ", ", " & ", ";", " | ")
HEADS = ("", "t E0 E1", "h err0 err1", "step,f,claim", "E0\tE1", "what is this")


@pytest.fixture
def page(phone):
    return phone(NAME, "paste", color_scheme="dark")


def drawn(seed):
    """Return a table that some program may have printed."""
    rng = np.random.default_rng(seed)
    a, b, c, f0 = rng.normal(size=4)
    t = 0.5 ** np.arange(rng.integers(0, 3), rng.integers(6, 24))
    factor = rng.choice([1, -1, 2, 32, 1 / 8, 1.3, 1.001, 0, 1 + 1e-6])
    f, claim = f0 + np.sin(a * t) + b * t**2 + np.exp(c * t), factor * (a + c)
    E0, E1 = abs(f - f0 - 1), abs(f - f0 - 1 - t * claim)
    kinds = [(t, f, claim + 0 * t), (t, E0, E1), (E0, E1), (range(len(t)), t, E0, E1)]
    columns = kinds[rng.integers(len(kinds))]
    form, between = FORMS[rng.integers(len(FORMS))], BETWEEN[rng.integers(len(BETWEEN))]
    lines = [between.join(form.format(float(x)) for x in row) for row in zip(*columns)]
    if rng.integers(4) == 0 and "," not in between:
        lines = [line.replace(".", ",") for line in lines]
    if rng.integers(6) == 0:
        lines.insert(3, "a line of words")
    head = HEADS[rng.integers(len(HEADS))]
    return "\n".join([head, *lines])


def ours(text):
    """Return what the package says of a text: columns, verdict, cause, words, or an error."""
    try:
        table = read(text)
    except ValueError as error:
        return {"error": str(error)}
    with np.errstate(all="ignore"):
        found = judge(table)
    return {
        "columns": list(table.columns),
        "rows": len(table.columns["t"]),
        "skipped": table.skipped,
        "verdict": found.verdict,
        "cause": found.cause,
        "said": list(sentence(found)),
    }


def test_the_script_says_what_the_package_says(page):
    texts = [drawn(seed) for seed in range(400)] + list(examples().values())
    texts += [drawn(1) + "\nt E0 E1\n" + drawn(1), drawn(2) + "\n" + drawn(2)]
    texts += ["", "nothing", "1 2\n3 4", "a b c d\n" + "1 2 3 4\n5 6 7 9\n2 5 1 7\n3 9 2 8"]
    texts += ["numerical: 0.5 analytic: 0.5, error: 1e-9\n" * 5, "Analytic numeric\n1 1\n2 3"]
    theirs = page.evaluate(
        """texts => texts.map(text => {
          try {
            const {columns, rows, skipped, verdict, cause, said} = dlhw.paste.said(text)
            return {columns, rows, skipped, verdict, cause, said}
          } catch (error) {
            return {error: error.message}
          }
        })""",
        texts,
    )
    for text, found in zip(texts, theirs, strict=True):
        expected = ours(text)
        if "columns" in found:
            found["columns"], expected["columns"] = (
                sorted(found["columns"]),
                sorted(expected["columns"]),
            )
        assert found == expected, text
    causes = {found.get("cause") for found in theirs}
    assert {"pass", "sign", "zero", "scale", "wrong", "two"} <= causes


def test_an_example_is_judged_and_the_task_recognised(page):
    output, done = page.locator("#paste output"), page.locator("#paste .task")
    page.get_by_role("button", name="A", exact=True).click()
    assert output.inner_text() == ""
    page.get_by_role("button", name="Judge").click()
    assert output.inner_text().startswith("✓ It passes.") and not done.is_visible()
    page.get_by_role("button", name="B", exact=True).click()
    page.get_by_role("button", name="Judge").click()
    assert output.inner_text().startswith("✗ It fails.") and done.is_visible()
    assert "rows of t, E0, E1" in output.inner_text()


def test_what_is_no_table_gets_a_sentence(page):
    page.locator("textarea").fill("I have no table")
    page.get_by_role("button", name="Judge").click()
    assert (
        page.locator("#paste output").inner_text()
        == "? expected at least four rows of numbers, got 0."
    )


def test_an_example_stands_in_the_address(page, address):
    page.get_by_role("button", name="MATLAB").click()
    assert page.url.endswith("#example=MATLAB")
    page.goto("about:blank")
    page.goto(f"{address}{NAME}#example=MATLAB")
    page.wait_for_selector("#paste:not([hidden])")
    assert page.locator("textarea").input_value() == examples()["MATLAB"]


def test_it_works_by_keyboard_alone(page):
    page.locator("textarea").focus()
    page.keyboard.insert_text(examples()["B"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#paste output").inner_text().startswith("✗ It fails.")


def test_without_scripts_the_page_shows_what_is_said_of_the_examples(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + NAME)
    assert not page.locator("#paste").is_visible()
    page.locator("summary", has_text="What is said of the examples").click()
    for text in examples().values():
        assert page.get_by_text(sentence(judge(read(text)))[0]).first.is_visible()
    context.close()
