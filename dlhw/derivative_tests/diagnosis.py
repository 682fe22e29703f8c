"""From measured slopes to the name of the mistake.

Along each direction d there are two numbers: the slope that the derivative claims and the slope
that was measured. Their signed ratio, over several directions, tells mistakes apart: a pure factor
is the same in every direction; an error that is a multiple of <parameter, d> is a missing term;
what no simple change makes right is wrong, and is sought entry by entry.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .slopes import Line, norm


class Slope(NamedTuple):
    """The claimed and the measured slope along one direction.

    `block` is the path of the block that was changed alone, or None where all were changed
    together. `hints()` gives the slopes that other explanations would claim, by name; it is asked
    only when the block has failed. `kink` is the largest gap between the two sides of x in any
    direction of the like, if one is kinked: in a single direction several kinks may cancel.
    """

    block: str | None
    claimed: float
    line: Line
    tolerance: float
    scale: float
    hints: Callable
    kink: float = 0.0

    @property
    def difference(self):
        """Claimed minus measured slope."""
        return self.claimed - self.line.slope

    @property
    def relative_error(self):
        """The difference relative to the size of a typical slope."""
        if not self.difference:
            return 0.0
        return abs(self.difference) / max(self.scale, abs(self.claimed) / 8)

    @property
    def verdict(self):
        """One of "fail", "kink", "vacuous", "low_precision" and "pass"."""
        if not abs(self.difference) <= self.tolerance + 100 * self.kink:
            return "fail"
        if self.line.kinked or abs(self.difference) > self.tolerance:
            return "kink"
        if self.line.flat:
            return "vacuous"
        if self.tolerance > 0.01 * self.scale:
            return "low_precision"
        return "pass"


class Finding(NamedTuple):
    """The name of a mistake, with its factor or multiple and, in words, where it sits."""

    cause: str
    factor: float = 1.0
    where: str = ""


def summarise(verdicts):
    """Return the verdict of several directions together.

    It is "fail" where most of them fail, "doubt" where only some do.

    Examples
    --------
    >>> summarise(["pass", "fail", "fail"]), summarise(["pass", "pass", "fail"])
    ('fail', 'doubt')
    >>> summarise(["vacuous", "pass"])
    'pass'
    """
    if 2 * verdicts.count("fail") > len(verdicts):
        return "fail"
    some = ["doubt" if verdict == "fail" else verdict for verdict in verdicts]
    for verdict in ("kink", "doubt", "pass", "low_precision"):
        if verdict in some:
            return verdict
    return "vacuous"


def name_mistake(slopes):
    """Name the mistake in a block from slopes along several directions that change it alone.

    Parameters
    ----------
    slopes : list of Slope
        At least three, better five directions.

    Returns
    -------
    Finding
        "missing_block", "sign", "scale", "transposed", "missing_term" or "wrong".

    Examples
    --------
    >>> from dlhw.derivative_tests.slopes import measure
    >>> lines = [measure(lambda t, s=s: s * t) for s in (1.0, -3.0, 0.5)]
    >>> name_mistake([Slope("W", 2 * line.slope, line, 1e-12, 1.0, dict) for line in lines]).cause
    'scale'
    """
    claimed = np.array([s.claimed for s in slopes])
    measured = np.array([s.line.slope for s in slopes])
    tolerance = np.array([s.tolerance for s in slopes])
    error = measured - claimed
    if not claimed.any():
        return Finding("missing_block", 0.0)
    if all(s.line.flat for s in slopes):
        return Finding("wrong", where="flat")
    factor = _multiple(claimed, measured, error, tolerance)
    if factor is not None and abs(factor + 1) < 1e-5:
        return Finding("sign", factor)
    if factor is not None:
        return Finding("scale", factor)
    hints = [s.hints() for s in slopes]
    for name in hints[0]:
        hint = np.array([h[name] for h in hints])
        if name in _ORDERS:
            if np.all(np.abs(hint - measured) <= 3 * tolerance):
                return Finding("transposed", where=name)
            continue
        factor = _multiple(error, hint, error, tolerance)
        if factor is not None:
            return Finding("missing_term", factor, name)
    return Finding("wrong")


def _multiple(values, base, error, tolerance):
    """Return the r for which values = r base, if that explains the error; else None.

    It does if what r base leaves of the values is within three error bars of both sides, and is
    less than two per cent of the error, however wide the bars are.
    """
    if not np.any(base):
        return None
    r = values @ base / (base @ base)
    left_over, whole = norm(values - r * base), norm(error)
    bars = 3 * (1 + abs(r)) * norm(tolerance) + 1e-9 * whole
    if left_over <= min(bars, 0.02 * whole):
        return float(r)
    return None


def locate(wrong):
    """Say in words where the wrong entries of an array are.

    Examples
    --------
    >>> import numpy as np
    >>> wrong = np.zeros((3, 4), bool)
    >>> wrong[1, 2] = True; locate(wrong)
    'entry (1, 2)'
    >>> wrong[1] = True; locate(wrong)
    'row 1'
    >>> wrong[2, 0] = True; locate(wrong)
    '5 of 12 entries, first (1, 0)'
    """
    places = np.argwhere(wrong)
    if len(places) == wrong.size:
        return "every entry"
    if len(places) == 1:
        return f"entry {_index(places[0])}"
    if wrong.ndim == 2:
        for axis, name in enumerate(("row", "column")):
            lines = np.unique(places[:, axis])
            if len(lines) == 1 and min(wrong.shape) > 1:
                return f"{name} {lines[0]}"
    return f"{len(places)} of {wrong.size} entries, first {_index(places[0])}"


def _index(place):
    if len(place) == 1:
        return str(place[0])
    return str(tuple(place.tolist()))


def inconclusive(cause):
    """Say why a test has no verdict."""
    return _INCONCLUSIVE[cause]


def sentence(finding, subject):
    """Say what is wrong, and what to look at next, in words for a student."""
    cause, factor, where = finding
    if cause == "scale":
        return f"{subject} is {_times(factor)} {_factor_hint(factor)}"
    if cause == "missing_term":
        trouble = "lacks a term" if factor > 0 else "has a term too many"
        return f"{subject} {trouble}: {abs(factor):.4g} times {_TERMS[where]}"
    if cause == "transposed":
        return f"{subject} {_ORDERS[where]}"
    if cause == "wrong":
        return f"{subject} is wrong{_place(where)}"
    return f"{subject} {_SENTENCES[cause]}"


_INCONCLUSIVE = {
    "vacuous": "f does not change in any direction that was tried, so nothing was tested."
    " Test at another x.",
    "kink": "f has a kink at x: its slopes on the two sides differ,"
    " and no gradient is right for both. Test at another x.",
    "low_precision": "f is too noisy here to see an error of one per cent."
    " Compute it in float64, or without a large offset.",
}
_SENTENCES = {
    "missing_block": "is zero, but should not be."
    " Is it computed at all, and is its result stored under this name?",
    "shape": "has the shape of the transposed parameter, and is wrong besides.",
    "sign": "has the wrong sign."
    " Look for a difference taken the wrong way round, such as C - P for P - C.",
}
_TERMS = {
    "parameter": "the parameter itself."
    " Do the function and its derivative have the same regulariser?",
    "identity": "the vector that it is applied to. Does the derivative have the identity path?",
}
_REORDERED = (
    "is right once its entries are read in the other order."
    " Do ravel and reshape both run along rows, or both along columns?"
)
_ORDERS = {
    "transposed": "is right once it is transposed."
    " Check the order of the factors, such as dZ @ X.T for X @ dZ.T.",
    "product": "is right once the other product is taken: J^T in place of J, or J in place of J^T.",
    "reordered": _REORDERED,
    "reordered back": _REORDERED,
}


def _place(where):
    if where == "flat":
        return ": it is not zero, but f does not change. Does f use its argument?"
    if where == "every entry":
        return ": every entry. Look at its formula, and at what it is computed from."
    if where:
        return f": {where}. Compare the formula and the indices of just these."
    return ", by no common factor. Test it on a smaller problem to have the entries named."


def _times(factor):
    flipped = ", with the wrong sign" if factor < 0 else ""
    return f"{abs(factor):.6g} times the true one in every direction{flipped}."


def _factor_hint(factor):
    size = abs(factor)
    ratio = max(size, 1 / size) if size else 0.0
    if abs(ratio - round(ratio)) > 1e-4 * ratio or ratio < 1.5:
        return "Look for a constant that the function has and the derivative has not."
    if round(ratio) == 2 and size > 1:
        return "Look for the 2 of a square's derivative."
    if round(ratio) == 2:
        return "Look for the 2 of a square's derivative, or for a half."
    if size > 1:
        return f"If there are {round(ratio)} samples: the division by their number is missing."
    return f"If there are {round(ratio)} samples: it is divided by their number twice."
