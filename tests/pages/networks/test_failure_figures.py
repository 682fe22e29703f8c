"""The figures of chapter 12, on results that nobody trained."""

import numpy as np
import pytest
from made_up_results import made_up

from dlhw.pages.figures import axes
from dlhw.pages.networks import failure_figures
from dlhw.pages.networks.failure_tables import failure


def test_columns_are_one_path_with_gaps():
    _, ax = axes()
    failure_figures._as_one_line(ax, np.array([[1.0, 3.0], [2.0, 4.0]]))
    (line,) = ax.lines
    assert np.array_equal(line.get_xdata(), [0, 1, np.nan, 0, 1, np.nan], equal_nan=True)
    assert np.array_equal(line.get_ydata(), [1, 2, np.nan, 3, 4, np.nan], equal_nan=True)


def test_the_limit_is_named():
    tops = np.full((15, 40), 500.0)
    figure = failure_figures.largest_scores(tops, np.arange(40) < 3, 709.78)
    assert "exp overflows" in figure.markdown


def test_four_starts_have_their_names():
    figure = failure_figures.four_starts(np.ones((9, 4, 2, 4)), (0.001, 0.01), list("abcd"))
    assert "rate .001" in figure.markdown and "mean slope, layer 3" in figure.markdown


def test_silent_gaussians_are_an_image():
    assert "<image" in failure_figures.silent_gaussians(np.zeros((25, 20))).markdown


@pytest.mark.parametrize("rate, title", [(0.1, "rate .1"), (0.01, "rate .01")])
def test_losses_are_named_by_their_rate(monkeypatch, rate, title):
    monkeypatch.setattr("dlhw.study.results.load_result", made_up)
    run = failure("original, open", 4, 10, init="xavier", lr=rate)
    assert title in failure_figures.jagged_and_calm(run, run).markdown
