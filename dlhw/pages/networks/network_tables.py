"""Tables of trained networks: headlines, all measures, lowest seeds, last epochs, two data sets."""

import numpy as np

from ...study.evidence import differences, spread
from ...study.experiment import TEST_SIZE
from ...study.results import ORIGINAL, ceiling, measured
from .. import figures
from ..result_tables import share
from .trained_networks import accuracy, below, falling, gained, size


def headline(dataset, chosen, bayes):
    """Return a table of accuracies: validation part, fresh columns; last those of the Bayes rule.

    Parameters
    ----------
    dataset : str
    chosen : dict
        What a row is called -> accuracies on the validation part, and on fresh columns.
    bayes : float
        The accuracy of the Bayes rule on the fresh columns.

    Examples
    --------
    >>> print(str(headline("gmm", {"one": ([0.95, 0.96], [0.94, 0.95])}, 0.97)).splitlines()[2])
    | one | .9550 ± .0071 | .9450 ± .0071 |
    """
    rows = [[name, spread(val), spread(test)] for name, (val, test) in chosen.items()]
    rows.append(["**Bayes rule**", share(ceiling(dataset)), share(bayes)])
    return figures.table(rows, ["", "validation", f"{TEST_SIZE:,} fresh columns"])


def from_the_original(runs):
    """Return how far each accuracy that the original gives is from the median of our seeds.

    Examples
    --------
    >>> from_the_original([])
    []
    """
    return [
        abs(entry["val"] - np.median(accuracy(r)))
        for r in runs
        for entry in measured(ORIGINAL, r.experiment)
        if "val" in entry
    ]


def compare_measures(first, second):
    """Compare two settings in every measure; Holm corrects for the number of measures.

    Parameters
    ----------
    first, second : dict
        As of `measures`.

    Returns
    -------
    list of Difference

    Examples
    --------
    >>> [d] = compare_measures({"accuracy": [0.91, 0.92]}, {"accuracy": [0.81, 0.82]})
    >>> d.counts
    True
    """
    samples = {(name, "first"): values for name, values in first.items()}
    samples |= {(name, "second"): values for name, values in second.items()}
    return differences(samples, [((name, "first"), (name, "second")) for name in first])


def measures_table(first, second, header):
    """Return a table of every measure of two settings, the second one first, and of the difference.

    Parameters
    ----------
    first, second : dict
        As of `measures`.
    header : list of str
        Titles of all columns but the last.

    Examples
    --------
    >>> measures_table({"right": [0.8, 0.9]}, {"right": [0.81, 0.91]}, ["", "flat", "deep", "gain"])
    |  | flat | deep | gain | a difference? |
    | --- | ---: | ---: | ---: | --- |
    | right | .8600 ± .0707 | .8500 ± .0707 | -0.0100 [-0.3142, +0.2942] | not shown |
    """
    verdict = {True: "yes", False: "not shown"}
    rows = [
        [name, spread(second[name]), spread(first[name]), str(d), verdict[d.counts]]
        for name, d in zip(first, compare_measures(first, second))
    ]
    return figures.table(rows, [*header, "a difference?"])


def lowest_table(title, runs):
    """Return a table of accuracies: the lowest seed too, and fresh columns where they were kept.

    Parameters
    ----------
    title : str
    runs : dict
        What a row is called -> Result.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> tiny = run(Experiment("demo", "gmm", "softmax", batch=2500, seeds=3))
    >>> print(str(lowest_table("GMM", {"softmax regression": tiny})).splitlines()[0])
    | GMM | training | validation | lowest seed | fresh columns | best possible |
    """
    rows = []
    for name, run in runs.items():
        tested = spread(run.test_accuracy) if run.experiment.test else ""
        parts = [spread(run.last("train_accuracy")), spread(accuracy(run))]
        lowest, best = share(accuracy(run).min()), share(ceiling(run.experiment.dataset))
        rows.append([name, *parts, lowest, tested, best])
    header = ["training", "validation", "lowest seed", "fresh columns", "best possible"]
    return figures.table(rows, [title, *header])


def on_the_way(runs, since, loss_since):
    """Return a table of what the last epochs brought.

    Parameters
    ----------
    runs : list of Result
    since, loss_since : int
        The epoch after which accuracy was gained, and the one whose training loss is compared.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> tiny = run(Experiment("demo", "gmm", "softmax", batch=2500, epochs=2, every=1, seeds=3))
    >>> print(str(on_the_way([tiny], since=1, loss_since=1)).splitlines()[2].split(" | ")[2])
    3 of 3
    """
    rows = []
    for run in runs:
        better, e = falling(run, loss_since), run.experiment
        rows.append(
            [
                f"{size(e)}, {e.lr:g}".replace(" 0.", " ."),
                spread(gained(run, since)),
                f"{better.sum()} of {len(better)}",
                spread(run.last("train_loss"), 3),
                share(below(run).mean()),
            ]
        )
    gain = f"accuracy gained in epochs {since + 1} to {run.history.epoch[-1]}"
    loss = f"training loss below that of epoch {loss_since}"
    return figures.table(
        rows, ["size, rate", gain, loss, "training loss", "below the best possible"]
    )


def twins_table(titles, twins):
    """Return a table of the same settings on two data sets, and of how far they are below Bayes.

    Parameters
    ----------
    titles : dict
        The two data sets -> their titles.
    twins : dict
        What a row is called -> a Result on each of the two.

    Examples
    --------
    >>> print(str(twins_table({"peaks": "Peaks", "gmm": "GMM"}, {})).splitlines()[0])
    |  | Peaks | below | errors, Bayes = 1 | GMM | below | errors, Bayes = 1 |
    """
    best, header = ["best possible"], [""]
    for dataset, title in titles.items():
        best += [share(ceiling(dataset)), "", "1"]
        header += [title, "below", "errors, Bayes = 1"]
    rows = [
        [name, *_beside_bayes(first), *_beside_bayes(second)]
        for name, (first, second) in twins.items()
    ]
    return figures.table([best, *rows], header)


def _beside_bayes(run):
    errors = (1 - accuracy(run).mean()) / (1 - ceiling(run.experiment.dataset))
    return [spread(accuracy(run)), share(below(run).mean()), f"{errors:.2f}"]
