"""What a report says: a subject first, a size where no factor says it, and what to look at."""

import pytest

from dlhw.derivative_tests.diagnosis import Finding, Slope
from dlhw.derivative_tests.sentences import (
    INCONCLUSIVE,
    NAMED,
    ORDERS,
    PLACES,
    UNMEASURED,
    others,
    praise,
    sentence,
    unsure,
)
from dlhw.derivative_tests.slopes import measure

SUBJECT = 'The gradient in "W"'
LENGTHS = {4: "rows of W", 3: "columns of W", 1: "columns of b"}


def say(cause, where="", factor=1.0, multiple=0.0, error=0.0321):
    return sentence(Finding(cause, where, factor, multiple), SUBJECT, error, LENGTHS)


FINDINGS = [
    ("missing_block",),
    ("shape", "transposed"),
    ("sign", "", -1.0),
    ("scale", "", 16.0),
    ("scale", "", 0.25),
    ("scale", "", -1.37),
    ("small",),
    ("missing_term", "identity", 1.0, 1.0),
    ("missing_term", "parameter", 2.0, -0.1),
    *(("transposed", order) for order in ORDERS),
    ("transposed", "result back"),
    ("transposed", "argument back"),
    *(("wrong", place) for place in (*PLACES, "entry (1, 2)", "row 3")),
]


@pytest.mark.parametrize("finding", FINDINGS)
def test_every_sentence_starts_with_its_subject_ends_and_is_filled_in(finding):
    said = say(*finding)
    assert said.startswith(SUBJECT + " ") and said.endswith((".", "?"))
    assert not set("{}") & set(said) and "  " not in said


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_size_is_said_where_no_factor_says_it(finding):
    assert ("by 0.03 of a typical slope" in say(*finding)) is (finding[0] in ("small", "wrong"))


@pytest.mark.parametrize(
    "factor, words",
    [
        (16.0, "is 16 times the true one in every direction. If there are 16 samples: the"),
        (16.0, "division by their number is missing"),
        (1 / 16, "0.0625 times the true one in every direction. If there are 16 samples: it is"),
        (1 / 16, "divided by their number once too often"),
        (4.0, "4 is the number of rows of W: does the mean in f run over them too? If there are"),
        (1 / 3, "3 is the number of columns of W: is it a mean over them, and f a sum? If there"),
        (2.0, "the 2 of a square's derivative."),
        (0.5, "the 2 of a square's derivative, or for a half."),
        (-3.0, "3 times the true one, with the wrong sign in every direction. 3 is the number"),
        (1.37, "1.37 times the true one in every direction. Look for a constant"),
        (1.0005, "1.0005 times the true one in every direction. Look for a constant"),
        (300.5, "300.5 times the true one in every direction. Look for a constant"),
    ],
)
def test_a_factor_is_read_as_samples_as_a_length_or_as_a_square(factor, words):
    assert words in say("scale", factor=factor)
    assert ("wrong sign" in say("scale", factor=factor)) is (factor < 0)


def test_no_number_of_samples_is_read_from_an_odd_factor_or_from_a_two():
    for factor in (1.37, 2.0, 0.5, -2.0):
        assert "samples" not in say("scale", factor=factor)


@pytest.mark.parametrize(
    "factor, multiple, words",
    [
        (1.0, 0.1, 'W" lacks a term: 0.1 times the parameter'),
        (1.0, -0.5, 'W" has a term too many: 0.5 times the parameter'),
        (2.0, 0.12345678, 'W" is 2 times the true one, and it lacks a term: 0.1235 times'),
        (-1.0, -1.0, 'W" has the wrong sign, and it has a term too many: 1 times'),
        (-2.5, 1.0, 'W" is 2.5 times the true one, with the wrong sign, and it lacks a term'),
    ],
)
def test_a_term_has_its_multiple_and_the_factor_beside_it(factor, multiple, words):
    assert words in say("missing_term", "parameter", factor, multiple)


def test_a_term_is_that_of_a_regulariser_or_of_a_skip_connection():
    assert "regulariser" in say("missing_term", "parameter")
    assert "skip connection" in say("missing_term", "identity")


def test_an_order_of_entries_reads_alike_both_ways():
    assert "transposed" in say("transposed", "transposed")
    assert "J^T in place of J" in say("transposed", "product")
    for order in ("result", "argument"):
        assert "ravel" in say("transposed", order) == say("transposed", f"{order} back")
    assert "of its argument" in say("transposed", "argument")
    assert "of its argument" not in say("transposed", "result")


def test_where_it_is_wrong_is_said_and_what_to_look_at():
    assert "entry (1, 2). Compare the formula and the indices" in say("wrong", "entry (1, 2)")
    for place, word in (
        ("flat", "argument"),
        ("cut off", "clip"),
        ("no entry", "no entry"),
        ("", "formula"),
    ):
        said = say("wrong", place)
        assert word in said and "indices" not in said


def slope(line, own):
    return Slope("W", 1.0, line, 1.0, own)


def test_what_keeps_a_test_from_a_verdict_is_said_with_a_size():
    noisy = slope(measure(lambda t: t + 1e12), 0.0)
    assert noisy.noisy
    assert f"known to {noisy.known:.1g} of itself" in unsure("low_precision", noisy)
    known = slope(measure(lambda t: t), 0.02)
    assert unsure("low_precision", known) == UNMEASURED != unsure("kink", known)
    for cause in INCONCLUSIVE:
        said = unsure(cause, noisy)
        assert said.startswith("f ") and said.endswith(".") and not set("{}") & set(said)


def test_praise_has_the_worst_error_and_what_is_accepted_and_not_tested():
    agree = "Claimed and measured slopes agree in every direction, to "
    assert praise([1e-11, 3e-10], False, 0, []) == agree + "3e-10 of a typical slope."
    assert praise([0.0, 0.0], False, 0, []) == agree + "the last digit."
    said = praise([1e-4], True, 1e-3, ["b", "c.0"])
    accepted, zero, idle = (said.index(w) for w in ("up to 0.001", "slopes are zero", "b, c.0"))
    assert accepted < zero < idle


def test_other_wrong_blocks_are_named_unless_they_are_many():
    assert others([]) == ""
    names = [f"W{i}" for i in range(NAMED + 1)]
    few, many = others(names[:NAMED]), others(names)
    assert all(f'"{name}"' in few for name in names[:NAMED]) and "..." not in few
    assert f'"W{NAMED - 1}", ...' in many and names[-1] not in many
    assert few.startswith(" Wrong too: ") and "test again" in few
    assert len(many) < 250


@pytest.mark.parametrize(
    "factor, words",
    [(1 + 1e-6, "is 1 + 1e-06 times"), (1 - 3e-8, "is 1 - 3e-08 times"), (2.0, "is 2 times")],
)
def test_a_factor_near_one_shows_by_how_much_it_is_off(factor, words):
    assert words in sentence(Finding("scale", factor=factor), "The gradient", abs(factor - 1), {})
