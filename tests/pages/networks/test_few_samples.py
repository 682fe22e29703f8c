"""Comparisons subset by subset, and the tables of chapter 11 on results that nobody trained."""

import numpy as np
import pytest
from read_tables import lines

from dlhw.pages.networks import few_samples

pytestmark = pytest.mark.usefixtures("made_up_results")


def test_pairing_sees_what_the_spread_over_subsets_hides():
    rng = np.random.default_rng(0)
    subsets = 0.8 + 0.1 * rng.standard_normal(20)
    better = subsets + 0.01 + 0.002 * rng.standard_normal(20)
    (found,) = few_samples.paired([("a", better, subsets)])
    assert found.counts and found.low < 0.01 < found.high
    (unpaired,) = few_samples.paired([("a", rng.permutation(better), subsets)])
    assert not unpaired.counts


def test_single_runs_are_counted_in_all_pairs():
    found = few_samples.Paired("a", np.array([1.0, 3.0]), np.array([0.0, 2.0]), 0, 2, True)
    assert found.right_order == 0.75 and found.difference == 1


def test_rules_stand_beside_the_reference():
    lookup = np.array([0.8, 0.9, 0.7])
    rows = few_samples.beside(lookup, [("worse", lookup - [0.1, 0.11, 0.12])])
    assert rows[0][0] == "worse" and rows[0][2] == "-.1100" and rows[0][-1] == "yes"


def test_the_original_has_three_sizes_and_these_parameters():
    runs = few_samples.originals()
    assert len(runs) == 9
    sizes = {
        few_samples.size_of(run.experiment): few_samples.parameters(run) for run in runs.values()
    }
    assert sizes == {"2/100": 2210, "3/20": 1290, "4/10": 670}


def test_the_highest_of_ours_stand_beside_what_was_said():
    runs = few_samples.originals()
    runs[2, 0.05].history.train_accuracy[-1, 7] = 0.999
    said = few_samples.said_by_the_original(runs)
    assert said[0].highest[1] == pytest.approx(0.999) and 0.9 < said[0].figure <= 1
    assert len(lines(few_samples.said_table(said))) == 3


def test_each_size_is_compared_with_the_next():
    runs = few_samples.originals()
    runs[2, 0.01].history.val_accuracy[-1] += np.linspace(0.3, 0.31, 20)
    found = few_samples.sizes_compared(runs)
    assert [entry.name for entry in found[:2]] == [
        "2/100, .01 − 3/20, .01",
        "3/20, .01 − 4/10, .01",
    ]
    assert found[0].counts and len(found) == 4
    assert lines(few_samples.sizes_table(found))[0].endswith("| yes | 100% |")


def test_gaps_are_training_minus_validation():
    runs = few_samples.originals()
    assert all((gap == 0).all() for gap in few_samples.gaps(runs).values())
    assert lines(few_samples.gaps_table(runs))[0] == "| 2/100 | 2210 | .0000 ± .0000 |"


def test_the_turning_point_is_where_the_mean_loss_is_least():
    history = few_samples.originals()[2, 0.1].history
    history.val_loss[20:] = 1.5
    history.val_loss[19] = 0.5
    turn = few_samples.turning_point(history)
    assert (turn.row, turn.epoch, turn.rises) == (19, 190, 20)
    assert [line.split(" | ")[0] for line in lines(few_samples.turning_table(history))] == [
        "| 190",
        "| 300",
    ]


def test_over_fitting_is_said_only_where_the_loss_turns():
    run = few_samples.originals()[2, 0.1]
    run.history.val_loss[:] = np.linspace(2, 1, len(run.history.epoch))[:, None]
    assert few_samples.over_fitting(run.history).endswith("it has not turned yet.")
    run.history.val_loss[-1] = 1.5
    said = few_samples.over_fitting(run.history)
    assert f"From epoch {run.history.epoch[-2]} on" in said and "in 20 of 20 networks" in said


def test_a_query_gets_the_label_of_the_sample_next_to_it():
    X, C = np.random.default_rng(0).normal(size=(3, 9)), np.eye(4)[:, np.arange(9) % 4]
    queries = np.random.default_rng(1).normal(size=(3, 20))
    apart = np.linalg.norm(X[:, :, None] - queries[:, None, :], axis=0)
    expected = [k % 4 for k in apart.argmin(axis=0)]
    assert few_samples.nearest_sample(X, C, queries).tolist() == expected
