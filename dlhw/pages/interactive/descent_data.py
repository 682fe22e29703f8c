"""Descent: three rules on a quadratic, what the page opens with, and a still of it."""

import numpy as np

from ...optimizers import momentum, nesterov, sgd
from .. import figures

RULES = {"descent": sgd, "momentum": momentum, "nesterov": nesterov}
"""The rules by the names that the page gives them."""

TITLES = {"descent": "descent", "momentum": "momentum", "nesterov": "Nesterov"}
MARKS = {"descent": "o-", "momentum": "s--", "nesterov": "^-."}

START = (1.0, 1.0)
STEPS = 60
"""How many steps are shown: enough for a good choice to arrive, too few for a bad one."""

LONG = 20_000
"""Steps after which one sees which way it goes, even at a rate next to its limit."""

FAR, NEAR = 1e6, 1e-12
"""A path that is so far away does not come back, and is not followed; one so near has arrived."""

OPENING = {"rate": 0.5, "beta": 0.9, "condition": 50}
"""Here momentum beats plain descent, as everybody expects."""

CONDITIONS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000]

HARD = {"condition": 100, "near": 1e-3}
"""Condition and distance of the last task: tuned momentum gets there, plain descent never."""

LEVELS = 4.0 ** -np.arange(-1, 4)
"""Losses of the contours, in units of the loss at the start: each ellipse half as wide."""


def eigenvalues(condition):
    """Return the eigenvalues of F = (w1^2 / condition + w2^2) / 2, as a column."""
    return np.array([[1 / condition], [1.0]])


def path(rule, rate, beta, condition, steps=STEPS):
    """Return the points that a rule walks through, the start first.

    Parameters
    ----------
    rule : {"descent", "momentum", "nesterov"}
    rate, beta, condition : float
        Learning rate; share of the velocity that is kept, of which descent has none; condition
        number.
    steps : int

    Returns
    -------
    ndarray
        Shape (steps + 1, 2).

    Examples
    --------
    >>> path("descent", rate=0.5, beta=0.9, condition=2, steps=2)
    array([[1.    , 1.    ],
           [0.75  , 0.5   ],
           [0.5625, 0.25  ]])
    """
    slopes = eigenvalues(condition)
    settings = {"lr": rate} if rule == "descent" else {"lr": rate, "beta": beta}
    w = np.array(START).reshape(2, 1)
    v, points = np.zeros_like(w), [w]
    for _ in range(steps):
        w, v = RULES[rule](lambda w: slopes * w, w, v, **settings)
        points.append(w)
    return np.hstack(points).T


def limits(beta):
    """Return, for each rule, the rate from which on it runs away: the steepest eigenvalue is 1.

    Chapter 3 derives them.

    Examples
    --------
    >>> limits(0.0)
    {'descent': 2.0, 'momentum': 2.0, 'nesterov': 2.0}
    """
    return {
        "descent": 2.0,
        "momentum": 2 * (1 + beta),
        "nesterov": (2 + 2 * beta) / (1 + 2 * beta),
    }


def opening():
    """Return what the script needs to know: all that is a choice of the page, and no formula."""
    return {
        "start": START,
        "steps": STEPS,
        "long": LONG,
        "far": FAR,
        "near": NEAR,
        "opening": OPENING,
        "conditions": CONDITIONS,
        "hard": HARD,
        "levels": LEVELS.tolist(),
    }


def tasks():
    """Return what is to be found, as a list that the script ticks."""
    texts = {
        "lose": f"momentum loses: after {STEPS} steps it is farther from the minimum than plain"
        " descent, and neither runs away;",
        "nesterov": "Nesterov runs away, and plain descent arrives;",
        "momentum": "momentum alone does not run away;",
        "hard": f"at κ = {HARD['condition']}, one of the three is within {HARD['near']:g}"
        f" of the minimum after {STEPS} steps.",
    }
    items = [f'<li data-task="{name}">{text}</li>' for name, text in texts.items()]
    return figures.Piece(f"<ol>{''.join(items)}</ol>")


def still():
    """Return the paths that the page opens with, drawn after the last step."""
    fig, ax = figures.axes(size=(4.9, 4.4))
    across, up = np.meshgrid(*2 * [np.linspace(-1.5, 1.5, 121)])
    flat, steep = eigenvalues(OPENING["condition"]).ravel()
    at_start = (flat + steep) / 2
    losses = (flat * across**2 + steep * up**2) / 2 / at_start
    ax.contour(across, up, losses, levels=np.sort(LEVELS), colors="#888888", linewidths=0.6)
    ends = {}
    for rule, title in TITLES.items():
        points = path(rule, **OPENING)
        ends[title] = np.linalg.norm(points[-1])
        ax.plot(*points.T, MARKS[rule], label=title, markersize=3, linewidth=1)
    ax.set(xlabel="$w_1$, flat", ylabel="$w_2$, steep", xlim=(-1.5, 1.5), ylim=(-1.5, 1.5))
    ax.legend(loc="lower left")
    found = ", ".join(f"{title} {end:.2g}" for title, end in ends.items())
    rate, beta, condition = OPENING.values()
    return figures.show(
        fig,
        caption=f"What the page opens with: $\\eta = {rate:g}$, $\\beta = {beta:g}$, $\\kappa ="
        f" {condition}$. After {STEPS} steps these are left of the distance: {found}.",
        text=f"Contours of the quadratic, and the paths of the three rules from {START}."
        f" Distances from the minimum after {STEPS} steps: {found}.",
    )


def limits_table():
    """Return the limit of each rule, for some shares of the velocity."""
    betas = (0.0, 0.5, OPENING["beta"], 0.99)
    rows = [[title, *(limits(beta)[rule] for beta in betas)] for rule, title in TITLES.items()]
    header = ["limit of the rate", *(f"$\\beta = {beta:g}$" for beta in betas)]
    return figures.table(rows, header)
