"""Descent, as a reader uses it, in a browser."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from dlhw.pages.interactive import descent_data as room

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
NAME, READY = "try/descent.html", "try-descent"


@pytest.fixture(scope="module")
def data():
    return json.loads(json.dumps(room.opening()))


@pytest.fixture
def page(phone):
    return phone(NAME, READY)


def set_to(page, **values):
    for name, value in values.items():
        page.locator(f"#try-descent [name={name}]").evaluate(
            "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')) }",
            value,
        )


def predict(page, rule):
    page.locator(f"#try-descent [value={rule}]").click()


def said(page):
    return page.locator("#try-descent [name=said]").inner_text()


def walked(page, data, settings):
    """Return what the script says each rule does, for a list of settings."""
    return page.evaluate(
        "([data, all]) => all.map(settings => dlhw.descent.walk(data, settings))", [data, settings]
    )


def some_settings(count):
    rng = np.random.default_rng(0)
    names = ("rate", "beta", "condition")
    drawn = zip(rng.uniform(0, 4, count), rng.uniform(0, 0.99, count), rng.choice(1000, count) + 1)
    return [dict(zip(names, map(float, numbers))) for numbers in drawn]


def test_the_page_has_what_the_room_gives(given, data):
    assert given(NAME, "descent-data") == data


def test_the_rules_walk_as_those_of_the_package(page, data):
    settings = some_settings(210)
    for setting, found in zip(settings, walked(page, data, settings), strict=True):
        for rule in room.RULES:
            expected = room.path(rule, **setting)
            size = np.abs(expected).max(axis=1, keepdims=True)
            assert np.all(np.abs(found[rule]["points"] - expected) <= 1e-9 * size), (rule, setting)


def test_the_limits_are_those_of_the_package(page):
    betas = [setting["beta"] for setting in some_settings(210)]
    found = page.evaluate("betas => betas.map(dlhw.descent.limits)", betas)
    for beta, limits in zip(betas, found, strict=True):
        assert limits == pytest.approx(room.limits(beta), rel=1e-14)


def test_the_rates_next_to_a_limit_lead_to_the_minimum_and_away_from_it(page, data):
    """The first position of the slider above the bound, and the last below it."""
    for rule in room.RULES:
        for beta in np.arange(0, 100, 7) / 100:
            hundredths = 100 * room.limits(beta)[rule]
            below, above = np.ceil(hundredths - 1e-9) - 1, np.floor(hundredths + 1e-9) + 1
            settings = [
                {"rate": rate / 100, "beta": beta, "condition": 5} for rate in (below, above)
            ]
            arrives, away = walked(page, data, settings)
            assert arrives[rule]["later"] < 0.01 and not arrives[rule]["away"], (rule, beta)
            assert away[rule]["later"] > 100 and away[rule]["away"], (rule, beta)


@pytest.mark.parametrize("rule", room.RULES)
def test_the_bound_is_drawn_where_the_slider_has_it(page, rule):
    set_to(page, rate=room.limits(0.9)[rule], beta=0.9)
    bar = page.locator("#try-descent .limits div").nth(list(room.RULES).index(rule)).bounding_box()
    slider = page.locator("#try-descent [name=rate]").bounding_box()
    share = float(page.locator("[name=rate]").input_value()) / 4
    thumb = 16
    at = slider["x"] + thumb / 2 + share * (slider["width"] - thumb)
    assert abs(bar["x"] + bar["width"] - at) < 4


def test_nothing_moves_before_it_is_said_which_will_be_nearest(page):
    assert page.locator("#try-descent svg polyline").count() == 3
    points = page.locator("#try-descent svg polyline").evaluate_all(
        "lines => lines.map(line => line.points.length)"
    )
    assert points == [1, 1, 1]
    assert page.locator("[name=step]").input_value() == "0"
    assert not page.locator("#try-descent [name=play]").is_visible()
    assert said(page) == "" and page.locator(".task .done").count() == 0
    predict(page, "descent")
    assert page.locator("#try-descent svg polyline").first.evaluate("e => e.points.length") == 61
    set_to(page, rate=0.3)
    assert page.locator("#try-descent svg polyline").first.evaluate("e => e.points.length") == 1
    assert said(page) == ""


def test_a_prediction_is_judged_by_what_the_rules_do(page):
    ends = {rule: np.linalg.norm(room.path(rule, **room.OPENING)[-1]) for rule in room.RULES}
    for rule in room.RULES:
        predict(page, rule)
        assert ("as you said" in said(page)) == (ends[rule] == min(ends.values()))
        assert room.TITLES[min(ends, key=ends.get)] in said(page).split(",")[0]


def test_without_momentum_all_three_tie(page):
    set_to(page, beta=0)
    predict(page, "nesterov")
    assert said(page).startswith("Nearest: ● descent, ■ momentum, ▲ Nesterov, as you said.")


def test_the_distances_in_the_table_are_the_packages(page):
    predict(page, "momentum")
    rows = page.locator("#try-descent tbody tr").all()
    for rule, row in zip(room.RULES, rows, strict=True):
        end = np.linalg.norm(room.path(rule, **room.OPENING)[-1])
        shown = row.locator("td").first.inner_text()
        assert float(shown) == pytest.approx(end, rel=5e-4 if end > 1e-3 else 5e-3)
        assert row.locator("td").last.inner_text() == "has arrived" or rule == "descent"


SOLVED = {
    "lose": {"rate": 1, "beta": 0.9, "condition": 0},
    "nesterov": {"rate": 1.5, "beta": 0.9},
    "momentum": {"rate": 2.5, "beta": 0.9},
    "hard": {"rate": 3.2, "beta": 0.7, "condition": room.CONDITIONS.index(100)},
}


@pytest.mark.parametrize("task", SOLVED)
def test_each_task_can_be_done_and_is_recognised(page, task):
    predict(page, "momentum")
    assert page.locator(".task .done").count() == 0
    set_to(page, **SOLVED[task])
    assert page.locator(".task .done").count() == 0
    predict(page, "momentum")
    assert page.locator(f"[data-task={task}].done").count() == 1
    number = list(SOLVED).index(task) + 1
    assert re.search(rf"✓ Task .*{number}.* done", said(page))
    assert "of 4 found" in page.locator(".task .found").inner_text()


def test_no_task_is_done_by_most_settings(page, data):
    settings = some_settings(210)
    tasks = page.evaluate(
        "([data, all]) => all.map(s => dlhw.descent.tasks(dlhw.descent.walk(data, s), s, data))",
        [data, settings],
    )
    counts = {task: sum(task in found for found in tasks) for task in SOLVED}
    assert max(counts.values()) < len(settings) / 2, counts
    for setting, found in zip(settings, tasks, strict=True):
        limits = room.limits(setting["beta"])
        below = {rule for rule, limit in limits.items() if setting["rate"] < limit}
        assert ("momentum" in found) == (below == {"momentum"}), setting
        assert ("nesterov" in found) == ("descent" in below and "nesterov" not in below), setting


def test_step_rewind_and_play_keep_the_same_start(page, data):
    predict(page, "descent")
    line = page.locator("#try-descent svg .momentum polyline")
    before = line.get_attribute("points")
    page.locator("[name=rewind]").click()
    assert line.get_attribute("points") == before.split()[0]
    page.locator("[name=forward]").click()
    page.locator("[name=forward]").click()
    assert line.get_attribute("points").split() == before.split()[:3]
    page.locator("[name=play]").click()
    assert line.get_attribute("points") == before


def test_it_plays_where_motion_is_welcome(phone, data):
    page = phone(NAME, READY, reduced_motion="no-preference")
    predict(page, "descent")
    assert int(page.locator("[name=step]").input_value()) < data["steps"]
    assert said(page) == ""
    page.wait_for_function(f"document.querySelector('[name=step]').value == {data['steps']}")
    assert said(page).startswith("Nearest")
    page.wait_for_timeout(200)
    assert page.locator("[name=step]").input_value() == str(data["steps"])


def test_a_setting_stands_in_the_address_and_is_found_there(page, address):
    set_to(page, rate=1.25, beta=0.4, condition=2)
    assert page.evaluate("location.hash") == "#rate=1.25&beta=0.4&condition=3"
    page.reload()
    page.wait_for_selector("#try-descent:not([hidden])")
    values = [page.locator(f"[name={name}]").input_value() for name in ("rate", "beta")]
    assert values == ["1.25", "0.4"]
    assert page.locator("[name=condition-shown]").inner_text() == "3"


def test_nonsense_in_the_address_is_no_setting(phone, data):
    page = phone(f"{NAME}#rate=fast&beta=0.5&condition=7", READY)
    shown = [page.locator(f"[name={name}-shown]").inner_text() for name in data["opening"]]
    assert shown == ["0.50", "0.50", "50"]


def test_it_works_by_keyboard_alone(page):
    page.locator("[name=rate]").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[name=rate]").input_value() == "0.51"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    slider = page.locator("[name=condition]")
    assert slider.get_attribute("aria-valuetext") == "30"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert said(page).startswith("Nearest")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("[name=step]").input_value() == "60"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_after_a_prediction_axe_finds_nothing(phone, barriers, scheme):
    page = phone(NAME, READY, color_scheme=scheme)
    predict(page, "descent")
    assert barriers(page) == []


def test_without_scripts_there_is_a_still_and_the_tasks(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + NAME)
    assert not page.locator("#try-descent").is_visible()
    assert page.locator("details.still figure svg").is_visible()
    assert page.locator(".task li").count() == 4
    context.close()
