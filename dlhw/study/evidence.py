"""What the spread over seeds lets you say: is this a difference, is that the same accuracy?"""

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.stats import ttest_ind


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
        What is compared; by default every pair.
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
    """
    pairs = list(pairs or combinations(samples, 2))
    tests = [ttest_ind(samples[a], samples[b], equal_var=False) for a, b in pairs]
    called = holm([float(test.pvalue) for test in tests], level)
    found = []
    for (a, b), test, call in zip(pairs, tests, called):
        difference = float(np.mean(samples[a]) - np.mean(samples[b]))
        low, high = map(float, test.confidence_interval(1 - level))
        found.append(Difference(a, b, difference, low, high, float(test.pvalue), call))
    return found


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
