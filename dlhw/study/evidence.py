"""What the spread over seeds lets you say: is this a difference, is that the same accuracy?"""

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.stats import t


class Difference(NamedTuple):
    """The difference of two means, its 95 % interval, and whether it counts.

    It counts as one among all that were compared.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float
    counts: bool

    def __str__(self):
        return f"{self.difference:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


def differences(samples, pairs=None, level=0.05):
    """Compare means by Welch's interval, corrected by Holm for the number of comparisons.

    Parameters
    ----------
    samples : dict
        Name -> one value a seed.
    pairs : iterable of pairs of names, optional
        What is compared; by default every pair. The second of a pair may be a number.
    level : float
        The probability of calling any difference one where there is none.

    Returns
    -------
    list of Difference

    Notes
    -----
    B. L. Welch, "The generalization of Student's problem when several different population
    variances are involved", 1947; S. Holm, "A simple sequentially rejective multiple test
    procedure", 1979. The seeds of two samples are taken as independent.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> means = {"a": 0.93, "b": 0.93, "c": 0.94}
    >>> samples = {name: rng.normal(mean, 0.002, 10) for name, mean in means.items()}
    >>> [(d.first, d.second, d.counts) for d in differences(samples)]
    [('a', 'b', False), ('a', 'c', True), ('b', 'c', True)]
    >>> [(d.second, d.counts) for d in differences(samples, [("a", 0.92), ("a", 0.93)])]
    [(0.92, True), (0.93, False)]
    """
    pairs = list(pairs or combinations(samples, 2))
    welch = [_welch(samples[a], _sample_or_number(samples, b), level) for a, b in pairs]
    called = holm([p for *_, p in welch], level)
    return [Difference(a, b, *found, call) for (a, b), found, call in zip(pairs, welch, called)]


def _sample_or_number(samples, name):
    if isinstance(name, int | float):
        return name
    return samples[name]


def _welch(first, second, level):
    """Difference of means, the ends of its interval, and p; `second` may be a number."""
    mean, share = _mean_and_share(first)
    other, other_share = _mean_and_share(second)
    difference, total = mean - other, share + other_share
    if math.isnan(total):
        return difference, total, total, total
    if total == 0:  # all values are equal
        return difference, difference, difference, float(difference == 0)
    parts = [(share, np.size(first) - 1), (other_share, np.size(second) - 1)]
    freedom = total**2 / sum(part**2 / n for part, n in parts if part)
    error = math.sqrt(total)
    half = error * float(t.ppf(1 - level / 2, freedom))
    p = 2 * float(t.sf(abs(difference) / error, freedom))
    return difference, difference - half, difference + half, p


def _mean_and_share(values):
    """The mean of a sample and the variance of that mean; a number is its own mean."""
    if np.ndim(values) == 0:
        return float(values), 0.0
    mean, deviation = summary(values)
    return mean, deviation**2 / max(1, len(values))


def holm(p_values, level=0.05):
    """Say which of k p-values are significant together.

    The smallest is at level / k, the next at level / (k - 1), and so on, until one is not.

    Examples
    --------
    >>> holm([0.04, 0.01, 0.03])
    [False, True, False]
    """
    rejected = [False] * len(p_values)
    for rank, i in enumerate(np.argsort(p_values)):
        if not p_values[i] <= level / (len(p_values) - rank):
            break
        rejected[i] = True
    return rejected


def allowance(ours, theirs, size, draw):
    """Return how far two mean accuracies on two draws of the data may be apart.

    Three standard deviations: 3 sqrt(s1^2 / n1 + s2^2 / n2 + 2 p (1 - p) / size + draw^2).

    Parameters
    ----------
    ours, theirs : (mean, standard deviation, seeds)
        The spread over initialisation and batches.
    size : int
        Samples in the set of each on which the accuracy was counted.
    draw : float
        Standard deviation of the mean accuracy from one draw of the data to the next.

    Examples
    --------
    >>> round(allowance((0.57, 0.002, 10), (0.57, 0.002, 10), size=6250, draw=0.0044), 4)
    0.0298
    """
    (mean, s1, n1), (_, s2, n2) = ours, theirs
    return 3 * math.sqrt(s1**2 / n1 + s2**2 / n2 + 2 * mean * (1 - mean) / size + draw**2)


def summary(values):
    """Return mean and standard deviation (ddof = 1) of one value a seed.

    What too few values leave open is NaN.

    Examples
    --------
    >>> summary([1.0, 2.0, 3.0])
    (2.0, 1.0)
    >>> summary([1.0])
    (1.0, nan)
    """
    values = np.asarray(values, dtype=float)
    mean = deviation = math.nan
    if len(values) > 0:
        mean = float(values.mean())
    if len(values) > 1:
        deviation = float(values.std(ddof=1))
    return mean, deviation


def spread(values, digits=4):
    """Write mean and standard deviation over seeds.

    Examples
    --------
    >>> spread([0.93, 0.94])
    '.9350 ± .0071'
    """
    mean, deviation = (f"{value:.{digits}f}".removeprefix("0") for value in summary(values))
    return f"{mean} ± {deviation}"
