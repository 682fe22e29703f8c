"""A reader's function works on copies; what is wrong with it gets a name, a sentence, a place."""

import numpy as np
import pytest

from dlhw.arrays import inner
from dlhw.derivative_tests.calling import Stop, as_point, ask, call, like, number, precision, real

X = {"W": np.arange(6.0).reshape(2, 3), "b": [np.ones(2)]}


def stopped(function, *arguments):
    """Return the cause, the sentence and the culprit that end a test."""
    with pytest.raises(Stop) as stop:
        function(*arguments)
    return stop.value.cause, stop.value.message, stop.value.culprit


def test_a_point_is_a_copy_in_floats_of_the_precision_that_was_given():
    x = {"whole": np.array([1, 2]), "single": np.ones(3, np.float32)}
    point = as_point(x)
    assert [point[name].dtype for name in x] == [np.float64, np.float32]
    point["single"][:] = 7
    assert (x["single"] == 1).all()


@pytest.mark.parametrize("bad", [1j, "text", np.nan, True, None, np.sin])
def test_a_point_that_cannot_be_tested_is_refused(bad):
    with pytest.raises(ValueError, match=r"^expected x"):
        as_point({"W": 1.0, "b": bad})


def test_a_refusal_says_which_part_of_the_point_is_meant():
    with pytest.raises(ValueError, match=r'x\["b\.0"\] to be finite'):
        as_point({"W": 1.0, "b": [np.inf]})


def test_an_error_is_told_with_its_place_and_an_interrupt_is_not_caught():
    def failing(x):
        raise KeyError("W1")

    def leaving(x):
        raise SystemExit("done")

    def interrupted(x):
        raise KeyboardInterrupt

    line = failing.__code__.co_firstlineno + 1
    cause, message, _ = stopped(call, failing, "grad", number, 1.0)
    assert (cause, message) == (
        "raises",
        f"grad raised KeyError in line {line} of failing: 'W1'",
    )
    assert "SystemExit" in stopped(call, leaving, "f", number, 1.0)[1]
    with pytest.raises(KeyboardInterrupt):
        call(interrupted, "f", number, 1.0)


def test_no_function_and_no_return_are_told():
    assert stopped(call, np.ones(2), "f", number, 1.0)[0] == "raises"
    assert stopped(call, lambda x: None, "f", number, 1.0)[:2] == (
        "shape",
        "f returned None. Is there a return at its end?",
    )


def test_a_function_works_on_copies_and_is_told_that_it_changes_them():
    def mutating(x):
        x["W"] *= 2
        return np.sum(x["W"])

    x = {"W": np.ones((2, 3))}
    assert stopped(ask, mutating, "f", number, x)[0] == "mutates_input"
    assert (x["W"] == 1).all()


def test_a_second_call_must_give_the_same_up_to_round_off():
    state = [1.0]

    def growing(x):
        state[0] *= factor
        return state[0] * x

    factor = 1 + 1e-16
    assert ask(growing, "f", number, 2.0) == 2.0
    factor = 1 + 1e-12
    assert stopped(ask, growing, "f", number, 2.0)[0] == "not_deterministic"


def test_what_is_not_finite_is_told_with_its_path():
    wrong = {"W": X["W"], "b": [np.array([1.0, np.nan])]}
    assert stopped(ask, lambda x: wrong, "grad", like(X, set()), X)[::2] == ("nonfinite", "b.0")


def test_a_number_may_come_in_any_wrapping_but_not_in_company():
    assert [number(v, "f") for v in (2, np.float32(2), [2.0], np.array([[2.0]]))] == 4 * [2.0]
    cause, message, _ = stopped(number, (1.0, X["W"]), "loss")
    assert cause == "shape" and message.endswith("Pass lambda x: loss(x)[0] if the first is meant.")
    assert "[0]" not in stopped(number, np.ones(2), "loss")[1]
    assert stopped(real, np.array([1j]), "f", "W")[::2] == ("shape", "W")


def test_a_result_is_read_in_the_structure_of_the_point():
    read = like(X, set())
    assert read({"b": (np.ones(2),), "W": X["W"]}, "grad").keys() == X.keys()
    assert inner(read({"b": (np.ones(2),), "W": X["W"]}, "grad"), X) == inner(X, X)
    assert stopped(read, {"W": X["W"]}, "grad")[0] == "shape"
    assert stopped(read, {**X, "b": [np.ones((2, 1))]}, "grad")[2] == "b.0"


def test_a_transposed_block_is_turned_and_remembered():
    swapped = set()
    read = like(X, swapped)({**X, "W": X["W"].T}, "grad")
    assert (read["W"] == X["W"]).all() and swapped == {"W"}


def test_the_coarsest_number_type_rules():
    assert precision(1.0, {"a": np.ones(2), "b": np.float32(1)}) == np.finfo(np.float32).eps
    assert precision([]) == 0.0
