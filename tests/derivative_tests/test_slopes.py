"""The slope of a function along a line: right within its error bar, on every kind of function."""

import numpy as np
import pytest

from dlhw.derivative_tests.slopes import (
    STEPS,
    convergence,
    find_kinks,
    measure,
    noise_level,
    resolution,
)

SMOOTH = {
    "exponential": (lambda t: np.exp(2 * t), 2.0),
    "linear": (lambda t: 3 * t + 1, 3.0),
    "linear, large offset": (lambda t: 3 * t + 1e6, 3.0),
    "quadratic, at its minimum": (lambda t: t * t, 0.0),
    "quadratic, at its minimum, with an offset": (lambda t: t * t + 1.3, 0.0),
    "tiny": (lambda t: 1e-9 * np.sin(t), 1e-9),
    "saturating": (lambda t: np.tanh(1000 * t + 0.5), 1000 * (1 - np.tanh(0.5) ** 2)),
    "bends within a millionth": (
        lambda t: np.logaddexp(0, 1e6 * t + 0.3),
        1e6 / (1 + np.exp(-0.3)),
    ),
    "steep, but only within a billionth": (
        lambda t: np.tanh(1e9 * t + 0.5) + np.sin(t),
        1e9 * (1 - np.tanh(0.5) ** 2) + 1,
    ),
    "not finite beyond a radius": (lambda t: np.log(1 + t) if abs(t) < 1e-3 else np.nan, 1.0),
    "once differentiable": (lambda t: t * abs(t) + np.sin(t), 1.0),
    "kink nearby": (lambda t: max(t - 1e-5, 0.0) + np.sin(t), 1.0),
    "kink very near": (lambda t: max(t - 1e-9, 0.0) + np.sin(t), 1.0),
    "computed in float32": (lambda t: float(np.exp(np.float32(2 * t))), 2.0),
    "mean of float32 losses": (
        lambda t: np.mean([float(np.exp(np.float32(t + i / 7))) for i in range(9)]),
        np.mean(np.exp(np.arange(9) / 7)),
    ),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_slope_is_right_within_its_error_bar(name):
    phi, slope = SMOOTH[name]
    line = measure(phi)
    assert abs(line.slope - slope) <= line.error + abs(line.right - line.left)
    assert not line.kinked


@pytest.mark.parametrize(
    "name, bar",
    [
        ("exponential", 1e-10),
        ("linear", 2e-14),
        ("tiny", 1e-19),
        ("kink nearby", 1e-9),
        ("computed in float32", 1e-3),
    ],
)
def test_error_bar_is_small(name, bar):
    assert measure(SMOOTH[name][0]).error < bar


def test_the_two_sides_of_a_kink():
    line = measure(lambda t: abs(t) + np.sin(t))
    assert line.kinked
    assert abs(line.left - 0) <= line.error and abs(line.right - 2) <= line.error < 1e-6


def test_constant_functions_are_flat_and_others_are_not():
    assert measure(lambda t: 2.5).flat
    assert measure(lambda t: np.log(np.exp(t) + np.exp(t + 1)) - t).flat
    assert not measure(lambda t: 1e-9 * t).flat


def test_nothing_finite_gives_nan():
    assert np.isnan(measure(lambda t: 0.0 if t == 0 else np.nan).slope)


@pytest.mark.parametrize("noise", [1e-12, 1e-9, 1e-6])
def test_noise_is_estimated_from_the_function(noise):
    rng = np.random.default_rng(1)
    rise = np.sin([STEPS, -STEPS]) + noise * rng.standard_normal((2, len(STEPS)))
    assert noise / 3 < noise_level(STEPS, rise) < 3 * noise


@pytest.mark.parametrize("slope", [0.5, 1.0, 3.0])
def test_noise_is_seen_at_powers_of_two(slope):
    """Near a million numbers are 1.2e-10 apart.

    At steps that are powers of two so are the values, and none is rounded.
    """
    assert 1e-11 < measure(lambda t: (slope * t + 1e6) - 1e6).noise < 1e-10


def test_resolution_tells_single_from_double():
    rng = np.random.default_rng(2)
    values = rng.standard_normal(50)
    assert resolution(values) < 1e-15
    assert resolution(values.astype(np.float32).astype(float)) > 1e-8


def test_convergence_ratios_of_a_right_and_a_wrong_slope():
    settings = {"top": 0.01, "floor": 1e-16, "rows": 8}
    right = convergence(np.expm1, predicted=1.0, **settings)
    wrong = convergence(np.expm1, predicted=1.1, **settings)
    assert right[:-1, 1:] / right[1:, 1:] == pytest.approx(np.tile([2, 4], (7, 1)), rel=0.01)
    assert wrong[-2, 2] / wrong[-1, 2] == pytest.approx(2, rel=0.01)


def test_kinks_are_found_where_they_are():
    def phi(t):
        return abs(t - 0.3) + abs(t + 0.7) + np.exp(t)

    assert find_kinks(phi, top=1.0, noise=1e-16) == pytest.approx([-0.7, 0.3], abs=0.02)
    assert len(find_kinks(lambda t: np.tanh(5 * t), top=1.0, noise=1e-16)) == 0
