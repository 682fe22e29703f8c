"""Every entry is looked at, in few parts; where the wrong ones are is said in words."""

import numpy as np
import pytest

from dlhw.derivative_tests.entries import ENTRIES, covered, locate, notable, parts

FOUR_COLUMNS = np.tile(np.arange(4), (3, 1))


@pytest.mark.parametrize(
    "wrong, words",
    [
        (FOUR_COLUMNS == 2, "column 2"),
        (np.arange(12).reshape(3, 4) // 4 == 1, "row 1"),
        (np.arange(12).reshape(3, 4) == 6, "entry (1, 2)"),
        (np.arange(5) == 3, "entry 3"),
        (np.ones((3, 4), bool), "every entry"),
        (np.arange(40) > 3, "every entry"),
        (np.arange(5) > 2, "entries 3 to 4"),
        (np.arange(5)[:, None] > 2, "entries 3 to 4"),
        (np.arange(5)[None] > 2, "entries 3 to 4"),
        (np.arange(5) % 3 == 1, "2 of 5 entries, first 1, last 4"),
        (FOUR_COLUMNS % 2 == 1, "6 of 12 entries, first (0, 1), last (2, 3)"),
        (FOUR_COLUMNS > 0, "most entries"),
        (np.zeros((3, 4), bool), "no entry"),
        (np.arange(12).reshape(3, 4) // 3 == 1, "3 of 12 entries, first (0, 3), last (1, 1)"),
        (np.arange(24).reshape(2, 3, 4) == 6, "entry (0, 1, 2)"),
        (np.array([True]), ""),
        (np.arange(10).reshape(2, 5) // 5 == 1, "row 1"),
    ],
)
def test_wrong_entries_have_a_place(wrong, words):
    assert locate(wrong) == words


SHAPES = [(3, 5), (ENTRIES,), (ENTRIES // 2, ENTRIES // 4), (ENTRIES, 3), (5 * ENTRIES,), (2, 3, 4)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_entry_is_looked_at_in_few_parts(shape):
    cut = parts(shape)
    assert len(cut) <= ENTRIES
    assert sorted(set(np.concatenate(cut))) == list(range(np.prod(shape)))


def test_few_entries_are_looked_at_singly_more_by_rows_and_columns_or_stretches():
    assert {len(part) for part in parts((5, 12))} == {1}
    assert [len(part) for part in parts((30, 20))] == 30 * [20] + 20 * [30]
    assert {len(part) for part in parts((61, 3))} == {3, 4}
    assert {len(part) for part in parts((150,))} == {2, 3}


def test_wrong_entries_are_covered_by_wrong_rows_and_columns():
    shape = (30, 20)
    wrong = np.isin(np.arange(50), [2, 4, 30 + 7])
    assert np.argwhere(covered(shape, wrong)).tolist() == [[2, 7], [4, 7]]
    assert not covered(shape, np.zeros(50, bool)).any()


def test_errors_of_round_off_are_not_notable():
    assert notable(np.array([1.0, 2e-3, 5e-4, 0.0])).tolist() == [True, True, False, False]
    assert notable(np.array([1.0, 2e-3]), noise=1e-3).tolist() == [True, False]
    assert not notable(np.array([1e-9, 0.0]), noise=1e-9).any()


def test_a_single_number_is_one_entry():
    assert covered((), np.array([True])) and not covered((), np.array([False]))
