"""What a teacher says of the course, and what becomes of it."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nbformat")

import edition  # noqa: E402
import own  # noqa: E402
import own_sets  # noqa: E402
import write  # noqa: E402
from own import Course, CourseError, read_course  # noqa: E402

from dlhw.matfiles import Data, load_mat, save_mat  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def said(folder, text):
    (folder / "course.toml").write_text(text, "utf-8")
    return read_course(folder / "course.toml")


@pytest.fixture
def moons(tmp_path):
    rng = np.random.default_rng(0)
    parts = [(rng.normal(size=(2, m)), np.eye(2)[:, np.arange(m) * 2 // m]) for m in (64, 32)]
    save_mat(tmp_path / "moons.mat", Data(*parts[0], *parts[1]))
    return {"file": "moons.mat", "name": "Two moons"}


def test_the_course_as_it_is_needs_no_file_and_the_one_that_is_there_changes_nothing(tmp_path):
    assert read_course(tmp_path / "nowhere.toml") == Course()
    assert read_course() == Course(links=[], leave_out=[], data=[])


@pytest.mark.parametrize(
    "text, what",
    [
        ("name = 3", "expected name to be a text, got 3"),
        ("nam = 'x'", "expected name, institution, links, leave_out, solutions, data, got nam"),
        ("solutions = 'no'", "expected solutions to be true or false, got 'no'"),
        ("leave_out = 9", "expected leave_out to be a list of numbers of chapters, got 9"),
        ("links = [{title = 'a'}]", "expected links with address and title, got"),
        ("links = ['a']", "expected links with address and title, got 'a'"),
        ("data = [{file = 'no.mat', name = 'No'}]", "no.mat, found none"),
        ("name = ", "expected TOML in UTF-8"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path, text, what):
    with pytest.raises(CourseError, match=re.escape(what)):
        said(tmp_path, text)


def test_a_file_that_is_no_set_or_replaces_no_set_is_refused(tmp_path, moons):
    (tmp_path / "broken.mat").write_bytes(b"no MATLAB")
    with pytest.raises(CourseError, match="expected a MATLAB file"):
        said(tmp_path, "data = [{file = 'broken.mat', name = 'B'}]")
    with pytest.raises(CourseError, match="peaks or gmm or swissroll, got 'moons'"):
        said(tmp_path, "data = [{file = 'moons.mat', name = 'M', replaces = 'moons'}]")
    assert said(tmp_path, "data = [{file = 'moons.mat', name = 'Two moons'}]").data == [moons]


@pytest.mark.parametrize("chapters", [[14], [-1], ["9"], list(range(14))])
def test_only_some_of_the_chapters_can_be_left_out(chapters):
    with pytest.raises(CourseError, match="leave_out to name some of the chapters 0 to 13"):
        own.check_chapters(Course(leave_out=chapters), range(14))


def test_name_institution_links_version_and_date_stand_where_all_pages_have_them():
    course = Course("Deep", "X", [{"title": "Moodle", "address": "https://m"}])
    made = own.settings(course)
    assert made["site_name"] == "Deep"
    for words in ("X · Deep, from dlhw", '<a href="https://m">Moodle</a>', "MIT licence"):
        assert words in made["copyright"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version, day = own.CITATION["version"], str(own.CITATION["date-released"])
    assert version == project["version"] and f"dlhw {version}, {day}" in made["copyright"]
    assert f"## {version}, {day}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_links_to_what_is_gone_become_words_and_others_stay():
    text = "[a `b`](09-peaks.md), [c](../code/x.py){ download } <a href='08-x.md'>d</a>"
    text += ' <a href="09-peaks.md#e">f</a> [g](https://h) ![i](09-peaks.md)'
    found = edition.unlinked(text, "chapters/10-gmm.md", Course(leave_out=[9]), {"code/x.py"})
    assert found == "a `b`, c <a href='08-x.md'>d</a> f [g](https://h) ![i](09-peaks.md)"


def test_pages_about_solutions_are_there_and_go_with_them():
    for place in edition.TELLS_SOLUTIONS:
        assert (ROOT / "docs" / place).is_file()
        assert not edition.is_left_out(place, Course())
        assert edition.is_left_out(place, Course(solutions=False))


def test_a_set_in_the_place_of_peaks_takes_its_chapter(moons):
    course = Course(data=[{**moons, "replaces": "peaks"}])
    assert edition.is_left_out("chapters/09-peaks.md", course)
    assert not edition.is_left_out("chapters/10-gmm.md", course)
    text = edition.unlinked("see [Peaks](09-peaks.md#a)", "chapters/10-gmm.md", course)
    assert text == "see Peaks"
    navigation = write._navigation([], course)
    assert {"All formulas": "formulas.md"} in navigation
    assert {"Two moons": "results/own-two-moons.md"} in navigation


def test_the_page_of_a_set_changes_with_its_content(tmp_path, moons, monkeypatch):
    monkeypatch.setattr(own_sets, "PLACE", tmp_path / "course.toml")
    monkeypatch.setattr(own_sets, "CACHE", tmp_path / "cache")
    course = Course(data=[moons])
    (path,) = own_sets.pages_of_own_sets(course).values()
    before = path.read_text("utf-8")
    assert "64 training and 32\nvalidation samples" in before and "own_data.table" in before
    data = load_mat(tmp_path / "moons.mat")
    (tmp_path / "moons.mat").unlink()
    save_mat(tmp_path / "moons.mat", data._replace(X_train=data.X_train + 1))
    own_sets.pages_of_own_sets(course)
    assert path.read_text("utf-8") != before


def test_a_file_that_nobody_names_is_found(tmp_path, moons):
    (tmp_path / "other.mat").touch()
    assert own_sets.unused_files(Course(data=[moons]), tmp_path) == ["other.mat"]


def test_editions_differ_in_their_words():
    text = "<!-- with solutions -->\nAll.\n<!-- without solutions -->\nHeads.\n<!-- end -->\n"
    assert edition.published(text, "a.md", Course()) == "All.\n"
    assert edition.published(text, "a.md", Course(solutions=False)) == "Heads.\n"


def test_a_listing_without_solutions_keeps_tools_and_has_no_original_block():
    tool = '```py title="dlhw/arrays.py · tool"\ndef inner(x, y):\n    return x @ y\n```\n'
    assert edition.blanked_listings(tool) == tool
    block = '```py title="dlhw/layers.py"\nclass OriginalBlock:\n    x = 1\n```\n'
    assert "x = 1" not in edition.blanked_listings(block)


def test_what_is_left_out_is_not_in_the_navigation():
    navigation = write._navigation([], Course(solutions=False))
    assert {"Home": "index.md"} in navigation
    assert {"All formulas": "formulas.md"} not in navigation
