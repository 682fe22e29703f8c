"""The contents of the report, item by item: nothing of its figures is left out of the last chapter."""

import tomllib

from dlhw.study.results import ORIGINAL

FIGURES = tomllib.loads(ORIGINAL.read_text("utf-8"))
ITEMS = FIGURES["item"]


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
