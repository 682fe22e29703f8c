"""The table you can turn, as a reader uses it, in a browser."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from dlhw.pages.interactive import table_data as room

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
NAME, READY = "try/table.html", "try-table"
NAMES = ("size", "error", "factor", "samples", "precision")
SETTINGS = [
    dict(zip(NAMES, values))
    for values in itertools.product(
        room.SIZES, room.ERRORS, room.FACTORS, room.SAMPLES, room.PRECISIONS
    )
]
TASKS = ("missed", "accused", "unseen", "turns")


@pytest.fixture(scope="module")
def data():
    return json.loads(json.dumps(room.everything()))


@pytest.fixture
def page(phone):
    return phone(NAME, READY)


def turn_to(page, size=None, **chosen):
    for name, value in chosen.items():
        page.locator(f"#try-table [name={name}]").select_option(value)
    if size is not None:
        page.locator("#try-table [name=size]").evaluate(
            """(slider, at) => {
              slider.value = at
              slider.dispatchEvent(new Event('input', {bubbles: true}))
            }""",
            room.SIZES.index(size),
        )


def predict(page, who):
    page.locator(f"#try-table [value={who}]").click()


def said(page):
    return page.locator("#try-table [name=said]").inner_text()


def cells(page):
    rows = page.locator("#try-table tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def test_the_page_has_the_verdicts_of_the_test_as_they_are(given, data):
    assert given(NAME, "table-data") == data


def test_the_errors_are_those_of_the_package(page, data):
    """In every setting, to the last bit: the package's table of steps, E0 and E1."""
    assert len(SETTINGS) >= 200
    found = page.evaluate(
        "([data, all]) => all.map(setting => dlhw.table.rows(data, setting))", [data, SETTINGS]
    )
    problems = {
        (samples, precision): room.Problem(samples, precision)
        for samples in room.SAMPLES
        for precision in room.PRECISIONS
    }
    for setting, rows in zip(SETTINGS, found, strict=True):
        problem = problems[setting["samples"], setting["precision"]]
        claimed = problem.claimed(setting["error"], setting["size"]).astype(float) @ problem.d
        expected = room.table(problem, float(claimed), setting["factor"])
        columns = np.array([[row["t"], row["E0"], row["E1"]] for row in rows])
        assert np.array_equal(columns, expected), setting


def test_who_accepts_is_what_the_package_says(page, data):
    found = page.evaluate(
        "([data, all]) => all.map(setting => dlhw.table.accepted(data, setting))", [data, SETTINGS]
    )
    for setting, who in zip(SETTINGS, found, strict=True):
        place = data["results"][f"{setting['samples']}|{setting['precision']}"]
        answer = place["asked"][setting["error"]][room.SIZES.index(setting["size"])]
        rule, test = not room.rejects(place, answer["claimed"]), answer["verdict"] == "pass"
        assert who == [["neither", "dlhw"], ["threshold", "both"]][rule][test], setting


def test_no_verdict_is_told_before_the_reader_has_said_one(page):
    assert page.locator(".verdicts dt").count() == 0 and said(page) == ""
    predict(page, "both")
    assert page.locator(".verdicts dt").count() == 2
    assert said(page) == "No: neither accepts it."
    turn_to(page, size=1e-12)
    assert page.locator(".verdicts dt").count() == 0 and said(page) == ""
    predict(page, "both")
    assert said(page).startswith("Yes: both accept it.")


def test_our_verdict_is_told_with_its_sentence(page, data):
    predict(page, "neither")
    answers = data["results"]["10|float64"]["asked"]["scaled"]
    sentence = answers[room.SIZES.index(room.OPENING["size"])]["message"]
    assert page.locator(".verdicts dt").all_inner_texts() == [
        "Threshold 1e-5: ✗ rejects",
        "Our test: ✗ rejects",
    ]
    assert page.locator(".verdicts dd").last.inner_text() == sentence


@pytest.mark.parametrize("factor", room.FACTORS)
def test_the_table_shows_the_errors_their_ratios_and_where_round_off_is(page, factor):
    turn_to(page, size=0.0, factor=str(factor))
    problem = room.Problem(room.OPENING["samples"], room.OPENING["precision"])
    claimed = room.asked(problem, room.OPENING["error"], 0.0)["claimed"]
    expected = room.table(problem, claimed, factor)
    shown = cells(page)
    assert len(shown) == len(expected)
    for k, (row, (_, E0, left)) in enumerate(zip(shown, expected)):
        assert [float(row[1]), float(row[3])] == [float(f"{E:.3e}") for E in (E0, left)]
        if k == 0:
            assert row[2] == row[4] == ""
        elif left <= problem.floor:
            assert row[4] == "round-off"
        else:
            assert float(row[4]) == pytest.approx(expected[k - 1, 2] / left, abs=0.006)
    assert shown[-1][4] == "round-off" and shown[-1][2] != "round-off"


SOLVED = {
    "missed": {"size": 1e-6},
    "accused": {"size": 0.0, "precision": "float32"},
    "unseen": {"size": 1e-10},
    "turns": {"size": 1e-4, "factor": "0.25"},
}


@pytest.mark.parametrize("task", SOLVED)
def test_each_task_can_be_done_and_is_recognised(page, task):
    predict(page, "neither")
    assert page.locator(".task .done").count() == 0
    turn_to(page, **SOLVED[task])
    assert page.locator(".task .done").count() == 0
    predict(page, "neither")
    assert page.locator(f"[data-task={task}].done").count() == 1
    assert re.search(rf"✓ Task .*{TASKS.index(task) + 1}.* done", said(page))
    assert "of 4 found" in page.locator(".task .found").inner_text()


def test_a_task_is_done_where_it_says_and_no_setting_does_all(page, data):
    found = page.evaluate(
        """([data, all]) => all.map(setting =>
          [dlhw.table.accepted(data, setting), dlhw.table.tasks(data, setting)])""",
        [data, SETTINGS],
    )
    for setting, (who, tasks) in zip(SETTINGS, found, strict=True):
        planted = setting["size"] > 0
        assert ("missed" in tasks) == (planted and who == "threshold")
        assert ("accused" in tasks) == (not planted and who == "dlhw")
        assert ("unseen" in tasks) == (planted and who == "both")
        assert "turns" not in tasks or (planted and setting["factor"] == 0.25), setting
    for task in TASKS:
        assert 0 < sum(task in tasks for _, tasks in found) < len(found) / 2, task


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        ([15.9, 16.0, 7.0, 4.1, 4.0], True),
        ([4.0, 4.1, 7.0, 16.0, 15.9], False),
        ([16.0, 16.1, 15.8], False),
        ([4.0, 4.1, 4.0], False),
    ],
)
def test_a_table_turns_from_sixteen_to_four_and_not_back(page, ratios, expected):
    rows = [{"ratio1": ratio, "lost1": False} for ratio in ratios]
    assert page.evaluate("rows => dlhw.table.turns(rows, 0.25)", rows) == expected
    lost = [row | {"lost1": row["ratio1"] < 10} for row in rows]
    assert not page.evaluate("rows => dlhw.table.turns(rows, 0.25)", lost)


def test_a_setting_stands_in_the_address_and_is_found_there(page):
    turn_to(page, size=3e-7, error="one entry", samples="1000", precision="float32")
    page.reload()
    page.wait_for_selector("#try-table:not([hidden])")
    values = [page.locator(f"[name={name}]").input_value() for name in NAMES]
    assert values == [str(room.SIZES.index(3e-7)), "one entry", "0.5", "1000", "float32"]
    assert page.locator("[name=size-shown]").inner_text() == "3e-7"


def test_nonsense_in_the_address_is_no_setting(phone):
    page = phone(f"{NAME}#size=2&error=many&factor=0.25&samples=x", READY)
    values = [page.locator(f"[name={name}]").input_value() for name in NAMES]
    size = str(room.SIZES.index(room.OPENING["size"]))
    assert values == [size, "scaled", "0.25", "10", "float64"]


def test_it_works_by_keyboard_alone(page):
    slider = page.locator("[name=size]")
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "none"
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "1e-12"
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert said(page).startswith("Yes: both accept it.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_after_a_prediction_axe_finds_nothing(phone, barriers, scheme):
    page = phone(NAME, READY, color_scheme=scheme)
    turn_to(page, size=1e-6)
    predict(page, "threshold")
    assert barriers(page) == []


def test_without_scripts_there_are_tables_and_the_tasks(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + NAME)
    assert not page.locator("#try-table").is_visible()
    assert page.locator("details.still table").first.is_visible()
    assert page.locator(".task li").count() == 4
    context.close()
