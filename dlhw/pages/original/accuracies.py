"""The accuracies that the original prints, beside ours: tables, and a figure of all."""

import numpy as np

from ...study.evidence import spread
from ...study.results import ceiling
from ..claims import note
from ..figures import COLOURS, INK, axes, table
from ..result_tables import curves, share
from .printed import GROUPS, PARTS, PLACES, VARIANTS, counts

LIMITS = {
    "softmax": (0.46, 0.6),
    "peaks": (0.885, 0.945),
    "gmm": (0.9, 0.98),
    "small": (0.6, 1.005),
}
DIAMOND = {"marker": "D", "color": COLOURS[3], "markerfacecolor": "none", "markeredgewidth": 1.3}


def counts_table(accuracies):
    """Return the table of how many accuracies lie where, a row a group."""
    rows = []
    for group, title in GROUPS.items():
        rows.append([title, *counts([a for a in accuracies if a.group == group])])
    return table([*rows, ["**all**", *counts(accuracies)]], ["accuracies of", *PLACES])


def one_by_one(accuracies):
    """Return the tables of all accuracies, folded away."""
    listings = []
    for group, short in GROUPS.items():
        for part in ("val", "train"):
            rows = [_row(a) for a in accuracies if (a.group, a.part) == (group, part)]
            if rows:
                lines = table(rows, ["setting", "original", "ours", "where"])
                listings.append(f"**{short}: {PARTS[part]}**\n\n{lines}")
    return note("One by one", "\n\n".join(listings))


def _row(accuracy):
    entry, part, runs, places = accuracy
    spreads = [spread(run.last(f"{part}_accuracy")) for run in runs]
    where = accuracy.place
    if len(runs) > 1 and where != "outside":
        names = [name for name, found in zip(VARIANTS, places) if found == where]
        where = ", ".join(f"{where} ({name})" for name in names)
    return [setting(runs[0].experiment), share(entry[part]), "<br>".join(spreads), where]


def setting(e):
    """Write an experiment as the tables and the figure do.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> setting(Experiment("demo", "gmm", "original", depth=4, width=10, lr=0.01, batch=8))
    '4/10, .01, batch 8'
    """
    size = f"{e.depth}/{e.width}, " if e.width else ""
    return f"{size}{e.lr:g}, batch {e.batch}".replace("0.", ".")


def drawing(accuracies):
    """Return the figure of all accuracies: a dot a seed, a diamond for what the original prints."""
    rows = {group: _rows(accuracies, group) for group in GROUPS}
    heights = [len(entries) + 1 for entries in rows.values()]
    fig, panels = axes(4, 2, size=(6.9, 6.6), gridspec_kw={"height_ratios": heights})
    for group, pair in zip(GROUPS, panels):
        for ax, part in zip(pair, PARTS):
            _panel(ax, rows[group], part, *LIMITS[group])
            _best_possible(ax, group, part)
            ax.set_title(f"{GROUPS[group]}: {PARTS[part]}")
            names = [setting(runs[0].experiment) for _, runs in rows[group]]
            shown = part == "train" or group == "softmax"
            ax.set_yticks(range(len(names)), names if shown else [""] * len(names))
    _legend(panels[0, 0])  # softmax regression has no training accuracies
    return fig


def _rows(accuracies, group):
    """Each entry of a group once, with our runs."""
    rows = {id(a.entry): (a.entry, a.runs) for a in accuracies if a.group == group}
    return list(rows.values())


def _panel(ax, rows, part, low, high):
    for y, (entry, runs) in enumerate(rows):
        for run, colour in zip(runs, COLOURS):
            values = run.last(f"{part}_accuracy")
            _dots(ax, y, values, colour)
            below = int(np.sum(values < low))
            if below:
                them = ", the original" if entry.get(part, 1) < low else ""
                text = f" ◂ {below} of {len(values)}{them}"
                ax.text(low, y, text, fontsize=7, va="center", color=colour)
        if part in entry and entry[part] >= low:
            ax.plot(entry[part], y, markersize=5, zorder=1.6, rasterized=True, **DIAMOND)
    ax.set(xlim=(low, high), ylim=(len(rows) - 0.4, -0.6))
    ax.grid(True, axis="x")
    ax.tick_params(length=0)


def _dots(ax, y, values, colour):
    """One dot a seed, five heights in turn."""
    heights = y + 0.22 * (np.arange(len(values)) % 5 / 2 - 1)
    style = {"markersize": 3.5, "alpha": 0.7, "rasterized": True, "zorder": 1.5}
    ax.plot(values, heights, ".", color=colour, **style)


def _best_possible(ax, group, part):
    """A line at the Bayes rule; 200 samples can be learnt by heart, so there is none for them."""
    dataset = "gmm" if group in ("gmm", "small") else "peaks"
    best = ceiling(dataset, part)
    if best < LIMITS[group][1] and (group, part) != ("small", "train"):
        ax.axvline(best, color=INK, linewidth=1)


def _legend(ax):
    ax.clear()
    ax.axis("off")
    for colour, label in zip(COLOURS, ("our seeds; SGD", "momentum")):
        ax.plot([], [], ".", color=colour, label=label)
    ax.plot([], [], linestyle="", label="the original", **DIAMOND)
    ax.plot([], [], color=INK, linewidth=1, label="best possible")
    ax.legend(loc="center")


def learning_curves(runs):
    """Return a figure of accuracy and loss over the epochs.

    Parameters
    ----------
    runs : dict
        Title -> Result, of two.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> demo = run(Experiment("demo", "gmm", "softmax", batch=500, epochs=2, seeds=2))
    >>> len(learning_curves({"left": demo, "right": demo}).axes)
    4
    """
    fig, panels = axes(2, 2, size=(4.9, 4.6), sharex=True)
    for (title, run), (upper, lower) in zip(runs.items(), panels.T):
        _training_and_validation(upper, run, "accuracy")
        _training_and_validation(lower, run, "loss")
        upper.axhline(ceiling(run.experiment.dataset), color=INK, linewidth=1, linestyle=":")
        upper.set(title=title, ylim=(0.78, 0.985))
        lower.set(xlabel="epoch", yscale="log")
        lower.set_yticks([0.2, 0.5, 1.0], [".2", ".5", "1"])
        lower.minorticks_off()
    panels[0, 0].set_ylabel("accuracy")
    panels[1, 0].set_ylabel("loss")
    panels[1, 0].legend()
    return fig


def _training_and_validation(ax, run, curve):
    for (part, label), colour in zip(PARTS.items(), COLOURS):
        curves(ax, run, f"{part}_{curve}", label, colour)
    ax.grid(True, axis="y")
