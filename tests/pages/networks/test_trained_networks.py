"""What is known of trained networks agrees with what their run measured."""

from dataclasses import replace

import numpy as np
import pytest

from dlhw.datasets import bayes_accuracy
from dlhw.pages.networks.trained_networks import (
    accuracy,
    below,
    falling,
    first_slope,
    fresh,
    fresh_ceiling,
    fresh_columns,
    gained,
    in_single,
    measures,
    parameters,
    starts,
)
from dlhw.study import results as kept_results
from dlhw.study.experiment import Experiment, run
from dlhw.study.results import ceiling
from dlhw.study.store import store

TINY = Experiment("demo", "gmm", "softmax", batch=2500, lr=0.1, epochs=3, every=1, seeds=2)
ONE_TEST_SAMPLE = 1 / 100_000


@pytest.fixture(scope="module")
def tiny():
    return run(TINY)


def test_what_is_counted_now_is_what_the_run_would_have_kept(tiny, monkeypatch):
    tested = run(replace(TINY, test=True))
    assert np.allclose(fresh(tiny), fresh(tested), atol=10 * ONE_TEST_SAMPLE)
    monkeypatch.setattr(kept_results, "load_result", lambda experiment, folder: tested)
    assert fresh_ceiling("gmm") == bayes_accuracy("gmm", *fresh_columns("gmm"))


def test_measures_are_those_of_the_last_epoch(tiny):
    found = measures(tiny)
    assert np.array_equal(found["training loss"], tiny.history.train_loss[-1])
    assert np.array_equal(found["validation accuracy"], accuracy(tiny))
    assert all(len(values) == TINY.seeds for values in found.values())


def test_gains_are_counted_from_the_end_of_an_epoch(tiny):
    values = tiny.history.val_accuracy
    assert np.array_equal(gained(tiny, since=2), values[-1] - values[-2])
    assert falling(tiny, since=1).all()
    assert np.allclose(below(tiny) + accuracy(tiny), ceiling("gmm"))


def test_starts_are_those_of_the_run():
    still = run(replace(TINY, model="tanh", depth=2, width=3, init="xavier", lr=0.0))
    start = starts(still.experiment)
    assert np.allclose(start[0]["W"], still.history.params[0]["W"], atol=1e-6)
    assert parameters(still.experiment) == 3 * 5 + 3 + 5 * 3 + 5


def test_the_slope_of_the_first_layer_is_one_where_its_weights_are_zero():
    experiment = replace(TINY, model="tanh", depth=2, width=3)
    assert first_slope(replace(experiment, init="zeros")) == 1
    assert first_slope(replace(experiment, init="uniform")) < 0.9


def test_the_same_experiment_is_found_in_single_precision(tmp_path, monkeypatch):
    pair = [TINY, replace(TINY, dtype="float64")]
    monkeypatch.setattr(kept_results, "EXPERIMENTS", {e.name: e for e in pair})
    monkeypatch.setattr(kept_results, "FOLDER", tmp_path)
    double = run(pair[1])
    for result in (run(TINY), double):
        store(result, tmp_path)
    assert in_single(double).experiment == TINY
