"""The rooms of the package, read: what each defines, and where its other names come from."""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .names import statements

ROOT = Path(__file__).parents[2]
PACKAGE = "dlhw"
OFFERED = ("gradient_test", "course")  # files of the site: their names are the package's


class Source(NamedTuple):
    """Where an imported name comes from: a module, inside the package or not, and a name in it.

    The name is None where the module itself is imported.
    """

    inside: bool
    module: str
    name: str | None


class Room(NamedTuple):
    """A module of the package: what it says of itself, what it defines and what it imports.

    `givers` are, by name, the places of the definitions that bind or change it.
    """

    docstring: str
    definitions: list
    imports: dict
    givers: dict


def path_of(room, root=ROOT):
    """Return the file of a room, or None; "" is the package, "a.b" the room b in the folder a."""
    path = Path(root, PACKAGE, *filter(None, room.split(".")))
    found = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return found if found.exists() else None


def read_room(room, root=ROOT):
    """Return a room of the package.

    Examples
    --------
    >>> read_room("study.rooms").imports["statements"]
    Source(inside=True, module='study.names', name='statements')
    """
    path = path_of(room, root)
    return _read(room, root, path, path.stat().st_mtime_ns)


@cache
def _read(room, root, path, changed):
    """Return a room; `changed` is when its file was: who serves the site edits it meanwhile."""
    code = path.read_text(encoding="utf-8")
    package = [PACKAGE, *filter(None, room.split("."))]
    if path.name != "__init__.py":
        package.pop()
    imports, definitions, givers = {}, [], {}
    for statement in statements(code):
        imports |= imports_of(statement.node, package, root)
        is_definition = not isinstance(statement.node, ast.Import | ast.ImportFrom | ast.Expr)
        if is_definition or statement.changes:
            for name in statement.binds | statement.changes:
                givers.setdefault(name, []).append(len(definitions))
            definitions.append(statement)
    return Room(ast.get_docstring(ast.parse(code)) or "", definitions, imports, givers)


def imports_of(node, package=(), root=ROOT):
    """Return, by name, where the names come from that a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name: _source(alias.name, None, root) for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        above = package[: len(package) - node.level + 1] if node.level else []
        module = ".".join([*above, *filter(None, [node.module])])
        return {
            alias.asname or alias.name: _source(module, alias.name, root) for alias in node.names
        }
    return {}


def _source(module, name, root):
    if module in OFFERED:
        return Source(True, home_of(name, root), name)
    package, _, room = module.partition(".")
    if package != PACKAGE:
        return Source(False, module, name)
    inner = f"{room}.{name}".strip(".")
    is_room = name and path_of(inner, root)
    return Source(True, inner, None) if is_room else Source(True, room, name)


def home_of(name, root=ROOT):
    """Return the room of the package that defines a name."""
    for path in sorted(Path(root, PACKAGE).rglob("[a-z]*.py")):
        room = ".".join(path.relative_to(Path(root, PACKAGE)).with_suffix("").parts)
        if any(name in statement.binds for statement in read_room(room, root).definitions):
            return room
    raise LookupError(f"no room of {PACKAGE} defines {name}")
