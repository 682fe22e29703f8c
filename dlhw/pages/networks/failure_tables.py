"""Tables of chapter 12: training that fails, beside the run that differs in its cause alone."""

import numpy as np

from ...study.evidence import spread
from ...study.results import result
from ..figures import table
from ..result_tables import comparison, share

CAUSES = [
    ("overflow of exp", "4/20, softmax not shifted", "shifted"),
    ("all weights positive", "4/20", "Xavier"),
    ("ReLU on the scores", "4/20, Xavier", "none"),
    ("all weights positive", "Peaks 4/50, rate .001", "Xavier"),
]
NEAR_CHANCE = 0.3  # a guess among five classes is right on .2
LARGE_FALL = 0.05  # of a training accuracy


def failure(model, depth, width, init="uniform", lr=0.01, dtype="float64"):
    """Return the kept result of a network that fails, or of one that differs in the cause alone."""
    settings = {"init": init, "lr": lr, "dtype": dtype}
    return result("failures", model=model, depth=depth, width=width, **settings)


def failed(run):
    """Write how many networks of a run turned NaN."""
    return f"{len(run.history.failed)} of {run.experiment.seeds}"


def foretold(crossing, failed):
    """Say how far the networks whose scores cross the limit are those that fail.

    Parameters
    ----------
    crossing, failed : iterable of int
        Networks.

    Examples
    --------
    >>> foretold([3, 5], {3: "why", 5: "why"})
    '2 networks cross the line, and they are exactly the 2 that failed.'
    >>> foretold([3, 5], {3: "why"})
    '2 networks cross the line, 1 failed, and 1 did both.'
    """
    crossing, failed = set(crossing), set(failed)
    cross = f"{len(crossing)} networks cross the line"
    if crossing == failed:
        return f"{cross}, and they are exactly the {len(failed)} that failed."
    return f"{cross}, {len(failed)} failed, and {len(crossing & failed)} did both."


def validation(run):
    """Write the last validation accuracy of a run."""
    return spread(run.last("val_accuracy"))


def percent(value):
    """Write a share in percent, small ones with two digits.

    Examples
    --------
    >>> percent(0.00123), percent(0.5), percent(12.3)
    ('0.12 %', '50 %', '1230 %')
    """
    if value < 1:
        return f"{100 * value:.2g} %"
    return f"{100 * value:.0f} %"


def rate(lr):
    """Write a learning rate.

    Examples
    --------
    >>> rate(0.01)
    '.01'
    """
    return share(lr).rstrip("0")


def causes(pairs):
    """Return a table of four causes; each pair is the run with the cause and the one without."""
    nan, *others = pairs
    cells = [[f"NaN: {failed(run)}" for run in nan]]
    cells += [[validation(run) for run in pair] for pair in others]
    rows = [[*cause, *pair] for cause, pair in zip(CAUSES, cells)]
    return table(rows, ["cause", "run", "instead", "with the cause", "without it"])


def causes_compared(sign, relu, plateau):
    """Return a table of what three cures gain; each pair is the run with the cause and without."""
    positive, centred = sign
    _, opened = relu
    stuck, free = plateau
    runs = {
        "4/20, Xavier": centred,
        "4/20, positive": positive,
        "without last ReLU": opened,
        "Peaks, Xavier": free,
        "Peaks, positive": stuck,
    }
    pairs = [
        ("4/20, Xavier", "4/20, positive"),
        ("without last ReLU", "4/20, Xavier"),
        ("Peaks, Xavier", "Peaks, positive"),
    ]
    return comparison({name: run.last("val_accuracy") for name, run in runs.items()}, pairs)


def nan_counts(sizes):
    """Return a table of how many networks turn NaN, with the softmax as printed and shifted."""
    rows = []
    for depth, width in sizes:
        runs = [
            failure("original, unshifted", depth, width, dtype="float32"),
            failure("original, unshifted", depth, width),
            failure("original", depth, width),
        ]
        rows.append([f"{depth}/{width}", *map(failed, runs)])
    header = ["networks that turn NaN", "not shifted, float32", "not shifted, float64"]
    return table(rows, [*header, "shifted, float64"])


def first_steps(gradients):
    """Return a table of first steps of the shifted networks, and how many end near chance.

    `gradients` has, for each (depth, width), the norm of the gradient as a share of the weights'.
    """
    rows = []
    for (depth, width), share_of_weights in gradients.items():
        for lr in (0.01, 0.1):
            run = result("small", model="original", depth=depth, lr=lr, dtype="float32")
            last = run.last("train_accuracy")
            lost = f"{np.sum(last < NEAR_CHANCE)} of {len(last)}"
            rows.append([f"{depth}/{width}", rate(lr), percent(lr * share_of_weights), lost])
    return table(rows, ["200 samples, 300 epochs", "rate", "first step", "end near chance"])


def four_starts(seen, names):
    """Return a table of four starts: slope and direction at first, accuracy at the end.

    Parameters
    ----------
    seen : ndarray
        What was measured (accuracy, slope, norm, direction), by epoch, quantity, rate and start.
    names : sequence of str
        Those of the starts.

    Examples
    --------
    >>> print(str(four_starts(np.ones((9, 4, 2, 1)), ["zero"])).splitlines()[2])
    | zero | 1.000 | 1.000 | 1.0000 | 1.0000 |
    """
    (_, slope, _, direction), (accuracy, *_) = seen[0], seen[-1]
    rows = []
    for j, name in enumerate(names):
        at_first = f"{slope[0, j]:.3f}", f"{direction[0, j]:.3f}"
        rows.append([name, *at_first, *map(share, accuracy[:, j])])
    header = ["start", "slope of layer 3", "one direction", "accuracy, rate .001", "rate .01"]
    return table(rows, header)


def doubled(run):
    """Say of each network whether its training loss was ever twice what it had been before."""
    loss = run.history.train_loss
    return np.any(loss > 2 * np.minimum.accumulate(loss), axis=0)


def fell(run):
    """Say of each network whether its training accuracy ever fell by much."""
    accuracy = run.history.train_accuracy
    return np.any(np.maximum.accumulate(accuracy) - accuracy > LARGE_FALL, axis=0)


def ups_and_downs(runs):
    """Return a table of how many networks went the wrong way for a while; `runs` by title."""
    rows = []
    for title, run in runs.items():
        counts = [f"{which.sum()} of {which.size}" for which in (doubled(run), fell(run))]
        rows.append([title, *counts, validation(run)])
    header = ["200 samples, 60 epochs", "loss doubled", "accuracy fell by .05"]
    return table(rows, [*header, "validation at the end"])
