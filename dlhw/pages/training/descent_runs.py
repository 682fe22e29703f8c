"""Runs that chapter 3 compares: two programs on one path, two rules with the same noise or not."""

from functools import partial

import numpy as np

from ...optimizers import momentum, nesterov
from ...training import least_squares, train
from .. import figures

STEPS = 1000
SAME = 1e-12  # two programs that do the same differ by round-off alone
HALF_A_DIGIT = 0.5e-6  # of the last one that the original printed


def largest_difference(rule, other, rates, mus, beta=0.9, at_gradient=False):
    """Return how far two programs come apart in any parameter, on a loss that is no quadratic.

    Parameters
    ----------
    rule : callable
        A rule as in `dlhw.optimizers`, with a velocity.
    other : callable
        The step of another program: (gradient, w, velocity, lr, mu) -> (w, velocity).
    rates, mus : sequence of float
        Learning rate and the other program's momentum in each step.
    beta : float
        Ours.
    at_gradient : bool
        Whether to compare the other w with our w - beta v, where our gradient is taken.

    Examples
    --------
    >>> from dlhw.optimizers import momentum
    >>> largest_difference(momentum, momentum, rates=[0.1, 0.2], mus=[0.9, 0.9])
    0.0
    """
    rng = np.random.default_rng(2)
    inputs, targets = rng.normal(size=(3, 7)), rng.normal(size=(2, 7))

    def gradient(w):
        """Return that of the mean log cosh."""
        return np.tanh(w @ inputs - targets) @ inputs.T / 7

    w = theirs = np.ones((2, 3))
    v = buf = np.zeros((2, 3))
    largest = 0.0
    for lr, mu in zip(rates, mus):
        w, v = rule(gradient, w, v, lr, beta)
        theirs, buf = other(gradient, theirs, buf, lr, mu)
        ours = w - beta * v if at_gradient else w
        largest = max(largest, float(np.abs(ours - theirs).max()))
    return largest


def conventions(pytorch):
    """Return a table of how far PyTorch's rules come apart from ours, with a falling rate or not.

    Parameters
    ----------
    pytorch : callable
        A step of `torch.optim.SGD`: (gradient, w, velocity, lr, mu, ahead) -> (w, velocity).

    Examples
    --------
    >>> def pytorch(gradient, w, buf, lr, mu, ahead=False):
    ...     g = gradient(w)
    ...     buf = mu * buf + g
    ...     return w - lr * (g + mu * buf if ahead else buf), buf
    >>> print(str(conventions(pytorch)).splitlines()[0])
    |  | ours | PyTorch's $\\mu$ | largest difference |
    """
    steady, falling = np.full(STEPS, 0.05), 0.05 * 0.99 ** np.arange(STEPS)
    kept = np.full(STEPS, 0.9)
    followed = np.append(0.9, 0.9 * falling[:-1] / falling[1:])
    follows = "$.9\\,\\eta'/\\eta$"
    look_ahead = partial(pytorch, ahead=True)
    w_of_momentum = partial(largest_difference, momentum, pytorch)
    w_of_nesterov = partial(largest_difference, nesterov, look_ahead)
    y_of_nesterov = partial(w_of_nesterov, at_gradient=True)
    w, y = "$w$", "$w - \\beta v$"
    cases = [  # the rule, our point, PyTorch's momentum, the difference, whether the paths are one
        ("momentum, constant rate", w, ".9", w_of_momentum(steady, kept), True),
        ("momentum, falling rate", w, ".9", w_of_momentum(falling, kept), False),
        ("momentum, falling rate", w, follows, w_of_momentum(falling, followed), True),
        ("Nesterov, constant rate", w, ".9", w_of_nesterov(steady, kept), False),
        ("Nesterov, constant rate", y, ".9", y_of_nesterov(steady, kept), True),
        ("Nesterov, falling rate", y, ".9", y_of_nesterov(falling, kept), False),
        ("Nesterov, falling rate", y, follows, y_of_nesterov(falling, followed), False),
    ]
    for case, *_, gap, same in cases:
        assert (gap < SAME) == same, case
    rows = [[*texts, f"{gap:.0e}"] for *texts, gap, _ in cases]
    return figures.table(rows, ["", "ours", "PyTorch's $\\mu$", "largest difference"])


def reset_momentum(data, start, lr, steps, epochs):
    """Fit a line by momentum that is set to rest where an epoch begins, and return the parameters.

    Examples
    --------
    With a step an epoch there is no momentum: the error of b is halved in each.

    >>> X, start = np.zeros((1, 4)), {"W": np.zeros((1, 1)), "b": np.ones((1, 1))}
    >>> float(reset_momentum((X, X), start, lr=0.25, steps=1, epochs=3)["b"][0, 0])
    0.125
    """
    params = start
    fit = partial(train, least_squares, epochs=1, batch=None, optimizer=momentum)
    for _ in range(epochs):  # each call of train begins at rest
        params = fit(params, data, lr=lr, steps=steps).params
    return params


def two_rules_with_noise(data, solution, lr, steps=5000):
    """Return a table of how far momentum and Nesterov come apart when they begin at the solution.

    Parameters
    ----------
    data : (X, C)
        A stack of trials, (trials, 1, m) each.
    solution : ndarray
        The slope and the intercept of least squares in each trial, (2, trials).
    lr : float
    steps : int

    Examples
    --------
    >>> X = np.zeros((2, 1, 8))
    >>> C = np.random.default_rng(0).standard_normal((2, 1, 8))
    >>> solution = np.stack([np.zeros(2), C.mean(axis=-1)[:, 0]])
    >>> print(str(two_rules_with_noise((X, C), solution, lr=0.1, steps=20)).splitlines()[2][:10])
    | all 49 |
    """
    a, b = solution
    start = {"W": a.reshape(-1, 1, 1), "b": b.reshape(-1, 1, 1)}
    gaps = {}
    for title, batch, seed in (
        ("all 49", None, 0),
        ("16, the same for both", 16, 0),
        ("16, each its own", 16, 100),
    ):
        fit = partial(train, least_squares, start, data, epochs=1, steps=steps, lr=lr, batch=batch)
        seeds = np.arange(len(b))
        p = fit(optimizer=momentum, seed=list(seeds)).params["b"].ravel()
        q = fit(optimizer=nesterov, seed=list(seed + seeds)).params["b"].ravel()
        gaps[title] = [np.abs(gap).max() for gap in (p - b, q - b, p - q)]
    with_all, *with_batches = (apart for *_, apart in gaps.values())
    assert with_all < HALF_A_DIGIT and min(with_batches) > 100 * HALF_A_DIGIT, gaps
    return figures.table(
        [[title, *(f"{gap:.1e}" for gap in largest)] for title, largest in gaps.items()],
        [
            "samples in a step",
            "momentum from least squares",
            "Nesterov from least squares",
            "from each other",
        ],
    )
