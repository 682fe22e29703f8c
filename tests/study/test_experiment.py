"""Experiments as data: what a run trains, on what, and from which random numbers."""

from dataclasses import replace

import numpy as np
import pytest

from dlhw.arrays import map_arrays, paths
from dlhw.datasets import RULES, bayes_accuracy, draw, load
from dlhw.optimizers import exponential, momentum
from dlhw.study.experiment import (
    MODELS,
    STACK,
    TEST_SIZE,
    Experiment,
    run,
    run_together,
    stacks,
    stream,
)
from dlhw.study.registry import EXPERIMENTS
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


SUBSETS = replace(SMALL, train_size=200, batch=8, every=1)
UNSHIFTED = {"model": "original, unshifted", "optimizer": "sgd", "dtype": "float64"}
STIFF = replace(SUBSETS, depth=4, width=12, init="uniform", lr=0.01, seeds=4, **UNSHIFTED)
SOUND = replace(STIFF, init="xavier", lr=1e-5)
TOGETHER = {
    "rates, seeds, starts": [SMALL, replace(SMALL, lr=0.1, seeds=2), replace(SMALL, init="he")],
    "schedules": [
        SMALL,
        replace(SMALL, decay=0.9),
        replace(SMALL, schedule="constant", decay=1.0),
        replace(SMALL, schedule="compounding"),
    ],
    "one without seeds that fit": [replace(SMALL, seeds=1), SMALL],
    "float64, tested": [
        replace(SMALL, dtype="float64", model="residual", lr=0.1),
        replace(SMALL, dtype="float64", model="residual", test=True),
    ],
    "other samples": [SUBSETS, replace(SUBSETS, lr=0.1)],
    "jitter": [replace(SUBSETS, copies=3, jitter=jitter) for jitter in (0.0, 0.1)],
    "fresh draws": [replace(SMALL, redraw=True), replace(SMALL, redraw=True, lr=0.1)],
    "some fail": [SOUND, replace(SOUND, lr=1000.0)],
}


@pytest.mark.parametrize("kind", TOGETHER)
def test_experiments_trained_together_are_to_the_bit_what_they_are_alone(kind):
    for experiment, result in zip(TOGETHER[kind], run_together(TOGETHER[kind]), strict=True):
        assert_equal(result, run(experiment))
        assert result.experiment is experiment
    if kind == "some fail":
        assert 0 < len(result.history.failed) < STIFF.seeds


def assert_equal(result, other):
    for name in ("epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy"):
        curve, curve_alone = getattr(result.history, name), getattr(other.history, name)
        assert np.array_equal(curve, curve_alone, equal_nan=True), name
    assert same(result.history.params, other.history.params)
    assert result.history.failed == other.history.failed
    assert np.array_equal(result.test_accuracy, other.test_accuracy, equal_nan=True)
    assert np.array_equal(result.bayes_test, other.bayes_test, equal_nan=True)


def test_an_experiment_whose_networks_all_fail_changes_no_other():
    """It ends where it ends alone, the others go on."""
    sound, broken = replace(SOUND, epochs=6), replace(STIFF, epochs=6)
    results = run_together([broken, sound])
    assert len(results[0].history.failed) == broken.seeds and not results[1].history.failed
    assert results[0].history.epoch[-1] < results[1].history.epoch[-1] == 6
    for experiment, result in zip([broken, sound], results):
        assert_equal(result, run(experiment))


def test_the_seconds_of_a_stack_are_shared_by_networks():
    first, second = run_together([replace(SMALL, seeds=1), SMALL])
    assert second.seconds == pytest.approx(3 * first.seconds, rel=0.1) and first.seconds > 0


def test_experiments_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match="expected experiments of one shape, got .* 8, .* 500, "):
        run_together([SMALL, replace(SMALL, batch=8)])


def test_what_may_differ_in_a_stack_is_no_part_of_the_shape():
    free = {"group": "x", "init": "he", "lr": 0.3, "schedule": "compounding", "decay": 0.9}
    free |= {"jitter": 0.1, "seeds": 9, "test": True}
    assert replace(SMALL, **free).shape == SMALL.shape


def test_stacks_hold_every_experiment_once_and_few_enough_networks():
    found = stacks(EXPERIMENTS.values())
    assert sorted(e.name for stack in found for e in stack) == sorted(EXPERIMENTS)
    assert all(len({e.shape for e in stack}) == 1 for stack in found)
    assert all(sum(e.seeds for e in stack) <= STACK for stack in found)
    assert any(sum(e.seeds for e in stack) == STACK for stack in found if len(stack) > 1)


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


def test_the_open_network_has_no_relu_on_its_scores_and_the_original_has():
    closed, open_ = (MODELS[name]([2, 3, 2]) for name in ("original", "original, open"))
    assert open_.layers[-1].outer.name == "identity" and closed.layers[-1].outer.name == "relu"
