"""Figures of derivatives: the curves are those of the numbers."""

import numpy as np
import pytest

from dlhw.pages.derivatives import derivative_figures
from dlhw.pages.derivatives.right_models import regression


def drawn(monkeypatch, make, *arguments):
    """Return the axes of a figure in place of its picture."""
    kept = []
    monkeypatch.setattr(derivative_figures.figures, "show", lambda fig, **words: kept.append(fig))
    make(*arguments)
    return kept[0].axes


def steepness(line, row):
    """Return the slope of a line on logarithmic axes, after a row."""
    pair = slice(row, row + 2)
    rise, run = np.diff(np.log(line.get_ydata()[pair])), np.diff(np.log(line.get_xdata()[pair]))
    return (rise / run)[0]


def test_the_right_gradient_falls_with_slope_two_and_the_wrong_one_bends(monkeypatch):
    model, rng = regression(), np.random.default_rng(0)
    _, ax = drawn(
        monkeypatch,
        derivative_figures.two_errors,
        model.objective,
        model.gradient,
        model.x,
        rng,
    )
    right, wrong = ax.lines[:2]
    assert abs(steepness(right, row=14) - 2) < 0.2 and abs(steepness(wrong, row=14) - 1) < 0.2


def test_norms_too_small_to_matter_are_not_drawn(monkeypatch):
    norms = {"lost": np.array([[1.0, 1.0], [1e-70, 1e-70]])}
    (ax,) = drawn(monkeypatch, derivative_figures.norms_going_back, "small", norms)
    assert np.isnan(ax.lines[0].get_ydata()[1])


@pytest.mark.parametrize("order", "CF")
def test_the_jacobian_of_a_product_is_a_kronecker_product(order):
    X = np.random.default_rng(0).uniform(0.3, 1, size=(3, 4))
    by_order = {"C": np.kron(np.eye(2), X.T), "F": np.kron(X.T, np.eye(2))}
    assert np.array_equal(derivative_figures.jacobian(X, 2, order), by_order[order])
