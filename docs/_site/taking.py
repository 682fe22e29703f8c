"""What a reader takes along: a page's code as one file, the wheel, notebooks that find the package.

A page with a cell tagged `check` offers a file: the rooms that its front matter names as `modules`,
what that cell needs, and the cell itself, which runs when the file is run. This file knows
notebooks, and nothing of the site generator.
"""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent, fill

import nbformat
from bundle import BundleError, gather, public, written

from dlhw.study.names import joined, needs_of, slice_of, statements
from dlhw.study.rooms import ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
WHEEL = f"dlhw-{VERSION}-py3-none-any.whl"
EPOCH = "1577836800"  # the year 2020: what carries a date carries this one, the same in each build
COPYRIGHT = re.search(r"Copyright.*", (ROOT / "LICENSE").read_text(encoding="utf-8"))[0]
BOX = re.compile(r'^(!!!|\?\?\?)\+? \w+(?: "(.*?)")?\n((?:(?: {4}.*| *)\n)+)', re.M)
LINK = re.compile(r"(\]\([\w./-]+)\.md(?=[)#])")
HEAD = """\
{title}: {part} of dlhw {version}, in one file.

dlhw is deep learning coursework from first principles: every gradient derived, tested and
trained in NumPy. This file is a part of its source and stands alone.
It needs {needs}.

    python {file}    shows {shows}

{holds}

Cite it as: dlhw {version}, "{title}"{address}.
{copyright}; MIT licence, whose text is at the end.
What you may take into coursework is for your course to say; say what you took.
"""
FINDER = """\
# This notebook needs dlhw. Once it is installed, this cell does nothing.
from importlib.util import find_spec
from pathlib import Path

if not find_spec("dlhw"):
    places = [Path("{wheel}"), Path("../code/{wheel}")]
    wheels = [str(path) for path in places if path.exists()] + {known}
    if not wheels:
        raise ModuleNotFoundError("put {wheel}, from the page 'Get the code', beside this notebook")
    %pip install --quiet "{{wheels[0]}}[notebooks]"
"""


def offered(path, notebook):
    """Return the name of the file that a page offers, or None."""
    if any(_is_check(cell) for cell in notebook.cells):
        return _file(notebook).get("name", f"{path.stem}.py")


def one_file(path, notebook, order, address=""):
    """Return the file that a page offers, as text."""
    rooms, about, chapter = (
        notebook.metadata["front_matter"].get("modules", []),
        _file(notebook),
        re.match(r"\d\d(?=-)", path.stem),
    )
    title = about.get("title") or re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)[1]
    found = gather([(room, name) for room in rooms for name in public(room)], check(notebook))
    scipy = any(source.module.startswith("scipy") for source in found.imports.values())
    head = HEAD.format(
        title=title,
        version=VERSION,
        copyright=COPYRIGHT,
        part=about.get("part") or f"chapter {int(chapter[0])}",
        shows=about.get("shows", "the chapter's check"),
        needs="Python 3.11 or newer, NumPy 2 and SciPy"
        if scipy
        else "Python 3.11 or newer and NumPy 2",
        file=offered(path, notebook),
        holds="\n".join(
            fill(f"{room}: {', '.join(_functions(room))}", 90, subsequent_indent="    ")
            for room in rooms
        ),
        address=f", {address}" if address else "",
    )
    return written(found, head, [*rooms, *order])


def check(notebook):
    """Return a page's check: the tagged cell, after what it needs of the cells above."""
    above = []
    for cell in notebook.cells:
        if _is_check(cell):
            needed = slice_of(needs_of(statements(cell.source)), above)
            return joined(needed) + "\n\n\n" + cell.source
        if cell.cell_type == "code":
            above += statements(cell.source)
    return ""


def wheel():
    """Build the wheel, the same bytes from the same source, and return them."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d"]
    with TemporaryDirectory(prefix="dlhw-") as folder:
        built = subprocess.run(
            [*command, folder],
            cwd=ROOT,
            env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if built.returncode:
            raise BundleError(f"hatchling builds no wheel:\n{built.stderr}")
        return Path(folder, WHEEL).read_bytes()


def portable(notebook, address=""):
    """Return an executed notebook that finds the package, and whose links are those of the site.

    Parameters
    ----------
    notebook : NotebookNode
    address : str
        Where the site is, if the build knows it: from there the wheel can be installed.
    """
    copy = nbformat.from_dict(notebook)
    copy.metadata.pop("run", None)
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            cell.source = BOX.sub(_as_html, LINK.sub(r"\1.html", cell.source + "\n")).strip()
    finder = FINDER.format(wheel=WHEEL, known=[f"{address}code/{WHEEL}"] if address else [])
    copy.cells.insert(0, nbformat.v4.new_code_cell(finder.strip(), id="finder"))
    return copy


def _file(notebook):
    """Return what a page's front matter says of its file: name, title, part, what it shows."""
    return notebook.metadata["front_matter"].get("file", {})


def _functions(room):
    """Return the names of the functions and classes that a room has for others."""
    return [name for name in public(room) if not name.isupper()]


def _as_html(match):
    """Return a box of the site as HTML that notebooks show: folded, or with its title in bold."""
    mark, title, text = match[1], match[2] or "", dedent(match[3]).strip()
    if mark == "???":
        return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>\n"
    return f"**{title}**\n\n{text}\n" if title else f"{text}\n"


def _is_check(cell):
    return "check" in cell.metadata.get("tags", [])
