"""The gradient test sees small errors: `python tests/measure/power.py` counts more of them."""

import pytest
from power import ERRORS, rejected

SEEDS = range(40)


def failed(kind, delta):
    return sum(rejected(kind, delta, seed) for seed in SEEDS)


@pytest.mark.parametrize("delta, least", [(1e-7, 39), (1e-6, 40), (1e-3, 40)])
def test_small_errors_are_rejected(delta, least):
    assert failed("noise", delta) >= least


@pytest.mark.parametrize("kind", ERRORS)
def test_a_thousandth_is_rejected_in_whatever_shape(kind):
    assert failed(kind, 1e-3) == len(SEEDS)


def test_no_error_is_not_rejected():
    assert failed("noise", 0.0) == 0
