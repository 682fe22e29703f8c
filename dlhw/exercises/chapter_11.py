"""The exercises of chapter 11: changed labels, votes of the others, logs of 200 samples."""

import numpy as np

from ..datasets import RULES, load, subset
from ..network import tanh_network
from ..training import train
from .judging import Part

# ---- 11.1: labels that changed -------------------------------------------------------------------

M = 200
REDRAWN, CLASSES = RULES["gmm"].redrawn, RULES["gmm"].classes
CHANGED = REDRAWN * (1 - 1 / CLASSES)

CLEAN = Part(
    "clean",
    {
        "So it is for labels that are redrawn. One in five of these comes out as it was.": (
            (1 - REDRAWN) ** M
        ),
        "That all of them have changed. None has: 1 - q, as often as there are samples.": (
            CHANGED**M
        ),
        "That is one sample alone. All 200 have to be as they were.": 1 - CHANGED,
    },
    right=lambda: (1 - CHANGED) ** M,
)
COUNT = Part(
    "changed",
    {
        "So many are redrawn. One in five of these comes out as it was.": REDRAWN * M,
        "That is the share. How many are it of 200?": CHANGED,
    },
    right=lambda: CHANGED * M,
)
LARGEST = Part(
    "largest",
    {
        "For that the network must have learned changed labels by heart.": 1,
        "Of the redrawn labels one in five is right as it is.": 1 - REDRAWN,
    },
    right=lambda: 1 - CHANGED,
)

# ---- 11.2: leave one out -------------------------------------------------------------------------


def few_sets():
    """Return six samples on a line with a width, and 200 of GMM with two widths."""
    line = np.array([[0.0, 2.0, 3.0, 5.0, 6.0, 9.0]]), np.eye(2)[:, [0, 1, 0, 0, 0, 1]]
    data = load("gmm")
    few = subset(data.X_train, data.C_train, size=M, rng=0)
    return [(*line, 2.0), (*few, 0.2), (*few, 1.0)]


def shares(left_out):
    return [left_out(*case) for case in few_sets()]


def shares_one_by_one():
    """Take each sample out, and let the others vote."""
    return [
        np.mean([_right(X, C, sigma, j) for j in range(X.shape[1])]) for X, C, sigma in few_sets()
    ]


def _right(X, C, sigma, j):
    others = np.arange(X.shape[1]) != j
    votes = C[:, others] @ _weights(X[:, others] - X[:, j : j + 1], sigma)
    return votes.argmax() == C[:, j].argmax()


def _weights(D, sigma):
    squares = (D**2).sum(axis=0)
    return np.exp((squares.min() - squares) / (2 * sigma**2))


def _squares(X):
    return ((X[:, :, None] - X[:, None, :]) ** 2).sum(axis=0)


def _voted(X, C, weights, own=0):
    np.fill_diagonal(weights, own)
    return np.mean((C @ weights).argmax(axis=0) == C.argmax(axis=0))


def left_out_with_own_vote(X, C, sigma):
    return _voted(X, C, np.exp(-_squares(X) / (2 * sigma**2)), own=1)


def left_out_by_counts(X, C, sigma):
    return _voted(X, C, np.ones((X.shape[1], X.shape[1])))


def left_out_by_distance(X, C, sigma):
    return _voted(X, C, np.exp(-np.sqrt(_squares(X)) / (2 * sigma**2)))


LEFT_OUT = Part(
    "left_out",
    {
        "The sample has a vote on itself, and the heaviest: its own weight must be zero.": (
            left_out_with_own_vote
        ),
        "All votes weigh the same: the weight must fall with the distance.": left_out_by_counts,
        "The exponent has the distance where its square belongs.": left_out_by_distance,
    },
    shares,
    shares_one_by_one,
)

# ---- 11.3: two hundred random samples ------------------------------------------------------------

EPOCHS = 60
HEADER = ["epoch", "training loss", "training accuracy", "validation loss", "validation accuracy"]


def first_columns(X, C, rng):
    return X[:, :M], C[:, :M]


def two_draws(X, C, rng):
    m = X.shape[1]
    return X[:, rng.permutation(m)[:M]], C[:, rng.permutation(m)[:M]]


def one_draw(X, C, rng):
    columns = rng.permutation(X.shape[1])[:M]
    return X[:, columns], C[:, columns]


LOGS = {"B": two_draws, "C": one_draw, "A": first_columns}
"""From a letter of the exercise to its choice of samples, in the order the logs are shown in."""


def logs():
    """Return the rows of each log by its title: a network trained on each choice of samples."""
    return {f"log {n}": _log(choose) for n, choose in enumerate(LOGS.values(), start=1)}


def _log(choose):
    data, network = load("gmm"), tanh_network([5, 50, 5])
    few = choose(data.X_train, data.C_train, np.random.default_rng(0))
    settings = {"epochs": EPOCHS, "lr": 0.2, "batch": 8, "every": 15}
    h = train(network, network.initialise(0), (*few, *data[2:]), **settings)
    return list(zip(h.epoch.tolist(), h.train_loss, h.train_accuracy, h.val_loss, h.val_accuracy))


CODE = Part(
    "code",
    {
        "Logs 1 and 3 are swapped: in which is one class all that the network ever saw?": "ACB",
        "Logs 1 and 2 are swapped: labels of other samples teach nothing for new ones.": "CBA",
        "Logs 2 and 3 are swapped: a sound choice teaches something for new samples.": "BAC",
    },
    right=lambda: "".join(LOGS),
)

EXERCISES = {"11.1": (CLEAN, COUNT, LARGEST), "11.2": (LEFT_OUT,), "11.3": (CODE,)}
