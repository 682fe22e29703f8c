"""Diagrams of the data flow: forward downwards on the left, backward upwards on the right."""

import numpy as np
from matplotlib.patches import FancyBboxPatch

from . import figures

ARROW = {"arrowstyle": "-|>", "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}
FORWARD, BACKWARD = (figures.COLOURS[0], "-"), (figures.COLOURS[1], "--")


def chain(maps, wires, skips=(), width=3.9):
    """Return a figure of maps in sequence, with what flows between them in both directions.

    Parameters
    ----------
    maps : sequence of (formula, parameters, gradients)
        One box each, from top to bottom; empty text draws no arrow.
    wires : sequence of (forward, backward)
        What flows before the first map, between them, and after the last: one more than there are
        maps.
    skips : sequence of (wire, map)
        A copy of a wire that goes past the boxes into a later map; its gradient comes back the same
        way.
    width : float
        In inches.

    Examples
    --------
    >>> fig = chain([("$Z = W X + b$", "$W$, $b$", "$G_W$, $G_b$")], [("$X$", "$G_X$")])
    >>> len(fig.axes[0].patches)
    1
    """
    fig, ax = figures.axes(size=(width, 0.62 + 1.12 * len(maps)))
    ax.axis("off")
    ax.set(xlim=(-2.4, 2.4), ylim=(-1.12 * len(maps) - 0.5, 0.12))
    tops = [-0.5 - 1.12 * i for i in range(len(maps))]
    for (formula, parameters, gradients), top in zip(maps, tops):
        _box(ax, top, formula, parameters, gradients)
    starts = [0.1, *(top - 0.55 for top in tops)]
    ends = [*(top - 0.02 for top in tops), tops[-1] - 1.1]
    for (down, up), start, end in zip(wires, starts, ends):
        _wire(ax, start, end, down, up)
    branches = [0.0, *(top - 0.7 for top in tops)]
    for wire, target in skips:
        _skip(ax, branches[wire], tops[target] - 0.28)
    return fig


def _box(ax, top, formula, parameters, gradients):
    middle = top - 0.28
    ax.text(0, middle, formula, ha="center", va="center", fontsize=10)
    look = {"boxstyle": "round,pad=0.03", "facecolor": "none", "edgecolor": figures.INK}
    ax.add_patch(FancyBboxPatch((-1.2, top - 0.5), 2.4, 0.44, **look))
    if parameters:
        _arrow(ax, (-1.62, middle), (-1.25, middle), *FORWARD)
        ax.text(-1.66, middle, parameters, ha="right", va="center", color=FORWARD[0])
    if gradients:
        _arrow(ax, (1.25, middle), (1.62, middle), *BACKWARD)
        ax.text(1.66, middle, gradients, ha="left", va="center", color=BACKWARD[0])


def _wire(ax, start, end, down, up):
    middle = (start + end) / 2
    _arrow(ax, (-0.25, start), (-0.25, end), *FORWARD)
    _arrow(ax, (0.25, end), (0.25, start), *BACKWARD)
    ax.text(-0.35, middle, down, ha="right", va="center", color=FORWARD[0])
    ax.text(0.35, middle, up, ha="left", va="center", color=BACKWARD[0])


def _skip(ax, start, end):
    down, across = [start, start, end, end], np.array([0.25, 1.42, 1.42, 1.25])
    for x, (colour, dashes) in ((-across, FORWARD), (across, BACKWARD)):
        ax.plot(x, down, color=colour, linestyle=dashes, linewidth=ARROW["linewidth"])
    _arrow(ax, (-1.4, end), (-1.25, end), FORWARD[0], "-")
    _arrow(ax, (0.6, start), (0.28, start), BACKWARD[0], "-")


def _arrow(ax, start, end, colour, dashes):
    ax.annotate("", end, start, arrowprops={**ARROW, "color": colour, "linestyle": dashes})
