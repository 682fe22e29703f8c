"""A starter is the file without the bodies that are assessed, and without what shows them."""

import ast

import pytest
from bundle import BundleError, gather, public, written
from starting import blanked, bodies_in, check_of, started

from dlhw.exercises.labels import ASSESSED, LEFT_OUT
from dlhw.study.rooms import read_room

CLASS = """\
class Layer:
    \"\"\"A layer.\"\"\"

    def shapes(self):
        return self._kept()

    def forward(
        self, params,
        X=None,
    ):
        # How one does it.
        return self._lost(X)

    def back(self, dY):
        \"\"\"Return the way back.\"\"\"
        return self._lost(dY) + self._kept()

    def _lost(self, X):
        return X

    def _kept(self):
        return 1
"""


def test_a_class_keeps_heads_docstrings_and_what_others_need():
    assert blanked(CLASS, ["Layer.forward", "Layer.back"]) == (
        CLASS.replace("        # How one does it.\n        return self._lost(X)", blank())
        .replace("        return self._lost(dY) + self._kept()", blank())
        .replace("    def _lost(self, X):\n        return X\n\n", "")
        .strip()
    )


def blank():
    return "        raise NotImplementedError"


def test_a_slope_that_is_no_lambda_is_refused():
    with pytest.raises(BundleError, match="expected a lambda"):
        blanked("tanh = Activation('tanh', value, slope)", ["tanh.slope_times"])


@pytest.fixture(scope="module")
def course():
    """The whole course as a starter: its bundle, and its text."""
    rooms = [*ASSESSED]
    whole = gather([(room, name) for room in rooms for name in public(room)])
    found = started(whole, rooms)
    return found, written(found, "A starter.", rooms)


def test_the_starter_has_a_blank_for_each_body(course):
    found, text = course
    assert {room: tuple(paths) for room, paths in bodies_in(found).items()} == ASSESSED
    count = sum(map(len, ASSESSED.values()))
    blanks = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Raise)]
    assert sum(ast.unparse(n) == "raise NotImplementedError" for n in blanks) == count


def assessed_bodies():
    """Return the code of all bodies that are assessed or left out."""
    for room, paths in ASSESSED.items():
        names = {path.partition(".")[0] for path in paths} | set(LEFT_OUT.get(room, ()))
        for statement in read_room(room).definitions:
            if not statement.binds & names:
                continue
            for node in ast.walk(statement.node):
                path = f"{[*statement.binds][0]}.{getattr(node, 'name', 'slope_times')}"
                whole = getattr(node, "name", "") in paths
                if isinstance(node, ast.FunctionDef) and (whole or path in paths):
                    documented = ast.get_docstring(node) is not None
                    yield "\n".join(map(ast.unparse, node.body[documented:]))
                if isinstance(node, ast.Lambda) and path in paths:
                    last = statement.node.value.args[-1]
                    yield ast.unparse(last.body)


def test_the_starter_gives_no_body_away(course):
    _, text = course
    code = ast.unparse(ast.parse(text))
    bodies = list(assessed_bodies())
    assert len(bodies) >= sum(map(len, ASSESSED.values()))
    for body in bodies:
        last = body.splitlines()[-1].strip()
        assert last not in code, last
    for name in ("OriginalBlock", "original_network", "_check_labels", "._pairs", "_history"):
        assert name not in text


def test_known_outcomes_are_numbers_and_no_code():
    (check,) = [node for node in ast.parse(check_of({"softmax": ["softmax"]})).body if _is(node)]
    known = ast.unparse(check.value)
    assert "softmax" in known and "lambda" not in known and "np." not in known


def _is(node):
    return isinstance(node, ast.Assign) and node.targets[0].id == "KNOWN"
