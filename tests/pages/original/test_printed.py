"""What the original prints: each accuracy has its experiments, and a place among their seeds."""

from types import SimpleNamespace

import numpy as np
import pytest

from dlhw.pages.original import printed as original
from dlhw.pages.original.printed import (
    THE_ORIGINAL,
    Accuracy,
    candidates,
    counts,
    near_the_files,
    place,
    said,
)
from dlhw.study.experiment import Experiment

UNKNOWN = Experiment("demo", "gmm", "tanh", depth=9, width=9)  # nobody measured it


def a_run(experiment, values):
    return SimpleNamespace(experiment=experiment, last=lambda curve: np.array(values))


@pytest.fixture
def no_draw(monkeypatch):
    monkeypatch.setattr(original, "worth_of_a_draw", lambda dataset: 0.0)


def test_every_accuracy_has_its_experiments():
    for entry in THE_ORIGINAL["run"]:
        found = candidates(entry)
        assert len(found) == (2 if entry["model"] == "softmax" else 1), entry


def test_what_the_original_has_not_is_an_error():
    assert said(train_size=200, depth=2) == 0.91504
    with pytest.raises(ValueError, match="settings"):
        said(depth=9)


def test_in_the_range_is_between_the_seeds_to_half_a_digit():
    run = a_run(UNKNOWN, [0.9100, 0.9300])
    assert place(0.92, run, "val") == place(0.93, run, "val") == "in the range"
    assert place(0.935, run, "val") == "outside"
    assert place(0.9304, run, "val") == "outside"
    assert place(0.93004, run, "val") == "outside"


def test_without_figures_of_the_files_nothing_is_near():
    assert near_the_files(0.93, UNKNOWN) is False


def test_the_files_decide_what_is_near(monkeypatch):
    entry = {"val": 0.90, "std": 0.01}
    monkeypatch.setattr(original, "measured", lambda source, experiment: [entry])
    assert near_the_files(0.93004, UNKNOWN) is False
    assert near_the_files(0.92999, UNKNOWN)
    entry = {"lowest": 0.90, "highest": 0.91}
    assert near_the_files(0.90500, UNKNOWN) and not near_the_files(0.91999, UNKNOWN)


def test_training_accuracies_are_near_by_their_own_spread(no_draw):
    run = a_run(UNKNOWN, [0.92, 0.93, 0.94])
    assert place(0.945, run, "train") == "near"
    assert place(0.995, run, "train") == "outside"


def test_one_accuracy_counts_once_at_its_best_place():
    run = a_run(UNKNOWN, [0.9])
    both = Accuracy({"val": 0.9}, "val", [run, run], ["outside", "near"])
    assert (both.place, both.group, both.means()) == ("near", "demo", [0.9, 0.9])
    assert counts([both]) == [0, 1, 0] and counts([]) == [0, 0, 0]
