"""Which test sees it? As a reader uses it, in a browser."""

import json
import re
from pathlib import Path

import pytest

from dlhw.pages.interactive.which_test_data import all_verdicts

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
NAME = "try/which-test.html"
TESTS = ("gradient", "jacobian", "transpose", "adjoint")


@pytest.fixture(scope="module")
def data():
    return json.loads(json.dumps(all_verdicts()))


@pytest.fixture
def page(phone):
    return phone(NAME, "which-test")


def choose(page, **setting):
    for name, value in setting.items():
        page.locator(f"#which-test [name={name}]").select_option(value)


def test_the_page_has_the_verdicts_of_the_tests_as_they_are(given, data):
    assert given(NAME, "which-test-data") == data
    assert len(data["results"]) == 8 * len(data["mistakes"])


def test_nothing_is_told_before_a_look(page):
    assert page.locator("#which-test table").count() == 0
    assert page.locator("#which-test output").all_inner_texts() == ["", ""]
    choose(page, samples="one sample")
    assert page.locator("#which-test table").count() == 0


def test_a_look_says_what_each_test_says_and_how_many_were_foreseen(page, data):
    page.get_by_label("gradient test").check()
    page.get_by_label("adjoint test").check()
    page.get_by_role("button", name="Look").click()
    place = "|".join(
        [data["mistakes"][0], data["samples"][0], data["blocks"][0], data["parameters"][0]]
    )
    tests = data["results"][place]["tests"]
    rows = page.locator("#which-test tbody tr").all()
    for test, row in zip(TESTS, rows, strict=True):
        _, said, verdict, sentence = row.locator("td").all_inner_texts()
        assert said == ("sees it" if test in ("gradient", "adjoint") else "does not")
        assert verdict[2:] == {"fail": "sees it", "pass": "passes it"}[tests[test][0]]
        assert sentence == tests[test][1]
    assert "3 of 4 as you said" in page.locator("#which-test output").first.inner_text()
    choose(page, samples="one sample")
    assert page.locator("#which-test table").count() == 0


def test_each_task_has_its_settings_and_not_all_settings_are_one(page, data):
    found = page.evaluate(
        """data => Object.keys(data.results).map(place => {
          const [mistake, samples, blocks, parameters] = place.split("|")
          return [place, dlhw.whichTest.tasks(data, {mistake, samples, blocks, parameters})]
        })""",
        data,
    )
    for task in ("without-m", "forward-alone", "both-products", "zero", "never"):
        assert 0 < sum(task in tasks for _, tasks in found) < len(found) / 4, task
    for place, tasks in found:
        verdicts = {test: verdict for test, (verdict, _) in data["results"][place]["tests"].items()}
        seen = {test for test, verdict in verdicts.items() if verdict == "fail"}
        assert ("forward-alone" in tasks) == ("jacobian" in seen and "gradient" not in seen)
        assert ("both-products" in tasks) == (seen == set(TESTS) - {"adjoint"})
        if {"without-m", "zero", "never"} & set(tasks):
            assert set(verdicts.values()) == {"pass"}


def test_how_many_were_foreseen_is_right_whatever_is_ticked(page, data):
    cases = [
        (dict(zip(("mistake", "samples", "blocks", "parameters"), place.split("|"))), list(ticked))
        for place in data["results"]
        for ticked in ((), ("gradient",), ("jacobian", "transpose"), TESTS)
    ]
    assert len(cases) >= 200
    counted = page.evaluate(
        "([data, cases]) => cases.map(([at, ticked]) => dlhw.whichTest.foreseen(data, at, ticked))",
        [data, cases],
    )
    for (setting, ticked), count in zip(cases, counted, strict=True):
        tests = data["results"]["|".join(setting.values())]["tests"]
        assert count == sum((tests[test][0] == "fail") == (test in ticked) for test in TESTS)


def test_a_solved_task_is_marked_and_said(page):
    choose(page, samples="one sample")
    page.get_by_role("button", name="Look").click()
    assert page.locator("[data-task=without-m].done").count() == 1
    assert page.locator("#which-test-tasks .found").inner_text() == "1 of 5 found."


def test_the_table_of_one_direction_is_told_in_words(page, data):
    page.get_by_role("button", name="Look").click()
    said = page.locator("#which-test output").last
    assert re.match(r"✗ E1 falls by 2\.\d at each half step", said.inner_text())
    choose(page, direction="ones")
    assert "does not change" in said.inner_text()


def test_a_setting_stands_in_the_address_and_is_found_there(page, address, data):
    choose(page, mistake=data["mistakes"][3], parameters="zero parameters")
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector("#which-test:not([hidden])")
    assert page.locator("[name=mistake]").input_value() == data["mistakes"][3]
    assert page.locator("[name=parameters]").input_value() == "zero parameters"
    page.goto("about:blank")
    page.goto(f"{address}{NAME}#mistake=nonsense&samples=one+sample")
    page.wait_for_selector("#which-test:not([hidden])")
    assert page.locator("[name=mistake]").input_value() == data["mistakes"][0]
    assert page.locator("[name=samples]").input_value() == "one sample"


def test_it_works_by_keyboard_alone(page):
    page.locator("[name=mistake]").focus()
    page.keyboard.press("ArrowDown")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_label("gradient test").is_checked()
    page.keyboard.press("Enter")
    assert page.locator("#which-test tbody tr").count() == 4


def test_without_scripts_the_page_shows_all_mistakes(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + NAME)
    assert not page.locator("#which-test").is_visible()
    page.locator("summary", has_text="All mistakes at once").click()
    assert page.locator("details table:visible tbody tr").count() == 12
    context.close()
