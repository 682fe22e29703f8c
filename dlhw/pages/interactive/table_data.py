"""The table you can turn: a gradient test of a small softmax problem, with an error planted."""

import numpy as np

from ...derivative_tests.four_tests import gradient_test
from ...derivative_tests.slopes import SAFE, convergence, measure
from ...softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient
from .. import figures
from ..derivatives.other_tools import central, disturbed

FEATURES, CLASSES = 2, 3
SAMPLES = [1, 10, 1000]
PRECISIONS = ["float64", "float32"]
ERRORS = {"scaled": "all of it too large", "one entry": "one entry wrong"}
SIZES = [0.0, *(float(f"{first}e{power}") for power in range(-12, 0) for first in (1, 3)), 1.0]
"""Sizes of the planted error, relative to the gradient: none, then from 1e-12 to 1."""

TOP, ROWS = 0.5, 27
"""First step, and how often it is halved: at the last, float64 shows nothing but round-off."""

FACTORS = [0.5, 0.25]

THRESHOLD, STEP = 1e-5, 1e-4
"""A fixed rule: the relative difference that it accepts, and the step of its central difference."""

OPENING = {
    "size": 0.1,
    "error": "scaled",
    "factor": 0.5,
    "samples": 10,
    "precision": "float64",
}
"""An error that nobody misses."""


class Problem:
    """Softmax regression of a few random samples, as a function of one column of parameters.

    Parameters
    ----------
    samples : int
    precision : {"float64", "float32"}
        Of parameters and samples, so of everything.

    Examples
    --------
    >>> problem = Problem(10, "float32")
    >>> problem.x.shape, problem.gradient.dtype
    ((9,), dtype('float32'))
    """

    def __init__(self, samples, precision):
        rng = np.random.default_rng(0)
        self.X = rng.standard_normal((FEATURES, samples)).astype(precision)
        self.C = np.eye(CLASSES, dtype=precision)[:, rng.integers(CLASSES, size=samples)]
        entries = CLASSES * (FEATURES + 1)
        # Parameters so small that no class is certain: there a loss hardly has a slope.
        self.x = (0.5 * rng.standard_normal(entries)).astype(precision)
        self.d = rng.standard_normal(entries).astype(precision)

    def split(self, x):
        """Return a column as W and b."""
        W, b = np.split(x, [CLASSES * FEATURES])
        return W.reshape(CLASSES, FEATURES), b.reshape(CLASSES, 1)

    def loss(self, x):
        """Return the cross-entropy at the parameters x."""
        return cross_entropy(affine(*self.split(x), self.X), self.C)

    def along(self, t):
        """Return the loss after a step t along d."""
        moved = self.x + np.float64(t) * self.d
        return float(self.loss(moved.astype(self.x.dtype)))

    def rise(self, t):
        """Return how much the loss rises over the step t."""
        return self.along(t) - self.along(0.0)

    @property
    def floor(self):
        """What round-off may do to a rise."""
        return SAFE * measure(self.along, float(np.finfo(self.x.dtype).eps)).noise

    @property
    def measured(self):
        """The slope along d as a fixed rule measures it, by a central difference."""
        return float(central(self.loss, self.x, self.d, STEP))

    @property
    def gradient(self):
        """The right gradient, in one column."""
        W, b = self.split(self.x)
        dZ = cross_entropy_gradient(affine(W, b, self.X), self.C)
        dW, db, _ = affine_vjp(W, self.X, dZ, need_dX=False)
        return np.concatenate([dW.ravel(), db.ravel()])

    def claimed(self, error, size):
        """Return a gradient with an error, in the numbers of the problem."""
        wrong = disturbed(self.gradient, error, size, np.random.default_rng(0))
        return wrong.astype(self.x.dtype)


def asked(problem, error, size):
    """Return what is claimed of the slope along d, and what the package's test says of it all."""
    claimed = problem.claimed(error, size)
    W, b = problem.split(problem.x)
    dW, db = problem.split(claimed)

    def loss(p):
        return cross_entropy(affine(p["W"], p["b"], problem.X), problem.C)

    report = gradient_test(loss, {"W": dW, "b": db}, {"W": W, "b": b})
    slope = float(claimed.astype(float) @ problem.d.astype(float))
    return {"claimed": slope, "verdict": report.verdict, "message": report.message}


def table(problem, claimed, factor):
    """Return t, E0 and E1 in columns, for steps that each are `factor` times the last.

    Examples
    --------
    >>> problem = Problem(10, "float64")
    >>> t, E0, E1 = table(problem, problem.gradient @ problem.d, 0.25).T
    >>> bool(abs(E1[2] / E1[3] - 16) < 0.1)
    True
    """
    halved = convergence(problem.rise, claimed, TOP, floor=0.0, rows=ROWS)
    return halved[:: FACTORS.index(factor) + 1]


def everything():
    """Return all that the page shows, by samples and precision, error and size."""
    results = {}
    for samples in SAMPLES:
        for precision in PRECISIONS:
            problem = Problem(samples, precision)
            results[f"{samples}|{precision}"] = {
                "rises": [problem.rise(TOP * 0.5**k) for k in range(ROWS)],
                "floor": problem.floor,
                "measured": problem.measured,
                "asked": {
                    error: [asked(problem, error, size) for size in SIZES] for error in ERRORS
                },
            }
    return {
        "sizes": SIZES,
        "errors": ERRORS,
        "factors": FACTORS,
        "samples": SAMPLES,
        "precisions": PRECISIONS,
        "top": TOP,
        "threshold": THRESHOLD,
        "opening": OPENING,
        "results": results,
    }


def fixed_rule():
    """Return what the fixed rule asks for, as a formula."""
    return figures.Piece(
        "$$\n\\begin{aligned}\n"
        f"\\bigl|\\langle g, d\\rangle - s\\bigr| &\\le {_power(THRESHOLD)}\\, |s| \\\\\n"
        "s &= \\frac{F(x + hd) - F(x - hd)}{2h} \\\\\n"
        f"h &= {_power(STEP)} .\n\\end{{aligned}}\n$$"
    )


def _power(number):
    """Return a power of ten as a formula."""
    return f"10^{{{round(np.log10(number))}}}"


def rejects(found, claimed):
    """Say whether the fixed rule rejects a claimed slope."""
    return bool(abs(claimed - found["measured"]) > THRESHOLD * abs(found["measured"]))


def smallest_seen(data):
    """Return a table of the errors from which on each rule rejects all that are larger."""
    rows = []
    for place, found in data["results"].items():
        for error, answers in found["asked"].items():
            threshold = [rejects(found, answer["claimed"]) for answer in answers]
            dlhw = [answer["verdict"] != "pass" for answer in answers]
            seen = [_from_where_on(rejected) for rejected in (threshold, dlhw)]
            rows.append([*place.split("|"), ERRORS[error], *seen])
    header = ["samples", "numbers", "error", f"threshold {THRESHOLD:g}", "dlhw"]
    return figures.table(rows, header)


def _from_where_on(rejected):
    """Return the size from which on all are rejected, in words."""
    if all(rejected):
        return "a right one too"
    last_accepted = len(rejected) - 1 - rejected[::-1].index(False)
    return f"{SIZES[last_accepted + 1]:g}" if last_accepted + 1 < len(SIZES) else "never"


def still():
    """Return the table that the page opens with."""
    problem = Problem(OPENING["samples"], OPENING["precision"])
    claimed = asked(problem, OPENING["error"], OPENING["size"])["claimed"]
    t, E0, E1 = table(problem, claimed, OPENING["factor"])[:10].T
    rows = [[t[0], E0[0], "", E1[0], ""]]
    for k in range(1, len(t)):
        rows.append([t[k], E0[k], f"{E0[k - 1] / E0[k]:.2f}", E1[k], f"{E1[k - 1] / E1[k]:.2f}"])
    return figures.table(rows, ["step $t$", "$E_0$", "ratio", "$E_1$", "ratio"])
