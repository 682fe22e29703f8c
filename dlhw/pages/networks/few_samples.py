"""Tables of chapter 11: rules from the same random subsets, compared subset by subset."""

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import ttest_rel

from ...arrays import map_arrays
from ...study.evidence import holm, spread
from ...study.experiment import stream
from ...study.results import ORIGINAL, measured, one_network, result
from ...training import train
from ..figures import table
from ..result_tables import share, signed

DEPTHS, RATES = (2, 3, 4), (0.01, 0.05, 0.1)


class Paired(NamedTuple):
    """Two samples, one value a subset, and what their differences allow to say."""

    name: str
    first: np.ndarray
    second: np.ndarray
    low: float
    high: float
    counts: bool

    @property
    def difference(self):
        """The mean over the subsets."""
        return np.mean(self.first - self.second)

    @property
    def cells(self):
        """Difference, interval and verdict, as text."""
        verdict = "yes" if self.counts else "not shown"
        return [signed(self.difference), f"{signed(self.low)} to {signed(self.high)}", verdict]

    @property
    def right_order(self):
        """How often a single value of the first is above a single one of the second."""
        return np.mean(self.first[:, None] > self.second)


def paired(comparisons):
    """Compare samples subset by subset, with Holm's verdict for all comparisons together.

    Parameters
    ----------
    comparisons : list of (name, first, second)

    Returns
    -------
    list of Paired

    Examples
    --------
    >>> subsets = np.array([0.1, 0.3, 0.2, 0.4])
    >>> better = subsets + [0.01, 0.02, 0.01, 0.02]  # on each subset
    >>> (found,) = paired([("a - b", better, subsets)])
    >>> found.cells
    ['+.0150', '+.0058 to +.0242', 'yes']
    """
    tests = [ttest_rel(first, second) for _, first, second in comparisons]
    counts = holm([test.pvalue for test in tests])
    intervals = [test.confidence_interval() for test in tests]
    return [
        Paired(*comparison, *interval, count)
        for comparison, interval, count in zip(comparisons, intervals, counts)
    ]


def beside(reference, rules):
    """Return rows of rules: accuracy, and difference to a reference on the same subsets.

    Parameters
    ----------
    reference : ndarray
        One accuracy a subset.
    rules : list of (name, accuracies)

    Examples
    --------
    >>> subsets = np.array([0.1, 0.3, 0.2, 0.4])
    >>> beside(subsets, [("better", subsets + [0.01, 0.02, 0.01, 0.02])])
    [['better', '.2650 ± .1343', '+.0150', '+.0058 to +.0242', 'yes']]
    """
    found = paired([(name, values, reference) for name, values in rules])
    return [[rule.name, spread(rule.first), *rule.cells] for rule in found]


def nearest_sample(X, C, queries):
    """Return for each query the class of the sample that is nearest to it.

    Parameters
    ----------
    X, C : ndarray
        Samples (n, m) and their labels (l, m).
    queries : ndarray
        Shape (n, k).

    Examples
    --------
    >>> nearest_sample(np.array([[0.0, 4.0]]), np.eye(2), np.array([[1.0, 3.0, 9.0]]))
    array([0, 1, 1])
    """
    _, nearest = cKDTree(X.T).query(queries.T)
    return C.argmax(axis=0)[nearest]


def size_of(e):
    """Write depth and width of an experiment's network."""
    return f"{e.depth}/{e.width}"


def originals():
    """Return the kept results of the original's three sizes at three rates, by depth and rate."""
    found = {}
    for depth in DEPTHS:
        for lr in RATES:
            settings = {"model": "original", "depth": depth, "lr": lr, "dtype": "float32"}
            found[depth, lr] = result("small", **settings)
    return found


def parameters(run):
    """Return how many parameters each network of a run has."""
    return sum(p.size for layer in one_network(run.history.params, 0) for p in layer.values())


class Said(NamedTuple):
    """A training accuracy of the original, and the highest of ours at each rate."""

    size: str
    figure: float
    highest: list


def said_by_the_original(runs):
    """Return the original's training accuracies beside the highest of ours."""
    found = []
    for depth in DEPTHS:
        e = runs[depth, RATES[0]].experiment
        figure = measured(ORIGINAL, e)[0]["train"]
        highest = [runs[depth, lr].last("train_accuracy").max() for lr in RATES]
        found.append(Said(size_of(e), figure, highest))
    return found


def said_table(said):
    """Return a table of the original's training accuracies beside the highest of ours.

    Examples
    --------
    >>> said_table([Said("2/100", 0.995, [0.97, 0.99, 1.0])]).markdown.splitlines()[2]
    '| 2/100 | .9950 | .9700 | .9900 | 1.0000 |'
    """
    rows = [[entry.size, *map(share, (entry.figure, *entry.highest))] for entry in said]
    return table(rows, ["training accuracy", "original", "highest at .01", "at .05", "at .1"])


def reached(said):
    """Say how many of the original's training accuracies the highest of ours reach at each rate.

    Examples
    --------
    >>> print(reached([Said("2/100", 0.995, [0.97, 0.99, 1.0])]))
    Of the original's 1 figures our highest reach 0 at the rate .01, 0 at .05 and 1 at .1.
    """
    counts = [sum(entry.highest[i] >= entry.figure for entry in said) for i in range(len(RATES))]
    return (
        f"Of the original's {len(said)} figures our highest reach {counts[0]} at the rate .01, "
        f"{counts[1]} at .05 and {counts[2]} at .1."
    )


def sizes_compared(runs):
    """Compare each size with the next deeper one, at the two smaller rates."""
    comparisons = []
    for lr in RATES[:2]:
        at_rate = [runs[depth, lr] for depth in DEPTHS]
        for shallow, deep in zip(at_rate, at_rate[1:]):
            names = [f"{size_of(run.experiment)}, {share(lr)[:3]}" for run in (shallow, deep)]
            values = [run.last("val_accuracy") for run in (shallow, deep)]
            comparisons.append((" − ".join(names), *values))
    return paired(comparisons)


def sizes_table(found):
    """Return a table of comparisons, and how often single runs are in the right order."""
    rows = [[entry.name, *entry.cells, f"{entry.right_order:.0%}"] for entry in found]
    header = ["size and rate", "difference", "95 % interval", "a difference?"]
    return table(rows, [*header, "right order in single runs"])


def gaps(runs):
    """Return training minus validation accuracy of the three sizes at the smallest rate."""
    found = {}
    for depth in DEPTHS:
        run = runs[depth, RATES[0]]
        gap = run.last("train_accuracy") - run.last("val_accuracy")
        found[size_of(run.experiment)] = gap
    return found


def gaps_table(runs):
    """Return a table of the gaps beside the numbers of parameters."""
    counts = [parameters(runs[depth, RATES[0]]) for depth in DEPTHS]
    rows = [[name, p, spread(gap)] for (name, gap), p in zip(gaps(runs).items(), counts)]
    return table(rows, ["size, rate .01", "parameters", "training minus validation"])


def second_networks(run):
    """Train a second network on each subset of a run: another start and other batches.

    Parameters
    ----------
    run : Result

    Returns
    -------
    History

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> from dlhw.study.experiment import run as train_all
    >>> few = train_all(Experiment("demo", "gmm", "tanh", 2, 5, "xavier", train_size=200, seeds=2))
    >>> second_networks(few).val_accuracy.shape
    (2, 2)
    """
    e = run.experiment
    network, seeds = e.network(), range(e.seeds)
    start = network.initialise([stream("second start", s) for s in seeds], e.init)
    return train(
        network,
        map_arrays(lambda p: p.astype(e.dtype), start),
        e.data(),
        epochs=e.epochs,
        lr=e.lr,
        schedule=e.factor(),
        batch=e.batch,
        seed=[stream("second batches", s) for s in seeds],
        every=e.epochs,
    )


class TurningPoint(NamedTuple):
    """Where the mean validation loss is least, and what happens until the end."""

    row: int
    epoch: int
    rises: int
    accuracy_moves: float


def turning_point(history):
    """Return where a stack's mean validation loss is least, and in how many networks it rises."""
    loss, accuracy = history.val_loss, history.val_accuracy
    row = loss.mean(axis=1).argmin()
    rises = np.sum(loss[-1] > loss[row])
    moves = abs(accuracy[-1] - accuracy[row]).mean()
    return TurningPoint(row, history.epoch[row], rises, moves)


def over_fitting(history):
    """Say what becomes of loss and accuracy after the turning point."""
    turn = turning_point(history)
    if turn.row == len(history.epoch) - 1:
        return "The mean validation loss is least at the end: it has not turned yet."
    before, after = (history.train_loss[k].mean() for k in (turn.row, -1))
    return (
        f"From epoch {turn.epoch} on the mean validation loss rises again, in {turn.rises} of "
        f"{history.val_loss.shape[1]} networks. Meanwhile the training loss goes from "
        f"{share(before)} to {share(after)}, and the validation accuracy moves by "
        f"{share(turn.accuracy_moves)}, on average over the networks."
    )


def turning_table(history):
    """Return a table of mean losses and accuracy at the turning point and at the end."""
    rows = []
    for k in (turning_point(history).row, -1):
        losses = history.train_loss[k].mean(), history.val_loss[k].mean()
        accuracy = share(history.val_accuracy[k].mean())[:4]  # .901 and no more digits
        rows.append([int(history.epoch[k]), *losses, accuracy])
    return table(rows, ["epoch", "training loss", "validation loss", "validation accuracy"])
