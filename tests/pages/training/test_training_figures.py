"""The figures of chapter 5, on results that nobody trained."""

import numpy as np
import pytest

from dlhw.pages.figures import COLOURS, axes
from dlhw.pages.training import training_figures
from dlhw.pages.training.softmax_runs import kept, sum_of_rates

ZERO = {"W": np.zeros((5, 2)), "b": np.zeros((5, 1))}
WIDE = {"W": np.zeros((5, 5)), "b": np.zeros((5, 1))}


pytestmark = pytest.mark.usefixtures("made_up_results")


def test_pieces_are_one_line_with_gaps():
    _, ax = axes()
    training_figures.pieces(ax, [1, 2], [3, 4], [5, 6], [7, 8])
    (line,) = ax.lines
    assert np.array_equal(line.get_xdata(), [1, 3, np.nan, 2, 4, np.nan], equal_nan=True)
    assert np.array_equal(line.get_ydata(), [5, 7, np.nan, 6, 8, np.nan], equal_nan=True)


def test_ends_are_at_the_sum_of_the_rates():
    _, ax = axes()
    run = kept("peaks", "sgd", "exponential")
    training_figures.ends(ax, [run], "accuracy", COLOURS[0], 0.25, 1.3)
    bar, mark = ax.lines
    assert bar.get_xdata()[0] == sum_of_rates(run.experiment)
    assert mark.get_ydata()[0] == pytest.approx(run.last("val_accuracy").mean())


def test_all_runs_are_drawn():
    times = np.array([0.04, 1e4])
    flows = {name: (np.ones(2), np.ones(2) / 2) for name in ("peaks", "gmm")}
    figure = training_figures.all_on_one_curve(flows, times, {"peaks": ZERO, "gmm": WIDE})
    assert "gradient flow" in figure.markdown and "batch 256" in figure.markdown


def test_fewer_epochs_keep_the_bends_and_the_last():
    epochs = training_figures.fewer(kept("peaks", "sgd", "exponential")).history.epoch
    assert epochs.tolist() == training_figures.FEW_EPOCHS


@pytest.mark.parametrize("name, lowest", [("peaks", ZERO), ("gmm", WIDE)])
def test_learning_curves_name_the_variants(name, lowest):
    figure = training_figures.learning_curves(name, lowest)
    assert all(rule in figure.markdown for rule in ("SGD", "momentum", "Nesterov", "training"))


def test_borders_say_how_good_a_rule_is():
    figure = training_figures.borders({"one": ZERO, "two": ZERO, "three": ZERO}, [0.1, 0.2, 0.3])
    assert "the bands" in figure.markdown and "three: .3000" in figure.markdown
