"""A course that a teacher has made her own, built as a whole: nothing dangles, nothing leaks."""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mkdocs")

import edition
from starting import blanked

from dlhw.exercises.labels import ASSESSED, assessed
from dlhw.matfiles import Data, save_mat
from dlhw.study.rooms import read_room
from dlhw.study.source_code import without_docstrings

pytestmark = pytest.mark.site
ROOT = Path(__file__).resolve().parents[2]
COURSE = """
name = "Deep things"
institution = "University of X"
links = [{title = "Moodle", address = "https://moodle.example"}]
leave_out = [13]
solutions = false
data = [{file = "mine.mat", name = "My set", replaces = "peaks"}]
"""
DISTINCTIVE = 20  # letters of a line that nobody writes by chance


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the course in a copy of the project, with the pages that have run already."""
    copy = tmp_path_factory.mktemp("own")
    for name in ("dlhw", "docs", "data", ".cache"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "pyproject.toml", "LICENSE", "README.md", "CITATION.cff"):
        shutil.copy(ROOT / name, copy)
    rng = np.random.default_rng(0)
    parts = [(rng.normal(size=(2, m)), np.eye(2)[:, np.arange(m) * 2 // m]) for m in (640, 320)]
    save_mat(copy / "data" / "mine.mat", Data(*parts[0], *parts[1]))
    save_mat(copy / "data" / "forgotten.mat", Data(*parts[0], *parts[1]))
    (copy / "data" / "course.toml").write_text(COURSE, "utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", "built"]
    run = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return copy / "built", run.stderr


def texts(built):
    """Yield each file's place and what it says, without tags and escapes."""
    for path in sorted(built.rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".html":
                text = html.unescape(text) + html.unescape(re.sub("<[^>]*>", "", text))
            if path.suffix in (".json", ".js", ".ipynb"):
                text += text.replace("\\n", "\n").replace('\\"', '"')
            yield path.relative_to(built).as_posix(), re.sub(r"\s+", "", text)


def secret_lines():
    """Return the lines of assessed bodies that stand in no tool and in no chapter's own words."""
    lines, elsewhere = set(), set()
    for room, paths in ASSESSED.items():
        for statement in read_room(room).definitions:
            if assessed(room, statement.binds):
                shown = without_docstrings(blanked(statement.text, paths)).splitlines()
                lines |= set(without_docstrings(statement.text).splitlines()) - set(shown)
    for path in (ROOT / "dlhw").rglob("*.py"):
        if ".".join(path.relative_to(ROOT / "dlhw").with_suffix("").parts) not in ASSESSED:
            source = without_docstrings(path.read_text("utf-8"))
            heads = re.sub(r"^\s*def (.*):$", r"\1", source, flags=re.M)
            elsewhere |= {line.strip() for line in heads.splitlines()}
    for path in (ROOT / "docs").rglob("*.md"):
        words = edition.without_solutions(path.read_text("utf-8"))
        elsewhere |= {line.strip() for line in words.splitlines()}
    return {line.strip() for line in lines if len(line.strip()) >= DISTINCTIVE} - elsewhere


def test_no_assessed_line_is_in_any_published_file(site):
    secrets = {re.sub(r"\s+", "", line): line for line in secret_lines()}
    assert len(secrets) > 50
    found = {
        (place, line)
        for place, text in texts(site[0])
        for squeezed, line in secrets.items()
        if squeezed in text
    }
    assert found == set()


def test_the_full_edition_has_these_lines():
    """What is looked for is there where it may be: the search is no search for nothing."""
    built = ROOT / "site"
    page = dict(texts(built / "chapters"))["01-softmax-regression.html"]
    assert any(re.sub(r"\s+", "", line) in page for line in secret_lines())


def test_chapters_that_are_left_out_leave_nothing_behind(site):
    built, _ = site
    places = {path.relative_to(built).as_posix() for path in built.rglob("*")}
    assert not any(re.match(r"chapters/(09|13)-", place) for place in places)
    for path in built.rglob("*.html"):
        links = re.findall(r'href="?([^"> ]+)', path.read_text("utf-8"))
        assert not [link for link in links if re.search(r"(09-peaks|13-the-original)\.html", link)]


def test_the_teachers_set_stands_in_the_navigation_of_each_page(site):
    built, _ = site
    page = (built / "results" / "own-my-set.html").read_text("utf-8")
    assert "640 training" in page and "nan" not in re.sub("<[^>]*>", "", page)
    assert "own-my-set.html" in (built / "chapters" / "10-gmm.html").read_text("utf-8")


def test_the_name_and_the_institution_stand_on_each_page(site):
    built, _ = site
    home = (built / "index.html").read_text("utf-8")
    assert re.search(r"<h1[^>]*>\s*Deep things", home)
    for path in built.glob("chapters/*.html"):
        page = path.read_text("utf-8")
        assert "Deep things" in page and "University of X" in page and "moodle.example" in page


def test_neither_wheel_nor_whole_files_are_offered_and_it_is_said(site):
    built, _ = site
    names = {path.name for path in (built / "code").iterdir()}
    assert {"01-start.py", "gradient_test.py"} <= names
    assert not [name for name in names if name.endswith(".whl") or name == "course.py"]
    said = " ".join((built / "get-the-code.html").read_text("utf-8").split())
    assert "hides nothing while a public edition exists" in said and "is not offered" in said


def test_a_set_that_nobody_names_is_reported(site):
    assert "data/forgotten.mat lies there unused" in site[1]
