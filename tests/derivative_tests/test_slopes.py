"""The slope of a function along a line: right within its error bar, on every kind of function."""

import numpy as np
import pytest

from dlhw.derivative_tests.slopes import (
    EPSILON,
    FEWEST,
    NEAR_AN_EDGE,
    RATIO,
    SAFE,
    STEPS,
    convergence,
    halved,
    limit,
    measure,
    noise_level,
    norm,
)


def finite_within(radius, phi):
    """Return phi, which is NaN beyond a radius."""
    return lambda t: phi(t) if abs(t) < radius else np.nan


def mean_of_singles(t):
    return np.mean([float(np.exp(np.float32(t + i / 7))) for i in range(9)])


UNIT = 1 - np.tanh(0.5) ** 2
SMOOTH = {
    "exponential": (lambda t: np.exp(2 * t), 2.0),
    "linear": (lambda t: 3 * t + 1, 3.0),
    "linear, large offset": (lambda t: 3 * t + 1e6, 3.0),
    "at its minimum": (lambda t: t * t, 0.0),
    "at its minimum, with an offset": (lambda t: t * t + 1.3, 0.0),
    "tiny": (lambda t: 1e-9 * np.sin(t), 1e-9),
    "saturating": (lambda t: np.tanh(1000 * t + 0.5), 1000 * UNIT),
    "bends in a millionth": (lambda t: np.logaddexp(0, 1e6 * t + 0.3), 1e6 / (1 + np.exp(-0.3))),
    "steep in a billionth": (lambda t: np.tanh(1e9 * t + 0.5) + np.sin(t), 1e9 * UNIT + 1),
    "finite within a thousandth": (finite_within(1e-3, np.log1p), 1.0),
    "finite nearly nowhere": (finite_within(1e-12, lambda t: 1 + t), 1.0),
    "finite on one side": (lambda t: 1 + t if t > -1e-12 else np.nan, 1.0),
    "near the edge of its domain": (lambda t: np.sqrt(max(1e-8 + t, 0.0)), 5e3),
    "once differentiable": (lambda t: t * abs(t) + np.sin(t), 1.0),
    "kink nearby": (lambda t: max(t - 1e-5, 0.0) + np.sin(t), 1.0),
    "kink very near": (lambda t: max(t - 1e-9, 0.0) + np.sin(t), 1.0),
    "kinks on both sides": (lambda t: max(abs(t) - 1e-5, 0.0) + np.sin(t), 1.0),
    "computed in float32": (lambda t: float(np.exp(np.float32(2 * t))), 2.0),
    "mean of float32 losses": (mean_of_singles, np.mean(np.exp(np.arange(9) / 7))),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_slope_is_right_within_its_error_bar(name):
    phi, slope = SMOOTH[name]
    line = measure(phi)
    assert abs(line.slope - slope) <= line.error
    assert not (line.kinked or line.flat or line.unresolved)


@pytest.mark.parametrize(
    "name, bar",
    [
        ("exponential", 1e-10),
        ("linear", 2e-14),
        ("linear, large offset", 5e-8),
        ("tiny", 1e-23),
        ("finite within a thousandth", 1e-10),
        ("finite nearly nowhere", 0.2),
        ("kink nearby", 1e-14),
        ("kinks on both sides", 1e-14),
        ("computed in float32", 1e-3),
    ],
)
def test_error_bar_is_small(name, bar):
    assert measure(SMOOTH[name][0]).error < bar


@pytest.mark.parametrize("gap", [2.0, -1e-3, 1e-7])
def test_the_gap_between_the_two_sides_of_a_kink(gap):
    line = measure(lambda t: gap * abs(t) / 2 + np.exp(t))
    assert line.kinked
    assert abs(line.gap - gap) <= line.gap_error < 1e-5
    assert abs(line.slope - 1) <= line.error < 1e-6


def test_a_gap_counts_beyond_eight_of_its_bars():
    line = measure(np.exp)
    for bars, kinked in ((9, True), (-9, True), (7, False)):
        assert line._replace(gap=bars * line.gap_error).kinked is kinked


def test_constant_functions_are_flat_and_others_are_not():
    assert measure(lambda t: 2.5).flat
    assert measure(lambda t: np.log(np.exp(t) + np.exp(t + 1)) - t).flat
    assert not measure(lambda t: 1e-9 * t).flat
    assert not measure(lambda t: 1 + 1e-12 * t).flat


@pytest.mark.parametrize(
    "radius, phi", [(1e-15, lambda t: 0.0), (1e-15, lambda t: 1 + t), (1e-21, lambda t: t)]
)
def test_too_little_that_is_finite_gives_nan(radius, phi):
    line = measure(finite_within(radius, phi))
    assert np.isnan(line.slope) and line.unresolved and not line.kinked


def test_three_steps_are_enough_where_there_are_no_more():
    line = measure(finite_within(1.1 * NEAR_AN_EDGE[-3], lambda t: 2 * t))
    assert len(line.steps) == 3 and line.slope == pytest.approx(2)


def test_smaller_steps_are_added_only_where_there_are_too_few():
    for few, steps in ((FEWEST, FEWEST), (FEWEST - 1, FEWEST - 1 + len(NEAR_AN_EDGE))):
        line = measure(finite_within(1.1 * STEPS[-few], lambda t: 1 + t))
        assert len(line.steps) == steps


def test_steps_beyond_a_hole_are_left_out():
    line = measure(lambda t: np.nan if 1e-3 < t < 1e-2 else t)
    assert line.steps.max() < 1e-3 and line.slope == pytest.approx(1)


def test_near_the_edge_of_a_domain_the_steps_are_smaller():
    steps = measure(finite_within(1e-12, lambda t: 1 + t)).steps
    assert len(steps) >= 6 and steps.min() < STEPS[-1]
    assert measure(np.exp).steps.tolist() == STEPS.tolist()


def test_the_rise_is_that_on_both_sides():
    line = measure(lambda t: np.exp(t) + 4)
    assert line.rise == pytest.approx(np.expm1([STEPS, -STEPS]), abs=1e-14)


@pytest.mark.parametrize("speed", [1e17, 1e30])
def test_what_is_faster_than_any_step_is_unresolved(speed):
    assert measure(lambda t: np.sin(speed * t)).unresolved


@pytest.mark.parametrize("speed", [1e17, 3e17, 1e18, 1e30])
def test_what_changes_by_round_off_alone_is_resolved(speed):
    assert not measure(lambda t: 1 + 4e-15 * np.sin(speed * t)).unresolved


@pytest.mark.parametrize("noise", [1e-12, 1e-9, 1e-6])
def test_noise_is_estimated_from_the_function(noise):
    draws = np.random.default_rng(1).standard_normal((50, 2, len(STEPS)))
    levels = [noise_level(np.sin([STEPS, -STEPS]) + noise * draw) for draw in draws]
    assert np.median(levels) == pytest.approx(noise, rel=0.5)


@pytest.mark.parametrize("slope", [0.5, 1.0, 3.0])
def test_the_bar_has_the_round_off_that_is_none_at_powers_of_two(slope):
    """Near a million numbers are 1.2e-10 apart, and so are the values at such steps: exact."""
    line = measure(lambda t: (slope * t + 1e6) - 1e6)
    assert abs(line.slope - slope) <= line.error
    assert 1e-10 < line.error < 1e-7


def test_noise_and_bar_grow_with_the_precision_and_with_what_f_depends_on():
    single = float(np.finfo(np.float32).eps)
    for settings in ({"epsilon": single}, {"growth": 1e9}):
        line = measure(lambda t: t + 1, **settings)
        assert line.noise > 1e-8 and line.error > 1e-7
    assert measure(lambda t: t + 1).noise < 1e-15
    assert measure(lambda t: t + 1e-9 * np.cos(1e15 * t)).noise > 1e-10


@pytest.mark.parametrize("tread", [1e-3, 1e-5, 1e-7])
@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_a_staircase_has_treads_and_a_slope_across_many(tread, shift):
    line = measure(lambda t: 3 * t + tread * np.round(t / tread + shift))
    assert abs(line.slope - 4) <= line.error < 0.1
    assert [(round(s.value, 9), s.error < 1e-9) for s in line.treads] == [(3.0, True)]
    assert not line.kinked


def test_staircases_of_three_sizes_have_three_kinds_of_treads():
    line = measure(lambda t: 3 * t + np.round(t, 10) + np.round(t, 6) + np.round(t, 2))
    assert [round(s.value, 2) for s in line.treads] == [3.0, 4.0, 5.0]
    assert abs(line.slope - 6) <= line.error < 1


@pytest.mark.parametrize("bend", [1, 30, 1000])
@pytest.mark.parametrize("tread, offset", [(1e-3, 0), (1e-5, 1), (1e-10, 1), (1e-8, 1e3)])
def test_a_staircase_may_bend(bend, tread, offset):
    line = measure(lambda t: offset + 3 * t + bend * t**2 + tread * np.round(t / tread + 0.3))
    assert abs(line.slope - 4) <= line.error < 0.1
    assert [s.value for s in line.treads] == pytest.approx([3.0], abs=0.01)


@pytest.mark.parametrize("size", [1e-3, 1e-6])
def test_jumps_alike_on_both_sides_are_jumps(size):
    line = measure(lambda t: 3 * t + size * (abs(t) > 10 * size))
    assert [s.value for s in line.treads] == pytest.approx([3.0])
    assert abs(line.slope - 3) <= line.error and line.error > size


@pytest.mark.parametrize("name", ["exponential", "saturating", "linear"])
def test_what_is_smooth_is_not_looked_at_any_closer(name):
    calls = []
    measure(lambda t: calls.append(t) or SMOOTH[name][0](t))
    assert len(calls) == 1 + 2 * len(STEPS)


@pytest.mark.parametrize("value", [3e-4, 0.0])
def test_level_treads_are_no_slope(value):
    line = measure(lambda t: np.round(t + value + 3e-6, 5))
    assert line.treads == () and abs(line.slope - 1) <= line.error < 1e-2


def test_what_bends_has_no_treads():
    for name in ("saturating", "kink nearby", "kinks on both sides", "once differentiable"):
        assert measure(SMOOTH[name][0]).treads == ()


def test_a_jump_that_is_known_is_in_the_bar():
    line = measure(np.sin, jump=1e-4)
    assert [s.value for s in line.treads] == pytest.approx([1.0])
    assert abs(line.slope - 1) <= line.error and 1e-4 < line.error < 0.1


def test_the_secant_is_the_change_over_a_step_of_a_64th():
    assert measure(lambda t: t + 1e4 * t * t).secant == pytest.approx(1 + 1e4 * STEPS[2])
    assert STEPS[2] < 1 / 64 < STEPS[1]
    assert measure(lambda t: np.tanh(1e3 * t)).secant == pytest.approx(1 / STEPS[2])
    assert measure(lambda t: 0.0).secant == 0.0


def plateaus(small, large):
    """Return slopes that are `large` for large steps and `small` for the smallest six."""
    return np.append(np.full(9, large), np.full(6, small))


def test_a_plateau_of_larger_steps_is_contradicted_by_smaller_ones_that_are_known():
    known, blurred = 1e-16 / STEPS, 1e-2 * np.ones(15)
    assert limit(plateaus(1.0, 2.0), known, RATIO**2).value == pytest.approx(1.0)
    assert limit(plateaus(1.99, 2.0), blurred, RATIO**2).value == pytest.approx(2.0, abs=0.01)


def test_a_limit_is_doubted_where_larger_steps_agree_better_on_something_else():
    slopes = plateaus(1.0, 2.0)
    slopes[-6:] += 1e-3 * np.sin(np.arange(6))
    errors = 1e-16 / STEPS
    found = limit(slopes, errors, RATIO**2)
    assert found.doubted and abs(found.value - 1) < 3e-3
    assert not limit(np.ones(15), errors, RATIO**2).doubted


def test_slopes_may_be_several_of_their_errors_apart():
    assert limit(np.ones(15), np.full(15, 1e-3), RATIO**2).error == pytest.approx(SAFE * 1e-3)


@pytest.mark.parametrize("power", [1, 2])
def test_a_limit_cancels_the_leading_power_of_the_step(power):
    """The step it is read at is the smaller of the two."""
    found = limit(5 + 7 * STEPS**power, 1e-14 * np.ones(15), RATIO**power)
    assert abs(found.value - 5) <= found.error < 1e-12
    halfway = limit(5 + 7 * STEPS[:3] ** power, np.zeros(3), RATIO**power)
    assert halfway.place in (1, 2) and halfway.value == pytest.approx(5, abs=1e-12)


def test_a_jump_is_found_by_halving_and_a_bend_is_none():
    for at in (0.31, 0.5, 0.97):

        def stairs(t, at=at):
            return 1e-3 * (t > at) + 1e-4 * t

        def bend(t, at=at):
            return max(t - at, 0.0)

        assert halved(stairs, [0, 1], [stairs(0), stairs(1)]) == pytest.approx(1e-3, rel=1e-3)
        assert halved(stairs, [1, 0], [stairs(1), stairs(0)]) == pytest.approx(1e-3, rel=1e-3)
        assert halved(bend, [0, 1], [bend(0), bend(1)]) == 0.0


def test_a_jump_as_small_as_the_noise_is_none():
    def stairs(t):
        return 1e-3 * (t > 0.3)

    assert halved(stairs, [0, 1], [0.0, 1e-3], noise=1e-5) == pytest.approx(1e-3)
    assert halved(stairs, [0, 1], [0.0, 1e-3], noise=1e-4) == 0.0


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_a_norm_neither_overflows_nor_vanishes(size):
    assert norm(size * np.array([[3.0, 0.0], [-4.0, 0.0]])) == pytest.approx(5 * size)


def test_a_norm_of_nothing_is_zero_and_one_of_nan_is_nan():
    assert norm(np.empty(0)) == norm(np.zeros(3)) == 0.0
    assert np.isnan(norm(np.array([1.0, np.nan])))


def test_convergence_ratios_of_a_right_and_a_wrong_slope():
    settings = {"top": 0.01, "floor": 1e-16, "rows": 8}
    right = convergence(np.expm1, predicted=1.0, **settings)
    wrong = convergence(np.expm1, predicted=1.1, **settings)
    assert right[0, 0] == 0.01
    assert right[:-1] / right[1:] == pytest.approx(np.tile([2, 2, 4], (7, 1)), rel=0.01)
    assert wrong[-2, 2] / wrong[-1, 2] == pytest.approx(2, rel=0.01)


def test_the_table_ends_two_rows_after_the_floor():
    E1 = convergence(np.expm1, predicted=1.0, top=0.01, floor=1e-9)[:, 2]
    assert (E1[:-3] > 1e-9).all() and (E1[-3:] <= 1e-9).all()


def test_the_errors_of_a_function_of_several_outputs_are_norms():
    slopes = np.array([[3.0], [4.0]])
    ((t, E0, E1),) = convergence(lambda t: t * slopes, 2 * slopes, top=0.5, floor=0.0, rows=1)
    assert (t, E0, E1) == (0.5, 2.5, 2.5)


def test_a_difference_of_round_off_is_no_slope():
    line = measure(lambda t: 1 + EPSILON * np.sign(t))
    assert line.flat and line.error > abs(line.slope)
