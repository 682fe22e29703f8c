"""The questions of all chapters can be asked, and each has its name once."""

from importlib import import_module
from inspect import getmembers, isfunction

from dlhw.pages.questions import Question, ask


def questions():
    """Return what the public functions of the rooms return, by chapter."""
    found = []
    for chapter in range(14):
        room = import_module(f"dlhw.pages.predictions.asked_{chapter:02}")
        made = [
            f()
            for _, f in getmembers(room, isfunction)
            if f.__module__ == room.__name__ and f.__name__[0] != "_"
        ]
        found += [(chapter, question) for question in made]
    return found


def test_every_question_can_be_asked_and_belongs_to_its_chapter():
    for chapter, question in questions():
        assert isinstance(question, Question)
        assert question.name.startswith(f"{chapter}-")
        assert len(question.wrong) >= 2
        ask(question)


def test_choices_are_about_as_long_as_each_other():
    for _, question in questions():
        lengths = [len(choice.shows) for choice in (question.right, *question.wrong)]
        assert max(lengths) <= 2 * min(lengths) + 8, question.name


def test_no_two_questions_have_one_name():
    names = [question.name for _, question in questions()]
    assert len(set(names)) == len(names)
    assert names
