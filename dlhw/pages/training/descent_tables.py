"""The tables of chapter 3: the original's fits of a line beside ours, what schedules are worth."""

import tomllib

import numpy as np

from ...datasets import data_text
from .. import figures

SIX_DIGITS = 0.01  # what rounding to them can do to the ratio of two small differences


def original_fits():
    """Return the fits of a line that the original printed: slopes and intercepts, (2, trials).

    Examples
    --------
    >>> {rule: fits.shape for rule, fits in original_fits().items()}
    {'SGD': (2, 10), 'momentum': (2, 10), 'Nesterov': (2, 10)}
    """
    printed = tomllib.loads(data_text("original.toml"))["line_fit"]
    return {
        title: np.array([printed[f"a_{title.lower()}"], printed[f"b_{title.lower()}"]])
        for title in ("SGD", "momentum", "Nesterov")
    }


def behind_by(flat):
    """Return a table of the direction in which the original's descent is behind its momentum.

    Parameters
    ----------
    flat : ndarray
        The direction of the flat mode, in slope and intercept.

    Examples
    --------
    >>> print(str(behind_by(np.array([-0.0303, 1.0]))).splitlines()[2])
    | -33 | -33.01 to -32.88 | 4 of 10 |
    """
    fits = original_fits()
    gap_a, gap_b = fits["SGD"] - fits["momentum"]
    direction, ratio = flat[1] / flat[0], gap_b / gap_a
    assert np.all(np.abs(ratio / direction - 1) < SIX_DIGITS), ratio
    nearer = np.abs(fits["SGD"][1]) < np.abs(fits["momentum"][1])
    return figures.table(
        [
            [
                direction,
                f"{ratio.min():.2f} to {ratio.max():.2f}",
                f"{nearer.sum()} of {len(nearer)}",
            ]
        ],
        [
            "flat mode: $b$ over $a$",
            "the original's ten differences",
            "its SGD is nearer to $b = 0$ in",
        ],
    )


def trials(columns):
    """Return a table of slopes and one of intercepts, a line a trial, in the original's six digits.

    Parameters
    ----------
    columns : dict
        Title of a column -> slopes and intercepts, (2, trials).

    Examples
    --------
    >>> trials({"fit": np.array([[1.0], [0.5]])})
    === "Slope a"
    <BLANKLINE>
        | trial | fit |
        | ---: | ---: |
        | 1 | 1.000000 |
    <BLANKLINE>
    === "Intercept b"
    <BLANKLINE>
        | trial | fit |
        | ---: | ---: |
        | 1 | 0.500000 |
    <BLANKLINE>
    """
    tables = {}
    for row, title in enumerate(("Slope a", "Intercept b")):
        values = np.transpose([fits[row] for fits in columns.values()])
        rows = [[t, *(f"{value:.6f}" for value in trial)] for t, trial in enumerate(values, 1)]
        tables[title] = figures.table(rows, ["trial", *columns])
    return figures.tabs(tables)


def worth_table(factors, epochs):
    """Return a table of schedules: their factors, and the epochs at the full rate they are worth.

    Parameters
    ----------
    factors : dict
        Title of a schedule -> its factor in each epoch.
    epochs : sequence of int
        The epochs that get a line; the first is 1.

    Examples
    --------
    >>> worth_table({"$.5^i$": [1, 0.5, 0.25]}, epochs=[1, 3])
    | epoch | $.5^i$ | worth so far |
    | ---: | ---: | ---: |
    | 1 | 1 | 1 |
    | 3 | 0.25 | 1.8 |
    """
    columns, header = [], ["epoch"]
    for title, factor in factors.items():
        columns += [factor, np.cumsum(factor)]
        header += [title, "worth so far"]
    rows = [[i, *(f"{column[i - 1]:.2g}" for column in columns)] for i in epochs]
    return figures.table(rows, header)
