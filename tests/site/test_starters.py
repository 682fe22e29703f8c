"""The starters and the self-checks of the site, filled in as readers do where only the wheel is."""

import ast
import json
import re
import shutil
import sys
from importlib import import_module

import pytest
from test_take_along import SITE, alone, empty, installed, python, self_checks, text  # noqa: F401

from dlhw.exercises.bodies import NOT_WRITTEN
from dlhw.exercises.judging import EMPTY, RIGHT
from dlhw.exercises.labels import SAYS, assessed

pytestmark = pytest.mark.site
CODE = SITE / "code"
STARTERS = sorted(path.name for path in CODE.glob("*-start.py"))
LEFT_BEHIND = ("OriginalBlock", "original_network", "__all__")
CHAPTERS = sorted((SITE / "chapters").glob("[0-9][0-9]-*.html"))


def whole_of(starter):
    """Return the file whose bodies a starter lacks."""
    name = starter.removesuffix("-start.py")
    (path,) = [p for p in CODE.glob(f"{name}*.py") if p.name != starter]
    return path


def statements_by_name(path):
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        for name in names_of(node):
            found[name] = node
    return found


def names_of(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        targets = [part for target in node.targets for part in ast.walk(target)]
        return [part.id for part in targets if isinstance(part, ast.Name)]
    return []


def filled(starter):
    """Return the text of a starter with the bodies of the whole file, and what those need."""
    whole = statements_by_name(whole_of(starter))
    own = statements_by_name(CODE / starter)
    lines = [ast.unparse(node) for node in imports_of(whole_of(starter))]
    for node in ast.parse((CODE / starter).read_text("utf-8")).body:
        names = names_of(node)
        if names == ["main"]:
            lacking = [name for name in whole if name not in {*own, *LEFT_BEHIND}]
            lines += [ast.unparse(whole[name]) for name in lacking]
        if names and names != ["main"] and names[0] in whole:
            node = whole[names[0]]
        lines.append(ast.unparse(node))
    return "\n\n".join(lines)


def imports_of(path):
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def lines_of(output):
    """Return what a starter says of each body."""
    return dict(re.findall(r"^([\w.]+): (.*)$", output, re.M))


def bodies_of(starter):
    """Return the names of the bodies that a starter lacks."""
    return bodies_in(whole_of(starter))


def bodies_in(path):
    """Return the names of the assessed bodies in a file."""
    found = []
    names = statements_by_name(path).keys()
    for room in ("softmax", "optimizers", "training", "layers", "network"):
        found += assessed(room, names)
    return found


def packages_of(starter):
    return ("numpy", "scipy") if starter == "course-start.py" or starter[:2] == "05" else ("numpy",)


def test_each_chapter_whose_code_is_assessed_has_a_starter():
    wanted = ("01", "03", "05", "06", "07", "08", "course")
    assert [f"{name}-start.py" for name in wanted] == STARTERS
    for starter in STARTERS[:-1]:
        (page,) = [path for path in CHAPTERS if path.name[:2] == starter[:2]]
        screen = page.read_text("utf-8").partition("<h2")[0]
        first, second = re.findall(r'href="\.\./code/([\w-]+\.py)"', screen)
        assert (first, second) == (starter, whole_of(starter).name)


@pytest.mark.parametrize("starter", STARTERS)
def test_an_empty_starter_says_so_of_each_body(starter, alone, empty):  # noqa: F811
    shutil.copy(CODE / starter, empty)
    packages = alone(*packages_of(starter))
    run = python(sys.executable, starter, folder=empty, packages=packages)
    assert run.returncode == 0, run.stderr
    assert lines_of(run.stdout) == dict.fromkeys(bodies_of(starter), NOT_WRITTEN)
    assert f"0 of {len(bodies_of(starter))} are right." in run.stdout


@pytest.mark.parametrize("starter", STARTERS)
def test_with_the_real_bodies_all_is_right(starter, alone, empty):  # noqa: F811
    (empty / starter).write_text(filled(starter), "utf-8")
    packages = alone(*packages_of(starter))
    run = python(sys.executable, starter, folder=empty, packages=packages)
    assert run.returncode == 0, run.stderr
    assert lines_of(run.stdout) == dict.fromkeys(bodies_of(starter), RIGHT)


MISTAKEN = """
import io, json, sys
from contextlib import redirect_stdout
from importlib import import_module
import filled

said = {}
for room in ("softmax", "optimizers", "training", "layers", "network"):
    for part in import_module(f"dlhw.exercises.bodies_{room}").BODIES:
        name, _, attribute = part.name.partition(".")
        if not hasattr(filled, name):
            continue
        for sentence, wrong in part.wrong.items():
            holder = getattr(filled, name) if attribute else filled
            key = attribute or name
            own = getattr(holder, key)
            if attribute and not isinstance(holder, type):
                object.__setattr__(holder, key, wrong)  # an activation is frozen
            else:
                setattr(holder, key, wrong)
            output = io.StringIO()
            with redirect_stdout(output):
                filled.main()
            object.__setattr__(holder, key, own) if not isinstance(holder, type) else setattr(
                holder, key, own)
            said.setdefault(part.name, {})[sentence] = output.getvalue()
json.dump(said, sys.stdout)
"""


@pytest.mark.parametrize("starter", STARTERS)
def test_each_mistake_is_named_and_no_other_body_is_blamed(starter, installed, empty):  # noqa: F811
    (empty / "filled.py").write_text(filled(starter), "utf-8")
    (empty / "mistaken.py").write_text(MISTAKEN, "utf-8")
    run = python(installed, "-W", "ignore", "mistaken.py", folder=empty)
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert said.keys() == set(bodies_of(starter))
    for name, outputs in said.items():
        for sentence, output in outputs.items():
            lines = lines_of(output)
            assert lines.pop(name) == sentence
            blamed = {line for line in lines.values() if line != RIGHT}
            assert all(line.startswith("needs ") for line in blamed), (name, sentence, blamed)


FILES = sorted(CODE.glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_each_file_says_what_may_be_taken(path):
    head = " ".join(ast.get_docstring(ast.parse(path.read_text("utf-8"))).split())
    held = bodies_in(path)
    assert (SAYS["assessed"] in head) == bool(held)
    assert SAYS["tool"].lower() in head.lower()
    assert all(name in head for name in held)


@pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_each_listing_of_the_package_has_a_label(path):
    page = path.read_text("utf-8")
    titles = re.findall(r'<span class="filename">dlhw/(.*?)</span>', page)
    labels = [re.fullmatch(r"[\w/]+\.py · (tool|assessed)", title) for title in titles]
    assert all(labels), titles
    for found in {label[1] for label in labels}:
        assert page.count(SAYS[found]) == 1


# ---- self-checks ---------------------------------------------------------------------------------


CHECKS = {
    f"{int(path.stem[:2])}.{number}": pair
    for path in CHAPTERS
    for number, pair in enumerate(self_checks(path.read_text("utf-8")), 1)
}
PASTED = """
import contextlib, io, json, sys
from dlhw.exercises import asking
from dlhw.exercises.asking import exercise

blank, solved, number = json.loads(sys.stdin.read())


def said(code):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {"__name__": "pasted"})
    return output.getvalue()


wrong = {}
for part in exercise(number):
    wrong[part.name] = {s: asking.judge(part, answer) for s, answer in part.wrong.items()}
print(json.dumps([said(blank), said(solved), wrong]))
"""


@pytest.mark.parametrize("number", CHECKS)
def test_a_self_check_answers(number, installed, empty):  # noqa: F811
    (empty / "pasted.py").write_text(PASTED, "utf-8")
    run = python(
        installed,
        "-W",
        "ignore",
        "pasted.py",
        folder=empty,
        given=json.dumps([*CHECKS[number], number]),
    )
    assert run.returncode == 0, run.stderr
    blank, solved, wrong = json.loads(run.stdout.splitlines()[-1])
    parts = [
        part.name
        for part in import_module(
            f"dlhw.exercises.chapter_{int(number.partition('.')[0]):02}"
        ).EXERCISES[number]
    ]
    for output, sentence in ((blank, EMPTY), (solved, RIGHT)):
        assert re.findall(rf"^{re.escape(number)} (\w+): (.*)$", output, re.M) == [
            (name, sentence) for name in parts
        ]
    assert list(wrong) == parts
    assert all(key == value for pairs in wrong.values() for key, value in pairs.items())


def test_every_chapter_has_three_self_checks():
    assert len(CHECKS) == 3 * len(CHAPTERS)
