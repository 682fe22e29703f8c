"""The contents of the original: nothing of its figures is left out of the last chapter."""

from types import SimpleNamespace

import numpy as np
import pytest

from dlhw.pages.original.contents import ITEMS, contents, summary
from dlhw.pages.original.printed import THE_ORIGINAL as FIGURES
from dlhw.pages.original.printed import Accuracy

RUN = SimpleNamespace(last=lambda curve: np.array([0.25, 0.75]))
ACCURACIES = [
    Accuracy(run, part, [RUN], ["near"])
    for run in FIGURES["run"]
    for part in ("train", "val")
    if part in run
]
OURS = {item.get("data") or item.get("ours"): "ours" for item in ITEMS}


def test_every_table_has_its_line():
    named = {item["data"] for item in ITEMS if "data" in item}
    tables = {name: table for name, table in FIGURES.items() if isinstance(table, dict)}
    columns = {
        f"{name}.{column.partition('_')[0]}"
        for name, table in tables.items()
        for column, values in table.items()
        if isinstance(values, list)
    }
    assert named == columns and len(tables) == 7


def test_every_accuracy_has_its_line():
    named = {(item["section"], heading) for item in ITEMS for heading in item.get("runs", ())}
    assert {(run["section"], run["heading"]) for run in FIGURES["run"]} == named


def test_every_number_has_ours_beside_it():
    assert all("ours" in item for item in ITEMS if "value" in item)


def test_every_kind_of_evidence_is_there():
    kinds = {item["shows"].split(":")[0].rstrip("s") for item in ITEMS}
    assert kinds == {"code", "table", "plot", "number", "printed", "text"}


def test_every_item_has_its_row():
    text = str(contents(ACCURACIES, OURS))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    sections = len({item["section"] for item in ITEMS})
    assert len(rows) == len(ITEMS) + 2 * sections
    assert text.count("| ours |") - sections == sum("data" in i or "value" in i for i in ITEMS)
    assert "| .5000" in text  # the mean of the two seeds


def test_nothing_stands_beside_a_number_by_chance():
    with pytest.raises(KeyError):
        contents(ACCURACIES, {})
    with pytest.raises(ValueError, match="accuracies"):
        contents([], OURS)


def test_the_summary_counts_every_item_and_accuracy():
    text = str(summary(ACCURACIES))
    assert text.startswith(f"{len(ITEMS)} entries: ") and f" {len(ACCURACIES)} accuracies" in text
