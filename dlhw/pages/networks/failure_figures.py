"""Figures of chapter 12: scores that overflow, four starts, silent samples, jagged losses."""

import numpy as np

from ..figures import COLOURS, INK, axes, show
from .failure_tables import rate

STARTS_SHOWN = ["accuracy", "mean slope, layer 3", "norm of the gradient, layer 1"]


def largest_scores(tops, lost, limit):
    """Return the figure of the largest score in each batch, one line a network.

    Parameters
    ----------
    tops : ndarray
        Largest scores, steps by networks.
    lost : ndarray of bool
        Which networks turned NaN without the shift.
    limit : float
        Where exp overflows.

    Examples
    --------
    >>> tops = np.array([[500.0, 720.0], [400.0, 600.0]])
    >>> str(largest_scores(tops, np.array([False, True]), 709.78))[:18]
    'Forty jagged lines'
    """
    fig, ax = axes(size=(4.9, 3.2))
    for which, colour, width in ((~lost, COLOURS[0], 0.6), (lost, COLOURS[1], 1.4)):
        _as_one_line(ax, tops[:, which], color=colour, linewidth=width)
    last = len(tops) - 1
    ax.axhline(limit, linestyle="--", linewidth=1, color=INK)
    ax.text(last, limit + 15, "exp overflows", ha="right", fontsize=8)
    ax.set(xlabel="step", ylabel="largest score in the batch")
    ax.grid(True, axis="y")
    return show(
        fig,
        caption="Forty networks 4/10 with the shift. Drawn in the second colour: those that turned "
        "NaN without it. They are the ones that cross the line.",
        text="Forty jagged lines over the steps that start high and fall. A few of "
        "them rise above a dashed line, the largest exponent, in the first steps; these are "
        "the highlighted ones, and "
        "no other line crosses.",
    )


def _as_one_line(ax, columns, **options):
    """Draw columns as one path with gaps: it is shorter than a path for each."""
    steps = np.arange(float(len(columns)))[:, None]
    gaps = np.full((1, columns.shape[1]), np.nan)
    x = np.concatenate([np.broadcast_to(steps, columns.shape), gaps])
    y = np.concatenate([columns, gaps])
    ax.plot(x.ravel("F"), y.ravel("F"), **options)


def four_starts(seen, rates, names):
    """Return the figure of what was measured during training from four starts.

    Parameters
    ----------
    seen : ndarray
        What was measured (accuracy, slope, norm, direction), by epoch, quantity, rate and start.
    rates : sequence of float
    names : sequence of str
        Those of the starts.

    Examples
    --------
    >>> str(four_starts(np.ones((9, 4, 2, 1)), [0.001, 0.01], ["zero"]))[:10]
    'Three rows'
    """
    fig, panels = axes(3, 2, size=(4.9, 6.4), sharex=True, sharey="row")
    for q, title in enumerate(STARTS_SHOWN):
        panels[q, 0].set_ylabel(title)
        for i, ax in enumerate(panels[q]):
            for line, colour, name in zip(seen[:, q, i].T, COLOURS, names):
                ax.plot(line, color=colour, label=name)
            ax.grid(True, axis="y")
    panels[2, 0].set_yscale("log")
    panels[2, 0].minorticks_off()
    for top, bottom, lr in zip(panels[0], panels[2], rates):
        top.set_title(f"rate {rate(lr)}")
        bottom.set_xlabel("epoch")
    fig.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return show(
        fig,
        caption="Four starts on Peaks, seen on a thousand random samples; means of two seeds. The "
        "large positive start is flat at both rates; the small starts are slow.",
        text="Three rows of panels for two rates. Accuracy: the large start of both signs "
        "rises fastest and highest; the large "
        "positive one stays on its plateau; the two small ones lie between at "
        "the larger rate, and low at the smaller. Mean slope of layer 3: near 0 "
        "for the large positive start, in the middle for the large one of both "
        "signs, higher for the small ones. Norm "
        "of the gradient of layer 1, on a logarithmic axis.",
    )


def silent_gaussians(shares):
    """Return the figure of the share of samples whose right score is 0, Gaussian by network."""
    fig, ax = axes(size=(4.9, 2.9))
    image = ax.imshow(
        shares.T,
        aspect="auto",
        cmap="viridis",
        vmin=0,
        vmax=1,
        interpolation="nearest",
        rasterized=True,
    )
    ax.set(xlabel="Gaussian, five for each class", ylabel="network (seed)")
    ax.set(xticks=range(0, 25, 5), yticks=range(0, shares.shape[1], 5))
    for k in range(5, 25, 5):
        ax.axvline(k - 0.5, color="white", linewidth=1)
    fig.colorbar(image, ax=ax, label="share with right score 0")
    return show(
        fig,
        caption="ReLU on the scores, Xavier start: twenty networks by twenty-five Gaussians. "
        "Yellow fields never learn; a yellow fifth of a row is a class that is lost as a whole.",
        text="A grid of fields that are nearly all either dark, share 0, or bright, share 1. Most "
        "rows have some bright fields, some rows have all five fields of one or more classes "
        "bright.",
    )


def jagged_and_calm(fast, calm):
    """Return the figure of training losses of six seeds, at a large rate and at a small one."""
    fig, panels = axes(2, 1, size=(4.9, 4.4), sharex=True, sharey=True)
    for ax, run in zip(panels, (fast, calm)):
        for curve in run.history.train_loss.T[:6]:
            ax.semilogy(run.history.epoch, curve, linewidth=1)
        ax.set(title=f"rate {rate(run.experiment.lr)}", ylabel="training loss")
        ax.minorticks_off()
        ax.grid(True, axis="y")
    panels[1].set_xlabel("epoch")
    return show(
        fig,
        caption="The first six seeds of the last two rows. The upper curves rise again and again, "
        "and end lower.",
        text="Six training loss curves in each panel on a logarithmic axis. At the large rate "
        "they are jagged, with jumps upward by factors of two "
        "and more, and end lower. At the small rate they fall smoothly and stay higher.",
    )
