"""Figures of trained networks show each run once, and the best possible."""

import numpy as np
import pytest

from dlhw.pages.networks.network_figures import (
    class_dots,
    class_maps,
    each_seed,
    learned,
    learning_curves,
    over_depth,
    stretch,
)
from dlhw.pages.networks.trained_networks import accuracy
from dlhw.study.experiment import Experiment, run
from dlhw.study.results import ceiling


@pytest.fixture(scope="module")
def tiny():
    return run(Experiment("demo", "peaks", "softmax", batch=2500, epochs=3, every=1, seeds=3))


def legend(ax):
    _, labels = ax.get_legend_handles_labels()
    return labels


def heights(ax):
    return [line.get_ydata()[0] for line in ax.lines]


def test_each_run_has_a_curve_and_a_style(tiny):
    _, ax = learning_curves({"one": tiny, "other": tiny}, styles=["-", "--"])
    assert legend(ax) == ["one", "other"]
    assert [line.get_linestyle() for line in ax.lines] == ["-", "--", ":"]
    assert heights(ax)[-1] == ceiling("peaks")


def test_each_seed_has_a_line_and_all_share_one_label(tiny):
    _, ax = learning_curves({"mean": tiny})
    each_seed(ax, tiny, "each", "red")
    assert len(ax.lines) == 2 + tiny.experiment.seeds and legend(ax) == ["mean", "each"]


def test_each_series_is_named_once_and_stands_in_its_place(tiny):
    _, ax = over_depth({"narrow": {2: tiny, 4: tiny}, "wide": {4: tiny}}, size=(4.9, 3.4))
    assert legend(ax) == ["narrow", "wide"]
    means = [line for line in ax.lines[1:-1:2]]
    assert all(line.get_ydata()[0] == accuracy(tiny).mean() for line in means)
    middles = [np.mean(line.get_xdata()) for line in means]
    assert middles[1] - middles[0] == pytest.approx(np.diff(ax.get_xticks())[0])
    assert middles[2] > middles[1]


def test_the_last_errors_have_as_much_room_as_the_first():
    _, ax = class_maps({}, limit=1, points=2)
    ax = ax.flat[0]
    stretch(ax, ticks=[0.9, 0.99, 0.999])
    place = ax.yaxis.get_transform().transform(np.array([0.9, 0.99, 0.999]))
    assert np.diff(place) == pytest.approx(np.log(10))


def test_a_rule_is_what_its_network_says(tiny):
    X = np.random.default_rng(0).normal(size=(2, 7))
    network, params = tiny.experiment.network(), tiny.history.params
    assert np.array_equal(learned(tiny, 2)(X), network.predict(params, X)[2])


def test_maps_show_classes_and_samples(tiny):
    _, axes = class_maps({"learned": learned(tiny)}, limit=3, points=9, xticks=[0])
    ax = axes[0, 0]
    class_dots(ax, np.zeros((2, 4)), np.eye(4), markersize=2)
    assert ax.get_title() == "learned" and ax.images[0].get_array().shape == (9, 9)
    assert len(ax.lines) == 4
