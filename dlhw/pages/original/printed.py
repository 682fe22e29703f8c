"""What the original prints, and the place of each of its accuracies among our seeds."""

import tomllib
from dataclasses import asdict
from functools import cache
from typing import NamedTuple

import numpy as np

from ...datasets import RULES, data_text
from ...study.evidence import allowance, summary
from ...study.registry import EXPERIMENTS
from ...study.results import COURSE_FILES, ORIGINAL, measured, result

THE_ORIGINAL = tomllib.loads(data_text(ORIGINAL))
DEVIATIONS = 3  # near is within as many standard deviations, as in `allowance`
PLACES = ["in the range", "near", "outside"]
GROUPS = {
    "softmax": "softmax, Peaks",
    "peaks": "tanh, Peaks",
    "gmm": "residual, GMM",
    "small": "residual, GMM, 200 samples",
}
VARIANTS = {"SGD": "sgd", "momentum": "momentum"}  # it does not name that of its softmax regression
PARTS = {"train": "training", "val": "validation"}


class Accuracy(NamedTuple):
    """One accuracy that the original prints.

    Attributes
    ----------
    entry : dict
        Its `[[run]]` in `data/original.toml`.
    part : {"train", "val"}
    runs : list of Result
        Ours at these settings: one, or for softmax regression one a variant.
    places : list of str
        Where the accuracy lies among the seeds of each.
    """

    entry: dict
    part: str
    runs: list
    places: list

    @property
    def group(self):
        """The group of its experiments."""
        return self.runs[0].experiment.group

    def means(self):
        """Return the mean over seeds of each run."""
        return [run.last(f"{self.part}_accuracy").mean() for run in self.runs]

    @property
    def place(self):
        """The best of its places."""
        return min(self.places, key=PLACES.index)


def said(part="val", **settings):
    """Return the accuracy that the original prints first at these settings.

    Examples
    --------
    >>> said(dataset="peaks", model="tanh", depth=4, lr=0.1, batch=8)
    0.93152
    """
    for run in THE_ORIGINAL["run"]:
        if all(run.get(key) == value for key, value in settings.items()):
            return run[part]
    raise ValueError(f"expected settings that the original has, got {settings}")


def accuracies():
    """Return every accuracy that the original prints, placed among our seeds."""
    found = []
    for entry in THE_ORIGINAL["run"]:
        runs = [_result(experiment) for experiment in candidates(entry)]
        for part in PARTS:
            if part in entry:
                places = [place(entry[part], run, part) for run in runs]
                found.append(Accuracy(entry, part, runs, places))
    return found


def candidates(entry):
    """Return the experiments that an entry may be.

    Softmax regression may be by SGD or by momentum; networks are those in float32.

    Examples
    --------
    >>> [e.optimizer for e in candidates(THE_ORIGINAL["run"][0])]
    ['sgd', 'momentum']
    """
    found = [e for e in EXPERIMENTS.values() if entry in measured(ORIGINAL, e)]
    return [
        e
        for e in found
        if e.optimizer != "nesterov" and (e.model == "softmax" or e.dtype == "float32")
    ]


def _result(experiment):
    settings = asdict(experiment)
    return result(settings.pop("group"), **settings)


def place(value, run, part):
    """Say where an accuracy lies among those of a run's seeds."""
    values, rounding = run.last(f"{part}_accuracy"), half_a_digit(value)
    if values.min() - rounding <= value <= values.max() + rounding:
        return "in the range"
    if part == "val":
        near = near_the_files(value, run.experiment)
    else:
        near = near_our_training(value, run)
    return "near" if near else "outside"


def half_a_digit(value):
    """Return half a unit of the last digit of a printed accuracy, of two digits at least.

    Examples
    --------
    >>> half_a_digit(0.586), half_a_digit(0.5)
    (0.0005, 0.005)
    """
    return 0.5 * 10.0 ** -max(2, len(repr(value).partition(".")[2]))


def near_the_files(value, experiment):
    """Say whether the course's files, with other seeds, allow that validation accuracy.

    Where they have no figure of the experiment, they do not.
    """
    rounding = half_a_digit(value)
    for entry in measured(COURSE_FILES, experiment):
        if "std" in entry:
            return abs(value - entry["val"]) <= DEVIATIONS * entry["std"] + rounding
        return entry["lowest"] - rounding <= value <= entry["highest"] + rounding
    return False


def near_our_training(value, run):
    """Say whether our training accuracies allow that one.

    The original had another draw of the data; a subset of its own for every seed has the draw in
    its spread.
    """
    e, values = run.experiment, run.last("train_accuracy")
    mean, std = summary(values)
    size, draw = np.inf, 0
    if not e.train_size:
        size, draw = RULES[e.dataset].sizes[0], worth_of_a_draw(e.dataset)
    allowed = allowance((mean, std, len(values)), (value, std, 1), size, draw)
    return abs(value - mean) <= allowed + half_a_digit(value)


@cache
def worth_of_a_draw(dataset):
    """Return the standard deviation of training accuracy where every seed has data of its own."""
    return summary(result(dataset, redraw=True).last("train_accuracy"))[1]


def counts(accuracies):
    """Return how many of the accuracies lie in the range, near it and outside."""
    places = [accuracy.place for accuracy in accuracies]
    return [places.count(where) for where in PLACES]
