"""Peaks as it learns: a small network in a few settings, seen after every epoch.

Every run is trained while the page is built, by the steps that `train` takes.
"""

from typing import NamedTuple

import numpy as np

from ...datasets import load, posterior, subset
from ...network import tanh_network
from ...optimizers import sgd
from ...study.experiment import stream
from ...study.results import one_network
from ...training import batches, evaluate, take_step
from .. import figures

NETWORK = tanh_network([2, 16, 16, 16, 5])
SAMPLES, FEW, VALIDATION = 2000, 200, 2000
BATCH, STEPS, EPOCHS = 20, 100, 30
"""So many steps are an epoch of `SAMPLES`; the runs with `FEW` take as many, for fairness."""
GRID, LIMIT = 40, 3.0
"""Fields a side of a picture, which is [-LIMIT, LIMIT] squared."""
BINS = 10
"""Bars of a histogram of outputs, from -1 to 1."""
CLASSES = "abcde"
TEN = 10


class Setting(NamedTuple):
    """What a run is, and what is said of it before and after it."""

    name: str
    says: str
    start: str = "xavier"
    rate: float = 0.1
    samples: str = "random"
    networks: int = 1


class Run(NamedTuple):
    """A run: its samples, and the parameters of one network after each epoch, 0 is the start."""

    setting: Setting
    X: np.ndarray
    C: np.ndarray
    params: list
    accuracies: np.ndarray


def settings():
    """Return the settings that the page offers; each differs from the first in what it says.

    Examples
    --------
    >>> [setting.name for setting in settings()][:2]
    ['Xavier start', 'uniform start']
    """
    return [
        Setting("Xavier start", "Weights around zero, rate .1, batches drawn at random."),
        Setting("uniform start", "Weights and biases drawn from 0 to 1.", start="uniform"),
        Setting(
            "best of ten",
            "Ten uniform starts; shown is the one that ends best on the validation samples.",
            start="uniform",
            networks=TEN,
        ),
        Setting("rate 3", "Thirty times the rate.", rate=3.0),
        Setting("rate .01", "A tenth of the rate.", rate=0.01),
        Setting("file order", "Batches in the order of the file.", samples="sorted"),
        Setting("first 200", "The first 200 columns of the file.", samples="first"),
        Setting("200 at random", "200 columns of the file, drawn at random.", samples="few"),
    ]


# ---- training ------------------------------------------------------------------------------------


def samples(choice):
    """Return what a run is trained on, X (2, m) and C (5, m).

    Examples
    --------
    >>> samples("few")[1].mean(axis=1) > 0.1
    array([ True,  True,  True,  True,  True])
    >>> samples("first")[1].mean(axis=1) > 0.1
    array([ True, False, False, False, False])
    """
    data = load("peaks")
    parts = data.X_train, data.C_train
    if choice == "first":
        return tuple(part[:, :FEW] for part in parts)  # the mistake that the page shows
    if choice == "few":
        return subset(*parts, size=FEW, rng=stream("few", 0))
    X, C = subset(*parts, size=SAMPLES, rng=stream("samples", 0))
    if choice == "sorted":
        order = C.argmax(axis=0).argsort(kind="stable")
        return X[:, order], C[:, order]
    return X, C


def in_order(X, C):
    """Yield the batches of an epoch one after the other, nothing drawn.

    Examples
    --------
    >>> X, C = samples("sorted")
    >>> firsts = [C[:, 0].argmax() for X, C in in_order(X, C)]
    >>> len(firsts), sorted(firsts) == firsts
    (100, True)
    """
    for first in range(0, X.shape[1], BATCH):
        yield X[:, first : first + BATCH], C[:, first : first + BATCH]


def trained(setting):
    """Return the run of a setting; of several networks that which ends best.

    Examples
    --------
    >>> run = trained(settings()[0])
    >>> len(run.params), run.accuracies.shape
    (31, (1,))
    """
    X, C = samples(setting.samples)
    seeds = range(setting.networks)
    params = NETWORK.initialise([stream("start", s) for s in seeds], setting.start)
    rngs = [stream("batches", s) for s in seeds]
    stages = [params]
    for _ in range(EPOCHS):
        if setting.samples == "sorted":
            epoch = in_order(X, C)
        else:
            epoch = batches(X, C, rngs, BATCH, STEPS)
        for x, c in epoch:
            params, _ = take_step(NETWORK, sgd, params, None, setting.rate, x, c)
        stages.append(params)
    _, accuracies = evaluate(NETWORK, params, *validation())
    best = int(accuracies.argmax())
    return Run(setting, X, C, [one_network(stage, best) for stage in stages], accuracies)


def validation():
    """Return the validation samples of all runs: X (2, m) and C (5, m)."""
    data = load("peaks")
    return subset(data.X_val, data.C_val, size=VALIDATION, rng=stream("validation", 0))


# ---- what is seen --------------------------------------------------------------------------------


def fields():
    """Return the middles of a picture's fields, shape (2, GRID²), from the top left, row by row.

    Examples
    --------
    >>> X = fields()
    >>> X[:, 0].round(3), X[:, 1].round(3)
    (array([-2.925,  2.925]), array([-2.775,  2.925]))
    """
    step = 2 * LIMIT / GRID
    axis = np.arange(GRID) * step - LIMIT + step / 2
    return np.stack(np.meshgrid(axis, -axis)).reshape(2, -1)


def runs_of(classes):
    """Write classes as text: for each run of equal ones its letter, and its length from 2 on.

    Examples
    --------
    >>> runs_of(np.array([0, 0, 0, 2, 1, 1]))
    'a3cb2'
    """
    starts = np.flatnonzero(np.diff(classes, prepend=-1))
    lengths = np.diff(starts, append=len(classes))
    parts = []
    for k, length in zip(classes[starts], lengths):
        parts.append(CLASSES[k])
        if length > 1:
            parts.append(str(length))
    return "".join(parts)


def truth():
    """Return where the best rule has the classes, as `runs_of` writes them."""
    return runs_of(posterior("peaks", fields(), clean=True).argmax(axis=0))


def inside(params, X):
    """Return what the hidden layers put out: histograms in per cent, and mean slopes of tanh.

    Examples
    --------
    >>> bars, slopes = inside(NETWORK.initialise(0), np.zeros((2, 4)))
    >>> bars[0], slopes
    ([0, 0, 0, 0, 0, 100, 0, 0, 0, 0], [1.0, 1.0, 1.0])
    """
    _, memories = NETWORK.forward(params, X)
    bars, slopes = [], []
    for layer, (_, Y) in zip(NETWORK.layers[:-1], memories):
        counts, _ = np.histogram(Y, bins=BINS, range=(-1, 1))
        bars.append([round(100 * count) for count in (counts / Y.size).tolist()])
        slope = layer.activation.slope_times(Y, np.ones_like(Y))
        slopes.append(thousandths(slope.mean()))
    return bars, slopes


def seen(run):
    """Return what the page shows of a run, as lists over the epochs.

    Examples
    --------
    >>> found = seen(trained(settings()[0]._replace(samples="few")))
    >>> len(found["classes"]), len(found["bars"][0]), found["val_loss"][0] > found["val_loss"][-1]
    (31, 3, True)
    """
    parts = {"train": (run.X, run.C), "val": validation()}
    found = {"name": run.setting.name, "says": run.setting.says, "after": afterwards(run)}
    for part, (X, C) in parts.items():
        pairs = [evaluate(NETWORK, params, X, C) for params in run.params]
        found[f"{part}_loss"] = [thousandths(loss) for loss, _ in pairs]
        found[f"{part}_accuracy"] = [thousandths(accuracy) for _, accuracy in pairs]
    layers = [inside(params, parts["val"][0]) for params in run.params]
    found["bars"] = [bars for bars, _ in layers]
    found["slopes"] = [slopes for _, slopes in layers]
    found["classes"] = [runs_of(NETWORK.predict(params, fields())) for params in run.params]
    return found


def afterwards(run):
    """Return what is said of a run at its end, "" where its curves say all."""
    accuracies = run.accuracies
    if len(accuracies) > 1:
        return (
            f"All {len(accuracies)} end between {percent(accuracies.min())} and "
            f"{percent(accuracies.max())}, at {percent(accuracies.mean())} on the mean: expect "
            "that of your next run."
        )
    largest = run.C.mean(axis=1).max()
    if largest > 0.5:  # of five classes that are drawn alike
        return f"Of its {run.C.shape[1]} samples {percent(largest)} are of one class."
    return ""


def thousandths(number):
    """Round a number to what the page shows of it at most: its script need not round again.

    Examples
    --------
    >>> thousandths(np.float64(0.93649))
    0.936
    """
    return round(float(number), 3)


def percent(share):
    """Write a share as the page does.

    Examples
    --------
    >>> percent(0.936)
    '93.6 %'
    """
    return f"{100 * thousandths(share):.1f} %"


def all_runs():
    """Return what the page is given."""
    return {
        "grid": GRID,
        "epochs": EPOCHS,
        "colours": figures.COLOURS[: len(CLASSES)],
        "truth": truth(),
        "runs": [seen(trained(setting)) for setting in settings()],
    }


def table(given):
    """Return the still: each run at its end.

    Examples
    --------
    >>> end = {"train_accuracy": [0.2, 0.9], "val_accuracy": [0.2, 0.8], "val_loss": [1.6, 0.5]}
    >>> print(table({"runs": [{"name": "one", "says": "Said.", **end}]}))
    | setting | training samples right | validation samples right | validation loss |
    | --- | ---: | ---: | ---: |
    | **one**: Said. | 90.0 % | 80.0 % | 0.5 |
    """
    rows = []
    for run in given["runs"]:
        shares = [percent(run[f"{part}_accuracy"][-1]) for part in ("train", "val")]
        rows.append([f"**{run['name']}**: {run['says']}", *shares, run["val_loss"][-1]])
    header = ["setting", "training samples right", "validation samples right", "validation loss"]
    return figures.table(rows, header)


def what_it_is():
    """Return the paragraph that says what was trained, and when."""
    widths = ", ".join(str(layer.outputs) for layer in NETWORK.layers[:-1])
    return figures.Piece(
        f"All runs were trained while this page was built: a tanh network with hidden layers of "
        f"{widths} units, plain SGD, {SAMPLES} random samples of Peaks where the setting says "
        f"nothing else, batches of {BATCH}, {EPOCHS} epochs of {STEPS} steps each. The "
        f"{VALIDATION} validation samples are the same for all. Longer runs, and more seeds: "
        f"[chapter 9](../chapters/09-peaks.md)."
    )
