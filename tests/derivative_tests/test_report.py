"""A report is true where the test passed, and reads the same in each form that it is shown in."""

import csv
import dataclasses
import re
import subprocess
import sys

import numpy as np
import pytest

from dlhw.derivative_tests.diagnosis import Slope
from dlhw.derivative_tests.report import LOOK_FOR, PRINTED, PRINTED_BLOCKS, Report
from dlhw.derivative_tests.slopes import measure


def slope(block, claimed):
    """Return a slope of 1, known to a billionth, with a claim."""
    return Slope(block, claimed, measure(lambda t: t), size=1.0, own=1e-9)


STEPS = np.array([[2.0**-i, 3 * 2.0**-i, 5 * 4.0**-i] for i in range(PRINTED + 2)])
PASSED = Report("Gradient test", "pass", "", None, "It is right.", steps=STEPS, floor=1e-9)
FAILED = Report(
    "Gradient test",
    "fail",
    "sign",
    "W",
    'Is "a" < b & c?',
    kink_steps=(0.5, -0.125),
    slopes=(slope(None, 1.5), slope("W", 1.1), slope("W", -1.0), slope("b", 1.0), slope("", 2.0)),
    steps=STEPS,
    floor=1e-9,
    calls=131,
)
BARE = Report("Jacobian test", "fail", "raises", None, "f raised.")


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
    assert kinks == "Kinks that these steps cross: 2, the first at 0.12. Calls of f: 131."
    assert repr(FAILED) == str(FAILED)


def test_a_report_without_evidence_is_a_headline_and_a_sentence():
    assert str(BARE) == "Jacobian test: fail (raises)\n\nf raised."


def test_each_block_is_shown_once_by_its_worst_direction():
    rows = [re.split(r"  +", line.strip()) for line in str(FAILED).split("\n\n")[1].splitlines()]
    assert [row[0] for row in rows] == ["changed", "all", "W", "b", "x"]
    assert rows[2] == ["W", "-1", "+1", "-2.0e+00", "1.0e-09", "fail"]
    assert rows[3][-1] == "pass" and rows[1][3] == "+5.0e-01"


def test_of_many_blocks_the_wrong_ones_are_shown_and_the_others_counted():
    blocks = [slope(None, 1.5), *(slope(f"W{i}", 1.0) for i in range(PRINTED_BLOCKS))]
    blocks[3] = slope("W2", -1.0)
    report = dataclasses.replace(FAILED, slopes=blocks)
    rows = [line.split() for line in str(report).split("\n\n")[1].splitlines()[1:]]
    assert [row[0] for row in rows] == ["all", "W2", str(PRINTED_BLOCKS - 1)]
    assert rows[-1] == [str(PRINTED_BLOCKS - 1), "more", "pass"]
    few = dataclasses.replace(FAILED, slopes=blocks[:PRINTED_BLOCKS])
    assert len(str(few).split("\n\n")[1].splitlines()) == 1 + PRINTED_BLOCKS


def test_of_many_wrong_blocks_the_first_are_shown():
    wrong = [slope(None, 1.5), *(slope(f"W{i}", -1.0) for i in range(PRINTED_BLOCKS + 3))]
    report = dataclasses.replace(FAILED, slopes=wrong)
    rows = str(report).split("\n\n")[1].splitlines()
    assert len(rows) == 1 + 1 + PRINTED_BLOCKS + 1 and rows[-1].split() == ["3", "more", "fail"]


def test_a_hint_says_where_and_which_kind_and_never_repeats_the_message():
    assert FAILED.hint == 'Look at "W": a sign.'
    assert BARE.hint == "Look for an error that your function raises."
    assert PASSED.hint == ""
    for cause in LOOK_FOR:
        report = dataclasses.replace(FAILED, cause=cause)
        assert report.hint.startswith('Look at "W": ') and report.hint.endswith(
            LOOK_FOR[cause] + "."
        )


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
    assert "**Gradient test: fail (sign)**" in markdown and 'Is "a" &lt; b &amp; c?' in markdown
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
    errors = ["zero order $E_0$", "first order $E_1$"]
    assert labels == [*errors, "slopes 1 and 2", "floor: round-off of f", "kinks"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == labels
    assert ax.get_title() == "Gradient test: fail (sign)"
    assert (ax.lines[0].get_xdata() == STEPS[:, 0]).all()
    first, second = (ax.lines[number].get_ydata() for number in (1, 3))
    assert first[0] / first[1] == 2 and second[0] / second[1] == 4
    assert list(ax.lines[4].get_ydata()) == 2 * [FAILED.floor]
    assert "kinks" not in PASSED.plot(Figure().subplots()).get_legend_handles_labels()[1]


def test_a_report_without_steps_plots_its_title():
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    assert BARE.plot(Figure().subplots()).get_title() == "Jacobian test: fail (raises)"


def test_csv_has_every_step_to_the_last_digit_and_the_verdict():
    header, *rows = csv.reader(FAILED.to_csv().splitlines())
    assert header[0] == "step" and len(set(header)) == len(header) == 6
    assert [[float(row[0]), float(row[1]), float(row[3])] for row in rows] == STEPS.tolist()
    assert rows[0][2] == rows[0][4] == "" and (rows[1][2], rows[1][4]) == ("2.0", "4.0")
    assert {row[-1] for row in rows} == {"Gradient test: fail (sign)"}


def test_csv_without_steps_has_slopes_and_without_either_the_verdict():
    slopes = dataclasses.replace(FAILED, steps=PASSED.steps[:0]).to_csv()
    header, *rows = csv.reader(slopes.splitlines())
    assert header[1] == "claimed slope" and [row[0] for row in rows] == ["all", "W", "b", "x"]
    (row,) = csv.DictReader(BARE.to_csv().splitlines())
    assert row["report"] == "Jacobian test: fail (raises)"


def test_latex_has_the_steps_that_are_printed_and_a_caption_with_the_verdict():
    latex = PASSED.to_latex()
    assert FAILED.to_latex().count(r" \\") == latex.count(r" \\")
    rows = [line for line in latex.splitlines() if line.endswith(r"\\")]
    assert len(rows) == 1 + PRINTED and rows[2] == r"0.5 & 1.500e+00 & 2.000 & 1.250e+00 & 4.000 \\"
    assert r"\caption{Gradient test: pass. It is right. Zero order: $E_0 = |f(x" in latex
    assert r"$E_1 = |f(x + t d) - f(x) - t \langle \nabla f(x), d \rangle|$" in latex
    assert latex.count("{") == latex.count("}") and "usepackage" not in latex
    for title, norm in [("Jacobian test", r"\|"), ("Transposed Jacobian test", "|")]:
        caption = dataclasses.replace(PASSED, title=title).to_latex().splitlines()[2]
        assert caption.count(f"{norm}$") == 2 == caption.count(f"= {norm}")


def test_latex_reads_no_character_of_a_message_as_a_command():
    report = dataclasses.replace(BARE, message='f raised: 50% of "W_1" & {x^2} # $~|<\\n>\n\nhere')
    caption = report.to_latex().splitlines()[2]
    assert caption == (
        r"\caption{Jacobian test: fail (raises). f raised: 50\% of ``W\_1'' \& "
        r"\{x\textasciicircum{}2\} \# \$\textasciitilde{}\textbar{}\textless{}\textbackslash{}n"
        r"\textgreater{} here}"
    )
    assert "tabular" not in report.to_latex()


def test_what_is_handed_in_is_returned_or_written_whole(tmp_path):
    for give, name in [(FAILED.to_csv, "a.csv"), (FAILED.to_latex, "a.tex")]:
        assert give(tmp_path / name) is None
        assert (tmp_path / name).read_bytes().decode() == give()
        assert "\r" not in give()


def test_a_report_needs_no_matplotlib_until_it_plots():
    program = "import sys, dlhw.derivative_tests.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
