"""The way through the course, from front matter and data."""

import pytest

pytest.importorskip("nbformat")

import course_map  # noqa: E402
import write  # noqa: E402

SOURCES = {place: path for place, path in write._sources().items() if write.CHAPTER.match(place)}
PAGES = [write.Page(place, path.read_text("utf-8"), None) for place, path in SOURCES.items()]
CHAPTERS = {page.chapter: page for page in PAGES}


def test_every_demand_is_served_and_every_section_is_there():
    for demand in course_map.COURSEWORK["demand"]:
        assert any(demand["number"] in page.about["serves"] for page in PAGES), demand
        for section in demand["sections"]:
            assert f"chapters/{section.partition('#')[0]}" in SOURCES


def test_chapters_serve_demands_that_exist_and_need_earlier_chapters():
    numbers = {demand["number"] for demand in course_map.COURSEWORK["demand"]}
    for page in PAGES:
        assert set(page.about["serves"]) <= numbers
        assert all(needed < page.chapter for needed in page.about["needs"])


def test_the_evenings_go_once_through_the_chapters_that_coursework_writes():
    walked = [n for evening in course_map.COURSEWORK["evening"] for n in evening["chapters"]]
    assert walked == list(range(9))


def test_the_time_of_the_core_is_at_most_that_of_all():
    for page in PAGES:
        assert 0 < course_map.minutes_of(page) <= course_map.all_minutes_of(page)


def test_facts_say_what_a_chapter_serves_needs_and_takes():
    said = course_map.facts(CHAPTERS[6], CHAPTERS)
    assert "Serves demand [II.1](../coursework.md#ii-1)" in said
    assert "[1](01-softmax-regression.md)" in said and " minutes" in said
