"""From measured slopes to the name of the mistake.

Along each direction d there are two numbers: the slope that the derivative claims and the slope
that was measured. Over several directions they tell mistakes apart: a pure factor is the same in
every direction; an error that is a multiple of <parameter, d> is a missing term; what no simple
change makes right is wrong, and is sought entry by entry. A cause counts if it explains all but a
thousandth of the error: few mistakes come alone.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .slopes import EPSILON, SAFE, VISIBLE, Line, norm

KNOWN = 0.01
"""How well a slope must be known, relative to typical ones, for a claim to pass."""

HIDDEN = 1e-9
"""The step within which f may rise as far as its noise hides, where it seems to be flat."""

KINKS = 10.0
"""By how many gaps a claim may be off at a kink: those of several may cancel in a direction."""

UNEXPLAINED = 1e-3
"""What part of the error a cause may leave: more than the guard in a logarithm, less than the
difference between a mean over 300 samples and one over 301."""

BLURRED = 0.02
"""What part it may leave at most where the slopes are known badly."""

SMALL = 1e-4
"""Below this error a formula is rarely wrong: a guard in a logarithm, an approximate function."""

SPREAD = 2.0
"""How many entries of a parameter must count, or any error is a multiple of the parameter."""


class Slope(NamedTuple):
    """The claimed and the measured slope along one direction.

    `block` is the path of the block that was changed alone, or None where all were changed
    together. `size` is that of the terms that the claim is the sum of, `own` the round-off that it
    is allowed, `lost` that which it seems to have, and `accepted` the error that the reader allows.
    `hints()` gives the slopes that other explanations would claim, by name; it is asked only when
    the block has failed. `kink` is the largest gap
    between the two sides of x in any direction of the like, if one is kinked.
    """

    block: str | None
    claimed: float
    line: Line
    size: float
    own: float
    lost: float = 0.0
    accepted: float = 0.0
    hints: Callable = dict
    kink: float = 0.0

    @property
    def difference(self):
        """Claimed minus measured slope."""
        return self.claimed - self.line.slope

    @property
    def tolerance(self):
        """By how much the two may differ."""
        line = self.line
        gap = 0.0 if line.kinked else abs(line.gap) + line.gap_error
        hidden = VISIBLE * line.noise / HIDDEN if line.flat else 0.0
        return SAFE * (line.error + gap) + hidden + self.own + self.accepted * self.scale

    @property
    def scale(self):
        """The size of a typical slope; where all are zero, that of the rise of f."""
        size = max(abs(self.line.slope), self.size)
        return self.line.secant if self.zero else size

    @property
    def zero(self):
        """Whether the claim and the measured slope are zero, as in a minimum."""
        error = SAFE * self.line.error + self.own
        return max(abs(self.line.slope), self.size) <= error

    @property
    def known(self):
        """How well the slope is known, relative to a typical one."""
        line = self.line
        if line.unresolved or not self.scale:
            return np.inf
        return (line.error + abs(line.gap) + line.gap_error + self.own) / self.scale

    @property
    def noisy(self):
        """Whether it is round-off that the error bar consists of."""
        line = self.line
        steep = EPSILON * self.size > line.noise / 8
        return bool(line.error + line.gap_error < 8 * SAFE * line.noise / line.reach and not steep)

    @property
    def relative_error(self):
        """The difference relative to the size of a typical slope."""
        scale = max(self.scale, abs(self.claimed) / 8)
        if not scale or (self.line.flat and not self.claimed):
            return 0.0
        return abs(self.difference) / scale

    @property
    def verdict(self):
        """One of "fail", "kink", "staircase", "vacuous", "low_precision" and "pass"."""
        line = self.line
        if line.unresolved:
            return "low_precision"
        if not abs(self.difference) <= self.tolerance:
            kink = max(self.kink, abs(line.gap) * line.kinked)
            if abs(self.difference) <= KINKS * kink:
                return "kink"
            if abs(self.difference) <= self.tolerance + self.lost and not line.kinked:
                return "low_precision"
            fits = [abs(self.claimed - s.value) <= SAFE * s.error + self.own for s in line.treads]
            return "staircase" if any(fits) else "fail"
        if line.kinked:
            return "kink"
        if line.flat:
            return "vacuous"
        if self.known > KNOWN:
            return "staircase" if line.treads else "low_precision"
        return "pass"


class Finding(NamedTuple):
    """The name of a mistake, where it sits, a factor, the multiple of a term that is missing."""

    cause: str
    where: str = ""
    factor: float = 1.0
    multiple: float = 0.0


def summarise(verdicts):
    """Return the verdict of several directions together.

    It is "fail" where half of them fail, since an error bar may be small by luck, and f is no
    staircase: on one of its treads it looks smooth.

    Examples
    --------
    >>> [summarise([*most, "fail"]) for most in (["pass"], ["pass", "pass"], ["staircase"])]
    ['fail', 'pass', 'staircase']
    >>> summarise(["vacuous", "pass", "kink"])
    'kink'
    """
    if 2 * verdicts.count("fail") >= len(verdicts) and "staircase" not in verdicts:
        return "fail"
    order = ("kink", "staircase", "pass", "low_precision", "vacuous")
    return next(verdict for verdict in order if verdict in verdicts)


def verdicts(slopes):
    """Return the verdicts of slopes that change one block.

    They share the largest gap at a kink: in one direction the gaps of several may cancel. Where f
    is flat in some directions alone it may be a staircase, and nothing was tested in these.
    """
    kink = 0.0
    if any(s.line.kinked for s in slopes):
        kink = max(abs(s.line.gap) for s in slopes)
    flat = {s.line.flat for s in slopes} == {True}
    return ["vacuous" if s.line.flat > flat else s._replace(kink=kink).verdict for s in slopes]


def name_mistake(slopes, entries=2, spread=SPREAD):
    """Name the mistake in a block from slopes along several directions that change it alone.

    Parameters
    ----------
    slopes : list of Slope
        At least two directions; a term is told from a factor by four.
    entries : int
        How many entries the block has. Any error in one number is a factor, so it must be a plain
        one to count.
    spread : float
        How many entries make up the parameter.

    Returns
    -------
    Finding
        "missing_block", "sign", "scale", "transposed", "missing_term", "small" or "wrong".

    Examples
    --------
    >>> from dlhw.derivative_tests.slopes import measure
    >>> lines = [measure(lambda t, s=s: s * t) for s in (1.0, -3.0, 0.5)]
    >>> name_mistake([Slope("W", 2 * line.slope, line, 1.0, 0.0) for line in lines])
    Finding(cause='scale', where='', factor=2.0, multiple=0.0)
    """
    scale = np.array([s.scale or 1.0 for s in slopes])
    claimed = np.array([s.claimed for s in slopes]) / scale
    measured = np.array([s.line.slope for s in slopes]) / scale
    bars = np.array([s.tolerance for s in slopes]) / scale
    error = measured - claimed
    if not claimed.any():
        return Finding("missing_block", factor=0.0)
    if all(s.line.flat for s in slopes):
        return Finding("wrong", "flat")
    share = explained(measured, [claimed], error, bars)
    if share and not plain(*share):
        share = explained(measured, [claimed], error, 0 * bars) if entries > 1 else None
    if share:
        return _factor(1 / share[0])
    hints = [s.hints() for s in slopes]
    named = {name: np.array([h[name] for h in hints]) / scale for name in hints[0]}
    several = {"parameter": spread >= SPREAD, "identity": entries > 1}
    terms = [name for name in named if several.get(name)]
    for name in named.keys() - several:
        if explained(measured - named[name], [], error, bars) is not None:
            return Finding("transposed", name)
    for name in terms:
        multiple = explained(error, [named[name]], error, bars)
        if multiple is not None:
            return Finding("missing_term", name, 1.0, *multiple)
    for name in terms if len(slopes) > 3 else ():
        both = explained(measured, [claimed, named[name]], error, 0 * bars)
        if both is not None:
            return Finding("missing_term", name, 1 / both[0], both[1])
    if max(s.relative_error for s in slopes) < SMALL:
        return Finding("small")
    return Finding("wrong")


def _factor(factor):
    if abs(factor + 1) < UNEXPLAINED:
        return Finding("sign", factor=-1.0)
    return Finding("scale", factor=factor)


def explained(values, causes, error, bars):
    """Return how much of each cause there is in the values, or None: they leave much of the error.

    Examples
    --------
    >>> claimed = np.array([1.0, -2.0, 0.5])
    >>> [round(share, 9) for share in explained(3 * claimed, [claimed], 2 * claimed, 0 * claimed)]
    [3.0]
    >>> explained(claimed**2, [claimed], claimed**2 - claimed, 0.0 * claimed) is None
    True
    """
    shares = []
    if not np.all(np.isfinite([values, *causes])):
        return None
    if causes:
        shares = np.linalg.lstsq(np.column_stack(causes), values, rcond=None)[0].tolist()
    rest = values - sum(share * cause for share, cause in zip(shares, causes))
    whole = norm(error)
    blurred = min(norm(bars) * (1 + sum(map(abs, shares))), BLURRED * whole)
    nothing = np.sqrt(EPSILON) * norm(values)  # far below any cause, far above round-off
    if any(norm(share * cause) <= nothing for share, cause in zip(shares, causes)):
        return None
    if norm(rest) <= max(UNEXPLAINED * whole, blurred):
        return shares
    return None


def plain(share):
    """Say whether a factor is one that slips make: -1, a whole number or one over it.

    Examples
    --------
    >>> plain(-1.0), plain(0.25), plain(2.5)
    (True, True, False)
    """
    ratio = max(abs(share), 1 / abs(share))
    return abs(ratio - round(ratio)) <= UNEXPLAINED * ratio < 0.5
