"""Sources of uncertainty add up, and runs are set against runs."""

import pytest
from ended_results import ending_at, tiny_run
from read_tables import cells

from dlhw.pages.networks.uncertainty import (
    Sources,
    ahead,
    precision,
    ranked,
    sources,
    standard_error,
    upset,
)


@pytest.fixture(scope="module")
def tiny():
    return tiny_run()


def test_variances_of_the_sources_add_up(tiny):
    redrawn = ending_at(tiny, [0.3, 0.5, 0.7])
    found = sources(tiny, redrawn)
    parts = found.seeds**2 + found.validation**2 + found.training**2
    assert parts == pytest.approx(found.total**2) and found.total == pytest.approx(0.2)
    assert found.validation == standard_error(0.5, found.size)


def test_no_variance_is_negative(tiny):
    assert sources(tiny, ending_at(tiny, [0.5, 0.5, 0.5])).training == 0


def test_precisions_are_told_apart(tiny):
    double = tiny_run(dtype="float64")
    rows = cells(precision(tiny, double))
    assert [row[0] for row in rows[2:]] == ["float32", "float64", "largest difference of a seed"]
    assert float(rows[-1][-1]) < 1e-3


def test_a_tie_is_no_win_and_upsets_do_not_ask_for_an_order():
    high, low = [0.9, 0.8], [0.8, 0.7]
    assert ahead(high, low) == 3 / 4 and ahead(low, high) == 0
    assert upset(high, low) == upset(low, high) == 1 / 4


def test_sources_are_named_from_the_largest_to_the_smallest():
    said = ranked(Sources(seeds=0.003, validation=0.001, total=0.004, training=0.002, size=6250))
    assert said.index("chance") < said.index("training part") < said.index("validation part")
