"""What is handed in is text that CSV and LaTeX read back as it was meant."""

import csv

import pytest

from dlhw.derivative_tests.hand_in import as_csv, as_latex, digits, handed_over, latex_table


def test_csv_ends_each_row_with_the_report_and_has_one_without_rows():
    rows = [["W, b", "1"], ['"W"', ""]]
    text = as_csv(["changed", "slope"], rows, "fail (sign)")
    header, *read = csv.reader(text.splitlines())
    assert header == ["changed", "slope", "report"]
    assert read == [[*row, "fail (sign)"] for row in rows]
    assert as_csv(["step"], [], "pass").splitlines() == ["step,report", ",pass"]


def test_numbers_are_written_to_the_last_digit_and_nan_is_nothing():
    assert float(digits(0.1 + 0.2)) == 0.1 + 0.2
    assert digits(float("nan")) == "" and digits(2.0, ".3f") == "2.000"


@pytest.mark.parametrize(
    "plain, set_as", [("50 %", r"50 \%"), ("a_1", r"a\_1"), ('"W"', "``W''"), ("a\nb", "a b")]
)
def test_latex_sets_every_character_as_it_stands(plain, set_as):
    assert as_latex(plain) == set_as


def test_a_table_of_latex_is_closed_and_its_rows_end():
    lines = latex_table("It is right.", [(("step", "E0"), [("0.1", "2")])]).splitlines()
    assert lines[0].startswith(r"\begin{table}") and lines[-1] == r"\end{table}"
    assert r"\caption{It is right.}" in lines and r"0.1 & 2 \\" in lines


def test_text_is_returned_or_written_with_the_same_line_ends_everywhere(tmp_path):
    assert handed_over("a\nb\n", None) == "a\nb\n"
    handed_over("a\nb\n", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"a\nb\n"
