"""Where the errors of trained networks lie: labels that nobody can know, overlap, and their own."""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...datasets import draw, load, peaks, peaks_grid, posterior
from ...study.evidence import spread
from ...study.experiment import stream
from .. import figures
from ..result_tables import share
from .network_figures import MANY_DOTS, many_dots

SIZE = 20_000
"""Fresh columns: enough to tell heaps of a few in a thousand apart."""
PARTS = 80
"""A stack of networks answers a part of the columns at a time, so that memory stays bounded."""
UNSURE = 0.9
"""Where the posterior's favourite has less, the Bayes rule itself is unsure."""
KNOWN = 0.9
"""A network knows a class of which it has more right; redrawn labels leave .98 or so."""


class Columns(NamedTuple):
    """Fresh columns, their labels and clean classes; what the Bayes rule says and doubts."""

    X: np.ndarray
    label: np.ndarray
    clean: np.ndarray
    rule: np.ndarray
    unsure: np.ndarray


@cache
def columns(dataset):
    """Draw the columns on which errors are sorted.

    Examples
    --------
    >>> columns("peaks").X.shape
    (2, 20000)
    """
    X, C, clean = draw(dataset, SIZE, rng=stream("errors", 0))
    P = posterior(dataset, X, clean=True)
    classes = [A.argmax(axis=0) for A in (C, clean, P)]
    return Columns(X, *classes, P.max(axis=0) < UNSURE)


def answers(result):
    """Return the class that every network gives each of the columns, shape (S, m)."""
    e = result.experiment
    network, X = e.network(), columns(e.dataset).X.astype(e.dtype)
    parts = np.array_split(X, PARTS, axis=1)
    return np.concatenate([network.predict(result.history.params, X) for X in parts], axis=-1)


def heaps(at, said):
    """Sort answers: which are errors, of which kind, and which are right where Bayes is wrong.

    Parameters
    ----------
    at : Columns
    said : ndarray
        A class for each of the columns, (m,) or (S, m).

    Returns
    -------
    dict
        Name of a heap -> which answers belong to it.

    Examples
    --------
    >>> at = columns("peaks")
    >>> found = heaps(at, at.rule)
    >>> int(found["its own"].sum())
    0
    """
    wrong, kept = said != at.label, at.label == at.clean
    bayes_right = at.rule == at.label
    own = wrong & kept & bayes_right
    return {
        "errors": wrong,
        "redrawn label": wrong & ~kept,
        "overlap": wrong & kept & ~bayes_right,
        "its own": own,
        "of these, unsure": own & at.unsure,
        "right where Bayes is wrong": ~wrong & ~bayes_right,
    }


def per_thousand(at, said):
    """Return the sizes of the heaps in a thousand columns, one value a network."""
    return {name: 1000 * heap.mean(axis=-1) for name, heap in heaps(at, said).items()}


def means(at, said):
    """Return the sizes of the heaps in a thousand columns, their means over the networks."""
    return {name: float(np.mean(values)) for name, values in per_thousand(at, said).items()}


def error_table(at, judged):
    """Return a table of the heaps.

    Parameters
    ----------
    at : Columns
    judged : dict
        Name of a rule -> its answers (m,), or those of several networks (S, m).

    Examples
    --------
    >>> at = columns("gmm")
    >>> print(str(error_table(at, {"Bayes rule": at.rule})).splitlines()[0][:43])
    | per 1000 columns | errors | redrawn label
    """
    counted = {name: per_thousand(at, said) for name, said in judged.items()}
    rows = [[name, *map(_written, found.values())] for name, found in counted.items()]
    return figures.table(rows, ["per 1000 columns", *heaps(at, at.rule)])


def _written(values):
    return spread(values, digits=1) if np.ndim(values) else f"{values:.1f}"


def error_map(at, said):
    """Draw where the errors of one network on Peaks lie, and where the Bayes rule is unsure."""
    titles = {
        "redrawn label": "redrawn label",
        "overlap": "overlap",
        "its own": "the network's own",
    }
    found = heaps(at, said)
    fig, axes = figures.axes(2, 2, size=(4.9, 5.2), sharex=True, sharey=True)
    for ax in axes.flat:
        _borders(ax)
    for ax, (heap, title), colour in zip(axes.flat, titles.items(), figures.COLOURS[1:]):
        ax.plot(*at.X[:, found[heap]], ".", color=colour, markersize=2.4, **MANY_DOTS)
        ax.set(title=f"{title}: {found[heap].sum()}")
    half = at.X[:, at.unsure][:, ::2]
    axes[1, 1].plot(*half, ".", color=figures.COLOURS[0], markersize=1.2, **MANY_DOTS)
    axes[1, 1].set(title=f"posterior below {f'{UNSURE:g}'.removeprefix('0')}")
    return fig


def _borders(ax):
    axis = np.linspace(-3, 3, 34)
    height, (_, thresholds, _) = peaks(*np.meshgrid(axis, axis)), peaks_grid()
    many_dots(ax)
    ax.contour(axis, axis, height, thresholds, colors=figures.INK, linestyles="-", linewidths=0.6)
    ticks = [-2, 0, 2]
    ax.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$", xticks=ticks, yticks=ticks)
    ax.label_outer()


def known_table(right):
    """Return a table of the classes: how many networks know each, and what they have right of it.

    Parameters
    ----------
    right : ndarray
        Shares (S, l), as of `right_by_class`.

    Examples
    --------
    >>> known_table(np.array([[0.97, 0.0], [0.95, 0.1]]))
    | class | 0 | 1 |
    | --- | ---: | --- |
    | seeds that know it | 2 | 0 |
    | right, where known | .9600 | – |
    """
    known = [column[column > KNOWN] for column in right.T]
    return figures.table(
        [
            ["seeds that know it", *map(len, known)],
            ["right, where known", *map(_mean_share, known)],
        ],
        ["class", *map(str, range(len(known)))],
    )


def _mean_share(values):
    return share(values.mean()) if len(values) else "–"


def right_by_class(result):
    """Return the share of each validation class that every network has right, shape (S, l)."""
    data = load(result.experiment.dataset)
    said = result.experiment.network().predict(result.history.params, data.X_val)
    label = data.C_val.argmax(axis=0)
    classes = range(len(data.C_val))
    return np.stack([(said[:, label == k] == k).mean(axis=1) for k in classes], axis=1)
