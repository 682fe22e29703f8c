"""What is known of trained networks: their settings, their accuracies, also on fresh columns."""

from dataclasses import replace
from functools import cache

import numpy as np

from ...arrays import paths
from ...datasets import draw, load
from ...study.experiment import TEST_SIZE, stream
from ...study.results import ceiling, result, results
from ...training import evaluate

KIND = {
    "softmax": "softmax",
    "tanh": "tanh",
    "residual": "residual",
    "original": "the original's",
    "original, open": "the original's block",
}


def size(experiment):
    """Write depth and width.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> size(Experiment("demo", "peaks", "tanh", depth=4, width=50))
    '4/50'
    """
    return f"{experiment.depth}/{experiment.width}"


def network_name(experiment):
    """Write the kind of a network, its depth and its width.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> network_name(Experiment("demo", "gmm", "original, open", depth=3, width=20))
    "the original's block 3/20"
    """
    return f"{KIND[experiment.model]} {size(experiment)}"


def setting(experiment):
    """Write all that was chosen for a network.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> setting(Experiment("demo", "peaks", "tanh", depth=4, width=50, init="xavier", lr=0.1))
    'tanh 4/50, xavier, sgd, rate 0.1, batch 32, 1 epochs'
    """
    e = experiment
    return (
        f"{network_name(e)}, {e.init}, {e.optimizer}, "
        f"rate {e.lr:g}, batch {e.batch}, {e.epochs} epochs"
    )


def parameters(experiment):
    """Count the parameters of one network.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> parameters(Experiment("demo", "peaks", "tanh", depth=2, width=50))
    405
    """
    return sum(p.size for _, p in paths(experiment.network().initialise(0)))


def starts(experiment):
    """Return the first parameters of all networks of an experiment, as one stack.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> starts(Experiment("demo", "peaks", "tanh", depth=2, width=50, init="xavier"))[0]["W"].shape
    (10, 50, 2)
    """
    seeds = [stream("start", s) for s in range(experiment.seeds)]
    return experiment.network().initialise(seeds, experiment.init)


def first_slope(experiment):
    """Return the mean slope of tanh in the first layer, before any step: 1 is a straight line.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> tiny = Experiment("demo", "swissroll", "tanh", depth=2, width=50, init="xavier", seeds=3)
    >>> 0.8 < first_slope(tiny) < 1
    True
    """
    first, params = experiment.network().layers[0], starts(experiment)[0]
    Y, _ = first.forward(params, load(experiment.dataset).X_val)
    return float(np.mean(1 - Y**2))


def accuracy(run):
    """Return the last validation accuracy of every network that stayed finite."""
    return run.last("val_accuracy")


def below(run):
    """Return how far every network is below the Bayes rule on the validation part."""
    return ceiling(run.experiment.dataset) - accuracy(run)


def gained(run, since):
    """Return the validation accuracy that every network gained after an epoch."""
    return _after(run, "val_accuracy", since)


def falling(run, since):
    """Say for every network whether its training loss ended below that of an epoch."""
    return _after(run, "train_loss", since) < 0


def _after(run, curve, since):
    values = getattr(run.history, curve)
    return values[-1] - values[list(run.history.epoch).index(since)]


@cache
def fresh_columns(dataset):
    """Return samples and labels that no choice has seen, those on which headlines are reported.

    Examples
    --------
    >>> X, C = fresh_columns("peaks")
    >>> X.shape, C.shape
    ((2, 100000), (5, 100000))
    """
    X, C, _ = draw(dataset, TEST_SIZE, rng=stream("test", 0))
    return X, C


def fresh_ceiling(dataset):
    """Return the accuracy of the Bayes rule on the fresh columns, kept with what was tested there.

    The group of results that tested it is called like the data set.
    """
    return results(dataset, test=True)[0].bayes_test


def fresh(run):
    """Return the accuracy of every network on the fresh columns: the kept one, or counted now."""
    e = run.experiment
    if e.test:
        return run.test_accuracy
    X, C = fresh_columns(e.dataset)
    return evaluate(e.network(), run.history.params, X.astype(e.dtype), C.astype(e.dtype))[1]


def measures(run):
    """Return what is known of all networks in the end: measure -> one value a seed."""
    return {
        "training accuracy": run.last("train_accuracy"),
        "validation accuracy": accuracy(run),
        "accuracy on fresh columns": fresh(run),
        "training loss": run.last("train_loss"),
        "validation loss": run.last("val_loss"),
    }


def in_single(double):
    """Return the kept result of the same experiment in float32."""
    e = replace(double.experiment, dtype="float32")
    return result(e.group, name=e.name)
