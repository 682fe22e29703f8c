"""Chapter 0: which product is a gradient, what a mean sends back, what a branch gets."""

import numpy as np

from ...arrays import inner
from ..questions import Choice, Question

STEP = 1e-3  # the functions here are linear or odd around their point: no step is too large


def which_product():
    """Return the question which product is the gradient of a layer in its weights."""
    rng = np.random.default_rng(0)
    W, X, G = rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
    products = {
        "$G_Z X^\\top$": (G @ X.T, "Each weight meets the samples' features in its sum."),
        "$X\\,G_Z^\\top$": (X @ G.T, "That is its transpose. A gradient has the shape of $W$."),
        "$W^\\top G_Z$": (W.T @ G, "That is the gradient in $X$, and has its shape."),
        "$\\tfrac14 G_Z X^\\top$": (G @ X.T / 4, "That is a mean: the samples' parts add up."),
    }
    choices, right = [], None
    for name, (product, says) in products.items():
        rows, columns = product.shape
        choice = Choice(f"{name}, of {rows} × {columns}", says)
        if _is_gradient(product, W, X, G):
            right = choice
        else:
            choices.append(choice)
    return Question(
        "0-product",
        "**Predict.** A layer makes $Z = W X$ of 4 samples, the columns of $X$; $W$ is 2 × 3. You"
        " know the gradient $G_Z$ of a loss in $Z$, an array of the shape of $Z$. Which is the"
        " gradient in $W$?",
        right,
        choices,
    )


def _is_gradient(product, W, X, G):
    """Say whether a product holds the slopes of <G, W X> by the entries of W, measured."""
    if product.shape != W.shape:
        return False
    slopes = np.zeros_like(W)
    for place in np.ndindex(W.shape):
        moved = W.copy()
        moved[place] += STEP
        slopes[place] = (inner(G, moved @ X) - inner(G, W @ X)) / STEP
    return np.allclose(slopes, product)


def what_a_mean_sends_back():
    """Return the question what a mean of four numbers sends back to each of them."""
    sent, x = 8.0, np.zeros(4)
    one = np.array([1.0, 0, 0, 0])
    back = sent * (np.mean(x + STEP * one) - np.mean(x)) / STEP
    of_a_sum = sent * (np.sum(x + STEP * one) - np.sum(x)) / STEP
    return Question(
        "0-mean",
        f"**Question.** $y$ is the mean of {x.size} numbers. A loss sends the gradient {sent:g}"
        " back to $y$. How much reaches each of the numbers?",
        Choice(f"{back:g}", "Each gets the whole of it, times its $\\tfrac14$ in the mean."),
        [
            Choice(f"{of_a_sum:g}", "So it is for a sum. In a mean each counts a quarter."),
            Choice(f"{sent * x.size:g}", "That multiplies by 4 where the mean divides by it."),
            Choice(f"{back / x.size:g}", "That shares out what is divided by 4 already."),
        ],
    )


def what_a_branch_gets():
    """Return the question what reaches the input of a residual unit."""

    def unit(x):
        return x + 2 * np.tanh(x)

    sent, around = 1.0, np.tanh(STEP) / STEP
    reaches = sent * (unit(STEP) - unit(-STEP)) / (2 * STEP)
    through, past = 2 * around * sent, sent
    return Question(
        "0-branch",
        "**Question.** $z = x + 2 \\tanh x$, at $x = 0$, where $\\tanh$ has the slope 1. A loss"
        f" sends the gradient {sent:g} back to $z$. How much reaches $x$?",
        Choice(f"{reaches:.1f}", "$x$ is used twice, and what both uses send back is added."),
        [
            Choice(f"{through:.1f}", "That is what came through the tanh. $x$ went past it, too."),
            Choice(f"{past:.1f}", "That is what came past the tanh. $x$ went through it, too."),
            Choice(f"{(through + past) / 2:.1f}", "The two are added, not averaged."),
        ],
    )
