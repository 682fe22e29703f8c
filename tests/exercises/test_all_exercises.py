"""Each exercise of each chapter: its page has a check, a hint and a solution that fit its room."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

from dlhw.exercises.judging import EMPTY, RIGHT, judge, known_outcomes

CHAPTERS = sorted((Path(__file__).parents[2] / "docs" / "chapters").glob("*.md"))
ON_PAGE = re.compile(
    r"^\*\*(\d)\. .*?"
    r'^```py title="Check yourself"\n(?P<check>.*?)^```$.*?'
    r'^\?\?\? tip "Hint"\n.*?'
    r'^\?\?\? success "Solution"\n(?P<solution>(?: {4}.*\n| *\n)+)',
    re.S | re.M,
)
EXERCISES = {}
for path in CHAPTERS:
    EXERCISES |= import_module(f"dlhw.exercises.chapter_{path.stem[:2]}").EXERCISES
PARTS = [(number, part) for number, parts in EXERCISES.items() for part in parts]
PAGES = {
    f"{int(path.stem[:2])}.{found[1]}": (found["check"], found["solution"])
    for path in CHAPTERS
    for found in ON_PAGE.finditer(path.read_text("utf-8"))
}


def code_of(solution):
    examples = doctest.DocTestParser().get_examples(solution)
    return "".join(example.source for example in examples if example.exc_msg is None)


def verdicts(number, output):
    """Return the sentences that a check printed, by part."""
    found = re.findall(rf"^{re.escape(number)} (\w+): (.*)$", output, re.M)
    assert [name for name, _ in found] == [part.name for part in EXERCISES[number]]
    return dict(found)


def test_every_chapter_has_three_exercises_with_a_check_a_hint_and_a_solution():
    wanted = [f"{int(path.stem[:2])}.{n}" for path in CHAPTERS for n in (1, 2, 3)]
    assert list(PAGES) == list(EXERCISES) == wanted


@pytest.mark.parametrize("number", PAGES)
def test_the_check_as_it_stands_says_what_is_not_filled_in(number, capsys):
    exec(PAGES[number][0], {"__name__": "pasted"})
    assert set(verdicts(number, capsys.readouterr().out).values()) == {EMPTY}


@pytest.mark.parametrize("number", PAGES)
def test_the_solution_is_right(number, capsys):
    exec(code_of(PAGES[number][1]), {"__name__": "pasted"})
    assert set(verdicts(number, capsys.readouterr().out).values()) == {RIGHT}


@pytest.mark.parametrize(
    "number, part", PARTS, ids=[f"{number}-{part.name}" for number, part in PARTS]
)
def test_each_known_mistake_gets_its_own_sentence(number, part):
    known = known_outcomes(part)
    for sentence, wrong in part.wrong.items():
        assert judge(part, wrong) == sentence
        assert sentence in known and sentence != RIGHT
    assert len(known) > len(part.wrong) or part.test


@pytest.mark.parametrize("number", EXERCISES)
def test_an_exercise_knows_two_mistakes_at_least(number):
    assert sum(len(part.wrong) for part in EXERCISES[number]) >= 2
