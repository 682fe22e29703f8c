"""No right derivative is accused: `python tests/measure/right_gradients.py` counts more of them."""

import hard_gradients
import numpy as np
import pytest
from right_gradients import outcomes

from dlhw import gradient_test
from dlhw.arrays import map_arrays


@pytest.mark.parametrize("factor, verdict", [(1, "pass"), (1.5, "fail"), (0, "fail")])
@pytest.mark.parametrize("family", hard_gradients.FAMILIES)
def test_what_is_hard_to_measure_is_neither_accused_nor_hidden(family, factor, verdict):
    """Where nothing can be said, the verdict is "inconclusive" for right and wrong alike."""
    for seed in range(4):
        f, grad, x = hard_gradients.FAMILIES[family](np.random.default_rng(seed))
        with np.errstate(all="ignore"):
            scaled = map_arrays(lambda g: factor * g, grad(x))
            report = gradient_test(f, scaled, x, seed=seed)
        assert report.verdict in (verdict, "inconclusive"), (seed, report.message)


@pytest.mark.parametrize("seed", range(0, 80, 8))
def test_no_right_derivative_is_accused(seed):
    accused = [outcomes(s) for s in range(seed, seed + 8)]
    assert [text for one in accused for *_, verdict, _, text in one if verdict == "fail"] == []
