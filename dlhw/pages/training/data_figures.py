"""The figures of chapter 4: the three sets as they are drawn, and the order of their labels."""

import numpy as np

from ...datasets import gmm_mixture, peaks_grid, subset, swissroll_curve
from .. import figures


def peaks_bands(data):
    """Draw the bands of Peaks, and a thousand samples with the labels they carry.

    Parameters
    ----------
    data : Data

    Examples
    --------
    >>> from dlhw import datasets
    >>> peaks_bands(datasets.load("peaks")).text[:9]
    'A square.'
    """
    axis, _, classes = peaks_grid()
    X, C = subset(data.X_val, data.C_val, size=1000, rng=2)
    fig, ax = figures.axes(size=(4.4, 4.4))
    pale = figures.mpl.colors.ListedColormap(figures.COLOURS[:5])
    bands = classes.transpose()[::2, ::2]
    ax.pcolormesh(axis[::2], axis[::2], bands, cmap=pale, alpha=0.2, linewidth=0, rasterized=True)
    for k in range(5):
        _dots(ax, X, C, k, size=9)
    ax.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 1.12),
        ncols=5,
        columnspacing=0.6,
        handletextpad=0,
        markerscale=1.8,
    )
    return figures.show(
        fig,
        caption="Peaks: the bands of the surface, and random samples with the labels they carry. "
        "A mark far from its own region is label noise.",
        text="A square. Around a patch of class 0 below and one of class 4 above lie rings of the "
        "classes 1 and 3, which have further patches of their own; class 2 fills the rest, with "
        "few dots. Most dots lie in the region of their class.",
    )


def gmm_ellipses(data):
    """Draw GMM in two pairs of its coordinates: samples, and each Gaussian to two deviations.

    Parameters
    ----------
    data : Data

    Examples
    --------
    >>> from dlhw import datasets
    >>> gmm_ellipses(datasets.load("gmm")).text[:10]
    'Two panels'
    """
    X, C = subset(data.X_val, data.C_val, size=700, rng=2)
    fig, panels = figures.axes(1, 2, size=(6.9, 3.7))
    for ax, pair in zip(panels, ([0, 1], [2, 3])):
        for k in range(5):
            _dots(ax, X[pair], C, k, size=6)
            ax.plot(*_ellipses(k, pair), color=figures.COLOURS[k], linewidth=1)
        ax.set(aspect="equal", xlabel=f"$x_{pair[0] + 1}$", ylabel=f"$x_{pair[1] + 1}$")
    fig.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside upper center",
        ncols=5,
        markerscale=2,
        handletextpad=0,
    )
    return figures.show(
        fig,
        caption="GMM in two of its coordinates at a time. Each ellipse holds two standard "
        "deviations of one of the 25 Gaussians.",
        text="Two panels of dots in five colours with 25 overlapping ellipses. A few ellipses "
        "stand alone; no class is apart from all others.",
    )


def _ellipses(k, pair):
    """Return points two deviations from the means of class k, in two coordinates: (2, 25, 5)."""
    means, covariances = gmm_mixture()
    own = slice(5 * k, 5 * k + 5)
    roots = np.linalg.cholesky(covariances[own][:, pair][:, :, pair])  # (5, 2, 2)
    angle = np.linspace(0, 2 * np.pi, 25)
    points = means[own][:, pair, None] + 2 * roots @ np.stack([np.cos(angle), np.sin(angle)])
    return points.transpose(1, 2, 0)


def spirals(data):
    """Draw the curves of SwissRoll and a thousand samples.

    Parameters
    ----------
    data : Data

    Examples
    --------
    >>> from dlhw import datasets
    >>> spirals(datasets.load("swissroll")).text[:11]
    'Two spirals'
    """
    X, C = subset(data.X_val, data.C_val, size=1000, rng=2)
    fig, ax = figures.axes(size=(4.2, 4.4))
    for k in range(2):
        _dots(ax, X, C, k, size=8)
        ax.plot(*swissroll_curve(np.linspace(0, 1, 120), k), color=figures.INK, linewidth=0.8)
    ax.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=2, markerscale=2)
    return figures.show(
        fig,
        caption="SwissRoll: the two curves and random samples around them.",
        text="Two spirals of two turns each, one inside the other, with dots of one class around "
        "each and a few dots of the wrong class.",
    )


def _dots(ax, X, C, k, size):
    """Draw the samples whose label is k."""
    ax.scatter(
        *X[:, C[k] == 1],
        s=size,
        color=figures.COLOURS[k],
        marker=figures.MARKERS[k],
        linewidths=0,
        rasterized=True,
        label=f"class {k}",
    )


def labels_in_file_order(peaks, swissroll):
    """Draw the label of each column: training part of Peaks, validation part of SwissRoll.

    Parameters
    ----------
    peaks, swissroll : Data

    Examples
    --------
    >>> from dlhw import datasets
    >>> labels_in_file_order(datasets.load("peaks"), datasets.load("swissroll")).text[:6]
    'Above,'
    """
    labels = {"Peaks, training": peaks.C_train, "SwissRoll, validation": swissroll.C_val}
    fig, panels = figures.axes(2, 1, size=(4.9, 3.6))
    for ax, (title, C) in zip(panels, labels.items()):
        ax.plot(
            C.argmax(axis=0),
            "|",
            color=figures.COLOURS[0],
            markersize=7,
            markeredgewidth=0.5,
            rasterized=True,
        )
        ax.set(title=title, ylabel="label", yticks=range(len(C)), ylim=(-0.5, len(C) - 0.5))
    panels[1].set_xlabel("column of the file")
    return figures.show(
        fig,
        caption="The label of each column, in file order. The steps are the clean classes, the "
        "scattered marks are label noise. Only the validation part of SwissRoll is shuffled.",
        text="Above, five long steps from class 0 to class 4, with sparse dots at the other "
        "labels. Below, two full lines, both labels everywhere.",
    )
