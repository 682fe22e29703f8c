"""How uncertain an accuracy is: its sources, single and double precision, run against run."""

from typing import NamedTuple

import numpy as np

from ...datasets import RULES
from ...study.evidence import spread, summary
from .. import figures
from ..result_tables import share
from .trained_networks import accuracy, network_name


def standard_error(p, m):
    """Return the standard deviation of a share p counted on m samples.

    Examples
    --------
    >>> standard_error(0.5, 100)
    0.05
    """
    return float(np.sqrt(p * (1 - p) / m))


class Sources(NamedTuple):
    """Standard deviations of one validation accuracy by source; the size of the validation part."""

    seeds: float
    validation: float
    total: float
    training: float
    size: int


def sources(fixed, redrawn):
    """Split the spread of accuracies, of which each has data of its own.

    Parameters
    ----------
    fixed, redrawn : Result
        All networks on one data set; every network on its own.

    Returns
    -------
    Sources

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> tiny = run(Experiment("demo", "gmm", "softmax", batch=2500, seeds=3))
    >>> sources(tiny, tiny).training
    0.0
    """
    _, seeds = summary(accuracy(fixed))
    mean, total = summary(accuracy(redrawn))
    _, m = RULES[fixed.experiment.dataset].sizes
    validation = standard_error(mean, m)
    training = np.sqrt(max(0, total**2 - seeds**2 - validation**2))
    return Sources(seeds, validation, total, float(training), m)


def sources_table(found):
    """Return the table of the sources.

    Examples
    --------
    >>> sources_table(Sources(0.002, 0.003, 0.004, 0.001, 6250))
    | source of uncertainty | standard deviation |
    | --- | ---: |
    | first weights and batches: seeds on one data set | .0020 |
    | the finite validation part: $\\sqrt{A (1 - A) / M}$, $M = 6250$ | .0030 |
    | all together: a new data set for each network | .0040 |
    | what the first two leave for the training part | .0010 |
    """
    finite = f"the finite validation part: $\\sqrt{{A (1 - A) / M}}$, $M = {found.size}$"
    rows = [
        ["first weights and batches: seeds on one data set", share(found.seeds)],
        [finite, share(found.validation)],
        ["all together: a new data set for each network", share(found.total)],
        ["what the first two leave for the training part", share(found.training)],
    ]
    return figures.table(rows, ["source of uncertainty", "standard deviation"])


def ranked(found):
    """Write the sources in the order of their size.

    Examples
    --------
    >>> ranked(Sources(0.002, 0.003, 0.004, 0.001, 6250))
    'the validation part (.0030), chance of the networks (.0020), the training part (.0010)'
    """
    parts = {
        "the validation part": found.validation,
        "chance of the networks": found.seeds,
        "the training part": found.training,
    }
    order = sorted(parts, key=parts.get, reverse=True)
    return ", ".join(f"{name} ({share(parts[name])})" for name in order)


def precision(single, double):
    """Return a table of one experiment in float32 and in float64."""
    e, curves = double.experiment, ("train_accuracy", "val_accuracy", "val_loss")
    rows = [
        [r.experiment.dtype, *(spread(r.last(curve)) for curve in curves)] for r in (single, double)
    ]
    apart = [abs(single.last(curve) - double.last(curve)).max() for curve in curves]
    header = f"{network_name(e)}, {e.init}, {e.epochs} epochs"
    return figures.table(
        [*rows, ["largest difference of a seed", *apart]],
        [header, "training", "validation", "validation loss"],
    )


def ahead(a, b):
    """Return the share of pairs of seeds, one of each setting, in which the first is ahead.

    Examples
    --------
    >>> float(ahead([0.91, 0.93], [0.92, 0.90]))
    0.75
    """
    return np.mean(np.asarray(a)[:, None] > np.asarray(b))


def upset(a, b):
    """Return the share of pairs of seeds in which the setting of the higher mean is not ahead.

    Examples
    --------
    >>> float(upset([0.92, 0.90], [0.91, 0.93]))
    0.25
    """
    worse, better = map(np.asarray, sorted((a, b), key=np.mean))
    return np.mean(worse[:, None] >= better)
