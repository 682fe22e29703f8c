"""Ratios of successive errors: what they make of a derivative with a defect, and of kinks."""

import tomllib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...arrays import inner, map_arrays, paths
from ...datasets import data_text, load
from ...derivative_tests.slopes import convergence, measure
from ...network import Network, original_network
from .. import figures

ROUND_OFF = 1e-12
"""Slopes and changes below it are round-off: the functions of this room are of size one."""

ORIGINAL_STEPS = 0.3 * 0.5 ** np.arange(10)
"""The steps of the original's test."""


def normal(x, rng):
    """Draw a direction of normal numbers, nested like x."""
    return map_arrays(lambda p: rng.standard_normal(p.shape), x)


class Case(NamedTuple):
    """A function with what is claimed to be its gradient at x, and how directions are drawn."""

    f: Callable
    claim: dict
    x: dict
    direction: Callable = normal

    def along(self, d):
        """Return the function t -> f(x + t d)."""
        return lambda t: float(self.f(map_arrays(lambda x, d: x + t * d, self.x, d)))


def defects(loss, right, params, m):
    """Return cases by the name of their defect, for a loss that averages over m samples.

    Parameters
    ----------
    loss : callable
        params -> float, a loss that does not change when all of W changes by one number.
    right : dict of arrays
        Its gradient at `params`.
    params : dict of arrays
        "W" and "b".
    m : int
        Number of samples.

    Examples
    --------
    >>> params = {"W": np.array([[1.0, 2.0]]), "b": np.array([3.0])}
    >>> cases = defects(lambda p: inner(p, p) / 2, params, params, m=64)
    >>> cases["sign flipped"].claim
    {'W': array([[-1., -2.]]), 'b': array([-3.])}
    """
    zeros, ones = map_arrays(np.zeros_like, params), map_arrays(np.ones_like, params)
    one_entry = right["W"].copy()
    one_entry.flat[3 * one_entry.size // 4] *= 1.01

    def times(factor):
        return Case(loss, map_arrays(lambda g: factor * g, right), params)

    def along_ones(x, rng):
        return {**zeros, "W": ones["W"]}

    def linear(p):
        return np.sum(p["W"]) + np.sum(p["b"])

    return {
        "none": times(1),
        "sign flipped": times(-1),
        "half the gradient": times(1 / 2),
        f"$1/m$ forgotten, $m = {m}$": times(m),
        "$1/m$ twice": times(1 / m),
        "zero": times(0),
        "twice the gradient": times(2),
        "$b$ missing": Case(loss, {**right, "b": zeros["b"]}, params),
        "one entry 1 % off": Case(loss, {**right, "W": one_entry}, params),
        "none, at a minimum": Case(lambda p: inner(p, p), zeros, zeros),
        "none, $f$ linear": Case(linear, ones, params),
        "none, directions of ones": Case(loss, right, params, along_ones),
        "none, $f$ in float32": Case(lambda p: np.float32(loss(p)), right, params),
    }


def signature(case, directions=5, seed=5):
    """Return what the errors of a case look like, as the cells of a row of the table.

    These are the ratio of E0 in row 9, the ratios of E1 in rows 2, 6 and 13, the last E1 / E0,
    and the signed ratio of claimed to measured slope, the least and the largest of all directions.

    Parameters
    ----------
    case : Case
    directions, seed : int

    Examples
    --------
    >>> x = {"w": np.array([1.0, 2.0])}
    >>> signature(Case(lambda p: np.sum(np.exp(p["w"])), {"w": -np.exp(x["w"])}, x))
    ['2', '2.05', '2', '2', '2', 'always -1']
    """
    rng, factors = np.random.default_rng(seed), []
    for _ in range(directions):
        d = case.direction(case.x, rng)
        claimed, measured = inner(case.claim, d), measure(case.along(d)).slope
        if abs(measured) > ROUND_OFF:
            factors.append(claimed / measured)
    phi = case.along(d)
    rows = convergence(lambda t: phi(t) - phi(0.0), claimed, 0.25, 0.0, rows=16)
    if rows[:, 1].max() < ROUND_OFF:
        return 5 * ["-"] + [_span(factors)]
    with np.errstate(all="ignore"):
        _, E0, E1 = (rows[:-1] / rows[1:]).T
        c = rows[-1, 2] / rows[-1, 1]
    return [*map(_number, (E0[8], E1[1], E1[5], E1[12], c)), _span(factors)]


def _number(value):
    if not np.isfinite(value):
        return "-"
    return f"{value:.3g}" if value > 1e-3 else "0"


def _span(factors):
    if not factors:
        return "-"
    low, high = min(factors), max(factors)
    if high - low < 1e-6:
        return f"always {high + 0.0:.4g}"
    return f"{low:.4g} to {high:.4g}"


class Stack(NamedTuple):
    """Many networks, each with a sample and a direction in which its gradient is tested."""

    network: Network
    params: list
    directions: list
    X: np.ndarray
    C: np.ndarray

    def moved(self, step):
        """Return the parameters after a step along the directions."""
        return map_arrays(lambda p, d: p + step * d, self.params, self.directions)

    def loss(self, step):
        """Return the losses after a step, shape (networks,)."""
        return self.network.loss(self.moved(step), self.X, self.C)

    def slope(self):
        """Return the slopes that the gradients claim, shape (networks,)."""
        gradient = self.network.gradient(self.params, self.X, self.C)
        pairs = zip(paths(gradient), paths(self.directions))
        return sum(np.sum(g * d, axis=(-2, -1)) for (_, g), (_, d) in pairs)

    def first_order_errors(self, steps):
        """Return E1 for each step, shape (steps, networks)."""
        start, slope = self.loss(0.0), self.slope()
        return np.array([abs(self.loss(step) - start - step * slope) for step in steps])

    def active(self, step):
        """Return which units are active after a step, shape (networks, units)."""
        memories = self.network.forward(self.moved(step), self.X)[1]
        return np.concatenate([Y > 0 for *_, Y in memories], axis=1)[:, :, 0]

    def switched(self, steps):
        """Return how many units a step switches on or off, shape (steps, networks)."""
        return np.array([(self.active(step) != self.active(0.0)).sum(axis=1) for step in steps])


def original_tests(count, seed=0):
    """Set up the original's test of its residual network `count` times, with other random numbers.

    Parameters
    ----------
    count, seed : int

    Examples
    --------
    >>> tests = original_tests(3)
    >>> tests.X.shape, tests.switched([0.0])
    ((3, 2, 1), array([[0, 0, 0]]))
    """
    data, rng = load("peaks"), np.random.default_rng(seed)
    first_class = np.flatnonzero(data.C_train[0])  # the original's file is sorted
    chosen = rng.choice(first_class, size=count, replace=False)
    network = original_network([2, 100, 5])
    params = network.initialise(list(range(count)), "uniform")

    def positive(p):
        d = rng.random(p.shape)
        return d / np.linalg.norm(d, ord=2, axis=(-2, -1), keepdims=True)

    directions = map_arrays(positive, params)
    X, C = data.X_train[:, chosen].T[:, :, None], data.C_train[:, chosen].T[:, :, None]
    return Stack(network, params, directions, X, C)


def original_ratios():
    """Return the ratios of E1 that the original prints for its residual network.

    Examples
    --------
    >>> print(original_ratios()[:2].round(2))
    [9.49 3.29]
    """
    errors = np.array(tomllib.loads(data_text("original.toml"))["resnet_gradient_test"]["E1"])
    return errors[:-1] / errors[1:]


def crossings(ratios, switched):
    """Return a table of first ratios: where the first step switches a unit, and where it does not.

    Parameters
    ----------
    ratios, switched : ndarray
        Of successive E1, and the units switched by each step; networks in columns.

    Examples
    --------
    >>> crossings(np.array([[9.5, 4.0, 4.0, 4.1]]), np.array([[1, 1, 0, 0]]))
    | at $\\varepsilon = .3$ | share of seeds | first ratio outside 3 to 5 | first ratio above 9 |
    | --- | ---: | ---: | ---: |
    | a unit switches | 50% | 50% | 50.0% |
    | none switches | 50% | 0.0% | 0.0% |
    """
    first, crossed = ratios[0], switched[0] > 0
    off, far = (first < 3) | (first > 5), first > 9
    crossing = [f"{crossed.mean():.0%}", f"{off[crossed].mean():.0%}", f"{far[crossed].mean():.1%}"]
    smooth = [
        f"{1 - crossed.mean():.0%}",
        f"{off[~crossed].mean():.1%}",
        f"{far[~crossed].mean():.1%}",
    ]
    return figures.table(
        [["a unit switches", *crossing], ["none switches", *smooth]],
        [
            "at $\\varepsilon = .3$",
            "share of seeds",
            "first ratio outside 3 to 5",
            "first ratio above 9",
        ],
    )


def nearest(ratios, switched, printed):
    """Return a table of the printed ratios and of the network whose first two are nearest to them.

    Parameters
    ----------
    ratios, switched : ndarray
        As for `crossings`.
    printed : ndarray

    Examples
    --------
    >>> ratios = np.array([[9.0, 4.0], [3.0, 4.0], [4.0, 4.0], [4.0, 4.0], [4.0, 4.0]])
    >>> found = nearest(ratios, np.ones((6, 2), int), np.array([9.5, 3.0, 4, 4, 4]))
    >>> print(str(found).splitlines()[3])
    | ours | 9 | 3 | 4 | 4 | 4 |
    """
    distance = abs(np.log(ratios[:2] / printed[:2, None])).sum(axis=0)
    ours = int(np.argmin(distance))
    return figures.table(
        [
            ["the original", *printed[:5]],
            ["ours", *ratios[:5, ours]],
            ["units switched", *switched[:5, ours].tolist()],
        ],
        ["ratio of $E_1$", "$\\varepsilon = .3$", ".15", ".075", ".0375", ".01875"],
    )
