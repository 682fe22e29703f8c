"""Rules by solvers: on small sets they are what they say."""

import numpy as np
import pytest

from dlhw import gradient_test
from dlhw.datasets import draw
from dlhw.pages.training.linear_rules import (
    accuracy,
    column,
    from_column,
    gradient_flow,
    least_loss,
    misses_and_gradient,
    most_hits,
)
from dlhw.training import softmax_regression, train

X, C, _ = draw("peaks", 500, rng=0)
ZERO = {"W": np.zeros((5, 2)), "b": np.zeros((5, 1))}


def test_a_column_holds_all_parameters():
    params = {"W": np.arange(10.0).reshape(5, 2), "b": np.arange(5.0).reshape(5, 1)}
    again = from_column(column(params), 5)
    assert all(np.array_equal(params[name], again[name]) for name in params)


def test_at_the_least_loss_the_gradient_is_zero():
    gradient = softmax_regression.gradient(least_loss(X, C), X, C)
    assert abs(column(gradient)).max() < 1e-3


def test_the_gradient_of_the_misses_is_right():
    w = np.random.default_rng(1).standard_normal(15)
    report = gradient_test(
        lambda w: misses_and_gradient(w, X, C)[0], lambda w: misses_and_gradient(w, X, C)[1], w
    )
    assert report.passed, report


def test_most_hits_are_more_than_those_of_the_least_loss():
    lowest = least_loss(X, C)
    assert accuracy(most_hits(X, C, lowest, size=250), X, C) > accuracy(lowest, X, C)


def test_short_steps_stay_near_the_flow():
    flow = gradient_flow(X, C, np.array([0.5, 2.0]))
    for k, epochs in enumerate((50, 200)):
        walked = train(softmax_regression, ZERO, (X, C), epochs=epochs, lr=0.01, batch=None).params
        assert column(walked) == pytest.approx(
            column({name: flow[name][k] for name in flow}), abs=0.01
        )
