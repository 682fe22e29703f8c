"""Which small changes of the code does no test notice?

    python tests/measure/mutants.py [--share P] [--seed S] [--workers W] [--others] [ROOM ...]

One operator, number, argument or statement is changed at a time, in a copy of the project; the
room's own tests and doctests run on it and, if asked, the other tests of its folder. What was
noticed is written to .cache/mutants.jsonl at once: Ctrl-C loses nothing, the next call goes on, and
tries again what was not. At the end: the share noticed by room, and each change that nothing
noticed. `unnoticed.toml` says which of these matter to nobody, and why.
"""

import argparse
import ast
import hashlib
import json
import os
import random
import sys
import tempfile
import tomllib
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import NamedTuple

from changed_copies import ROOT, copy_of_the_project, failing, first_failure, in_copies, written
from tqdm import tqdm

KEPT = ROOT / ".cache" / "mutants.jsonl"
EXPLAINED = Path(__file__).with_name("unnoticed.toml")
FOLDERS = ("dlhw", "dlhw/derivative_tests", "dlhw/study")
SECONDS = 240
"""For one room's tests: several times what the slowest take."""
OTHER = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NOT_CODE = (ast.JoinedStr, ast.Raise, ast.ImportFrom, ast.Import)
"""Left as they are: texts, which message an error has, and imports."""


class Mutant(NamedTuple):
    """A room with one change: the line where it begins, the code before and after."""

    room: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self):
        return f"{self.room}:{self.line}\n    - {self.before}\n    + {self.after}"


# ---- changes -------------------------------------------------------------------------------------


def mutants(room, source):
    r"""Return every change of a room that is made here.

    Examples
    --------
    >>> for m in mutants("room", "def f(x, y):\n    return g(x, y) < 2 and not y\n"):
    ...     print(m.after.strip())
    return None
    return (g(x, y) < 2 or not y)
    return (g(x, y) <= 2) and not y
    return (g(y, x)) < 2 and not y
    return g(x, y) < (3) and not y
    return g(x, y) < 2 and (y)
    """
    found = []
    for node in code(ast.parse(source)):
        for text in changes(node):
            changed = replaced(source, node, text)
            before, after = source.splitlines(), changed.splitlines()
            at = node.lineno - 1
            ends = at + node.end_lineno - node.lineno + 1
            left = len(after) - len(before) + ends
            lines = (
                " ".join(map(str.strip, before[at:ends])),
                " ".join(map(str.strip, after[at:left])),
            )
            found.append(Mutant(room, node.lineno, *lines, changed))
    return found


def code(tree):
    """Yield what may be changed of a tree: not texts, annotations or imports."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and not isinstance(node, NOT_CODE):
                yield node
                yield from code(node)


def changes(node):
    """Return what may stand in place of a piece of code, as text."""
    if isinstance(node, ast.stmt):
        return statement_changes(node)
    if isinstance(node, ast.expr):
        return [f"({ast.unparse(other)})" for other in expression_changes(node)]
    return []


def statement_changes(node):
    """Return a statement left out, or what it returns forgotten."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Return) and node.value:
        return ["return None"]
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and not is_text):
        return ["pass"]
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple):
        return ["pass"]
    return []


def expression_changes(node):
    """Yield expressions in place of one."""
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in OTHER:
        yield changed(node, op=OTHER[type(node.op)]())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    if isinstance(node, ast.Compare):
        yield changed(node, ops=[OTHER[type(node.ops[0])](), *node.ops[1:]])
    if isinstance(node, ast.IfExp):
        yield changed(node, body=node.orelse, orelse=node.body)
    if isinstance(node, ast.Call):
        yield from call_changes(node)
    if isinstance(node, ast.Constant):
        yield from map(ast.Constant, other_values(node.value))


def call_changes(node):
    """Yield a call with two arguments exchanged, and without each of its named ones."""
    if len(node.args) > 1:
        first, second, *rest = node.args
        if ast.dump(first) != ast.dump(second):
            yield changed(node, args=[second, first, *rest])
    for keyword in node.keywords:
        if keyword.arg:
            yield changed(node, keywords=[other for other in node.keywords if other is not keyword])


def changed(node, **fields):
    """Return a node with other fields."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})


def other_values(value):
    """Return numbers in place of one.

    Examples
    --------
    >>> other_values(True), other_values(3), other_values(0.5), other_values("text")
    ([False], [4], [5.0, 0.05], [])
    """
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, float):
        return [10 * value, value / 10] if value else [1.0]
    return []


def replaced(source, node, text):
    """Return a source with other text where a node stands; columns of a tree count bytes."""
    lines = source.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    whole = source.encode()
    return (whole[:start] + text.encode() + whole[end:]).decode()


def sample(every, share, seed):
    """Return about a share of all changes: in one room the same, whatever other rooms there are."""
    return [m for m in every if random.Random(f"{seed} {m[:4]}").random() < share]


# ---- trying them ---------------------------------------------------------------------------------


def all_rooms():
    """Return the rooms whose code is changed, by their paths."""
    return [
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in sorted((ROOT / folder).glob("[a-z]*.py"))
    ]


def own_tests(room):
    """Return what is run on a change of a room: its test file, and its own doctests."""
    path = Path(room)
    test = Path("tests", *path.parts[1:-1], f"test_{path.name}").as_posix()
    return [test, room]


def other_tests(room):
    """Return what is run on a change that those have not noticed: the tests of the folder."""
    folder = Path("tests", *Path(room).parts[1:-1])
    return [] if folder == Path("tests") else [folder.as_posix()]


def digest(room):
    """Return what a kept outcome hangs on: the room and its tests."""
    content = b"".join((ROOT / path).read_bytes() for path in own_tests(room))
    return hashlib.sha256(content).hexdigest()[:16]


def noticed(mutant, folder, others=False):
    """Make one change in a copy, and say which test fails first; empty if none does."""
    with written(folder / mutant.room, mutant.source):
        for tests in (own_tests(mutant.room), other_tests(mutant.room) if others else []):
            output = tests and failing(folder, "-x", *tests, seconds=SECONDS)
            if output:
                return first_failure(output)
    return ""


def try_all(todo, workers, others, keep):
    """Try changes, each in a copy of the project, and hand each outcome to `keep`."""
    with tempfile.TemporaryDirectory() as folder:
        copies = [copy_of_the_project(Path(folder, str(number))) for number in range(workers)]
        outcomes = in_copies(partial(noticed, others=others), todo, copies)
        try:
            for mutant, test in tqdm(outcomes, total=len(todo), unit="change"):
                keep(mutant, test)
        except KeyboardInterrupt:
            outcomes.close()
            print("stopped; what was tried is kept")


# ---- outcomes ------------------------------------------------------------------------------------


def kept_outcomes():
    """Return what was found before, by the digest of room and tests and the change."""
    found = {}
    if KEPT.exists():
        for line in KEPT.read_text("utf-8").splitlines():
            *change, test = json.loads(line)
            found[tuple(change)] = test
    return found


def name_of(mutant):
    """Return by what an outcome is found again."""
    return digest(mutant.room), mutant.room, mutant.line, mutant.before, mutant.after


def keep(mutant, test):
    """Write an outcome down."""
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps([*name_of(mutant), test], ensure_ascii=False) + "\n")


def explained():
    """Return the changes that matter to nobody: room, code before and after, with the reason."""
    listed = tomllib.loads(EXPLAINED.read_text("utf-8"))["change"]
    return {(each["room"], each["before"], each["after"]): each["why"] for each in listed}


def summary(chosen, outcomes, reasons):
    """Return the lines of the report: by room, then what nothing noticed."""
    counts, lines = defaultdict(lambda: [0, 0, 0, 0]), []
    for mutant in chosen:
        if name_of(mutant) not in outcomes:
            continue
        reason = reasons.get((mutant.room, mutant.before, mutant.after))
        test = outcomes[name_of(mutant)]
        own = any(Path(path).name in test for path in own_tests(mutant.room))
        for row in (counts[mutant.room], counts["all"]):
            row[0] += bool(test) and own
            row[1] += bool(test) and not own
            row[2] += not test
            row[3] += not test and bool(reason)
        if not test:
            lines.append(f"{mutant}\n    {reason or 'NOT EXPLAINED'}")
    header = f"{'noticed by':40} own tests  others  none  (explained)"
    table = [
        f"{room:40} {own:9} {others:7} {none:5}  {known:11}"
        for room, (own, others, none, known) in sorted(counts.items())
    ]
    return [*lines, header, *table]


def main():
    parser = argparse.ArgumentParser(description="Which small changes does no test notice?")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="such as dlhw/softmax.py (all)")
    parser.add_argument("--share", type=float, default=0.1, help="of all changes (0.1)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (0)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="at once (all cores)")
    parser.add_argument("--others", action="store_true", help="then the folder's other tests")
    given = parser.parse_args()
    rooms = given.rooms or all_rooms()
    every = [m for room in rooms for m in mutants(room, (ROOT / room).read_text("utf-8"))]
    chosen = sample(every, given.share, given.seed)
    print(f"{len(chosen)} of {len(every)} changes in {len(rooms)} rooms")
    outcomes = kept_outcomes()
    todo = [mutant for mutant in chosen if not outcomes.get(name_of(mutant))]
    try_all(todo, given.workers, given.others, keep)
    print(*summary(chosen, kept_outcomes(), explained()), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
