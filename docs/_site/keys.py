"""When the cells of a page run again: when their key has changed.

A key is a digest of all that a run depends on: the code of its cells; what they can reach of the
package, bare of comments and docstrings, and the files of `data/` that this code names; the source
of what they list as it stands, for a listing shows comments; the groups of results that the front
matter names; how cells are run, and the versions of what computes. Prose is not in it, nor is what
the cells cannot reach.
"""

import ast
import hashlib
import json
import platform
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dlhw.study.names import statements
from dlhw.study.rooms import PACKAGE, ROOT, imports_of, path_of, read_room
from dlhw.study.source_code import bare, without_docstrings
from dlhw.study.used_code import used_code

RESULTS = ROOT / "data" / "results"
PACKAGES = ("numpy", "scipy", "matplotlib")
RUNNER = Path(__file__).with_name("kernels.py")
REGISTRY = "study.registry"
FROM_REGISTRY = re.compile(rf"^\w+ = {re.escape(REGISTRY)}\.(\w+)$", re.M)
READER = "study.results"  # reads the registry to find results: these are counted by themselves
SHOWS_DOCSTRINGS = "__doc__"
LISTS = ("source", "getsource")  # functions that return the source of what they are given


def key(notebook, root=ROOT, results=RESULTS):
    """Return the key under which a run of this notebook is kept."""
    cells = tuple(cell.source for cell in notebook.cells if cell.cell_type == "code")
    parts = [
        *(f"{package} {version(package)}" for package in PACKAGES),
        f"{platform.python_version()} {platform.system()} {platform.machine()}",
        bare(RUNNER.read_text(encoding="utf-8")),
        *cells,
        *_code_behind(cells, tuple(groups(notebook)), root, _state(root)),
        *_results(groups(notebook), results),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def groups(notebook):
    """Return the groups of results that a page names: `results: [peaks, gmm]`."""
    return notebook.metadata["front_matter"].get("results", [])


def _state(root):
    """Return when each file of the package and its data was changed: what was read still holds."""
    files = [*(root / PACKAGE).rglob("*.py"), *(root / "data").glob("*.*")]
    return frozenset((path, path.stat().st_mtime_ns) for path in files)


@cache
def _code_behind(cells, groups, root, state):
    """Return what cells can reach of the package and of its data, as texts."""
    program, asked = "\n".join(cells), _words_of_data(root)
    used = used_code(code=program, keys=asked, root=root)
    rooms = _by_room(used.text)
    imports = _imports(program, root)
    registry = _of_registry(imports, rooms)
    if rooms.pop(REGISTRY, None):
        registry |= set(groups)
    experiments = used_code([(REGISTRY, name) for name in sorted(registry)], keys=asked, root=root)
    for room, text in rooms.items():
        if SHOWS_DOCSTRINGS in text:
            rooms[room] = path_of(room, root).read_text(encoding="utf-8")
    files = [(root / "data" / name).read_text(encoding="utf-8") for name in used.files]
    listed = _listed(program, imports, rooms, root)
    return [*rooms.items(), experiments.text, *zip(used.files, files), *listed]


def _by_room(text):
    """Return code, as `used_code` returns it, by room."""
    parts = re.split(r"^# ([\w.]*)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def _imports(program, root):
    """Return where the names come from that a program imports."""
    found = {}
    for statement in statements(program):
        found |= imports_of(statement.node, root=root)
    return found


def _of_registry(imports, rooms):
    """Return the names taken from the registry, but for those that only find results."""
    own = {source.name for source in imports.values() if source.module == REGISTRY}
    others = "\n".join(text for room, text in rooms.items() if room != READER)
    return own | set(FROM_REGISTRY.findall(others))


def _words_of_data(root):
    """Return the words of the files of data/: they may be asked for in a table, as settings are."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((root / "data").glob("*.toml"))]
    return frozenset(re.findall(r"[\w.-]+", "\n".join(texts)))


def _results(groups, folder):
    """Return what tells the results of groups from others: names, which hold keys, and bits."""
    paths = [path for group in groups for path in sorted((folder / group).glob("*.npz"))]
    return [(path.name, _digest(path, path.stat().st_mtime_ns)) for path in paths]


@cache
def _digest(path, changed):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---- listings ------------------------------------------------------------------------------------


def _listed(program, imports, rooms, root):
    """Return the source of what a program lists; where it is not sure what, of all its rooms."""
    arguments, found = [], []
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in LISTS:
            arguments += node.args
    for argument in arguments:
        name, *attributes = ast.unparse(argument).split(".")
        if not all(part.isidentifier() for part in [name, *attributes]):
            found += [_source(room, None, root) for room in rooms]
        elif name in imports and imports[name].inside:
            source = imports[name]
            if source.name is None and len(attributes) == 1:
                source = source._replace(name=attributes[0])
            elif attributes:
                source = source._replace(name=None)
            found.append(_source(source.module, source.name, root))
    return found


def _source(room, name, root):
    """Return the source of a name in a room, without docstrings; of all the room for None."""
    here = read_room(room, root)
    if name in here.imports:  # handed on, as the package hands on its tests
        source = here.imports[name]
        return _source(source.module, source.name, root)
    texts = [statement.text for statement in here.definitions if name in statement.binds]
    if not texts:
        texts = [path_of(room, root).read_text(encoding="utf-8")]
    return "\n".join(without_docstrings(text) for text in texts)
