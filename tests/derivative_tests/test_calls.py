"""How often a test calls f: bounded for right derivatives, and for wrong ones of many blocks."""

import numpy as np
import pytest

from dlhw import gradient_test, jacobian_test, jacobian_transpose_test

BASE, EACH_BLOCK, WHERE_WRONG = 150, 80, 1000
"""What the tests promise: calls at most, a block, and more where something is wrong."""
BLOCKS = (1, 2, 10, 120)
rng = np.random.default_rng(0)


class Counted:
    """The sum of cosh(a) over all blocks, and its gradient; it counts the calls of f."""

    def __init__(self, blocks, change=lambda number, g: g):
        self.x = [rng.normal(size=5) for _ in range(blocks)]
        self.calls, self.change = 0, change

    def f(self, x):
        self.calls += 1
        return np.sum(np.cosh(np.concatenate(x)))

    def gradient(self, x):
        return [self.change(number, np.sinh(a)) for number, a in enumerate(x)]

    def report(self):
        report = gradient_test(self.f, self.gradient, self.x)
        assert report.calls == self.calls
        return report


@pytest.mark.parametrize("blocks", BLOCKS)
def test_a_right_gradient_is_cheap(blocks):
    counted = Counted(blocks)
    assert counted.report().passed
    assert counted.calls <= BASE + EACH_BLOCK * blocks


def third_entry(number, g):
    return g * [1, 1, 1.5, 1, 1]


WRONG = {
    "one factor": lambda number, g: 3 * g,
    "a factor a block": lambda number, g: (number + 2) * g,
    "one entry of each": third_entry,
    "noise": lambda number, g: g + np.sin(np.arange(5) + number),
    "the first alone": lambda number, g: third_entry(number, g) if number == 0 else g,
    "small": lambda number, g: g * (1 + 1e-6 * np.arange(5)),
    "missing": lambda number, g: 0 * g,
}


SOME = [(name, blocks) for name in WRONG for blocks in BLOCKS[:3]]
MANY = [("a factor a block", BLOCKS[3])]


@pytest.mark.parametrize("name, blocks", SOME + MANY)
def test_a_wrong_gradient_costs_a_fixed_number_more(name, blocks):
    counted = Counted(blocks, WRONG[name])
    assert counted.report().verdict == "fail"
    assert counted.calls <= BASE + EACH_BLOCK * blocks + WHERE_WRONG


@pytest.mark.parametrize("blocks", BLOCKS)
def test_one_factor_everywhere_is_named_from_the_joint_directions(blocks):
    counted = Counted(blocks, WRONG["one factor"])
    report = counted.report()
    assert report.cause == "scale" and "3 times" in report.message
    assert report.culprit is None or blocks == 1


@pytest.mark.parametrize("entries", [10, 10_000])
def test_the_number_of_entries_costs_no_calls(entries):
    calls = [0]

    def f(x):
        calls[0] += 1
        return np.sum(x**2)

    assert gradient_test(f, lambda x: 2 * x, np.ones(entries)).passed
    assert calls[0] <= BASE + EACH_BLOCK


@pytest.mark.parametrize("factor", [1, 3])
@pytest.mark.parametrize("blocks", BLOCKS[:3])
def test_the_tests_of_products_keep_the_same_bounds(blocks, factor):
    x = [rng.normal(size=5) for _ in range(blocks)]
    calls = [0]

    def f(x):
        calls[0] += 1
        return np.tanh(np.sum(x, axis=0))

    def slope(x):
        return factor * (1 - np.tanh(np.sum(x, axis=0)) ** 2)

    limit = BASE + EACH_BLOCK * blocks + WHERE_WRONG * (factor != 1)
    for test, product in (
        (jacobian_test, lambda x, v: slope(x) * np.sum(v, axis=0)),
        (jacobian_transpose_test, lambda x, u: len(x) * [slope(x) * u]),
    ):
        calls[0] = 0
        report = test(f, product, x)
        assert report.passed == (factor == 1)
        assert report.calls == calls[0] <= limit


def test_a_gross_error_is_named_without_a_search_for_jumps():
    counted = Counted(1, WRONG["one factor"])
    assert counted.report().cause == "scale" and counted.calls < 400
