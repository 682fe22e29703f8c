"""Claimed and measured slopes in, the mistake's name out: its own, never another's."""

import numpy as np
import pytest

from dlhw.derivative_tests.diagnosis import (
    Finding,
    Slope,
    inconclusive,
    locate,
    name_mistake,
    sentence,
    summarise,
)
from dlhw.derivative_tests.slopes import Line, measure

rng = np.random.default_rng(0)
G, P = rng.standard_normal((3, 3)), rng.standard_normal((3, 3))  # the true gradient, its parameter
DIRECTIONS = rng.standard_normal((5, 3, 3))


def slopes(claim, tolerance=1e-12):
    """Return what a test would see of a claimed gradient, in five directions."""
    return [
        Slope(
            "W",
            float(np.sum(claim * d)),
            measure(lambda t, d=d: t * float(np.sum(G * d))),
            tolerance,
            1.0,
            lambda d=d: {
                "parameter": float(np.sum(P * d)),
                "transposed": float(np.sum(claim.T * d)),
            },
        )
        for d in DIRECTIONS
    ]


CLAIMS = {
    "missing_block": (0 * G, 0.0, ""),
    "sign": (-G, -1.0, ""),
    "scale": (G / 4, 0.25, ""),
    "transposed": (G.T, 1.0, "transposed"),
    "missing_term": (G - 0.1 * P, 0.1, "parameter"),
    "wrong": (G + np.diag([1.0, 0, 0]), 1.0, ""),
}


@pytest.mark.parametrize("cause", CLAIMS)
def test_every_mistake_has_its_name_and_its_factor(cause):
    claim, factor, where = CLAIMS[cause]
    found = name_mistake(slopes(claim))
    assert found.cause == cause and found.where == where
    # Claimed = factor x true, but for a term: true - claimed = factor x term.
    assert found.factor == pytest.approx(factor, abs=1e-9)


def test_a_factor_with_an_error_that_it_does_not_explain_is_no_factor():
    assert name_mistake(slopes(2 * G + 0.3 * P)).cause == "wrong"
    nearly = 2 * G + 0.005 * P
    assert name_mistake(slopes(nearly)).cause == "wrong"
    assert name_mistake(slopes(nearly, tolerance=0.1)).cause == "scale"


def test_a_term_too_many_has_a_negative_multiple():
    found = name_mistake(slopes(G + 0.5 * P))
    assert found.factor == pytest.approx(-0.5)
    assert "has a term too many: 0.5 times the parameter" in sentence(found, "It")


def test_a_claim_where_f_is_constant_is_wrong_and_flat():
    flat = [s._replace(line=measure(lambda t: 1.0)) for s in slopes(G)]
    assert name_mistake(flat) == Finding("wrong", where="flat")


def test_hints_are_asked_only_where_no_factor_explains_the_error():
    def asked():
        raise AssertionError("asked")

    assert name_mistake([s._replace(hints=asked) for s in slopes(3 * G)]).cause == "scale"
    with pytest.raises(AssertionError, match="asked"):
        name_mistake([s._replace(hints=asked) for s in slopes(G.T)])


def line(left, right, flat=False):
    return Line((left + right) / 2, 1e-12, left, right, flat, *5 * [0.0])


@pytest.mark.parametrize(
    "verdict, claimed, found, tolerance, kink",
    [
        ("pass", 1.0, line(1, 1), 1e-9, 0),
        ("fail", 1.1, line(1, 1), 1e-9, 0),
        ("fail", np.nan, line(1, 1), 1e-9, 0),
        ("kink", 0.0, line(-1, 1), 1e-9, 0),
        ("kink", 1.1, line(1, 1), 1e-9, 0.01),  # off by less than a kink elsewhere may cause
        ("vacuous", 0.0, line(0, 0, flat=True), 1e-9, 0),
        ("low_precision", 1.0, line(1, 1), 0.02, 0),
    ],
)
def test_one_direction_has_one_verdict(verdict, claimed, found, tolerance, kink):
    assert Slope("W", claimed, found, tolerance, 1.0, dict, kink).verdict == verdict


def test_most_directions_must_fail_and_a_kink_outweighs_a_doubt():
    assert summarise(["fail", "fail", "kink"]) == "fail"
    assert summarise(["fail", "pass"]) == "doubt"
    assert summarise(["fail", "kink", "pass"]) == "kink"
    assert summarise(["low_precision", "vacuous"]) == "low_precision"
    assert summarise(["vacuous"]) == "vacuous"


def test_wrong_entries_have_a_place():
    wrong = np.zeros((3, 4), bool)
    wrong[:, 2] = True
    assert locate(wrong) == "column 2"
    assert locate(np.arange(5) == 3) == "entry 3"
    assert locate(np.ones((3, 4), bool)) == "every entry"
    assert locate(np.arange(5) > 2) == "2 of 5 entries, first 3"


def test_a_factor_is_read_as_the_number_of_samples_or_as_a_square():
    def say(factor):
        return sentence(Finding("scale", factor), "It")

    assert "If there are 16 samples: the division by their number is missing" in say(16.0)
    assert "If there are 16 samples: it is divided by their number twice" in say(1 / 16)
    assert "the 2 of a square's derivative, or for a half" in say(0.5)
    assert "with the wrong sign" in say(-3.0) and "wrong sign" not in say(3.0)
    assert "a constant" in say(1.37) and "samples" not in say(1.37)


@pytest.mark.parametrize("cause", CLAIMS)
def test_every_sentence_starts_with_its_subject_and_ends(cause):
    said = sentence(Finding(cause, *CLAIMS[cause][1:]), 'The gradient in "W"')
    assert said.startswith('The gradient in "W" ') and said.endswith((".", "?"))


def test_what_keeps_a_test_from_a_verdict_has_a_sentence():
    for cause in ("vacuous", "kink", "low_precision"):
        assert inconclusive(cause).startswith("f ")
