"""The original's tests of derivatives: what is right passes them, errors fall as they must."""

import numpy as np
import pytest

from dlhw.arrays import map_arrays
from dlhw.layers import Dense
from dlhw.network import Network, tanh_network
from dlhw.pages.original.five_tests import (
    SEEDS,
    STEPS,
    correct,
    errors,
    five_tests,
    layer_passes,
    mean_cosine,
    network_passes,
    ratio,
)


@pytest.fixture(scope="module")
def tests():
    return five_tests(np.random.default_rng(0))


@pytest.mark.parametrize("name", STEPS)
def test_errors_fall_by_two_and_by_four(tests, name):
    E0, E1 = tests[name].errors()
    assert E0.shape == E1.shape == (len(STEPS[name]), SEEDS)
    assert np.median(ratio(E0)[-1]) == pytest.approx(2, abs=0.02)
    assert np.median(ratio(E1)[-1]) == pytest.approx(4, abs=0.02)


def test_a_gradient_of_the_wrong_size_leaves_an_error_that_falls_by_two(tests):
    def double(network, params, X, C):
        return map_arrays(lambda g: 2 * g, network.gradient(params, X, C))

    _, E1 = tests["softmax_gradient_test"].errors(double)
    assert np.median(ratio(E1)[-1]) == pytest.approx(2, abs=0.02)


def test_columns_are_measured_by_their_length():
    def f(step):
        return np.array([[[3 * step], [4 * step]]])  # one seed, two outputs

    E0, E1 = errors(f, np.array([[[3.0], [4.0]]]), [1.0])
    assert (E0.item(), E1.item()) == (5.0, 0.0)


def test_a_direction_along_the_gradient_has_cosine_one():
    G = np.random.default_rng(0).standard_normal((3, 2, 2))
    assert mean_cosine(G, -2 * G) == pytest.approx(1)


def test_all_that_the_original_derives_is_right():
    found = correct()
    assert len(found) == 5 and all(found.values())


def test_what_is_wrong_does_not_pass():
    class Late(Dense):
        def jvp(self, params, memory, dparams, dX):
            return 2 * super().jvp(params, memory, dparams, dX)

    class Loud(Network):
        def gradient(self, params, X, C):
            return map_arrays(lambda g: 2 * g, super().gradient(params, X, C))

    assert not layer_passes(Late(2, 3))
    assert not network_passes(Loud(tanh_network([2, 3, 4]).layers))
