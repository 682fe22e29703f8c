"""The runs of chapter 3: paths that are one, and paths that are not."""

import numpy as np
import pytest

from dlhw.optimizers import momentum, nesterov
from dlhw.pages.training.descent_runs import (
    SAME,
    conventions,
    largest_difference,
    reset_momentum,
    two_rules_with_noise,
)

RATES, MUS = np.full(100, 0.05), np.full(100, 0.9)


def pytorch(gradient, w, buf, lr, mu, ahead=False):
    g = gradient(w)
    buf = mu * buf + g
    return w - lr * (g + mu * buf if ahead else buf), buf


def test_a_rule_does_not_come_apart_from_itself():
    assert largest_difference(nesterov, nesterov, RATES, MUS) == 0
    assert largest_difference(momentum, nesterov, RATES, MUS) > SAME


def test_another_program_is_compared_where_our_gradient_is_taken():
    def ahead(*step):
        return pytorch(*step, ahead=True)

    assert largest_difference(nesterov, ahead, RATES, MUS, at_gradient=True) < SAME
    assert largest_difference(nesterov, ahead, RATES, MUS) > SAME


def test_the_table_of_conventions_refuses_another_program():
    assert conventions(pytorch).markdown.count("\n") == 8
    with pytest.raises(AssertionError, match="momentum, constant rate"):
        conventions(lambda gradient, w, v, lr, mu, ahead=False: (w - lr * gradient(w), v))


def test_a_reset_after_every_step_is_plain_descent():
    x = np.arange(1.0, 5.0).reshape(1, 4)
    start = {"W": np.zeros((1, 1)), "b": np.zeros((1, 1))}
    params = start
    for _ in range(5):
        residual = params["W"] * x + params["b"] - x
        gradient = {"W": 2 * residual @ x.T / 4, "b": 2 * residual.mean(keepdims=True)}
        params = {name: p - 0.01 * gradient[name] for name, p in params.items()}
    found = reset_momentum((x, x), start, lr=0.01, steps=1, epochs=5)
    assert np.allclose(found["W"], params["W"]) and np.allclose(found["b"], params["b"])


def test_noise_parts_the_rules_and_the_wrong_solution_is_refused():
    C = np.random.default_rng(0).standard_normal((3, 1, 49))
    X, mean = np.zeros_like(C), C.mean(axis=-1)[:, 0]
    table = two_rules_with_noise((X, C), np.stack([0 * mean, mean]), lr=0.01, steps=200)
    assert table.markdown.count("\n") == 4
    with pytest.raises(AssertionError):
        two_rules_with_noise((X, C), np.stack([0 * mean, mean + 1]), lr=0.01, steps=5)
