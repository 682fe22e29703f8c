"""Figures of trained networks: how they learned, what depth does, where they put the classes."""

from functools import partial

import numpy as np

from ...study.results import ceiling, one_network
from .. import figures
from ..result_tables import curves, dots, regions
from .trained_networks import accuracy

BESIDE, APART = 0.65, 2.4
"""Distances of two series at one depth, and of two depths."""
MANY_DOTS = {"markeredgewidth": 0, "zorder": 0.1}
"""How dots are drawn of which there are many: see `many_dots`."""


def learning_curves(runs, size=(4.9, 3.6), styles=6 * ("-",)):
    """Draw validation accuracies: means over the seeds, their ranges; dotted: best possible.

    Parameters
    ----------
    runs : dict
        Label -> Result, all of one data set.
    size : tuple of float
    styles : sequence of str
        A style of line for each.

    Returns
    -------
    figure, axes

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> tiny = run(Experiment("demo", "gmm", "softmax", batch=2500, epochs=2, every=1, seeds=3))
    >>> fig, ax = learning_curves({"softmax regression": tiny})
    """
    fig, ax = figures.axes(size=size)
    for (label, run), colour, style in zip(runs.items(), figures.COLOURS, styles):
        curves(ax, run, "val_accuracy", label, colour, linestyle=style)
    best_possible(ax, run.experiment.dataset)
    ax.set(xlabel="epoch", ylabel="validation accuracy")
    return fig, ax


def many_dots(ax):
    """Let what lies lowest be drawn as an image, since thousands of dots make a long page."""
    ax.set_rasterization_zorder(0.2)


def class_dots(ax, X, C, markersize):
    """Draw samples (2, m) as dots in the colours of their labels (l, m).

    Examples
    --------
    >>> fig, ax = figures.axes()
    >>> class_dots(ax, np.zeros((2, 4)), np.eye(4), markersize=2)
    >>> len(ax.lines)
    4
    """
    many_dots(ax)
    for label, colour in zip(C, figures.COLOURS):
        ax.plot(*X[:, label == 1], ".", color=colour, markersize=markersize, **MANY_DOTS)


def each_seed(ax, run, label, colour):
    """Draw the validation accuracy of every network as a thin line, a point every third time."""
    epochs, values = run.history.epoch[::3], run.history.val_accuracy[::3]
    first, *_ = ax.plot(epochs, values, color=colour, linewidth=0.6, alpha=0.8)
    first.set_label(label)


def best_possible(ax, dataset, **options):
    """Draw the accuracy of the Bayes rule on the validation part as a dotted line."""
    options = {"linewidth": 1, **options}
    ax.axhline(ceiling(dataset), color=figures.INK, linestyle=":", **options)


def over_depth(series, size):
    """Draw accuracies over depth: a dot a seed, a bar a mean; dotted: best possible.

    Parameters
    ----------
    series : dict
        Label -> {depth: Result}, all of one data set.
    size : tuple of float

    Returns
    -------
    figure, axes

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> tiny = run(Experiment("demo", "gmm", "softmax", batch=2500, seeds=3))
    >>> fig, ax = over_depth({"narrow": {2: tiny, 3: tiny}, "wide": {3: tiny}}, size=(4.9, 3.4))
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['2', '3']
    """
    depths = sorted({depth for runs in series.values() for depth in runs})
    fig, ax = figures.axes(size=size)
    for i, (label, runs) in enumerate(series.items()):
        aside = BESIDE * (i - (len(series) - 1) / 2)
        for depth, run in runs.items():
            position = APART * depths.index(depth) + aside
            dots(ax, position, accuracy(run), figures.COLOURS[i], label=label)
            label = None  # one entry in the legend is enough
    for line in ax.lines:
        line.set_zorder(MANY_DOTS["zorder"])
    many_dots(ax)
    best_possible(ax, run.experiment.dataset)
    ticks = APART * np.arange(len(depths))
    ax.set(xlabel="depth", ylabel="validation accuracy", xticks=ticks, xticklabels=map(str, depths))
    return fig, ax


def stretch(ax, ticks):
    """Let an axis of accuracies be logarithmic in the errors, so that the last per cents have room.

    Examples
    --------
    >>> fig, ax = figures.axes()
    >>> stretch(ax, ticks=[0.8, 0.9])
    >>> [float(tick) for tick in ax.get_yticks()]
    [0.8, 0.9]
    """
    ax.set_yscale("function", functions=(_minus_log_errors, _accuracies))
    ax.set(yticks=ticks)
    ax.minorticks_off()


def _minus_log_errors(a):
    return -np.log(np.maximum(1 - a, 1e-9))  # 1 lies at infinity


def _accuracies(y):
    return 1 - np.exp(-y)


def learned(result, s=0):
    """Return the rule that network s of a result has learned: X (n, m) -> classes (m,).

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> tiny = run(Experiment("demo", "peaks", "softmax", batch=2500, seeds=3))
    >>> learned(tiny)(np.zeros((2, 4))).shape
    (4,)
    """
    return partial(result.experiment.network().predict, one_network(result.history.params, s))


def class_maps(rules, limit, points, **settings):
    """Draw where four rules put the classes of the plane.

    Parameters
    ----------
    rules : dict
        Title -> rule, X (2, m) -> classes (m,).
    limit, points : float, int
        The pictures are [-limit, limit] squared, and have so many points a side.
    **settings
        As for `Axes.set`, the same for all pictures.

    Returns
    -------
    figure, axes

    Examples
    --------
    >>> fig, axes = class_maps({"halves": lambda X: (X[0] > 0).astype(int)}, limit=3, points=10)
    """
    fig, axes = figures.axes(2, 2, size=(4.9, 5.2), sharex=True, sharey=True)
    for ax, (title, rule) in zip(axes.flat, rules.items()):
        regions(ax, rule, limit=limit, size=points)
        ax.set(title=title, **settings)
        ax.label_outer()
    return fig, axes
