"""Measure the slope of a function along a line, and how well that slope is known.

Along x + t d a smooth function is f(x) + s t + a t^2 + ..., so half the difference of its values at
t and -t, divided by t, is s + b t^2 + ...: the slope s as a step of size t sees it. Large steps see
the curvature, small ones the round-off; between them the slopes form a *plateau*, on which steps of
very different size agree. Its height is the slope, the disagreement of neighbours its error bar.

What is not smooth shows as well. Half the *sum* of the values at t and -t, divided by t, tends to
zero, or to half the gap between the slopes on the two sides: a kink at x. Where f jumps, as if it
were a staircase, there is one plateau on its treads and another for steps across many of them.
"""

from typing import NamedTuple

import numpy as np

EPSILON = float(np.finfo(float).eps)

RATIO = 8.0
"""By how much each step is smaller than the one before: fewer would do on a smooth function, but
not find the plateau between two kinks, or that of a float32."""

STEPS = 0.9 / RATIO ** np.arange(15)
"""Steps t, from the size of the parameter down to where round-off rules.

They are no powers of two: at these, by luck, there may be no round-off to see."""

FEWEST = 6
"""How many steps it takes to see a plateau."""

NEAR_AN_EDGE = STEPS[-1] / RATIO ** np.arange(1, 9)
"""Smaller steps that are added where f is finite over too few: x is near the edge of its domain."""

SAFE = 4.0
"""How many standard errors of round-off two slopes may be apart and still count as equal."""

VISIBLE = 64.0
"""How many times its noise a change of f is if it is no noise: any six values stay below."""

ABRUPT = RATIO**3
"""By how much the curvature of a smooth function grows from one step to the next: by t^3."""

HALVINGS = 9
"""How often an interval is halved to tell a jump from a bend: one quantum of a sum in float32 is
left of the some sixty that two neighbouring steps may have between them, and is halved thrice."""

JUMPS = (ABRUPT, 1.0, 1.0)
"""Sizes of jumps that are looked for, the smallest first: by how much f must leave the plateau more
than a smooth function does. Where there is one jump, there may be larger ones."""


class Limit(NamedTuple):
    """What slopes over many steps tend to, its error bar, and the step it was read at.

    `doubted` says that larger steps agree better with one another, and on something else.
    """

    value: float
    error: float
    place: int
    doubted: bool


class Line(NamedTuple):
    """What was measured along one direction; slopes are per unit of t."""

    slope: float
    error: float
    gap: float
    gap_error: float
    noise: float
    reach: float
    treads: tuple
    unresolved: bool
    steps: np.ndarray
    rise: np.ndarray

    @property
    def kinked(self):
        """Whether the slopes on the two sides of x differ by more than their error bars."""
        return abs(self.gap) > 2 * SAFE * self.gap_error

    @property
    def flat(self):
        """Whether f changed by no more than round-off, whatever the step."""
        return bool(np.all(np.abs(self.rise) <= VISIBLE * self.noise))

    @property
    def secant(self):
        """The change per step over the largest step up to 1/64."""
        small = np.flatnonzero(self.steps <= 1 / 64)[:1]
        return float(np.max(np.abs(self.rise / self.steps)[:, small], initial=0.0))


def measure(phi, epsilon=EPSILON, growth=0.0, jump=0.0):
    """Measure the slope of phi at 0 from values on both sides.

    Parameters
    ----------
    phi : callable
        phi(t) -> float, the function along a line. Steps at or above one where it is not finite are
        left out.
    epsilon : float
        Machine epsilon of the numbers that phi is computed in.
    growth : float
        What phi changes by when all that it depends on is doubled: round-off in x counts as well.
    jump : float
        The size of jumps that phi is known to make.

    Returns
    -------
    Line
        `slope` with its `error` bar; the `gap` between the slopes on the right and on the left,
        with its own; the `noise` of one value of phi; the `reach`, the step that the slope was read
        at; `treads`, slopes and error bars between the jumps of phi, where it is a staircase;
        whether phi is `unresolved`, as it changes by as much over the smallest steps as over large
        ones; the `steps`, shape (k,), and the `rise` of phi over them on both sides, shape (2, k).
        With too few finite values the slope is NaN.

    Notes
    -----
    Two neighbouring steps cancel the leading power of t: L. F. Richardson, "The deferred approach
    to the limit", 1927.

    Examples
    --------
    >>> import numpy as np
    >>> line = measure(lambda t: np.exp(2 * t))
    >>> bool(abs(line.slope - 2) < line.error < 1e-9)
    True
    >>> measure(abs).kinked, round(measure(abs).gap, 6)
    (True, 2.0)
    >>> stairs = measure(lambda t: 3 * t + np.round(t, 7))
    >>> round(stairs.slope, 3), round(stairs.treads[0].value, 3)
    (4.0, 3.0)
    """
    start = phi(0.0)
    t, rise = _ladder(phi, start)
    if len(t) < 3 or (t[0] < STEPS[-1] and np.all(np.abs(rise) <= VISIBLE * epsilon * abs(start))):
        return Line(*[np.nan] * 6, (), True, t, rise)
    round_off = epsilon * (abs(start) + growth)
    noise = noise_level(rise) + round_off
    unresolved = _unresolved(rise, noise, epsilon**0.5 * (abs(start) + growth))
    floor = noise + epsilon * np.abs(rise).max(axis=0)
    odd, even = (rise[0] - rise[1]) / 2, rise[0] + rise[1]
    slope, treads = limit(odd / t, floor / t, RATIO**2), []
    for expected in JUMPS:
        jump = max(jump, _jump(phi, t, rise, slope, floor, expected))
        if jump <= np.max(floor):
            break
        if abs(slope.value) > slope.error:
            treads.append(slope)
        floor = np.maximum(floor, jump)
        slope = limit(odd / t, floor / t, RATIO**2)
    gap = limit(even / t, 2 * floor / t, RATIO)
    reach = float(t[slope.place])
    return Line(*slope[:2], *gap[:2], noise, reach, tuple(treads), unresolved, t, rise)


def _ladder(phi, start):
    """Return the steps at which phi is finite, and its rise at both ends of each."""

    def rises(steps):
        return np.array([[phi(t) for t in steps], [phi(-t) for t in steps]]) - start

    t, rise = STEPS, rises(STEPS)
    if np.isfinite(rise).all(axis=0).sum() < FEWEST:
        t = np.append(t, NEAR_AN_EDGE)
        rise = np.append(rise, rises(NEAR_AN_EDGE), axis=1)
    broken = np.flatnonzero(~np.isfinite(rise).all(axis=0))
    usable = slice(np.max(broken, initial=-1) + 1, None)
    return t[usable], rise[:, usable]


def _unresolved(rise, noise, size):
    """Say whether phi changes by as much over the smallest step as over much larger ones.

    It jumps at 0, or it is all noise, however small compared with `size` round-off would be.
    """
    smallest, larger = np.abs(rise[:, -1]), np.abs(rise[:, -5:][:, 0])
    jumps = np.any(smallest > np.maximum(larger / 2, VISIBLE * noise))
    return bool(jumps or VISIBLE * noise > max(np.max(np.abs(rise)), size))


def limit(slopes, errors, power):
    """Return what slopes tend to as their steps go to zero: the height of their plateau.

    Each two neighbours cancel the leading error, which a step `RATIO` times smaller divides by
    `power`. Where three in a row agree best there is the plateau, unless a smaller step contradicts
    it: what larger steps saw then is not f at x.

    Parameters
    ----------
    slopes, errors : ndarray
        As steps of decreasing size see them, and their round-off, shape (k,).
    power : float

    Returns
    -------
    Limit

    Examples
    --------
    >>> import numpy as np
    >>> slopes = np.sinh(STEPS) / STEPS
    >>> found = limit(slopes, 1e-16 / STEPS, RATIO**2)
    >>> bool(abs(found.value - 1) < found.error < 1e-10)
    True
    """
    better = slopes[1:] + np.diff(slopes) / (power - 1)
    round_off = SAFE * errors[1:]
    apart = np.abs(np.diff(better))
    spread = np.maximum(np.append(0.0, apart), np.append(apart, 0.0))
    bars = spread + round_off
    off = np.abs(better[:, None] - better)
    contradicted = np.triu(off > bars[:, None] + round_off).any(axis=1)
    best = int(np.argmin(np.where(contradicted, np.inf, bars)))
    doubted = bool(np.min(bars) < bars[best])
    return Limit(float(better[best]), float(bars[best]), best + 1, doubted)


def _jump(phi, t, rise, slope, floor, growth):
    """Return the size of the jumps by which phi leaves the plateau for larger steps, or 0.

    A smooth function leaves it little by little. What leaves it at once is looked at closely.
    """
    odd, even = (rise[0] - rise[1]) / 2, (rise[0] + rise[1]) / 2
    away = np.maximum(np.abs(odd - slope.value * t), np.abs(even))
    tiny = np.finfo(float).tiny
    grown = away[:-1] / (np.maximum(away, VISIBLE * floor)[1:] + tiny)
    step = int(np.argmax(grown[: slope.place]))
    if slope.doubted or abs(slope.value) <= slope.error:
        growth = 1.0
    if grown[step] <= growth:
        return 0.0
    inside = step + 1
    bend = even[inside] / t[inside] ** 2
    rest = rise - slope.value * np.array([t, -t]) - bend * t**2
    side = int(np.argmax(np.abs(rest[:, step])))
    sign, start = (1, -1)[side], phi(0.0)

    def away_from_parabola(s):
        return phi(sign * s) - start - sign * slope.value * s - bend * s**2

    return halved(away_from_parabola, t[[inside, step]], rest[side, [inside, step]], floor[step])


def halved(phi, ends, values, noise=0.0):
    """Return the jump of phi between two places, or 0: a bend changes less in a smaller interval.

    The half in which phi changes more is halved again and again.

    Examples
    --------
    >>> for phi in (np.floor, np.exp):
    ...     halved(phi, [0.3, 1.6], [phi(0.3), phi(1.6)])
    1.0
    0.0
    """
    (left, right), (low, high), changes = ends, values, []
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        value = phi(middle)
        if abs(value - low) > abs(high - value):
            right, high = middle, value
        else:
            left, low = middle, value
        changes.append(abs(high - low))
    if changes[-1] > max(changes[-4] / 2, VISIBLE * noise):
        return float(changes[-1])
    return 0.0


def noise_level(rise, count=6):
    """Return the typical error of one value of phi, from the smallest steps.

    There a smooth function rises on one side as it falls on the other, so their sum is round-off.
    Where the smallest step changes nothing, phi cannot tell less than its smallest change.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rise = np.sin([STEPS, -STEPS]) + 1e-9 * rng.standard_normal((2, len(STEPS)))
    >>> bool(0.5e-9 < noise_level(rise) < 4e-9)
    True
    >>> noise_level(np.array([[0.5, 0.125, 0.0], [-0.5, -0.125, 0.0]]))
    0.125
    """
    typical = float(np.median(np.abs(rise[:, -count:].sum(axis=0))))
    changes = np.abs(rise[rise != 0])
    if rise[:, -1].any() or not len(changes):
        return typical
    return max(typical, float(np.min(changes)))


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
    part = np.ravel(values / largest)
    return largest * float(np.sqrt(part @ part))


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
