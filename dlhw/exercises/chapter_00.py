"""The exercises of chapter 0: a quadratic form, centred samples, two bugs in tied weights."""

import numpy as np

from ..arrays import inner
from ..derivative_tests.four_tests import gradient_test, jacobian_transpose_test
from .judging import Part

# ---- 0.1: a quadratic form -----------------------------------------------------------------------


def square_and_samples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 3)), rng.normal(size=(3, 4))


def gradient_of_form(grad):
    return grad(*square_and_samples())


def report_of_form(grad):
    A, X = square_and_samples()
    return gradient_test(lambda X: inner(X, A @ X) / 2, lambda X: grad(A, X), X)


def from_the_right_factor(A, X):
    return A @ X


def from_the_left_factor(A, X):
    return A.T @ X


def without_the_half(A, X):
    return A @ X + A.T @ X


QUADRATIC = Part(
    "grad",
    {
        "That needs a symmetric A. One term of the product rule is not like this.": (
            from_the_right_factor
        ),
        "That is one term of the product rule, twice. The other is another.": from_the_left_factor,
        "Both terms are there, but the factor 1/2 is lost.": without_the_half,
    },
    gradient_of_form,
    test=report_of_form,
)
PLACES = Part(
    "places",
    {
        "Look at both sides of the inner product.": 1,
        "A is fixed: count X alone.": 3,
    },
    right=lambda: 2,
)

# ---- 0.2: centred samples ------------------------------------------------------------------------


def sent_back():
    return np.random.default_rng(1).normal(size=(3, 4))


def gradient_of_centring(vjp):
    return vjp(sent_back())


def report_of_centring(vjp):
    _, X = square_and_samples()
    return jacobian_transpose_test(
        lambda X: X - X.mean(axis=1, keepdims=True), lambda X, U: vjp(U), X
    )


def as_if_means_were_constants(U):
    return U


def as_if_means_were_added(U):
    return U + U.mean(axis=1, keepdims=True)


def with_sums(U):
    return U - U.sum(axis=1, keepdims=True)


def with_means_over_features(U):
    return U - U.mean(axis=0, keepdims=True)


CENTRED = Part(
    "vjp",
    {
        "That takes the means for constants, but they depend on X.": as_if_means_were_constants,
        "The mean is taken off on the way forward. What of its sign on the way back?": (
            as_if_means_were_added
        ),
        "The mean has its 1/m on the way back, too.": with_sums,
        "The means are along rows, over the samples: that is the other axis.": (
            with_means_over_features
        ),
    },
    gradient_of_centring,
    test=report_of_centring,
)

# ---- 0.3: two bugs -------------------------------------------------------------------------------


def letters(answer):
    """Return letters in their order, so that "DA" is "AD"."""
    return "".join(sorted(answer.upper()))


LINES = Part(
    "lines",
    {
        "A is one of two. The other does not do what two uses of W ask for.": "A",
        "D is one of two. The other has shapes that do not fit.": "D",
        "B is right: (h x m) times (h x m), entry by entry.": "AB",
        "C is right: (h x m)(m x n) has the shape of W. What becomes of its dW?": "AC",
        "B is right: a slope, entry by entry. Look at the shapes of the others.": "BD",
        "C finds what it should, and it is D that loses it. One more is wrong.": "CD",
        "Both are right. Write the shapes beside the other two.": "BC",
    },
    letters,
    right=lambda: "AD",
)

EXERCISES = {"0.1": (QUADRATIC, PLACES), "0.2": (CENTRED,), "0.3": (LINES,)}
