"""The house as a whole: imports point to earlier rooms, rooms stay small, and the wheel works on its own."""

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

from dlhw.study.source_code import without_docstrings

ROOT = Path(__file__).parents[1]
README = re.sub(r"<!--.*?-->", "", (ROOT / "README.md").read_text("utf-8"))
ROOMS = [room.replace("/", ".") for room in re.findall(r"\]\(dlhw/([\w/]+)\.py\)", README)]
TREES = {
    ".".join(path.relative_to(ROOT / "dlhw").with_suffix("").parts): ast.parse(
        path.read_text("utf-8")
    )
    for path in (ROOT / "dlhw").rglob("*.py")
}
PEERS = {
    "matfiles": {"scipy"},
    "datasets": {"scipy"},
    "pages.svg": {"matplotlib", "PIL"},
    "pages.figures": {"matplotlib"},
    "pages.diagrams": {"matplotlib"},
    "pages.result_tables": {"matplotlib"},
    "study.evidence": {"scipy"},
    "study.sweep": {"threadpoolctl", "tqdm"},
}
WHEN_CALLED = {"derivative_tests.report": {"matplotlib"}}


def imports(room):
    """Return the rooms and the packages that a room imports: at once, and when something is called."""
    rooms, packages, later = set(), set(), set()
    at_once = {id(node) for node in TREES[room].body}
    for node in ast.walk(TREES[room]):
        if isinstance(node, ast.ImportFrom) and (
            node.level or node.module.partition(".")[0] == "dlhw"
        ):
            above = (
                ["dlhw", *room.split(".")[:-1]][: -(node.level - 1) or None] if node.level else []
            )
            module = (
                ".".join([*above, *filter(None, [node.module])]).removeprefix("dlhw").strip(".")
            )
            rooms |= (
                {module}
                if module in TREES
                else {f"{module}.{name.name}".strip(".") for name in node.names}
            )
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = (
                [node.module]
                if isinstance(node, ast.ImportFrom)
                else [name.name for name in node.names]
            )
            (packages if id(node) in at_once else later).update(
                name.partition(".")[0] for name in names
            )
    return rooms, packages - sys.stdlib_module_names, later - sys.stdlib_module_names


def code_lines(source):
    """Count the lines of code as Python reads them: however a statement is laid out, and without docstrings."""
    tokens = tokenize.generate_tokens(io.StringIO(without_docstrings(source)).readline)
    return sum(token.type == tokenize.NEWLINE for token in tokens)


def test_readme_lists_every_room_once():
    assert sorted(ROOMS) == sorted(room for room in TREES if not room.endswith("__init__"))


def test_each_folder_lists_its_rooms():
    for folder in ("derivative_tests", "study", "pages"):
        listed = re.findall(r"^- `(\w+)`", ast.get_docstring(TREES[f"{folder}.__init__"]), re.M)
        assert sorted(listed) == sorted(
            room.partition(".")[2] for room in ROOMS if room.startswith(folder)
        )


def test_the_course_needs_no_machinery():
    for room in ROOMS:
        assert "." in room or not any("." in other for other in imports(room)[0]), room
        folder = room.partition(".")[0] if "." in room else ""
        assert folder != "derivative_tests" or not any(
            other.startswith(("study", "pages")) for other in imports(room)[0]
        ), room
        assert folder != "study" or not any(
            other.startswith("pages") for other in imports(room)[0]
        ), room


def test_every_room_has_its_tests():
    names = {
        path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests").rglob("test_*.py")
    }
    assert [
        room
        for room in ROOMS
        if "/".join([*room.split(".")[:-1], f"test_{room.split('.')[-1]}.py"]) not in names
    ] == []


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
    assert code_lines((ROOT / "dlhw" / f"{room.replace('.', '/')}.py").read_text("utf-8")) <= 150


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_public_says_what_it_is(room):
    public = [
        node
        for node in TREES[room].body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert [node.name for node in public if not ast.get_docstring(node)] == []
    explained = [
        node
        for node in public
        if isinstance(node, ast.FunctionDef) and "Parameters\n---" in ast.get_docstring(node)
    ]
    assert [node.name for node in explained if ">>>" not in ast.get_docstring(node)] == []


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A folder with the built wheel, NumPy and SciPy in it, and nothing else."""
    pytest.importorskip("hatchling")
    folder, wheels = tmp_path_factory.mktemp("alone"), tmp_path_factory.mktemp("wheels")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels],
        cwd=ROOT,
        check=True,
    )
    (wheel,) = wheels.iterdir()
    zipfile.ZipFile(wheel).extractall(folder)
    for name in ("numpy", "scipy"):
        for part in {
            file.parts[0] for file in importlib.metadata.files(name) if file.parts[0] != ".."
        }:
            source = Path(importlib.metadata.distribution(name).locate_file(part))
            try:
                os.symlink(source, folder / part)
            except OSError:  # Windows lets few people link
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
assert dlhw.gradient_test(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 2.0, 3.0])).passed
assert dlhw.gradient_test(lambda x: np.sum(x**2), lambda x: x, np.array([1.0, 2.0, 3.0])).cause == "scale"
"""
    subprocess.run([sys.executable, "-I", "-S", "-c", program, str(alone)], check=True)


def test_wheel_asks_for_numpy_and_scipy_alone(alone):
    (found,) = importlib.metadata.distributions(name="dlhw", path=[str(alone)])
    needed = [re.match(r"\w+", line)[0] for line in found.requires if "extra ==" not in line]
    assert needed == ["numpy", "scipy"]
    assert found.metadata["License-Expression"] == "MIT"
