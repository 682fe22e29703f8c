"""How far two results of one experiment agree: the same bits, within the seeds' spread, or not.

The same seeds on another processor give other last bits, and after some thousand steps other
networks, as other seeds would. So their means may differ as those of other seeds would, no more.
"""

import math
from typing import NamedTuple

import numpy as np

from ..arrays import paths
from .evidence import summary
from .store import CURVES, NotKept, packed, unpacked

SAME, WITHIN, NOT = "the same bits", "within the seeds' spread", "not"
ERRORS = 4
"""Standard errors that two means may be apart. All experiments make some thousand comparisons; of
independent seeds about one in a thousand is beyond 4, and those compared here share their data and
their starts."""


class Agreement(NamedTuple):
    """What was found: the verdict, and how many standard errors the worst means are apart."""

    name: str
    verdict: str
    errors: float
    seconds_before: float
    seconds: float

    def __str__(self):
        apart = "" if self.verdict == SAME else f"{self.errors:.1f} standard errors"
        times = f"{self.seconds_before:.1f} s, now {self.seconds:.1f} s"
        return f"{self.verdict:24}  {apart:20}  {times:22}  {self.name}"


def agreement(before, now):
    """Compare two results of an experiment.

    Parameters
    ----------
    before : Result
        As it is kept.
    now : Result
        As it is kept or as it was trained: it is rounded like kept ones first.

    Returns
    -------
    Agreement

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> result = run(Experiment("demo", "gmm", "softmax", lr=0.1, batch=1000, seeds=3))
    >>> kept = unpacked(result.experiment, packed(result))
    >>> agreement(kept, result).verdict
    'the same bits'
    """
    now = unpacked(now.experiment, packed(now))
    errors = max(_apart(a, b) for a, b in zip(_measured(before), _measured(now), strict=True))
    verdict = WITHIN if errors <= ERRORS else NOT
    if _same(before, now):
        verdict = SAME
    return Agreement(now.experiment.name, verdict, errors, before.seconds, now.seconds)


def _same(before, now):
    """Say whether two results are equal, parameters too where both have them."""
    numbers = [_numbers(before), _numbers(now)]
    params = [before.history.params, now.history.params]
    if not any(isinstance(p, NotKept) for p in params):
        for found, p in zip(numbers, params):
            found += [array for _, array in paths(p)]
    return before.history.failed == now.history.failed and all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(*numbers, strict=True)
    )


def _numbers(result):
    curves = [getattr(result.history, name) for name in CURVES]
    return [result.history.epoch, *curves, result.test_accuracy]


def _measured(result):
    """Return what is compared, one value a seed: last losses and accuracies, and who failed."""
    lasts = [result.last(curve) for curve in CURVES]
    test = result.test_accuracy[result.succeeded]
    return [*lasts, test, (~result.succeeded).astype(float)]


def _apart(a, b):
    """Return how many standard errors the means of two samples are apart."""
    (mean_a, deviation_a), (mean_b, deviation_b) = summary(a), summary(b)
    if math.isnan(deviation_a) or math.isnan(deviation_b):
        return 0.0  # nothing was measured, or too few networks succeeded to tell
    difference = abs(mean_a - mean_b)
    error = math.sqrt(deviation_a**2 / len(a) + deviation_b**2 / len(b))
    if error == 0:
        return math.inf if difference else 0.0
    return difference / error
