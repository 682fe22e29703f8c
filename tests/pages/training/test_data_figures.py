"""The figures of chapter 4 show every class of each set."""

import numpy as np
import pytest

from dlhw import datasets
from dlhw.pages.training.data_figures import (
    _ellipses,
    gmm_ellipses,
    labels_in_file_order,
    peaks_bands,
    spirals,
)


@pytest.mark.parametrize(
    "name, draw", [("peaks", peaks_bands), ("gmm", gmm_ellipses), ("swissroll", spirals)]
)
def test_a_picture_of_a_set_names_its_classes(name, draw):
    svg = draw(datasets.load(name)).markdown
    assert all(f">class {k}<" in svg for k in range(datasets.RULES[name].classes))


def test_an_ellipse_is_two_deviations_from_the_mean_of_its_gaussian():
    means, covariances = datasets.gmm_mixture()
    points, pair, j = _ellipses(3, [2, 4]), [2, 4], 5 * 3 + 1
    gaps = points[:, :, 1] - means[j, pair][:, None]
    squares = np.sum(gaps * np.linalg.solve(covariances[j][np.ix_(pair, pair)], gaps), axis=0)
    assert np.allclose(squares, 2**2)


def test_the_order_of_labels_is_that_of_two_parts():
    svg = labels_in_file_order(datasets.load("peaks"), datasets.load("swissroll")).markdown
    assert ">Peaks, training<" in svg and ">SwissRoll, validation<" in svg
