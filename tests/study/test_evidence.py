"""What counts as a difference: against formulas written out, and against chance."""

import math

import numpy as np
import pytest
from scipy.stats import t

from dlhw.study.evidence import allowance, differences, holm, spread, summary


def test_welch_interval_is_the_formula():
    a, b = np.array([0.91, 0.92, 0.935, 0.94]), np.array([0.90, 0.905, 0.915])
    (found,) = differences({"a": a, "b": b})
    va, vb = a.var(ddof=1) / 4, b.var(ddof=1) / 3
    df = (va + vb) ** 2 / (va**2 / 3 + vb**2 / 2)
    half = t.ppf(0.975, df) * math.sqrt(va + vb)
    assert found.difference == pytest.approx(a.mean() - b.mean())
    assert (found.low, found.high) == pytest.approx(
        (a.mean() - b.mean() - half, a.mean() - b.mean() + half)
    )
    assert found.p == pytest.approx(2 * t.sf(abs(a.mean() - b.mean()) / math.sqrt(va + vb), df))


def test_a_sample_is_compared_with_a_number_by_student():
    a = np.array([0.91, 0.92, 0.935, 0.94])
    (found,) = differences({"a": a}, [("a", 0.9)])
    half = t.ppf(0.975, 3) * a.std(ddof=1) / 2
    assert (found.second, found.difference) == (0.9, pytest.approx(a.mean() - 0.9))
    assert (found.low, found.high) == pytest.approx((a.mean() - half - 0.9, a.mean() + half - 0.9))


def test_without_spread_a_difference_is_sure_and_without_values_unknown():
    samples = {"two": [2.0, 2.0], "one": [1.0, 1.0], "single": [1.0], "none": []}
    pairs = [("two", "one"), ("two", 2.0), ("two", "single"), ("none", "one")]
    assert [d.counts for d in differences(samples, pairs)] == [True, False, False, False]
    assert [math.isnan(d.low) for d in differences(samples, pairs)] == [False, False, True, True]


@pytest.mark.parametrize(
    "p_values, expected",
    [
        ([0.01, 0.04, 0.03, 0.005], [True, False, False, True]),
        ([0.02, 0.02], [True, True]),
        ([0.03, 0.03], [False, False]),
        ([0.001, 0.9, math.nan], [True, False, False]),
    ],
)
def test_holm(p_values, expected):
    assert holm(p_values) == expected


def test_equal_groups_are_called_different_in_one_table_of_twenty():
    rng, called = np.random.default_rng(0), []
    for _ in range(400):
        samples = {name: rng.normal(size=8) for name in "abcd"}
        called.append(any(d.counts for d in differences(samples)))
    # .05, to 3 standard errors of 400 tables; Holm is a little careful.
    assert 0.02 < np.mean(called) < 0.075


def test_only_named_pairs_are_compared():
    samples = {"a": [1.0, 1.1, 1.2], "b": [1.0, 1.1, 1.3], "c": [1.0, 1.1, 1.4]}
    assert [(d.first, d.second) for d in differences(samples, pairs=[("a", "c")])] == [("a", "c")]


def test_allowance_adds_variances():
    assert allowance((0.5, 0.3, 9), (0.5, 0.0, 1), size=10**12, draw=0.0) == pytest.approx(0.3)
    assert allowance((0.5, 0.0, 9), (0.5, 0.0, 1), size=5000, draw=0.0) == pytest.approx(0.03)
    assert allowance((0.5, 0.0, 9), (0.5, 0.0, 1), size=10**12, draw=0.01) == pytest.approx(0.03)


def test_summary_and_spread():
    assert summary([]) == (pytest.approx(math.nan, nan_ok=True),) * 2
    assert spread([0.5, 0.7, 0.6]) == ".6000 ± .1000"
