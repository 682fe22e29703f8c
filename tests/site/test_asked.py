"""Questions of the built pages, as a reader meets them in a browser."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.site
SITE = Path(__file__).resolve().parents[2] / "site"
ASKING = [
    path.relative_to(SITE).as_posix()
    for path in sorted(SITE.glob("chapters/*.html"))
    if 'class="question"' in path.read_text(encoding="utf-8")
]


@pytest.fixture
def page(browser, address):
    """The first page that asks, in a browser of its own that has kept nothing."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + ASKING[0])
    yield page
    context.close()


def shown(page):
    return page.locator(".question details.choice[open]").count()


def test_every_chapter_asks_first_for_a_prediction():
    assert len(ASKING) == len(list(SITE.glob("chapters/*.html")))
    for name in ASKING:
        screen = (SITE / name).read_text(encoding="utf-8").partition("<h2")[0]
        assert screen.count('class="question"') == 1, name
        assert re.search(r"question.*<details class=\"abstract\"", screen, re.S), name


def test_the_first_screen_of_a_phone_holds_all_down_to_the_buttons(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page, low = context.new_page(), {}
    for name in ASKING:
        page.goto(address + name)
        page.evaluate("() => document.fonts.ready")
        box = page.locator(".downloads a").first.bounding_box()
        low[name] = box["y"] + box["height"]
    context.close()
    assert max(low.values()) <= 900, low


def test_nothing_is_told_before_a_choice(page):
    assert shown(page) == 0
    assert page.locator("details.abstract[open]").count() == 0
    assert page.locator(".forget:visible").count() == 0


def test_a_choice_is_told_kept_and_unfolds_the_result(page):
    page.locator(".question details.choice summary").first.click()
    assert shown(page) == 1
    said = page.locator(".question details.choice[open] p").first.inner_text()
    assert said.startswith(("Right.", "No."))
    assert page.locator("details.abstract[open]").count() == 1
    page.reload()
    assert shown(page) == 1


def test_a_choice_can_be_made_by_keyboard(page):
    page.locator(".question details.choice summary").first.focus()
    page.keyboard.press("Enter")
    assert shown(page) == 1


def test_all_answered_gives_a_tick_and_forgetting_takes_it_away(page):
    for question in page.locator(".question").all():
        question.locator("details.choice.right summary").click()
    assert page.locator(".md-nav__link--active .tick").count() >= 1
    page.reload()
    assert page.locator(".tick").count() >= 1
    page.get_by_role("button", name="Forget all my answers").first.click()
    assert page.locator(".tick").count() == shown(page) == 0
    page.reload()
    assert shown(page) == 0


def test_asking_again_forgets_one_question(page):
    questions = page.locator(".question").all()
    for question in questions:
        question.locator("details.choice.right summary").click()
    questions[0].get_by_role("button", name="Ask me again").click()
    assert shown(page) == len(questions) - 1


@pytest.mark.parametrize("name", ASKING)
def test_without_scripts_each_choice_still_unfolds(name, browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + name)
    page.locator(".question details.choice summary").last.click()
    assert shown(page) == 1
    context.close()
