"""Claims and their verdicts: a claim is data, and a rule decides it from samples.

A rule takes the differences of the pairs that a claim compares, as `study.evidence.differences`
finds them, and returns "confirmed", "refuted" or "not decidable". So no sentence of a page hangs on
particular seeds or on one processor: other results may change the verdict, and the page says so.
"""

from collections.abc import Callable
from functools import partial
from math import comb
from textwrap import indent
from typing import NamedTuple

import numpy as np

from ..study.evidence import differences
from .figures import Piece, table
from .result_tables import comparison

CONFIRMED, REFUTED, OPEN = "confirmed", "refuted", "not decidable"
MARKS = {CONFIRMED: "✓", REFUTED: "✗", OPEN: "?"}
KINDS = {
    "derivative": "a derivative",
    "number": "a number",
    "order": "better, worse, alike",
    "cause": "a reason",
}
LEVEL = 0.05  # as in `differences`


class Claim(NamedTuple):
    """What somebody claims, and what decides it.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    says : str
        The claim in words.
    rule : callable
        list of Difference -> verdict.
    pairs : list of pairs of names
        The samples that the rule compares.
    evidence : str
        What speaks for the verdict. In it `{d[0]}` is the difference of the first pair, `{p[0]}`
        how often single runs have its order, any other name in braces a fact given with the claims.
    """

    kind: str
    says: str
    rule: Callable
    pairs: list
    evidence: str


def ordered(tests):
    """Claimed: the first mean of each pair is the larger one."""
    if any(d.counts and d.difference < 0 for d in tests):
        return REFUTED
    if tests and all(d.counts for d in tests):
        return CONFIRMED
    return OPEN


def some_ordered(tests):
    """Claimed: of some pair at least the first mean is the larger one."""
    if any(d.counts and d.difference > 0 for d in tests):
        return CONFIRMED
    if tests and all(d.counts for d in tests):
        return REFUTED
    return OPEN


def alike(tests, within=0.01):
    """Claimed: the means of each pair are the same, to within one point in a hundred."""
    if tests and all(-within < d.low and d.high < within for d in tests):
        return CONFIRMED
    if any(d.counts and abs(d.difference) > within for d in tests):
        return REFUTED
    return OPEN


def within(size):
    """Return the rule for a claim that means are the same to within a size of its own."""
    return partial(alike, within=size)


def larger(tests, by):
    """Claimed: the first mean of each pair is larger than the second by more than an amount."""
    if any(d.high < by for d in tests):
        return REFUTED
    if tests and all(d.low > by for d in tests):
        return CONFIRMED
    return OPEN


def by_more_than(size):
    """Return the rule for a claim that the first mean of each pair is larger by more than a size.

    Examples
    --------
    >>> samples = {"high": [0.92, 0.93, 0.94], "low": [0.52, 0.53, 0.54]}
    >>> [by_more_than(size)(differences(samples)) for size in (0.3, 0.4, 0.5)]
    ['confirmed', 'not decidable', 'refuted']
    """
    return partial(larger, by=size)


def mostly(happened):
    """Return the rule for a claim that something happens to most: in more than half of all cases.

    It is given as (how often, of how many).

    Examples
    --------
    >>> [mostly((count, 10))([]) for count in (9, 6, 1)]
    ['confirmed', 'not decidable', 'refuted']
    """
    often, of = happened
    ways = [comb(of, i) for i in range(of + 1)]
    p = sum(w for w in ways if w <= ways[often]) / 2**of  # the sign test, two-sided

    def rule(tests):
        if p >= LEVEL:
            return OPEN
        return exactly(often > of / 2)(tests)

    return rule


def unless(p):
    """Return the rule for a claim that is refuted by a small p-value, and confirmed by none.

    Examples
    --------
    >>> unless(0.01)([]), unless(0.5)([])
    ('refuted', 'not decidable')
    """
    if p < LEVEL:
        return exactly(False)
    return undecided


def undecided(tests):
    """Claimed: something of which there is no sample."""
    return OPEN


def exactly(truth):
    """Return the rule for what is either so or not, without any spread.

    Examples
    --------
    >>> exactly(1 + 1 == 3)([])
    'refuted'
    """

    def rule(tests):
        return CONFIRMED if truth else REFUTED

    return rule


def both(rule):
    """Return the rule for a claim that does not name its variant.

    Each half of the pairs is one variant, and the verdicts on both have to agree.
    """

    def agreed(tests):
        half = len(tests) // 2
        first, second = rule(tests[:half]), rule(tests[half:])
        return first if first == second else OPEN

    return agreed


def oftener(first, second):
    """Return the rule for a claim that something happens more often to the first.

    Each of the two is given as (how often, of how many).

    Examples
    --------
    >>> oftener((9, 10), (1, 10))([])
    'confirmed'
    >>> oftener((3, 10), (2, 10))([])
    'not decidable'
    """

    def rule(tests):
        if fisher(first, second) >= LEVEL:
            return OPEN
        return exactly(first[0] / first[1] > second[0] / second[1])(tests)

    return rule


def fisher(first, second):
    """Return the p-value of Fisher's exact test, two-sided, of two counts (how often, of how many).

    It adds up the chances of all outcomes that are no likelier than the one found: in whole
    numbers, so that a tie is a tie.

    Examples
    --------
    >>> fisher((3, 3), (0, 3))
    0.1
    """
    (k, n), (other, m) = first, second
    happened = k + other
    ways = [comb(n, i) * comb(m, happened - i) for i in range(happened + 1)]
    return sum(w for w in ways if w <= ways[k]) / comb(n + m, happened)


def ahead(first, second):
    """Return the share of pairs of single runs, one of each sample, in which the first is larger.

    A tie is not ahead.

    Examples
    --------
    >>> ahead([3, 2], [1, 2])
    0.75
    """
    return float(np.mean(np.subtract.outer(first, second) > 0))


def amount(d):
    """Write a difference and its interval; hundreds of epochs need fewer digits than accuracies."""
    values = d.difference, d.low, d.high
    if abs(d.difference) < 1:
        texts = [f"{value:+.4f}".replace("+0", "+").replace("-0", "-") for value in values]
    else:
        texts = [f"{value:+.1f}" for value in values]
    return "{} [{}, {}]".format(*texts)


def note(title, markdown):
    """Return a piece of a page that is folded away under its title.

    Examples
    --------
    >>> note("More", "All of it.")
    ??? note "More"
    <BLANKLINE>
        All of it.
    """
    return Piece(f'??? note "{title}"\n\n{indent(str(markdown), "    ")}')


class Finding(NamedTuple):
    """A claim, the differences that decide it, its verdict, and the evidence in words."""

    claim: Claim
    tests: list
    verdict: str
    evidence: str


def find(samples, claims, facts):
    """Return the finding on each claim; all pairs that they compare are corrected together."""
    pairs, tests = compared(claims), {}
    if pairs:
        tests = dict(zip(pairs, differences(samples, pairs, LEVEL)))
    found = []
    for claim in claims:
        own = [tests[pair] for pair in claim.pairs]
        chances = [_chance(samples, pair) for pair in claim.pairs]
        evidence = claim.evidence.format(d=[amount(d) for d in own], p=chances, **facts)
        found.append(Finding(claim, own, claim.rule(own), evidence))
    return found


def compared(claims):
    """Return the pairs that claims compare, each once."""
    return list(dict.fromkeys(pair for claim in claims for pair in claim.pairs))


def _chance(samples, pair):
    first, second = pair
    return f"{ahead(samples[first], samples.get(second, second)):.0%}"


def findings(samples, /, *claims, **facts):
    """Return claims with verdict and evidence as a list, for pages that do not count their claims.

    The parameters are those of `Claims.judge`.

    Examples
    --------
    >>> samples = {"deep": [0.93, 0.94, 0.95], "flat": [0.53, 0.54, 0.55]}
    >>> better = Claim("order", "Depth helps", ordered, [("deep", "flat")], "By {d[0]}.")
    >>> near = Claim("number", "Deep ends near .94", within(0.05), [("deep", 0.94)], "{d[0]}.")
    >>> findings(samples, better, near)
    - ✓ **Depth helps:** confirmed. By +.4000 [+.3773, +.4227].
    - ✓ **Deep ends near .94:** confirmed. +.0000 [-.0248, +.0248].
    """
    return Piece(
        "\n".join(
            f"- {MARKS[found.verdict]} **{found.claim.says}:** {found.verdict}. {found.evidence}"
            for found in find(samples, claims, facts)
        )
    )


class Claims:
    """The claims of a page, in the order in which they are judged; they are numbered from 1.

    Examples
    --------
    >>> claims = Claims()
    >>> samples = {"deep": [0.93, 0.94, 0.95], "flat": [0.53, 0.54, 0.55]}
    >>> deeper = Claim("order", "Depth helps", ordered, [("deep", "flat")], "By {d[0]}, at {rate}.")
    >>> str(claims.judge("Depth", samples, deeper, rate=0.1)).splitlines()[3]
    '    :   ✓ **confirmed.** By +.4000 [+.3773, +.4227], at 0.1.'
    >>> claims.link("Depth")
    '[confirmed](#claim-1)'
    """

    def __init__(self):
        self.judged = []  # (claim, verdict)
        self.sections = {}  # title -> numbers of its claims

    def judge(self, title, samples, /, *claims, **facts):
        """Judge the claims of a section; all pairs that they compare are corrected together.

        Parameters
        ----------
        title : str
            The section.
        samples : dict
            Name -> one value a seed.
        *claims : Claim
        **facts
            What else the evidence mentions.

        Returns
        -------
        Piece
            The evidence, folded away: each claim with its verdict and what speaks for it, then a
            table of the comparisons, if any.

        Raises
        ------
        ValueError
            If a claim is of no kind that is counted.
        """
        for claim in claims:
            if claim.kind not in KINDS:
                raise ValueError(f"expected a kind among {list(KINDS)}, got {claim.kind!r}")
        entries, before = [], len(self.judged)
        for finding in find(samples, claims, facts):
            self.judged.append((finding.claim, finding.verdict))
            entries.append(self._entry(finding))
        pairs = compared(claims)
        if pairs:
            entries.append(str(note("The comparisons", comparison(samples, pairs))))
        self.sections[title] = range(before + 1, len(self.judged) + 1)
        return note(f"{title}: claims, verdicts, evidence", "\n\n".join(entries))

    def _entry(self, finding):
        number, verdict = len(self.judged), finding.verdict
        return (
            f'<a id="claim-{number}"></a>**{number} · {finding.claim.says}**\n'
            f":   {MARKS[verdict]} **{verdict}.** {finding.evidence}"
        )

    def number(self, start):
        """Return the number of the one claim that begins with these words."""
        (found,) = [i for i, (c, _) in enumerate(self.judged, 1) if c.says.startswith(start)]
        return found

    def verdict(self, start):
        """Return the verdict on the claim that begins with these words."""
        return self.judged[self.number(start) - 1][1]

    def link(self, start):
        """Return that verdict, linked to the claim."""
        return f"[{self.verdict(start)}](#claim-{self.number(start)})"

    def counts(self, kind):
        """Return how many claims of a kind are confirmed, refuted and not decidable."""
        verdicts = [verdict for claim, verdict in self.judged if claim.kind == kind]
        return [verdicts.count(verdict) for verdict in MARKS]

    def tally(self):
        """Return the table of these counts."""
        rows = [[title, *self.counts(kind)] for kind, title in KINDS.items()]
        total = [sum(column) for column in list(zip(*rows))[1:]]
        return table([*rows, ["**all**", *total]], ["the claim is about", *MARKS])

    def verdicts(self):
        """Return a table a section: each claim, linked to its evidence, and the verdict on it."""
        tables = []
        for title, numbers in self.sections.items():
            found = [(number, *self.judged[number - 1]) for number in numbers]
            rows = [[f"[{c.says}](#claim-{n})", f"{MARKS[v]} {v}"] for n, c, v in found]
            tables.append(f"**{title}**\n\n{table(rows, ['the original says', 'verdict'])}")
        return Piece("\n\n".join(tables))
