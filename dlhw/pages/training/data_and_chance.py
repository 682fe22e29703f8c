"""Tables of chapter 5 on the data: what another draw changes, an order, a choice of samples."""

from typing import NamedTuple

import numpy as np

from ...datasets import load, subset
from ...study.evidence import spread
from ...study.registry import ORIGINAL_GRID
from ...study.results import ORIGINAL, ceiling, measured, one_network, result
from ...training import softmax_regression, train
from ..figures import table
from ..result_tables import against_course_files, share
from .linear_rules import accuracy, least_loss
from .softmax_runs import GROUPS, NAMES, kept, on_files, samples, short_schedule_of, variant_of
from .training_tables import zeros

ROUNDING = 0.0005  # of the original's three digits
EPOCHS_TO_SETTLE = 10


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


def reached_by_modes(data, modes, choices=5):
    """Return the accuracy at the least loss on some modes of each class of GMM.

    Parameters
    ----------
    data : Data
        In the order of its modes.
    modes : iterable of int
        Modes a class, of the five.
    choices : int
        Random choices of the modes; where all are taken there is one.

    Returns
    -------
    dict
        From the number of modes to an accuracy for each choice.

    Examples
    --------
    >>> reached = reached_by_modes(load("gmm"), modes=[1], choices=2)
    >>> len(reached[1]), bool(min(reached[1]) > 0.9)
    (2, True)
    """
    reached, rng = {}, np.random.default_rng(0)
    mode, mode_val = (np.arange(X.shape[1]) * 25 // X.shape[1] for X in (data.X_train, data.X_val))
    for k in modes:
        reached[k] = []
        for _ in range(choices if k < 5 else 1):
            chosen = [5 * label + pick for label in range(5) for pick in rng.permutation(5)[:k]]
            old, new = np.isin(mode, chosen), np.isin(mode_val, chosen)
            few = subset(data.X_train[:, old], data.C_train[:, old], size=2500, rng=rng)
            reached[k].append(accuracy(least_loss(*few), data.X_val[:, new], data.C_val[:, new]))
    return reached


def modes_table(reached):
    """Return a table of what was reached with so many modes a class.

    Examples
    --------
    >>> modes_table({1: [0.97, 0.99], 5: [0.5]}).markdown.splitlines()[2:]
    ['| 1 | 5 | .9800 ± .0141 | .9700 | .9900 |', '| 5 | 25 | .5000 | .5000 | .5000 |']
    """
    rows = []
    for k, values in reached.items():
        mean = spread(values) if len(values) > 1 else share(values[0])
        rows.append([k, 5 * k, mean, share(min(values)), share(max(values))])
    header = ["modes a class", "modes in all", "accuracy at the least loss", "lowest", "highest"]
    return table(rows, header)


class Order(NamedTuple):
    """Validation accuracies of draws trained with shuffled batches and in the order of the file."""

    batch: int
    shuffled: np.ndarray
    in_file_order: np.ndarray
    first_two: float


def orders(walk, batches, data, epochs=20, lr=0.1):
    """Train several draws with shuffled batches, and by a walk in the order of the file.

    Parameters
    ----------
    walk : callable
        X, C, batch, epochs, lr -> parameters.
    batches : iterable of int
    data : sequence of ndarray
        Training and validation parts with a leading axis for the draws.
    epochs, lr : int, float

    Returns
    -------
    list of Order
        `first_two` is the share of answers, in file order, that are one of the first two classes.

    Examples
    --------
    >>> def stay(X, C, batch, epochs, lr):
    ...     return zeros(len(X))
    >>> draws = several_draws("peaks", seeds=range(2))
    >>> (order,) = orders(stay, [2500], draws, epochs=1)
    >>> order.in_file_order.round(2), float(order.first_two)  # the answer is always 0
    (array([0.2, 0.2]), 1.0)
    """
    found, S = [], len(data[0])
    for batch in batches:
        sliced = walk(*data[:2], batch, epochs, lr)
        shuffled = train(
            softmax_regression,
            zeros(S),
            data,
            epochs=epochs,
            lr=lr,
            batch=batch,
            seed=list(range(S)),
            replace=False,
            every=epochs,
        )
        answers = softmax_regression.scores(sliced, data[2]).argmax(axis=-2)
        reached = shuffled.val_accuracy[-1], accuracy(sliced, *data[2:])
        found.append(Order(batch, *reached, np.mean(answers < 2)))
    return found


def several_draws(name, seeds):
    """Return the parts of several draws of a set as stacks."""
    return [np.stack(parts) for parts in zip(*(load(name, seed=s) for s in seeds))]


def orders_table(found):
    """Return a table of shuffled batches beside those in the order of the file."""
    rows = [
        [order.batch, spread(order.shuffled), spread(order.in_file_order), f"{order.first_two:.0%}"]
        for order in found
    ]
    return table(rows, ["batch", "shuffled", "in file order", "in file order: answers 0 or 1"])


def first_200(data):
    """Return a table of ten seeds trained on the first 200 columns, and on 200 at random."""
    X, C, *validation = data
    chosen = {
        "the first 200": (X[:, :200], C[:, :200]),
        "200 at random": subset(X, C, size=200, rng=0),
    }
    rows = []
    for title, few in chosen.items():
        run = train(
            softmax_regression,
            zeros(10),
            (*few, *validation),
            epochs=50,
            lr=0.1,
            batch=8,
            seed=list(range(10)),
            every=50,
        )
        ends = run.train_accuracy[-1], run.val_accuracy[-1]
        rows.append([title, *(spread(values, 3) for values in ends)])
    return table(rows, ["trained on", "training accuracy", "validation accuracy"])


def best_epoch(run, lowest):
    """Return a table of ways to report a run on Peaks that never settles: its rate is constant."""
    settings = run.experiment.batch, run.experiment.lr
    said = min(entry.figure for entry in said_by_the_original() if entry.settings == settings)
    curve, training = run.history.val_accuracy, run.history.train_accuracy
    settled = curve[EPOCHS_TO_SETTLE:]
    best = curve.argmax(axis=0)
    least = accuracy(lowest, *samples("peaks")[2:])
    return table(
        [
            ["last epoch", spread(curve[-1])],
            [f"mean of the epochs from {EPOCHS_TO_SETTLE} on", spread(settled.mean(axis=0))],
            ["**best epoch**", spread(curve.max(axis=0))],
            ["the same epoch, training part", spread(training[best, np.arange(len(best))])],
            ["standard deviation from epoch to epoch", share(settled.std(axis=0, ddof=1).mean())],
            ["least loss", share(least)],
            ["best possible", share(ceiling("peaks"))],
            ["the original, at this rate", share(said)],
        ],
        [r"constant $\eta = .1$", "validation accuracy"],
    )
