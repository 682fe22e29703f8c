"""What is said of tables whose mistake is known."""

from collections import Counter

import numpy as np
import pytest

from dlhw.pages.interactive.pasted_table import read
from dlhw.pages.interactive.table_verdict import NEXT, WORDS, judge, said

FACTORS = {1: "pass", -1: "sign", 2: "scale", 16: "scale", 1 / 64: "scale", 1.3: "wrong", 0: "zero"}


def table(seed, factor, kind, digits=5):
    """Print a table of a smooth function whose claimed slope is a multiple of the true one."""
    rng = np.random.default_rng(seed)
    a, b, c, f0 = rng.uniform(0.3, 2, size=4) * rng.choice([-1, 1], size=4)
    t = 0.5 ** np.arange(1, rng.integers(12, 24))
    claim = factor * (a + c)
    if abs(a + c) < 0.3:
        a = -a
        claim = factor * (a + c)

    def f(t):
        return f0 + np.sin(a * t) + b * t**2 + np.exp(c * t)

    E0, E1 = abs(f(t) - f(0)), abs(f(t) - f(0) - t * claim)
    columns = {"f": (t, f(t), claim + 0 * t), "E": (t, E0, E1), "E without t": (E0, E1)}[kind]
    if kind == "f":
        digits = 15
    return "\n".join(" ".join(f"{x:.{digits}e}" for x in row) for row in zip(*columns))


@pytest.mark.parametrize("kind", ["f", "E", "E without t"])
@pytest.mark.parametrize("factor", FACTORS)
def test_a_mistake_is_named_or_left_open_and_never_another(kind, factor):
    found = Counter(judge(read(table(seed, factor, kind))).cause for seed in range(40))
    expected = FACTORS[factor]
    if kind == "f" or factor == 1:
        assert found == {expected: 40}
    else:
        assert found[expected] >= 10
        assert set(found) <= {expected, "two", "wrong"} - (
            {"two"} if expected == "wrong" else set()
        )


@pytest.mark.parametrize("factor", [-1, 2, 16])
def test_where_the_sign_is_not_told_the_true_factor_is_one_of_two(factor):
    for seed in range(40):
        found = judge(read(table(seed, factor, "E")))
        if found.cause == "two":
            assert min(abs(np.array(found.factors) - factor)) < 1e-3 * abs(factor)


def test_few_digits_hide_and_do_not_accuse():
    for seed in range(40):
        assert judge(read(table(seed, 1, "E", digits=1))).verdict != "fail"
        assert judge(read(table(seed, -1, "E", digits=1))).verdict != "pass"


def test_a_minimum_and_noise_are_no_verdict():
    t = 0.5 ** np.arange(1, 12)
    still = "\n".join(f"{x} {x**2} {x**2}" for x in t)
    assert judge(read("t E0 E1\n" + still)).cause == "flat"
    rng = np.random.default_rng(0)
    noisy = "\n".join(f"{x} {1 + x + 1e-2 * rng.standard_normal():.9f} 1" for x in t)
    assert judge(read("t f claim\n" + noisy)).verdict != "pass"


def test_every_cause_has_its_words_and_its_next_step():
    assert WORDS.keys() == NEXT.keys()
    words, then = said(table(0, -1, "f"))
    assert words.startswith("The claimed slope is -1 times") and then == NEXT["sign"]


@pytest.mark.parametrize("factor", [0.5, 2, 3])
def test_three_printed_digits_name_most_plain_factors_and_no_sign(factor):
    found = Counter(judge(read(table(seed, factor, "E", digits=2))).cause for seed in range(40))
    assert found["scale"] + found["two"] > 20 and "pass" not in found and "sign" not in found


def test_errors_that_were_printed_with_their_signs_are_judged_by_their_sizes():
    for seed in range(20):
        signed = "\n".join("-" + line for line in table(seed, 1.3, "E without t").splitlines())
        signed = signed.replace(" ", " -")
        assert judge(read(signed)).verdict == "fail"


@pytest.mark.parametrize("rows", [5, 6, 8])
def test_steps_that_fall_by_ten_are_enough_for_a_right_and_a_wrong_claim(rows):
    t = 10.0 ** -np.arange(1, rows + 1)
    for factor, verdict in ((1, "pass"), (2, "fail")):
        text = "\n".join(f"{x:.0e} {np.exp(2 * x):.15f} {2 * factor}" for x in t)
        assert judge(read("t f claim\n" + text)).verdict == verdict
