"""Chapter 6: what passes a tanh unit, what shape J v has, which tests see what; momentum again."""

import numpy as np

from ...derivative_tests.four_tests import adjoint_test, jacobian_test, jacobian_transpose_test
from ...layers import Dense, tanh
from ...optimizers import momentum
from ..derivatives.mistakes import sloped
from ..questions import Choice, Question


def what_passes():
    """Return the question how much of a gradient passes a unit that is nearly saturated."""
    y, change = np.array(0.9), np.array(1.0)
    passes = tanh.slope_times(y, change)
    linear, twice = 1 - y, 1 - np.tanh(y) ** 2
    return Question(
        "6-passes",
        f"**Predict.** A unit answers $y = \\tanh z = {y}$. The loss sends a gradient of 1 back to"
        " $y$. How much of it arrives at $z$?",
        Choice(f"{passes:.2f}", f"The slope of $\\tanh$ is $1 - y^2$, here $1 - {y}^2$."),
        [
            Choice(f"{linear:.2f}", "That is $1 - y$: the square is missing."),
            Choice(f"{twice:.2f}", "That is $1 - \\tanh^2 y$: $\\tanh$ was applied twice."),
            Choice(f"{change:.2f}", "So it would be without the $\\tanh$: its slope is forgotten."),
        ],
    )


def shape_of_the_product():
    """Return the question which shape J v has for a change of W."""
    layer, (params, X) = _point()
    Y, memory = layer.forward(params, X)
    still = {name: np.zeros_like(p) for name, p in params.items()}
    Jv = layer.jvp(params, memory, {**still, "W": params["W"]}, np.zeros_like(X))
    gradient, dX = layer.vjp(params, memory, Y)
    jacobian = Jv.size, params["W"].size
    return Question(
        "6-shape",
        f"**Question.** A layer of {layer.outputs} units sees {X.shape[1]} samples of"
        f" {layer.inputs} features. $W$ changes by $v$, of shape {params['W'].shape}. What is the"
        " shape of $J v$?",
        Choice(f"{Jv.shape}", "$J v$ is a change of the output, one for each unit and sample."),
        [
            Choice(f"{gradient['W'].shape}", "That is $W$'s, and so that of $J^\\top u$."),
            Choice(f"{dX.shape}", "That is the input's: $J^\\top u$ for $X$ has it."),
            Choice(f"{jacobian}", "That is $J$ itself, which nobody builds."),
        ],
    )


def who_sees_it():
    """Return the question which tests see a wrong slope that both products share."""
    right, wrong = tanh, sloped(lambda Y, V: V * (1 - np.tanh(Y) ** 2))
    return Question(
        "6-twice",
        "**Question.** By mistake $1 - \\tanh^2 Y$ stands in the place of the slope, in `jvp` and"
        " in `vjp` alike. Which tests fail?",
        Choice(
            _tests_that_fail(wrong, wrong),
            "The two products fit each other: both belong to a Jacobian, but not to this layer's.",
        ),
        [
            Choice(_tests_that_fail(right, wrong), "So it would be with the slip in `vjp` alone."),
            Choice(_tests_that_fail(wrong, right), "So it would be with the slip in `jvp` alone."),
        ],
    )


def longer_memory():
    """Return the question of chapter 5 again, for another momentum."""
    lr, beta = 0.001, 0.99
    usual, memory = _step_length(lr, 0.9), _step_length(lr, beta)
    return Question(
        "6-again",
        f"**Question.** In chapter 5, momentum with $\\beta = .9$ walked as far as SGD at ten times"
        f" the rate. Take $\\beta = {beta}$ and the rate {lr}: which rate must SGD have now?",
        Choice(f"{memory:.3f}", "A gradient that stays is summed to $1 / (1 - \\beta)$ of itself."),
        [
            Choice(f"{usual:.3f}", "So it was with $\\beta = .9$. This velocity forgets less."),
            Choice(f"{lr * (1 + beta):.3f}", "That is the second step. The velocity grows on."),
            Choice(f"{lr:.3f}", "That is the first step. Then the velocity adds up."),
        ],
    )


def _point():
    """Return a layer, its parameters and samples: no two sizes are equal."""
    layer, rng = Dense(3, 4), np.random.default_rng(6)
    params = {name: rng.normal(size=shape) for name, shape in layer.shapes.items()}
    return layer, (params, rng.normal(size=(3, 5)))


def _tests_that_fail(forward, backward):
    """Return the names of the tests that fail, with these slopes in `jvp` and in `vjp`."""
    layer, x = _point()

    def f(x):
        return layer.forward(*x)[0]

    def jvp(x, v):
        return Dense(3, 4, forward).jvp(x[0], layer.forward(*x)[1], *v)

    def vjp(x, u):
        return Dense(3, 4, backward).vjp(x[0], layer.forward(*x)[1], u)

    reports = {
        "Jacobian": jacobian_test(f, jvp, x),
        "transposed": jacobian_transpose_test(f, vjp, x),
        "adjoint": adjoint_test(jvp, vjp, x),
    }
    return " and ".join(name for name, report in reports.items() if not report)


def _step_length(lr, beta, steps=5000):
    """Return how long momentum's steps become where the gradient is always 1."""
    w, v = 0.0, 0.0
    for _ in range(steps):
        w, v = momentum(np.ones_like, w, v, lr, beta)
    return float(v)
