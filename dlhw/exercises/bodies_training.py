"""The bodies of the loop and of the models that it trains, and mistakes in them."""

from types import SimpleNamespace

import numpy as np

from ..derivative_tests.four_tests import gradient_test
from ..optimizers import exponential
from ..training import (
    AffineModel,
    batches,
    evaluate,
    squared_error,
    squared_error_gradient,
    take_step,
    train,
)
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


def a_rule(gradient, w, v, lr):
    """Return what shows where a rule asks for the gradient, and what it was given."""
    return [gradient(w), gradient({"W": 2 * w["W"]}), lr], gradient(v)


def step_of(function):
    w, v = {"W": numbers(2, 3)}, {"W": numbers(2, 3, 10)}
    return function(Pull(), a_rule, w, v, 0.1, numbers(3, 5, 20), numbers(2, 5, 40))


def facts_of_batches(function):
    """Return what holds of batches, whatever their random order is."""
    X = np.arange(1.0, 13.0).reshape(1, 12)
    C = np.vstack([X, -X])
    once = list(function(X, C, np.random.default_rng(0), 4, 3, replace=False))
    again = list(function(X, C, np.random.default_rng(1), 4, 3, replace=False))
    drawn = list(function(X, C, np.random.default_rng(0), 4, 50, replace=True))
    order, other_order = order_of(once), order_of(again)
    seen, counts = np.unique(order_of(drawn), return_counts=True)
    return {
        "shapes": [[np.shape(x), np.shape(c)] for x, c in once],
        "labels fit": all(np.array_equal(c, np.vstack([x, -x])) for x, c in once),
        "each sample once": sorted(order),
        "shuffled": order != sorted(order),
        "in a new order": order != other_order,
        "drawn from all": len(seen),
        "drawn unevenly": bool(counts.min() < counts.max()),
        "how many": len(drawn),
    }


def order_of(some_batches):
    return [float(x) for X, _ in some_batches for x in np.ravel(X)]


def of_many_samples(function):
    params, X = {"W": numbers(3, 2)}, numbers(2, MANY, 10)
    C = np.eye(3)[:, np.arange(MANY) ** 2 % 3]
    loss, accuracy = function(Pull(), params, X, C)
    return {"loss": loss, "accuracy": accuracy}


def short_run(function):
    """Return where a short run leads, in which every step takes all samples."""
    start, data = {"W": numbers(2, 3)}, (numbers(3, 7, 20), numbers(2, 7, 50))
    schedule = exponential(0.5)
    run = function(Pull(), start, data, epochs=3, lr=0.2, schedule=schedule, batch=None, steps=2)
    return {"params": run.params, "given": start, "last loss": run.train_loss[-1]}


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


def step_with_a_fixed_gradient(model, optimizer, w, v, lr, X, C):
    g = model.gradient(w, X, C)
    return optimizer(lambda p: g, w, v, lr)


def step_without_velocity(model, optimizer, w, v, lr, X, C):
    still = {name: np.zeros_like(array) for name, array in v.items()}
    return take_step(model, optimizer, w, still, lr, X, C)


def step_of_parameters_alone(model, optimizer, w, v, lr, X, C):
    return take_step(model, optimizer, w, v, lr, X, C)[0]


def batches_in_file_order(X, C, rng, batch, steps, replace=True):
    for k in range(steps):
        first = k * batch % X.shape[1]
        yield X[:, first : first + batch], C[:, first : first + batch]


def batches_of_labels_apart(X, C, rng, batch, steps, replace=True):
    pairs = zip(
        batches(X, C, rng, batch, steps, replace), batches(C, C, rng, batch, steps, replace)
    )
    for (x, _), (c, _) in pairs:
        yield x, c


def batches_always_alike(X, C, rng, batch, steps, replace=True):
    return batches(X, C, np.random.default_rng(0), batch, steps, replace)


def batches_always_drawn(X, C, rng, batch, steps, replace=True):
    return batches(X, C, rng, batch, steps, True)


def one_batch_alone(X, C, rng, batch, steps, replace=True):
    return batches(X, C, rng, batch, 1, replace)


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


def run_at(model, params, data, rates, steps, in_place=False):
    """Return a run along the whole gradient with some rates, one an epoch."""
    W = params["W"] if in_place else params["W"].copy()
    for rate in rates:
        for _ in range(steps):
            W -= rate * model.gradient({"W": W}, *data[:2])["W"]
    loss, _ = evaluate(model, {"W": W}, *data[:2])
    return SimpleNamespace(params={"W": W}, train_loss=[loss])


def train_in_place(model, params, data, *, epochs, lr, schedule, steps, **rest):
    rates = [lr * schedule(epoch) for epoch in range(epochs)]
    return run_at(model, params, data, rates, steps, in_place=True)


def train_compounding(model, params, data, *, epochs, lr, schedule, steps, **rest):
    rates = []
    for epoch in range(epochs):
        lr = lr * schedule(epoch)
        rates.append(lr)
    return run_at(model, params, data, rates, steps)


def train_at_full_rate(model, params, data, *, epochs, lr, steps, **rest):
    return run_at(model, params, data, [lr] * epochs, steps)


def train_an_epoch_ahead(model, params, data, *, epochs, lr, schedule, steps, **rest):
    rates = [lr * schedule(epoch + 1) for epoch in range(epochs)]
    return run_at(model, params, data, rates, steps)


def train_one_step_an_epoch(model, params, data, *, epochs, lr, schedule, **rest):
    rates = [lr * schedule(epoch) for epoch in range(epochs)]
    return run_at(model, params, data, rates, 1)


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
TAKE_STEP = {
    "The rule wants a function, and asks it where it likes: you give it one value.": (
        step_with_a_fixed_gradient
    ),
    "The velocity is lost: hand it on to the rule.": step_without_velocity,
    "The velocity is missing: return both, as the rule does.": step_of_parameters_alone,
}
BATCHES = {
    "The batches come in file order, and the files are sorted by class: shuffle.": (
        batches_in_file_order
    ),
    "Samples and labels come in different orders: take both by the same indices.": (
        batches_of_labels_apart
    ),
    "Each epoch has the same order: draw from rng, and make no new generator.": (
        batches_always_alike
    ),
    "Without replacement each sample comes once: take a permutation.": batches_always_drawn,
    "That is one batch: an epoch has as many as steps.": one_batch_alone,
}
EVALUATE = {
    "That is the number of hits: the accuracy is their share.": hits_counted,
    "That is the share of errors: the accuracy is that of the hits.": errors_counted,
    "The loss is added up: it is the mean over all samples.": loss_alone_added_up,
    "You compare entry by entry, where zeros agree with zeros: compare classes.": (
        hits_among_entries
    ),
}
TRAIN = {
    "The parameters that you are given are changed: the next run starts there. Copy them.": (
        train_in_place
    ),
    "The schedule is applied again and again: lr times its factor, from the same lr each epoch.": (
        train_compounding
    ),
    "The schedule is missing: lr times its factor in each epoch.": train_at_full_rate,
    "The schedule begins with epoch 0: you are one ahead.": train_an_epoch_ahead,
    "You take one step an epoch: as many as steps.": train_one_step_an_epoch,
}

BODIES = (
    body("squared_error", squared_error, of_targets, SQUARED_ERROR),
    body(
        "squared_error_gradient",
        squared_error_gradient,
        of_targets,
        SQUARED_ERROR_GRADIENT,
        report_of_squared_error,
    ),
    body("AffineModel.gradient", AffineModel.gradient, of_model, MODEL_GRADIENT),
    body("take_step", take_step, step_of, TAKE_STEP),
    body("batches", batches, facts_of_batches, BATCHES),
    body("evaluate", evaluate, of_many_samples, EVALUATE),
    body("train", train, short_run, TRAIN),
)
