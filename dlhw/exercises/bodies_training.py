"""The bodies of the loop, from a step to a run, and mistakes in them."""

from types import SimpleNamespace

import numpy as np

from ..optimizers import exponential
from ..training import batches, evaluate, take_step, train
from .bodies import body, numbers
from .bodies_models import OF_EVALUATION, OF_MODELS, Pull

# ---- what a body is given ------------------------------------------------------------------------


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


def short_run(function):
    """Return where a short run leads, in which every step takes all samples."""
    start, data = {"W": numbers(2, 3)}, (numbers(3, 7, 20), numbers(2, 7, 50))
    schedule = exponential(0.5)
    run = function(Pull(), start, data, epochs=3, lr=0.2, schedule=schedule, batch=None, steps=2)
    return {"params": run.params, "given": start, "last loss": run.train_loss[-1]}


# ---- mistakes ------------------------------------------------------------------------------------


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
    *OF_MODELS,
    body("take_step", take_step, step_of, TAKE_STEP),
    body("batches", batches, facts_of_batches, BATCHES),
    OF_EVALUATION,
    body("train", train, short_run, TRAIN),
)
"""All that a coursework asks for of the room `training`, in its order: models, evaluation too."""
