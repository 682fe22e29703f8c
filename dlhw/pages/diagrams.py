"""Diagrams of the data flow: forward on the left, downwards; backward on the right, upwards; shapes on the arrows."""

from . import figures

ARROW = {"arrowstyle": "-|>", "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}


def chain(maps, wires, skips=(), width=3.9):
    """Return a figure of maps in sequence, with what flows between them in both directions.

    Parameters
    ----------
    maps : sequence of (formula, parameters, gradients)
        One box each, from top to bottom; empty text draws no arrow.
    wires : sequence of (forward, backward)
        What flows before the first map, between them, and after the last: one more than there are maps.
    skips : sequence of (wire, map)
        A copy of a wire that goes past the boxes into a later map; its gradient comes back the same way.
    width : float
        In inches.

    Examples
    --------
    >>> fig = chain([("$Z = W X + b$", "$W$, $b$", "$G_W$, $G_b$")], [("$X$", "$G_X$"), ("$Z$", "$G_Z$")])
    >>> len(fig.axes[0].patches)
    1
    """
    fig, ax = figures.axes(size=(width, 0.62 + 1.12 * len(maps)))
    ax.axis("off")
    ax.set(xlim=(-2.4, 2.4), ylim=(-1.12 * len(maps) - 0.5, 0.12))
    forward, backward = figures.COLOURS[:2]
    tops = [-0.5 - 1.12 * i for i in range(len(maps))]
    for (formula, parameters, gradients), top in zip(maps, tops):
        ax.text(0, top - 0.28, formula, ha="center", va="center", fontsize=10)
        ax.add_patch(
            figures.mpl.patches.FancyBboxPatch(
                (-1.2, top - 0.5), 2.4, 0.44, boxstyle="round,pad=0.03", facecolor="none"
            )
        )
        if parameters:
            _arrow(ax, (-1.62, top - 0.28), (-1.25, top - 0.28), forward, "-")
            ax.text(-1.66, top - 0.28, parameters, ha="right", va="center", color=forward)
        if gradients:
            _arrow(ax, (1.25, top - 0.28), (1.62, top - 0.28), backward, "--")
            ax.text(1.66, top - 0.28, gradients, ha="left", va="center", color=backward)
    for i, (down, up) in enumerate(wires):
        above, below = (
            (tops[i - 1] - 0.55 if i else 0.1),
            (tops[i] - 0.02 if i < len(maps) else tops[-1] - 1.1),
        )
        _arrow(ax, (-0.25, above), (-0.25, below), forward, "-")
        _arrow(ax, (0.25, below), (0.25, above), backward, "--")
        ax.text(-0.35, (above + below) / 2, down, ha="right", va="center", color=forward)
        ax.text(0.35, (above + below) / 2, up, ha="left", va="center", color=backward)
    for wire, target in skips:
        start, end = (tops[wire - 1] - 0.7 if wire else 0.0), tops[target] - 0.28
        for side, colour, style in ((-1, forward, "-"), (1, backward, "--")):
            corners = [
                (0.25 * side, start),
                (1.42 * side, start),
                (1.42 * side, end),
                (1.25 * side, end),
            ]
            ax.plot(*zip(*corners), color=colour, linestyle=style, linewidth=ARROW["linewidth"])
        _arrow(ax, (-1.4, end), (-1.25, end), forward, "-")
        _arrow(ax, (0.6, start), (0.28, start), backward, "-")
    return fig


def _arrow(ax, start, end, colour, style):
    ax.annotate("", end, start, arrowprops={**ARROW, "color": colour, "linestyle": style})
