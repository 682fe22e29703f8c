"""What is said of bodies that stand beside each other."""

import numpy as np
import pytest

from dlhw.exercises.bodies import (
    NOT_THERE,
    NOT_WRITTEN,
    RETURNS_NOTHING,
    attempted,
    body,
    found,
    numbers,
    sentences,
    what_is_right,
)
from dlhw.exercises.judging import RIGHT, known_outcomes

POINT = np.array([1.0, 2.0, 4.0])


def of_point(function):
    return function(POINT)


def double(x):
    return 2 * x


def square(x):
    return x * x


def fourth(x):
    return square(square(x))


PARTS = (
    body("square", square, of_point, {"That is the double.": double}),
    body("fourth", fourth, of_point, {"That is the square.": square}),
)
KNOWN = {part.name: known_outcomes(part) for part in PARTS}


def said(**namespace):
    return sentences(PARTS, namespace, KNOWN)


def blank(x):
    """A body as the starter has it."""
    raise NotImplementedError


def test_bodies_are_judged_by_known_outcomes_alone():
    assert said(square=square, fourth=fourth) == {"square": RIGHT, "fourth": RIGHT}
    assert said(square=double, fourth=square)["square"] == "That is the double."


def test_blanks_are_told_from_bodies_that_return_nothing():
    assert said(square=blank, fourth=lambda x: None) == {
        "square": NOT_WRITTEN,
        "fourth": RETURNS_NOTHING,
    }
    assert set(said().values()) == {NOT_THERE}


@pytest.mark.parametrize("first", [blank, double, lambda x: None, lambda x: x + "a"])
def test_a_body_that_calls_one_that_is_not_right_waits_for_it(first):
    def second(x):
        return first(first(x))

    found = said(square=first, fourth=second)
    assert found["fourth"] == "needs square first"
    assert found["square"] not in (RIGHT, "needs square first")


def test_a_body_that_calls_no_other_is_judged_for_itself():
    assert said(square=blank, fourth=lambda x: x**4)["fourth"] == RIGHT
    assert said(square=blank, fourth=square)["fourth"] == "That is the square."
    assert "the numbers are others" in said(square=blank, fourth=lambda x: x**3)["fourth"]


def test_the_last_line_counts_what_is_right():
    lines = what_is_right(PARTS, {"square": square, "fourth": blank}, KNOWN).splitlines()
    assert lines == ["square: right", f"fourth: {NOT_WRITTEN}", "", "1 of 2 are right."]


def test_methods_are_found_by_class_and_name():
    class Layer:
        def forward(self):
            return 1

    assert found("Layer.forward", {"Layer": Layer}) is Layer.forward
    assert found("Layer.vjp", {"Layer": Layer}) is found("Other.vjp", {}) is None


def test_numbers_have_no_pattern():
    A, B = numbers(3, 4), numbers(3, 4, 50)
    assert A.shape == (3, 4) and np.abs(A).max() <= 1
    assert np.linalg.matrix_rank(np.vstack([A, B[:1]])) == 4
    assert len(set(np.abs([*A.flat, *B.flat]).round(6))) == 24


def test_what_stops_is_an_outcome():
    assert attempted(double, 3) == 6
    assert attempted(double, None) == "stops with TypeError"
