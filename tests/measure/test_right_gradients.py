"""No right derivative is accused: `python tests/measure/right_gradients.py` counts more of them."""

import hard_gradients
import numpy as np
import pytest
from right_gradients import outcomes

from dlhw import gradient_test


@pytest.mark.parametrize("family", hard_gradients.FAMILIES)
def test_no_right_gradient_that_is_hard_to_measure_is_accused(family):
    for seed in range(5):
        f, grad, x = hard_gradients.FAMILIES[family](np.random.default_rng(seed))
        with np.errstate(all="ignore"):
            report = gradient_test(f, grad, x, seed=seed)
        assert report.verdict != "fail", (seed, report.message)


@pytest.mark.parametrize("seed", range(0, 80, 8))
def test_no_right_derivative_is_accused(seed):
    accused = [outcomes(s) for s in range(seed, seed + 8)]
    assert [text for one in accused for *_, verdict, _, text in one if verdict == "fail"] == []
