"""The bodies of softmax regression, and mistakes in them."""

import numpy as np

from ..derivative_tests.four_tests import gradient_test, jacobian_test, jacobian_transpose_test
from ..softmax import (
    affine,
    affine_jvp,
    affine_vjp,
    cross_entropy,
    cross_entropy_gradient,
    log_softmax,
    softmax,
)
from .bodies import attempted, body, numbers

# ---- what a body is given ------------------------------------------------------------------------


def small_scores():
    return 3 * numbers(4, 6)


def large_scores():
    """Columns far above and below the others, and one with a class far above the others."""
    Z = small_scores()
    Z[:, 1] += 1000
    Z[:, 2] -= 1000
    Z[0, 3] += 2000
    return Z


def labels_of_scores():
    return np.eye(4)[:, [0, 1, 2, 3, 1, 0]]


def of_scores(function):
    """Return what a map of scores makes of small ones, and of large ones column by column."""
    P = function(large_scores())
    is_matrix = isinstance(P, np.ndarray) and P.ndim == 2
    return {"small": function(small_scores()), "large": list(P.T)[:4] if is_matrix else P}


def of_labels(function):
    """Return what a function of scores and labels makes of small scores, and of large ones."""
    C = labels_of_scores()
    return {"small": function(small_scores(), C), "large": function(large_scores(), C)}


def affine_point(outputs):
    """Return weights, biases and samples; with four outputs the weights are square."""
    return {"W": numbers(outputs, 4), "b": numbers(outputs, 1, 30), "X": numbers(4, 5, 40)}


def twice(of):
    """Return an outcome where the weights are square, and one where they are not.

    A mistake that stops at most shapes is known by its numbers where the weights are square.
    """
    return {"square": of(4), "oblong": attempted(of, 3)}


def scores_of(function):
    return twice(lambda outputs: function(**affine_point(outputs)))


def change_of(function):
    def of(outputs):
        W, b, X = affine_point(outputs).values()
        return function(W, X, numbers(*W.shape, 50), numbers(*b.shape, 70), numbers(*X.shape, 80))

    return twice(of)


def gradients_of(function):
    def of(outputs):
        W, b, X = affine_point(outputs).values()
        return function(W, X, numbers(outputs, 5, 50))

    return twice(of)


# ---- derivative tests ----------------------------------------------------------------------------


def affine_map(x):
    return affine(x["W"], x["b"], x["X"])


def report_of_loss_gradient(function):
    C = labels_of_scores()
    return gradient_test(lambda Z: cross_entropy(Z, C), lambda Z: function(Z, C), small_scores())


def report_of_affine_jvp(function):
    def jvp(x, v):
        return function(x["W"], x["X"], v["W"], v["b"], v["X"])

    return jacobian_test(affine_map, jvp, affine_point(3))


def report_of_affine_vjp(function):
    def vjp(x, u):
        dW, db, dX = function(x["W"], x["X"], u)
        return {"W": dW, "b": db, "X": dX}

    return jacobian_transpose_test(affine_map, vjp, affine_point(3))


# ---- mistakes ------------------------------------------------------------------------------------


def logs_unshifted(Z):
    return Z - np.log(np.exp(Z).sum(axis=0))


def logs_shifted_alike(Z):
    return logs_unshifted(Z - Z.max())


def logs_over_samples(Z):
    return log_softmax(Z.T).T


def logs_of_shares(Z):
    return np.log(softmax(Z))


def shares_unshifted(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=0)


def shares_shifted_alike(Z):
    return shares_unshifted(Z - Z.max())


def shares_over_samples(Z):
    return softmax(Z.T).T


def loss_summed(Z, C):
    return cross_entropy(Z, C) * Z.shape[1]


def loss_over_classes(Z, C):
    return cross_entropy(Z, C) / Z.shape[0]


def loss_negative(Z, C):
    return -cross_entropy(Z, C)


def loss_of_shares(Z, C):
    return -np.sum(C * np.log(softmax(Z))) / Z.shape[1]


def loss_without_log(Z, C):
    return -np.sum(C * softmax(Z)) / Z.shape[1]


def loss_and_its_gradient(Z, C):
    return cross_entropy(Z, C), cross_entropy_gradient(Z, C)


def gradient_summed(Z, C):
    return softmax(Z) - C


def gradient_divided_twice(Z, C):
    return cross_entropy_gradient(Z, C) / Z.shape[1]


def gradient_turned(Z, C):
    return -cross_entropy_gradient(Z, C)


def gradient_without_labels(Z, C):
    return softmax(Z) / Z.shape[1]


def gradient_of_true_class(Z, C):
    return C * (softmax(Z) - C) / Z.shape[1]


def gradient_over_samples(Z, C):
    return (shares_over_samples(Z) - C) / Z.shape[1]


def gradient_without_softmax(Z, C):
    return (Z - C) / Z.shape[1]


def scores_without_bias(W, b, X):
    return W @ X


def scores_transposed(W, b, X):
    return W.T @ X + b


def change_without_bias(W, X, dW, db, dX):
    return dW @ X + W @ dX


def change_without_samples(W, X, dW, db, dX):
    return dW @ X + db


def change_of_changes(W, X, dW, db, dX):
    return dW @ dX + db


def bias_mean(W, X, dZ, need_dX=True):
    return dZ @ X.T, dZ.mean(axis=1, keepdims=True), W.T @ dZ


def bias_not_summed(W, X, dZ, need_dX=True):
    return dZ @ X.T, dZ, W.T @ dZ


def bias_zero(W, X, dZ, need_dX=True):
    return dZ @ X.T, np.zeros((len(dZ), 1)), W.T @ dZ


def weights_transposed(W, X, dZ, need_dX=True):
    return X @ dZ.T, dZ.sum(axis=1, keepdims=True), W.T @ dZ


def samples_untransposed(W, X, dZ, need_dX=True):
    return dZ @ X.T, dZ.sum(axis=1, keepdims=True), W @ dZ


LOG_SOFTMAX = {
    "exp overflows at large scores: subtract each column's own maximum first.": logs_unshifted,
    "One shift for all columns: subtract each column's own maximum.": logs_shifted_alike,
    "You add up over the samples: add up over the classes, axis 0.": logs_over_samples,
    "A share underflows to 0, and its logarithm is -inf: take no logarithm of a quotient; "
    "subtract the logarithm of the sum.": logs_of_shares,
}
SOFTMAX = {
    "exp overflows at large scores: subtract each column's own maximum first.": shares_unshifted,
    "One shift for all columns: subtract each column's own maximum.": shares_shifted_alike,
    "You add up over the samples: add up over the classes, axis 0.": shares_over_samples,
    "These are the logarithms of the probabilities.": log_softmax,
}
CROSS_ENTROPY = {
    "That is the sum over the samples: divide by their number m.": loss_summed,
    "You divide by the number of classes, too: only by m.": loss_over_classes,
    "The sign is turned: logarithms of probabilities are negative, the loss is not.": loss_negative,
    "Right for small scores. For large ones it is 0 times -inf: use log_softmax.": loss_of_shares,
    "The logarithm is missing.": loss_without_log,
    "You return loss and gradient as a pair: return the loss alone.": loss_and_its_gradient,
}
CROSS_ENTROPY_GRADIENT = {
    "The loss is a mean: 1/m is missing here.": gradient_summed,
    "You divide by m twice.": gradient_divided_twice,
    "The sign is turned: P - C, not C - P.": gradient_turned,
    "The labels are missing: subtract C from the probabilities.": gradient_without_labels,
    "Only the true class is there: the other scores change the loss, too.": gradient_of_true_class,
    "You add up over the samples in softmax: add up over the classes.": gradient_over_samples,
    "These are scores minus labels: softmax is missing.": gradient_without_softmax,
}
AFFINE = {
    "b is missing.": scores_without_bias,
    "W is transposed: its shape is (outputs, inputs), so it is W @ X.": scores_transposed,
}
AFFINE_JVP = {
    "The change of b is missing.": change_without_bias,
    "The change of X is missing: W dX.": change_without_samples,
    "That is the product of two changes: each changes alone, beside the others as they "
    "stand.": change_of_changes,
}
AFFINE_VJP = {
    "db is the sum over the samples, not their mean: 1/m is in dZ already.": bias_mean,
    "db has the shape of b: sum the columns of dZ.": bias_not_summed,
    "db is zero: sum the columns of dZ.": bias_zero,
    "dW is transposed: dZ X^T, not X dZ^T.": weights_transposed,
    "dX takes W transposed: W^T dZ, not W dZ.": samples_untransposed,
}

BODIES = (
    body("log_softmax", log_softmax, of_scores, LOG_SOFTMAX),
    body("softmax", softmax, of_scores, SOFTMAX),
    body("cross_entropy", cross_entropy, of_labels, CROSS_ENTROPY),
    body(
        "cross_entropy_gradient",
        cross_entropy_gradient,
        of_labels,
        CROSS_ENTROPY_GRADIENT,
        report_of_loss_gradient,
    ),
    body("affine", affine, scores_of, AFFINE),
    body("affine_jvp", affine_jvp, change_of, AFFINE_JVP, report_of_affine_jvp),
    body("affine_vjp", affine_vjp, gradients_of, AFFINE_VJP, report_of_affine_vjp),
)
