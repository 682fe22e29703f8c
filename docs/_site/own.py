"""What makes the course one's own: `data/course.toml`, read.

This file knows nothing of the site generator.
"""

import tomllib
from html import escape
from pathlib import Path
from typing import NamedTuple

import yaml

from dlhw.matfiles import load_mat

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "data" / "course.toml"
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHAPTERS_ON = {"peaks": (9,), "gmm": (10, 11), "swissroll": (12,)}
SETTINGS = {
    "name": (str, "a text"),
    "institution": (str, "a text"),
    "links": (list, "a list of {title, address}"),
    "leave_out": (list, "a list of numbers of chapters"),
    "solutions": (bool, "true or false"),
    "data": (list, "a list of {file, name}, perhaps with replaces"),
}


class Course(NamedTuple):
    """What a teacher says of the course; the defaults are the course as it is.

    Attributes
    ----------
    name, institution : str
    links : list of dict
        With `title` and `address`.
    leave_out : list of int
        Chapters that are not published.
    solutions : bool
        Whether code that a coursework assesses is shown.
    data : list of dict
        Own sets: `file`, in `data/`, and `name`; perhaps `replaces`, a usual set in whose place it
        stands: the chapters on that set are left out.
    """

    name: str = "dlhw"
    institution: str = ""
    links: tuple = ()
    leave_out: tuple = ()
    solutions: bool = True
    data: tuple = ()


class CourseError(Exception):
    """What is wrong with `course.toml`, in one sentence."""


def read_course(path=PLACE):
    """Return what stands in `course.toml`; a file that is not there is the course as it is.

    Raises
    ------
    CourseError
        If it is no TOML, or a setting is unknown or of another kind.
    """
    if not path.exists():
        return Course()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path.name}: expected TOML in UTF-8, got {error}") from None
    for name, value in found.items():
        if name not in SETTINGS:
            raise CourseError(f"{path.name}: expected {', '.join(SETTINGS)}, got {name}")
        kind, expected = SETTINGS[name]
        if not isinstance(value, kind):
            raise CourseError(f"{path.name}: expected {name} to be {expected}, got {value!r}")
    course = Course(**found)
    _check_items(path, "links", course.links, {"title", "address"})
    _check_items(path, "data", course.data, {"file", "name"}, {"replaces"})
    for own_set in course.data:
        _check_set(path, own_set)
    return course


def _check_items(path, name, items, keys, more=frozenset()):
    for item in items:
        if not isinstance(item, dict) or not keys <= item.keys() <= keys | more:
            expected = " and ".join(sorted(keys))
            raise CourseError(f"{path.name}: expected {name} with {expected}, got {item!r}")


def _check_set(path, own_set):
    file, replaced = path.parent / own_set["file"], own_set.get("replaces", "peaks")
    if not file.is_file():
        raise CourseError(f"{path.name}: expected a file {file}, found none")
    if replaced not in CHAPTERS_ON:
        expected = " or ".join(CHAPTERS_ON)
        raise CourseError(f"{path.name}: expected replaces to be {expected}, got {replaced!r}")
    try:
        load_mat(file)
    except ValueError as error:
        raise CourseError(f"{path.name}: {error}") from None


def check_chapters(course, known):
    """Refuse to leave out a chapter that is not there, or all of them."""
    strange = [number for number in course.leave_out if number not in known]
    if strange or set(course.leave_out) == set(known):
        raise CourseError(
            f"course.toml: expected leave_out to name some of the chapters {min(known)} to"
            f" {max(known)}, got {list(course.leave_out)}"
        )


def settings(course):
    """Return what the site's own settings become: its name, and the line at the foot."""
    version, day = CITATION["version"], CITATION["date-released"]
    made, name = f"dlhw {version}, {day}", escape(course.name, quote=False)
    parts = [escape(course.institution), made if name == "dlhw" else f"{name}, from {made}"]
    parts += [f'<a href="{link["address"]}">{link["title"]}</a>' for link in course.links]
    return {
        "site_name": name,
        "copyright": " · ".join(filter(None, [*parts, "MIT licence"])),
    }
