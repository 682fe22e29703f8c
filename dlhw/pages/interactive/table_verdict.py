"""What the derivative tests would say of a table along one direction.

Slopes of f, or E1 / E0, are read where those of the gradient test are: at the plateau of `limit`.
A claim that is off by more than its error bar fails; a plain factor names the mistake.
"""

from typing import NamedTuple

import numpy as np

from ...derivative_tests.diagnosis import KNOWN, SMALL, UNEXPLAINED, plain
from ...derivative_tests.slopes import EPSILON, SAFE, limit
from .pasted_table import CONSTANT, FEWEST, LEAST, MEANS, NEARLY, TWO_GRADIENTS, read
from .printed_tables import examples

ZERO = 1e-3
"""A claim of a thousandth of the slope claims nothing."""
BENT = 0.1
"""Of two sums, the straight one bends less than this much of the other."""
BLURRED = 0.25
"""A factor that is known no better may be one whole number or another."""
MOST = 1e6
"""Larger factors are no number of samples."""


class Verdict(NamedTuple):
    """A verdict, its cause, the factors claimed / measured that fit, the error, what to try."""

    verdict: str
    cause: str
    factors: list
    error: float
    next: str


WORDS = {
    "pass": "The claimed slope fits the measured one, to {error} of it.",
    "flat": "f has no slope along this direction, or none above round-off: nothing was tested.",
    "noise": "The slope cannot be read from these rows: it is known to {error} of itself.",
    "sign": "The claimed slope is {factor} times the measured one: the sign is wrong. Look for a"
    " difference taken the wrong way round, such as C - P for P - C.",
    "zero": "The claimed slope is zero, the measured one is not. Is the gradient computed at all?",
    "scale": "The claimed slope is {factor} times the measured one. With {whole} samples: the"
    " division by their number is missing, or there once too often. With 2: look for the 2 of a"
    " square's derivative, or a half.",
    "wrong": "The claimed slope is off by {error} of the measured one, and by no plain factor.",
    "small": "The claimed slope is off by {error} of the measured one. So small an error is rarely"
    " one of the formula: look for a guard in a logarithm or a denominator, such as log(p + 1e-8),"
    " or for lost digits.",
    "two": "E1 / E0 tends to {error}, so the claimed slope is {factor} times the measured one, or"
    " {other} times: these rows do not tell the sign.",
}
NEXT = {
    "pass": "One direction is one number. Test each array alone, with d zero elsewhere, at random"
    " parameters, in a second direction.",
    "flat": "Take another x, and random parameters.",
    "noise": "Compute f in float64, print more digits, and halve the step from 0.1 down for twenty"
    " rows.",
    "sign": "Test again with the sign turned.",
    "zero": "Print the gradient itself.",
    "scale": "Take twice as many samples. If the factor doubles or halves, it is their number.",
    "wrong": "Test each array alone, with d zero elsewhere: the one that fails is wrong.",
    "small": "Compute in float64 and print all digits; then leave the guard out.",
    "two": "Print (f(x + td) - f(x)) / t beside the claimed slope: that tells which of the two.",
}


def judge(table):
    """Return the verdict on a table, as `pasted_table.read` returns it.

    Examples
    --------
    >>> from dlhw.pages.interactive.pasted_table import read
    >>> judge(read("0.5 0.25 2\\n0.25 0.0625 2\\n0.125 0.015625 2\\n0.0625 0.00390625 2")).cause
    'wrong'
    >>> halved = "\\n".join(f"{0.5**k} {3 * 0.5**k} {6 * 0.5**k}" for k in range(9))
    >>> judge(read(halved))
    Verdict(verdict='fail', cause='two', factors=[-1.0, 3.0], error=2.0, next='two')
    """
    columns = {name: np.array(column) for name, column in table.columns.items()}
    units = {name: np.array(unit) for name, unit in table.units.items()}
    order = np.argsort(-np.abs(columns["t"]), kind="stable")
    columns = {name: column[order] for name, column in columns.items()}
    units = {name: unit[order] for name, unit in units.items()}
    if "f" in columns:
        return of_slopes(columns, units)
    return of_errors(columns, units)


def of_slopes(columns, units):
    """Return the verdict on columns t, f and claim."""
    t, f, claim, of_claim = columns["t"], columns["f"], columns["claim"][-1], units["claim"][-1]
    unit = np.maximum(units["f"], EPSILON * np.abs(f))
    if t[-1] == 0:
        rise, width, middle = f[:-1] - f[-1], t[:-1], t[:-1]
        floor, of_width = unit[:-1] + unit[-1], units["t"][:-1]
    else:
        rise, width, middle = -np.diff(f), -np.diff(t), t[1:]
        floor, of_width = unit[1:] + unit[:-1], units["t"][1:] + units["t"][:-1]
    floor = floor + np.abs(rise / width) * of_width
    found = limit(rise / width, floor / np.abs(width), middle[:-1] / middle[1:])
    size = max(abs(found.value), abs(claim))
    error = abs(claim - found.value) / (abs(found.value) or 1.0)
    if size <= SAFE * found.error:
        return verdict("inconclusive", "flat")
    if abs(claim - found.value) > SAFE * found.error + of_claim + EPSILON * size:
        if abs(found.value) <= SAFE * found.error:
            return verdict("fail", "wrong", [], error)
        return named(claim / found.value, error, found.error / abs(found.value))
    known = found.error / size
    if known > KNOWN:
        return verdict("inconclusive", "noise", [], known)
    return verdict("pass", "pass", [], max(error, known))


def named(factor, error, bar):
    """Return the verdict on a claim that is a multiple of the slope, known to an error bar."""
    if error < SMALL:
        return verdict("fail", "small", [], error)
    if abs(factor) < ZERO:
        return verdict("fail", "zero", [0.0], error)
    if abs(factor + 1) < UNEXPLAINED + SAFE * bar:
        return verdict("fail", "sign", [-1.0], error)
    if is_plain(factor, bar):
        return verdict("fail", "scale", [factor], error)
    return verdict("fail", "wrong", [factor], error)


def of_errors(columns, units):
    """Return the verdict on columns t, E0 and E1."""
    t, E0, E1 = columns["t"], columns["E0"], columns["E1"]
    some = E0 > 0
    if np.sum(some) < FEWEST:
        return verdict("inconclusive", "flat")
    t, E0, E1 = t[some], E0[some], E1[some]
    unit0, unit1 = units["E0"][some] + EPSILON * E0, units["E1"][some] + EPSILON * E0
    power = t[:-1] / t[1:]
    slope = limit(E0 / t, unit0 / t, power)
    if slope.value <= SAFE * slope.error:
        return verdict("inconclusive", "flat")
    found = limit(E1 / E0, unit1 / E0 + unit0 * E1 / E0**2, power)
    if found.value > SAFE * found.error and found.value > EPSILON:
        signs = told_apart(t, E0, E1, unit0 + unit1)
        return candidates(found.value, signs, found.error)
    if found.error > KNOWN:
        return verdict("inconclusive", "noise", [], found.error)
    return verdict("pass", "pass", [], max(abs(found.value), found.error))


def told_apart(t, E0, E1, unit):
    """Return which signs in E0 -+ E1 = t |claim| can be: that sum is a line in t, others bend.

    Examples
    --------
    >>> t = 0.5 ** np.arange(6)
    >>> told_apart(t, 3 * t + t**2, 3 * t + t**2 - 1 * t, 0 * t)  # the claim is 1, the slope 3
    [-1]
    """
    floor = np.median(unit / t)
    bends = {sign: np.median(np.abs(np.diff((E0 + sign * E1) / t))) for sign in (-1, 1)}
    straight = [sign for sign in bends if bends[sign] + floor < BENT * bends[-sign]]
    return straight or [-1, 1]


def candidates(c, signs, bar):
    """Return the verdict on |claimed - measured| / |measured| and the signs that this can have."""
    if c < SMALL:
        return verdict("fail", "small", [], c)
    factors = [1 + sign * c for sign in signs if is_plain(1 + sign * c, bar)]
    if not factors:
        return verdict("fail", "wrong", [], c)
    if len(factors) == 1:
        return named(factors[0], c, bar)
    return verdict("fail", "two", factors, c)


def is_plain(factor, bar):
    """Say whether a factor is zero or one that slips make, as far as it is known.

    Examples
    --------
    >>> is_plain(0.5008, 1e-3), is_plain(0.5008, 1e-6), is_plain(16.0, 0.0)
    (True, False, True)
    """
    if abs(factor) < ZERO:
        return True
    ratio = max(abs(factor), 1 / abs(factor))
    blur = SAFE * bar * ratio
    near = round(ratio) > 1 and abs(ratio - round(ratio)) <= blur < BLURRED
    return ratio < MOST and (plain(factor) or near)


def verdict(kind, cause, factors=(), error=0.0):
    """Return a verdict with the experiment that comes next."""
    return Verdict(kind, cause, [float(factor) for factor in factors], float(error), cause)


def sentence(found):
    """Return the verdict in words, and what to try.

    Examples
    --------
    >>> print(*sentence(Verdict("fail", "scale", [0.125], 0.875, "scale")), sep="\\n")
    The claimed slope is 0.125 times the measured one. With 8 samples: the division by their ...
    Take twice as many samples. If the factor doubles or halves, it is their number.
    """
    factor, other = [*found.factors, 0.0, 0.0][:2]
    whole = round(max(abs(factor), 1 / abs(factor))) if factor else 0
    words = WORDS[found.cause].format(
        error=shown(found.error), factor=shown(factor), other=shown(other), whole=whole
    )
    return words, NEXT[found.next]


def said(text):
    """Return what is said of a text that holds a table, and what to try next."""
    return sentence(judge(read(text)))


def rules():
    """Return what the page's script is given: words and thresholds, so that it has none itself."""
    thresholds = {"ZERO": ZERO, "MOST": MOST, "KNOWN": KNOWN, "SMALL": SMALL, "SAFE": SAFE}
    thresholds |= {"UNEXPLAINED": UNEXPLAINED, "EPSILON": EPSILON}
    thresholds |= {
        "BLURRED": BLURRED,
        "FEWEST": FEWEST,
        "BENT": BENT,
        "NEARLY": NEARLY,
        "LEAST": LEAST,
        "CONSTANT": CONSTANT,
        "TWO_GRADIENTS": TWO_GRADIENTS,
    }
    return {"words": WORDS, "next": NEXT, "means": MEANS, "examples": examples(), **thresholds}


def shown(number):
    """Return a number with at most four digits.

    Examples
    --------
    >>> [shown(x) for x in (0.125, 1234.56, 3.21e-7, 0.0)]
    ['0.125', '1235', '3.2e-7', '0']
    """
    if number and not 1e-3 <= abs(number) < 1e6:
        digits, exponent = f"{number:.1e}".split("e")
        return f"{digits}e{int(exponent)}"
    return f"{number:.4g}"
