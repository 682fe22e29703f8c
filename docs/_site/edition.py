"""What of a text is published: not what a teacher leaves out, nor solutions where none are shown.

This file knows nothing of the site generator.
"""

import posixpath
import re

import nbformat
from own import CHAPTERS_ON
from starting import blanked, blanked_room

from dlhw.exercises.labels import ASSESSED, LEFT_OUT, SAYS, assessed
from dlhw.study.names import statements
from dlhw.study.rooms import read_room

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)(\{[^{}]*\})?")
ANCHOR = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.S)
CHAPTER = re.compile(r"chapters/(\d\d)-")
SOLUTION = re.compile(r'^\?\?\?\+? success "Solution"\n(?:(?: {4}.*| *)\n)*', re.M)
LISTING = re.compile(r'^((?:`{3,})py title="dlhw/([\w/]+)\.py( · \w+)?"\n)(.*?)^```$', re.M | re.S)
EDITIONS = re.compile(
    r"<!-- with solutions -->\n(.*?)<!-- without solutions -->\n(.*?)<!-- end -->\n", re.S
)
TELLS_SOLUTIONS = ("try/derivation.md", "formulas.md")  # they are about lines of assessed bodies


def is_left_out(place, course):
    """Say whether a page, or what belongs to it, is not published.

    So are the chapters on a usual set in whose place an own one stands: what they say is of the
    usual one. So is a page that is about solutions, where none are shown.

    Examples
    --------
    >>> from own import Course
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
    >>> from own import Course
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
