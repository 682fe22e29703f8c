"""The registry: complete and without doubles."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from dlhw.arrays import paths
from dlhw.datasets import data_text
from dlhw.study.experiment import run
from dlhw.study.registry import EXPERIMENTS, GROUPS
from dlhw.study.results import COURSE_FILES, FOLDER, ORIGINAL, measured
from dlhw.study.store import place, trouble


def test_every_experiment_is_registered_under_its_own_name():
    made = [experiment for group in GROUPS for experiment in group()]
    assert len(EXPERIMENTS) == len(made)
    assert all(EXPERIMENTS[experiment.name] == experiment for experiment in made)
    assert {experiment.group for experiment in made} == {group.__name__ for group in GROUPS}


def test_every_experiment_has_ten_seeds():
    assert all(experiment.seeds >= 10 for experiment in EXPERIMENTS.values())


def test_the_kept_results_are_those_of_the_experiments_as_they_stand():
    kept = {(path.parent.name, path.stem) for path in FOLDER.rglob("*.npz")}
    assert kept == {(e.group, e.name) for e in EXPERIMENTS.values()}
    assert {e.name: trouble(e, FOLDER) for e in EXPERIMENTS.values()} == dict.fromkeys(
        EXPERIMENTS, ""
    )


def test_parameters_are_kept_where_a_page_needs_them():
    sizes = {e.name: np.load(place(e, FOLDER))["weights"].size for e in EXPERIMENTS.values()}
    assert {name for name, size in sizes.items() if size} == {
        e.name for e in EXPERIMENTS.values() if e.weights
    }


@pytest.mark.parametrize("source", [ORIGINAL, COURSE_FILES])
def test_every_figure_has_its_counterpart(source):
    runs = tomllib.loads(data_text(source))["run"]
    matched = [entry for e in EXPERIMENTS.values() for entry in measured(source, e)]
    assert runs and [entry for entry in runs if entry not in matched] == []
    figures = [entry[key] for entry in runs for key in ("train", "val", "std") if key in entry]
    assert min(figures) >= 0 and max(figures) <= 1


def test_special_data_are_not_compared_with_the_usual():
    usual = next(e for e in EXPERIMENTS.values() if measured(COURSE_FILES, e) and not e.train_size)
    for change in ({"redraw": True}, {"train_size": 100}, {"jitter": 0.1}):
        assert measured(COURSE_FILES, replace(usual, **change)) == []


def test_each_family_has_a_twin_of_the_other_precision():
    for group in ("softmax", "peaks", "gmm", "small"):
        family = [e for e in EXPERIMENTS.values() if e.group == group]
        single = [replace(e, every=1) for e in family if e.dtype == "float32"]
        double = [replace(e, every=1) for e in family if e.dtype == "float64"]
        assert any(replace(e, dtype="float64") in double for e in single), group


def test_compounding_stands_still_after_its_last_epoch():
    experiment = next(e for e in EXPERIMENTS.values() if e.schedule == "compounding")
    short = replace(experiment, batch=2500, lr=0.1, seeds=2, every=100)
    long = replace(short, epochs=short.epochs + 20)
    for (_, a), (_, b) in zip(paths(run(short).history.params), paths(run(long).history.params)):
        assert np.array_equal(a, b)
