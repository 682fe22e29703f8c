"""Files to take along: the package's own code, as one file that stands alone.

A bundle holds what was asked for and what that needs, no more: definitions with their docstrings, room by room in reading
order, under one head of imports. Run, it shows a check, whose code is a page's. This file knows nothing of the site generator.
"""

import ast
import doctest
import re
import sys
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

from names import joined, needs_of, statements

ROOT = Path(__file__).parents[2]
PACKAGE = "dlhw"
ALONE = {
    "gradient_test": "derivative_tests.four_tests"
}  # the site offers this room as a file, and pages import from that
READER = "data_text"  # reads a file of the package: a bundle carries the texts instead
EXAMPLE_IMPORT = re.compile(rf" *>>> from {PACKAGE}[\w.]* import .*\n")


class BundleError(Exception):
    """Code that cannot become one file, and why."""


class Source(NamedTuple):
    """Where an imported name comes from: a module, and a name in it (None: the module itself). `inside` the package or not."""

    inside: bool
    module: str
    name: str | None


class Room(NamedTuple):
    """A module of the package: what it says of itself, what it defines, and where its imported names come from."""

    docstring: str
    definitions: list
    imports: dict


class Bundle(NamedTuple):
    """What one file holds: definitions by room, imports from outside by the name they bind, and the code of its check."""

    definitions: dict
    imports: dict
    check: str


# ---- reading -------------------------------------------------------------------------------------------------------


def path_of(room, root=ROOT):
    """Return the file of a room, given by its dotted name in the package ("" for the package itself), or None."""
    path = Path(root, PACKAGE, *filter(None, room.split(".")))
    found = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return found if found.exists() else None


@cache
def read(room, root=ROOT):
    """Return a room."""
    path = path_of(room, root)
    code = path.read_text(encoding="utf-8")
    package = [PACKAGE, *filter(None, room.split("."))][
        : None if path.name == "__init__.py" else -1
    ]
    found, imports = statements(code), {}
    for statement in found:
        imports |= sources(statement.node, package, root)
    definitions = [
        s for s in found if not isinstance(s.node, ast.Import | ast.ImportFrom | ast.Expr)
    ]
    return Room(ast.get_docstring(ast.parse(code)) or "", definitions, imports)


def sources(node, package=(), root=ROOT):
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
    package, _, room = (f"{PACKAGE}.{ALONE[module]}" if module in ALONE else module).partition(".")
    if package != PACKAGE:
        return Source(False, module, name)
    inner = f"{room}.{name}".strip(".")
    return Source(True, inner, None) if name and path_of(inner, root) else Source(True, room, name)


def public(room, root=ROOT):
    """Return the names of what a room defines for others."""
    names = [name for s in read(room, root).definitions for name in sorted(s.binds)]
    return [name for name in names if not name.startswith("_")]


def reading_order(rooms, root=ROOT):
    """Return rooms in the given order, each behind all that it imports from."""
    ordered = []

    def visit(room):
        if room not in ordered:
            for source in read(room, root).imports.values():
                if source.inside:
                    visit(source.module)
            ordered.append(room)

    for room in rooms:
        visit(room)
    return ordered


# ---- gathering -----------------------------------------------------------------------------------------------------


def gather(wanted, check="", root=ROOT):
    """Follow names to all that they need.

    Parameters
    ----------
    wanted : iterable of (str, str)
        Rooms and names in them.
    check : str
        Code that imports from the package what it needs.

    Returns
    -------
    Bundle

    Raises
    ------
    BundleError
        If a name is not to be found, or stands for two things.
    """
    check, asked, imports = localised(check, root)
    definitions, todo, seen = {}, [*wanted, *asked], set()
    for room, name in todo:
        here = read(room, root)
        if name not in here.imports and not any(name in s.binds for s in here.definitions):
            raise BundleError(f"the room {room or PACKAGE} has nothing called {name}")
    while todo:
        room, name = todo.pop()
        if (room, name) in seen:
            continue
        seen.add((room, name))
        for statement in read(room, root).definitions:
            if name in statement.binds | statement.changes:
                definitions.setdefault(room, {})[statement.text] = statement
                if name != READER:
                    todo += [(room, need) for need in statement.needs] + needs_of_examples(
                        room, statement, root
                    )
        source = read(room, root).imports.get(name)
        if source and source.inside and source.name is None:
            raise BundleError(
                f"{room} imports the room {source.module} whole: import the names that it needs"
            )
        if source and source.inside:
            todo.append((source.module, source.name))
        elif source:
            if imports.setdefault(name, source) != source:
                raise BundleError(
                    f"{name} is imported from {imports[name].module} and from {source.module}: rename one of them"
                )
    definitions = {
        room: [s for s in read(room, root).definitions if s.text in texts]
        for room, texts in definitions.items()
    }
    _refuse_clashes(definitions, imports, check, {name for _, name in asked})
    return Bundle(definitions, imports, check)


def needs_of_examples(room, statement, root=ROOT):
    """Return the rooms and names that the examples of a definition use: they are to hold in the bundle, too."""
    examples = doctest.DocTestParser().get_examples(statement.text)
    code = statements("".join(example.source for example in examples))
    imported = {
        name: source
        for s in code
        for name, source in sources(s.node, root=root).items()
        if source.inside and source.name
    }
    return [(room, name) for name in needs_of(code)] + [
        (source.module, source.name) for source in imported.values()
    ]


def localised(check, root=ROOT):
    """Return the code of a check as it reads where the package's names stand in the same file.

    Returns
    -------
    code : str
        Without imports, and with `name` for `room.name`.
    asked : list of (str, str)
        The rooms and names of the package that it uses.
    imports : dict
        What it imports from elsewhere.
    """
    imports, lines, asked = {}, check.splitlines(), []
    tree = ast.parse(check)
    for node in tree.body:
        imports |= sources(node, root=root)
    rooms = {
        name: source.module
        for name, source in imports.items()
        if source.inside and source.name is None
    }
    edits = [(node, "") for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in rooms
        ):
            edits.append((node, node.attr))
            asked.append((rooms[node.value.id], node.attr))
    for node, text in sorted(
        edits, key=lambda edit: (edit[0].lineno, edit[0].col_offset), reverse=True
    ):
        before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
        after = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode()
        lines[node.lineno - 1 : node.end_lineno] = [before + text + after]
    asked += [
        (source.module, source.name) for source in imports.values() if source.inside and source.name
    ]
    outside = {name: source for name, source in imports.items() if not source.inside}
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip(), asked, outside


def _refuse_clashes(definitions, imports, check, asked):
    """Raise where one name would stand for two things in one file."""
    owner = {name: source.module for name, source in imports.items()}
    for room, found in definitions.items():
        for name in {name for statement in found for name in statement.binds}:
            if owner.setdefault(name, room) != room:
                raise BundleError(
                    f"{name} is one thing in {owner[name]} and another in {room}: rename one of them"
                )
    bound = {name for statement in statements(check) for name in statement.binds}
    if bound & asked:
        raise BundleError(
            f"the check gives a new meaning to {sorted(bound & asked)[0]}, which it takes from the package"
        )


# ---- writing -------------------------------------------------------------------------------------------------------


def written(found, head, order, root=ROOT):
    """Return a bundle as the source of a file.

    Parameters
    ----------
    found : Bundle
    head : str
        Says what the file is: its docstring.
    order : iterable of str
        Rooms in reading order.
    """
    licence = indent(
        (root / "LICENSE").read_text(encoding="utf-8").strip(), "# ", lambda line: True
    ).replace("# \n", "#\n")
    rooms = [
        room
        for room in reading_order([*order, *found.definitions], root)
        if room in found.definitions
    ]
    parts = [
        f'"""{head.strip()}\n"""\n\n{merged(found.imports)}',
        *(section(room, found, root) for room in rooms),
    ]
    if found.check:
        parts += [
            "def main():\n" + indent(printing(found.check), "    "),
            'if __name__ == "__main__":\n    main()',
        ]
    return "\n\n\n".join([*parts, licence]) + "\n"


def merged(imports):
    """Return import statements, those of the standard library first."""
    whole, parts = set(), {}
    for name, source in imports.items():
        renamed = f" as {name}" if name != (source.name or source.module) else ""
        if source.name is None:
            whole.add((source.module, f"import {source.module}{renamed}"))
        else:
            parts.setdefault(source.module, []).append(source.name + renamed)
    lines = sorted(whole) + [
        (module, f"from {module} import {', '.join(sorted(parts[module]))}")
        for module in sorted(parts)
    ]
    own = [line for module, line in lines if module.partition(".")[0] in sys.stdlib_module_names]
    others = [line for _, line in lines if line not in own]
    return "\n\n".join("\n".join(group) for group in (own, others) if group)


def section(room, found, root=ROOT):
    """Return what a bundle takes of a room, under a line with its name and what it says of itself."""
    text = indent(read(room, root).docstring, "# ", lambda line: True).replace("# \n", "#\n")
    title = f"# ---- {room.replace('.', '/')}.py "
    heading = f"{title:-<100}\n{text}\n"
    code = [carried(found, root) if READER in s.binds else s for s in found.definitions[room]]
    return f"{heading}\n\n{EXAMPLE_IMPORT.sub('', joined(code))}"


def carried(found, root=ROOT):
    """Return the function that reads files as a bundle has it: with the texts that the bundle asks for."""
    calls = [
        node
        for definitions in found.definitions.values()
        for s in definitions
        for node in ast.walk(s.node)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == READER
        and isinstance(node.args[0], ast.Constant)
    ]
    texts = {
        call.args[0].value: (root / "data" / call.args[0].value).read_text(encoding="utf-8").strip()
        for call in calls
    }
    return statements(
        f'def {READER}(name):\n    """Return the text of a file that comes with the package."""\n    return {texts}[name]\n'
    )[0]


def printing(check):
    """Return the code with its last value printed."""
    *_, last = statements(check)
    if (
        not isinstance(last.node, ast.Expr)
        or getattr(getattr(last.node.value, "func", None), "id", "") == "print"
    ):
        return check
    code = ast.get_source_segment(check, last.node)
    return f"{check.removesuffix(code)}print({code})"
