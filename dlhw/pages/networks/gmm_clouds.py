"""The 25 clouds of GMM: where a network is silent, how it errs in each, a plane through three.

The columns of GMM stand in the order of the clouds, the same number of each, five clouds a class.
"""

from typing import NamedTuple

import numpy as np

from ...datasets import gmm_mixture, load
from ...study.results import one_network
from ...training import softmax_regression, train
from .. import figures

CLASSES, CLOUDS = 5, 25
EACH = CLOUDS // CLASSES


def by_cloud(A):
    """Reshape columns (..., m) to (..., 25, m / 25).

    Examples
    --------
    >>> by_cloud(load("gmm").X_val).shape
    (5, 25, 250)
    """
    return A.reshape(*A.shape[:-1], CLOUDS, -1)


def regression(clouds):
    """Return the validation accuracy of softmax regression on some of the 25 clouds.

    Examples
    --------
    >>> 0.9 < regression(slice(0, None, EACH)) < 1  # one cloud of each class
    True
    """
    parts = [by_cloud(A)[:, clouds].reshape(len(A), -1) for A in load("gmm")]
    start = {"W": np.zeros((5, 5)), "b": np.zeros((5, 1))}
    history = train(softmax_regression, start, parts, epochs=5, lr=0.5, batch=50, every=5)
    return float(history.val_accuracy[-1])


def scores(experiment, params):
    """Return the scores of every network of a stack on the validation columns, shape (S, 5, m)."""
    network, X = experiment.network(), load("gmm").X_val.astype("float32")
    return np.stack([network.scores(one_network(params, s), X) for s in range(experiment.seeds)])


def silent_clouds(result):
    """Say for every network in which clouds all scores of most samples are zero: shape (S, 25).

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> tiny = run(Experiment("demo", "gmm", "original", 2, 5, "xavier", batch=2500, seeds=3))
    >>> silent_clouds(tiny).shape
    (3, 25)
    """
    zero = (scores(result.experiment, result.history.params) <= 0).all(axis=1)
    return by_cloud(zero).mean(axis=-1) > 0.5


def lost_clouds(silent):
    """Count the silent clouds of the classes 1 to 4: silence is called class 0, and is right there.

    Examples
    --------
    >>> lost_clouds(np.array([np.arange(25) < 7]))
    array([2])
    """
    return silent[:, EACH:].sum(axis=1)


def silent_figure(silent, values, without):
    """Draw accuracy over the number of lost clouds, and which clouds each network is silent about.

    Parameters
    ----------
    silent : ndarray
        As of `silent_clouds`, (S, 25).
    values : ndarray
        The accuracies of these networks, (S,).
    without : float
        Mean accuracy of networks that are silent nowhere.

    Examples
    --------
    >>> fig = silent_figure(np.eye(3, 25, k=4) > 0, np.array([0.9, 0.8, 0.8]), without=0.9)
    >>> len(fig.axes)
    2
    """
    fig, (above, below) = figures.axes(2, 1, size=(4.9, 5.6))
    _accuracy_over_lost(above, lost_clouds(silent), values, without)
    _map(below, silent[np.argsort(values)])
    return fig


def _accuracy_over_lost(ax, lost, values, without):
    ax.plot(lost, values, "o", color=figures.COLOURS[1], alpha=0.6)
    ends = np.array([0, lost.max()])
    label = "one in 25 lost for each"
    ax.plot(ends, without - ends / CLOUDS, color=figures.INK, linestyle=":", label=label)
    ax.set(xlabel="silent clouds of the classes 1 to 4", ylabel="validation accuracy")
    ax.legend()


def _map(ax, silent):
    colour = figures.mpl.colors.ListedColormap([figures.COLOURS[1]])
    marked = np.where(silent, 1.0, np.nan)
    ax.imshow(marked, cmap=colour, aspect="auto", interpolation="nearest")
    for edge in range(EACH, CLOUDS, EACH):
        ax.axvline(edge - 0.5, color=figures.INK, linewidth=0.6)
    ax.set(xlabel="25 clouds, five of each class", ylabel="seeds, best below", yticks=[])
    middles = range(EACH // 2, CLOUDS, EACH)
    ax.set(xticks=middles, xticklabels=[f"class {k}" for k in range(CLASSES)])


def neighbours():
    """Return the two closest clouds of different classes, and that of a third near both.

    Examples
    --------
    >>> i, j, k = neighbours()
    >>> len({i // 5, j // 5, k // 5})
    3
    """
    means, _ = gmm_mixture()
    apart = np.linalg.norm(means[:, None] - means, axis=-1)
    kind = np.arange(CLOUDS) // EACH
    pairs = [(i, j) for i in range(CLOUDS) for j in range(i) if kind[i] != kind[j]]
    i, j = min(pairs, key=lambda pair: apart[pair])
    others = [k for k in range(CLOUDS) if kind[k] not in (kind[i], kind[j])]
    return [i, j, min(others, key=lambda k: apart[i, k] + apart[j, k])]


class Plane(NamedTuple):
    """A plane among the features: its origin (n, 1), and two orthonormal directions (n, 2)."""

    origin: np.ndarray
    directions: np.ndarray

    def lifted(self, P):
        """Return the samples (n, m) of points (2, m)."""
        return self.origin + self.directions @ P

    def flat(self, X):
        """Return the points (2, m) of samples (n, m) in the plane."""
        return self.directions.T @ (X - self.origin)

    def seen(self, rule):
        """Return a rule for samples as one for points."""
        return lambda P: rule(self.lifted(P))


def plane_through(corners):
    """Return the plane through three samples (n, 3), its origin at their mean.

    Examples
    --------
    >>> corners = np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 3.0], [2.0, 2.0, 2.0]])
    >>> plane = plane_through(corners)
    >>> plane.origin.ravel()
    array([1., 1., 2.])
    >>> bool(np.allclose(plane.lifted(plane.flat(corners)), corners))
    True
    """
    origin = corners.mean(axis=1, keepdims=True)
    directions, _ = np.linalg.qr(corners[:, 1:] - corners[:, :1])
    return Plane(origin, directions)


def spoken(result, s):
    """Return the rule of network s that says nothing, NaN, where all its scores are zero."""
    network, params = result.experiment.network(), one_network(result.history.params, s)

    def rule(X):
        Z = network.scores(params, X)
        return np.where(Z.max(axis=0) > 0, Z.argmax(axis=0), np.nan)

    return rule


def cloud_errors(at, said):
    """Count the errors in a thousand columns of each cloud, redrawn labels left out.

    Examples
    --------
    >>> from dlhw.pages.networks.network_errors import columns
    >>> float(cloud_errors(columns("gmm"), columns("gmm").clean).max())
    0.0
    """
    kept, wrong = by_cloud(at.label == at.clean), by_cloud(np.atleast_2d(said) != at.label)
    return np.array([1000 * wrong[:, g, kept[g]].mean() for g in range(CLOUDS)])


def cloud_errors_figure(at, judged):
    """Draw the errors of several rules in each cloud; the first rule sets the order of the clouds.

    Parameters
    ----------
    at : network_errors.Columns
    judged : dict
        Name of a rule -> its answers.

    Examples
    --------
    >>> from dlhw.pages.networks.network_errors import columns
    >>> fig = cloud_errors_figure(columns("gmm"), {"Bayes rule": columns("gmm").rule})
    """
    rates = {name: cloud_errors(at, said) for name, said in judged.items()}
    order = np.argsort(next(iter(rates.values())))
    fig, ax = figures.axes(size=(4.9, 3.2))
    for (name, values), colour, marker in zip(rates.items(), figures.COLOURS, figures.MARKERS):
        ax.plot(values[order], marker, color=colour, label=name, markersize=4)
    xlabel = "the 25 clouds, in the order of their overlap"
    ax.set(xlabel=xlabel, ylabel="errors in 1000 columns", xticks=[])
    ax.legend()
    return fig
