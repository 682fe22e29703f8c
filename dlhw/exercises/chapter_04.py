"""The exercises of chapter 4: classes that are rare, four results, a rule that is too sure."""

import numpy as np
from scipy.spatial import cKDTree

from ..datasets import load, subset
from ..softmax import softmax
from .judging import Part

# ---- 4.1: rare classes ---------------------------------------------------------------------------


def probabilities(scores):
    """Return what scores say of the classes: a number that is added to all of them is no matter."""
    Z = scores(*_densities_and_shares())
    if Z is None or Z is ...:
        return None
    return softmax(Z)


def bayes():
    """Return the probabilities by Bayes' theorem, without scores."""
    log_q, share = _densities_and_shares()
    joint = share * np.exp(log_q)
    return joint / joint.sum(axis=0)


def _densities_and_shares():
    log_q = np.random.default_rng(4).normal(size=(4, 6))
    return log_q, np.array([[0.1], [0.2], [0.3], [0.4]])


def as_if_equal(log_q, share):
    return log_q


def adds_the_share(log_q, share):
    return log_q + share


def turned_round(log_q, share):
    return log_q - np.log(share)


def multiplies_the_logarithm(log_q, share):
    return share * log_q


def no_logarithm(log_q, share):
    return share * np.exp(log_q)


SCORES = Part(
    "scores",
    {
        "So it is for classes that are equally frequent: the shares are not in it.": as_if_equal,
        "A product of numbers is a sum of their logarithms: of both numbers.": adds_the_share,
        "The wrong way round: a rare class should get a lower score.": turned_round,
        "The share multiplies the density, not its logarithm.": multiplies_the_logarithm,
        "These are in proportion to the probabilities. Scores are their logarithms.": no_logarithm,
    },
    probabilities,
    right=bayes,
    refused=("posterior",),
)

# ---- 4.2: four results ---------------------------------------------------------------------------

LETTERS = {"leak": "B", "memory": "C", "prefix": "D"}  # A has no mistake


def four_results():
    """Return training and validation accuracies on Peaks by letters.

    Examples
    --------
    >>> {letter: len(row) for letter, row in four_results().items()}
    {'A': 2, 'B': 2, 'C': 2, 'D': 2}
    """
    X, C, X_val, C_val = data = load("peaks")
    some = subset(X, C, size=5000, rng=0)
    both = np.hstack([X, X_val]), np.hstack([C, C_val])
    prefix = X[:, :200], C[:, :200]
    return {
        "A": _accuracies(data[:2], some, data[2:], k=15),
        "B": _accuracies(both, some, data[2:], k=3),
        "C": _accuracies(data[:2], some, data[2:], k=1),
        "D": _accuracies(prefix, prefix, data[2:], k=1),
    }


def _accuracies(known, *parts, k):
    """Return how often the votes of the k nearest of the known samples are right on some parts."""
    tree, found = cKDTree(known[0].T), []
    for X, C in parts:
        _, nearest = tree.query(X.T, np.arange(1, k + 1))
        votes = known[1][:, nearest].sum(axis=-1)
        found.append(np.mean(votes.argmax(axis=0) == C.argmax(axis=0)))
    return found


ON_A = "A has no mistake: both accuracies are below the best possible, and near each other."
PREFIX = Part(
    "prefix",
    {
        ON_A: "A",
        "B is good on samples of all classes, so it has seen them all.": "B",
        "C is good on validation samples of all classes, so it has seen them all.": "C",
    },
    right=lambda: LETTERS["prefix"],
)
MEMORY = Part(
    "memory",
    {
        ON_A: "A",
        "B is above the best possible on validation, too. What is learnt by heart helps only "
        "with what was seen.": "B",
        "D knows its samples as well, but on the others it guesses: it lacks whole classes.": "D",
    },
    right=lambda: LETTERS["memory"],
)
LEAK = Part(
    "leak",
    {
        ON_A: "A",
        "C is below the best possible on validation, so it had not seen those.": "C",
        "D guesses on validation, so it had not seen those.": "D",
    },
    right=lambda: LETTERS["leak"],
)

# ---- 4.3: too sure -------------------------------------------------------------------------------

CASES = [(eps, r, l) for eps in (0.01, 0.1, 0.3) for r, l in ((0.02, 5), (0.2, 3), (0.038, 2))]


def losses(loss):
    return [loss(*case) for case in CASES]


def expected_losses():
    """Return the mean over the label that is redrawn, one class after the other."""
    found = []
    for eps, r, l in CASES:
        p = np.full(l, eps / (l - 1))
        p[0] = 1 - eps  # the class is 0
        redrawn = -np.log(p).mean()
        found.append((1 - r) * -np.log(p[0]) + r * redrawn)
    return found


def loss_with(changed, share_of=None):
    """Return a loss in which the changed labels have this share, and the others this probability.

    Examples
    --------
    >>> round(float(loss_with(lambda r, l: r)(0.5, 0.2, 2)), 4)
    0.6931
    """

    def loss(eps, r, l):
        one = share_of(eps, l) if share_of else eps / (l - 1)
        c = changed(r, l)
        return -(1 - c) * np.log(1 - eps) - c * np.log(one)

    return loss


def share_that_changes(r, l):
    return r * (1 - 1 / l)


def all_redrawn(r, l):
    return r


def not_shared(eps, l):
    return eps


def turned_sign(eps, r, l):
    return -loss_with(share_that_changes)(eps, r, l)


def clean_loss(eps, r, l):
    return -np.log(1 - eps)


LOSS = Part(
    "loss",
    {
        "A redrawn label may come out as what it was: fewer than r change.": loss_with(all_redrawn),
        "eps is what all other classes have together: share it.": loss_with(
            share_that_changes, not_shared
        ),
        "The sign: a cross-entropy is not negative.": turned_sign,
        "That is the loss on clean labels. The changed ones cost more.": clean_loss,
    },
    losses,
    right=expected_losses,
)


def best_values(best):
    return [best(r, l) for _, r, l in CASES]


def best_found():
    """Return where the loss is least: its slope is 0 where (1 - c) / (1 - eps) = c / eps."""
    return [r - r / l for _, r, l in CASES]


def always_sure(r, l):
    return 0.0


def as_often_as_redrawn(r, l):
    return r


def one_class(r, l):
    return r / l


BEST = Part(
    "best",
    {
        "So sure, each changed label costs without bound.": always_sure,
        "So many are redrawn. Fewer are changed.": as_often_as_redrawn,
        "That is the probability of one of the other classes. eps is that of all.": one_class,
    },
    best_values,
    right=best_found,
)

EXERCISES = {"4.1": (SCORES,), "4.2": (PREFIX, MEMORY, LEAK), "4.3": (LOSS, BEST)}
