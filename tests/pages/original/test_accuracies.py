"""The accuracies of the original beside ours: none is left out of the tables and the figure."""

from types import SimpleNamespace

import numpy as np
import pytest

from dlhw.pages.original.accuracies import counts_table, drawing, one_by_one
from dlhw.pages.original.printed import THE_ORIGINAL, Accuracy, candidates


def a_run(experiment):
    return SimpleNamespace(experiment=experiment, last=lambda curve: np.array([0.5, 0.93]))


@pytest.fixture(scope="module")
def accuracies():
    found = []
    for entry in THE_ORIGINAL["run"]:
        runs = [a_run(experiment) for experiment in candidates(entry)]
        for part in ("train", "val"):
            if part in entry:
                found.append(Accuracy(entry, part, runs, ["near"] * len(runs)))
    return found


def test_every_accuracy_is_counted(accuracies):
    *_, total = str(counts_table(accuracies)).splitlines()
    assert total == f"| **all** | 0 | {len(accuracies)} | 0 |"


def test_every_accuracy_has_its_row(accuracies):
    text = str(one_by_one(accuracies))
    assert text.count(" | near") == len(accuracies)
    assert "near (SGD), near (momentum)" in text and "<br>" in text


def test_every_accuracy_has_its_diamond(accuracies):
    legend, *panels = drawing(accuracies).axes
    diamonds = [line for ax in panels for line in ax.lines if line.get_marker() == "D"]
    texts = [text.get_text() for ax in panels for text in ax.texts]
    assert len(diamonds) + sum("the original" in text for text in texts) == len(accuracies)
    assert any(text.startswith(" ◂ 1 of 2") for text in texts)
    assert len(legend.get_legend().get_texts()) == 4
