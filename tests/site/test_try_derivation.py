"""The derivation you can touch, as a reader meets it in a browser."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from dlhw.pages.interactive import derivation_data
from dlhw.pages.interactive.derivation_lines import EXAMPLES

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
NAME = "try/derivation.html"
CASES = 20  # of numbers for each mistake of each example, and for none
MISTAKES = [(name, mistake) for name in EXAMPLES for mistake in EXAMPLES[name].mistakes]
ALL_CASES = [
    (name, key, seed)
    for name in EXAMPLES
    for key in ["", *(mistake.key for mistake in EXAMPLES[name].mistakes)]
    for seed in range(CASES)
]


@pytest.fixture(scope="module")
def data():
    return json.loads(json.dumps(derivation_data.all_examples()))


@pytest.fixture
def page(phone):
    return phone(NAME, "derivation", viewport={"width": 390, "height": 844})


def drawn(name, seed):
    """Other numbers for what is given in an example; labels stay one-hot."""
    rng = np.random.default_rng(seed)
    given = derivation_data.start(name)
    for key, array in given.items():
        given[key] = rng.uniform(-3, 3, array.shape)
        if key == "C":
            given[key] = np.eye(3)[:, rng.integers(3, size=2)]
    return given


def plain(arrays):
    """Arrays as a script has them."""
    return {key: np.atleast_2d(array).tolist() for key, array in arrays.items()}


def entry(page, array, row, column):
    return page.locator(f"#derivation [aria-label^='{array}, row {row}, column {column}:']")


def shown(page, name):
    """The numbers of an array as they stand on the page."""
    return page.locator(f"[role=group][aria-label='{name}'] button").all_inner_texts()


def task(page):
    return page.locator("#derivation .task")


def answer(page):
    return page.locator("#derivation output").inner_text()


def test_the_page_has_the_examples_as_the_package_makes_them(given, data):
    assert given(NAME, "derivation-data") == data


def test_the_script_computes_every_array_as_the_package_right_and_with_each_mistake(page, data):
    assert len(ALL_CASES) >= 200
    cases = [(name, key, plain(drawn(name, seed))) for name, key, seed in ALL_CASES]
    computed = page.evaluate(
        """([data, cases]) => cases.map(([name, mistake, given]) =>
             dlhw.derivation.compute(data.examples[name], given, mistake))""",
        [data, cases],
    )
    for (name, key, seed), arrays in zip(ALL_CASES, computed, strict=True):
        expected = derivation_data.COMPUTED[name](drawn(name, seed), key)
        assert set(arrays) == set(expected)
        for array in expected:
            np.testing.assert_allclose(
                arrays[array],
                np.atleast_2d(expected[array]),
                rtol=1e-10,
                atol=1e-12,
                err_msg=f"{array} of {name}, mistake {key!r}",
            )


def test_the_script_finds_the_first_difference_that_the_package_finds(page, data):
    for name, mistake in MISTAKES:
        first = page.evaluate(
            """([data, name, key]) => {
              const example = data.examples[name], { compute, differences } = dlhw.derivation
              const [right, wrong] = ["", key].map(key => compute(example, example.given, key))
              return differences(example, right, wrong, data.roundoff)[0]
            }""",
            [data, name, mistake.key],
        )
        found = derivation_data.first_difference(name, mistake.key)
        assert (first["name"], first["row"], first["column"]) == found


NUDGED = """cases => {
  const { compute, entry, linesOf } = dlhw.derivation
  const found = []
  for (const [name, example, key, given] of cases) {
    const arrays = compute(example, given, key)
    for (const line of linesOf(example, key)) {
      const { value, written } = entry(arrays, line, 0, 0)
      for (const [other, array] of Object.entries(arrays))
        for (let i = 0; i < array.length; i++)
          for (let j = 0; j < array[0].length; j++) {
            const nudged = structuredClone(arrays)
            nudged[other][i][j] += 0.01
            const moves = entry(nudged, line, 0, 0).value !== value
            const named = written.some(at => at.name === other && at.row === i && at.column === j)
            const what = [name, key, line.name, other, i, j].join(" ")
            found.push([what, line.rule[0], moves, named])
          }
    }
  }
  return found
}"""
MAY_STAY = ("mask", "relu", "times", "inner", "loss")  # ReLU is flat below zero, log p has a factor


def test_an_entry_moves_with_each_entry_that_it_is_said_to_come_from_and_with_no_other(page, data):
    cases = [
        (name, data["examples"][name], key, plain(drawn(name, 7)))
        for name, key, seed in ALL_CASES
        if seed == 0
    ]
    found = page.evaluate(NUDGED, cases)
    assert len(found) > 1000
    for what, rule, moves, named in found:
        assert named or not moves, what
        assert moves or not named or rule in MAY_STAY, what


def test_at_first_all_numbers_are_right_and_nothing_is_told(page):
    assert shown(page, "dZ") == ["−0.3333", "0.1667", "0.1667", "0.1667", "0.1667", "−0.3333"]
    assert page.locator("#derivation .differs").count() == 0
    assert "1/m forgotten" in task(page).inner_text()
    assert answer(page) == ""
    assert page.evaluate("location.hash") == ""


def test_a_chosen_entry_is_written_out_with_its_formula_its_code_and_its_sources(page):
    entry(page, "dW", 3, 1).click()
    said = page.locator("#derivation .sum").inner_text()
    assert said == "dW, row 3, column 1: 0.1667 · 1 + (−0.3333) · 1 = −0.1667"
    labels = [
        button.get_attribute("aria-label")
        for button in page.locator("#derivation .from button").all()
    ]
    assert labels == [
        "dZ, row 3, column 1",
        "X, row 1, column 1",
        "dZ, row 3, column 2",
        "X, row 1, column 2",
    ]
    marked = page.locator("#derivation .number[aria-label*='comes from it']")
    assert marked.count() == 4
    borders = marked.evaluate_all("all => all.map(one => getComputedStyle(one).borderTopStyle)")
    assert sorted(set(borders)) == ["dashed", "dotted"]
    assert page.locator("#derivation .formula .mark-chosen").count() == 1
    assert page.locator("#derivation .code mark").inner_text().strip() == "dW = dZ @ X.mT"
    page.locator("#derivation .from button").first.click()
    assert page.locator("#derivation .sum").inner_text().startswith("dZ, row 3, column 1: 1/2 · (")


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_the_task_of_each_mistake_is_recognised(page, data, name, mistake):
    page.get_by_label("Example").select_option(name)
    page.get_by_label("Mistake").select_option(mistake.key)
    array, row, column = derivation_data.first_difference(name, mistake.key)
    page.get_by_role("button", name="This one changes first").click()
    assert answer(page).startswith("Not yet: Z, row 1, column 1, stays as it is.")
    assert page.locator("#derivation .differs").count() == 0
    entry(page, array, row + 1, column + 1).click()
    page.get_by_role("button", name="This one changes first").click()
    assert answer(page).startswith(f"Found. {array}, row {row + 1}, column {column + 1},")
    assert task(page).evaluate("task => task.classList.contains('done')")
    assert entry(page, array, row + 1, column + 1).inner_text().startswith("①")
    says = {m["key"]: m["says"] for m in data["examples"][name]["mistakes"]}[mistake.key]
    assert page.locator("#derivation .verdict").inner_text().endswith(says)


def test_the_next_mistake_is_one_that_was_not_found_until_all_are(page, data):
    for name, mistake in MISTAKES:
        assert page.get_by_label("Example").input_value() == name
        assert page.get_by_label("Mistake").input_value() == mistake.key
        array, row, column = derivation_data.first_difference(name, mistake.key)
        entry(page, array, row + 1, column + 1).click()
        page.get_by_role("button", name="This one changes first").click()
        next_one = page.get_by_role("button", name="The next mistake")
        if (name, mistake) != MISTAKES[-1]:
            next_one.click()
    assert next_one.count() == 0
    assert f"{len(MISTAKES)} of {len(MISTAKES)}" in task(page).inner_text()


def test_a_mistaken_line_stands_beside_the_right_one(page):
    entry(page, "dZ", 1, 1).click()
    page.get_by_role("button", name="Just show me").click()
    formulas = page.locator("#derivation .formula .katex-mathml annotation").all_text_contents()
    plain = [re.sub(r"\\htmlClass\{mark-\w+\}\{(\w+|G_\{\w+\})\}", r"\1", tex) for tex in formulas]
    assert plain == ["G_{Z} = P - C", r"G_{Z} = \tfrac1m (P - C)"]
    assert page.locator("#derivation .sum").inner_text().endswith("(right: −0.3333)")


def test_a_number_that_changes_later_is_no_answer(page):
    entry(page, "dW", 1, 1).click()
    page.get_by_role("button", name="This one changes first").click()
    assert answer(page).startswith("Not yet: dW, row 1, column 1, changes, but only because")
    assert page.locator("#derivation .task.done").count() == 0


def test_the_mistake_goes_in_and_out(page):
    right = shown(page, "dW")
    page.get_by_role("button", name="Just show me").click()
    assert page.locator("#derivation .task.done").count() == 0
    assert "dZ, row 1, column 1, is the first number that differs." in answer(page)
    assert shown(page, "dZ")[0] == "① −0.6667"
    page.get_by_role("button", name="Take the mistake out").click()
    assert shown(page, "dW") == right
    assert answer(page) == ""


def test_a_changed_number_changes_what_follows_and_stands_in_the_address(page, browser):
    entry(page, "W", 1, 2).click()
    page.get_by_label("Change it").fill("1.5")
    page.keyboard.press("Tab")
    given = derivation_data.start("softmax")
    given["W"][0, 1] = 1.5
    arrays = derivation_data.softmax_arrays(given)
    for name in ("Z", "P", "F", "dZ", "dW", "db", "dX"):
        numbers = [float(text.replace("−", "-")) for text in shown(page, name)]
        np.testing.assert_allclose(numbers, np.ravel(arrays[name]), atol=0.00005001)
    sent = page.url
    other = browser.new_page()
    other.goto(sent)
    other.wait_for_selector("#derivation:not([hidden])")
    assert shown(other, "dX") == shown(page, "dX")
    assert (
        other.locator(".number[aria-pressed=true]")
        .get_attribute("aria-label")
        .startswith("W, row 1, column 2")
    )
    other.close()
    page.get_by_role("button", name="All numbers as in the chapter").click()
    assert shown(page, "W") == ["0"] * 6


def test_a_mistake_that_changes_nothing_is_told(page):
    page.get_by_label("Example").select_option("tanh")
    for row in (1, 3):
        entry(page, "W_out", row, 1).click()
        page.get_by_label("Change it").fill("0")
        page.keyboard.press("Tab")
    page.get_by_role("button", name="This one changes first").click()
    assert "changes nothing" in answer(page)


@pytest.mark.parametrize(
    "settings",
    [
        "mistake=x&entry=q.1.1",
        "example=no",
        "W=1 2 a 4 5 6",
        "W=1e9 0 0 0 0 0",
        "C=1 1 1 1 1 1",
        "entry=Z.9.1",
    ],
)
def test_an_address_that_does_not_fit_opens_the_chapter_s_example(page, address, settings):
    page.goto("about:blank")
    page.goto(f"{address}{NAME}#{settings}")
    page.wait_for_selector("#derivation:not([hidden])")
    assert shown(page, "W") == ["0"] * 6
    assert shown(page, "C") == ["1", "0", "0", "0", "0", "1"]
    assert page.locator(".number.chosen").count() == 1


def test_the_task_can_be_done_by_keyboard_alone(page):
    first = page.get_by_label("Example")
    first.focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel ?? ''").startswith("dZ, row 1"):
            break
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    assert answer(page).startswith("Found.")
    page.keyboard.press("Enter")  # the next mistake
    assert page.get_by_label("Mistake").input_value() == EXAMPLES["softmax"].mistakes[1].key


def test_without_scripts_the_numbers_and_the_mistakes_are_there(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + NAME)
    assert not page.locator("#derivation").is_visible()
    assert "With scripts you choose" in page.locator("noscript").inner_text()
    for summary in page.locator("article details summary").all():
        summary.click()
    assert page.locator("article details table:visible").count() == len(EXAMPLES) + 1
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_mistake_that_is_in_is_accessible_and_fits(phone, barriers, width, scheme):
    place = f"{NAME}#example=block&mistake=jvp&entry=dX.1.2"
    size = {"width": width, "height": 844}
    page = phone(place, "derivation", viewport=size, color_scheme=scheme)
    page.get_by_role("button", name="Just show me").click()
    assert barriers(page) == []
