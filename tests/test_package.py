"""The house as a whole: imports point to earlier rooms, rooms stay small, the wheel works alone."""

import ast
import importlib.metadata
import io
import os
import re
import shutil
import subprocess
import sys
import tokenize
import zipfile
from pathlib import Path

import pytest

from dlhw.study.registry import EXPERIMENTS
from dlhw.study.source_code import without_docstrings
from dlhw.study.store import key

ROOT = Path(__file__).parents[1]
README = re.sub(r"<!--.*?-->", "", (ROOT / "README.md").read_text("utf-8"))
ROOMS = [room.replace("/", ".") for room in re.findall(r"\]\(dlhw/([\w/]+)\.py\)", README)]
TREES = {}
for path in (ROOT / "dlhw").rglob("*.py"):
    room = ".".join(path.relative_to(ROOT / "dlhw").with_suffix("").parts)
    TREES[room] = ast.parse(path.read_text("utf-8"))
PEERS = {
    "matfiles": {"scipy"},
    "datasets": {"scipy"},
    "pages.networks.few_samples": {"scipy"},
    "pages.training.linear_rules": {"scipy"},
    "pages.svg": {"matplotlib", "PIL"},
    "pages.figures": {"matplotlib"},
    "pages.diagrams": {"matplotlib"},
    "pages.result_tables": {"matplotlib"},
    "study.evidence": {"scipy"},
    "study.origin": {"threadpoolctl"},
    "study.sweep": {"threadpoolctl"},
    "study.commands": {"threadpoolctl"},
}
OF_ANSWERS = re.compile(r"exercises\.(chapter|bodies)_")
"""Rooms of wrong answers: what each is, stands beside it as the sentence that is due to it."""
STATEMENTS = 200
"""Of a room, at most: what can be read at one sitting."""
WHEN_CALLED = {"derivative_tests.report": {"matplotlib"}, "exercises.grading.command": {"tqdm"}}


def imports(room):
    """Return the rooms that a room imports, the packages, and those it imports when called."""
    rooms, packages, later = set(), set(), set()
    for node in ast.walk(TREES[room]):
        if isinstance(node, ast.Import):
            found = {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = absolute(node, room)
            found = {source.partition(".")[0]}
        else:
            continue
        if found == {"dlhw"}:
            rooms |= rooms_of(node, source.partition(".")[2])
        elif node in TREES[room].body:
            packages |= found
        else:
            later |= found
    return rooms, packages - sys.stdlib_module_names, later - sys.stdlib_module_names


def absolute(node, room):
    """Return the full name of the module that a room's `from ... import` names."""
    if not node.level:
        return node.module
    folder = ["dlhw", *room.split(".")[:-1]]
    above = folder[: len(folder) - (node.level - 1)]
    return ".".join([*above, node.module or ""]).strip(".")


def rooms_of(node, module):
    """Return the rooms that an import takes: the module itself, or what it takes from a folder."""
    if module in TREES:
        return {module}
    return {f"{module}.{alias.name}".strip(".") for alias in node.names}


def code_lines(source):
    """Count the statements of code without its docstrings, however they are laid out."""
    tokens = tokenize.generate_tokens(io.StringIO(without_docstrings(source)).readline)
    return sum(token.type == tokenize.NEWLINE for token in tokens)


def test_readme_lists_every_room_once():
    assert sorted(ROOMS) == sorted(room for room in TREES if not room.endswith("__"))


def test_each_folder_lists_its_rooms_in_reading_order():
    folders = {room.rpartition(".")[0] for room in ROOMS}
    assert len(folders) >= 4
    for folder in folders:
        listed = re.findall(
            r"^- `(\w+)`", ast.get_docstring(TREES[f"{folder}.__init__".strip(".")]), re.M
        )
        paths = [f"{folder}.{name}".strip(".") for name in listed]
        assert [path for path in paths if path in ROOMS] == [
            room for room in ROOMS if room.rpartition(".")[0] == folder
        ]
        inner = {other for other in folders if other and other.rpartition(".")[0] == folder}
        assert {path for path in paths if path not in ROOMS} == inner


def test_the_course_needs_no_machinery():
    """Course, derivative tests, study, exercises, pages: each folder needs only those before it."""
    foreign = {
        "": ("derivative_tests.", "study.", "exercises.", "pages."),
        "derivative_tests": ("study.", "exercises.", "pages."),
        "study": ("exercises.", "pages."),
        "exercises": ("pages.",),
        "pages": (),
    }
    for room in ROOMS:
        folder = room.partition(".")[0] if "." in room else ""
        taken = [other for other in imports(room)[0] if other.startswith(foreign[folder])]
        assert taken == [], room


def test_every_room_has_its_tests():
    tests = {path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    missing = []
    for room in ROOMS:
        *folder, name = room.split(".")
        name = re.sub(r"chapter_\d\d", "all_exercises", name)  # rooms that are alike
        name = re.sub(r"asked_\d\d", "all_questions", name)
        name = re.sub(r"bodies_\w+", "all_bodies", name)
        if Path(*folder, f"test_{name}.py") not in tests:
            missing.append(room)
    assert missing == []


def test_readme_links_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_to_earlier_rooms(room):
    rooms, packages, later = imports(room)
    assert rooms <= set(ROOMS[: ROOMS.index(room)])
    assert packages <= {"numpy"} | PEERS.get(room, set())
    assert later <= {"numpy"} | PEERS.get(room, set()) | WHEN_CALLED.get(room, set())


def test_importing_the_package_imports_no_matplotlib():
    program = "import sys, dlhw; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_are_small(room):
    source = (ROOT / "dlhw" / f"{room.replace('.', '/')}.py").read_text("utf-8")
    assert code_lines(source) <= STATEMENTS


@pytest.mark.parametrize("room", [room for room in ROOMS if not OF_ANSWERS.match(room)])
def test_what_is_public_says_what_it_is(room):
    for node in TREES[room].body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            says = ast.get_docstring(node)
            assert says, node.name
            explained = isinstance(node, ast.FunctionDef) and "Parameters\n---" in says
            assert ">>>" in says or not explained, node.name


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A folder with the built wheel, NumPy and SciPy in it, and nothing else."""
    pytest.importorskip("hatchling")
    folder, wheels = tmp_path_factory.mktemp("alone"), tmp_path_factory.mktemp("wheels")
    build = ["-m", "hatchling", "build", "-t", "wheel", "-d", wheels]
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True)
    (wheel,) = wheels.iterdir()
    zipfile.ZipFile(wheel).extractall(folder)
    for name in ("numpy", "scipy"):
        tops = {file.parts[0] for file in importlib.metadata.files(name)}
        for part in tops - {".."}:
            source = Path(importlib.metadata.distribution(name).locate_file(part))
            try:
                os.symlink(source, folder / part)
            except OSError:
                # Windows lets few people link.
                shutil.copytree(source, folder / part)
    return folder


def test_wheel_works_with_numpy_and_scipy_alone(alone):
    program = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np, dlhw
assert dlhw.__file__.startswith(sys.argv[1])
X, C, *_ = dlhw.load("gmm")
assert X.shape == C.shape == (5, 25000)
f, x = lambda x: np.sum(x**2), np.array([1.0, 2.0, 3.0])
assert dlhw.gradient_test(f, lambda x: 2 * x, x).passed
assert dlhw.gradient_test(f, lambda x: x, x).cause == "scale"
"""
    subprocess.run([sys.executable, "-I", "-S", "-c", program, str(alone)], check=True)


def test_results_hold_in_the_wheel_too(alone):
    program = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from dlhw.study.results import EXPERIMENTS, FOLDER
from dlhw.study.store import key
assert FOLDER == Path(sys.argv[1], "dlhw", "data", "results")
print(*(key(experiment) for experiment in EXPERIMENTS.values()))
"""
    command = [sys.executable, "-I", "-S", "-c", program, str(alone)]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert found == [key(experiment) for experiment in EXPERIMENTS.values()]


def test_wheel_asks_for_numpy_and_scipy_alone(alone):
    (found,) = importlib.metadata.distributions(name="dlhw", path=[str(alone)])
    needed = [re.match(r"\w+", line)[0] for line in found.requires if "extra ==" not in line]
    assert needed == ["numpy", "scipy"]
    assert found.metadata["License-Expression"] == "MIT"
