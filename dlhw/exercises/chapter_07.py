"""The exercises of chapter 7: a scaled branch, a block with two bugs, a branch that begins at 0."""

import numpy as np

from ..derivative_tests.four_tests import jacobian_transpose_test
from ..layers import ResidualBlock
from .judging import Part

# ---- 7.1: a scaled branch ------------------------------------------------------------------------


def scaled(p):
    return p["X"] + p["alpha"] * (p["W2"] @ np.tanh(p["W1"] @ p["X"]))


def scaled_point():
    rng = np.random.default_rng(7)
    shapes = {"W1": (4, 3), "W2": (3, 4), "X": (3, 5)}
    drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return {"alpha": np.array(0.7), **drawn}


def scaled_gradients(scaled_vjp):
    return scaled_vjp(scaled_point(), np.random.default_rng(1).normal(size=(3, 5)))


def report_of_scaled(scaled_vjp):
    return jacobian_transpose_test(scaled, scaled_vjp, scaled_point())


def scaled_back(p, dY, identity=1, dB=None):
    """The way back of the scaled block, with the gradient of its branch as it should be or not."""
    if dB is None:
        dB = p["alpha"] * dY
    H = np.tanh(p["W1"] @ p["X"])
    dA = (1 - H * H) * (p["W2"].T @ dB)
    return {
        "alpha": np.sum(dY * (p["W2"] @ H)),
        "W1": dA @ p["X"].T,
        "W2": dB @ H.T,
        "X": identity * dY + p["W1"].T @ dA,
    }


def without_identity(p, dY):
    return scaled_back(p, dY, identity=0)


def identity_scaled_too(p, dY):
    return scaled_back(p, dY, identity=p["alpha"])


def alpha_forgotten(p, dY):
    return scaled_back(p, dY, dB=dY)


def alpha_not_summed(p, dY):
    return {**scaled_back(p, dY), "alpha": dY * (p["W2"] @ np.tanh(p["W1"] @ p["X"]))}


SCALED = Part(
    "scaled_vjp",
    {
        "X is used by the branch and by the identity, and only the branch sent something back.": (
            without_identity
        ),
        "alpha stands before the branch alone: the identity path does not see it.": (
            identity_scaled_too
        ),
        "The branch was multiplied by alpha on its way forward: what goes back into it, too.": (
            alpha_forgotten
        ),
        "alpha is one number for all entries of the branch: so is its gradient.": alpha_not_summed,
    },
    scaled_gradients,
    test=report_of_scaled,
)

# ---- 7.2: two bugs -------------------------------------------------------------------------------

LINES = Part(
    "lines",
    {
        "A is one of two. The other one the block's own parameters do not notice.": "A",
        "E is one of two. The other one spoils every gradient.": "E",
        "B is right: b2 is added to every sample, and W2 multiplies H.": "B",
        "C is right: back through W2, then through the slope of tanh.": "C",
        "D is right: b1 is added to every sample, and W1 multiplies X.": "D",
    },
    right=lambda: "AE",
)

# ---- 7.3: a branch that begins at zero -----------------------------------------------------------


def zero_branch():
    """Return a block, parameters with W2 = 0 and b2 = 0, samples and the gradient in Y."""
    block, rng = ResidualBlock(3, 4), np.random.default_rng(0)
    params = {name: rng.normal(size=shape) for name, shape in block.shapes.items()}
    params |= {"W2": np.zeros((3, 4)), "b2": np.zeros((3, 1))}
    return block, params, rng.normal(size=(3, 5)), rng.normal(size=(3, 5))


def through_zero_branch():
    block, params, X, dY = zero_branch()
    Y, memory = block.forward(params, X)
    return Y, block.vjp(params, memory, dY)[1]


def who_learns(step):
    """Return the names of the parameters that get a gradient in a step, the first or the second."""
    block, params, X, dY = zero_branch()
    for _ in range(step):
        gradient, _ = block.vjp(params, block.forward(params, X)[1], dY)
        params = {name: params[name] - 0.1 * gradient[name] for name in params}
    return in_order(name for name in gradient if gradient[name].any())


def in_order(names):
    return " ".join(sorted(names))


def of_the_reader(at_start):
    _, _, X, dY = zero_branch()
    return at_start(X, dY)


AT_START = Part(
    "at_start",
    {
        "Y is right. A branch of zeros shuts the branch; the identity path stays open.": (
            lambda X, dY: (X, 0 * dY)
        ),
        "G_X would be 2 dY if the branch were an identity, too. It is zero.": (
            lambda X, dY: (X, 2 * dY)
        ),
    },
    of_the_reader,
    right=through_zero_branch,
)
FIRST = Part(
    "first",
    {
        "G_A contains W2, and W2 is zero: what does that make of G_W1?": {"W1", "b1", "W2", "b2"},
        "W1 and b1 get theirs through W2, which is zero. W2 gets its own from H.": {"W1", "b1"},
        "The branch puts out zero, but H is not zero: look at G_W2.": set(),
        "b2 has one. Look at G_W2 as well: is H zero?": {"b2"},
    },
    in_order,
    right=lambda: who_learns(1),
)
SECOND = Part(
    "second",
    {
        "So it was in the first step. Now W2 is no longer zero.": {"W2", "b2"},
        "These two are new. Those of the first step still learn.": {"W1", "b1"},
    },
    in_order,
    right=lambda: who_learns(2),
)

EXERCISES = {"7.1": (SCALED,), "7.2": (LINES,), "7.3": (AT_START, FIRST, SECOND)}
