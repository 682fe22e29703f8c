"""Tables of chapter 5: what an order changes, and a choice of modes, of samples, of an epoch."""

from typing import NamedTuple

import numpy as np

from ...datasets import load, subset
from ...study.evidence import spread
from ...study.results import ceiling
from ...training import softmax_regression, train
from ..figures import table
from ..result_tables import share
from .linear_rules import accuracy, least_loss
from .other_draws import said_by_the_original
from .softmax_runs import samples
from .training_tables import zeros

EPOCHS_TO_SETTLE = 10


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
