"""Units, edges and bends from practice: no right gradient is accused where slopes are hard to take.

Entries of one array may differ by many powers of ten, the domain of the function may end close to
x, the function may be steep or bent there, and the gradient itself may be known to few digits.
"""

import math

import numpy as np
import pytest

from dlhw import gradient_test


def assert_blames_no_noise(report):
    """Nothing was computed in low precision here, and no offset is large."""
    assert "noisy" not in report.message and "float64" not in report.message


def cosines(x):
    return 2 * np.prod(np.cos(x)), -2 * np.prod(np.cos(x)) * np.tan(x)


def squares(x):
    return np.sum((x - 1) ** 2), 2 * (x - 1)


def resonance(x):
    return np.log(1 + np.sum(x) ** 2), 2 * np.sum(x) / (1 + np.sum(x) ** 2) * np.ones_like(x)


IN_UNITS = [
    (both, np.array(units))
    for both in (cosines, squares, resonance)
    for units in ([1e5, 1e-12], [1e6, 1e-6], [1e-3, 1.0, 1e12, 1e-9])
]


@pytest.mark.parametrize("both, units", IN_UNITS)
def test_units_in_one_array_neither_accuse_nor_hide(both, units):
    x = units * np.array([0.7, 0.4, -0.6, 1.3])[: len(units)]

    def f(x):
        return both(x / units)[0]

    def right(x):
        return both(x / units)[1] / units

    for seed in range(6):
        report = gradient_test(f, right, x, seed=seed)
        assert report.verdict != "fail", report.message
        assert not gradient_test(f, lambda x: 1.5 * right(x), x, seed=seed).passed


def exponentials(x):
    return np.sum(np.exp(x))


def steep_cosh(x):
    return np.sum(np.cosh(x))


def tenth_powers(x):
    return np.sum(x**10)


STEEP = {
    "exp": (exponentials, np.exp, [700.0, 1.0]),
    "cosh": (steep_cosh, np.sinh, [-600.0, 0.5, 2.0]),
    "power": (tenth_powers, lambda x: 10 * x**9, [1e25, 3.0]),
}


@pytest.mark.parametrize("name", STEEP)
def test_one_huge_entry_hides_no_factor(name):
    f, right, x = STEEP[name]
    for seed in range(6):
        report = gradient_test(f, lambda x: 1.5 * right(x), np.array(x), seed=seed)
        assert not report.passed
        assert "All slopes are zero" not in report.message


def log_determinant(M):
    return 2 * np.sum(np.log(np.diag(np.linalg.cholesky(M))))


def inverse(M):
    return np.linalg.inv(M).T


def entropy(p):
    return -np.sum(p * np.log(p))


def logarithms(x):
    return np.sum(np.log(x))


def reciprocals(x):
    return 1 / x


def roots(x):
    return np.sum(np.sqrt(x))


def logarithms_that_raise(x):
    return sum(math.log(v) for v in x)


def relative_entropy(p):
    return np.sum(p * np.log(p / (1 - p)))


NEAR_AN_EDGE = {
    "log": (logarithms, reciprocals, [1e-13, 1.0, 2.0]),
    "log, 1e-10": (logarithms, reciprocals, [1e-10, 1.0, 2.0]),
    "log, 1e-30": (logarithms, reciprocals, [1e-30, 1.0, 2.0]),
    "log that raises": (logarithms_that_raise, reciprocals, [1e-13, 1.0, 2.0]),
    "log det": (log_determinant, inverse, np.diag([1e-13, 1.0, 1.0])),
    "entropy": (entropy, lambda p: -np.log(p) - 1, [1 - 2e-13, 1e-13, 1e-13]),
    "root": (roots, lambda x: 0.5 / np.sqrt(x), [1e-13, 0.5, 3.0]),
    "log odds": (
        relative_entropy,
        lambda p: np.log(p / (1 - p)) + 1 / (1 - p),
        [1e-12, 0.2, 0.7],
    ),
}


@pytest.mark.parametrize("name", NEAR_AN_EDGE)
def test_an_entry_near_the_edge_of_the_domain_is_moved_by_its_own_size(name):
    f, gradient, x = NEAR_AN_EDGE[name]
    report = gradient_test(f, gradient, np.array(x))
    assert (report.verdict, report.culprit) == ("pass", None), report.message


@pytest.mark.parametrize("distance", [1e-13, 1e-12, 1e-9])
def test_an_edge_that_is_not_at_zero_accuses_no_right_gradient(distance):
    x = np.array([1 - distance, 0.3])
    report = gradient_test(lambda x: np.sum(np.arccos(x)), lambda x: -1 / np.sqrt(1 - x * x), x)
    assert report.verdict != "fail", report.message
    assert report.culprit is None and "not finite" not in report.message


@pytest.mark.parametrize("power", [1.5, 2.5, 1.25])
def test_on_the_edge_itself_nothing_is_decided(power):
    x = np.array([0.0, 1.0, 2.0])
    report = gradient_test(lambda x: np.sum(x**power), lambda x: power * x ** (power - 1), x)
    assert (report.verdict, report.culprit) == ("inconclusive", None)


def bent_power(power):
    def f(x):
        return np.sum(np.abs(x) ** power)

    def gradient(x):
        size = np.where(x == 0, 1.0, np.abs(x))
        return power * np.sign(x) * size ** (power - 1)

    return f, gradient


@pytest.mark.parametrize("power", [1.1, 1.05, 0.5, 0.7])
def test_a_sharp_bend_is_not_said_to_be_noise_and_a_tangent_is_not_said_to_be_missing(power):
    f, gradient = bent_power(power)
    report = gradient_test(f, gradient, np.array([0.0, 1.0, 2.0]))
    assert report.verdict == "inconclusive"
    assert_blames_no_noise(report)
    if power > 1:
        assert "no gradient is right" not in report.message


@pytest.mark.parametrize("entry", [1e-10, 1e-13, 1e-20])
def test_a_steep_function_is_not_said_to_be_noisy(entry):
    x = np.array([entry, 1.0, 2.0])
    report = gradient_test(lambda x: np.sum(np.log(x)), lambda x: 1 / x, x)
    assert report.verdict != "fail"
    assert_blames_no_noise(report)


def hilbert(n):
    return 1 / (np.arange(n)[:, None] + np.arange(n) + 1)


def vandermonde(n):
    return np.vander(np.linspace(0.5, 1, n))


SEVEN_DIGITS = 7
"""Up to this size of both matrices the gradient is right to seven digits (found by fractions)."""


@pytest.mark.parametrize("matrix", [hilbert, vandermonde])
@pytest.mark.parametrize("n", [5, 6, 7, 8, 9])
def test_round_off_of_the_gradient_itself_is_no_mistake(matrix, n):
    M = matrix(n)

    def f(x):
        return np.sum(np.linalg.solve(M, x) ** 2)

    def gradient(x):
        return 2 * np.linalg.solve(M.T, np.linalg.solve(M, x))

    for seed in range(6):
        x = np.random.default_rng(seed).normal(size=n)
        report = gradient_test(f, gradient, x, seed=seed)
        assert report.verdict != "fail", report.message
        assert report.passed or n > SEVEN_DIGITS, report.message
