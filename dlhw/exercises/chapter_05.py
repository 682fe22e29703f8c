"""The exercises of chapter 5: an epoch, two rates, four training logs."""

import numpy as np

from ..arrays import map_arrays
from ..datasets import draw
from ..optimizers import compounding, exponential
from ..training import evaluate, softmax_regression, train
from .judging import Part

# ---- 5.1: an epoch -------------------------------------------------------------------------------


def after_an_epoch(epoch):
    """Return where an epoch of five steps leads, and the start, which should be what it was."""
    rng = np.random.default_rng(5)
    X, C = rng.normal(size=(3, 43)), np.eye(4)[:, rng.integers(4, size=43)]
    start = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=(4, 1))}
    end = epoch(start, X, C, rng.permutation(43), lr=0.3, batch=8)
    return {"end": end, "start": start}


def right_epoch(params, X, C, order, lr, batch):
    for chosen in _steps(order, batch):
        params = _stepped(params, params, X[:, chosen], C[:, chosen], lr)
    return params


def in_file_order(params, X, C, order, lr, batch):
    return right_epoch(params, X, C, np.sort(order), lr, batch)


def gradients_of_the_start(params, X, C, order, lr, batch):
    w = params
    for chosen in _steps(order, batch):
        w = _stepped(w, params, X[:, chosen], C[:, chosen], lr)
    return w


def divided_again(params, X, C, order, lr, batch):
    return right_epoch(params, X, C, order, lr / batch, batch)


def with_what_is_left(params, X, C, order, lr, batch):
    w = right_epoch(params, X, C, order, lr, batch)
    rest = order[len(order) // batch * batch :]
    return _stepped(w, w, X[:, rest], C[:, rest], lr)


def one_step(params, X, C, order, lr, batch):
    return right_epoch(params, X, C, order[:batch], lr, batch)


def in_place(params, X, C, order, lr, batch):
    end = right_epoch(params, X, C, order, lr, batch)
    for name in params:
        params[name][...] = end[name]
    return params


def uphill(params, X, C, order, lr, batch):
    return right_epoch(params, X, C, order, -lr, batch)


def _steps(order, batch):
    count = len(order) // batch
    return order[: count * batch].reshape(count, batch)


def _stepped(w, where, x, c, lr):
    g = softmax_regression.gradient(where, x, c)
    return map_arrays(lambda p, dp: p - lr * dp, w, g)


EPOCH = Part(
    "epoch",
    {
        "These are batches in the order of the file: take the columns that order lists.": (
            in_file_order
        ),
        "Every step takes the gradient at the start: take it where the step before has led.": (
            gradients_of_the_start
        ),
        "You divide by the batch size, but the gradient of a mean has done so already.": (
            divided_again
        ),
        "You also use the columns that fill no batch: an epoch has m // batch steps.": (
            with_what_is_left
        ),
        "That is the first step only: it returns from inside the loop.": one_step,
        "It arrives at the right place, but changes the caller's arrays: make new ones.": in_place,
        "It climbs: a step goes against the gradient.": uphill,
    },
    after_an_epoch,
    right=lambda: after_an_epoch(right_epoch),
    refused=("train", "take_step", "batches"),
)

# ---- 5.2: two rates ------------------------------------------------------------------------------

LONG, RATE, DECAY, SHORT = 30, 0.05, 0.9, 10  # epochs, rate and decay of the run to be replaced
BATCH, YOURS, SAMPLES = 32, 0.1, 25_000


def rounded(rate):
    """Return a rate to four digits after the point: so many are asked for."""
    return np.round(rate, 4)


def constant_rate(factor):
    """Return the constant rate with the same sum over fewer epochs."""
    return RATE * sum(factor(epoch) for epoch in range(LONG)) / SHORT


CONSTANT = Part(
    "constant",
    {
        "So it would be if the rate of the long run did not fall.": RATE * LONG / SHORT,
        "That is its first rate. After ten epochs it has long been smaller.": RATE,
        "That is right for .9^i. Here the factors pile up: multiply them.": constant_rate(
            exponential(DECAY)
        ),
        "That is the mean rate of the thirty epochs. You have only ten.": constant_rate(
            compounding(DECAY)
        )
        * (SHORT / LONG),
    },
    rounded,
    right=lambda: rounded(constant_rate(compounding(DECAY))),
)
HERS = Part(
    "hers",
    {
        "The wrong way round: her gradient is the larger one.": YOURS * BATCH,
        "Her sum runs over a batch, not over all samples.": YOURS / SAMPLES,
        "At your rate her steps are as many times as long as her gradient is.": YOURS,
    },
    rounded,
    right=lambda: rounded(YOURS / BATCH),
)

# ---- 5.3: four training logs ---------------------------------------------------------------------

SHOWN = 1, 2, 5, 10, 20  # epochs
CAUSES = {"file_order": "A", "prefix": "C", "compounding": "D"}  # B has no mistake


def logs():
    """Return the rows of four logs by their letters: epoch, training loss and accuracies.

    Examples
    --------
    >>> [len(rows) for rows in logs().values()]
    [5, 5, 5, 5]
    """
    X, C, _ = draw("peaks", 5000, rng=0)
    parts = X, C, *draw("peaks", 2000, rng=1)[:2]
    prefix = X[:, :200], C[:, :200], *parts[2:]
    falling = {"lr": 0.05, "schedule": exponential(0.9)}
    return {
        "A": _log_in_file_order(parts, lr=0.05),
        "B": _log(parts, **falling),
        "C": _log(prefix, batch=8, **falling),
        "D": _log(parts, lr=0.005, schedule=compounding(0.8)),
    }


def _log(parts, **settings):
    run = train(softmax_regression, _zero(), parts, epochs=SHOWN[-1], **settings)
    return [
        (epoch, run.train_loss[epoch], run.train_accuracy[epoch], run.val_accuracy[epoch])
        for epoch in SHOWN
    ]


def _log_in_file_order(parts, lr):
    w, rows, order = _zero(), [], np.arange(parts[0].shape[-1])
    for epoch in range(1, SHOWN[-1] + 1):
        w = right_epoch(w, *parts[:2], order, lr, BATCH)
        if epoch in SHOWN:
            loss, accuracy = evaluate(softmax_regression, w, *parts[:2])
            rows.append((epoch, loss, accuracy, evaluate(softmax_regression, w, *parts[2:])[1]))
    return rows


def _zero():
    return {"W": np.zeros((5, 2)), "b": np.zeros((5, 1))}


ON_B = "B has no mistake: it ends near the least loss, and both accuracies agree."
FILE_ORDER = Part(
    "file_order",
    {
        ON_B: "B",
        "C knows its samples nearly by heart. Batches in file order make it forget them.": "C",
        "D stands still to every digit. Steps in file order go on pulling to and fro.": "D",
    },
    right=lambda: CAUSES["file_order"],
)
PREFIX = Part(
    "prefix",
    {
        "A is as poor in training as in validation. Few samples are soon known by heart.": "A",
        ON_B: "B",
        "D is as good in validation as in training. A single class teaches nothing of others.": "D",
    },
    right=lambda: CAUSES["prefix"],
)
COMPOUNDING = Part(
    "compounding",
    {
        "A still moves from epoch 10 to 20. Without a rate nothing moves.": "A",
        ON_B: "B",
        "The loss of C falls to the end. Without a rate nothing moves.": "C",
    },
    right=lambda: CAUSES["compounding"],
)

EXERCISES = {
    "5.1": (EPOCH,),
    "5.2": (CONSTANT, HERS),
    "5.3": (FILE_ORDER, PREFIX, COMPOUNDING),
}
