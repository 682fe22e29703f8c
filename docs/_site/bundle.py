"""Files to take along: the package's own code, as one file that stands alone.

A bundle holds what was asked for and what that needs, no more: definitions with their docstrings,
room by room in reading order, under one head of imports. Run, it shows a check, whose code is a
page's. This file knows nothing of the site generator.
"""

import ast
import doctest
import re
import sys
from itertools import chain
from textwrap import indent
from typing import NamedTuple

from dlhw.study.names import joined, needs_of, statements
from dlhw.study.rooms import PACKAGE, ROOT, imports_of, path_of, read_room

READER = "data_text"  # reads a file of the package: a bundle carries the texts instead
LONG_TEXT = re.compile(
    r"\w{0,2}(\"{3}(?:[^\"]|\"{1,2}(?!\"))*\"{3}|'{3}(?:[^']|'{1,2}(?!'))*'{3})\Z"
)
EXAMPLE_IMPORT = re.compile(rf" *>>> from {PACKAGE}[\w.]* import .*\n")


class BundleError(Exception):
    """Code that cannot become one file, and why."""


class Bundle(NamedTuple):
    """What one file holds: definitions by room, imports by name, the code of its check."""

    definitions: dict
    imports: dict
    check: str


def public(room, root=ROOT):
    """Return the names of what a room defines for others."""
    definitions = read_room(room, root).definitions
    left_behind = {need for s in definitions if READER in s.binds for need in s.needs}
    names = [name for s in definitions for name in sorted(s.binds)]
    return [name for name in names if not name.startswith("_") and name not in left_behind]


def reading_order(rooms, root=ROOT):
    """Return rooms in the given order, each behind all that it imports from."""
    ordered = []

    def visit(room):
        if room not in ordered:
            for source in read_room(room, root).imports.values():
                if source.inside:
                    visit(source.module)
            ordered.append(room)

    for room in rooms:
        visit(room)
    return ordered


# ---- gathering -----------------------------------------------------------------------------------


def gather(wanted, check="", root=ROOT, read=read_room):
    """Follow names to all that they need.

    Parameters
    ----------
    wanted : iterable of (str, str)
        Rooms and names in them.
    check : str
        Code that imports from the package what it needs.
    read : callable
        (room, root) -> the room: a starter has others than those of the source.

    Returns
    -------
    Bundle

    Raises
    ------
    BundleError
        If a name is not to be found, or stands for two things.
    """
    check, asked, imports = localised(check, root)
    todo, seen, texts = [*wanted, *asked], set(), {}
    for room, name in todo:
        _demand(room, name, root)
    while todo:
        room, name = todo.pop()
        if (room, name) in seen:
            continue
        seen.add((room, name))
        here = read(room, root)
        for statement in here.definitions:
            if name in statement.binds | statement.changes:
                texts.setdefault(room, set()).add(statement.text)
                todo += needs_of_definition(room, statement, root) if name != READER else []
        for key, source in here.imports.items():
            if source.inside and key == name:
                _demand(*_inner(room, source, name), root)
                todo.append((source.module, source.name))
            elif not source.inside and key.partition(".")[0] == name:  # import os.path binds os
                _add(imports, key, source)
    definitions = {
        room: [statement for statement in read(room, root).definitions if statement.text in chosen]
        for room, chosen in sorted(texts.items())
    }
    _refuse_clashes(definitions, imports, check, {name for _, name in asked})
    _refuse_imports([s.node for found in definitions.values() for s in found])
    _refuse_imports(ast.parse(check).body)
    return Bundle(definitions, imports, check)


def _refuse_imports(nodes):
    """Raise where code imports from the package when it is called, or calls it by its name."""
    for node in chain(*map(ast.walk, nodes)):
        module = getattr(node, "module", "") or ""
        inside = isinstance(node, ast.ImportFrom) and (node.level or module.startswith(PACKAGE))
        if inside or isinstance(node, ast.Name) and node.id == PACKAGE:
            raise BundleError(f"import names from {PACKAGE} at the top: {ast.unparse(node)}")


def _demand(room, name, root):
    if not path_of(room, root):
        raise BundleError(f"{PACKAGE} has no room {room}")
    here = read_room(room, root)
    if name not in here.imports and not any(name in s.binds for s in here.definitions):
        raise BundleError(f"the room {room or PACKAGE} has nothing called {name}")


def _inner(room, source, name):
    if source.name is None:
        raise BundleError(f"{room} imports the room {source.module} whole: import names from it")
    if source.name != name:
        raise BundleError(f"{room} calls {source.name} {name}: import it under its own name")
    return source.module, source.name


def _add(imports, name, source):
    known = imports.setdefault(name, source)
    if known != source:
        raise BundleError(f"{name} comes from {known.module} and from {source.module}: rename one")


def needs_of_definition(room, statement, root=ROOT):
    """Return the rooms and names that a definition needs, and its examples: they hold here, too."""
    examples = doctest.DocTestParser().get_examples(statement.text)
    code = statements("".join(example.source for example in examples))
    imported = [source for s in code for source in imports_of(s.node, root=root).values()]
    from_rooms = [(s.module, s.name) for s in imported if s.inside and s.name]
    return [(room, name) for name in statement.needs | needs_of(code)] + from_rooms


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
        imports |= imports_of(node, root=root)
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
        _inner("the check", source, name)
        for name, source in imports.items()
        if source.inside and source.name
    ]
    outside = {name: source for name, source in imports.items() if not source.inside}
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip(), asked, outside


def _refuse_clashes(definitions, imports, check, asked):
    """Raise where one name would stand for two things in one file."""
    owner = {name: source.module for name, source in imports.items()}
    for room, found in definitions.items():
        for name in {name for statement in found for name in statement.binds}:
            other = owner.setdefault(name, room)
            if other != room:
                raise BundleError(f"{name} is one thing in {other}, another in {room}: rename one")
    bound = {name for statement in statements(check) for name in statement.binds}
    if bound & asked:
        name = sorted(bound & asked)[0]
        raise BundleError(f"the check takes {name} from the package and gives it a new meaning")


# ---- writing -------------------------------------------------------------------------------------


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
            "def main():\n" + indented(printing(found.check)),
            'if __name__ == "__main__":\n    main()',
        ]
    return "\n\n\n".join([*parts, licence]) + "\n"


def indented(code):
    """Return code one level in; the lines within a long text stay where they are."""
    nodes = [node for node in ast.walk(ast.parse(code)) if hasattr(node, "end_lineno")]
    texts = [node for node in nodes if LONG_TEXT.match(ast.get_source_segment(code, node))]
    within = {line for node in texts for line in range(node.lineno + 1, node.end_lineno + 1)}
    lines = enumerate(code.splitlines(keepends=True), 1)
    return "".join(line if n in within or not line.strip() else "    " + line for n, line in lines)


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
    """Return what a bundle takes of a room, under its name and what it says of itself."""
    text = indent(read_room(room, root).docstring, "# ", lambda line: True).replace("# \n", "#\n")
    title = f"# ---- {room.replace('.', '/')}.py "
    heading = f"{title:-<100}\n{text}\n"
    code = [carried(found, root) if READER in s.binds else s for s in found.definitions[room]]
    return f"{heading}\n\n{EXAMPLE_IMPORT.sub('', joined(code))}"


def carried(found, root=ROOT):
    """Return the function that reads files as a bundle has it: with the texts in it."""
    calls = [
        node
        for s in [*chain(*found.definitions.values()), *statements(found.check)]
        for node in ast.walk(s.node)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == READER
    ]
    if not all(call.args and isinstance(call.args[0], ast.Constant) for call in calls):
        raise BundleError(f"{READER} is called with a name that only a run would tell")
    texts = {
        call.args[0].value: (root / "data" / call.args[0].value).read_text(encoding="utf-8").strip()
        for call in calls
    }
    return statements(
        f"def {READER}(name):\n"
        '    """Return the text of a file that comes with the package."""\n'
        f"    return {texts}[name]\n"
    )[0]


def returns_nothing(node):
    """Say whether a statement defines a function that returns no value."""
    returns = [inner for inner in ast.walk(node) if isinstance(inner, ast.Return)]
    return isinstance(node, ast.FunctionDef) and not any(inner.value for inner in returns)


def printing(check, silent=("print",)):
    """Return the code with its last value printed, unless it is the call of a silent function."""
    nodes = ast.parse(check).body
    if not nodes or not isinstance(nodes[-1], ast.Expr):
        return check
    if getattr(getattr(nodes[-1].value, "func", None), "id", "") in silent:
        return check
    code, lines = ast.get_source_segment(check, nodes[-1]), check.splitlines(keepends=True)
    first = nodes[-1].lineno - 1
    above = "".join(lines[:first]) + lines[first].encode()[: nodes[-1].col_offset].decode()
    return f"{above}print({code}){check[len(above) + len(code) :]}"
