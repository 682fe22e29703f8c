"""Exercises by their numbers."""

import pytest

from dlhw.exercises import check
from dlhw.exercises.asking import exercise


def test_each_part_gets_a_line(capsys):
    check("6.2", lines="A")
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("6.2 lines: ")


def test_a_number_may_be_a_number(capsys):
    check(6.2, lines="A")
    assert capsys.readouterr().out.startswith("6.2 lines: ")


@pytest.mark.parametrize("number", ["6.9", "99.1", "6", "six", "", 6.9, 6, None, b"6.2"])
def test_a_number_that_no_exercise_has_is_told(number):
    with pytest.raises(ValueError, match="expected"):
        exercise(number)


def test_an_answer_to_something_else_is_told():
    with pytest.raises(ValueError, match="6.2 asks for lines, got .'line'."):
        check("6.2", line="A")
