"""Two results of one experiment agree to the bit, as other seeds would, or not."""

from dataclasses import replace

import numpy as np
import pytest
from made_up_results import made_up

from dlhw.arrays import map_arrays
from dlhw.study.agreement import ERRORS, NOT, SAME, WITHIN, agreement
from dlhw.study.experiment import Experiment
from dlhw.study.store import NotKept, packed, unpacked

E = Experiment("demo", "gmm", "tanh", 2, 5, "xavier", epochs=10, seeds=20, weights=True)


def kept(result):
    return unpacked(result.experiment, packed(result))


def changed(result, **changes):
    return result._replace(history=replace(result.history, **changes))


def moved(result, errors):
    """Return a result whose last accuracies are so many standard errors higher."""
    accuracy = result.history.val_accuracy.copy()
    accuracy[-1] += errors * accuracy[-1].std(ddof=1) * np.sqrt(2 / accuracy.shape[1])
    return changed(result, val_accuracy=accuracy)


def test_what_is_the_same_is_told_from_what_is_nearly_the_same():
    result = made_up(E)
    found = agreement(kept(result), result)
    assert (found.verdict, found.errors) == (SAME, 0.0)
    losses = result.history.val_loss.copy()
    losses[0, 0] *= 1.001
    assert agreement(kept(result), changed(result, val_loss=losses)).verdict == WITHIN
    params = map_arrays(lambda p: 1.001 * p, result.history.params)
    assert agreement(kept(result), changed(result, params=params)).verdict == WITHIN
    without = changed(kept(result), params=NotKept(E))
    assert agreement(without, result).verdict == SAME


@pytest.mark.parametrize("errors", [0.3, -0.7])
def test_the_seeds_spread_is_the_measure(errors):
    result = made_up(E)
    for times, verdict in ((1, WITHIN), (ERRORS / abs(errors) * 0.95, WITHIN), (50, NOT)):
        found = agreement(kept(result), moved(result, times * errors))
        assert found.verdict == verdict
        assert found.errors == pytest.approx(times * abs(errors), rel=0.1)


def test_networks_that_fail_count():
    result = made_up(E)

    def failing(count):
        curve = result.history.val_accuracy.copy()
        curve[-1, :count] = np.nan
        return changed(result, val_accuracy=curve, failed=dict.fromkeys(range(count), "it did"))

    assert agreement(kept(failing(1)), failing(1)).verdict == SAME
    assert agreement(kept(result), failing(1)).verdict == WITHIN
    assert agreement(kept(result), failing(15)).verdict == NOT
    assert agreement(kept(result), failing(20)).verdict == NOT


def test_a_line_says_it_all():
    result = made_up(E)
    line = str(agreement(kept(result), moved(result, 1)))
    for part in (WITHIN, "1.0 standard errors", "0.0 s", E.name):
        assert part in line
