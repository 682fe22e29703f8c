"""Questions with choices."""

import pytest

from dlhw.pages.questions import Choice, Question, ask

RIGHT, LARGER, SMALLER = Choice("2", "It is."), Choice("3", "Too much."), Choice("1", "Too little.")


def test_each_choice_stands_there_once_with_what_is_said_of_it():
    shown = ask(Question("0-a", "How many?", RIGHT, [LARGER, SMALLER])).markdown
    for choice in (RIGHT, LARGER, SMALLER):
        assert shown.count(f": {choice.shows}</summary>") == shown.count(choice.says) == 1
    assert shown.count("**Right.** It is.") == shown.count("choice right") == 1


def test_the_right_choice_is_not_always_at_one_place():
    names = [f"0-{letter}" for letter in "abcdefgh"]
    shown = [ask(Question(name, "?", RIGHT, [LARGER, SMALLER])).markdown for name in names]
    assert len({text.split("choice right")[0].count('"choice"') for text in shown}) == 3
    assert shown[0] == ask(Question("0-a", "?", RIGHT, [LARGER, SMALLER])).markdown


def test_two_choices_that_show_the_same_are_refused():
    with pytest.raises(ValueError, match="choices that differ"):
        ask(Question("0-a", "?", RIGHT, [Choice("2", "Another.")]))
