"""The bodies of each room: what is said of right ones, of known mistakes, of those that wait."""

from importlib import import_module

import pytest

from dlhw.exercises.bodies import NOT_WRITTEN, found
from dlhw.exercises.judging import RIGHT, alike, judge, known_outcomes
from dlhw.exercises.labels import ASSESSED

PARTS = {
    (room, part.name): part
    for room in ASSESSED
    for part in import_module(f"dlhw.exercises.bodies_{room}").BODIES
}
MISTAKES = [
    pytest.param(part, sentence, id=f"{name}: {sentence[:40]}")
    for (_, name), part in PARTS.items()
    for sentence in part.wrong
]


def test_what_is_assessed_has_its_body():
    assert list(PARTS) == [(room, name) for room, names in ASSESSED.items() for name in names]


@pytest.mark.parametrize("room, name", PARTS)
def test_the_packages_own_body_is_right(room, name):
    own = found(name, vars(import_module(f"dlhw.{room}")))
    assert judge(PARTS[room, name], own) == RIGHT


@pytest.mark.parametrize("room, name", PARTS)
def test_its_derivative_test_passes_the_packages_own_body(room, name):
    part = PARTS[room, name]
    if part.test:
        assert part.test(found(name, vars(import_module(f"dlhw.{room}")))).passed


@pytest.mark.parametrize("part, sentence", MISTAKES)
def test_a_known_mistake_is_named(part, sentence):
    assert judge(part, part.wrong[sentence]) == sentence


@pytest.mark.parametrize("part, sentence", MISTAKES)
def test_a_derivative_test_finds_the_known_mistakes(part, sentence):
    if part.test:
        assert not part.test(part.wrong[sentence]).passed


@pytest.mark.parametrize("part", PARTS.values(), ids=[name for _, name in PARTS])
def test_no_two_known_outcomes_are_alike(part):
    outcomes = list(known_outcomes(part).values())
    assert len(outcomes) >= 3
    for i, one in enumerate(outcomes):
        assert not any(alike(one, other) for other in outcomes[:i])


@pytest.mark.parametrize("part", PARTS.values(), ids=[name for _, name in PARTS])
def test_a_sentence_is_its_own(part):
    assert NOT_WRITTEN not in part.wrong
    assert all(sentence.endswith(".") for sentence in part.wrong)
