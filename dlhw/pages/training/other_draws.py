"""Tables of chapter 5: what another draw changes; the course files and the original beside ours."""

from typing import NamedTuple

import numpy as np

from ...study.evidence import spread
from ...study.registry import ORIGINAL_GRID
from ...study.results import ORIGINAL, measured, one_network, result
from ...training import softmax_regression
from ..figures import table
from ..result_tables import against_course_files, share
from .softmax_runs import GROUPS, NAMES, kept, on_files, samples, short_schedule_of, variant_of

ROUNDING = 0.0005  # of the original's three digits


class Draws(NamedTuple):
    """Standard deviations of an accuracy over draws of the data, and the parts of it."""

    accuracies: np.ndarray
    batches: float
    validation_set: float
    independent: float

    @property
    def deviation(self):
        """Over the draws, everything in it."""
        return self.accuracies.std(ddof=1)

    @property
    def training_set(self):
        """What remains, as text: it can be too small to tell."""
        rest = self.deviation**2 - self.batches**2 - self.validation_set**2
        if rest > 0:
            return share(np.sqrt(rest))
        return "too small to tell"


def finite_set(hits, groups):
    """Return the standard deviation of an accuracy on a finite set, by groups and independent.

    Parameters
    ----------
    hits : ndarray of bool
        Whether each sample is answered rightly; the groups lie one after the other.
    groups : int
        How many groups of equal size there are.

    Examples
    --------
    >>> hits = np.array([True] * 50 + [True, False] * 25)
    >>> [round(float(s), 4) for s in finite_set(hits, groups=2)]
    [0.0354, 0.0433]
    """
    p = hits.reshape(groups, -1).mean(axis=1)
    A = hits.mean()
    return np.sqrt(np.mean(p * (1 - p)) / hits.size), np.sqrt(A * (1 - A) / hits.size)


def draws(name):
    """Return what twenty draws of a set, and ten seeds on one draw, say about an accuracy."""
    fresh = result("softmax", dataset=name, redraw=True)
    run = kept(name, "momentum", "exponential")
    scores = softmax_regression.scores(one_network(run.history.params[0], 0), samples(name).X_val)
    hits = scores.argmax(axis=0) == samples(name).C_val.argmax(axis=0)
    batches = run.last("val_accuracy").std(ddof=1)
    return Draws(fresh.last("val_accuracy"), batches, *finite_set(hits, GROUPS[name]))


def draws_table(found):
    """Return a table of the spread over draws and its parts."""
    rows = []
    for title, one_set in found.items():
        parts = share(one_set.batches), share(one_set.validation_set), one_set.training_set
        independent = share(one_set.independent)
        rows.append([title, spread(one_set.accuracies), *parts, independent])
    header = ["set", "20 draws, mean ± std", "of it: batches", "validation set", "training set"]
    return table(rows, [*header, r"$\sqrt{A (1 - A) / M}$"])


def on_course_files(runs, draws):
    """Return a table of runs beside those on the course's files, with what two draws allow."""
    columns = {"variant": variant_of, "schedule": short_schedule_of}
    return against_course_files(runs, draws.deviation, **columns)


def strict_difference(runs, draws):
    """Return the largest difference to the course's files, in standard deviations of two draws."""
    gaps = [run.last("val_accuracy").mean() - on_files(run)["val"] for run in runs]
    return max(map(abs, gaps)) / (np.sqrt(2) * draws.deviation)


class Said(NamedTuple):
    """A figure of the original, and the runs of both variants that could have given it."""

    figure: float
    runs: list

    @property
    def settings(self):
        """Batch size and learning rate."""
        return self.runs[0].experiment.batch, self.runs[0].experiment.lr

    @property
    def fits(self):
        """The names of the variants that it fits on the course's files."""
        return [
            NAMES[run.experiment.optimizer]
            for run in self.runs
            if abs(on_files(run)["val"] - self.figure) <= 3 * on_files(run)["std"] + ROUNDING
        ]

    @property
    def ours(self):
        """The accuracies of both variants, on generated data and on the files."""
        generated = [run.last("val_accuracy").mean() for run in self.runs]
        return generated + [on_files(run)["val"] for run in self.runs]


def said_by_the_original():
    """Return the original's figures of softmax regression on Peaks, one by one."""
    found = []
    for batch, lr in ORIGINAL_GRID:
        runs = [kept("peaks", rule, "compounding", batch, lr) for rule in ("sgd", "momentum")]
        entries = measured(ORIGINAL, runs[0].experiment)
        found += [Said(entry["val"], runs) for entry in entries]
    return found


def said_table(said):
    """Return a table of the original's figures beside ours, and which variant fits."""
    rows = []
    for entry in said:
        batch, lr = entry.settings
        fits = " or ".join(entry.fits) or "neither"
        rows.append([batch, f"{lr:g}", *map(share, entry.ours), share(entry.figure), fits])
    header = ["$B$", r"$\eta$", "SGD", "momentum", "SGD, files", "momentum, files"]
    return table(rows, [*header, "original", "fits"])
