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
from names import needs_of, slice_of, statements
from shifted_results import SHIFTS

from dlhw.pages import claims
from dlhw.pages.claims import CONFIRMED, OPEN, REFUTED, alike, ordered
from dlhw.pages.networks import trained_networks
from dlhw.pages.original import samples
from dlhw.study import results

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


def contradiction(finding):
    """Say what in the verdict of an order or a likeness its intervals do not bear out."""
    rule, tests, verdict = finding.claim.rule, finding.tests, finding.verdict
    size = 0.01
    if isinstance(rule, partial):
        rule, size = rule.func, rule.keywords["within"]
    if rule is ordered:
        if verdict == CONFIRMED and not all(d.low > 0 for d in tests):
            return "an interval reaches down to zero"
        if verdict == REFUTED and not any(d.high < 0 for d in tests):
            return "no interval is below zero"
    if rule is alike:
        inside = all(-size < d.low and d.high < size for d in tests)
        if (verdict == CONFIRMED) != inside:
            return "the intervals are inside, or not"
    if verdict == OPEN and any(word in finding.evidence for word in (CONFIRMED, REFUTED)):
        return "the evidence has a verdict of its own"
    return ""
