"""Where a function of one number bends or jumps."""

import numpy as np

from .slopes import VISIBLE

CELLS = 64
"""Cells of an interval that is searched for kinks or jumps."""

FOURTH = np.array([1.0, -4.0, 6.0, -4.0, 1.0])
EIGHTH = np.convolve(FOURTH, FOURTH)
"""Stencils of a fourth and of an eighth difference: nearly nothing is left of what is smooth."""


def find_kinks(phi, top, noise):
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
    grid, values = _sampled(phi, -top, top)
    fine = np.convolve(values, FOURTH, mode="valid")[2:-2]
    coarse = np.convolve(values, np.kron(FOURTH, [1, 0])[:-1], mode="valid")
    places, last = np.arange(len(coarse)), len(coarse) - 1
    neighbours = [coarse[np.clip(places + shift, 0, last)] for shift in (-2, 0, 2)]
    nearby = np.abs(neighbours).max(axis=0)
    bent = np.flatnonzero(np.abs(fine) > np.maximum(nearby / 8, 4 * VISIBLE * noise))
    if not len(bent):
        return np.array([])
    clusters = np.split(bent, np.flatnonzero(np.diff(bent) > 2) + 1)
    return np.array([grid[4:-4][cluster].mean() for cluster in clusters])


def largest_jump(phi, top):
    """Return the size of the largest jump of phi on [-top, top].

    Seen closer, a jump stays what it is, and whatever is smooth or bent becomes much smaller; then
    the jump is 0.

    Examples
    --------
    >>> f"{largest_jump(lambda t: np.sin(t) + 1e-6 * (t > 0.1), top=0.25):.3g}"
    '1e-06'
    >>> largest_jump(lambda t: np.sin(t) + abs(t - 0.1), top=0.25)
    0.0
    """
    grid, values = _sampled(phi, -top, top)
    rough = np.abs(np.convolve(values, EIGHTH, mode="valid"))
    if np.isnan(rough).all():
        return 0.0
    worst, width = grid[4:-4][np.nanargmax(rough)], 5 * (grid[1] - grid[0])
    closer = np.convolve(_sampled(phi, worst - width, worst + width)[1], EIGHTH, mode="valid")
    size = float(np.max(np.abs(closer)))
    if size > np.nanmax(rough) / 2:
        return size / np.max(np.abs(np.cumsum(EIGHTH)))
    return 0.0


def _sampled(phi, left, right):
    grid = np.linspace(left, right, CELLS + 1)
    return grid, np.array([phi(t) for t in grid])
