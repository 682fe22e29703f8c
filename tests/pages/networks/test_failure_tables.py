"""The tables of chapter 12, on results that nobody trained."""

import numpy as np
import pytest
from read_tables import lines

from dlhw.pages.networks import failure_tables
from dlhw.pages.networks.failure_tables import failure

pytestmark = pytest.mark.usefixtures("made_up_results")


@pytest.fixture
def pairs():
    positive, centred = failure("original", 4, 20), failure("original", 4, 20, init="xavier")
    broken = failure("original, unshifted", 4, 20)
    broken.history.failed[3] = "why"
    centred.history.val_accuracy[-1] += 0.3
    return [(broken, positive), (positive, centred), (centred, positive), (positive, centred)]


def test_causes_have_both_runs_in_a_row(pairs):
    table = lines(failure_tables.causes(pairs))
    assert len(table) == 4 and table[0].endswith("| NaN: 1 of 40 | NaN: 0 of 40 |")
    assert f"| {failure_tables.validation(pairs[1][1])} |" in table[1]


def test_three_cures_are_compared(pairs):
    table = lines(failure_tables.causes_compared(*pairs[1:]))
    assert len(table) == 3 and table[0].endswith("| yes |")


def test_nan_is_counted_three_ways():
    assert lines(failure_tables.nan_counts([(4, 10)])) == ["| 4/10 | 0 of 40 | 0 of 40 | 0 of 40 |"]


def test_first_steps_are_rates_times_gradients():
    table = lines(failure_tables.first_steps({(2, 100): 0.5}))
    assert table == ["| 2/100 | .01 | 0.5 % | 0 of 20 |", "| 2/100 | .1 | 5 % | 0 of 20 |"]


def test_four_starts_show_the_first_and_the_last_epoch():
    seen = np.zeros((9, 4, 2, 1))
    seen[0, 1, 0, 0], seen[0, 3, 0, 0], seen[-1, 0, :, 0] = 0.25, 0.5, (0.3, 0.4)
    assert lines(failure_tables.four_starts(seen, ["a"])) == [
        "| a | 0.250 | 0.500 | .3000 | .4000 |"
    ]


def test_a_loss_that_doubles_and_an_accuracy_that_falls_are_seen():
    run = failure("original", 4, 20, lr=0.001)
    assert not failure_tables.doubled(run).any() and not failure_tables.fell(run).any()
    run.history.train_loss[5, 7] *= 3
    run.history.train_accuracy[5, 8] -= 0.1
    assert np.flatnonzero(failure_tables.doubled(run)).tolist() == [7]
    assert np.flatnonzero(failure_tables.fell(run)).tolist() == [8]
    assert "| 1 of 40 | 1 of 40 |" in lines(failure_tables.ups_and_downs({"a": run}))[0]
