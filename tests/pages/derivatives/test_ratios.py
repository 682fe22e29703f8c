"""What chapter 2 says of ratios, on a smaller regression; of the original's first ratio."""

import pytest

from dlhw.pages.derivatives.ratios import ORIGINAL_STEPS, defects, original_tests, signature
from dlhw.pages.derivatives.right_models import regression

M = 16


@pytest.fixture(scope="module")
def signatures():
    model = regression(m=M)
    cases = defects(model.objective, model.gradient(model.x), model.x, M)
    return {name: signature(case) for name, case in cases.items()}


@pytest.mark.parametrize(
    "defect, c, factor",
    [
        ("sign flipped", 2, "always -1"),
        ("half the gradient", 0.5, "always 0.5"),
        (f"$1/m$ forgotten, $m = {M}$", M - 1, f"always {M}"),
        ("zero", 1, "always 0"),
        ("twice the gradient", 1, "always 2"),
    ],
)
def test_a_factor_has_its_constant(signatures, defect, c, factor):
    assert float(signatures[defect][4]) == pytest.approx(c, rel=0.01)
    assert signatures[defect][5] == factor


def test_a_right_gradient_has_a_ratio_of_four(signatures):
    assert float(signatures["none"][2]) == pytest.approx(4, rel=0.02)
    assert signatures["none"][5] == "always 1"


def test_a_missing_block_is_no_factor(signatures):
    assert " to " in signatures["$b$ missing"][5]


def test_along_ones_nothing_is_tested(signatures):
    assert set(signatures["none, directions of ones"]) == {"-"}


def test_at_a_minimum_even_the_first_error_is_quartered(signatures):
    assert float(signatures["none, at a minimum"][0]) == 4


def test_first_ratios_are_off_where_a_unit_switches():
    tests = original_tests(200)
    errors = tests.first_order_errors(ORIGINAL_STEPS)
    ratios, crossed = errors[:-1] / errors[1:], tests.switched(ORIGINAL_STEPS[:1])[0] > 0
    off = abs(ratios[0] - 4) > 1
    assert crossed.mean() > 0.5 and off[crossed].mean() > 0.4 and off[~crossed].mean() < 0.15
    assert (abs(ratios[-1] - 4) < 0.1).mean() > 0.95
