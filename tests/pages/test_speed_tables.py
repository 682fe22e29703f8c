"""The tables of the appendix on speed show what was timed, and nothing that was not."""

import pytest

from dlhw.pages import speed_tables
from dlhw.pages.speed_tables import CASES, ITEMS, NAMES

TIMED = speed_tables.found()


def test_every_time_is_of_a_known_item_and_implementation():
    assert {item for item, *_ in TIMED} == set(ITEMS)
    assert {name for *_, name in TIMED} <= set(NAMES)


def test_a_table_has_a_line_for_each_implementation_that_was_timed():
    table = speed_tables.times().markdown
    there = {(item, name) for item, *case, name in TIMED if tuple(case) in CASES.values()}
    lines = [line for line in table.splitlines() if line.startswith("    | ")]
    assert len(lines) == 2 * len(ITEMS) + len(there)


def test_lost_is_where_even_the_slowest_round_was_quicker():
    quicker = [
        key
        for key, result in TIMED.items()
        if key[1:3] in CASES.values() and result["over_dlhw"][str(key[1])]["max"] < 1
    ]
    assert len(speed_tables.lost().markdown.splitlines()) == 2 + len(quicker)


def test_the_figure_names_its_curves():
    svg = speed_tables.stacks().markdown
    assert ">dlhw, float32<" in svg and ">the original's way<" in svg


def test_a_gain_is_a_ratio_of_medians():
    one, sixteen = (speed_tables.median("W2", stack, "float64", "dlhw") for stack in (1, 16))
    assert speed_tables.gain("W2") == pytest.approx(one / sixteen)
