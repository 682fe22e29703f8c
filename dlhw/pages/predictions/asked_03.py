"""Chapter 3: where descent runs away, what momentum saves, what a test and a schedule say."""

import numpy as np

from ...optimizers import compounding, constant, exponential, momentum, sgd
from ..questions import Choice, Question

STEEP, FLAT = 4.0, 1.0  # the eigenvalues of the example by hand
LINE = np.vstack([np.arange(1.0, 50.0), np.ones(49)])  # the samples of the line, and ones
BETA = 0.9


def where_it_runs_away():
    """Return the question from which rate on gradient descent moves away from the minimum."""
    limit, arrives, of_the_flat = 2 / STEEP, 1 / STEEP, 2 / FLAT
    between = 1.5 * arrives
    assert _left(1.01 * limit) > 1 > _left(0.99 * limit)
    return Question(
        "3-limit",
        f"**Predict.** $F(w) = \\tfrac12 (w_1^2 + {STEEP:g} w_2^2)$. From which learning rate on"
        " does gradient descent run away?",
        Choice(
            f"{limit:g}",
            f"A step multiplies $w_2$ by $1 - {STEEP:g}\\eta$, which is $-1$ there: it jumps from"
            " side to side, and beyond that it grows.",
        ),
        [
            Choice(
                f"{arrives:g}",
                "There $w_2$ arrives in one step. A longer step overshoots, but comes nearer:"
                f" at $\\eta = {between:g}$ it is multiplied by {1 - STEEP * between:g}.",
            ),
            Choice(
                f"{of_the_flat:g}",
                f"That is the limit of $w_1$ alone. $w_2$ is multiplied by"
                f" {1 - STEEP * of_the_flat:g} in each step there.",
            ),
            Choice(
                "never",
                "So it would be if a step against the gradient always led down. It does so only"
                " while it is short.",
            ),
        ],
    )


def what_momentum_saves():
    """Return the question how many times fewer steps momentum needs along a flat mode."""
    flat, steep = np.linalg.eigvalsh(2 / LINE.shape[1] * LINE @ LINE.T)
    lr = 1e-4
    saved = np.log(_larger_root(lr * flat)) / np.log1p(-lr * flat)
    condition = steep / flat
    return Question(
        "3-momentum",
        f"**Question.** Along the flat mode of a loss with $\\kappa = {condition:.0f}$, descent at"
        f" $\\eta = {lr:g}$ needs many steps for one more digit. Momentum at the same rate, with"
        f" $\\beta = {BETA:g}$, needs how many times fewer?",
        Choice(f"{saved:.0f}", "For a flat mode it is a rate $1 / (1 - \\beta)$ times as large."),
        [
            Choice(
                f"{np.sqrt(condition):.0f}",
                "That is $\\sqrt\\kappa$. About so much is gained if rate *and* $\\beta$ are tuned"
                " to $\\kappa$, not at a fixed $\\beta$.",
            ),
            Choice(
                f"{1 + BETA:g}",
                "That is $1 + \\beta$: so much farther away is the limit of the rate.",
            ),
            Choice(
                "none",
                "So it would be if the gradient changed its sign from step to step. Along a flat"
                " mode it hardly changes, and the velocity adds it up.",
            ),
        ],
    )


def test_of_the_line():
    """Return the question how the error of a gradient test falls: back to chapter 2."""
    right, forgotten = (_ratio(factor) for factor in (2, 1))
    return Question(
        "3-test",
        "**Question.** Test this $g$ as in [chapter 2](02-testing-a-derivative.md#the-whole-idea):"
        " $E_1$ is what is left of the change of $F$ when the claimed slope times the step is taken"
        " off. $g$ is right, and you halve the step. By what is $E_1$ divided?",
        Choice(f"{right:.4g}", "$F$ is a quadratic: what is left goes with the step's square."),
        [
            Choice(
                f"{forgotten:.4g}",
                "So it is for small steps if the 2 in front of $\\tfrac1m$ is forgotten: then a"
                " part of the slope is left.",
            ),
            Choice(
                "8",
                "So it would be if the second-order term were taken off as well, and $F$ had a"
                " third. A gradient takes off the first.",
            ),
            Choice(
                "1",
                "Then a step would not matter: that is the plateau of round-off, at steps far too"
                " small.",
            ),
        ],
    )


def what_a_schedule_is_worth():
    """Return the question how many epochs at the full rate a compounding schedule is worth."""
    epochs, decay = 200, 0.9
    worth = {
        make.__name__: sum(factor(epoch) for epoch in range(epochs))
        for make, factor in (
            (compounding, compounding(decay)),
            (exponential, exponential(decay)),
            (constant, constant()),
        )
    }
    half = 1 + np.log(0.5) / np.log(decay)
    return Question(
        "3-schedule",
        f"**Question.** {epochs} epochs with `lr = lr * {decay:g}**epoch` in the loop. How many"
        " epochs at the full rate are they worth, all together?",
        Choice(
            f"{worth['compounding']:.1f}",
            "The factors are $.9^0, .9^{0 + 1}, .9^{0 + 1 + 2}, \\dots$, and this is their sum.",
        ),
        [
            Choice(
                f"{worth['exponential']:.1f}",
                "So it would be with $.9^i$: `lr = lr0 * 0.9**epoch`.",
            ),
            Choice(
                f"{half:.1f}",
                "After so many epochs $.9^i$ is down to a half. What counts is the sum.",
            ),
            Choice(f"{worth['constant']:.0f}", "So it would be at a constant rate."),
        ],
    )


def _left(lr, steps=50):
    """Return the larger of both errors after some steps of descent on the example by hand."""
    w = np.ones((2, 1))
    for _ in range(steps):
        w, _ = sgd(lambda w: np.array([[FLAT], [STEEP]]) * w, w, 0 * w, lr)
    return np.abs(w).max()


def _larger_root(x):
    """Return by what momentum multiplies the error of a flat mode in a step, in the long run."""
    w, v = 1.0, 0.0
    for _ in range(1000):
        before = w
        w, v = momentum(lambda w: x * w, w, v, lr=1.0, beta=BETA)
    return w / before


def _ratio(factor, t=1e-3):
    """Return by what E1 falls when the step is halved, for a gradient with this factor."""
    rng = np.random.default_rng(0)
    m = LINE.shape[1]
    w, d = rng.normal(size=(2, 1)), np.array([[0.0], [1.0]])

    def loss(w):
        return np.sum((LINE.T @ w - LINE[:1].T) ** 2) / m

    g = factor / m * LINE @ (LINE.T @ w - LINE[:1].T)
    errors = [abs(loss(w + s * d) - loss(w) - s * np.vdot(g, d)) for s in (t, t / 2)]
    return errors[0] / errors[1]
