"""The tables of chapter 5, on results that nobody trained."""

import numpy as np
import pytest
from read_tables import lines

from dlhw.pages.training import training_tables
from dlhw.pages.training.softmax_runs import SCHEDULES, kept, sum_of_rates

ZERO = {"W": np.zeros((5, 2)), "b": np.zeros((5, 1))}
FLAT = np.array([1.0, 1.0])
TIMES = np.array([0.04, 1e4])


pytestmark = pytest.mark.usefixtures("made_up_results")


def test_rules_and_runs_are_counted_on_the_same_fresh_samples():
    reached = training_tables.reached_on_fresh_samples("peaks", ZERO, ZERO)
    assert reached.sgd.shape == reached.momentum.shape == (10,)
    assert reached.least_loss == reached.most_hits == pytest.approx(0.2, abs=0.01)
    assert (
        0.9 < reached.best < 1
        and len(lines(training_tables.on_fresh_samples({"peaks": reached}))) == 1
    )


def test_a_wrong_variance_is_seen():
    g = np.random.default_rng(0).standard_normal((64, 3))
    for errors in training_tables.batch_errors(g, sizes=(1, 8, 64)):
        assert errors.agree
        assert errors.batch == 64 or not errors._replace(derived=2 * errors.derived).agree
    assert errors.derived == 0  # a batch of everything, without replacement


def test_a_table_of_batches_has_both_kinds_in_a_row():
    g = np.array([[0.0], [2.0]])
    table = training_tables.batch_errors_table(training_tables.batch_errors(g, sizes=(1, 2)))
    assert lines(table)[0].startswith("| 1 | 1 | 1 | 1 | 1 |") and lines(table)[1].endswith(
        "| 0 | 0 |"
    )


def test_distances_are_those_of_the_ends():
    flows = {name: (FLAT, FLAT / 2) for name in ("peaks", "gmm")}
    for _, count, loss, accuracy, *ranges in training_tables.distances_from_the_flow(flows, TIMES):
        assert count >= 21 and 0 < loss < 0.02 and 0 < accuracy < 0.02
        assert max(ranges) < 0.01


def test_the_grid_stands_above_what_is_possible():
    table = lines(training_tables.grid("peaks", ZERO))
    assert [line.split(" | ")[0] for line in table[:4]] == [
        "| 0.0001",
        "| 0.001",
        "| 0.01",
        "| 0.1",
    ]
    assert "least loss" in table[4] and "best possible" in table[5]


def test_a_generator_draws_the_same_samples_whatever_the_batch():
    drawn = []
    for B in (25, 250, 2500):
        rng = np.random.default_rng(0)
        drawn.append([rng.integers(25_000, size=(25_000 // B, B)).ravel() for _ in range(4)])
    assert np.array_equal(drawn[0], drawn[1]) and np.array_equal(drawn[0], drawn[2])


def test_short_runs_at_the_same_rate_per_sample_agree():
    few = [A[:, ::25] for A in training_tables.samples("peaks")]
    runs = training_tables.short_runs(few, "the ratio", {10: 0.001, 100: 0.01}, epochs=2)
    assert abs(runs[0].loss - runs[1].loss).max() < 1e-3
    assert lines(training_tables.short_runs_table(runs))[0].startswith(
        "| the ratio | 10 | 0.001 | 200 |"
    )


def test_momentum_is_compared_three_times_a_set():
    accuracies, pairs = training_tables.momentum_beside_rates()
    assert len(accuracies) == 8 and pairs[0] == ("Peaks: SGD 0.01", "Peaks: momentum 0.001")
    assert all(a in accuracies and b in accuracies for a, b in pairs) and len(pairs) == 6


def test_hits_are_counted(monkeypatch):
    def one_hit_more(*settings, lr=0.001):
        run = kept(*settings, lr=lr)
        run.history.val_accuracy[-1] = 0.5
        if lr == 0.01:
            run.history.val_accuracy[-1] += 1 / 6250
        return run

    monkeypatch.setattr(training_tables, "kept", one_hit_more)
    assert training_tables.hits_apart("peaks").tolist() == 10 * [1]


def test_schedules_have_their_worth():
    runs = [kept("peaks", "sgd", schedule) for schedule in SCHEDULES]
    table = lines(training_tables.what_is_left_of_a_rate(runs, FLAT, TIMES, ZERO))
    assert f"| 3.912 | {sum_of_rates(runs[0].experiment):.4g} | 1.0000 |" in table[0]
    assert f"{np.log(5):.4f}" in table[2]
