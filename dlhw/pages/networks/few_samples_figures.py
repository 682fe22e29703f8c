"""Figures of chapter 11: three networks, curves that part, thin Gaussians, rules in a plane."""

import numpy as np

from ...study.results import ceiling
from ..figures import COLOURS, INK, MARKERS, axes, show
from ..result_tables import curves, dots, regions
from .few_samples import DEPTHS, RATES, size_of

BINS = {
    "0–3": (0, 3),
    "4–5": (4, 5),
    "6–7": (6, 7),
    "8–9": (8, 9),
    "10–11": (10, 11),
    "12+": (12, 99),
}
PARTS = {"train": "accuracy on the 200 samples", "val": "validation accuracy"}


def three_networks(runs, lookup):
    """Return the figure of the original's three sizes at three rates, one dot a network.

    `runs` are by depth and rate; `lookup` is the mean accuracy of the nearest sample.
    """
    fig, panels = axes(2, 1, size=(4.9, 4.8), sharex=True)
    places = {key: i + i // len(RATES) for i, key in enumerate(runs)}  # a gap after each size
    for ax, (part, title) in zip(panels, PARTS.items()):
        for (depth, lr), run in runs.items():
            colour = COLOURS[DEPTHS.index(depth)]
            dots(ax, places[depth, lr], run.last(f"{part}_accuracy"), colour)
        for line in ax.lines[::2]:  # the dots; the lines between are the means
            line.set_rasterized(True)
        ax.set(ylabel=title, ylim=(0.15, 1.12))
        ax.grid(True, axis="y")
    upper, lower = panels
    labels = [".01", ".05", ".1"] * len(DEPTHS)
    lower.set(xticks=list(places.values()), xticklabels=labels, xlabel="learning rate")
    for depth, colour in zip(DEPTHS, COLOURS):
        name, middle = size_of(runs[depth, 0.05].experiment), places[depth, 0.05]
        upper.text(middle, 1.04, name, ha="center", color=colour)
    lower.axhline(lookup, linestyle="--", linewidth=1, color=INK)
    lower.text(10.4, lookup + 0.015, "nearest sample", ha="right", fontsize=8)
    return show(
        fig,
        caption="Each dot is a network with its own 200 samples; the bar is their mean. The "
        "largest rate is the best for the shallow network and the worst for the deep ones.",
        text="Two panels of dots, one above the other, for the sizes 2/100, 3/20 and 4/10 at three "
        "rates. On the training samples 2/100 rises towards 1 with the rate; 3/20 and 4/10 spread "
        "widely, and at the largest rate many of their networks are near chance. On the "
        "validation part all "
        "means lie below a dashed line, the nearest sample.",
    )


def curves_part(run):
    """Return the figure of accuracies and losses, on the 200 samples and on the validation part."""
    fig, (upper, lower) = axes(2, 1, size=(4.9, 4.8), sharex=True)
    for ax, kind in ((upper, "accuracy"), (lower, "loss")):
        curves(ax, run, f"train_{kind}", "the 200 samples", COLOURS[0])
        curves(ax, run, f"val_{kind}", "validation", COLOURS[1])
        ax.set_ylabel(kind)
        ax.grid(True)
    best = ceiling("gmm")
    upper.axhline(best, linestyle="--", linewidth=1, color=INK)
    upper.text(0, best + 0.008, "Bayes rule", fontsize=8)
    upper.set_ylim(0.6, 1.03)
    lower.set(yscale="log", xlabel="epoch")
    lower.legend()
    return show(
        fig,
        caption="The network 2/100 at rate .1: mean and range over 20 subsets. The training "
        "accuracy passes the dashed ceiling; the validation loss stops falling and creeps up.",
        text="Above, two accuracy curves rise together for some epochs; that of the training "
        "samples goes on to nearly 1, that of the validation part levels off below. Below, on a "
        "logarithmic axis, the training loss falls on and on while the validation loss is flat "
        "from the middle on and rises a little.",
    )


def thin_gaussians(right, counted):
    """Return the figure of accuracy by how many samples a subset has of the query's Gaussian.

    Parameters
    ----------
    right : dict
        From a rule to its accuracy by subset and Gaussian.
    counted : ndarray
        Samples by subset and Gaussian.

    Examples
    --------
    >>> counted = np.array([[2, 4, 6, 8, 10, 12]])
    >>> str(thin_gaussians({"a rule": counted / 12}, counted))[:24]
    'Four curves that rise wi'
    """
    fig, ax = axes(size=(4.9, 3.3))
    for (name, accuracies), marker in zip(right.items(), MARKERS):
        means = [
            accuracies[(low <= counted) & (counted <= high)].mean() for low, high in BINS.values()
        ]
        ax.plot(range(len(BINS)), means, marker=marker, label=name)
    ax.set(xticks=range(len(BINS)), xticklabels=list(BINS))
    ax.set(xlabel="samples that the subset has of the Gaussian", ylabel="accuracy, true classes")
    ax.grid(True, axis="y")
    ax.legend(loc="lower right")
    return show(
        fig,
        caption="Validation accuracy by how many of the 200 samples came from the query's "
        "Gaussian, over all Gaussians and subsets.",
        text="Four curves that rise with the number of samples. Where there are at most three, the "
        "plain networks are far below the nearest sample; with eight and more they are level with "
        "it. The network on noisy copies is near the nearest sample on the left and above it on "
        "the right.",
    )


def in_the_plane(rules, centres):
    """Return the figure of what four rules say in the plane through three points.

    Parameters
    ----------
    rules : dict
        From title to a function, X (n, m) -> classes (m,).
    centres : ndarray
        The points, shape (3, n).

    Examples
    --------
    >>> def first(X):
    ...     return (X[0] > 0).astype(int)
    >>> rules = {"a": first, "b": first, "c": first, "d": first}
    >>> str(in_the_plane(rules, np.eye(3)))[:16]
    'Four square maps'
    """
    origin = centres.mean(axis=0)[:, None]
    basis, _ = np.linalg.qr((centres[1:] - centres[0]).T)  # (n, 2), orthonormal
    fig, panels = axes(2, 2, size=(4.9, 5.1), sharex=True, sharey=True)
    for ax, (title, rule) in zip(panels.flat, rules.items()):

        def in_plane(plane, rule=rule):
            return rule(origin + basis @ plane)

        regions(ax, in_plane, limit=1.8, size=150)
        ax.plot(*(basis.T @ (centres.T - origin)), "k.", markersize=5)
        ax.set(title=title, xlabel="", ylabel="")
    return show(
        fig,
        caption="What four rules say in the plane through three means (dots), from one subset. "
        "Networks draw smooth borders, the nearest sample draws corners.",
        text="Four square maps in five pale colours. The Bayes rule has curved regions around the "
        "three dots. The nearest sample has a similar map with straight edges and corners; the "
        "plain network's borders are smoother and in places run elsewhere; those of the network on "
        "noisy copies follow the nearest sample's, rounded.",
    )
