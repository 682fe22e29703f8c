"""Measure the slope of a function along a line, and how well that slope is known.

Along x + t d a smooth function is f(x) + s t + a t^2 + ..., so its rise divided by t is s + a t +
...: a first guess of the slope s that is wrong by a multiple of t. Each better guess cancels one
more power of t (Richardson's extrapolation). Small steps lose digits to round-off, large ones see
the curvature; the best guess is the one that its neighbours and the other side of x agree with, and
that no smaller step contradicts.
"""

from typing import NamedTuple

import numpy as np

STEPS = 0.9 * 0.25 ** np.arange(23)
"""Steps t, from the size of the parameter down to where round-off rules.

They are no powers of two: at these, by luck, there may be no round-off to see."""

ORDERS = 6
"""How many powers of t are cancelled at most."""


class Line(NamedTuple):
    """What was measured along one direction; slopes are per unit of t."""

    slope: float
    error: float
    left: float
    right: float
    flat: bool
    noise: float
    epsilon: float
    curvature: float
    secant: float
    reach: float

    @property
    def gap(self):
        """By how much the slopes on the two sides differ."""
        return abs(self.right - self.left)

    @property
    def kinked(self):
        """Whether they differ by more than their error bars."""
        return self.gap > 5 * self.error


def measure(phi, epsilon=0.0):
    """Measure the slope of phi at 0 from values on both sides.

    Parameters
    ----------
    phi : callable
        phi(t) -> float, the function along a line. Steps at or above one where it is not finite are
        left out.
    epsilon : float
        Machine epsilon of the numbers phi is computed in, where it is known to be coarser than its
        values show.

    Returns
    -------
    Line
        `slope` with its `error` bar; the slopes on the `left` and on the `right`; whether phi is
        `flat`, changing by no more than round-off; the `noise` of one value of phi and the machine
        `epsilon` of its numbers; the `curvature`; the `secant`, the change per step over the
        largest step up to 1/64; the `reach`, the largest step that the slope was taken from. With
        too few finite values all are NaN.

    Notes
    -----
    L. F. Richardson, "The deferred approach to the limit", 1927; the choice of the best guess
    follows C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", 1982.

    Examples
    --------
    >>> import numpy as np
    >>> line = measure(lambda t: np.exp(2 * t))
    >>> bool(abs(line.slope - 2) < line.error < 1e-10)
    True
    >>> measure(abs).kinked, measure(abs).left, measure(abs).right
    (True, -1.0, 1.0)
    """
    start = phi(0.0)
    values = np.array([[phi(t) for t in STEPS], [phi(-t) for t in STEPS]])
    rise = values - start
    unusable = np.flatnonzero(~np.isfinite(rise).all(axis=0))
    first = np.max(unusable, initial=-1) + 1
    t, rise = STEPS[first:], rise[:, first:]
    if len(t) < 4:
        return Line(*[np.nan] * 4, False, *[np.nan] * 5)
    epsilon = max(epsilon, resolution(values))
    noise = noise_level(t, rise) + epsilon * abs(start)
    slopes, errors, reach = extrapolate(t, rise, noise)
    (right, left), error = slopes.tolist(), float(errors.sum())
    flat = bool(np.all(np.abs(rise) <= 64 * noise))
    curvature = float(abs(rise[:, t == reach].sum()) / reach**2)
    secant = float(np.max(np.abs(rise / t)[:, t <= 1 / 64][:, 0]))
    slope = (left + right) / 2
    return Line(slope, error, left, right, flat, noise, epsilon, curvature, secant, reach)


def extrapolate(t, rise, noise):
    """Extrapolate rise / t to t = 0 on both sides of x.

    A guess is dropped if smaller steps stray from it further than its own, by more than noise: what
    it saw is not f at x.

    Parameters
    ----------
    t : ndarray
        Steps, shape (k,), each a quarter of the one before.
    rise : ndarray
        phi(t) - phi(0) and phi(-t) - phi(0), shape (2, k).
    noise : float
        Error of one value of phi.

    Returns
    -------
    slopes, errors : ndarray
        On the right and on the left, and their error bars, shape (2,).
    reach : float
        The largest step used.

    Examples
    --------
    >>> import numpy as np
    >>> slopes, errors, reach = extrapolate(STEPS, np.sin([STEPS, -STEPS]), noise=1e-16)
    >>> bool(np.all(abs(slopes - 1) < errors) and np.all(errors < 1e-11))
    True
    """
    raw = rise / np.array([t, -t])
    for guess in sorted(_guesses(t, raw, noise), key=lambda guess: guess[:3]):
        last = guess.first + guess.order + 1
        off = np.abs(raw.T - guess.slopes)
        own, smaller = off[guess.first : last], off[last:]
        if np.all(smaller <= own.max(axis=0) + guess.errors + 8 * noise / t[last:, None]):
            break
    return guess.slopes, guess.errors, float(t[guess.first])


class _Guess(NamedTuple):
    """Slopes on the right and on the left, from the steps `first` to `first + order`."""

    doubt: float
    order: int
    first: int
    slopes: np.ndarray
    errors: np.ndarray


def _guesses(t, raw, noise):
    """Return the guesses of Richardson's table: each order cancels one more power of t.

    The error of a guess is the larger of the steps to it, from the order before and from the next
    smaller steps, and the noise; its doubt is both errors and the gap between the two sides.
    """
    found, guesses = [], raw
    for order in range(1, min(ORDERS, len(t) - 2) + 1):
        better = guesses[:, 1:] + np.diff(guesses) / (4**order - 1)
        from_before = np.abs(better - guesses[:, 1:])[:, :-1]
        from_smaller = np.abs(np.diff(better))
        errors = np.maximum(from_before, from_smaller) + 4 * noise / t[order:-1]
        doubt = errors.sum(axis=0) + np.abs(better[0] - better[1])[:-1]
        for k in range(len(doubt)):
            found.append(_Guess(doubt[k], order, k, better[:, k], errors[:, k]))
        guesses = better
    return found


def resolution(values):
    """Return the machine epsilon of numbers: that of the coarsest type which holds all of them.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([0.1, 0.2])
    >>> [resolution(values.astype(kind).astype(float)) for kind in (float, np.float32, np.float16)]
    [2.220446049250313e-16, 1.1920928955078125e-07, 0.0009765625]
    """
    values = values[np.isfinite(values)]
    with np.errstate(over="ignore"):
        for kind in (np.float16, np.float32):
            if np.array_equal(values, values.astype(kind)) and np.ptp(values) > 0:
                return float(np.finfo(kind).eps)
    return float(np.finfo(float).eps)


def noise_level(t, rise, count=6):
    """Return the standard error of one value of phi.

    It is what a cubic leaves over of the values at the smallest steps that still change phi.
    Steps too small to change phi at all say nothing about its noise and are left out.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> rise = np.sin([STEPS, -STEPS]) + 1e-9 * rng.standard_normal((2, len(STEPS)))
    >>> bool(0.5e-9 < noise_level(STEPS, rise) < 2e-9)
    True
    """
    changing = np.flatnonzero(rise.any(axis=0))
    if not len(changing):
        return 0.0
    last = max(changing[-1] + 1, 4)
    rows = slice(max(last - count, 0), last)
    steps = np.concatenate([t[rows], -t[rows], [0.0]]) / t[rows][0]
    values = np.append(rise[:, rows], 0.0)
    rest = values - np.polynomial.Polynomial.fit(steps, values, 3, domain=[-1, 1])(steps)
    return norm(rest) / (len(values) - 4) ** 0.5


def norm(values):
    """Return the Euclidean norm of all entries, of any size, without overflow.

    Examples
    --------
    >>> import numpy as np
    >>> f"{norm(np.array([[3e200], [4e200]])):.6g}"
    '5e+200'
    """
    largest = float(np.max(np.abs(values), initial=0.0))
    if not largest > 0:
        return largest
    return largest * float(np.sqrt(np.sum((values / largest) ** 2)))


def convergence(rise, predicted, top, floor, rows=30):
    """Tabulate E0 and E1 for halving steps t.

    E0 = |f(x + t d) - f(x)| and E1 = |f(x + t d) - f(x) - t <g, d>|.

    Parameters
    ----------
    rise : callable
        rise(t) -> float or ndarray, f(x + t d) - f(x).
    predicted : float or ndarray
        The claimed slope, of the same shape.
    top : float
        First step.
    floor : float
        Round-off of one difference; the table ends two rows after E1 has reached it.
    rows : int
        Rows at most.

    Returns
    -------
    ndarray
        t, E0 and E1 in columns, shape (rows, 3).

    Examples
    --------
    >>> import numpy as np
    >>> table = convergence(lambda t: np.exp(t) - 1, predicted=1.0, top=0.01, floor=1e-16, rows=3)
    >>> (table[:-1] / table[1:]).round(1)
    array([[2., 2., 4.],
           [2., 2., 4.]])
    """
    table = []
    for t in top * 0.5 ** np.arange(rows):
        change = rise(t)
        table.append((t, norm(change), norm(change - t * predicted)))
        if len(table) > 2 and max(row[2] for row in table[-3:]) <= floor:
            break
    return np.array(table)


def find_kinks(phi, top, noise, cells=256):
    """Locate the kinks of phi on [-top, top].

    They are where fourth differences do not vanish as those of a smooth function do.
    Halving the spacing divides the fourth difference of a smooth function by 16, that across a kink
    by 2. Kinks closer than five cells count as one. Returned are their places, in units of t, each
    to a cell or two.

    Examples
    --------
    >>> find_kinks(lambda t: abs(t - 0.3) + t**2, top=1.0, noise=1e-16).round(1)
    array([0.3])
    >>> len(find_kinks(lambda t: t**3, top=1.0, noise=1e-16))
    0
    """
    grid = np.linspace(-top, top, cells + 1)
    values = np.array([phi(t) for t in grid])
    stencil = np.array([1.0, -4.0, 6.0, -4.0, 1.0])
    fine = np.convolve(values, stencil, mode="valid")[2:-2]
    coarse = np.convolve(values, np.kron(stencil, [1, 0])[:-1], mode="valid")
    places, last = np.arange(len(coarse)), len(coarse) - 1
    neighbours = [coarse[np.clip(places + shift, 0, last)] for shift in (-2, 0, 2)]
    nearby = np.abs(neighbours).max(axis=0)
    bent = np.flatnonzero(np.abs(fine) > np.maximum(nearby / 8, 256 * noise))
    if not len(bent):
        return np.array([])
    clusters = np.split(bent, np.flatnonzero(np.diff(bent) > 2) + 1)
    return np.array([grid[4:-4][cluster].mean() for cluster in clusters])
