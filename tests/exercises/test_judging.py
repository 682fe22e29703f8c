"""From an answer to its sentence, for every kind of answer."""

import numpy as np
import pytest

from dlhw.derivative_tests.four_tests import gradient_test
from dlhw.exercises.judging import EMPTY, RIGHT, Part, alike, fingerprint, judge
from dlhw.softmax import softmax

Z = np.random.default_rng(0).normal(size=(3, 5))


def shares(Z):
    """Softmax, by other means."""
    return np.exp(Z) / np.exp(Z).sum(axis=0)


def over_the_samples(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


SHARES = Part(
    "shares",
    {"Sum over the classes.": over_the_samples},
    lambda f: f(Z.copy()),
    lambda: shares(Z),
    refused=("softmax",),
)
CUBE = Part(
    "grad",
    {"The exponent comes down as a factor.": lambda x: x**2},
    lambda grad: grad(np.array([1.0, 2.0])),
    test=lambda grad: gradient_test(lambda x: np.sum(x**3), grad, np.array([1.0, 2.0])),
)


@pytest.mark.parametrize("blank", [None, ..., lambda Z: None, lambda Z: ..., lambda Z: [Z, ...]])
def test_a_blank_is_told(blank):
    assert judge(SHARES, blank) == EMPTY


def test_a_function_not_written_yet_is_told():
    def not_written(Z):
        raise NotImplementedError

    assert judge(SHARES, not_written) == EMPTY


def test_a_right_answer_is_right_however_it_is_written():
    assert judge(SHARES, lambda Z: np.exp(Z - Z.max(axis=0)) / np.exp(Z - Z.max(0)).sum(0)) == RIGHT
    assert judge(CUBE, lambda x: 3 * x * x) == RIGHT


def test_a_known_mistake_has_its_sentence():
    assert judge(SHARES, lambda Z: shares(Z.T).T) == "Sum over the classes."
    assert judge(CUBE, lambda x: x * x) == "The exponent comes down as a factor."


def test_an_unknown_mistake_is_told_by_the_derivative_test():
    assert "wrong sign" in judge(CUBE, lambda x: -3 * x * x)


def test_an_unknown_outcome_is_told_by_its_shape():
    assert judge(SHARES, lambda Z: Z.T) == "not right yet: expected the shape (3, 5), got (5, 3)"
    assert judge(SHARES, lambda Z: Z) == "not right yet: the shape is right, the numbers are others"
    assert judge(SHARES, lambda Z: [Z]) == "not right yet: expected one value, got 0"
    assert judge(SHARES, lambda Z: "P") == "not right yet: expected another value"


def test_an_error_is_told_with_the_line_of_the_reader():
    def broken(Z):
        return Z.no_such_thing

    line = broken.__code__.co_firstlineno + 1
    said = judge(SHARES, broken)
    assert said.startswith(f"it stops with AttributeError, from line {line} of broken")


def test_an_answer_that_ends_the_program_is_not_right():
    assert judge(SHARES, lambda Z: exit()).startswith("it stops with SystemExit")


def test_what_the_package_has_is_refused_also_within():
    assert "the package's own softmax" in judge(SHARES, softmax)
    assert "calls the package's own softmax" in judge(SHARES, lambda Z: 1 * softmax(Z))


def test_a_function_of_that_name_of_the_readers_own_is_not_refused():
    def softmax(Z):
        return shares(Z)

    assert judge(SHARES, softmax) == RIGHT
    assert judge(SHARES, lambda Z: softmax(Z)) == RIGHT


def test_fingerprints_tell_orders_signs_and_sizes_apart():
    a = np.arange(12.0).reshape(3, 4)
    for other in (-a, a + 1e-6, a[::-1], a.reshape(4, 3), a.T.reshape(3, 4), [a], a[0]):
        assert not alike(fingerprint(other), fingerprint(a))
    assert alike(fingerprint(a * (1 + 1e-12)), fingerprint(a))
    assert alike(fingerprint(3), fingerprint(3.0))
    assert not alike(fingerprint("A"), fingerprint("B"))


def test_nan_is_a_value_like_others():
    assert alike(fingerprint(np.array([np.nan])), fingerprint(np.array([np.nan])))
    assert not alike(fingerprint(np.array([np.nan])), fingerprint(np.array([1.0])))


def in_place(Z):
    Z -= Z.max()
    return Z


def in_a_dict(params):
    params["W"] = 2 * params["W"]
    return params


def test_a_right_answer_that_changes_what_it_is_given_is_told_which():
    Z = np.array([[1.0, 2.0]])
    part = Part("shift", {}, lambda shift: shift(Z.copy()), right=lambda: Z - 2)
    assert judge(part, lambda Z: Z - Z.max()) == RIGHT
    assert judge(part, in_place).startswith("not right yet: it changes Z, which it is given")
    double = Part("double", {}, lambda double: double({"W": Z.copy()}), right=lambda: {"W": 2 * Z})
    assert judge(double, in_a_dict).startswith("not right yet: it changes params.W")


def test_a_known_mistake_is_named_even_where_it_changes_what_it_is_given():
    Z = np.array([[1.0, 2.0]])
    wrong = {"That is the maximum of all.": lambda Z: Z - 2}
    part = Part("shift", wrong, lambda shift: shift(Z.copy()), right=lambda: Z - 1)
    assert judge(part, in_place) == "That is the maximum of all."


def test_the_case_that_differs_is_counted_from_one():
    part = Part("halves", {}, right=lambda: [1.0, 2.0])
    assert judge(part, [1.0, 3.0]) == "not right yet: expected another value in case 2"
