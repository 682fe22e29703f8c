"""What the pages claim holds elsewhere: their claims are made again from shifted results.

Of each page run the cells that claim something, with what they need, but for what is trained or
solved while the page is built: kept results do not change that.
"""

import ast
import re
from copy import deepcopy
from functools import cache, partial
from pathlib import Path
from unittest.mock import Mock

import execute
import numpy as np
import pytest
from shifted_results import SHIFTS

from dlhw.pages import claims
from dlhw.pages.claims import CONFIRMED, REFUTED, alike, larger, ordered
from dlhw.pages.networks import trained_networks
from dlhw.pages.original import samples
from dlhw.study import results
from dlhw.study.evidence import Difference
from dlhw.study.names import needs_of, slice_of, statements

CHAPTERS = Path(execute.ROOT, "docs", "chapters")
PAGES = [next(CHAPTERS.glob(f"{n}-*.md")) for n in ("05", "09", "10", "11", "12", "13")]
CLAIMS = re.compile(r"\bassert\b|\bfindings\(|\.judge\(|Piece\(")
LIVE = re.compile(r"\b(train|run|second_networks|least_loss|flow|short_runs|getsource)\(")
load_result = results.load_result


class Page:
    """The statements of a page that its claims need, in their order."""

    def __init__(self, path):
        cells = [c.source for c in execute.read(path).cells if c.cell_type == "code"]
        before, wanted, live, live_names, imported = [], set(), set(), set(), set()
        for cell in cells:
            own = statements(cell)
            filled = "train(" in cell  # a callback may fill any name
            for s in own:
                if isinstance(s.node, ast.Import | ast.ImportFrom):
                    imported |= s.binds
                elif filled or LIVE.search(s.text) or s.needs & live_names:
                    live.add(id(s))
                    live_names |= s.binds | s.changes - imported
                else:
                    live_names -= s.binds
            needed = slice_of(needs_of(own), before)
            taken = {id(s) for s in [*needed, *own]}
            if CLAIMS.search(cell) and not taken & live:
                wanted |= taken
            before += own
        self.statements = [s for s in before if id(s) in wanted]
        self.untouched = {}

    def run(self):
        """Run the statements; what no result has touched is run once and kept."""
        names, touched = {"__name__": "__main__"}, set()
        for s in self.statements:
            if id(s) in self.untouched and not s.needs & touched:
                names |= deepcopies(self.untouched[id(s)])
                continue
            asked = len(ASKED)
            exec(compile(s.text, "<page>", "exec"), names)
            if len(ASKED) > asked or s.needs & touched:
                touched |= s.binds | s.changes
            elif not defines(s):
                made = {name: names[name] for name in s.binds | s.changes}
                self.untouched[id(s)] = deepcopies(made)


def deepcopies(names):
    """Return names with copies of what a later statement may change in place."""
    return {
        name: deepcopy(value) if isinstance(value, list | dict | claims.Claims) else value
        for name, value in names.items()
    }


def defines(statement):
    """Say whether a statement has code that looks its names up when it is called."""
    return re.search(r"\b(def|class|lambda)\b", statement.text)


ASKED = []
page_of = cache(Page)


@cache
def kept(experiment, folder):
    try:
        return load_result(experiment, folder)
    except FileNotFoundError as error:
        pytest.skip(str(error))


@pytest.fixture
def findings(monkeypatch):
    """Collect what is found; count asked results; leave out what is dear and not kept."""
    found, find = [], claims.find

    def collect(*given):
        found.extend(find(*given))
        return found[-len(given[1]) :]

    def on_every_tenth(network, params, X, C, evaluate=trained_networks.evaluate):
        return evaluate(network, params, X[:, ::10], C[:, ::10])

    rng = np.random.default_rng(0)
    moves = np.array([0.01, 0.005, 0.001, 0.0003])[:, None] * rng.uniform(0.8, 1.2, (4, 10))
    highest = {title: 0.57 + 0.01 * rng.random((4, 10)) for title in samples.VARIANTS}
    monkeypatch.setattr("IPython.display.display", Mock())
    monkeypatch.setattr(claims, "find", collect)
    monkeypatch.setattr(trained_networks, "evaluate", on_every_tenth)
    monkeypatch.setattr(samples, "movement", lambda params: moves)
    monkeypatch.setattr(samples, "highest", lambda: highest)
    return found


def asked(shift, experiment, folder):
    ASKED.append(experiment)
    return shift(kept(experiment, folder))


def unshifted(result):
    return result


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_claim_fails_or_contradicts_its_numbers_when_results_shift(path, findings, monkeypatch):
    verdicts = []
    for shift in (unshifted, *SHIFTS):
        monkeypatch.setattr(results, "load_result", partial(asked, shift))
        page_of(path).run()
        for finding in findings:
            assert contradiction(finding) == "", finding
        verdicts.append([finding.verdict for finding in findings])
        findings.clear()
    assert {len(found) for found in verdicts[1:]} == {len(verdicts[1])} != {0}


VERDICT_WORDS = ("confirmed", "refuted", "decidable", "not shown")


def contradiction(finding):
    """Say what the intervals of a finding do not bear out, or its evidence should leave open."""
    rule, tests, size = finding.claim.rule, finding.tests, 0.01
    if isinstance(rule, partial):
        (size,), rule = rule.keywords.values(), rule.func
    wrong = {
        ordered: {
            CONFIRMED: any(d.low <= 0 for d in tests),
            REFUTED: all(d.high >= 0 for d in tests),
        },
        larger: {
            CONFIRMED: any(d.low <= size for d in tests),
            REFUTED: all(d.high >= size for d in tests),
        },
        alike: {
            CONFIRMED: any(d.low <= -size or d.high >= size for d in tests),
            REFUTED: all(abs(d.difference) <= size for d in tests),
        },
    }
    if wrong.get(rule, {}).get(finding.verdict):
        return "the intervals say otherwise"
    if any(word in finding.evidence for word in VERDICT_WORDS):
        return "the evidence has a verdict of its own"
    return ""


INTERVALS = {  # one that counts, and what it speaks for
    "above": Difference("a", "b", 0.05, 0.04, 0.06, 0.0, True),
    "below": Difference("a", "b", -0.05, -0.06, -0.04, 0.0, True),
    "small": Difference("a", "b", 0.0, -0.004, 0.004, 0.9, False),
}


@pytest.mark.parametrize(
    "rule, interval, verdict",
    [
        (ordered, "below", CONFIRMED),
        (ordered, "above", REFUTED),
        (claims.by_more_than(0.02), "small", CONFIRMED),
        (claims.by_more_than(0.02), "above", REFUTED),
        (alike, "above", CONFIRMED),
        (claims.within(0.005), "small", REFUTED),
    ],
)
def test_a_verdict_against_its_interval_is_a_contradiction(rule, interval, verdict):
    claim = claims.Claim("order", "It is so", rule, [], "")
    tests = [INTERVALS[interval]]
    assert contradiction(claims.Finding(claim, tests, rule(tests), "By .05.")) == ""
    assert contradiction(claims.Finding(claim, tests, verdict, "By .05.")) != ""
    assert contradiction(claims.Finding(claim, tests, rule(tests), "It is refuted.")) != ""
