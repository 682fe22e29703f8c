"""What the original prints and draws of its tests of derivatives, with ours beside it.

The functions take both: `theirs` is test -> {"E0": numbers, "E1": numbers}, as in
`data/original.toml`; `ours` is test -> (E0, E1), of shape (steps, seeds) each.
"""

import numpy as np

from ..claims import note
from ..figures import COLOURS, INK, axes, table
from .five_tests import STEPS, ratio

TITLES = {
    "softmax_gradient_test": "gradient, softmax regression",
    "tanh_jacobian_test": "Jacobian, tanh layer",
    "residual_jacobian_test": "Jacobian, residual block",
    "tanh_gradient_test_first": "gradient, tanh network",
    "tanh_gradient_test": "gradient, tanh network, second run",
    "resnet_gradient_test": "gradient, residual network",
}


def ratios(theirs, ours):
    """Return the table of the first two and the last ratio of E1: the original's, 95 % of ours."""
    rows = []
    for name, title in TITLES.items():
        printed, seeds = ratio(np.array(theirs[name]["E1"])), ratio(ours[name][1])
        if name == "tanh_gradient_test":
            title = "its second run"
        first, second, last = (f"{printed[i]:.2f}" for i in (0, 1, -1))
        most = [_most(seeds[i]) for i in (0, 1, -1)]
        rows.append([title, f"{first}, {second} .. {last}", *most])
    return table(rows, ["ratio of $E_1$", "original", "ours, first", "second", "last"])


def _most(values):
    """The middle 95 % of the seeds."""
    low, high = np.percentile(values, [2.5, 97.5])
    return f"{low:.2f} to {high:.2f}"


def all_rows(theirs, ours):
    """Return all rows that the original prints, ours beside them, folded away."""
    listings = [
        f"**{title}**\n\n{_listing(STEPS[name], theirs[name], ours[name])}"
        for name, title in TITLES.items()
    ]
    return note("All rows of the six pairs of tables", "\n\n".join(listings))


def _listing(steps, theirs, ours):
    """Each number with its ratio to the next: the original's, then our medians; E0, then E1."""
    columns = []
    for key, E in zip(("E0", "E1"), ours):
        columns += [np.array(theirs[key]), np.median(E, axis=1)]
    titles = ["E0 original ratio", "ours        ratio", "E1 original ratio", "ours        ratio"]
    lines = ["    step  " + "  ".join(titles)]
    for i, step in enumerate(steps):
        lines.append(f"{step:8.2g}  " + "  ".join(_number(E, i) for E in columns).rstrip())
    return "\n".join(["```text", *lines, "```"])


def _number(E, i):
    follows = f"{E[i] / E[i + 1]:.4f}" if i + 1 < len(E) else ""
    return f"{E[i]:.3e} {follows:>7}"


def in_short(E):
    """Write the first error, the first and the last ratio: medians, where there are many seeds.

    Examples
    --------
    >>> in_short([0.8, 0.2, 0.1])
    '0.8 ..; 4.00 .. 2.00'
    """
    E = np.array(E).reshape(len(E), -1)
    first, ratios = np.median(E[0]), np.median(ratio(E), axis=1)
    return f"{first:.2g} ..; {ratios[0]:.2f} .. {ratios[-1]:.2f}"


def in_short_of(ours):
    """Return all of ours in short, named as the original's tables: "tanh_jacobian_test.E1"."""
    short = {}
    for name, (E0, E1) in ours.items():
        short |= {f"{name}.E0": in_short(E0), f"{name}.E1": in_short(E1)}
    return short


def last_ratios(ours):
    """Write our last ratios of E1 and of E0, which should be 4 and 2: medians of the first test."""
    E0, E1 = ours["softmax_gradient_test"]
    return "; ".join(f"{np.median(ratio(E)[-1]):.4f}" for E in (E1, E0))


def drawing(theirs, ours):
    """Return a figure of the original's five plots with ours behind them."""
    fig, panels = axes(3, 2, size=(4.9, 6.0))
    names = [name for name in TITLES if name != "tanh_gradient_test_first"]
    for ax, name in zip(panels.flat, names):
        for E, colour in zip(ours[name], COLOURS):
            _band(ax, STEPS[name], E, colour)
        _marks(ax, STEPS[name], theirs[name], "D", 2.5)
        if name == "tanh_gradient_test":
            _marks(ax, STEPS[name], theirs["tanh_gradient_test_first"], "x", 4)
        ax.set_title(TITLES[name].removesuffix(", second run"))
        ax.minorticks_off()
        ax.tick_params(length=0)
        _powers_of_ten(ax.xaxis, *ax.get_xlim())
        _powers_of_ten(ax.yaxis, *ax.get_ylim())
    panels[-1, 0].set_xlabel("step")
    panels[1, 1].set_xlabel("step")
    _legend(panels[-1, -1])
    return fig


def _band(ax, steps, E, colour):
    low, middle, high = np.percentile(E, [2.5, 50, 97.5], axis=1)
    ax.fill_between(steps, low, high, color=colour, alpha=0.2, linewidth=0)
    ax.loglog(steps, middle, color=colour, linewidth=1)


def _marks(ax, steps, theirs, marker, size):
    for key, colour in zip(("E0", "E1"), COLOURS):
        ax.loglog(steps, theirs[key], marker, color=colour, markersize=size, rasterized=True)


def _powers_of_ten(axis, low, high):
    """Three labels or so: all of them would not fit."""
    first, last = np.ceil(np.log10(low)), np.floor(np.log10(high))
    axis.set_ticks(10.0 ** np.arange(first, last + 1, max(1, (last - first) // 2)))
    axis.set_major_formatter(_power_of_ten)


def _power_of_ten(value, position):
    return "1" if value == 1 else f"1e{np.log10(value):.0f}"


def _legend(ax):
    ax.axis("off")
    for key, colour in zip(("$E_0$", "$E_1$"), COLOURS):
        ax.plot([], [], color=colour, label=key)
    ax.plot([], [], "D", color=INK, markersize=3, label="the original")
    ax.plot([], [], "x", color=INK, markersize=4, label="its other run")
    ax.legend(loc="center")
