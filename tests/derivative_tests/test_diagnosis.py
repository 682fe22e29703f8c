"""Claimed and measured slopes in, the mistake's name out: its own, never another's."""

import numpy as np
import pytest

from dlhw.derivative_tests.diagnosis import (
    Finding,
    Slope,
    explained,
    name_mistake,
    plain,
    summarise,
    verdicts,
)
from dlhw.derivative_tests.slopes import measure

rng = np.random.default_rng(0)
G, P = rng.standard_normal((3, 3)), rng.standard_normal((3, 3))  # the true gradient, its parameter
DIRECTIONS = rng.standard_normal((5, 3, 3))


def slopes(claim, own=1e-12):
    """Return what a test would see of a claimed gradient, in five directions."""
    found = []
    for d in DIRECTIONS:
        true = float(np.sum(G * d))
        hints = {
            "parameter": float(np.sum(P * d)),
            "identity": float(np.sum(d)),
            "transposed": float(np.sum(claim.T * d)),
        }
        line = measure(lambda t, true=true: t * true)
        size = float(np.linalg.norm(claim * d))
        slope = Slope("W", float(np.sum(claim * d)), line, size, own)
        found.append(slope._replace(hints=lambda hints=hints: hints))
    return found


ENTRY = np.diag([1.0, 0, 0])
CLAIMS = {
    "nothing": (0 * G, Finding("missing_block", factor=0.0)),
    "sign": (-G, Finding("sign", factor=-1.0)),
    "quarter": (G / 4, Finding("scale", factor=0.25)),
    "odd factor": (-1.37 * G, Finding("scale", factor=-1.37)),
    "transposed": (G.T, Finding("transposed", "transposed")),
    "term too few": (G - 0.1 * P, Finding("missing_term", "parameter", multiple=0.1)),
    "term too many": (G + 0.5 * P, Finding("missing_term", "parameter", multiple=-0.5)),
    "no skip connection": (G - 1, Finding("missing_term", "identity", multiple=1.0)),
    "factor and term": (2 * G + 0.3 * P, Finding("missing_term", "parameter", 2.0, -0.15)),
    "sign and term": (0.3 * P - G, Finding("missing_term", "parameter", -1.0, 0.3)),
    "entry": (G + ENTRY, Finding("wrong")),
    "small": (G + 1e-5 * ENTRY, Finding("small")),
    "twice and an entry": (2 * G + ENTRY, Finding("wrong")),
    "transposed and an entry": (G.T + ENTRY, Finding("wrong")),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_every_mistake_has_its_name_and_its_factor(name):
    """Claimed = factor x (true - multiple x term)."""
    claim, (cause, where, factor, multiple) = CLAIMS[name]
    found = name_mistake(slopes(claim), entries=9, spread=9.0)
    assert (found.cause, found.where) == (cause, where)
    assert found[2:] == pytest.approx((factor, multiple), abs=1e-9)


@pytest.mark.parametrize("part, same", [(1e-4, True), (1e-2, False)])
@pytest.mark.parametrize("name", ["quarter", "transposed", "term too few"])
def test_a_cause_may_leave_a_thousandth_of_the_error(name, part, same):
    claim, (cause, *_) = CLAIMS[name]
    spoilt = claim + part * np.linalg.norm(claim - G) * ENTRY
    assert (name_mistake(slopes(spoilt)).cause == cause) is same


@pytest.mark.parametrize(
    "factor, cause", [(2.0, "scale"), (1 / 3, "scale"), (-1.0, "sign"), (2.5, "wrong")]
)
def test_a_factor_that_is_known_badly_must_be_a_plain_one(factor, cause):
    blur = 0.002 * abs(factor - 1) * np.array([1, -1, 1, -1, 1])
    sharp = [s._replace(claimed=s.claimed + b * s.scale) for s, b in zip(slopes(factor * G), blur)]
    assert name_mistake(sharp).cause == "wrong"
    assert name_mistake([s._replace(own=0.05) for s in sharp]).cause == cause


def test_blur_hides_a_fiftieth_of_the_error_at_most():
    for part, cause in ((0.01, "transposed"), (0.05, "wrong")):
        spoilt = G.T + part * np.linalg.norm(G.T - G) * ENTRY
        assert name_mistake(slopes(spoilt, own=100.0)).cause == cause


def test_what_a_cause_may_leave_grows_with_the_bars_of_the_values_and_of_its_share_of_them():
    """A cause that counts three times brings its bar three times, and the values have their own."""
    claimed, bars = np.array([1.0, 0.0]), np.array([0.0, 0.005])
    for left, is_found in ((0.0175, True), (0.0225, False)):
        found = explained(3 * claimed + [0.0, left], [claimed], 2 * claimed, bars)
        assert (found is not None) is is_found


def without_hints(slopes):
    return [s._replace(hints=dict) for s in slopes]


@pytest.mark.parametrize("factor, cause", [(5.0, "scale"), (1.37, "wrong")])
def test_any_error_in_one_number_is_a_factor_so_it_must_be_a_plain_one(factor, cause):
    found = without_hints(slopes(factor * G))
    assert name_mistake(found, entries=1).cause == cause
    assert name_mistake(found, entries=2).cause == "scale"


def test_any_error_is_a_multiple_of_a_parameter_that_one_entry_makes_up():
    claim = CLAIMS["term too few"][0]
    assert name_mistake(slopes(claim), spread=1.9).cause == "wrong"
    assert name_mistake(slopes(claim), spread=2.0).cause == "missing_term"
    assert name_mistake(slopes(G - 1), spread=1.9).where == "identity"


def test_a_term_beside_a_factor_takes_four_directions():
    claim = CLAIMS["factor and term"][0]
    assert name_mistake(slopes(claim)[:4]).cause == "missing_term"
    assert name_mistake(slopes(claim)[:3]).cause == "wrong"


def test_small_is_below_a_ten_thousandth_in_every_direction():
    for size, cause in ((1e-5, "small"), (1e-3, "wrong")):
        assert name_mistake(slopes(G + size * rng.standard_normal((3, 3)))).cause == cause
    one_of_five = without_hints(slopes(G + 1e-5 * ENTRY))
    one_of_five[2] = one_of_five[2]._replace(claimed=one_of_five[2].claimed + 0.1)
    assert name_mistake(one_of_five).cause == "wrong"


def test_directions_of_very_different_slopes_count_alike():
    """The error is a factor in the four large ones alone."""
    found = without_hints(slopes(3 * G))
    lines = [measure(lambda t, s=s: 1e-6 * t * s.line.slope) for s in found]
    found[0] = found[0]._replace(line=lines[0], claimed=1e-6 * found[0].claimed, size=1e-6)
    assert name_mistake(found).cause == "scale"
    found[0] = found[0]._replace(claimed=2 * found[0].claimed)
    assert name_mistake(found).cause == "wrong"


def test_a_claim_where_f_is_constant_is_wrong_and_flat():
    flat = [s._replace(line=measure(lambda t: 1.0)) for s in slopes(G)]
    assert name_mistake(flat) == Finding("wrong", where="flat")


def test_hints_are_asked_only_where_no_factor_explains_the_error():
    def asked():
        raise AssertionError("asked")

    assert name_mistake([s._replace(hints=asked) for s in slopes(3 * G)]).cause == "scale"
    with pytest.raises(AssertionError, match="asked"):
        name_mistake([s._replace(hints=asked) for s in slopes(G.T)])


def test_hints_that_are_not_finite_explain_nothing():
    claims = np.array([1.0, -2.0, 0.5])
    assert explained(claims, [np.array([1.0, np.inf, 0.0])], claims, 0 * claims) is None
    assert explained(np.nan * claims, [], claims, 0 * claims) is None


def test_a_cause_of_which_there_is_nothing_explains_nothing():
    values = np.array([1.0, -2.0, 0.5])
    assert explained(values, [values, np.array([2.0, 1.0, 0.0])], values, 0 * values) is None


@pytest.mark.parametrize(
    "factor, is_plain",
    [(1, False), (-1, True), (2, True), (-7, True), (1 / 300, True), (300.2, True)]
    + [(300.5, False), (1.5, False), (2 / 3, False), (2.01, False), (1 / 2.01, False)]
    + [(600.0, False)],
)
def test_a_plain_factor_is_whole_or_one_over_it_and_told_from_its_neighbours(factor, is_plain):
    assert plain(factor) == is_plain or factor == 1


LINEAR, STAIRS = measure(lambda t: t), measure(lambda t: 3 * t + np.round(t, 7))
KINKED, LEVEL = measure(abs), measure(lambda t: 0.0)
UNRESOLVED = measure(lambda t: np.sin(1e17 * t))


@pytest.mark.parametrize(
    "verdict, claimed, line, others",
    [
        ("pass", 1.0, LINEAR, {}),
        ("pass", 1.0005, LINEAR, {"accepted": 1e-3}),
        ("fail", 1.0015, LINEAR, {"accepted": 1e-3}),
        ("fail", 1.1, LINEAR, {}),
        ("fail", 1 + 2e-9, LINEAR, {}),
        ("pass", 1 + 5e-10, LINEAR, {}),
        ("fail", np.nan, LINEAR, {}),
        ("low_precision", 1 + 1e-8, LINEAR, {"lost": 1e-7}),
        ("low_precision", 1.0, LINEAR, {"own": 0.02}),
        ("pass", 1.0, LINEAR, {"own": 0.005}),
        ("pass", 1.0, LINEAR, {"accepted": 0.1}),
        ("low_precision", 1.0, UNRESOLVED, {}),
        ("low_precision", 1e6, UNRESOLVED, {}),
        ("kink", 0.0, KINKED, {}),
        ("kink", 5.0, KINKED, {}),
        ("fail", 21.0, KINKED, {}),
        ("fail", 21.0, KINKED, {"lost": 100.0}),
        ("kink", 1.05, LINEAR, {"kink": 0.01}),
        ("fail", 1.2, LINEAR, {"kink": 0.01}),
        ("vacuous", 0.0, LEVEL, {}),
        ("fail", 1.0, LEVEL, {}),
        ("pass", 4.0, STAIRS, {}),
        ("staircase", 3.0, STAIRS, {}),
        ("staircase", 3.001, STAIRS, {"own": 2e-3}),
        ("fail", 3.5, STAIRS, {}),
        ("staircase", 4.0, STAIRS, {"own": 0.1}),
    ],
)
def test_one_direction_has_one_verdict(verdict, claimed, line, others):
    assert Slope("W", claimed, line, 1.0, **{"own": 1e-9, **others}).verdict == verdict


def test_where_f_seems_flat_it_may_rise_within_its_noise():
    """Noise of 1e-15 hides a rise of 6e-14, that of a slope of 6e-5 within a billionth."""
    level = measure(lambda t: 3.0)._replace(noise=1e-15)
    assert level.flat
    assert Slope("W", 6e-5, level, 6e-5, 0.0).verdict == "vacuous"
    assert Slope("W", 7e-5, level, 7e-5, 0.0).verdict == "fail"


def test_the_gap_of_a_bend_that_may_be_a_kink_widens_the_bar():
    bent = LINEAR._replace(gap=1e-4, gap_error=1e-4)
    assert not bent.kinked
    assert Slope("W", 1 + 5e-4, bent, 1.0, 0.0).verdict == "pass"
    assert Slope("W", 1 + 1e-3, bent, 1.0, 0.0).verdict == "fail"


def test_what_is_accepted_is_relative_to_a_typical_slope():
    slope = Slope("W", 1.0, LINEAR, size=20.0, own=0.5, accepted=0.1)
    assert slope.tolerance == pytest.approx(0.5 + 0.1 * 20)


def test_errors_are_relative_to_a_typical_slope():
    assert Slope("W", 1.5, LINEAR, 0.5, 0.0).relative_error == pytest.approx(0.5)
    assert Slope("W", 1.5, LINEAR, 2.0, 0.0).relative_error == pytest.approx(0.25)
    assert Slope("W", 16.0, LINEAR, 1.0, 0.0).relative_error == pytest.approx(7.5)
    assert Slope("W", 0.0, measure(lambda t: 3.0), 0.0, 0.0).relative_error == 0.0
    assert Slope("W", 1.0, measure(lambda t: 3.0), 0.5, 0.0).relative_error == pytest.approx(2.0)


def test_in_a_minimum_the_rise_of_f_is_the_scale():
    bowl = measure(lambda t: t * t)
    slope = Slope("W", 0.0, bowl, 0.0, 0.0)
    assert slope.zero and slope.scale == bowl.secant > 0 and slope.verdict == "pass"
    assert not Slope("W", 1.0, LINEAR, 1.0, 1e-9).zero


def test_a_slope_is_known_as_well_as_its_bar_and_noise_is_told_from_other_doubts():
    assert Slope("W", 1.0, LINEAR, 2.0, own=0.02).known == pytest.approx(0.01)
    assert Slope("W", 1.0, UNRESOLVED, 1.0, 0.0).known == np.inf
    assert Slope("W", 0.0, LEVEL, 0.0, 0.0).known == np.inf
    noisy = measure(lambda t: t + 1e12)
    assert Slope("W", 1.0, noisy, 1.0, 0.0).noisy
    assert not Slope("W", 1.0, noisy, size=1e13, own=0.0).noisy
    assert not Slope("W", 1.0, UNRESOLVED, 1.0, 0.0).noisy


@pytest.mark.parametrize(
    "several, together",
    [
        (["fail", "fail", "kink"], "fail"),
        (["fail", "pass"], "fail"),
        (["fail", "pass", "pass"], "pass"),
        (["fail", "kink", "pass"], "kink"),
        (["staircase", "pass"], "staircase"),
        (["staircase", "kink"], "kink"),
        (["low_precision", "pass"], "pass"),
        (["low_precision", "vacuous"], "low_precision"),
        (["vacuous"], "vacuous"),
    ],
)
def test_half_of_the_directions_must_fail_and_a_kink_outweighs_a_pass(several, together):
    assert summarise(several) == together


def test_directions_share_the_largest_gap_of_a_kink():
    """In the first one the gaps of several kinks cancel."""
    smooth, kinked = (Slope("W", 5.0, line, 1.0, 1e-9) for line in (LINEAR, KINKED))
    assert verdicts([smooth]) == ["fail"]
    assert verdicts([smooth, kinked]) == ["kink", "kink"]
    blurred = kinked._replace(line=LINEAR._replace(gap=10.0, gap_error=10.0))
    assert verdicts([smooth, blurred])[0] == "fail"


def test_what_is_flat_in_some_directions_alone_was_not_tested_there():
    level, steep = (Slope("W", 1.0, line, 1.0, 1e-9) for line in (LEVEL, LINEAR))
    assert verdicts([level, steep]) == ["vacuous", "pass"]
    assert verdicts([level, level]) == ["fail", "fail"]
