"""What chapter 2 says of small errors, of the gallery and of hiding places."""

import numpy as np
import pytest

from dlhw.pages.derivatives import detection
from dlhw.pages.derivatives.detection import (
    accepted,
    evaluations,
    exhibits,
    hiding_places,
    peaks_problem,
    seen,
    unseen,
)
from dlhw.pages.derivatives.other_tools import TOOLS
from dlhw.softmax import cross_entropy


@pytest.fixture(scope="module")
def problems():
    return [peaks_problem(seed) for seed in range(4)]


def test_a_problem_of_peaks_has_its_right_gradient(problems):
    f, gradient, w = problems[0]
    step = 1e-6 * gradient
    rise = (f(w + step) - f(w - step)) / 2
    assert rise == pytest.approx(gradient @ step, rel=1e-6)


@pytest.mark.parametrize("shape", ["scaled", "one entry", "noise"])
def test_our_rule_accepts_what_is_right_and_nothing_that_is_wrong(problems, shape):
    rule = TOOLS["dlhw"]
    assert [accepted(rule, problems, shape, delta) for delta in (0.0, 1e-6, 1e-2)] == [1, 0, 0]


def test_a_problem_is_computed_once_at_each_point(monkeypatch):
    calls = []

    def counted(Z, C):
        calls.append(Z)
        return cross_entropy(Z, C)

    monkeypatch.setattr(detection, "cross_entropy", counted)
    problem = peaks_problem(0)
    for shape in ("scaled", "one entry", "noise"):
        accepted(TOOLS["discretize"], [problem], shape, 0.1)
    assert len(calls) == 8  # at the point itself, and after each of the seven steps


def test_elementwise_rules_cost_more_with_more_entries(problems):
    assert evaluations(TOOLS["CS231n"], problems[0]) == 2 * len(problems[0].w)
    assert evaluations(TOOLS["JAX"], problems[0]) == 2


def test_every_mistake_stands_in_one_table_of_the_gallery():
    shown = exhibits()
    tables = str(seen(shown)) + str(unseen(shown))
    assert len(shown) >= 30 and all(f"| {exhibit.name} |" in tables for exhibit in shown)
    assert sum(not exhibit.causes for exhibit in shown) == 5


def test_each_hiding_place_hides_and_its_partner_shows():
    rows = np.array(hiding_places())
    assert set(rows[:, 2]) == {"pass"}
    assert list(rows[:, 4]) == ["scale", "missing_term", "scale", "transposed"]
