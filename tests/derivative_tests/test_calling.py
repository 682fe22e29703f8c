"""A reader's function works on copies; what is wrong with it gets a name, a sentence, a place."""

import re
from functools import partial

import numpy as np
import pytest

from dlhw.arrays import inner
from dlhw.derivative_tests.calling import Stop, as_point, ask, call, like, number, precision, real

X = {"W": np.arange(6.0).reshape(2, 3), "b": [np.ones(2)]}


def stopped(function, *arguments):
    """Return the cause, the sentence and the culprit that end a test."""
    with pytest.raises(Stop) as stop:
        function(*arguments)
    assert str(stop.value) == stop.value.message
    return stop.value.cause, stop.value.message, stop.value.culprit


def test_a_point_is_a_copy_in_floats_of_the_precision_that_was_given():
    x = {"whole": np.array([1, 2]), "single": np.ones(3, np.float32)}
    point = as_point(x)
    assert [point[name].dtype for name in x] == [np.float64, np.float32]
    point["single"][:] = 7
    assert (x["single"] == 1).all()


REFUSED = [
    (1j, "to hold real numbers, got complex128"),
    ("text", "to hold real numbers, got <U4"),
    (True, "to hold real numbers, got bool"),
    (np.nan, "to be finite"),
    (np.array([0.0, np.inf]), "to be finite"),
    (None, "to hold numbers, got None: pass its parameters"),
    (np.sin, "to hold numbers, got a function: x comes last"),
    (max, "to hold numbers, got a function: x comes last"),
]


@pytest.mark.parametrize("bad, words", REFUSED)
def test_a_point_that_cannot_be_tested_is_refused_and_its_part_is_named(bad, words):
    with pytest.raises(ValueError, match=rf'^expected x\["b\.0"\] {words}'):
        as_point({"W": 1.0, "b": [bad]})
    with pytest.raises(ValueError, match=f"^expected x {words}"):
        as_point(bad)


class Tensor:
    """As much of a tensor of PyTorch as is used."""

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return np.arange(3.0)


def test_tensors_are_read_as_arrays():
    assert as_point({"W": Tensor()})["W"].tolist() == [0, 1, 2]
    assert real(Tensor(), "f").tolist() == [0, 1, 2]


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
    message = stopped(call, lambda x: 1 / 0, "f", number, 1.0)[1]
    assert re.search(r"in line \d+: division by zero$", message)
    assert stopped(call, int, "f", number, "x")[1].startswith("f raised ValueError: invalid")
    with pytest.raises(KeyboardInterrupt):
        call(interrupted, "f", number, 1.0)


def test_of_an_error_in_a_package_the_readers_own_line_is_told():
    def outer(x):
        return inverted(np.zeros((2, 2)))

    def inverted(a):
        return np.linalg.inv(a)

    line = inverted.__code__.co_firstlineno + 1
    message = stopped(call, outer, "f", number, 1.0)[1]
    assert message == f"f raised LinAlgError in line {line} of inverted: Singular matrix"


def test_an_error_without_a_text_has_no_message():
    class Unspeakable(Exception):
        def __str__(self):
            raise RuntimeError

    def unspeakable(x):
        raise Unspeakable

    assert stopped(call, unspeakable, "f", number, 1.0)[1].endswith("unspeakable: no message")


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


@pytest.mark.parametrize("changed", [0, 1])
def test_each_argument_must_be_left_as_it_is(changed):
    def jvp(*arguments):
        arguments[changed][:] = 7
        return np.ones(2)

    assert stopped(ask, jvp, "jvp", real, np.ones(2), np.ones(2))[0] == "mutates_input"


def test_what_is_added_to_a_dict_does_no_harm_and_what_is_taken_from_it_does():
    def caching(x):
        x["Z"] = 2 * x["W"]
        return np.sum(x["Z"])

    def popping(x):
        return np.sum(x.pop("W"))

    assert ask(caching, "f", number, {"W": np.ones(2)}) == 4.0
    assert stopped(ask, popping, "f", number, {"W": np.ones(2)})[0] == "mutates_input"


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("kind, same, other", [(float, 1e-15, 1e-13), (np.float32, 1e-6, 1e-4)])
def test_a_second_call_must_give_the_same_up_to_round_off(kind, same, other, size):
    def growing(x):
        nonlocal state
        state *= factor
        return np.array([kind(size * state), kind(0)])

    state, factor = 1.0, 1 + same
    assert ask(growing, "f", real, 2.0)[0] == pytest.approx(size, rel=1e-5)
    state, factor = 1.0, 1 + other
    assert stopped(ask, growing, "f", real, 2.0)[0] == "not_deterministic"


def test_a_result_must_not_depend_on_where_f_was_called_last():
    def move():
        nonlocal last
        last += 1

    last = 0.0
    careful = partial(ask, between=move)
    cause, message, _ = stopped(careful, lambda x: last * x, "grad", number, 2.0)
    assert cause == "stale" and message.startswith("grad depends on where f was called last")
    assert careful(lambda x: 3 * x, "grad", number, 2.0) == 6.0 and last == 2


def test_what_is_not_finite_is_told_with_its_path():
    wrong = {"W": X["W"], "b": [np.array([1.0, np.nan])]}
    assert stopped(ask, lambda x: wrong, "grad", like(X, set()), X)[::2] == ("nonfinite", "b.0")


def test_a_number_may_come_in_any_wrapping_but_not_in_company():
    assert [number(v, "f") for v in (2, np.float32(2), [2.0], np.array([[2.0]]))] == 4 * [2.0]
    cause, message, _ = stopped(number, (1.0, X["W"]), "loss")
    assert cause == "shape" and message.endswith("Pass lambda x: loss(x)[0] if the first is meant.")
    assert "[0]" not in stopped(number, np.ones(2), "loss")[1]
    for unreal in (np.array([1j]), [2.0, [4.0, 6.0]], "text", [None], [10**400]):
        assert stopped(real, unreal, "f", "W")[::2] == ("shape", "W")


def test_a_result_is_read_in_the_structure_of_the_point():
    read = like(X, set())
    assert read({"b": (np.ones(2),), "W": X["W"]}, "grad").keys() == X.keys()
    assert inner(read({"b": (np.ones(2),), "W": X["W"]}, "grad"), X) == inner(X, X)
    assert stopped(read, {"W": X["W"]}, "grad")[0] == "shape"
    assert stopped(read, {**X, "b": [np.ones((2, 1))]}, "grad")[2] == "b.0"
    assert isinstance(like(X["W"], set())(X["W"].tolist(), "grad"), np.ndarray)
    stacked = like([np.ones(2), np.ones(2)], set())(np.ones((2, 2)), "grad")
    assert isinstance(stacked, list) and len(stacked) == 2


@pytest.mark.parametrize("name, words", [("grad", "x: grad(x)[1]"), ("jvp", "x, v: jvp(x, v)[1]")])
def test_of_a_pair_the_second_may_be_meant(name, words):
    for x in (X, np.ones(3)):
        read = like(x, set())
        assert f"Pass lambda {words} if" in stopped(read, (1.0, x), name)[1]
        assert "Pass" not in stopped(read, (1.0, x, x), name)[1]


def test_a_transposed_block_is_turned_and_remembered():
    swapped = set()
    read = like(X, swapped)({**X, "W": X["W"].T}, "grad")
    assert (read["W"] == X["W"]).all() and swapped == {"W"}
    cube = np.ones((2, 3, 4))
    assert stopped(like(cube, swapped), cube.T, "grad")[0] == "shape"


def test_the_coarsest_number_type_rules():
    assert precision(1.0, {"a": np.ones(2), "b": np.float32(1)}) == np.finfo(np.float32).eps
    assert precision([]) == 0.0
