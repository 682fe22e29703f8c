"""Rules with straight borders, found by solvers: the least loss, many hits, the gradient flow.

Their parameters are those of `softmax_regression`, {"W": (l, n), "b": (l, 1)}; a solver wants them
as one column.
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

from ...datasets import subset
from ...softmax import affine_vjp, softmax
from ...training import evaluate, softmax_regression

FLOW_STARTS = 1e-3  # a first time so early that the flow has hardly moved; its logarithm is finite


def column(params):
    """Return all parameters in one column.

    Examples
    --------
    >>> column({"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array([[5.0], [6.0]])})
    array([1., 2., 3., 4., 5., 6.])
    """
    return np.concatenate([params["W"], params["b"]], axis=None)


def from_column(w, l):
    """Return the parameters for l classes that a column holds.

    Examples
    --------
    >>> from_column(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), 2)["b"]
    array([[5.],
           [6.]])
    """
    return {"W": w[:-l].reshape(l, -1), "b": w[-l:].reshape(l, 1)}


def accuracy(params, X, C):
    """Return the accuracy of a rule, or of each rule of a stack.

    Examples
    --------
    >>> rule = {"W": np.array([[1.0], [-1.0]]), "b": np.zeros((2, 1))}
    >>> float(accuracy(rule, np.array([[3.0, -1.0]]), np.array([[1.0, 1.0], [0.0, 0.0]])))
    0.5
    """
    return evaluate(softmax_regression, params, X, C)[1]


def least_loss(X, C):
    """Return the parameters of least loss, by L-BFGS.

    Parameters
    ----------
    X, C : ndarray
        Samples (n, m) and one-hot labels (l, m).

    Examples
    --------
    >>> X = np.array([[0.0, 1.0, 0.0, 1.0]])
    >>> C = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    >>> softmax(softmax_regression.scores(least_loss(X, C), X)).round(3)  # at x = 1 each label once
    array([[1. , 0.5, 1. , 0.5],
           [0. , 0.5, 0. , 0.5]])
    """
    l = len(C)

    def loss_and_gradient(w):
        params = from_column(w, l)
        gradient = softmax_regression.gradient(params, X, C)
        return softmax_regression.loss(params, X, C), column(gradient)

    found = minimize(loss_and_gradient, np.zeros(l * len(X) + l), jac=True, method="L-BFGS-B")
    return from_column(found.x, l)


def misses_and_gradient(w, X, C):
    """Return minus the mean probability of the label, and its gradient, for a column."""
    params = from_column(w, len(C))
    P = softmax(softmax_regression.scores(params, X))
    right = np.sum(C * P, axis=0)
    dW, db, _ = affine_vjp(params["W"], X, P * (right - C) / right.size)
    return -right.mean(), column({"W": dW, "b": db})


def most_hits(X, C, start, starts=30, size=2500):
    """Return a rule with many hits: the best of some starts on a part, climbed further on all.

    Parameters
    ----------
    X, C : ndarray
        Samples (n, m) and one-hot labels (l, m).
    start : dict
        Parameters near which the starts lie.
    starts : int
        How many there are.
    size : int
        Samples in the part, drawn at random.

    Examples
    --------
    >>> X = np.array([[-3.0, -2.0, -1.0, 1.0, 2.0, 99.0]])
    >>> C = np.array([[1.0, 1.0, 1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0, 1.0, 0.0]])
    >>> start = least_loss(X, C)  # bends to the sample far off
    >>> [round(float(accuracy(rule, X, C)), 2) for rule in (start, most_hits(X, C, start, size=6))]
    [0.67, 0.83]
    """
    rng = np.random.default_rng(0)
    part = subset(X, C, size=size, rng=0)
    middle = column(start)

    def climbed(w, X, C):
        options = {"jac": True, "method": "L-BFGS-B", "options": {"maxiter": 60}}
        return minimize(misses_and_gradient, w, args=(X, C), **options)

    tries = [climbed(middle + rng.standard_normal(middle.shape), *part) for _ in range(starts)]
    best = min(tries, key=lambda found: found.fun)
    return from_column(climbed(best.x, X, C).x, len(C))


def gradient_flow(X, C, times):
    """Return the parameters that the gradient flow from zero reaches at given times, as a stack.

    Parameters
    ----------
    X, C : ndarray
        Samples (n, m) and one-hot labels (l, m).
    times : ndarray
        Increasing, from `FLOW_STARTS` on.

    Examples
    --------
    >>> X, C = np.array([[0.0, 1.0]]), np.eye(2)
    >>> flow = gradient_flow(X, C, np.array([0.01, 1.0]))
    >>> flow["W"].shape, (flow["W"][0] / 0.01).round(1)  # minus the gradient, at first
    ((2, 2, 1), array([[-0.2],
           [ 0.2]]))
    """
    l = len(C)

    def slope(u, w):  # in u, the logarithm of the time
        return -np.exp(u) * column(softmax_regression.gradient(from_column(w, l), X, C))

    path = solve_ivp(
        slope,
        np.log([FLOW_STARTS, times[-1]]),
        np.zeros(l * len(X) + l),
        method="LSODA",
        t_eval=np.log(times),
        rtol=1e-5,
        atol=1e-7,
    )
    points = [from_column(w, l) for w in path.y.T]
    return {name: np.stack([point[name] for point in points]) for name in ("W", "b")}
