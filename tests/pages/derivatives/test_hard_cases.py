"""Hard cases: they are what they say, and the test says of them what it should."""

import numpy as np
import pytest

from dlhw.pages.derivatives import hard_cases

CASES = hard_cases.hard_cases()
NAMES = [case.name for case in CASES]


def error(case):
    """Return the relative error of the gradient, each entry counted in its parameter's size.

    By central differences with steps of a hundredth of each entry: too large to see a staircase,
    small enough for one per cent.
    """
    case.f(case.x / 2)
    claim = case.x * case.gradient(case.x)
    steps = np.diag(case.x / 100)
    found = np.array([50 * (case.f(case.x + step) - case.f(case.x - step)) for step in steps])
    return np.max(np.abs(claim - found)) / np.max(np.abs(found))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_case_is_right_or_wrong_as_it_says(case):
    assert (error(case) < 0.01) == (case.right != "no")


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_gradient_test_says_what_is_expected_of_a_case(case):
    report = case.report()
    assert report.cause == case.cause
    assert report.verdict != {"yes": "fail", "no": "pass"}.get(case.right)


def test_a_table_marks_what_is_not_true():
    table = str(hard_cases.verdicts_of_tools([hard_cases.at_the_edge()]))
    assert table.endswith("| yes | pass | **fail** | **fail** | **fail** |")
