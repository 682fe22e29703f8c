"""The kept runs of softmax regression: found by their settings, and how the pages name them."""

from functools import cache

import numpy as np

from ...datasets import load
from ...study.registry import GRID, ORIGINAL_GRID, VARIANTS
from ...study.results import COURSE_FILES, measured, result, results

TITLES = {"peaks": "Peaks", "gmm": "GMM"}
NAMES = {"sgd": "SGD", "momentum": "momentum", "nesterov": "Nesterov"}
SCHEDULES = {"compounding": "compounding", "exponential": "$.9^i$"}
GROUPS = {
    "peaks": 5,
    "gmm": 25,
}  # bands or Gaussians, of equal size, one after the other in the file
BETA = 0.9  # share of the velocity that is kept, in all runs with momentum
GRID_BATCHES = list(dict.fromkeys(batch for batch, _ in GRID))
GRID_RATES = list(dict.fromkeys(lr for _, lr in GRID))


@cache
def samples(name):
    """Return the training and the validation part of a generated set."""
    return load(name)


def kept(dataset, optimizer, schedule, batch=32, lr=0.001):
    """Return the kept result of softmax regression with these settings."""
    settings = {"dataset": dataset, "optimizer": optimizer, "schedule": schedule}
    return result("softmax", batch=batch, lr=lr, redraw=False, dtype="float64", **settings)


def main_settings(name):
    """Return the kept results of the three variants with both schedules, at the original's rate."""
    return [kept(name, rule, schedule) for schedule in SCHEDULES for rule in VARIANTS]


def other_settings():
    """Return the kept results at the original's other settings on Peaks, of two variants."""
    return [
        kept("peaks", rule, schedule, batch, lr)
        for batch, lr in ORIGINAL_GRID
        if (batch, lr) != (32, 0.001)
        for rule in ("sgd", "momentum")
        for schedule in SCHEDULES
    ]


def at_a_constant_rate():
    """Return the kept result on Peaks whose rate does not fall."""
    return result("softmax", dataset="peaks", schedule="constant")


def all_settings():
    """Return the kept results of all settings whose rate falls: those drawn on one curve."""
    found = results("softmax", redraw=False, dtype="float64")
    return [run for run in found if run.experiment.schedule != "constant"]


def sum_of_rates(e):
    """Return the sum of an experiment's learning rates, times 1 / (1 - beta) with momentum.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> e = Experiment("demo", "peaks", "softmax", lr=0.01, batch=250, epochs=3)
    >>> round(sum_of_rates(e), 12)  # three epochs of 100 steps
    3.0
    """
    worth = sum(e.factor()(epoch) for epoch in range(e.epochs))
    plain = e.lr * e.steps * worth
    if e.optimizer == "sgd":
        return plain
    return plain / (1 - BETA)


def along(flow, times, e):
    """Return the value of a curve along the gradient flow at an experiment's sum of rates."""
    return np.interp(np.log(sum_of_rates(e)), np.log(times), flow)


def schedule_of(e):
    """Write an experiment's schedule as the tables do."""
    return SCHEDULES[e.schedule]


def short_schedule_of(e):
    """Write an experiment's schedule for a narrow column."""
    return schedule_of(e).replace("compounding", "comp.")


def variant_of(e):
    """Write an experiment's rule as the tables do."""
    return NAMES[e.optimizer]


def on_files(run):
    """Return what the same settings gave on the course's files."""
    (entry,) = measured(COURSE_FILES, run.experiment)
    return entry
