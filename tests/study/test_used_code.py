"""What some names can reach: all that their results depend on, and nothing that is surely not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dlhw
from dlhw.study.used_code import used_code

TABLES = """
import math
from json import dumps

from . import tools
from .tools import double, triple

SIZE = 3
UNUSED = 4
RULES = {
    "a": double,
    # the other one
    "b": triple,
}


def look_up(name):
    if name not in RULES:
        raise ValueError(f"expected one of {', '.join(RULES)}, got {name}")
    return RULES[name](SIZE)


def choose(name):
    return getattr(tools, name)


def spelled():
    return tools.half(1)


def walk():
    return [rule(1) for rule in RULES.values()]


def outside():
    return math.pi, dumps


def by_default(name="a"):
    return RULES[name]


def only_compared(name):
    return name == "a" or name in ("a", "b") or RULES[name]


def refuses(name):
    if not name:
        raise ValueError("b")
    return RULES[name]


def reads():
    return read("one.json")
"""
TOOLS = """
def double(x):
    return 2 * x


def triple(x):
    return 3 * x


def half(x):
    return x / TWO


TWO = 2
"""
ROOMS = {"tables": TABLES, "tools": TOOLS}


@pytest.fixture
def package(tmp_path):
    """From the code of rooms to a folder with their package."""

    def of(rooms, newline="\n"):
        shutil.rmtree(tmp_path / "dlhw", ignore_errors=True)
        (tmp_path / "dlhw" / "inner").mkdir(parents=True)
        for name, code in {"__init__": "", "inner/__init__": "", **rooms}.items():
            (tmp_path / "dlhw" / f"{name}.py").write_text(code, "utf-8", newline=newline)
        return tmp_path

    return of


def names(found):
    """Return the names of functions and constants in code, and the keys of entries."""
    words = [
        line.replace("def ", "").replace(":", " ").split("(")[0].split()[0]
        for line in found.text.splitlines()
        if line[0] not in " #}"
    ]
    return {word.strip('"') for word in words}


@pytest.mark.parametrize(
    "name, keys, expected",
    [
        ("look_up", None, "SIZE RULES double triple look_up"),
        ("look_up", ["a"], "SIZE a double look_up"),
        ("look_up", ["a", "b"], "SIZE a b double triple look_up"),
        ("look_up", [], "SIZE look_up"),
        ("choose", None, "tools double triple half TWO choose"),
        ("choose", ["half"], "tools half TWO choose"),
        ("spelled", [], "tools half TWO spelled"),
        ("walk", [], "RULES double triple walk"),
        ("outside", None, "math dumps outside"),
        ("by_default", [], "a double by_default"),
        ("only_compared", [], "only_compared"),
        ("refuses", [], "refuses"),
    ],
)
def test_names_are_followed_to_what_counts(package, name, keys, expected):
    found = used_code([("tables", name)], keys=keys, root=package(ROOMS))
    assert names(found) == set(expected.split())


def test_a_program_is_followed_and_is_no_part_of_what_it_reaches(package):
    root = package({**ROOMS, "inner/deep": "from ..tools import half\n\n\nquarter = half\n"})
    whole = used_code([("tools", "half")], root=root)
    assert used_code(code="from dlhw.tools import half\nhalf(3)", root=root) == whole
    assert used_code(code="import dlhw.tools as t\nt.half(3)", root=root) == whole
    assert used_code(code="import dlhw\ndlhw.tools.half(3)", root=root) == whole
    assert used_code(code="import dlhw.tools\ndlhw.tools.half(3)", root=root) == whole
    assert "quarter" in names(used_code(code="import dlhw\ndlhw.inner.deep.quarter", root=root))
    assert "triple" in used_code(code="from dlhw import tools\nvars(tools)", root=root).text
    assert used_code(code="from dlhw.tools import half\n1", root=root).text == ""


def test_what_changes_a_value_counts(package):
    root = package({"tools": "T = {}\nT['k'] = 4\nU = {}\nU['k'] = 5\nif T:\n    V = 1\n"})
    assert used_code([("tools", "T")], root=root).text == "# tools\nT = {}\nT['k'] = 4\n"
    assert "if T" in used_code([("tools", "V")], root=root).text


def test_files_of_data_count_where_their_names_stand(package):
    root = package({**ROOMS, "tools": TOOLS + "def load(): return ['one.json', 'none.json']\n"})
    (root / "data").mkdir()
    for name in ("one.json", "two.json"):
        (root / "data" / name).write_text("1\n", "utf-8")
    before = used_code([("tools", "load")], root=root)
    assert before.files == ("one.json",)
    (root / "data" / "two.json").write_text("2\n", "utf-8")
    assert used_code([("tools", "load")], root=root) == before
    (root / "data" / "one.json").write_text("1\n", "utf-8", newline="\r\n")
    assert used_code([("tools", "load")], root=root) == before
    (root / "data" / "one.json").write_text("2\n", "utf-8")
    assert used_code([("tools", "load")], root=root).digest != before.digest


SAME = {
    "a comment": ("SIZE = 3", "SIZE = 3  # three"),
    "a comment in a table": ("# the other one", "# another"),
    "a docstring": ("def look_up(name):", 'def look_up(name):\n    "Say."\n'),
    "a text below a constant": ("SIZE = 3", 'SIZE = 3\n"""How many."""'),
    "a blank line": ("    return RULES[name](SIZE)", "\n    return RULES[name](SIZE)"),
    "what is not used": ("UNUSED = 4", "UNUSED = 5"),
    "an entry that is not asked for": ('"b": triple', '"b": lambda x: 4 * x'),
    "a new entry": ('    "b": triple,\n', '    "b": triple,\n    "c": abs,\n'),
}
OTHER = {
    "a constant": ("SIZE = 3", "SIZE = 4"),
    "a formula": ("return RULES[name](SIZE)", "return 2 * RULES[name](SIZE)"),
    "the entry": ('"a": double', '"a": triple'),
    "an import": ("import double, triple", "import triple as double, triple"),
    "a use of the whole table": ("return RULES[name](SIZE)", "return RULES[min(RULES)](SIZE)"),
}


@pytest.mark.parametrize("change", [*SAME, *OTHER])
def test_only_what_counts_changes_the_digest(package, change):
    def digest(code):
        root = package({**ROOMS, "tables": code})
        return used_code([("tables", "look_up")], keys=["a"], root=root).digest

    old, new = {**SAME, **OTHER}[change]
    assert old in TABLES
    assert (digest(TABLES.replace(old, new)) == digest(TABLES)) == (change in SAME)


def test_line_ends_and_stray_files_change_nothing(package):
    roots = [("tables", "look_up")]
    plain = used_code(roots, root=package(ROOMS))
    root = package(ROOMS, newline="\r\n")
    for name in (".tables.py.swp", "tables.py~", "stray.py", "#tables.py#"):
        (root / "dlhw" / name).write_text("x = 1", "utf-8")
    assert used_code(roots, root=root) == plain


@pytest.mark.parametrize("missing", [("none", "x"), ("tools", "x")])
def test_what_is_not_there_is_said(package, missing):
    with pytest.raises(LookupError, match="expected a (room|name)"):
        used_code([missing], root=package(ROOMS))


PROGRAM = """
import sys, types
package = types.ModuleType("dlhw")
package.__path__ = [sys.argv[1]]
sys.modules["dlhw"] = package  # its rooms, without NumPy
from dlhw.study.used_code import used_code
for keys in (None, ["gmm", "tanh", "momentum"], ["peaks", "original", "exponential"]):
    print(used_code([("study.experiment", "run"), ("pages.figures", "show")], keys=keys).digest)
"""


def other_pythons():
    """Return the Pythons of this machine that are new enough, as paths."""
    found = {}
    for minor in range(11, 20):
        known = [shutil.which(f"python3.{minor}")]
        known += sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        for path in filter(None, known):
            asked = [str(path), "-c", "import sys; print(sys.version_info[1])"]
            run = subprocess.run(asked, capture_output=True, text=True)
            if run.stdout.strip() == str(minor):
                found.setdefault(minor, str(path))
    return [path for minor, path in found.items() if minor != sys.version_info[1]]


def test_every_python_finds_the_same():
    def digests(python):
        command = [python, "-c", PROGRAM, str(Path(dlhw.__file__).parent)]
        environment = {**os.environ, "PYTHONPATH": "", "PYTHONHASHSEED": "random"}
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment
        ).stdout.split()

    pythons = other_pythons()
    if not pythons:
        pytest.skip("no other Python on this machine")
    ours = digests(sys.executable)
    assert len(set(ours)) == 3
    for python in pythons:
        assert digests(python) == ours, python
