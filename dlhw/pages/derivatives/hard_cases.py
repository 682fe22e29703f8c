"""Gradients on which tests stumble: right ones that look wrong, wrong ones that look right.

Each is of a kind that people met in public code. What another tool says of it depends on its fixed
step and its fixed tolerance.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...derivative_tests.four_tests import gradient_test
from ...softmax import softmax
from .. import figures
from .other_tools import TOOLS
from .right_models import labels

OTHERS = ("CS231n", "PyTorch", "JAX")
"""The tools whose rules are set beside ours."""


class HardCase(NamedTuple):
    """A function of a vector, a claimed gradient, whether it is right, and the cause expected.

    `right` is "yes", "no" or "nearly"; an empty cause is a pass.
    """

    name: str
    right: str
    f: Callable
    gradient: Callable
    x: np.ndarray
    cause: str

    def report(self):
        """Return the report of the gradient test."""
        return gradient_test(self.f, self.gradient, self.x)

    def verdict_of(self, tool):
        """Return "pass" or "fail", by the rule of another tool.

        Examples
        --------
        >>> bowl = HardCase("", "yes", lambda x: x @ x, lambda x: 2 * x, np.ones(3), "")
        >>> [bowl.verdict_of(tool) for tool in OTHERS]
        ['pass', 'pass', 'pass']
        """
        self.f(self.x)
        claim, rng = self.gradient(self.x), np.random.default_rng(0)
        with np.errstate(all="ignore"):
            accepted = TOOLS[tool].accepts(self.f, claim, self.x, rng)
        return "pass" if accepted else "fail"


def hard_cases():
    """Return the cases, the right gradients first.

    Examples
    --------
    >>> cases = hard_cases()
    >>> cases[0].name, cases[0].right
    ('units of $10^5$ and $10^{-12}$ in one array', 'yes')
    """
    return [
        *of_several_units(),
        at_the_edge(),
        *through_a_solve(),
        before_batch_norm(),
        rounded_tail(),
        *partly_float32(),
        *with_a_guard(),
        clipped(),
        of_one_unit(),
        stale(),
    ]


def verdicts_of_tools(cases):
    """Return a table of the cases: what our test says, and what other tools' rules do.

    A verdict that is not true is bold.

    Examples
    --------
    >>> print(str(verdicts_of_tools([at_the_edge()])).splitlines()[-1])
    | a logarithm at $10^{-13}$ | yes | pass | **fail** | **fail** | **fail** |
    """
    rows = []
    for case in cases:
        report = case.report()
        said = _marked(report.verdict, case.right)
        if report.cause:
            said += f": [{report.cause}](#{report.cause})"
        others = [_marked(case.verdict_of(tool), case.right) for tool in OTHERS]
        rows.append([case.name, case.right, said, *others])
    return figures.table(rows, ["gradient", "right?", "dlhw", *OTHERS])


def _marked(verdict, right):
    untrue = {"yes": "fail", "no": "pass"}
    if verdict == untrue.get(right):
        return f"**{verdict}**"
    return verdict


def of_several_units():
    """Return a function of a large and a tiny parameter: its gradient, and 1.5 times that."""
    size = np.array([1e5, 1e-12])

    def f(x):
        return 2 * np.prod(np.cos(x / size))

    def gradient(x):
        sin, cos = np.sin(x / size), np.cos(x / size)
        return -2 * sin * cos[::-1] / size

    def too_large(x):
        return 1.5 * gradient(x)

    x, name = size * [0.7, 0.4], "units of $10^5$ and $10^{-12}$ in one array"
    return [
        HardCase(name, "yes", f, gradient, x, ""),
        HardCase(f"{name}, 1.5 times the gradient", "no", f, too_large, x, "scale"),
    ]


def at_the_edge():
    """Return logarithms, one of a number that is hardly positive."""
    return HardCase(
        "a logarithm at $10^{-13}$",
        "yes",
        lambda x: np.sum(np.log(x)),
        lambda x: 1 / x,
        np.array([1e-13, 1.0, 2.0]),
        "",
    )


def through_a_solve():
    """Return functions that solve equations: ill-conditioned ones, and to a tolerance."""
    hilbert = 1 / (1 + np.add.outer(np.arange(8.0), np.arange(8.0)))

    def norm(x):
        return np.sum(np.linalg.solve(hilbert, x) ** 2)

    def gradient(x):
        return 2 * np.linalg.solve(hilbert, np.linalg.solve(hilbert, x))

    def fixed_point(a, tolerance):
        """Iterate y = cos(a y)."""
        y = np.ones_like(a)
        for _ in range(500):
            y, last = np.cos(a * y), y
            if np.max(np.abs(y - last)) <= tolerance:
                break
        return y

    def implicit(a):
        y = fixed_point(a, 0.0)
        slope = np.sin(a * y)
        return -2 * y**2 * slope / (1 + a * slope)

    rng = np.random.default_rng(0)
    return [
        HardCase("an ill-conditioned solve", "yes", norm, gradient, rng.standard_normal(8), ""),
        HardCase(
            "a solver that stops at $10^{-6}$",
            "yes",
            lambda a: np.sum(fixed_point(a, 1e-6) ** 2),
            implicit,
            0.8 * rng.random(4),
            "staircase",
        ),
    ]


def before_batch_norm():
    """Return a bias whose effect batch normalisation takes away, behind the weights."""
    rng = np.random.default_rng(1)
    X, D = rng.standard_normal((3, 8)), rng.standard_normal((2, 8))

    def centred(A):
        return A - A.mean(axis=1, keepdims=True)

    def normalised(x):
        Z = centred(x[:6].reshape(2, 3) @ X + x[6:].reshape(2, 1))
        deviation = np.sqrt((Z**2).mean(axis=1, keepdims=True) + 1e-5)
        return Z / deviation, deviation

    def f(x):
        return np.sum(D * normalised(x)[0])

    def gradient(x):
        Y, deviation = normalised(x)
        dZ = (centred(D) - Y * (D * Y).mean(axis=1, keepdims=True)) / deviation
        return np.concatenate([dZ @ X.T, dZ.sum(axis=1)], axis=None)

    return HardCase("a bias before batch norm", "yes", f, gradient, rng.standard_normal(8), "")


def rounded_tail():
    """Return a logistic loss, log(1 - h), of which one sample is far on the wrong side."""
    rng = np.random.default_rng(2)
    X, y, w = rng.standard_normal((6, 3)), np.array([1, 0, 1, 0, 1, 0]), np.array([2.0, -1.0, 3.0])
    X[1] *= 30 / (X[1] @ w)

    def h(w):
        return 1 / (1 + np.exp(-X @ w))

    def f(w):
        return -np.mean(np.log(np.where(y == 1, h(w), 1 - h(w))))

    return HardCase(
        "$\\log(1 - h)$ where $h$ is 1 to the last digits",
        "yes",
        f,
        lambda w: X.T @ (h(w) - y) / 6,
        w,
        "staircase",
    )


def partly_float32():
    """Return a loss in float32 and a regulariser in float64: the gradient, and half of it."""
    rng = np.random.default_rng(3)
    A, b = np.float32(rng.standard_normal((12, 5))), np.float32(rng.standard_normal(12))

    def f(w):
        residual = A @ np.float32(w) - b
        return float(np.mean(residual**2)) + 0.01 * w @ w

    def of_the_regulariser(w):
        return 0.02 * w

    def gradient(w):
        return A.T.astype(float) @ (A @ w - b) / 6 + of_the_regulariser(w)

    w, name = rng.standard_normal(5), "the loss in float32, its regulariser in float64"
    return [
        HardCase(name, "yes", f, gradient, w, ""),
        HardCase(
            "the same, the regulariser's gradient alone",
            "no",
            f,
            of_the_regulariser,
            w,
            "staircase",
        ),
    ]


def cross_entropy_of(likely, m=20, size=1.0):
    """Return -sum(C log likely(P)) / m at some scores Z, the gradient without `likely`, and Z."""
    rng = np.random.default_rng(4)
    C = labels(m, 5, rng)

    def f(z):
        return -np.sum(C * np.log(likely(softmax(z.reshape(5, m))))) / m

    def gradient(z):
        return (softmax(z.reshape(5, m)) - C).ravel() / m

    return f, gradient, size * rng.standard_normal(5 * m)


def with_a_guard():
    """Return log(P + 1e-8) with the gradient of log(P): as it is, and without its 1/m."""
    f, gradient, z = cross_entropy_of(lambda P: P + 1e-8)
    return [
        HardCase("$\\log(P + 10^{-8})$", "nearly", f, gradient, z, "small"),
        HardCase("the same, $1/m$ forgotten", "no", f, lambda z: 20 * gradient(z), z, "scale"),
    ]


def clipped():
    """Return a clipped logarithm at scores where some samples are cut off."""
    f, gradient, z = cross_entropy_of(lambda P: np.clip(P, 1e-12, 1), size=15.0)
    return HardCase("clipped logarithms", "no", f, gradient, z, "wrong")


def of_one_unit():
    """Return a bias, one number, whose gradient has forgotten the slope of the sigmoid."""
    rng = np.random.default_rng(5)
    scores, y = rng.standard_normal(9), rng.random(9)

    def f(b):
        return np.sum((1 / (1 + np.exp(-scores - b)) - y) ** 2) / 2

    def gradient(b):
        return np.sum(1 / (1 + np.exp(-scores - b)) - y, keepdims=True)

    return HardCase("one bias, a slope forgotten", "no", f, gradient, np.array([0.3]), "wrong")


def stale():
    """Return a gradient that is taken at what the loss was called with last."""
    rng = np.random.default_rng(6)
    X, y, remembered = rng.standard_normal((6, 3)), rng.standard_normal(6), {}

    def f(w):
        remembered["A"] = np.tanh(X @ w)
        return np.sum((remembered["A"] - y) ** 2) / 2

    def gradient(w):
        A = remembered["A"]
        return X.T @ ((A - y) * (1 - A**2))

    return HardCase(
        "a gradient at what the loss saw last", "no", f, gradient, rng.standard_normal(3), "stale"
    )
