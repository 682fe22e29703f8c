"""Experiments as data: what a run trains, on what, and from which random numbers."""

from dataclasses import replace

import numpy as np
import pytest

from dlhw.arrays import map_arrays, paths
from dlhw.datasets import RULES, bayes_accuracy, draw, load
from dlhw.optimizers import exponential, momentum
from dlhw.study.experiment import MODELS, TEST_SIZE, Experiment, run, stream
from dlhw.training import evaluate, train

SETTINGS = {"optimizer": "momentum", "lr": 0.05, "schedule": "exponential", "decay": 0.5}
TIMES = {"batch": 500, "epochs": 3, "seeds": 3, "every": 2}
SMALL = Experiment("demo", "gmm", "tanh", 3, 7, "xavier", **SETTINGS, **TIMES)


def same(a, b):
    pairs = zip(paths(a), paths(b), strict=True)
    return all(np.array_equal(p, q, equal_nan=True) for (_, p), (_, q) in pairs)


def test_a_run_is_the_loop_with_its_settings():
    network, result = SMALL.network(), run(SMALL)
    start = network.initialise([stream("start", s) for s in range(3)], "xavier")
    history = train(
        network,
        map_arrays(np.float32, start),
        load("gmm"),
        epochs=3,
        lr=0.05,
        optimizer=momentum,
        schedule=exponential(0.5),
        batch=500,
        seed=[stream("batches", s) for s in range(3)],
        every=2,
    )
    assert result.history.epoch.tolist() == [0, 2, 3]
    assert same(result.history.params, history.params)
    assert np.array_equal(result.history.val_accuracy, history.val_accuracy)


def test_a_network_does_not_depend_on_the_others():
    few, many = run(SMALL), run(replace(SMALL, seeds=5))
    assert same(few.history.params, map_arrays(lambda p: p[:3], many.history.params))


@pytest.mark.parametrize("model", MODELS)
def test_depth_counts_the_layers_with_parameters(model):
    experiment = replace(SMALL, model=model, depth=4, width=6)
    layers = experiment.network().layers
    assert len(layers) == 4
    assert (layers[0].inputs, layers[-1].outputs) == (5, 5)
    assert {layer.outputs for layer in layers[:-1]} == {6}


def test_names_tell_experiments_apart():
    changes = {
        "dataset": "peaks",
        "model": "original",
        "depth": 4,
        "width": 8,
        "init": "he",
        "optimizer": "sgd",
        "lr": 0.1,
        "schedule": "compounding",
        "decay": 0.6,
        "batch": 50,
        "epochs": 4,
        "train_size": 200,
        "jitter": 0.1,
        "redraw": True,
        "dtype": "float64",
    }
    names = {replace(SMALL, **{field: value}).name for field, value in changes.items()}
    assert len(names | {SMALL.name}) == len(changes) + 1


def test_each_network_has_its_own_random_subset():
    X, C, X_val, _ = replace(SMALL, train_size=200, batch=8).data()
    assert X.shape == (3, 5, 200) and C.shape == (3, 5, 200) and X_val.shape == (5, 6250)
    assert (C.sum(axis=-1) > 20).all()
    assert not np.array_equal(X[0], X[1])


def test_jitter_moves_copies_and_keeps_labels():
    plain = replace(SMALL, train_size=20)
    moved = replace(plain, copies=300, jitter=0.2)
    X, C, *_ = plain.data()
    Y, D, *_ = moved.data()
    assert moved.steps == 20 * 300 // 500
    assert np.array_equal(D, np.repeat(C, 300, axis=-1))
    assert np.std(Y - np.repeat(X, 300, axis=-1)) == pytest.approx(0.2, rel=0.02)


def test_redrawn_data_are_each_networks_own():
    X, C, X_val, C_val = replace(SMALL, redraw=True).data()
    second = load("gmm", seed=1)
    assert np.array_equal(X[1], second.X_train) and np.array_equal(C_val[1], second.C_val)
    assert np.array_equal(run(replace(SMALL, redraw=True)).history.val_accuracy[0].shape, [3])


def test_test_columns_are_fresh_and_shared():
    result = run(replace(SMALL, test=True, dtype="float64"))
    X, C, _ = draw("gmm", TEST_SIZE, rng=stream("test", 0))
    _, accuracy = evaluate(SMALL.network(), result.history.params, X, C)
    assert np.array_equal(result.test_accuracy, accuracy)
    assert result.bayes_test == bayes_accuracy("gmm", X, C)
    assert np.isnan(run(SMALL).test_accuracy).all()


def test_a_network_that_fails_is_left_out():
    settings = {"lr": 0.01, "batch": 8, "train_size": 200, "dtype": "float64", "seeds": 4}
    result = run(Experiment("demo", "gmm", "original, unshifted", 4, 12, "uniform", **settings))
    failed = len(result.history.failed)
    assert failed > 0 and len(result.last("val_accuracy")) == 4 - failed
    assert np.isfinite(result.last("val_accuracy")).all()
    assert not run(replace(result.experiment, model="original")).history.failed


def test_half_a_run_is_no_result():
    def interrupted(epochs):
        yield next(iter(epochs))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(SMALL, progress=interrupted)


def test_every_data_set_runs():
    for dataset in RULES:
        result = run(replace(SMALL, dataset=dataset, epochs=1))
        assert np.isfinite(result.last("val_loss")).all()
