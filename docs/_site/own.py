"""What makes the course one's own: `data/course.toml`, read and applied to what is published.

This file knows nothing of the site generator.
"""

import posixpath
import re
import tomllib
from html import escape
from pathlib import Path
from typing import NamedTuple

import nbformat
import yaml
from starting import blanked, blanked_room

from dlhw.exercises.labels import ASSESSED, LEFT_OUT, SAYS, assessed
from dlhw.matfiles import load_mat
from dlhw.pages import own_data
from dlhw.study.names import statements
from dlhw.study.rooms import read_room

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "data" / "course.toml"
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)(\{[^{}]*\})?")
ANCHOR = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.S)
CHAPTER = re.compile(r"chapters/(\d\d)-")
SOLUTION = re.compile(r'^\?\?\?\+? success "Solution"\n(?:(?: {4}.*| *)\n)*', re.M)
LISTING = re.compile(r'^((?:`{3,})py title="dlhw/([\w/]+)\.py( · \w+)?"\n)(.*?)^```$', re.M | re.S)
EDITIONS = re.compile(
    r"<!-- with solutions -->\n(.*?)<!-- without solutions -->\n(.*?)<!-- end -->\n", re.S
)
CHAPTERS_ON = {"peaks": (9,), "gmm": (10, 11), "swissroll": (12,)}
TELLS_SOLUTIONS = ("try/derivation.md", "formulas.md")  # they are about lines of assessed bodies
CACHE = ROOT / ".cache" / "own"
PAGE = """\
---
jupyter:
  kernelspec:
    display_name: Python 3
    language: python
    name: python3
---

# {name}

Own data, from `{file}`: {features} features, {classes} classes, {train} training and {val}
validation samples. How they were drawn is not known, so there is no Bayes rule beside them, and
what other pages say of the usual sets is not said of these.

```python tags=["hide"]
from dlhw.pages import own_data

own_data.table("{file}", "{digest}")
```

*Live*: trained when this page was built, {seeds} seeds each, {epochs} epochs in batches of {batch},
by SGD at the rate {rate}, which falls by the factor {decay} every epoch; ± is the standard
deviation over the seeds.
"""
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
    made = f"dlhw {version}, {day}"
    name = escape(course.name, quote=False)
    parts = [escape(course.institution), made if name == "dlhw" else f"{name}, from {made}"]
    parts += [f'<a href="{link["address"]}">{link["title"]}</a>' for link in course.links]
    return {
        "site_name": escape(course.name, quote=False),
        "copyright": " · ".join(filter(None, [*parts, "MIT licence"])),
    }


# ---- chapters that are left out ------------------------------------------------------------------


def is_left_out(place, course):
    """Say whether a page, or what belongs to it, is not published.

    So are the chapters on a usual set in whose place an own one stands: what they say is of the
    usual one. So is a page that is about solutions, where none are shown.

    Examples
    --------
    >>> course = Course(leave_out=[9])
    >>> is_left_out("chapters/09-peaks.md", course), is_left_out("index.md", course)
    (True, False)
    """
    if place in TELLS_SOLUTIONS:
        return not course.solutions
    found = CHAPTER.match(place)
    return bool(found) and int(found[1]) in [*course.leave_out, *_replaced(course)]


def _replaced(course):
    """Return the chapters in whose place a page of an own set stands."""
    sets = [own_set.get("replaces") for own_set in course.data]
    return [number for name in sets for number in CHAPTERS_ON.get(name, ())]


def unlinked(text, place, course, gone=()):
    """Return the text of a page whose links to what is left out, or to files gone, are words.

    Examples
    --------
    >>> course = Course(leave_out=[9])
    >>> unlinked("See [chapter 9](09-peaks.md#a) and [8](08-x.md).", "chapters/08-x.md", course)
    'See chapter 9 and [8](08-x.md).'
    """
    here = posixpath.dirname(place)

    def kept(match, words, target):
        there = posixpath.normpath(posixpath.join(here, target.partition("#")[0]))
        return words if is_left_out(there, course) or there in gone else match[0]

    text = LINK.sub(lambda match: kept(match, match[1], match[2]), text)
    return ANCHOR.sub(lambda match: kept(match, match[2], match[1]), text)


# ---- own sets ------------------------------------------------------------------------------------


def place_of(own_set):
    """Return the place of the page of an own set.

    Examples
    --------
    >>> place_of({"name": "Two Moons", "file": "moons.mat"})
    'results/own-two-moons.md'
    """
    return f"results/own-{re.sub('[^a-z0-9]+', '-', own_set['name'].lower()).strip('-')}.md"


def pages_of_own_sets(course):
    """Write the page of each own set, and return their files by place.

    The digest of the data stands in the page's cell: other data, another page.
    """
    found = {}
    for own_set in course.data:
        place = place_of(own_set)
        path = CACHE / Path(place).name
        data = load_mat(PLACE.parent / own_set["file"])
        text = PAGE.format(
            **own_set,
            digest=own_data.digest(PLACE.parent / own_set["file"]),
            features=len(data.X_train),
            classes=len(data.C_train),
            train=data.X_train.shape[1],
            val=data.X_val.shape[1],
            seeds=len(own_data.SEEDS),
            epochs=own_data.EPOCHS,
            batch=own_data.BATCH,
            rate=own_data.LR,
            decay=own_data.DECAY,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        found[place] = path
    return found


def unused_files(course, folder=PLACE.parent):
    """Return the `.mat` files that lie in data/ and that the course does not name."""
    named = {own_set["file"] for own_set in course.data}
    return sorted(path.name for path in folder.glob("*.mat") if path.name not in named)


# ---- an edition without solutions ----------------------------------------------------------------


def without_solutions(text):
    r"""Return the text of a page without its folded solutions.

    Examples
    --------
    >>> without_solutions('Task.\n\n??? success "Solution"\n\n    Two.\n\nNext.\n')
    'Task.\n\nNext.\n'
    """
    return SOLUTION.sub("", text)


def blanked_listings(text):
    r"""Return a text whose listings of the package have no assessed bodies.

    Examples
    --------
    >>> affine = "```py title=\"dlhw/softmax.py\"\ndef affine(W, b, X):\n    return W @ X + b\n```"
    >>> print(blanked_listings(affine))
    ```py title="dlhw/softmax.py"
    def affine(W, b, X):
        raise NotImplementedError
    ```
    """

    def blank(match):
        room, code = match[2].replace("/", "."), match[4]
        paths = ASSESSED.get(room, ())
        parts = [
            blanked(s.text, paths) if assessed(room, s.binds) else s.text
            for s in statements(code)
            if not s.binds & set(LEFT_OUT.get(room, ()))
        ]
        return match[1] + "\n\n\n".join(parts or ["# left out of this edition"]) + "\n```"

    return LISTING.sub(blank, text)


def reader(course):
    """Return how rooms are read for what readers copy: with blanks where solutions are left out."""
    return read_room if course.solutions else blanked_room


def is_withheld(text, course):
    """Say whether a file is not offered, because it has assessed bodies."""
    return not course.solutions and " ".join(SAYS["assessed"].split()) in " ".join(text.split())


def published(text, place, course, gone=()):
    """Return the text of a page as it is published."""
    text = EDITIONS.sub(r"\1" if course.solutions else r"\2", text)
    if not course.solutions:
        text = blanked_listings(without_solutions(text))
    return unlinked(text, place, course, gone)


def published_notebook(notebook, place, course):
    """Return an executed notebook as it is published."""
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            cell.source = published(cell.source, place, course)
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                text = output.data["text/markdown"]
                output.data["text/markdown"] = published(text, place, course)
                if output.data["text/markdown"] != text:
                    output.data["text/plain"] = output.data["text/markdown"]
    return copy
