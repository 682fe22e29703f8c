"""The original's line: the closed form arrives where the rules arrive, step by step."""

import numpy as np
import pytest

from dlhw import optimizers
from dlhw.pages.original.line_fit import LR, NOISE, TRIALS, arrivals, facts, fit, target


@pytest.mark.parametrize("rule", ["SGD", "momentum", "Nesterov"])
def test_the_closed_form_is_the_run(rule):
    fitted = fit(np.random.default_rng(0), steps=100)
    rng = np.random.default_rng(0)
    rng.standard_normal(fitted.targets.shape)  # the noise is drawn before the start
    w = rng.random((2, TRIALS))
    v = np.zeros_like(w)

    def gradient(w):
        return 2 / 49 * fitted.A @ (fitted.A.T @ w - fitted.targets.T)

    for _ in range(100):
        w, v = getattr(optimizers, rule.lower())(gradient, w, v, LR)
    np.testing.assert_allclose(fitted.ends[rule], w, rtol=1e-9)


@pytest.fixture(scope="module")
def fitted():
    return fit(np.random.default_rng(0))


def test_momentum_arrives_and_plain_descent_does_not(fitted):
    assert np.all(fitted.distance("momentum") < -6) and np.all(fitted.distance("SGD") > -6)
    assert [line.split(" |")[0] for line in str(arrivals(fitted)).splitlines()[2:]] == [
        "| SGD",
        "| momentum",
        "| Nesterov",
    ]


def test_nothing_beats_least_squares(fitted):
    nearby = fitted.solution + np.array([[1e-3], [0.0]])
    assert np.all(fitted.squares(nearby) > fitted.squares(fitted.solution))


def test_noise_is_measured_in_its_own_deviations(fitted):
    lines = {"a_momentum": fitted.solution[0], "b_momentum": fitted.solution[1]}
    found = facts(fitted, lines)
    noise = fitted.solution - np.array([[1.0], [0.0]])
    assert found["away"] == pytest.approx(np.sum((fitted.A.T @ noise) ** 2) / NOISE**2)
    assert found["freedom"] == 2 * TRIALS
    assert found["arrived"] and not found["one_is_lower"]
    assert target(fitted).startswith("least squares: ")
