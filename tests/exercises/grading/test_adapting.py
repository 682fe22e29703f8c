"""Derivatives in a student's layout, by name."""

import numpy as np
import pytest

from dlhw.derivative_tests.calling import Stop
from dlhw.exercises.grading.adapting import Adapted, part_of
from dlhw.exercises.grading.layouts import Layout, layouts, packed
from dlhw.exercises.grading.spec import Question

RNG = np.random.default_rng(0)
INPUTS = {
    "W": RNG.standard_normal((4, 3)),
    "b": RNG.standard_normal((4, 1)),
    "X": RNG.standard_normal((3, 5)),
}
NAMES, PARAMETERS = ["W", "b", "X"], ["W", "b"]
BASE = Question(
    "f", "values", "f", 1, arguments=NAMES, parameters=PARAMETERS, values=[np.zeros((4, 5))]
)


def adapted(kind, layout, derivative, **says):
    question = Question("d", kind, "d", 1, of="f", **says)
    return Adapted(question, BASE, layout, INPUTS, derivative, None)


@pytest.mark.parametrize("layout", layouts(packed=True), ids=str)
def test_answers_are_known_by_their_names_in_every_layout(layout):
    def answer(*arguments):
        return tuple(packed(layout, INPUTS, NAMES, PARAMETERS))

    found = adapted("vjp", layout, answer).vjp(INPUTS, np.zeros((4, 5)))
    assert list(found) == NAMES
    assert all(np.array_equal(found[name], INPUTS[name]) for name in NAMES)
    assert list(adapted("vjp", layout, answer, by=["X"]).vjp({}, np.zeros((4, 5)))) == ["X"]


def test_a_gradient_has_the_parameters_alone_and_their_form():
    some = adapted("gradient", Layout("dict"), lambda p, X: p)
    assert list(some.point) == PARAMETERS
    assert np.array_equal(some.gradient({"W": INPUTS["W"] + 1})["W"], INPUTS["W"] + 1)


def test_what_does_not_change_has_a_zero():
    def jvp(W, b, X, dW, db, dX):
        assert not dW.any() and not db.any() and dX.all()
        return W @ dX

    some = adapted("jvp", Layout("separate"), jvp, by=["X"])
    assert np.array_equal(some.jvp({}, {"X": INPUTS["X"]}), INPUTS["W"] @ INPUTS["X"])


def test_u_and_what_comes_back_are_turned_in_rows():
    def vjp(W, b, X, U):
        assert (W.shape, b.shape, X.shape, U.shape) == ((3, 4), (1, 4), (5, 3), (5, 4))
        return X.T @ U, U.sum(axis=0, keepdims=True), U @ W.T

    U = RNG.standard_normal((4, 5))
    found = adapted("vjp", Layout("separate", "rows"), vjp).vjp({}, U)
    assert np.allclose(found["W"], U @ INPUTS["X"].T) and np.allclose(found["X"], INPUTS["W"].T @ U)


def test_what_does_not_fit_is_left_for_the_report():
    assert adapted("gradient", Layout("dict"), lambda p, X: 3).gradient({}) == 3


def test_a_part_must_be_there():
    second = Question("d", "gradient", "d", 1, of="f", part=1)
    assert part_of(second, (1, 2)) == 2 and part_of(BASE, (1, 2)) == (1, 2)
    for result in (3.0, (1,), np.zeros(2)):
        with pytest.raises(Stop, match="another shape"):
            part_of(second, result)
