"""The figures of chapter 11, on results that nobody trained."""

import numpy as np
import pytest

from dlhw.pages.networks import few_samples_figures
from dlhw.pages.networks.few_samples import originals

pytestmark = pytest.mark.usefixtures("made_up_results")


def test_all_sizes_and_rates_are_named():
    figure = few_samples_figures.three_networks(originals(), 0.9)
    assert all(size in figure.markdown for size in ("2/100", "3/20", "4/10", "nearest sample"))


def test_curves_are_below_the_bayes_rule():
    figure = few_samples_figures.curves_part(originals()[2, 0.1])
    assert "Bayes rule" in figure.markdown and "the 200 samples" in figure.markdown


def test_every_count_of_samples_has_one_bin():
    for count in range(100):
        bins = [low <= count <= high for low, high in few_samples_figures.BINS.values()]
        assert sum(bins) == 1


def test_rules_are_named_by_thin_gaussians():
    counted = np.array([[0, 4, 6, 8, 10, 12]])
    figure = few_samples_figures.thin_gaussians({"first": counted, "second": counted}, counted)
    assert "first" in figure.markdown and "12+" in figure.markdown


def test_the_plane_goes_through_the_points():
    points, asked = np.random.default_rng(0).standard_normal((3, 5)), []

    def rule(X):
        asked.append(X)
        return np.zeros(X.shape[1], int)

    few_samples_figures.in_the_plane({"a": rule, "b": rule}, points)
    flat = asked[0] - points[0][:, None]
    sides = (points[1:] - points[0]).T
    coefficients = np.linalg.lstsq(sides, flat, rcond=None)[0]
    assert len(asked) == 2 and np.allclose(sides @ coefficients, flat)
