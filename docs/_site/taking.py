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
from starting import bodies_in, started

from dlhw.exercises.labels import ASSESSED, SAYS
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

{label}

Cite it as: dlhw {version}, "{title}"{address}.
{copyright}; MIT licence, whose text is at the end.
"""
STARTER_HEAD = """\
{title}: write it yourself. A starter for {part} of dlhw {version}, in one file.

The bodies that a coursework assesses are blank. Write yours where `raise NotImplementedError`
stands, keep the names and arguments, and run the file: it says of each body whether it is right,
and if not, what is wrong. It needs {needs}. Two dimensions are enough:
stacks, and errors for what does not fit, are extras that nobody checks.

    python {file}

{label}

Cite it as: dlhw {version}, "{title}"{address}.
{copyright}; MIT licence, whose text is at the end.
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


def starter_of(path, notebook):
    """Return the name of the starter that a page offers, or None: where its rooms are assessed."""
    name = offered(path, notebook)
    if not name or not ASSESSED.keys() & set(_rooms(notebook)):
        return None
    chapter = re.match(r"\d\d(?=-)", name)
    return f"{chapter[0] if chapter else Path(name).stem}-start.py"


def one_file(path, notebook, order, address=""):
    """Return the file that a page offers, as text."""
    found = _gathered(notebook)
    head = _head(HEAD, offered(path, notebook), found, path, notebook, address)
    return written(found, head, [*_rooms(notebook), *order])


def starter(path, notebook, order, address=""):
    """Return the starter that a page offers, as text."""
    rooms = _rooms(notebook)
    found = started(_gathered(notebook), rooms)
    head = _head(STARTER_HEAD, starter_of(path, notebook), found, path, notebook, address)
    return written(found, head, [*rooms, *order])


def _gathered(notebook):
    """Return what a page's file holds."""
    wanted = [(room, name) for room in _rooms(notebook) for name in public(room)]
    return gather(wanted, check(notebook))


def _head(form, name, found, path, notebook, address):
    """Return what a file says of itself."""
    about, chapter = _file(notebook), re.match(r"\d\d(?=-)", path.stem)
    scipy = any(source.module.startswith("scipy") for source in found.imports.values())
    held = {
        room: [name for name in _functions(room) if _is_in(name, room, found)]
        for room in _rooms(notebook)
    }
    return form.format(
        title=about.get("title")
        or re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)[1],
        version=VERSION,
        copyright=COPYRIGHT,
        part=about.get("part") or f"chapter {int(chapter[0])}",
        shows=about.get("shows", "the chapter's check"),
        needs="Python 3.11 or newer, NumPy 2 and SciPy"
        if scipy
        else "Python 3.11 or newer and NumPy 2",
        file=name,
        holds=_listed(held),
        label=_label(found),
        address=f", {address}" if address else "",
    )


def _label(found):
    """Return what may be taken of a file, with the names that are assessed."""
    bodies = bodies_in(found)
    if not bodies:
        return SAYS["tool"]
    use = SAYS["tool"].partition(": ")[2]
    return f"{fill(SAYS['assessed'], 95)}\n{_listed(bodies)}\nEverything else is a tool: {use}"


def _listed(names):
    """Return names by room, a paragraph each."""
    return "\n".join(
        fill(f"{room}: {', '.join(found)}", 90, subsequent_indent="    ")
        for room, found in names.items()
    )


def _is_in(name, room, found):
    return any(name in statement.binds for statement in found.definitions.get(room, ()))


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


def _rooms(notebook):
    """Return the rooms that a page's front matter names."""
    return notebook.metadata["front_matter"].get("modules", [])


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
