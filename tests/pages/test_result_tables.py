"""Tables leave out the networks that failed, and set the figures of others beside ours."""

import re
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from dlhw.pages import figures  # noqa: E402
from dlhw.pages.result_tables import (  # noqa: E402
    accuracies,
    against_course_files,
    comparison,
    curves,
    dots,
    regions,
    share,
)
from dlhw.study.evidence import spread  # noqa: E402
from dlhw.study.experiment import Experiment, Result  # noqa: E402
from dlhw.study.registry import EXPERIMENTS  # noqa: E402
from dlhw.study.results import COURSE_FILES, ORIGINAL, ceiling, measured, one_network  # noqa: E402
from dlhw.training import History  # noqa: E402

TRAIN, VAL = np.array([0.5, 0.91, 0.92, 0.94]), np.array([0.4, 0.81, 0.82, 0.84])
# The same settings as a run of the original, and as one on the course's files.
PUBLISHED = Experiment(
    *("demo", "peaks", "tanh", 2, 50, "uniform"), lr=0.01, batch=16, epochs=150, seeds=4
)
UNKNOWN = Experiment("demo", "gmm", "softmax", lr=0.123, batch=500, seeds=4)


def result(experiment, failed=(), shift=0.0):
    """Return a result of three epochs, whose last accuracies are TRAIN and VAL."""
    train, val = (np.stack([last / 4, last / 2, last]) for last in (TRAIN, VAL + shift))
    failed = dict.fromkeys(failed, "loss nan in epoch 2")
    loss = np.ones((3, 4))
    history = History(np.arange(3), loss, train, loss, val, [], failed, False)
    return Result(experiment, history, np.full(4, np.nan), np.nan, 1.0)


def rows(table):
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in str(table).splitlines()
        if not line.startswith("| ---")
    ]


def test_a_row_has_the_spread_over_the_networks_that_succeeded():
    header, row = rows(accuracies([result(UNKNOWN, failed=[0])], rate="lr"))
    assert header == ["rate", "seeds, kept", "training", "validation", "best possible"]
    assert row[:4] == ["0.123", "4 (1 failed)", spread(TRAIN[1:]), spread(VAL[1:])]
    assert row[4] == share(ceiling("gmm"))


def test_figures_of_the_original_have_a_column_where_there_are_any():
    header, first, second = rows(accuracies([result(PUBLISHED), result(UNKNOWN)], set="dataset"))
    (entry,) = measured(ORIGINAL, PUBLISHED)
    assert len(header) == 6 and header[-1] == "best possible"
    assert first[-2] == f"{share(entry['train'])} / {share(entry['val'])}" and second[-2] == "–"


def test_a_column_is_a_setting_or_whatever_a_function_makes_of_the_experiment():
    (header, row) = rows(
        accuracies([result(UNKNOWN)], steps=lambda e: f"{e.steps} a step", batch="batch")
    )
    assert header[:2] == ["steps", "batch"] and row[:2] == [f"{UNKNOWN.steps} a step", "500"]


def test_shares_have_four_digits_and_no_leading_zero():
    assert [share(value) for value in (0.0, 0.12345, 1.0)] == [".0000", ".1235", "1.0000"]


def test_a_comparison_says_only_of_a_clear_difference_that_it_is_one():
    near = {"a": [0.91, 0.92, 0.93], "b": [0.93, 0.92, 0.91], "c": [0.10, 0.11, 0.12]}
    found = rows(comparison(near, [("a", "b"), ("a", "c"), ("c", "a")]))[1:]
    assert [row[0] for row in found] == ["a − b", "a − c", "c − a"]
    assert [row[3] for row in found] == ["not shown", "yes", "yes"]
    assert [row[1] for row in found[1:]] == ["+.8100", "-.8100"]
    assert len(rows(comparison(near))) == 1 + 3


def course_run():
    """Return an experiment of which the course's files have a figure, and that figure."""
    return next(
        (replace(experiment, seeds=4), entry)
        for experiment in EXPERIMENTS.values()
        for entry in measured(COURSE_FILES, experiment)
        if "std" in entry
    )


def test_a_difference_that_chance_allows_agrees_and_a_larger_one_does_not():
    experiment, entry = course_run()
    near, far = (result(experiment, shift=entry["val"] + gap - VAL.mean()) for gap in (0.001, -0.9))
    header, close, apart = rows(against_course_files([near, far], draw=0.004, lr="lr"))
    assert header[1:] == [*("generated data", "course's files", "difference", "allowed", "agree")]
    assert close[-1] == "yes" and apart[-1] == "**no**"
    assert close[3] == "+0.0010" and close[2] == share(entry["val"])
    assert len(rows(against_course_files([result(UNKNOWN)], draw=0.004))) == 1


def test_a_curve_is_the_mean_of_the_networks_that_succeeded_in_a_band_of_all_of_them():
    _, ax = figures.axes()
    curves(ax, result(UNKNOWN, failed=[0]), "val_accuracy", "ours", "C1", linestyle="--")
    (line,), (band,) = ax.lines, ax.collections
    assert line.get_ydata()[-1] == pytest.approx(VAL[1:].mean()) and line.get_label() == "ours"
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((VAL[1] / 4, VAL[3]))


def test_every_seed_has_a_dot_and_their_mean_a_line():
    _, ax = figures.axes()
    dots(ax, 2, VAL, "C0")
    points, mean = ax.lines
    assert (points.get_ydata() == VAL).all() and len(set(points.get_xdata())) == 4
    assert abs(points.get_xdata() - 2).max() < 0.3
    assert mean.get_ydata() == pytest.approx(2 * [VAL.mean()])


def test_one_network_is_taken_out_of_a_stack():
    stack = [{"W": np.arange(24).reshape(2, 3, 4), "b": np.arange(6).reshape(2, 3, 1)}]
    (params,) = one_network(stack, 1)
    assert (params["W"] == stack[0]["W"][1]).all() and params["b"].shape == (3, 1)


def test_regions_lie_where_the_rule_puts_them():
    _, ax = figures.axes()
    regions(ax, lambda X: (X[0] > 0) + 2 * (X[1] > 0), limit=3, size=4)
    (image,) = ax.images
    assert image.get_extent() == [-3, 3, -3, 3] and image.origin == "lower"
    classes = image.get_array()
    assert [classes[0, 0], classes[0, -1], classes[-1, 0], classes[-1, -1]] == [0, 1, 2, 3]
