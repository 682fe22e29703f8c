"""The bodies of squared error, of a model's gradient and of evaluation, and mistakes in them."""

import numpy as np

from ..derivative_tests.four_tests import gradient_test
from ..training import AffineModel, evaluate, squared_error, squared_error_gradient
from .bodies import body, numbers

MANY = 600
"""Samples to evaluate: more than two chunks, and no whole number of them."""

# ---- what a body is given ------------------------------------------------------------------------


class Pull:
    """A model that pulls its weights to the mean of the samples; it needs none of the bodies."""

    def scores(self, params, X):
        return params["W"] @ X

    def criterion(self, Z, C):
        return np.abs(Z - C).mean(axis=-1).sum(axis=-1)

    def gradient(self, params, X, C):
        return {"W": params["W"] - X.mean(axis=-1)}


def numbers_and_targets():
    return numbers(3, 5), numbers(3, 5, 30)


def of_targets(function):
    return function(*numbers_and_targets())


def model_point():
    """Return parameters, samples and targets of an affine model."""
    return {"W": numbers(3, 4), "b": numbers(3, 1, 20)}, numbers(4, 5, 30), numbers(3, 5, 60)


def difference(Z, C):
    """Return a gradient in the scores that is of no loss here."""
    return Z - C


def of_model(gradient):
    return gradient(AffineModel(None, difference), *model_point())


def of_many_samples(function):
    params, X = {"W": numbers(3, 2)}, numbers(2, MANY, 10)
    C = np.eye(3)[:, np.arange(MANY) ** 2 % 3]
    loss, accuracy = function(Pull(), params, X, C)
    return {"loss": loss, "accuracy": accuracy}


def report_of_squared_error(function):
    Z, C = numbers_and_targets()
    return gradient_test(lambda Z: squared_error(Z, C), lambda Z: function(Z, C), Z)


# ---- mistakes ------------------------------------------------------------------------------------


def error_norm(Z, C):
    return np.linalg.norm(Z - C)


def error_halved(Z, C):
    return squared_error(Z, C) / 2


def error_summed(Z, C):
    return np.sum((Z - C) ** 2)


def error_over_entries(Z, C):
    return np.mean((Z - C) ** 2)


def error_gradient_without_two(Z, C):
    return (Z - C) / Z.shape[1]


def error_gradient_summed(Z, C):
    return 2 * (Z - C)


def error_gradient_turned(Z, C):
    return -squared_error_gradient(Z, C)


def model_gradient_without_bias(model, params, X, C):
    return {"W": AffineModel.gradient(model, params, X, C)["W"]}


def model_gradient_averaged(model, params, X, C):
    gradient = AffineModel.gradient(model, params, X, C)
    return {name: g / X.shape[1] for name, g in gradient.items()}


def model_gradient_of_scores(model, params, X, C):
    return model.criterion_gradient(model.scores(params, X), C)


def model_gradient_from_scores(model, params, X, C):
    return AffineModel.gradient(AffineModel(None, lambda Z, C: Z), params, X, C)


def hits_counted(model, params, X, C):
    loss, accuracy = evaluate(model, params, X, C)
    return loss, accuracy * X.shape[1]


def errors_counted(model, params, X, C):
    loss, accuracy = evaluate(model, params, X, C)
    return loss, 1 - accuracy


def loss_alone_added_up(model, params, X, C):
    loss, accuracy = evaluate(model, params, X, C)
    return loss * X.shape[1], accuracy


def hits_among_entries(model, params, X, C):
    loss, _ = evaluate(model, params, X, C)
    predicted = np.zeros_like(C)
    predicted[model.scores(params, X).argmax(axis=0), np.arange(X.shape[1])] = 1
    return loss, (predicted == C).mean()


SQUARED_ERROR = {
    "That is the norm: its square is asked for, divided by m.": error_norm,
    "That is half of it: there is no 1/2 in the head.": error_halved,
    "That is the sum over the samples: divide by their number m.": error_summed,
    "You divide by the number of entries: only by the number of samples m.": error_over_entries,
}
SQUARED_ERROR_GRADIENT = {
    "A square has a 2 in its slope: it is missing.": error_gradient_without_two,
    "The loss is a mean: 1/m is missing here.": error_gradient_summed,
    "The sign is turned: Z - C, not C - Z.": error_gradient_turned,
}
MODEL_GRADIENT = {
    "The gradient in b is missing.": model_gradient_without_bias,
    "You divide by m once more: the gradient of the criterion has it already.": (
        model_gradient_averaged
    ),
    "That is the gradient in the scores: send it back to W and b.": model_gradient_of_scores,
    "You send the scores back: send back the gradient of the criterion.": (
        model_gradient_from_scores
    ),
}
EVALUATE = {
    "That is the number of hits: the accuracy is their share.": hits_counted,
    "That is the share of errors: the accuracy is that of the hits.": errors_counted,
    "The loss is added up: it is the mean over all samples.": loss_alone_added_up,
    "You compare entry by entry, where zeros agree with zeros: compare classes.": (
        hits_among_entries
    ),
}

OF_MODELS = (
    body("squared_error", squared_error, of_targets, SQUARED_ERROR),
    body(
        "squared_error_gradient",
        squared_error_gradient,
        of_targets,
        SQUARED_ERROR_GRADIENT,
        report_of_squared_error,
    ),
    body("AffineModel.gradient", AffineModel.gradient, of_model, MODEL_GRADIENT),
)
OF_EVALUATION = body("evaluate", evaluate, of_many_samples, EVALUATE)
