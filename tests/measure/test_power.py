"""The gradient test sees small errors; `python tests/measure/power.py 2000` counts more seeds."""

import pytest
from power import rejected


@pytest.mark.parametrize("delta, least", [(1e-7, 39), (1e-6, 40), (1e-3, 40)])
def test_small_errors_are_rejected(delta, least):
    assert rejected(delta, range(40)) >= least


def test_no_error_is_not_rejected():
    assert rejected(0.0, range(40)) == 0
