"""The exercises of chapter 10: a ReLU on scores, a script with faults, two rules on one set."""

import numpy as np

from ..derivative_tests.four_tests import gradient_test
from ..layers import relu
from ..softmax import cross_entropy, cross_entropy_gradient, softmax
from .judging import Part

# ---- 10.1: what a ReLU on the scores sends back --------------------------------------------------


def sums_and_labels():
    """Return sums Z before the ReLU, of which two columns are silent, and labels."""
    Z = np.random.default_rng(10).normal(size=(4, 6))
    Z[:, :2] = -abs(Z[:, :2])
    return Z, np.eye(4)[:, [0, 3, 1, 2, 2, 0]]


def gradient_of(sent_back):
    return sent_back(*sums_and_labels())


def gradient_by_layers():
    Z, C = sums_and_labels()
    scores = relu.value(Z)
    return relu.slope_times(scores, cross_entropy_gradient(scores, C))


def tested_sent_back(sent_back):
    Z, C = sums_and_labels()

    def loss(Z):
        return cross_entropy(np.maximum(0, Z), C)

    def gradient(Z):
        return sent_back(Z, C)

    return gradient_test(loss, gradient, Z)


def sent_without_relu(Z, C):
    return (softmax(np.maximum(0, Z)) - C) / Z.shape[1]


def sent_by_softmax_of_sums(Z, C):
    return (softmax(Z) - C) / Z.shape[1] * (Z > 0)


def sent_by_whole_samples(Z, C):
    return sent_without_relu(Z, C) * (Z > 0).any(axis=0)


def sent_as_a_sum(Z, C):
    return (softmax(np.maximum(0, Z)) - C) * (Z > 0)


SENT = Part(
    "sent_back",
    {
        "That is the gradient in the scores. Z lies before the ReLU: its slope is missing.": (
            sent_without_relu
        ),
        "The softmax sees what the ReLU lets through, not Z itself.": sent_by_softmax_of_sums,
        "Each entry of Z has a slope of its own, also where the sample is not silent.": (
            sent_by_whole_samples
        ),
        "The loss is a mean over the samples: one factor is missing.": sent_as_a_sum,
    },
    gradient_of,
    gradient_by_layers,
    test=tested_sent_back,
)

# ---- 10.2: three faults --------------------------------------------------------------------------

LINES = Part(
    "lines",
    {
        "A and C are two of three. Which line keeps scores from being what they may have to be?": (
            "AC"
        ),
        "A and D are two of three. Work out lr by hand for the epochs 0, 1, 2, 3.": "AD",
        "C and D are two of three. Which classes are in the first batches, and in the last?": "CD",
        "B is right: around zero each tanh has a slope, and no two units are the same.": "ABCD",
        "E is right: the last epoch, on columns that trained nothing.": "ACDE",
    },
    right=lambda: "ACD",
)

# ---- 10.3: the error of a difference -------------------------------------------------------------


def right_or_wrong():
    """Return for two rules whether each has each of 600 columns right; they mostly agree."""
    rng = np.random.default_rng(3)
    first = rng.random(600) < 0.95
    second = np.where(rng.random(600) < 0.9, first, rng.random(600) < 0.9)
    return first, second


def error_of(error):
    return error(*right_or_wrong())


def error_by_counts():
    """Count where only one of the two is right."""
    a, b = right_or_wrong()
    first, second = np.mean(a & ~b), np.mean(b & ~a)
    return np.sqrt((first + second - (first - second) ** 2) / a.size)


def error_on_own_columns(a, b):
    return np.sqrt((a.var() + b.var()) / a.size)


def error_of_one_column(a, b):
    return (a.astype(float) - b).std()


def error_of_one_rule(a, b):
    return a.std() / np.sqrt(a.size)


def error_of_the_root_forgotten(a, b):
    return (a.astype(float) - b).std() / a.size


def error_with_one_less(a, b):
    return (a.astype(float) - b).std(ddof=1) / np.sqrt(a.size)


ERROR = Part(
    "error",
    {
        "So it is with columns of their own for each rule. Here both see the same: what cancels?": (
            error_on_own_columns
        ),
        "So much varies the difference at one column. Its mean over all columns varies less.": (
            error_of_one_column
        ),
        "That is the error of the first accuracy alone.": error_of_one_rule,
        "A mean of m columns varies by the square root of m less, not by m.": (
            error_of_the_root_forgotten
        ),
        "With ddof=1 it is as good an answer; the check compares with ddof=0.": error_with_one_less,
    },
    error_of,
    error_by_counts,
)

EXERCISES = {"10.1": (SENT,), "10.2": (LINES,), "10.3": (ERROR,)}
