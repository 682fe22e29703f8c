"""The exercises of chapter 1: weight decay, three bugs in a loss, labels that do not add up."""

import numpy as np

from ..derivative_tests.four_tests import gradient_test
from ..softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient, softmax
from .judging import Part

# ---- 1.1: weight decay ---------------------------------------------------------------------------

DECAY = 0.1
LARGE = 1000.0
"""Weights times this give scores whose exponentials overflow unless each sample is shifted."""


def samples():
    rng = np.random.default_rng(1)
    return rng.normal(size=(2, 5)), np.eye(3)[:, [0, 2, 1, 1, 0]]


def parameters(size=1.0):
    rng = np.random.default_rng(2)
    return {"W": size * rng.normal(size=(3, 2)), "b": rng.normal(size=(3, 1))}


def loss_with_decay(p):
    X, C = samples()
    return cross_entropy(affine(p["W"], p["b"], X), C) + DECAY / 2 * np.sum(p["W"] ** 2)


def at_small_and_large_weights(gradients):
    return [gradients(parameters(size), *samples(), DECAY) for size in (1.0, LARGE)]


def report_with_decay(gradients):
    return gradient_test(loss_with_decay, lambda p: gradients(p, *samples(), DECAY), parameters())


def without_decay(p, X, C, decay):
    dZ = cross_entropy_gradient(affine(p["W"], p["b"], X), C)
    dW, db, _ = affine_vjp(p["W"], X, dZ)
    return {"W": dW, "b": db}


def with_decay(p, X, C, decay):
    plain = without_decay(p, X, C, decay)
    return {**plain, "W": plain["W"] + decay * p["W"]}


def with_decay_twice(p, X, C, decay):
    return with_decay(p, X, C, 2 * decay)


def with_a_mean_decay(p, X, C, decay):
    return with_decay(p, X, C, decay / X.shape[1])


def with_decay_everywhere(p, X, C, decay):
    right = with_decay(p, X, C, decay)
    return {**right, "b": right["b"] + decay * p["b"]}


def without_a_shift(p, X, C, decay):
    E = np.exp(affine(p["W"], p["b"], X))
    dZ = (E / E.sum(axis=0) - C) / X.shape[1]
    return {"W": dZ @ X.T + decay * p["W"], "b": dZ.sum(axis=1, keepdims=True)}


def verdict_at_zero():
    """Return what the gradient test says at W = 0 of a gradient without the new term."""
    at_zero = {**parameters(), "W": np.zeros((3, 2))}
    return gradient_test(
        loss_with_decay, lambda p: without_decay(p, *samples(), DECAY), at_zero
    ).verdict


GRADIENTS = Part(
    "gradients",
    {
        "So it was before: the new term of the loss has a gradient, too.": without_decay,
        "The new term counts twice: its factor 1/2 is forgotten.": with_decay_twice,
        "The new term is divided by m, but it is no mean over samples.": with_a_mean_decay,
        "b has decay, too. Look into the new term: is there a b?": with_decay_everywhere,
        "Right for small scores, but NaN for large ones: each sample needs a shift of its own.": (
            without_a_shift
        ),
    },
    at_small_and_large_weights,
    right=lambda: at_small_and_large_weights(with_decay),
    test=report_with_decay,
    refused=("softmax", "log_softmax", "cross_entropy_gradient", "affine_vjp"),
)
AT_ZERO = Part(
    "at_zero",
    {
        "What does the new term's gradient add at W = 0? Put the zeros in.": "fail",
        "The loss does change there, and it is smooth: the test decides.": "inconclusive",
    },
    str.lower,
    right=verdict_at_zero,
)

# ---- 1.2: three bugs -----------------------------------------------------------------------------


def letters(answer):
    """Return letters in their order, so that "CA" is "AC"."""
    return "".join(sorted(answer.upper()))


BLAMED = Part(
    "blamed",
    {
        "A: with small scores one shift for all cancels as well as one a sample.": "A",
        "B is right: it sums over the classes, axis 0.": "B",
        "C: the logarithm of a probability that is not 0 is what it should be.": "C",
        "D is right: P minus C, and the mean over the samples taken once.": "D",
    },
    letters,
    right=lambda: "E",
)
SLEEPING = Part(
    "sleeping",
    {
        "A is one of two. The other meets a probability that has become 0.": "A",
        "C is one of two. The other meets samples whose scores lie far apart.": "C",
        "B divides by a sum. It is an earlier line that lets this sum become 0.": "AB",
        "B divides by a sum: is it 0 once each sample has its own shift?": "BC",
        "E is wrong at any scores, but a mean makes no NaN.": "AE",
    },
    letters,
    right=lambda: "AC",
)

# ---- 1.3: labels that do not add up --------------------------------------------------------------


def scores_and_labels():
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 5)), rng.random(size=(3, 5))


def gradient_in_scores(dZ):
    return dZ(*scores_and_labels())


def report_in_scores(dZ):
    Z, C = scores_and_labels()
    return gradient_test(lambda Z: cross_entropy(Z, C), lambda Z: dZ(Z, C), Z)


def with_labels_that_add_up(Z, C):
    return (softmax(Z) - C) / Z.shape[1]


def with_labels_made_to_add_up(Z, C):
    return (softmax(Z) - C / C.sum(axis=0)) / Z.shape[1]


def with_sums_over_samples(Z, C):
    return (C.sum(axis=1, keepdims=True) * softmax(Z) - C) / Z.shape[1]


def with_one_sum_for_all(Z, C):
    return (C.sum() * softmax(Z) - C) / Z.shape[1]


SCORES = Part(
    "dZ",
    {
        "So it is where each label sums to 1. Where did the derivation use that?": (
            with_labels_that_add_up
        ),
        "You made the labels sum to 1: that is the gradient of another loss.": (
            with_labels_made_to_add_up
        ),
        "The sum is over the classes of each sample, not over the samples.": with_sums_over_samples,
        "Each sample has a sum of its own: which axis runs over the classes?": with_one_sum_for_all,
    },
    gradient_in_scores,
    test=report_in_scores,
    refused=("cross_entropy_gradient",),
)

EXERCISES = {"1.1": (GRADIENTS, AT_ZERO), "1.2": (BLAMED, SLEEPING), "1.3": (SCORES,)}
