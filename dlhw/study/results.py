"""The kept results: found again, set beside others' figures, published.

A chapter asks for `results("peaks")`, or for one `result("peaks", depth=4, lr=0.1)`.
"""

import csv
import io
import json
import math
import os
import tomllib
from dataclasses import asdict
from functools import cache
from pathlib import Path

from ..arrays import map_arrays
from ..datasets import IN_REPOSITORY, IN_WHEEL, RULES, bayes_accuracy, data_text, load
from .evidence import summary
from .registry import EXPERIMENTS
from .store import load_result, state, trouble, write_whole

FOLDER = (IN_WHEEL if IN_WHEEL.exists() else IN_REPOSITORY) / "results"
RECORDS = IN_REPOSITORY.parent / ".cache" / "records"  # results.json and results.csv, for the site
ORIGINAL, COURSE_FILES = "original.toml", "course_files.toml"  # figures of others


def results(group, **settings):
    """Return the kept results of a group, those whose experiments have the given settings.

    Raises
    ------
    FileNotFoundError
        If one of them was not trained yet, or only by other code.
    ValueError
        If there is no such experiment, or the group is none of those that DLHW_GROUPS allows, where
        it is set: a chapter runs again when a group that it names changes, so it may read no other.
    """
    if group not in os.environ.get("DLHW_GROUPS", group).split():
        raise ValueError(
            "expected a group that the chapter names in its front matter,"
            f" got {group!r}: add results: [{group}]"
        )
    wanted = {"group": group, **settings}
    chosen = [e for e in EXPERIMENTS.values() if _has(e, wanted)]
    if not chosen:
        raise ValueError(
            f"expected the settings of an experiment in the group {group!r}, got {settings}"
        )
    return [load_result(experiment, FOLDER) for experiment in chosen]


def _has(experiment, settings):
    return all(getattr(experiment, name) == value for name, value in settings.items())


def result(group, **settings):
    """Return the one kept result of a group whose experiment has the given settings.

    Raises
    ------
    ValueError
        If there are several.
    """
    found = results(group, **settings)
    if len(found) > 1:
        names = [r.experiment.name for r in found]
        raise ValueError(f"expected the settings of one experiment, got those of {names}")
    return found[0]


def states(groups):
    """Return, by name, the digest of every kept result of some groups, or why it cannot be used.

    What a page shows of these groups depends on no more of them than this.
    """
    chosen = [e for e in EXPERIMENTS.values() if e.group in groups]
    return {experiment.name: state(experiment, FOLDER) for experiment in chosen}


@cache
def ceiling(dataset, part="val"):
    """Return the accuracy of the Bayes rule on a part of a generated set, "train" or "val".

    Examples
    --------
    >>> bool(0.96 < ceiling("gmm") < 0.98)
    True
    """
    data = load(dataset)
    return bayes_accuracy(dataset, getattr(data, f"X_{part}"), getattr(data, f"C_{part}"))


def one_network(params, s):
    """Return the parameters of network s of a stack.

    Examples
    --------
    >>> import numpy as np
    >>> one_network([{"W": np.array([[[1.0]], [[2.0]]])}], 1)
    [{'W': array([[2.]])}]
    """
    return map_arrays(lambda p: p[s], params)


def measured(source, experiment):
    """Return what a file of figures, such as `data/original.toml`, says of an experiment.

    Parameters
    ----------
    source : str
        A file of `data/`, TOML with tables `[[run]]`: settings, as in `Experiment`, and figures.
    experiment : Experiment

    Returns
    -------
    list of dict
        The entries with its settings. What they do not name is as in most experiments.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> run = {"lr": 0.01, "batch": 16, "epochs": 150}
    >>> (entry,) = measured(ORIGINAL, Experiment("demo", "peaks", "tanh", 2, 50, "uniform", **run))
    >>> entry["train"], entry["val"]
    (0.92125, 0.92075)
    """
    usual = {"redraw": False, "train_size": 0, "jitter": 0.0}
    names = asdict(experiment)
    found = []
    for run in _runs(source):
        settings = {name: value for name, value in {**usual, **run}.items() if name in names}
        if _has(experiment, settings):
            found.append(run)
    return found


@cache
def _runs(source):
    return tomllib.loads(data_text(source))["run"]


PUBLISHED = ["model", "depth", "width", "init", "optimizer", "lr", "batch", "epochs", "dtype"]
"""Settings that are published as they are."""


def record(result):
    """Return what is published of a result, plain numbers and text; what is not known is None."""
    e, origin = result.experiment, result.origin or {}
    (original, *_) = measured(ORIGINAL, e) or [{}]
    settings = {name: getattr(e, name) for name in PUBLISHED}
    settings["schedule"] = e.schedule
    if e.schedule != "constant":
        settings["schedule"] += f" {e.decay:g}"
    settings["train_size"] = e.train_size or RULES[e.dataset].sizes[0]
    numbers = {"bayes_val": ceiling(e.dataset), "bayes_test": result.bayes_test}
    accuracies = {
        "train": result.last("train_accuracy"),
        "val": result.last("val_accuracy"),
        "test": result.test_accuracy[result.succeeded],
    }
    for part, values in accuracies.items():
        numbers[f"{part}_mean"], numbers[f"{part}_std"] = summary(values)
    return {
        "name": e.name,
        "dataset": e.dataset,
        "source": "generated",
        "kind": "kept" if result.origin else "live",
        "machine": origin.get("machine"),
        "date": origin.get("date"),
        "seconds": result.seconds,
        "settings": settings,
        "seeds": list(range(e.seeds)),
        "failed": sorted(result.history.failed),
        "report_train": original.get("train"),
        "report_val": original.get("val"),
        **{key: None if math.isnan(value) else value for key, value in numbers.items()},
    }


def publish(folder):
    """Write the records of all kept results into a folder, as results.json and results.csv.

    Those that are not there are left out.
    """
    found = [e for e in EXPERIMENTS.values() if not trouble(e, FOLDER)]
    records = [record(load_result(experiment, FOLDER)) for experiment in found]
    Path(folder).mkdir(parents=True, exist_ok=True)
    json_text = json.dumps(records, indent=1) + "\n"
    write_whole(Path(folder, "results.json"), json_text.encode())
    write_whole(Path(folder, "results.csv"), _as_csv(records).encode())


def _as_csv(records):
    """Return one row a record: its settings are columns, seeds and failed networks are counted."""
    rows = []
    for record in records:
        counts = {name: len(record[name]) for name in ("seeds", "failed")}
        rows.append({**record, **record["settings"], **counts})
    text = io.StringIO()
    names = [name for name in (rows or [{}])[0] if name != "settings"]
    table = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()
