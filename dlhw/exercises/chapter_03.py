"""The exercises of chapter 3: momentum without a velocity, one step that is enough, two bugs."""

import numpy as np

from ..optimizers import momentum
from .judging import Part

# ---- 3.1: momentum without a velocity ------------------------------------------------------------

LR, BETA, STEPS = 0.2, 0.7, 6
START = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25]])


def slope(w):
    """Return the gradient of a loss that is no quadratic: one of log cosh, along other axes."""
    mix = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, -0.5], [0.25, 0.0, 1.0]])
    return mix.T @ np.tanh(mix @ w)


def places(step):
    """Return the places of a walk that begins at rest."""
    before, w, seen = START, START, []
    for _ in range(STEPS):
        before, w = w, step(slope, w, before, LR, BETA)
        seen.append(w)
    return seen


def places_of_momentum():
    w, v, seen = START, np.zeros_like(START), []
    for _ in range(STEPS):
        w, v = momentum(slope, w, v, LR, BETA)
        seen.append(w)
    return seen


def braked(gradient, w, before, lr, beta):
    return w - lr * gradient(w) - beta * (w - before)


def looks_ahead(gradient, w, before, lr, beta):
    ahead = w + beta * (w - before)
    return ahead - lr * gradient(ahead)


def slowed_twice(gradient, w, before, lr, beta):
    return w - lr * (gradient(w) - beta * (w - before))


def forgetful(gradient, w, before, lr, beta):
    return w - lr * gradient(w)


def averaged(gradient, w, before, lr, beta):
    return w - lr * (1 - beta) * gradient(w) + beta * (w - before)


def from_before(gradient, w, before, lr, beta):
    return before - lr * gradient(w) + beta * (w - before)


STEP = Part(
    "step",
    {
        "The last step is taken back: look at the sign of the velocity, v = before - w.": braked,
        "The gradient is taken ahead of w: that is Nesterov's rule.": looks_ahead,
        "The learning rate multiplies the last step, but it is in that step already.": slowed_twice,
        "That is plain descent: nothing of the last step is kept.": forgetful,
        "That is a running mean of gradients. Here they are summed: no factor 1 - beta.": averaged,
        "It starts from the place before the last: begin at w.": from_before,
    },
    places,
    right=places_of_momentum,
    refused=("momentum", "nesterov"),
)

# ---- 3.2: one step is enough ---------------------------------------------------------------------

X = np.arange(1.0, 50.0).reshape(1, 49)
CENTRED = X - X.mean()


def best_rate():
    """Return the rate at which descent on the scaled line arrives in one step."""
    rows = np.vstack([CENTRED / CENTRED.std(), np.ones_like(X)])
    return 1 / np.linalg.eigvalsh(2 / X.size * rows @ rows.T)[-1]


CENTRE = Part(
    "centred",
    {
        "Its mean is 1, not 0: subtract, do not divide.": X / X.mean(),
        "It begins at 0, but its mean is not 0.": X - X.min(),
    },
    right=lambda: X - X.sum() / X.size,
)
SCALE = Part(
    "scaled",
    {
        "Its mean is not 0: scale what you have centred.": X / X.std(),
        "The mean of its squares should be 1. Divide by the root of the variance.": (
            CENTRED / CENTRED.var()
        ),
        "Its largest entry is 1. But the mean of its squares should be.": CENTRED / CENTRED.max(),
    },
    right=lambda: CENTRED / np.sqrt(np.mean(CENTRED**2)),
)
RATE = Part(
    "lr",
    {
        "That is the limit: the error changes its sign in each step, and keeps its size.": (
            2 * best_rate()
        ),
        "That halves the error in each step. Solve 1 - lr times eigenvalue = 0.": best_rate() / 2,
        "That is the eigenvalue. The rate is one over it.": 1 / best_rate(),
    },
    lambda lr: np.round(lr, 12),
    right=lambda: np.round(best_rate(), 12),
)

# ---- 3.3: two bugs -------------------------------------------------------------------------------


def letters(lines):
    """Return the letters of an answer in their order."""
    return "".join(sorted("".join(lines).upper()))


LINES = Part(
    "lines",
    {
        "A is one of two: it resets the velocity. The other is in the rate.": "A",
        "B is one of two: that rate falls far too fast. The other is in the velocity.": "B",
        "C is right: (2 x m)(m x 1), and the 2 comes from the square.": "C",
        "D is right: that is momentum's velocity.": "D",
        "E is right: it makes a new array, and goes against the gradient.": "E",
    },
    letters,
    right=lambda: "AB",
)

EXERCISES = {"3.1": (STEP,), "3.2": (CENTRE, SCALE, RATE), "3.3": (LINES,)}
