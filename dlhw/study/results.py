"""The results of the experiments: made, found again, set beside what others measured, and published.

    python -m dlhw.study.results      run what is missing, keep it, write results.json and results.csv

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

from ..datasets import RULES, bayes_accuracy, data_file, load, results_folder
from .evidence import summary
from .registry import EXPERIMENTS
from .sweep import kept, put, sweep

FOLDER = results_folder()
ORIGINAL, COURSE_FILES = data_file("original.toml"), data_file("course_files.toml")


def results(group, **settings):
    """Return the kept results of a group, those whose experiments have the given settings.

    Raises
    ------
    FileNotFoundError
        If one of them was not run yet.
    ValueError
        If there is no such experiment, or the group is none of those that DLHW_GROUPS allows, where it is set: a chapter runs
        again when a group that it names changes, so it may read no other.
    """
    if group not in os.environ.get("DLHW_GROUPS", group).split():
        raise ValueError(
            f"expected a group that the chapter names in its front matter, got {group!r}: add results: [{group}]"
        )
    chosen = [
        e
        for e in EXPERIMENTS.values()
        if e.group == group and all(getattr(e, key) == value for key, value in settings.items())
    ]
    if not chosen:
        raise ValueError(
            f"expected the settings of an experiment in the group {group!r}, got {settings}"
        )
    return [kept(experiment, FOLDER) for experiment in chosen]


def result(group, **settings):
    """Return the one kept result of a group whose experiment has the given settings.

    Raises
    ------
    ValueError
        If there are several.
    """
    found = results(group, **settings)
    if len(found) > 1:
        raise ValueError(
            f"expected the settings of one experiment, got those of {[r.experiment.name for r in found]}"
        )
    return found[0]


@cache
def ceiling(dataset, part="val"):
    """Return the accuracy of the Bayes rule on the training or the validation part of a generated set.

    Examples
    --------
    >>> bool(0.96 < ceiling("gmm") < 0.98)
    True
    """
    data = load(dataset)
    return bayes_accuracy(dataset, getattr(data, f"X_{part}"), getattr(data, f"C_{part}"))


def measured(source, experiment):
    """Return the entries of a file of figures, such as `data/original.toml`, that have the settings of an experiment.

    Parameters
    ----------
    source : path
        TOML with tables `[[run]]`: settings, as in `Experiment`, and figures.
    experiment : Experiment

    Returns
    -------
    list of dict

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> entry, = measured(ORIGINAL, Experiment("demo", "peaks", "tanh", 2, 50, "uniform", lr=0.01, batch=16, epochs=150))
    >>> entry["train"], entry["val"]
    (0.92125, 0.92075)
    """
    settings, usual = asdict(experiment), {"redraw": False, "train_size": 0, "jitter": 0.0}
    return [
        run
        for run in _runs(source)
        if all(settings[key] == value for key, value in {**usual, **run}.items() if key in settings)
    ]


@cache
def _runs(source):
    return tomllib.loads(Path(source).read_text(encoding="utf-8"))["run"]


def record(result):
    """Return what is published of a result, as plain numbers and text; what is not known is None."""
    e, (report, *_) = result.experiment, measured(ORIGINAL, result.experiment) or [{}]
    settings = {
        key: getattr(e, key)
        for key in (
            "model",
            "depth",
            "width",
            "init",
            "optimizer",
            "lr",
            "batch",
            "epochs",
            "dtype",
        )
    }
    settings["schedule"] = e.schedule + (f" {e.decay:g}" if e.schedule != "constant" else "")
    settings["train_size"] = e.train_size or RULES[e.dataset].sizes[0]
    numbers = {"bayes_val": ceiling(e.dataset), "bayes_test": result.bayes_test}
    for part, values in (
        ("train", result.last("train_accuracy")),
        ("val", result.last("val_accuracy")),
        ("test", result.test_accuracy[result.succeeded]),
    ):
        numbers[f"{part}_mean"], numbers[f"{part}_std"] = summary(values)
    return {
        "name": e.name,
        "dataset": e.dataset,
        "source": "generated",
        "settings": settings,
        "seeds": list(range(e.seeds)),
        "failed": sorted(result.history.failed),
        "report_train": report.get("train"),
        "report_val": report.get("val"),
        **{key: None if math.isnan(value) else value for key, value in numbers.items()},
    }


def publish(folder):
    """Write the records of all results as results.json and results.csv into the folder where they are kept."""
    records = [record(kept(experiment, folder)) for experiment in EXPERIMENTS.values()]
    rows = [
        {
            **record,
            **record["settings"],
            "seeds": len(record["seeds"]),
            "failed": len(record["failed"]),
        }
        for record in records
    ]
    text = io.StringIO()
    table = csv.DictWriter(
        text,
        [key for key in rows[0] if key != "settings"],
        extrasaction="ignore",
        lineterminator="\n",
    )
    table.writeheader()
    table.writerows(rows)
    for name, content in (
        ("results.json", json.dumps(records, indent=1) + "\n"),
        ("results.csv", text.getvalue()),
    ):
        put(Path(folder, name), lambda file: file.write(content.encode()))


def main():
    """Run what is missing and publish it; a second call has nothing to run."""
    sweep(EXPERIMENTS.values(), FOLDER)
    publish(FOLDER)


if __name__ == "__main__":
    main()
