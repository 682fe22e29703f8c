"""Kinks and jumps of a function of one number are found where they are, and nowhere else."""

import numpy as np
import pytest

from dlhw.derivative_tests.examination import LOOK
from dlhw.derivative_tests.kinks import CELLS, find_kinks, largest_jump
from dlhw.derivative_tests.probes import LOOKS
from dlhw.derivative_tests.slopes import STEPS

SMOOTH = {
    "constant": lambda t: 2.5,
    "cube": lambda t: t**3,
    "saturating": lambda t: np.tanh(5 * t),
    "three waves": lambda t: np.sin(20 * t),
}
CELL = 2 / CELLS


@pytest.mark.parametrize("places", [[0.3], [0.0], [-0.7, 0.3], [-0.8, -0.2, 0.1, 0.5]])
@pytest.mark.parametrize("gap", [1.0, -1.0, 1e-2])
def test_kinks_are_found_where_they_are(places, gap):
    def phi(t):
        return gap * sum(abs(t - place) for place in places) + np.exp(t)

    assert find_kinks(phi, top=1.0, noise=1e-16) == pytest.approx(places, abs=CELL)
    nearer = find_kinks(lambda t: phi(10 * t), top=0.1, noise=1e-16)
    assert nearer == pytest.approx(np.divide(places, 10), abs=CELL / 10)


def test_a_small_kink_is_found_beside_a_large_one():
    found = find_kinks(lambda t: abs(t - 0.5) + 1e-3 * abs(t + 0.5), top=1.0, noise=1e-16)
    assert found == pytest.approx([-0.5, 0.5], abs=CELL)


@pytest.mark.parametrize("name", SMOOTH)
def test_what_is_smooth_has_neither_kinks_nor_jumps(name):
    assert len(find_kinks(SMOOTH[name], top=1.0, noise=1e-16)) == 0
    assert largest_jump(SMOOTH[name], top=1.0) == 0.0


@pytest.mark.parametrize("bump", [lambda z: np.exp(-(z**2)), np.tanh])
@pytest.mark.parametrize("shift", np.linspace(-1, 1, 9))
def test_no_bump_is_taken_for_a_kink_where_its_differences_vanish(bump, shift):
    for sharpness in np.linspace(0.5, 10, 20):
        assert len(find_kinks(lambda t: bump(t - shift), top=sharpness, noise=1e-16)) == 0


@pytest.mark.parametrize("noise", [1e-12, 1e-9])
def test_noise_bends_nothing_but_hides_kinks_of_its_size(noise):
    def noisy(t, gap):
        draw = np.random.default_rng(int(t * 2**20) + 2**21).standard_normal()
        return t + gap * abs(t - 0.3) + noise * draw

    assert len(find_kinks(lambda t: noisy(t, 0.0), top=1.0, noise=noise)) == 0
    found = find_kinks(lambda t: noisy(t, 2e4 * noise), top=1.0, noise=noise)
    assert found == pytest.approx([0.3], abs=CELL)


def test_kinks_that_are_closer_than_five_cells_count_as_one():
    def phi(t, apart):
        return abs(t) + abs(t - apart)

    assert len(find_kinks(lambda t: phi(t, 2 * CELL), top=1.0, noise=1e-16)) == 1
    assert len(find_kinks(lambda t: phi(t, 6 * CELL), top=1.0, noise=1e-16)) == 2


@pytest.mark.parametrize("size", [1e-12, 1e-6, -1e-3, 1.0])
@pytest.mark.parametrize("place", [-0.2, 0.013, 0.1])
def test_a_jump_has_its_size(size, place):
    found = largest_jump(lambda t: np.sin(t) + size * (t > place), top=0.25)
    assert found == pytest.approx(abs(size), rel=1e-3)


def test_of_several_jumps_it_is_the_largest():
    def phi(t):
        return np.sin(t) + 1e-6 * (t > 0.1) + 1e-5 * (t > -0.1)

    assert largest_jump(phi, top=0.25) == pytest.approx(1e-5, rel=1e-3)
    assert largest_jump(lambda t: np.round(3 * t, 1), top=0.25) == pytest.approx(0.1)


def test_the_quanta_of_a_float32_are_jumps():
    """Between 1 and 2 they are 2**-23; two or three cells may be off by half of one each."""
    found = largest_jump(lambda t: float(np.float32(np.exp(t))), top=0.25)
    assert 2.0**-24 < found < 2.0**-22


@pytest.mark.parametrize("bend", [abs, lambda t: np.maximum(t, 0), lambda t: np.sqrt(abs(t))])
def test_a_bend_is_no_jump(bend):
    assert largest_jump(lambda t: np.sin(t) + bend(t - 0.1), top=0.25) == 0.0


def test_jumps_are_sought_where_f_is_finite():
    def phi(t):
        return np.nan if t < 0 else t + 0.01 * (t > 0.1)

    assert largest_jump(phi, top=0.25) == pytest.approx(0.01, rel=1e-3)
    assert largest_jump(lambda t: np.nan, top=0.25) == 0.0


def test_a_look_at_two_intervals_costs_what_is_set_aside_for_it():
    calls = []
    for top in (STEPS[1], *LOOKS * [STEPS[0]]):
        largest_jump(lambda t: calls.append(t) or np.floor(t), top)
    assert len(calls) <= LOOK
