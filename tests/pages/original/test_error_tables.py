"""Tables and plots of the original's tests: each number that it prints, ours beside it."""

import numpy as np
import pytest

from dlhw.pages.original.error_tables import (
    TITLES,
    all_rows,
    drawing,
    in_short,
    in_short_of,
    last_ratios,
    ratios,
)
from dlhw.pages.original.five_tests import STEPS
from dlhw.pages.original.printed import THE_ORIGINAL


@pytest.fixture
def ours():
    """Errors that fall by exactly two and four, ten times as large for the second seed."""
    seeds = np.array([1.0, 10.0])
    return {
        name: (np.outer(steps, seeds), np.outer(steps**2, seeds)) for name, steps in STEPS.items()
    }


def test_the_original_prints_a_number_a_step():
    assert set(TITLES) == set(STEPS)
    for name, steps in STEPS.items():
        assert len(THE_ORIGINAL[name]["E0"]) == len(THE_ORIGINAL[name]["E1"]) == len(steps)


def test_ratios_stand_beside_each_other(ours):
    *_, last = str(ratios(THE_ORIGINAL, ours)).splitlines()
    assert "9.49, 3.29 .. 4.00 | 4.00 to 4.00 |" in last


def test_no_row_is_left_out(ours):
    text = str(all_rows(THE_ORIGINAL, ours))
    for name in TITLES:
        for column in ("E0", "E1"):
            assert all(f"{value:.3e}" in text for value in THE_ORIGINAL[name][column])
    assert "1.650e+00" in text  # the median of 0.3 and 3


def test_short_forms_are_named_as_the_tables_are(ours):
    short = in_short_of(ours)
    assert short["resnet_gradient_test.E0"] == "1.6 ..; 2.00 .. 2.00"
    assert len(short) == 2 * len(TITLES)
    assert in_short([4.0, 1.0, 0.5]) == "4 ..; 4.00 .. 2.00"
    assert last_ratios(ours) == "4.0000; 2.0000"


def test_the_figure_has_a_panel_a_plot_of_the_original(ours):
    *panels, legend = drawing(THE_ORIGINAL, ours).axes
    assert [ax.get_title() for ax in panels] == [
        title for title in TITLES.values() if not title.endswith("second run")
    ]
    assert len(legend.get_legend().get_texts()) == 4
