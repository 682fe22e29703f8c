"""Chapter 1: what comes back to scores and biases, an overflow, a transposition that fits."""

import numpy as np

from ...derivative_tests.four_tests import gradient_test
from ...softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient, softmax
from ..derivatives.mistakes import naive
from ..questions import Choice, Question


def _column(values, digits=1):
    shown = [f"{value + 0.0:.{digits}f}" for value in np.ravel(values)]  # + 0.0: no -0.0
    return "$(" + ",\\ ".join(shown).replace("nan", "\\text{NaN}") + ")$"


def what_comes_back():
    """Return the question what the loss of one sample sends back to its scores."""
    p, c = np.array([[0.2], [0.5], [0.3]]), np.array([[1.0], [0.0], [0.0]])
    right = cross_entropy_gradient(np.log(p), c)
    own, before = c * right, -c / p
    return Question(
        "1-comes-back",
        f"**Predict.** A sample's three classes have the probabilities {_column(p)}; its label is"
        " the first. The loss is $-\\log$ of the label's probability. What is its gradient in the"
        " three scores?",
        Choice(_column(right), "Probabilities minus label. To lower the loss, walk against it."),
        [
            Choice(_column(-right), "That is label minus probabilities: the step, downhill."),
            Choice(_column(own), "The other scores count, too: they are in the softmax's sum."),
            Choice(_column(before), "That is the gradient in $p$: it has not passed the softmax."),
        ],
    )


def what_reaches_the_bias():
    """Return the question what four samples send back to one bias."""
    row = np.array([0.2, -0.1, 0.25, 0.05])
    dZ = np.array([row, -row])
    _, db, _ = affine_vjp(np.zeros((2, 3)), np.zeros((3, 4)), dZ)
    mean, over_classes = dZ.mean(axis=1), dZ.sum(axis=0)
    return Question(
        "1-bias",
        f"**Question.** The row of $G_Z$ that belongs to class 0 is {_column(row, 2)}. What is the"
        " gradient in the bias $b_0$?",
        Choice(f"{db[0, 0]:.2f}", "$b_0$ is added to each sample's score, so all four add up."),
        [
            Choice(f"{mean[0]:.2f}", "That is a mean. But $\\tfrac1m$ is in $G_Z$ already."),
            Choice(f"{over_classes[0]:.2f}", "That sums a column, over the classes: always 0."),
        ],
    )


def what_one_shift_for_all_does():
    """Return the question what a sample far below the others gets from one shift for all."""
    Z = np.array([[0.0, -800.0], [1.0, -801.0]])
    with np.errstate(invalid="ignore"):
        one_shift = naive(Z - Z.max())[:, 1]
    own_shift, undivided, even = softmax(Z)[:, 1], np.exp(Z - Z.max())[:, 1], naive(0 * Z)[:, 1]
    return Question(
        "1-shift",
        "**Question.** Two samples have the scores $(0, 1)$ and $(-800, -801)$. A program subtracts"
        " the largest score of the whole array, takes exponentials and divides by their sum. Which"
        " probabilities does the second sample get?",
        Choice(_column(one_shift, 2), "Below 1 both exponentials underflow to 0, and 0/0 is NaN."),
        [
            Choice(_column(own_shift, 2), "They would be right, with a shift of the sample's own."),
            Choice(_column(undivided, 2), "So are the exponentials, before their division by 0."),
            Choice(_column(even, 2), "That takes both for equal. But 0/0 is no number at all."),
        ],
    )


def who_sees_a_transposition():
    """Return chapter 0's question again: a product in the wrong order that has the right shape."""
    rng = np.random.default_rng(0)
    X, C, b = rng.normal(size=(3, 5)), np.eye(3)[:, [0, 2, 1, 1, 0]], rng.normal(size=(3, 1))

    def loss(W):
        return cross_entropy(affine(W, b, X), C)

    def swapped(W):
        return X @ cross_entropy_gradient(affine(W, b, X), C).T

    W = rng.normal(size=(3, 3))
    report = gradient_test(loss, swapped, W)
    return Question(
        "1-transposed",
        "**Question.** In chapter 0 you chose the order of the factors in a gradient. Somebody has"
        " 3 features, 3 classes, and `dW = X @ dZ.T`. Who notices?",
        Choice("a gradient test alone", f"It says: {report.message}"),
        [
            Choice("NumPy, by the shapes", "It would, were 3 features and 3 classes not equal."),
            Choice("nobody: it is right", "So it were if gradients were symmetric arrays."),
            Choice("you: the loss rises", "Not surely: a wrong direction may still lead down."),
        ],
    )
