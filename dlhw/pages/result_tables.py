"""Tables and drawings of results that several chapters share.

Each table states spread as mean ± standard deviation over the seeds of initialisation and batches, on one draw of the data.
"""

import numpy as np

from ..arrays import map_arrays
from ..datasets import RULES
from ..study.evidence import allowance, differences, spread, summary
from ..study.results import COURSE_FILES, ORIGINAL, ceiling, measured
from . import figures


def accuracies(results, **columns):
    """Return a table of last accuracies: settings, training and validation, the report's figures where it has any, the ceiling.

    Parameters
    ----------
    results : list of Result
    **columns : str
        Title -> the setting that it shows, such as `depth="depth"`, or -> a function of the experiment.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> print(str(accuracies([run(Experiment("demo", "gmm", "softmax", batch=500, seeds=2))], rate="lr")).splitlines()[0])
    | rate | seeds | training | validation | best possible |
    """
    rows, header = (
        [],
        [
            *columns,
            "seeds",
            "training",
            "validation",
            "report, training / validation",
            "best possible",
        ],
    )
    for result in results:
        e, (report, *_) = result.experiment, measured(ORIGINAL, result.experiment) or [{}]
        cells = [
            getattr(e, column) if isinstance(column, str) else column(e)
            for column in columns.values()
        ]
        seeds = f"{e.seeds}" + (
            f" ({len(result.history.failed)} failed)" if result.history.failed else ""
        )
        said = (
            " / ".join(share(report[part]) if part in report else "–" for part in ("train", "val"))
            if report
            else "–"
        )
        rows.append(
            [
                *cells,
                seeds,
                spread(result.last("train_accuracy")),
                spread(result.last("val_accuracy")),
                said,
                share(ceiling(e.dataset)),
            ]
        )
    if all(row[-2] == "–" for row in rows):
        rows, header = [row[:-2] + row[-1:] for row in rows], header[:-2] + header[-1:]
    return figures.table(rows, header)


def share(value):
    """Write a share as the tables do.

    Examples
    --------
    >>> share(0.9360)
    '.9360'
    """
    return f"{value:.4f}".removeprefix("0")


def comparison(samples, pairs=None):
    """Return a table of differences between mean accuracies, with Welch's intervals and Holm's verdict.

    Examples
    --------
    >>> comparison({"a": [0.91, 0.92, 0.93], "b": [0.91, 0.92, 0.94]})
    | compared | difference | 95 % interval | a difference? |
    | --- | ---: | ---: | --- |
    | a − b | -.0033 | -.0345 to +.0279 | not shown |
    """
    signed = lambda value: f"{value:+.4f}".replace("0.", ".", 1)
    rows = [
        [
            f"{d.first} − {d.second}",
            signed(d.difference),
            f"{signed(d.low)} to {signed(d.high)}",
            "yes" if d.counts else "not shown",
        ]
        for d in differences(samples, pairs)
    ]
    return figures.table(rows, ["compared", "difference", "95 % interval", "a difference?"])


def against_course_files(results, draw, **columns):
    """Return a table of validation accuracies beside those on the course's files, with the difference that chance allows.

    Parameters
    ----------
    results : list of Result
        Those of which the course's files have no figure are left out.
    draw : float
        Standard deviation of an accuracy from one draw of the data to the next.
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
                e, (mean, std) = result.experiment, summary(result.last("val_accuracy"))
                theirs = entry["val"], entry["std"], entry.get("count", 1)
                allowed = allowance((mean, std, e.seeds), theirs, RULES[e.dataset].sizes[1], draw)
                rows.append(
                    [
                        *(
                            getattr(e, column) if isinstance(column, str) else column(e)
                            for column in columns.values()
                        ),
                        spread(result.last("val_accuracy")),
                        share(entry["val"]),
                        f"{mean - entry['val']:+.4f}",
                        share(allowed),
                        "yes" if abs(mean - entry["val"]) <= allowed else "**no**",
                    ]
                )
    return figures.table(
        rows, [*columns, "generated data", "course's files", "difference", "allowed", "agree"]
    )


def curves(ax, result, curve, label, colour, **options):
    """Draw the mean of a curve over the seeds that succeeded, and a band from the lowest to the highest of them."""
    epoch, values = result.history.epoch, getattr(result.history, curve)[:, result.succeeded]
    ax.plot(epoch, values.mean(axis=1), color=colour, label=label, **options)
    ax.fill_between(
        epoch, values.min(axis=1), values.max(axis=1), color=colour, alpha=0.2, linewidth=0
    )


def dots(ax, position, values, colour, label=None):
    """Draw one dot a seed above each other, a little apart, and a line at their mean."""
    shift = 0.16 * (np.arange(len(values)) % 5 / 2 - 1)
    ax.plot(position + shift, values, ".", color=colour, markersize=4, alpha=0.7, label=label)
    ax.plot([position - 0.28, position + 0.28], 2 * [np.mean(values)], color=colour, linewidth=1.4)


def one(params, s):
    """Return the parameters of network s of a stack.

    Examples
    --------
    >>> one([{"W": np.array([[[1.0]], [[2.0]]])}], 1)
    [{'W': array([[2.]])}]
    """
    return map_arrays(lambda p: p[s], params)


def regions(ax, classify, limit, size=240):
    """Draw where a rule puts the classes of the plane, as one image in the pale colours of the classes.

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
    classes = classify(np.stack(np.meshgrid(axis, axis)).reshape(2, -1)).reshape(size, size)
    ax.imshow(
        classes,
        origin="lower",
        extent=2 * [-limit, limit],
        cmap=figures.mpl.colors.ListedColormap(figures.COLOURS[:5]),
        vmin=0,
        vmax=4,
        alpha=0.5,
        interpolation="nearest",
        rasterized=True,
    )
    ax.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
