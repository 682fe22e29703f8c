"""Starters: a file to take along whose assessed bodies are blank, and which judges what is written.

The build takes the bodies out of the same source as the whole file. Known outcomes go in as
numbers, so that a starter gives no body away. This file knows nothing of the site generator.
"""

import ast
import re
from functools import partial
from importlib import import_module

from bundle import BundleError, gather, public

from dlhw.exercises.judging import known_outcomes
from dlhw.exercises.labels import ASSESSED, LEFT_OUT, assessed
from dlhw.study.names import statements
from dlhw.study.rooms import ROOT, read_room

BLANK = "raise NotImplementedError"
DIGITS = 10  # of known outcomes: more than the eight to which outcomes are compared
CHECK = """\
PARTS = (
{parts}
)
KNOWN = {known}
what_is_right(PARTS, globals(), KNOWN)
"""


def bodies_in(found):
    """Return the assessed bodies that a bundle holds, by room."""
    held = {}
    for room in ASSESSED:  # in reading order
        paths = assessed(room, {name for s in found.definitions.get(room, ()) for name in s.binds})
        if paths:
            held[room] = paths
    return held


def started(found, rooms):
    """Return the bundle of a starter.

    Parameters
    ----------
    found : Bundle
        The whole file.
    rooms : iterable of str
        What the file is about: all that they have for others is there.
    """
    bodies = bodies_in(found)
    wanted = [(room, name) for room in rooms for name in offered_by(room)]
    for room, paths in bodies.items():
        wanted += [(room, path.partition(".")[0]) for path in paths]
    return gather(wanted, check_of(bodies), read=blanked_room)


def offered_by(room):
    """Return the names that a starter has of a room."""
    return [name for name in public(room) if name not in LEFT_OUT.get(room, ())]


# ---- blanks --------------------------------------------------------------------------------------


def blanked_room(room, root=ROOT):
    """Return a room whose assessed bodies are blank."""
    here, paths, definitions = read_room(room, root), ASSESSED.get(room, ()), []
    for statement in here.definitions:
        if assessed(room, statement.binds):
            definitions += statements(blanked(statement.text, paths))
        else:
            definitions.append(statement)
    return here._replace(definitions=definitions)


def blanked(text, paths):
    """Return a definition with a blank for each body of it that is among the paths.

    Examples
    --------
    >>> print(blanked("def f(x):\\n    'Square.'\\n    return x * x", ["f"]))
    def f(x):
        'Square.'
        raise NotImplementedError
    >>> print(blanked("a = Activation('a', g, lambda Y, V: V)", ["a.slope_times"]))
    def a_slope_times(Y, V):
        raise NotImplementedError
    <BLANKLINE>
    <BLANKLINE>
    a = Activation('a', g, a_slope_times)
    """
    (node,) = ast.parse(text).body
    lines = text.splitlines()
    if isinstance(node, ast.FunctionDef):
        return "\n".join(_without_bodies(lines, [node]))
    if isinstance(node, ast.ClassDef):
        methods = {f"{node.name}.{n.name}": n for n in node.body if isinstance(n, ast.FunctionDef)}
        chosen = [method for path, method in methods.items() if path in paths]
        return "\n".join(_without_bodies(lines, chosen, _only_needed_by(chosen, node)))
    return _named_apart(text, node, paths)


def _without_bodies(lines, functions, dropped=()):
    """Return lines with a blank in the place of some bodies, and without some functions."""
    edits = [(_end_of_head(lines, node), node.end_lineno, node) for node in functions]
    edits += [(node.lineno - 1, node.end_lineno, None) for node in dropped]
    for first, last, node in sorted(edits, key=_place, reverse=True):
        if node is None:
            while first and not lines[first - 1].strip():
                first -= 1
        lines = lines[:first] + _blank(node) + lines[last:]
    return lines


def _place(edit):
    return edit[0]


def _blank(function):
    """Return the line that stands in the place of a body; none for a function that is dropped."""
    return [" " * (function.col_offset + 4) + BLANK] if function else []


def _end_of_head(lines, function):
    """Return how many lines end with a function's docstring, or else with its head."""
    if ast.get_docstring(function) is not None:
        return function.body[0].end_lineno
    end = function.body[0].lineno - 1
    while not lines[end - 1].rstrip().endswith(":"):
        end -= 1
    return end


def _only_needed_by(functions, holder):
    """Return the private methods that nothing in a class calls but the functions that go blank."""
    kept = [node for node in holder.body if node not in functions]
    used = {n.attr for node in kept for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    methods = [node for node in kept if isinstance(node, ast.FunctionDef)]
    return [m for m in methods if re.match(r"_[a-z]", m.name) and m.name not in used]


def _named_apart(text, node, paths):
    """Return an assignment whose last argument, a lambda, is a blank function above it."""
    name = node.targets[0].id
    (path,) = [path for path in paths if path.partition(".")[0] == name]
    given = node.value.args[-1] if isinstance(node.value, ast.Call) else node.value
    if not isinstance(given, ast.Lambda):
        raise BundleError(f"expected a lambda as the last argument, got {text}")
    blank = path.replace(".", "_")
    head = f"def {blank}({ast.unparse(given.args)}):\n    {BLANK}"
    return f"{head}\n\n\n{text.replace(ast.get_source_segment(text, given), blank)}"


# ---- the check -----------------------------------------------------------------------------------


def check_of(bodies):
    """Return the code that judges bodies, by room: known outcomes are numbers in it."""
    imports = ["from dlhw.exercises.bodies import what_is_right"]
    imports += ["from dlhw.exercises.judging import Part", "from math import inf, nan"]
    imports += ["from functools import partial"]
    parts, known = [], {}
    for room in filter(bodies.get, ASSESSED):
        for part in import_module(f"dlhw.exercises.bodies_{room}").BODIES:
            if part.name in bodies[room]:
                asked = [part.outcome, *filter(None, [part.test])]
                imports += [line for function in asked for line in _imports(function)]
                parts.append(_as_code(part))
                known[part.name] = {s: _short(o) for s, o in known_outcomes(part).items()}
    code = CHECK.format(parts="\n".join(parts), known=_table(known))
    return "\n".join(sorted({line for line in imports if _is_used(line, code)})) + f"\n\n\n{code}"


def _as_code(part):
    test = f", test={_expression(part.test)}" if part.test else ""
    return f"    Part({part.name!r}, {{}}, {_expression(part.outcome)}{test}),"


def _expression(function):
    """Return the code that gives a function, or a function with its first arguments."""
    if isinstance(function, partial):
        return f"partial({', '.join(f.__name__ for f in [function.func, *function.args])})"
    return function.__name__


def _imports(function):
    functions = [function]
    if isinstance(function, partial):
        functions = [function.func, *function.args]
    return [f"from {f.__module__} import {f.__name__}" for f in functions]


def _is_used(line, code):
    return any(re.search(rf"\b{name}\b", code) for name in re.split(r",? ", line)[3:])


def _table(nested, margin=""):
    """Return nested dicts as code, a line for each value."""
    if not isinstance(nested, dict):
        return repr(nested)
    inner = margin + "    "
    lines = [f"{inner}{key!r}: {_table(value, inner)},\n" for key, value in nested.items()]
    return f"{{\n{''.join(lines)}{margin}}}"


def _short(outcome):
    """Return the fingerprints of an outcome with as many digits as they are compared by."""
    found = {}
    for path, mark in outcome.items():
        found[path] = mark
        if not isinstance(mark, str):
            shape, *sums = mark
            found[path] = (shape, *(float(f"{number:.{DIGITS}g}") for number in sums))
    return found
