"""Tables of chapter 5: what softmax regression reaches, and which of its settings matter."""

from typing import NamedTuple

import numpy as np

from ...datasets import draw
from ...study.evidence import spread
from ...study.experiment import TEST_SIZE, stream
from ...study.results import ceiling
from ...training import evaluate, softmax_regression, train
from ..figures import table
from ..result_tables import share
from .linear_rules import accuracy, gradient_flow
from .softmax_runs import (
    GRID_BATCHES,
    GRID_RATES,
    NAMES,
    TITLES,
    all_settings,
    along,
    kept,
    samples,
    schedule_of,
    sum_of_rates,
    variant_of,
)


class Reached(NamedTuple):
    """Accuracies on fresh samples: two kinds of runs, one value a seed, and three rules."""

    sgd: np.ndarray
    momentum: np.ndarray
    least_loss: float
    most_hits: float
    best: float


def reached_on_fresh_samples(name, lowest, luckiest):
    """Return what runs, and the rules of least loss and most hits, reach on fresh samples."""
    X, C, _ = draw(name, TEST_SIZE, rng=stream("test", 0))
    slow, fast = kept(name, "sgd", "compounding"), kept(name, "momentum", "exponential")
    by_sgd, least, hits = (
        accuracy(rule, X, C) for rule in (slow.history.params[0], lowest, luckiest)
    )
    return Reached(by_sgd, fast.test_accuracy, least, hits, fast.bayes_test)


def on_fresh_samples(reached):
    """Return a table of what was reached on fresh samples.

    Examples
    --------
    >>> reached = Reached([0.45, 0.46], [0.48, 0.49], 0.49, 0.6, 0.97)
    >>> on_fresh_samples({"gmm": reached}).markdown.splitlines()[2]
    '| GMM | .4550 ± .0071 | .4850 ± .0071 | .4900 | .6000 | .9700 |'
    """
    header = "set", "SGD, the original's rate", "momentum", "least loss", "most hits found"
    return table(
        [
            [TITLES[name], spread(seen.sgd), spread(seen.momentum), *map(share, seen[2:])]
            for name, seen in reached.items()
        ],
        [*header, "best possible"],
    )


class BatchErrors(NamedTuple):
    """Squared errors of the gradients of batches, beside what is derived for their mean."""

    batch: int
    replace: bool
    derived: float
    measured: np.ndarray

    @property
    def agree(self):
        """Whether the mean is within four of its standard deviations, and round-off."""
        allowed = 4 * self.measured.std() / np.sqrt(len(self.measured)) + 1e-20
        return abs(self.measured.mean() - self.derived) <= allowed


def batch_errors(g, sizes, batches=500):
    """Draw batches of gradients, with replacement and without, and return their squared errors.

    Parameters
    ----------
    g : ndarray
        The gradient of each sample, a row.
    sizes : iterable of int
        Samples in a batch.
    batches : int
        How many are drawn for each size.

    Examples
    --------
    >>> errors = batch_errors(np.array([[0.0], [2.0]]), sizes=(1, 2))
    >>> [(e.batch, e.replace, float(e.derived)) for e in errors]
    [(1, True, 1.0), (1, False, 1.0), (2, True, 0.5), (2, False, 0.0)]
    >>> all(e.agree for e in errors)
    True
    """
    m, mean, rng = len(g), g.mean(axis=0), np.random.default_rng(1)
    trace = np.sum((g - mean) ** 2) / m
    found = []
    for B in sizes:
        drawn = [g[rng.integers(m, size=B)].mean(axis=0) for _ in range(batches)]
        errors = np.sum((np.array(drawn) - mean) ** 2, axis=1)
        found.append(BatchErrors(B, True, trace / B, errors))
        drawn = [g[rng.permutation(m)[:B]].mean(axis=0) for _ in range(batches)]
        errors = np.sum((np.array(drawn) - mean) ** 2, axis=1)
        found.append(BatchErrors(B, False, trace / B * ((m - B) / (m - 1)), errors))
    return found


def batch_errors_table(errors):
    """Return a table of mean squared errors, those with and without replacement side by side."""

    def cell(value):
        if value <= 1e-20:  # round-off
            return "0"
        return f"{value:.2g}".replace("e-0", "e-")

    rows = []
    for with_, without in zip(errors[::2], errors[1::2]):
        values = (with_.derived, with_.measured.mean(), without.derived, without.measured.mean())
        rows.append([with_.batch, *map(cell, values)])
    header = ["$B$", r"$\operatorname{tr}\Sigma / B$", "measured, 500 batches"]
    return table(rows, [*header, r"times $\frac{m - B}{m - 1}$", "measured"])


def flow(data, times):
    """Return validation loss and accuracy along the gradient flow of the training part.

    Parameters
    ----------
    data : Data
    times : ndarray
        As in `gradient_flow`.

    Examples
    --------
    >>> loss, accuracy = flow(samples("peaks"), np.array([0.002, 10.0]))
    >>> loss.round(1), accuracy.shape
    (array([1.6, 1.3]), (2,))
    """
    path = gradient_flow(data.X_train, data.C_train, times)
    return evaluate(softmax_regression, path, data.X_val, data.C_val)


def distances_from_the_flow(flows, times):
    """Return a row for each set: how far its runs end from the gradient flow, and their range.

    A row holds the title, the number of settings, the largest distance in loss and in accuracy, and
    the range in loss and in accuracy. `flows` has validation loss and accuracy at the `times`.
    """
    rows = []
    for name, title in TITLES.items():
        runs = [run for run in all_settings() if run.experiment.dataset == name]
        farthest, ranges = [], []
        for curve, flow in zip(("val_loss", "val_accuracy"), flows[name]):
            ends = np.array([run.last(curve).mean() for run in runs])
            foretold = np.array([along(flow, times, run.experiment) for run in runs])
            farthest.append(abs(ends - foretold).max())
            ranges.append(np.ptp(ends))
        rows.append([title, len(runs), *farthest, *ranges])
    return rows


def grid(name, lowest):
    """Return a table of accuracies, learning rate by batch size, above what is possible."""
    rows = []
    for lr in GRID_RATES:
        runs = [kept(name, "sgd", "exponential", batch, lr) for batch in GRID_BATCHES]
        rows.append([f"{lr:g}", *(spread(run.last("val_accuracy")) for run in runs)])
    least = accuracy(lowest, *samples(name)[2:])
    empty = [""] * (len(GRID_BATCHES) - 1)
    rows.append(["least loss", share(least), *empty])
    rows.append(["best possible", share(ceiling(name)), *empty])
    return table(rows, [r"$\eta$", *(f"batch {batch}" for batch in GRID_BATCHES)])


SAME = {  # what the settings have in common: batch size -> learning rate
    r"same $\eta / B$": {25: 0.0025, 250: 0.025, 2500: 0.25},
    "ten times that": {25: 0.025, 250: 0.25, 2500: 2.5},
    r"same $\eta$": {25: 0.0025, 250: 0.0025, 2500: 0.0025},
}


class ShortRun(NamedTuple):
    """A few epochs of ten seeds: settings, and last loss and accuracy on the validation part."""

    same: str
    batch: int
    lr: float
    steps: int
    loss: np.ndarray
    accuracy: np.ndarray


def zeros(seeds, features=2, classes=5):
    """Return a stack of parameters at zero, one a seed."""
    return {"W": np.zeros((seeds, classes, features)), "b": np.zeros((seeds, classes, 1))}


def short_runs(data, same, settings, epochs=4):
    """Train ten seeds for a few epochs with each pair of batch size and learning rate.

    Parameters
    ----------
    data : sequence of ndarray
        As for `train`, with a validation part.
    same : str
        What the settings have in common.
    settings : dict
        From batch size to learning rate.
    epochs : int

    Examples
    --------
    >>> few = [A[:, ::50] for A in samples("peaks")]
    >>> (run,) = short_runs(few, "nothing", {50: 0.1}, epochs=1)
    >>> run.steps, run.loss.shape
    (10, (10,))
    """
    found = []
    for batch, lr in settings.items():
        run = train(
            softmax_regression,
            zeros(10),
            data,
            epochs=epochs,
            lr=lr,
            batch=batch,
            seed=list(range(10)),
            every=epochs,
        )
        steps = epochs * (data[0].shape[-1] // batch)
        found.append(ShortRun(same, batch, lr, steps, run.val_loss[-1], run.val_accuracy[-1]))
    return found


def short_runs_table(runs):
    """Return a table of short runs."""
    rows = [[*run[:4], spread(run.loss), spread(run.accuracy)] for run in runs]
    return table(rows, ["", "$B$", r"$\eta$", "steps", "validation loss", "validation accuracy"])


def momentum_beside_rates():
    """Return accuracies of rules and rates with the same sum or another, and what to compare."""
    accuracies, pairs = {}, []
    for name, title in TITLES.items():
        runs = {}
        for rule, lr in (("sgd", 0.01), ("momentum", 0.001), ("nesterov", 0.001), ("sgd", 0.001)):
            run = kept(name, rule, "exponential", lr=lr)
            runs[f"{title}: {NAMES[rule]} {lr:g}"] = run.last("val_accuracy")
        fast, heavy, ahead, slow = runs
        accuracies |= runs
        pairs += [(fast, heavy), (fast, ahead), (heavy, slow)]
    return accuracies, pairs


def hits_apart(name):
    """Return by how many validation hits momentum at .001 and SGD at .01 differ, for each seed."""
    fast = kept(name, "sgd", "exponential", lr=0.01).last("val_accuracy")
    heavy = kept(name, "momentum", "exponential", lr=0.001).last("val_accuracy")
    return np.rint(samples(name).X_val.shape[1] * abs(fast - heavy)).astype(int)


def what_is_left_of_a_rate(runs, flow, times, lowest):
    """Return a table of schedules on Peaks: their worth, and the loss foretold by the flow."""
    rows = []
    for run in runs:
        e = run.experiment
        worth = sum(e.factor()(epoch) for epoch in range(e.epochs))
        foretold = f"{along(flow, times, e):.4f}"
        measured_loss = spread(run.last("val_loss"))
        rows.append(
            [variant_of(e), schedule_of(e), worth, sum_of_rates(e), foretold, measured_loss]
        )
    least, _ = evaluate(softmax_regression, lowest, *samples("peaks")[2:])
    rows.append(["least loss", "", "", "", f"{least:.4f}", ""])
    header = ["Peaks", "schedule", "worth in epochs", r"$\tau$", "loss, gradient flow", "measured"]
    return table(rows, header)
