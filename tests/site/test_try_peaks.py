"""Peaks as it learns, as a reader uses it, in a browser."""

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dlhw.pages.interactive import peaks_data

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
NAME = "try/peaks.html"
TASKS = ("best", "turn", "start", "fooled", "flat")


@pytest.fixture(scope="module")
def data():
    return json.loads(json.dumps(peaks_data.all_runs()))


@pytest.fixture
def page(phone):
    return phone(NAME, "peaks")


def choose(page, **runs):
    for side, name in runs.items():
        page.locator(f"#peaks [name={side}]").select_option(name)


def say(page, side):
    page.locator(f"#peaks [name=said][value={side}]").check()


def button(page, name):
    return page.locator(f"#peaks [name={name}]")


def to_the_end(page):
    page.locator("#peaks [name=epoch]").focus()
    page.keyboard.press("End")


def at(page):
    return page.locator("#peaks .at").inner_text()


def spoken(page):
    return page.locator("#peaks .spoken").inner_text()


def classes(text):
    parts = re.findall(r"([a-e])(\d*)", text)
    return [peaks_data.CLASSES.index(k) for k, length in parts for _ in range(int(length or 1))]


def ends_ahead(one, other, epoch):
    first, second = (run["val_accuracy"][epoch] for run in (one, other))
    if first == second:
        return None
    return "a" if first > second else "b"


# ---- what the script computes --------------------------------------------------------------------


def test_the_page_has_the_runs_that_the_package_makes(given, data):
    assert given(NAME, "peaks-data") == data


def test_pictures_are_read_as_they_were_written(page, data):
    texts = [text for run in data["runs"] for text in run["classes"]]
    assert len(texts) >= 200
    read = page.evaluate("texts => texts.map(dlhw.peaks.decode)", texts)
    assert read == [classes(text) for text in texts]


def test_shares_are_written_as_the_package_writes_them(page):
    shares = [peaks_data.thousandths(k / 2000) for k in range(2001)]
    written = page.evaluate("shares => shares.map(dlhw.peaks.percent)", shares)
    assert written == [peaks_data.percent(share) for share in shares]


def test_the_agreement_with_the_best_rule_is_the_number_of_equal_fields(page, data):
    texts = [text for run in data["runs"] for text in run["classes"]]
    counts = page.evaluate(
        "([texts, truth]) => texts.map(t =>"
        " dlhw.peaks.agreement(dlhw.peaks.decode(t), dlhw.peaks.decode(truth)))",
        [texts, data["truth"]],
    )
    truth = np.array(classes(data["truth"]))
    assert counts == [np.sum(np.array(classes(text)) == truth) for text in texts]
    assert len(set(counts)) > 100


def test_outlines_cover_each_field_once_in_its_class(page, data):
    for text in data["runs"][0]["classes"][::10]:
        paths = page.evaluate(
            "([text, grid]) => dlhw.peaks.outlines(dlhw.peaks.decode(text), grid)",
            [text, data["grid"]],
        )
        found = np.full((data["grid"], data["grid"]), -1)
        for k, path in enumerate(paths):
            for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
                field = found[int(y), int(x) : int(x) + int(width)]
                assert (field == -1).all()
                field[:] = k
        assert found.ravel().tolist() == classes(text)


def test_borders_are_drawn_where_neighbours_differ(page, data):
    grid = data["grid"]
    fields = np.array(classes(data["truth"])).reshape(grid, grid)
    path = page.evaluate(
        "data => dlhw.peaks.borders(dlhw.peaks.decode(data.truth), data.grid)", data
    )
    drawn = re.findall(r"M(\d+) (\d+)(v1|h1)", path)
    beside = np.argwhere(fields[:, 1:] != fields[:, :-1])
    below = np.argwhere(fields[1:] != fields[:-1])
    expected = {(x + 1, y, "v1") for y, x in beside} | {(x, y + 1, "h1") for y, x in below}
    assert len(drawn) == len(expected)
    assert {(int(x), int(y), way) for x, y, way in drawn} == expected


def test_losses_are_drawn_up_to_the_epoch_on_an_axis_of_ratios(page, data):
    places = "data => [1, 2, 4, 8].map(dlhw.peaks.scales(data).y)"
    steps = -np.diff(page.evaluate(places, data))
    assert steps[0] > 0 and steps == pytest.approx(steps[0])
    say(page, "a")
    for _ in range(2):
        button(page, "forward").click()
    for line in page.locator("#peaks .losses polyline").all():
        assert len(line.get_attribute("points").split()) == 3
    assert page.locator("#peaks .losses polyline.b.val").count() == 1
    at_2 = [f"{side} {run['val_loss'][2]}" for side, run in zip("AB", data["runs"])]
    label = page.locator("#peaks .losses svg").get_attribute("aria-label")
    assert label == f"Validation losses at epoch 2: {', '.join(at_2)}."


def test_who_is_ahead_is_who_has_more_right(page, data):
    count, epochs = len(data["runs"]), range(0, data["epochs"] + 1, 5)
    cases = list(product(range(count), range(count), epochs))
    assert len(cases) >= 200
    said = page.evaluate(
        "([data, cases]) => cases.map(([a, b, epoch]) =>"
        " dlhw.peaks.leader({a: data.runs[a], b: data.runs[b]}, epoch) ?? null)",
        [data, cases],
    )
    runs = data["runs"]
    assert said == [ends_ahead(runs[a], runs[b], epoch) for a, b, epoch in cases]


def test_tasks_are_solved_by_the_pairs_that_they_describe(page, data):
    runs = data["runs"]
    cases = list(product(range(len(runs)), range(len(runs)), "ab"))
    found = page.evaluate(
        "([data, cases]) => cases.map(([a, b, said]) =>"
        " dlhw.peaks.tasks(data, {a: data.runs[a], b: data.runs[b]}, said))",
        [data, cases],
    )
    ends = np.array([[run[f"{p}_accuracy"][-1] for p in ("train", "val")] for run in runs])
    apart = {
        (a, b): abs(ends[a, 1] - ends[b, 1])
        for a, b in product(range(len(runs)), repeat=2)
        if runs[a]["classes"][0] == runs[b]["classes"][0]
    }
    fooled = {int(ends[:, 0].argmax())} & {int(ends[:, 1].argmin())}
    for (a, b, said), tasks in zip(cases, found, strict=True):
        last = ends_ahead(runs[a], runs[b], -1)
        half = ends_ahead(runs[a], runs[b], data["epochs"] // 2)
        named = {"a": a, "b": b}[said]
        slopes = min(np.min(runs[k]["slopes"]) for k in (a, b))
        expected = {
            "best": said == last and named == ends[:, 1].argmax(),
            "turn": None not in (half, last) and half != last,
            "start": apart.get((a, b)) == max(apart.values()),
            "fooled": bool(fooled & {a, b}),
            "flat": bool(slopes < 1 / 20),
        }
        assert {task: task in tasks for task in TASKS} == expected, (a, b, said)
    for task in TASKS:
        assert 0 < sum(task in tasks for tasks in found) < len(found), task


# ---- what a reader does --------------------------------------------------------------------------


def test_nothing_moves_before_something_is_said(page):
    page.wait_for_timeout(700)
    assert at(page) == "0 of 30" and spoken(page) == ""
    for name in ("play", "forward", "back", "rewind", "epoch"):
        assert button(page, name).is_disabled()
    say(page, "a")
    page.wait_for_timeout(700)
    assert at(page) == "0 of 30"
    assert button(page, "play").is_enabled()


def test_a_step_moves_both_pictures_and_says_where_they_are(page, data):
    say(page, "b")
    button(page, "forward").click()
    assert at(page) == "1 of 30"
    for section, run in zip(page.locator("#peaks section").all(), data["runs"]):
        label = section.locator(".map").get_attribute("aria-label")
        same = np.array(classes(run["classes"][1])) == classes(data["truth"])
        assert "epoch 1:" in label and f" {same.sum()} of {same.size} fields" in label
        numbers = section.locator(".numbers").inner_text()
        assert peaks_data.percent(run["val_accuracy"][1]) in numbers
        assert peaks_data.percent(run["train_accuracy"][1]) in numbers
        assert section.locator(".map path:not(.border)").count() == 5
    assert re.match(r"Epoch 1: A has .* right, .*; B has", spoken(page))
    assert page.locator("#peaks [name=said]").first.is_disabled()


def test_rewind_comes_back_to_the_same_start(page):
    def picture():
        return page.locator("#peaks .stage").evaluate(
            "e => [...e.querySelectorAll('.map, .losses svg')].map(s => s.innerHTML)"
        )

    before = picture()
    say(page, "a")
    button(page, "forward").click()
    assert picture() != before
    button(page, "rewind").click()
    assert picture() == before


def test_play_goes_to_the_end_and_pauses_when_asked(page):
    page.clock.install(time=0)
    page.clock.pause_at(60)  # from here, time passes when the test says so
    say(page, "a")
    button(page, "play").click()
    page.clock.run_for(1500)
    assert at(page) == "5 of 30" and spoken(page) == ""
    button(page, "play").click()
    page.clock.run_for(1500)
    assert at(page) == "5 of 30" and spoken(page).startswith("Epoch 5")
    button(page, "play").click()
    page.clock.run_for(20_000)
    assert at(page) == "30 of 30" and re.match(r"[AB] ends ahead: ", spoken(page))
    assert button(page, "play").inner_text() == "Play"


def test_the_end_is_judged_and_the_task_is_marked(page, data):
    best = max(data["runs"], key=lambda run: run["val_accuracy"][-1])["name"]
    other = next(run["name"] for run in data["runs"] if run["name"] != best)
    choose(page, a=other, b=best)
    say(page, "a")
    to_the_end(page)
    assert spoken(page).startswith("B ends ahead: you said the other (A ")
    assert "Right in 0 of 1." in spoken(page)
    assert page.locator("[data-task=best].done").count() == 0
    choose(page, a=best, b=other)
    assert at(page) == "0 of 30" and button(page, "play").is_disabled()
    say(page, "a")
    to_the_end(page)
    assert spoken(page).startswith("A ends ahead: as you said (A ")
    assert "Right in 0 of 1." in spoken(page)  # this pair was seen before
    assert page.locator("[data-task=best].done").count() == 1
    assert "of 5 found." in page.locator("#peaks-tasks .found").inner_text()


def test_what_a_run_hides_is_said_at_its_end_alone(page, data):
    (ten,) = [run for run in data["runs"] if run["name"] == "best of ten"]
    choose(page, b="best of ten")
    say(page, "b")
    button(page, "forward").click()
    assert ten["after"] not in page.locator("#peaks").inner_text()
    to_the_end(page)
    assert spoken(page).endswith(f"B: {ten['after']}")


def test_a_run_beside_itself_ends_with_the_same(page, data):
    choose(page, b=data["runs"][0]["name"])
    say(page, "a")
    to_the_end(page)
    assert spoken(page) == "Both end with the same."


def test_the_setting_stands_in_the_address_and_is_found_there(page, address):
    choose(page, a="file order")
    say(page, "a")
    button(page, "forward").click()
    there = page.url
    page.goto("about:blank")
    page.goto(there)
    page.wait_for_selector("#peaks:not([hidden])")
    assert button(page, "a").input_value() == "file order" and at(page) == "1 of 30"
    page.goto("about:blank")
    page.goto(f"{address}{NAME}#a=nonsense&b=rate+3&epoch=99&said=b")
    page.wait_for_selector("#peaks:not([hidden])")
    assert button(page, "a").input_value() == "Xavier start"
    assert button(page, "b").input_value() == "rate 3" and at(page) == "0 of 30"
    assert page.locator("#peaks [name=said]:checked").count() == 0


def test_it_works_by_keyboard_alone(page):
    button(page, "a").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "play"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert at(page) == "1 of 30"
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert at(page) == "2 of 30"
    value = button(page, "epoch").get_attribute("aria-valuetext")
    assert value == "epoch 2 of 30"


def test_without_scripts_the_page_says_what_it_shows_and_how_the_runs_end(browser, address, data):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + NAME)
    assert not page.locator("#peaks").is_visible()
    assert page.get_by_text("Each picture is the plane of Peaks").is_visible()
    page.locator("summary", has_text="All runs at their end").click()
    assert page.locator("details table:visible tbody tr").count() == len(data["runs"])
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_it_has_no_barrier_and_fits_before_and_after(phone, barriers, width, scheme):
    page = phone(NAME, "peaks", viewport={"width": width, "height": 900}, color_scheme=scheme)
    for moved in (False, True):
        if moved:
            say(page, "a")
            to_the_end(page)
        assert barriers(page) == []
