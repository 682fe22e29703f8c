"""A report is true where the test passed, and reads the same as text, as Markdown and as a plot."""

import dataclasses
import re
import subprocess
import sys

import numpy as np
import pytest

from dlhw.derivative_tests.diagnosis import Slope
from dlhw.derivative_tests.report import PRINTED, Report
from dlhw.derivative_tests.slopes import Line


def slope(block, claimed, measured=1.0):
    line = Line(measured, 1e-12, measured, measured, False, *5 * [0.0])
    return Slope(block, claimed, line, 1e-9, 1.0, dict)


STEPS = np.array([[2.0**-i, 3 * 2.0**-i, 5 * 4.0**-i] for i in range(PRINTED + 2)])
PASSED = Report("Gradient test", "pass", "", None, "It is right.", steps=STEPS, floor=1e-9)
FAILED = Report(
    "Gradient test",
    "fail",
    "sign",
    "W",
    "Is a < b & c?",
    kink_steps=(0.5, -0.125),
    slopes=(slope(None, 1.5), slope("W", 1.1), slope("W", -1.0), slope("b", 1.0), slope("", 2.0)),
    steps=STEPS,
    floor=1e-9,
)


def test_a_report_is_true_where_the_test_passed_and_nowhere_else():
    assert PASSED and PASSED.passed
    for verdict in ("fail", "inconclusive"):
        report = dataclasses.replace(PASSED, verdict=verdict)
        assert not report and not report.passed


def test_a_report_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FAILED.verdict = "pass"


def test_text_has_headline_tables_kinks_and_message_in_this_order():
    headline, slopes, steps, kinks, message = str(FAILED).split("\n\n")
    assert headline == "Gradient test: fail (sign)" and message == FAILED.message
    assert "changed" in slopes and "E0" in steps
    assert kinks == "Kinks that these steps cross: 2, the first at 0.12."
    assert repr(FAILED) == str(FAILED)


def test_a_report_without_evidence_is_a_headline_and_a_sentence():
    bare = Report("Jacobian test", "fail", "raises", None, "f raised.")
    assert str(bare) == "Jacobian test: fail (raises)\n\nf raised."


def test_each_block_is_shown_once_by_its_worst_direction():
    rows = [re.split(r"  +", line.strip()) for line in str(FAILED).split("\n\n")[1].splitlines()]
    assert [row[0] for row in rows] == ["changed", "all", "W", "b", "x"]
    assert rows[2] == ["W", "-1", "+1", "-2.0e+00", "1.0e-09", "fail"]
    assert rows[3][-1] == "pass"


def test_steps_are_shown_with_the_ratio_to_the_step_before():
    rows = [line.split() for line in str(PASSED).split("\n\n")[1].splitlines()]
    assert len(rows) == 1 + PRINTED
    assert rows[1] == ["1", "3.000e+00", "5.000e+00"]
    assert [rows[2][2], rows[2][4]] == ["2.000", "4.000"]


def test_an_error_of_zero_has_no_ratio():
    steps = np.array([[1.0, 1.0, 1.0], [0.5, 0.0, 0.0]])
    report = dataclasses.replace(PASSED, steps=steps)
    assert "inf" not in str(report) and "nan" not in str(report)


def test_markdown_has_the_same_cells_and_a_message_that_html_cannot_misread():
    markdown = FAILED._repr_markdown_()
    assert "**Gradient test: fail (sign)**" in markdown and "Is a &lt; b &amp; c?" in markdown
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in markdown.splitlines()
        if line.startswith("|")
    ]
    assert ["W", "-1", "+1", "-2.0e+00", "1.0e-09", "fail"] in table
    assert {len(row) for row in table} == {6, 5}


def test_a_plot_shows_every_step_the_floor_and_the_kinks():
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    ax = FAILED.plot(Figure().subplots())
    labels = ax.get_legend_handles_labels()[1]
    assert labels == ["E0", "E1", "slopes 1 and 2", "floor: round-off of f", "kinks"]
    assert (ax.lines[0].get_xdata() == STEPS[:, 0]).all()
    assert "kinks" not in PASSED.plot(Figure().subplots()).get_legend_handles_labels()[1]


def test_a_report_needs_no_matplotlib_until_it_plots():
    program = "import sys, dlhw.derivative_tests.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
