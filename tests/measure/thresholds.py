"""Which thresholds of the derivative tests no test needs.

    python tests/measure/thresholds.py [NAME ...] [--tests PATH ...]

Every named number of `dlhw/derivative_tests` is made ten times as large, then a tenth, one at a
time, in a copy of the project; where all tests of the folder still pass, nothing needs this value.
"""

import argparse
import ast
import importlib
import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from changed_copies import copy_of_the_project, failing, first_failure, in_copies, written

ROOT = Path(__file__).parents[2]
ROOMS = "dlhw/derivative_tests"
TESTS = "tests/derivative_tests"
FACTORS = (10, 0.1)


class Threshold(NamedTuple):
    """A number, or some, that a room names, and the lines of its assignment."""

    room: str
    name: str
    value: float | tuple
    first: int
    last: int


class Change(NamedTuple):
    """A threshold and its new value."""

    threshold: Threshold
    value: float | tuple

    def __str__(self):
        room, name, value, *_ = self.threshold
        return f"{room}.{name}: {value} -> {self.value}"


def thresholds(room, source, values):
    """Return the numbers that are named in capitals at the top of a room.

    Examples
    --------
    >>> source = "WIDE = 3 * 2; few = 1; NAME = 'x'"
    >>> found = thresholds("slopes", source, {"WIDE": 6, "few": 1, "NAME": "x"})
    >>> [(t.name, t.value, t.first) for t in found]
    [('WIDE', 6, 1)]
    """
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name.strip("_").isupper() and is_number(values[name]):
                found.append(Threshold(room, name, values[name], node.lineno, node.end_lineno))
    return found


def is_number(value):
    """Say whether a value is a number, or a tuple of numbers."""
    if isinstance(value, tuple):
        return all(map(is_number, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def changes(threshold):
    """Return the changes of a threshold.

    Examples
    --------
    >>> [c.value for c in changes(Threshold("room", "FEW", 3, 1, 1))]
    [30, 1]
    >>> [c.value for c in changes(Threshold("room", "SMALL", (0.5, 1), 1, 1))]
    [(5.0, 10), (0.05, 1)]
    """
    new = [times(factor, threshold.value) for factor in FACTORS]
    return [Change(threshold, value) for value in new if value != threshold.value]


def times(factor, value):
    """Return a value many times as large; whole numbers stay whole, and are at least one."""
    if isinstance(value, tuple):
        return tuple(times(factor, part) for part in value)
    if isinstance(value, int):
        return max(1, round(factor * value))
    return factor * value


def noticed(change, folder, options):
    """Make one change in a copy, and say which test fails first; empty if none does."""
    threshold, value = change
    room = folder / ROOMS / f"{threshold.room}.py"
    lines = room.read_text("utf-8").splitlines()
    lines[threshold.first - 1 : threshold.last] = [f"{threshold.name} = {value!r}"]
    with written(room, "\n".join(lines) + "\n"):
        return first_failure(failing(folder, "-x", *options))


def main():
    """Print for each change which test notices it, and at the end those that none does."""
    parser = argparse.ArgumentParser(description="Which thresholds does no test need?")
    parser.add_argument("names", nargs="*", metavar="NAME", help="these alone (all)")
    parser.add_argument("--tests", nargs="+", metavar="PATH", default=[TESTS], help=f"({TESTS})")
    given = parser.parse_args()
    wanted = given.names
    todo = [c for t in all_thresholds() if not wanted or t.name in wanted for c in changes(t)]
    with tempfile.TemporaryDirectory() as folder:
        unnoticed = try_all(todo, Path(folder), given.tests)
    print(f"\n{len(unnoticed)} of {len(todo)} changes that no test notices:")
    print(*unnoticed, sep="\n")


def all_thresholds():
    """Return the thresholds of all rooms of this project."""
    sys.path.insert(0, str(ROOT))
    found = []
    for path in sorted((ROOT / ROOMS).glob("[a-z]*.py")):
        values = vars(importlib.import_module(f"dlhw.derivative_tests.{path.stem}"))
        found += thresholds(path.stem, path.read_text("utf-8"), values)
    return found


def try_all(todo, folder, tests):
    """Try the changes, on all cores; return those that no test notices."""
    copies = [copy_of_the_project(folder / str(number)) for number in range(os.cpu_count())]
    options = [*tests, *known_failures(folder / "0", tests)]
    outcomes, unnoticed = in_copies(partial(noticed, options=options), todo, copies), []
    for number, (change, test) in enumerate(outcomes, 1):
        print(f"{number:3d}/{len(todo)} {change} {test or 'NOT NOTICED'}", flush=True)
        if not test:
            unnoticed.append(str(change))
    return unnoticed


def known_failures(folder, tests):
    """Return the options that leave out what fails without any change; say so."""
    output = failing(folder, *tests)
    lines = [line for line in output.splitlines() if line.startswith("FAILED")]
    known = [line.split(" - ")[0].removeprefix("FAILED ") for line in lines]
    if output and not known:
        sys.exit(f"expected tests that run, got:\n{output}")
    if known:
        print(f"{len(known)} tests fail already and are left out, such as {known[0]}")
    return [f"--deselect={test}" for test in known]


if __name__ == "__main__":
    main()
