"""Tables and drawings of results that several chapters share.

Each table states spread as mean ± standard deviation over the seeds of initialisation and batches,
on one draw of the data.
"""

import re

import numpy as np
from matplotlib.colors import ListedColormap

from ..datasets import RULES
from ..study.evidence import allowance, differences, spread, summary
from ..study.results import COURSE_FILES, ORIGINAL, ceiling, measured
from . import figures

SAID = "original, training / validation"


def accuracies(results, **columns):
    """Return a table of last accuracies, beside the original's and the best possible.

    Parameters
    ----------
    results : list of Result
    **columns : str
        Title -> the setting that it shows, such as `depth="depth"`, or -> a function of the
        experiment.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> demo = run(Experiment("demo", "gmm", "softmax", batch=500, seeds=2))
    >>> accuracies([demo], rate="lr").markdown.splitlines()[0]
    '| rate | seeds, kept | training | validation | best possible |'
    """
    rows = [_accuracies_of(result, columns) for result in results]
    header = [*columns, "seeds, kept", "training", "validation", SAID, "best possible"]
    if all(row[-2] == "–" for row in rows):
        rows = [row[:-2] + row[-1:] for row in rows]
        header.remove(SAID)
    return figures.table(rows, header)


def _accuracies_of(result, columns):
    e, failed = result.experiment, len(result.history.failed)
    seeds = f"{e.seeds} ({failed} failed)" if failed else f"{e.seeds}"
    training, validation = result.last("train_accuracy"), result.last("val_accuracy")
    best = share(ceiling(e.dataset))
    return [*_settings(e, columns), seeds, spread(training), spread(validation), _said(e), best]


def _settings(experiment, columns):
    """Return what the columns show of an experiment: each is one of its settings, or a function."""
    cells = []
    for column in columns.values():
        if isinstance(column, str):
            cells.append(getattr(experiment, column))
        else:
            cells.append(column(experiment))
    return cells


def _said(experiment):
    """Return the original's training and validation accuracy, as far as it has them."""
    entries = measured(ORIGINAL, experiment)
    if not entries:
        return "–"
    shares = [share(entries[0][part]) if part in entries[0] else "–" for part in ("train", "val")]
    return " / ".join(shares)


def share(value):
    """Write a share as the tables do.

    Examples
    --------
    >>> share(0.9360)
    '.9360'
    """
    return f"{value:.4f}".removeprefix("0")


def comparison(samples, pairs=None):
    """Return a table of differences between means, with Welch's intervals and Holm's verdict.

    Examples
    --------
    >>> comparison({"a": [0.91, 0.92, 0.93], "b": [0.91, 0.92, 0.94]})
    | compared | difference | 95 % interval | a difference? |
    | --- | ---: | ---: | --- |
    | a − b | -.0033 | -.0345 to +.0279 | not shown |
    """
    rows = []
    for d in differences(samples, pairs):
        interval = f"{signed(d.low)} to {signed(d.high)}"
        verdict = "yes" if d.counts else "not shown"
        rows.append([f"{d.first} − {d.second}", signed(d.difference), interval, verdict])
    return figures.table(rows, ["compared", "difference", "95 % interval", "a difference?"])


def signed(value):
    """Write a difference with its sign, and no zero before the point.

    Examples
    --------
    >>> signed(-0.0123), signed(110.4261)
    ('-.0123', '+110.4261')
    """
    return re.sub(r"^([+-])0\.", r"\1.", f"{value:+.4f}")


def against_course_files(results, draw, **columns):
    """Return a table of validation accuracies beside those on the course's files.

    Parameters
    ----------
    results : list of Result
        Those of which the course's files have no figure are left out.
    draw : float
        Standard deviation of an accuracy from one draw of the data to the next; from it comes the
        difference that chance allows.
    **columns : str
        As in `accuracies`.

    Examples
    --------
    >>> against_course_files([], draw=0.004)
    | generated data | course's files | difference | allowed | agree |
    | --- | --- | --- | --- | --- |
    """
    rows = []
    for result in results:
        for entry in measured(COURSE_FILES, result.experiment):
            if "std" in entry:
                rows.append([*_settings(result.experiment, columns), *_beside(entry, result, draw)])
    header = ["generated data", "course's files", "difference", "allowed", "agree"]
    return figures.table(rows, [*columns, *header])


DISAGREES = "**no**"


def agreement(beside):
    """Say how many rows of a table of `against_course_files` agree.

    Examples
    --------
    >>> agreement(figures.table([["a", "yes"], ["b", DISAGREES]], ["", "agree"]))
    '1 of 2 agree.'
    """
    rows = str(beside).splitlines()[2:]
    agreeing = sum(DISAGREES not in row for row in rows)
    if agreeing == len(rows):
        return f"All {agreeing} agree."
    return f"{agreeing} of {len(rows)} agree."


def _beside(entry, result, draw):
    e, ours = result.experiment, result.last("val_accuracy")
    mean, std = summary(ours)
    theirs = entry["val"], entry["std"], entry.get("count", 1)
    allowed = allowance((mean, std, e.seeds), theirs, RULES[e.dataset].sizes[1], draw)
    difference = mean - entry["val"]
    verdict = "yes" if abs(difference) <= allowed else DISAGREES
    return spread(ours), share(entry["val"]), f"{difference:+.4f}", share(allowed), verdict


def live_beside_kept(live, kept):
    """Return a table of validation accuracies after each epoch of which both know.

    Parameters
    ----------
    live, kept : Result
        The same experiment, trained now and before; the live one has fewer networks or epochs.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> demo = Experiment("demo", "gmm", "softmax", batch=500, seeds=2)
    >>> live_beside_kept(run(demo), run(demo)).markdown.splitlines()[0]
    '| after epoch | live: seed 0 | seed 1 | kept: seed 0 | seed 1 |'
    """
    seeds = range(live.experiment.seeds)
    rows = []
    for epoch in live.history.epoch:
        if epoch in kept.history.epoch:
            shown = [_at_epoch(result, epoch)[seeds] for result in (live, kept)]
            rows.append([int(epoch), *map(share, np.concatenate(shown))])
    first, *others = (f"seed {s}" for s in seeds)
    header = ["after epoch", f"live: {first}", *others, f"kept: {first}", *others]
    return figures.table(rows, header)


def _at_epoch(result, epoch):
    return result.history.val_accuracy[list(result.history.epoch).index(epoch)]


def curves(ax, result, curve, label, colour, **options):
    """Draw the mean of a curve over the seeds that succeeded, in a band from lowest to highest."""
    epoch, values = result.history.epoch, getattr(result.history, curve)[:, result.succeeded]
    lowest, highest = values.min(axis=1), values.max(axis=1)
    ax.plot(epoch, values.mean(axis=1), color=colour, label=label, **options)
    ax.fill_between(epoch, lowest, highest, color=colour, alpha=0.2, linewidth=0)


def dots(ax, position, values, colour, label=None):
    """Draw one dot a seed above each other, a little apart, and a line at their mean."""
    shift = 0.16 * (np.arange(len(values)) % 5 / 2 - 1)
    ax.plot(position + shift, values, ".", color=colour, markersize=4, alpha=0.7, label=label)
    ax.plot([position - 0.28, position + 0.28], 2 * [np.mean(values)], color=colour, linewidth=1.4)


def regions(ax, classify, limit, size=240):
    """Draw where a rule puts the classes of the plane, in their colours, pale.

    Parameters
    ----------
    classify : callable
        X (2, m) -> classes (m,).
    limit : float
        The picture is [-limit, limit] squared.
    size : int
        Points a side.

    Examples
    --------
    >>> fig, ax = figures.axes()
    >>> regions(ax, lambda X: (X[0] > 0).astype(int), limit=3)
    """
    axis = np.linspace(-limit, limit, size)
    points = np.stack(np.meshgrid(axis, axis)).reshape(2, -1)
    ax.imshow(
        classify(points).reshape(size, size),
        extent=[-limit, limit, -limit, limit],
        origin="lower",
        cmap=ListedColormap(figures.COLOURS[:5]),
        vmin=0,
        vmax=4,
        alpha=0.5,
        interpolation="nearest",
        rasterized=True,
    )
    ax.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
