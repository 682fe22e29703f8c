"""The tables of chapter 3 hold what the original printed, and sums of factors."""

import numpy as np
import pytest

from dlhw.pages.training.descent_tables import behind_by, original_fits, trials, worth_table


def test_the_original_printed_its_line_in_six_digits():
    fits = original_fits()
    assert np.array_equal(fits["momentum"], fits["Nesterov"])
    assert "| 1 | 1.000537 |" in trials({"SGD": fits["SGD"]}).markdown


def test_a_direction_that_is_not_the_original_s_is_refused():
    with pytest.raises(AssertionError):
        behind_by(np.array([1.0, 1.0]))


def test_worth_is_the_sum_of_the_factors():
    table = worth_table({"halved": 0.5 ** np.arange(50)}, epochs=[50])
    assert table.markdown.endswith("| 50 | 1.8e-15 | 2 |")
