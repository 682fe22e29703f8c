"""Is a number all right? What each demand gives over seeds, and what a lower one means."""

from functools import partial

import numpy as np

from ...datasets import load
from ...study.results import ceiling, result
from ...training import evaluate, softmax_regression, train
from ..figures import table
from ..result_tables import share

USUAL = [
    ("I.3", "softmax regression", partial(result, "softmax", redraw=True, dataset="peaks")),
    ("I.3", "softmax regression", partial(result, "softmax", redraw=True, dataset="gmm")),
    ("II.4", "tanh network, 4/50", partial(result, "peaks", redraw=True)),
    ("II.4", "residual network, 4/20", partial(result, "peaks", model="residual")),
    ("II.4", "tanh network, 3/50", partial(result, "gmm", redraw=True)),
    ("II.4", "residual network, 3/20", partial(result, "gmm", model="residual", depth=3)),
    ("II.4", "tanh network, 3/50", partial(result, "swissroll", model="tanh", lr=0.3)),
    ("II.5", "tanh network, 2/100", partial(result, "small", model="tanh", depth=2, init="xavier")),
    ("II.5", "residual network, 3/50", partial(result, "small", model="residual")),
]
"""Demand, model, and how its kept result is found: settings that are trained to the end."""
NAMES = {"peaks": "Peaks", "gmm": "GMM", "swissroll": "SwissRoll"}


def usual():
    """Return the table of what each demand gives, from the lowest seed to the highest."""
    rows = []
    for demand, model, find in USUAL:
        run = find()
        e, values = run.experiment, run.last("val_accuracy")
        samples = (
            f"{NAMES[e.dataset]}, {e.train_size} samples" if e.train_size else NAMES[e.dataset]
        )
        trained = (
            f"{e.optimizer}, rate {e.lr:g}, batch {e.batch}, {e.epochs} epochs, {e.seeds} seeds"
        )
        what = f"**{demand}** {samples}: {model}<br>{trained}"
        rows.append([what, span(values), share(ceiling(e.dataset))])
    return table(rows, ["demand, data, model", "validation", "best possible"])


def span(values):
    """Write the lowest and the highest of some shares.

    Examples
    --------
    >>> span([0.951, 0.9473])
    '.9473 to .9510'
    """
    return f"{share(np.min(values))} to {share(np.max(values))}"


def lower():
    """Return the table of lower numbers: each is what one mistake gives, beside what is usual."""
    frozen = result(
        "softmax", dataset="peaks", optimizer="sgd", schedule="compounding", batch=32, lr=0.001
    )
    slow = result("peaks", depth=4, init="uniform", lr=0.001)
    good = result("peaks", depth=4, init="xavier", lr=0.001)
    converged = result("softmax", redraw=True, dataset="peaks")
    ends = [run.last("val_accuracy") for run in (converged, frozen, good, slow)]
    rows = [
        [f"softmax regression: {span(in_file_order('peaks'))}", span(ends[0]), FILE_ORDER],
        [f"softmax regression: {span(ends[1])}", span(ends[0]), NOT_CONVERGED],
        [f"softmax regression: {span(on_the_first_200('peaks'))}", span(ends[0]), FIRST_200],
        [f"tanh network, rate .001: {span(ends[3])}", span(ends[2]), SATURATED],
    ]
    return table(rows, ["you have, on Peaks", "usual", "then look at"])


FILE_ORDER = (
    "the order of the batches: the file is sorted by class, so without shuffling an epoch ends with"
    " one class alone ([chapter 5](chapters/05-training-a-classifier.md#what-goes-wrong))"
)
NOT_CONVERGED = (
    "the rate, epoch by epoch: one that falls too fast stops the walk, and the curve looks flat"
    " ([chapter 5](chapters/05-training-a-classifier.md#what-an-epoch-adds-up-to))"
)
FIRST_200 = (
    "how the 200 were chosen: `X[:, :200]` is one class"
    " ([chapter 4](chapters/04-data.md#the-first-200-columns))"
)
SATURATED = (
    "the start: weights from $[0, 1)$ saturate every tanh; draw them around zero"
    " ([chapter 12](chapters/12-when-training-fails.md#it-stands-still))"
)


def in_file_order(name, batch=50, epochs=5, lr=0.1, seeds=5):
    """Return the accuracies of softmax regression trained in the order of the file, by draws."""
    found = []
    for seed in range(seeds):
        X, C, X_val, C_val = load(name, seed=seed)
        params = {"W": np.zeros((len(C), len(X))), "b": np.zeros((len(C), 1))}
        for start in epochs * list(range(0, X.shape[-1], batch)):
            here = slice(start, start + batch)
            gradient = softmax_regression.gradient(params, X[:, here], C[:, here])
            params = {key: params[key] - lr * gradient[key] for key in params}
        found.append(evaluate(softmax_regression, params, X_val, C_val)[1])
    return found


def on_the_first_200(name, epochs=20, lr=0.1, seeds=5):
    """Return the accuracies of softmax regression trained on the first 200 columns, by draws."""
    found = []
    for seed in range(seeds):
        X, C, X_val, C_val = load(name, seed=seed)
        start = {"W": np.zeros((len(C), len(X))), "b": np.zeros((len(C), 1))}
        first = X[:, :200], C[:, :200]
        data = *first, X_val, C_val
        run = train(softmax_regression, start, data, epochs=epochs, lr=lr, seed=seed, every=epochs)
        found.append(run.val_accuracy[-1])
    return found
