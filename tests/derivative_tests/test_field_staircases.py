"""Staircases from practice: none is accused, and no wrong gradient passes.

Part of a function is computed in low precision, rounded, or by a solver that stops early. The size
of a step then decides which slope one sees, and the right answer is a pass or "inconclusive".
"""

import numpy as np
import pytest
from scipy.special import expit as sigmoid

from dlhw import gradient_test


def ridge(seed, kind, decay):
    """Least squares inside a number type, a regulariser in float64: f, and its two gradients."""
    rng = np.random.default_rng(seed)
    A, b = rng.normal(size=(12, 5)).astype(kind), rng.normal(size=12).astype(kind)

    def f(w):
        rest = A @ w.astype(kind) - b
        return float(np.mean(rest * rest)) + decay * np.sum(w**2)

    def data_gradient(w):
        exact = A.astype(float)
        return 2 / 12 * exact.T @ (exact @ w - b.astype(float))

    def decay_gradient(w):
        return 2 * decay * w

    return f, data_gradient, decay_gradient, rng.normal(size=5)


INSIDE = {"single": np.float32, "half": np.float16}
DECAYS = (1.0, 0.01, 1e-4)


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("kind", INSIDE)
def test_low_precision_inside_a_sum_accuses_no_right_gradient(kind, decay):
    for seed in range(6):
        f, data, regulariser, w = ridge(seed, INSIDE[kind], decay)
        report = gradient_test(f, data(w) + regulariser(w), w, seed=seed)
        assert report.verdict != "fail", report.message


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("kind", INSIDE)
def test_low_precision_inside_a_sum_lets_no_wrong_gradient_pass(kind, decay):
    for seed in range(6):
        f, data, regulariser, w = ridge(seed, INSIDE[kind], decay)
        assert not gradient_test(f, regulariser, w, seed=seed).passed
        assert not gradient_test(f, 1.5 * (data(w) + regulariser(w)), w, seed=seed).passed


@pytest.mark.parametrize("digits", [3, 5, 8])
def test_rounded_values_accuse_no_right_gradient_and_hide_no_missing_one(digits):
    rng = np.random.default_rng(digits)
    A, w = rng.normal(size=(7, 4)), rng.normal(size=4)

    def f(w):
        return np.sum(np.round(np.tanh(A @ w), digits)) + np.sum(w**2) / 2

    def right(w):
        return A.T @ (1 - np.tanh(A @ w) ** 2) + w

    for seed in range(4):
        report = gradient_test(f, right, w, seed=seed)
        assert report.verdict != "fail", report.message
        assert not gradient_test(f, lambda w: w, w, seed=seed).passed


def logistic(seed, size):
    """The loss -y log h - (1 - y) log(1 - h), for features that were not normalised."""
    rng = np.random.default_rng(seed)
    X, y, w = size * rng.normal(size=(20, 3)), rng.integers(0, 2, 20), rng.normal(size=3)

    def h(w):
        return sigmoid(X @ w)

    def loss(w):
        return -np.mean(np.log(np.where(y == 1, h(w), 1 - h(w))))

    return loss, lambda w: X.T @ (h(w) - y) / 20, w


@pytest.mark.parametrize("size", [1, 4, 6, 8])
def test_rounded_tails_of_a_sigmoid_accuse_no_right_gradient(size):
    tested = 0
    for seed in range(25):
        loss, gradient, w = logistic(seed, size)
        with np.errstate(all="ignore"):
            if np.isfinite(loss(w)):
                report = gradient_test(loss, gradient, w, seed=seed)
                assert report.verdict != "fail", report.message
                tested += 1
    assert tested > 5


def log_of_one_minus_sigmoid(z):
    return -np.sum(np.log(1 - sigmoid(z))), sigmoid(z)


def log_of_one_minus_tanh(z):
    return -np.sum(np.log(1 - np.tanh(z))), 1 + np.tanh(z)


def log1p_of_a_difference(z):
    return np.sum(np.log(np.exp(-z) + 1 - 1)), -np.ones_like(z)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "both, largest",
    [(log_of_one_minus_sigmoid, 20.3), (log_of_one_minus_tanh, 9.7), (log1p_of_a_difference, 21.0)],
)
def test_one_entry_in_a_rounded_tail_accuses_no_right_gradient(both, largest, seed):
    z = np.array([largest, 1.0, 2.0])
    report = gradient_test(lambda z: both(z)[0], lambda z: both(z)[1], z, seed=seed)
    assert report.verdict != "fail", report.message


def cosine(a, x):
    return np.cos(a * x)


def cosine_slopes(a, x):
    return -np.sin(a * x) * x, -np.sin(a * x) * a


def square_root(a, x):
    return (x + (1 + a) / x) / 2


def square_root_slopes(a, x):
    return 1 / (2 * x), (1 - (1 + a) / x**2) / 2


def kepler(a, x):
    return 1 + 0.9 * a * np.sin(x)


def kepler_slopes(a, x):
    return 0.9 * np.sin(x), 0.9 * a * np.cos(x)


SOLVED = {
    "cosine": (cosine, cosine_slopes),
    "Newton": (square_root, square_root_slopes),
    "Kepler": (kepler, kepler_slopes),
}


def solved(step, a, tolerance):
    x = np.ones_like(a)
    for _ in range(500):
        x, before = step(a, x), x
        if np.max(np.abs(x - before)) < tolerance:
            break
    return x


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize("name", SOLVED)
def test_a_solver_that_stops_early_accuses_no_right_gradient(name, tolerance):
    step, slopes = SOLVED[name]

    def f(a):
        return np.sum(solved(step, a, tolerance) ** 2)

    def gradient(a):
        x = solved(step, a, 1e-15)
        by_a, by_x = slopes(a, x)
        return 2 * x * by_a / (1 - by_x)

    for seed in range(4):
        a = 0.8 * np.random.default_rng(11 + seed).random(4)
        report = gradient_test(f, gradient, a, seed=seed)
        assert report.verdict != "fail", report.message
