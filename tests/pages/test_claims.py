"""Claims: every rule gives each of its verdicts; where there are no samples nothing is decided."""

import math

import pytest
from scipy.stats import binomtest, fisher_exact

from dlhw.pages.claims import (
    CONFIRMED,
    OPEN,
    REFUTED,
    Claim,
    Claims,
    ahead,
    alike,
    amount,
    both,
    by_more_than,
    exactly,
    findings,
    fisher,
    mostly,
    oftener,
    ordered,
    some_ordered,
    undecided,
    within,
)
from dlhw.study.evidence import Difference


def found(difference, within=0.004, counts=True):
    """A difference with its interval to either side."""
    low, high = difference - within, difference + within
    return Difference("a", "b", difference, low, high, p=0.01, counts=counts)


UP, DOWN, UNCLEAR = found(0.05), found(-0.05), found(0.05, within=0.06, counts=False)
SMALL, ZERO = found(0.005), found(0.0, counts=False)
UNKNOWN = found(math.nan, counts=False)


@pytest.mark.parametrize(
    "tests, verdict",
    [
        ([UP, UP], CONFIRMED),
        ([UP, DOWN], REFUTED),
        ([UP, UNCLEAR], OPEN),
        ([DOWN, UNCLEAR], REFUTED),
        ([ZERO], OPEN),
        ([UNKNOWN], OPEN),
        ([], OPEN),
    ],
)
def test_an_order_holds_when_every_pair_has_it_and_fails_when_one_has_the_other(tests, verdict):
    assert ordered(tests) == verdict


@pytest.mark.parametrize(
    "tests, verdict",
    [
        ([UP, DOWN], CONFIRMED),
        ([DOWN, DOWN], REFUTED),
        ([DOWN, UNCLEAR], OPEN),
        ([UNKNOWN], OPEN),
        ([], OPEN),
    ],
)
def test_one_pair_is_enough_for_some(tests, verdict):
    assert some_ordered(tests) == verdict


@pytest.mark.parametrize(
    "tests, verdict",
    [
        ([SMALL, ZERO], CONFIRMED),  # a difference that counts may still be small
        ([SMALL, DOWN], REFUTED),
        ([SMALL, UNCLEAR], OPEN),
        ([UNKNOWN], OPEN),
        ([], OPEN),
    ],
)
def test_alike_needs_a_small_interval(tests, verdict):
    assert alike(tests) == verdict


def test_not_shown_is_not_alike():
    assert ordered([UNCLEAR]) == alike([UNCLEAR]) == OPEN
    assert (ordered([ZERO]), alike([ZERO])) == (OPEN, CONFIRMED)


def test_by_more_than_asks_the_whole_interval():
    rule = by_more_than(0.02)
    assert rule([UP]) == CONFIRMED
    assert rule([UP, SMALL]) == rule([DOWN]) == REFUTED
    assert rule([UNCLEAR]) == rule([UNKNOWN]) == rule([]) == OPEN


@pytest.mark.parametrize("often, of", [(9, 10), (8, 10), (0, 7), (15, 20), (14, 20)])
def test_mostly_is_the_sign_test(often, of):
    sure = binomtest(often, of).pvalue < 0.05
    assert (mostly((often, of))([]) != OPEN) == sure


def test_both_variants_have_to_agree():
    assert both(ordered)([UP, UP, UP, UP]) == CONFIRMED
    assert both(ordered)([DOWN, DOWN]) == REFUTED
    assert both(ordered)([UP, DOWN]) == OPEN


def test_a_fact_needs_no_sample():
    assert (exactly(True)([]), exactly(False)([]), undecided([])) == (CONFIRMED, REFUTED, OPEN)


def test_oftener_asks_fisher():
    assert oftener((19, 20), (1, 20))([]) == CONFIRMED
    assert oftener((1, 20), (19, 20))([]) == REFUTED
    assert oftener((11, 20), (9, 20))([]) == OPEN
    assert oftener((5, 20), (5, 20))([]) == OPEN


@pytest.mark.parametrize("counts", [((0, 20), (17, 20)), ((3, 7), (5, 9)), ((4, 10), (4, 10))])
def test_fisher_is_the_exact_test(counts):
    expected = fisher_exact([[k, n - k] for k, n in counts]).pvalue
    assert fisher(*counts) == pytest.approx(expected, rel=1e-9)
    assert fisher(*counts) == fisher(*reversed(counts))


def test_a_tie_is_not_ahead():
    assert ahead([0.9, 0.9], [0.9, 0.9]) == 0
    assert ahead([0.9, 0.8], [0.8, 0.7]) == 0.75


def test_amounts_are_written_with_the_digits_that_they_need():
    assert amount(found(-0.05, within=0.01)) == "-.0500 [-.0600, -.0400]"
    assert amount(found(98.0, within=12.4)) == "+98.0 [+85.6, +110.4]"
    assert amount(found(0.9, within=10.2)) == "+.9000 [-9.3000, +11.1000]"


SAMPLES = {
    "high": [0.92, 0.93, 0.94],
    "low": [0.52, 0.53, 0.54],
    "wide": [0.40, 0.93, 0.99],
}


def judged(*claims, **facts):
    page = Claims()
    return page, str(page.judge("Heights", SAMPLES, *claims, **facts))


def test_a_page_numbers_counts_and_links_its_claims():
    page, text = judged(
        Claim("order", "High is above low", ordered, [("high", "low")], "By {d[0]}, {p[0]}."),
        Claim("order", "Low is above high", ordered, [("low", "high")], "By {d[0]}."),
    )
    more = Claim("cause", "Wide is above high", ordered, [("wide", "high")], "At {rate:.2f}.")
    text += "\n\n" + str(page.judge("Widths", SAMPLES, more, rate=0.1))
    assert "**1 · High is above low**\n    :   ✓ **confirmed.** By +.4000 [" in text
    assert "**2 · Low is above high**\n    :   ✗ **refuted.** By -.4000 [" in text
    third = '<a id="claim-3"></a>**3 · Wide is above high**\n    :   ? **not decidable.** At 0.10.'
    assert third in text
    assert (page.counts("order"), page.counts("cause")) == ([1, 1, 0], [0, 0, 1])
    assert page.link("Wide") == "[not decidable](#claim-3)"
    assert str(page.tally()).endswith("| **all** | 1 | 1 | 1 |")
    heights, widths = str(page.verdicts()).split("**Widths**")
    assert "| [Low is above high](#claim-2) | ✗ refuted |" in heights
    assert "| [Wide is above high](#claim-3) | ? not decidable |" in widths


def test_all_pairs_of_a_section_are_corrected_together_and_each_once():
    pairs = [("high", "low"), ("wide", "low")]
    one = Claim("order", "Both beat low", ordered, pairs, "{d[0]}, {d[1]}")
    again = Claim("order", "High beats low", ordered, pairs[:1], "{d[0]}")
    _, text = judged(one, again)
    assert text.count("| high − low |") == text.count("| wide − low |") == 1


def test_findings_are_a_list_and_compare_with_numbers_too():
    near = Claim("number", "High ends near .93", within(0.03), [("high", 0.93)], "{d[0]}, {what}.")
    above = Claim("order", "High is above .5", ordered, [("high", 0.5)], "{p[0]}.")
    first, second = str(findings(SAMPLES, near, above, what="it does")).splitlines()
    assert first == "- ✓ **High ends near .93:** confirmed. +.0000 [-.0248, +.0248], it does."
    assert second == "- ✓ **High is above .5:** confirmed. 100%."


def test_claims_without_pairs_have_no_table():
    _, text = judged(Claim("number", "It is so", exactly(True), [], "Seen."))
    box, claim, evidence = [line for line in text.splitlines() if line]
    assert box.startswith('??? note "Heights')
    assert claim == '    <a id="claim-1"></a>**1 · It is so**'
    assert evidence == "    :   ✓ **confirmed.** Seen."


def test_a_claim_of_no_kind_is_not_left_out_of_the_count():
    with pytest.raises(ValueError, match="kind"):
        judged(Claim("taste", "It is nicer", undecided, [], ""))


def test_a_claim_is_found_by_words_that_only_it_begins_with():
    fact = Claim("number", "It is so", exactly(True), [], "")
    page, _ = judged(fact, fact)
    with pytest.raises(ValueError):
        page.number("It is")
