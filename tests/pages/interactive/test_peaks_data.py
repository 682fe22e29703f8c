"""Runs of a small network on Peaks, as the page is given them."""

import re

import numpy as np
import pytest

from dlhw.pages.interactive import peaks_data as room
from dlhw.study.experiment import stream
from dlhw.training import evaluate, train


@pytest.fixture(scope="module")
def runs():
    return {setting.name: room.trained(setting) for setting in room.settings()}


@pytest.fixture(scope="module")
def found(runs):
    return {name: room.seen(run) for name, run in runs.items()}


def decoded(text):
    parts = re.findall(r"([a-e])(\d*)", text)
    return np.repeat([room.CLASSES.index(k) for k, _ in parts], [int(n or 1) for _, n in parts])


def test_a_run_is_what_the_loop_of_the_course_makes_of_its_setting(runs):
    for name in ("Xavier start", "best of ten", "rate 3", "200 at random"):
        run = runs[name]
        seeds = range(run.setting.networks)
        start = [stream("start", s) for s in seeds]
        history = train(
            room.NETWORK,
            room.NETWORK.initialise(start, run.setting.start),
            (run.X, run.C, *room.validation()),
            epochs=room.EPOCHS,
            lr=run.setting.rate,
            batch=room.BATCH,
            steps=room.STEPS,
            seed=[stream("batches", s) for s in seeds],
        )
        best = int(run.accuracies.argmax())
        assert np.array_equal(history.val_accuracy[-1], run.accuracies)
        for ours, theirs in zip(run.params[-1], history.params, strict=True):
            assert np.array_equal(ours["W"], theirs["W"][best])
            assert np.array_equal(ours["b"], theirs["b"][best])


def test_each_picture_shows_the_classes_that_the_network_predicts(runs, found):
    for name, run in runs.items():
        for text, params in zip(found[name]["classes"], run.params, strict=True):
            assert np.array_equal(decoded(text), room.NETWORK.predict(params, room.fields()))


def test_curves_are_losses_and_accuracies_on_the_samples_of_the_run(runs, found):
    for name, run in runs.items():
        for part, samples in {"train": (run.X, run.C), "val": room.validation()}.items():
            for epoch in (0, 7, room.EPOCHS):
                loss, accuracy = evaluate(room.NETWORK, run.params[epoch], *samples)
                assert found[name][f"{part}_loss"][epoch] == round(float(loss), 3)
                assert found[name][f"{part}_accuracy"][epoch] == round(float(accuracy), 3)


def test_settings_that_change_no_start_begin_with_the_same_picture(found):
    first = {name: run["classes"][0] for name, run in found.items()}
    uniform = {"uniform start", "best of ten"}
    assert len({first[name] for name in first.keys() - uniform}) == 1
    assert first["uniform start"] != first["Xavier start"]


def test_each_setting_differs_from_the_first_in_one_thing_that_its_name_says(runs):
    usual, *others = room.settings()
    for setting in others:
        changed = [
            name
            for name in ("start", "rate", "samples")
            if getattr(setting, name) != getattr(usual, name)
        ]
        assert len(changed) == 1, setting
        if setting.name.startswith("rate "):
            assert float(setting.name[5:]) == setting.rate
    for name in ("first 200", "200 at random"):
        assert runs[name].X.shape[1] == room.FEW == 200
    assert len(runs["best of ten"].accuracies) == room.TEN == 10


def test_the_best_of_ten_is_the_best_of_ten(runs):
    run = runs["best of ten"]
    _, accuracy = evaluate(room.NETWORK, run.params[-1], *room.validation())
    assert accuracy == run.accuracies.max() > run.accuracies.min()
    assert room.percent(run.accuracies.mean()) in room.afterwards(run)


def test_file_order_ends_an_epoch_with_the_last_class(runs):
    run = runs["file order"]
    *_, (_, last) = room.in_order(run.X, run.C)
    assert last.argmax(axis=0).tolist() == room.BATCH * [4]


def test_the_first_columns_are_of_one_class_and_it_is_said(runs):
    run = runs["first 200"]
    assert run.C[0].mean() > 0.9
    assert room.percent(run.C[0].mean()) in room.afterwards(run)
    assert room.afterwards(runs["200 at random"]) == ""


def test_saturated_layers_have_no_slope_and_their_bars_are_at_the_ends():
    params = room.NETWORK.initialise(0)
    params[0]["W"] = 1e6 * params[0]["W"]
    bars, slopes = room.inside(params, room.validation()[0])
    assert slopes[0] < 0.01 < slopes[1]
    assert bars[0][0] + bars[0][-1] > 95 and sum(bars[0]) == pytest.approx(100, abs=5)


@pytest.mark.parametrize("seed", range(20))
def test_classes_written_as_text_are_read_back(seed):
    rng = np.random.default_rng(seed)
    classes = np.repeat(rng.integers(5, size=30), rng.integers(1, 15, size=30))
    assert np.array_equal(decoded(room.runs_of(classes)), classes)


def test_fields_begin_at_the_top_left():
    X = room.fields()
    assert X.shape == (2, room.GRID**2)
    assert X[0, 0] == X[0, room.GRID] < X[0, 1] and X[1, 0] == X[1, 1] > X[1, room.GRID]
    assert np.abs(X).max() < room.LIMIT
