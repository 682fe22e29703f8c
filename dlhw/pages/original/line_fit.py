"""The original's line, fitted by three rules to noisy samples: where each arrives, in closed form.

The loss is a quadratic. Along each eigenvector of its Hessian, the error after k steps is a matrix
M to the power k times the first one; chapter 3 derives M.
"""

from typing import NamedTuple

import numpy as np

from ...study.evidence import spread
from ..figures import table
from ..result_tables import share

TRIALS, STEPS, LR, BETA, NOISE = 10, 50_000, 1e-4, 0.9, 0.5


class Fit(NamedTuple):
    """Ten trials: each has noise and a start of its own.

    Attributes
    ----------
    A : array (2, 49)
        The samples' x above ones.
    targets : array (trials, 49)
    solution : array (2, trials)
        Slope and intercept by least squares.
    left : dict
        Rule -> what is left of each eigenvector's error, (2,).
    ends : dict
        Rule -> where it arrives, (2, trials).
    """

    A: np.ndarray
    targets: np.ndarray
    solution: np.ndarray
    left: dict
    ends: dict

    def squares(self, lines):
        """Return the sum of squares of lines (2, trials), or of one (2, 1), in each trial."""
        return np.sum((self.targets.T - self.A.T @ lines) ** 2, axis=0)

    def distance(self, rule):
        """Return how far a rule is from least squares in each trial, in powers of ten.

        To be exact is not to be infinitely near: the distance is at least 1e-16.
        """
        far = abs(self.ends[rule] - self.solution).max(axis=0)
        return np.log10(np.maximum(far, 1e-16))


def matrices(h):
    """Return the matrix M of each rule, for a learning rate times an eigenvalue of h.

    Examples
    --------
    >>> matrices(0.5)["SGD"]
    [[0.5]]
    """
    return {
        "SGD": [[1 - h]],
        "momentum": [[1 - h, -BETA], [h, BETA]],
        "Nesterov": [[1 - h, -BETA * (1 - h)], [h, BETA * (1 - h)]],
    }


def fit(rng, steps=STEPS):
    """Return where the rules arrive."""
    A = np.vstack([np.arange(1.0, 50.0), np.ones(49)])
    eigenvalues, Q = np.linalg.eigh(2 / 49 * A @ A.T)
    targets = A[0] + NOISE * rng.standard_normal((TRIALS, 49))
    solution = np.linalg.lstsq(A.T, targets.T)[0]
    start = rng.random((2, TRIALS))
    left, ends = {}, {}
    for rule in matrices(0.0):
        powers = [np.linalg.matrix_power(matrices(LR * e)[rule], steps) for e in eigenvalues]
        left[rule] = np.array([power[0, 0] for power in powers])
        ends[rule] = solution + Q @ (left[rule][:, None] * (Q.T @ (start - solution)))
    return Fit(A, targets, solution, left, ends)


def arrivals(fitted):
    """Return the table of how far each rule is from least squares."""
    rows = []
    for rule, end in fitted.ends.items():
        a, b = abs(end - fitted.solution).max(axis=1)
        rows.append([rule, f"{abs(fitted.left[rule]).max():.2g}", f"{a:.1e}", f"{b:.1e}"])
    header = ["left of the slower mode", "farthest from least squares: $a$", "$b$"]
    return table(rows, ["after 50,000 steps", *header])


def target(fitted):
    """Write where least squares puts a and b: mean and standard deviation over the trials."""
    a, b = fitted.solution
    return f"least squares: {spread(a)}, {b.mean():.3f} ± {b.std(ddof=1):.3f}"


def facts(fitted, theirs):
    """Return what the sentences mention, by name.

    Parameters
    ----------
    fitted : Fit
    theirs : dict
        The original's "a_momentum" and "b_momentum", one a trial.

    Examples
    --------
    >>> found = facts(fit(np.random.default_rng(0)), {"a_momentum": [1.0], "b_momentum": [0.0]})
    >>> found["away"], found["freedom"], found["arrived"]
    (0.0, 2, True)
    """
    true, information = np.array([[1.0], [0.0]]), fitted.A @ fitted.A.T / NOISE**2
    away = np.array([theirs["a_momentum"], theirs["b_momentum"]]) - true
    deviations = np.sqrt(np.diag(np.linalg.inv(information)))
    left = [abs(fitted.left[rule]).max() for rule in ("momentum", "Nesterov")]
    lower = fitted.squares(true) <= fitted.squares(fitted.solution)
    return {
        "trials": TRIALS,
        "arrived": bool(max(left) < 1e-6),  # the original prints six digits
        "one_is_lower": bool(np.any(lower)),
        "away": float(np.sum(away * (information @ away))),  # chi-squared, if all is noise
        "freedom": away.size,
        "noise": [share(deviation) for deviation in deviations],
    }
