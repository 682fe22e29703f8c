"""Clouds are counted in the order of the columns; silence is that of all scores."""

import numpy as np
import pytest

from dlhw.datasets import draw, gmm_mixture, load
from dlhw.pages.networks.gmm_clouds import (
    by_cloud,
    cloud_errors,
    lost_clouds,
    neighbours,
    plane_through,
    regression,
    scores,
    silent_clouds,
    silent_figure,
    spoken,
)
from dlhw.pages.networks.network_errors import columns
from dlhw.study.experiment import Experiment, run


@pytest.fixture(scope="module")
def tiny():
    return run(Experiment("demo", "gmm", "original", 2, 5, "xavier", batch=2500, seeds=3))


def test_columns_stand_in_the_order_of_the_clouds():
    means, _ = gmm_mixture()
    centres = by_cloud(load("gmm").X_val).mean(axis=-1)
    nearest = np.linalg.norm(centres.T[:, None] - means, axis=-1).argmin(axis=1)
    assert np.array_equal(nearest, np.arange(25))


def test_straight_borders_part_single_clouds_and_not_five_of_each_class():
    single = [regression(slice(k, None, 5)) for k in (0, 4)]
    assert min(single) > 0.95 > 0.55 > regression(slice(None)) > 0.4


def test_a_cloud_is_silent_where_most_samples_have_no_score(tiny):
    Z = scores(tiny.experiment, tiny.history.params)
    for s, g in ((0, 0), (2, 24)):
        quiet = (by_cloud(Z[s])[:, g] <= 0).all(axis=0)
        assert silent_clouds(tiny)[s, g] == (quiet.mean() > 0.5)


def test_silent_clouds_of_the_first_class_are_not_lost():
    silent = np.zeros((2, 25), bool)
    silent[0, :5], silent[1, 4:7] = True, True
    assert lost_clouds(silent).tolist() == [0, 2]
    above, below = silent_figure(silent, np.array([0.9, 0.8]), without=0.9).axes
    assert np.array_equal(np.isnan(below.images[0].get_array().filled(np.nan)), ~silent[::-1])
    assert above.lines[1].get_ydata().tolist() == pytest.approx([0.9, 0.9 - 2 / 25])


def test_neighbours_are_of_three_classes_and_the_first_two_are_closest():
    i, j, k = neighbours()
    means, _ = gmm_mixture()
    apart = np.linalg.norm(means[:, None] - means, axis=-1)
    others = np.arange(25) // 5 != np.arange(25)[:, None] // 5
    assert apart[i, j] == apart[others].min() and len({i // 5, j // 5, k // 5}) == 3


def test_a_plane_keeps_distances_and_holds_its_corners():
    corners = np.random.default_rng(0).normal(size=(5, 3))
    plane = plane_through(corners)
    P = plane.flat(corners)
    assert np.allclose(plane.lifted(P), corners)
    assert np.linalg.norm(P[:, 0] - P[:, 1]) == pytest.approx(
        np.linalg.norm(corners[:, 0] - corners[:, 1])
    )
    assert np.allclose(plane.seen(lambda X: X.sum(axis=0))(P), corners.sum(axis=0))


def test_a_network_says_nothing_where_all_its_scores_are_zero(tiny):
    X, _, _ = draw("gmm", 500, rng=0)
    Z, said = tiny.experiment.network().scores(tiny.history.params, X)[1], spoken(tiny, 1)(X)
    assert np.array_equal(np.isnan(said), (Z == 0).all(axis=0))
    assert np.array_equal(said[~np.isnan(said)], Z.argmax(axis=0)[~np.isnan(said)])


def test_errors_of_a_cloud_leave_redrawn_labels_out():
    at = columns("gmm")
    assert cloud_errors(at, at.clean).max() == 0
    first_wrong = np.where(np.arange(at.label.size) < at.label.size // 25, 4, at.clean)
    assert cloud_errors(at, first_wrong).tolist() == [1000.0] + 24 * [0.0]
