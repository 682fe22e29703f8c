"""Mistakes as data: models with one thing wrong, and what each of the four tests says about them.

The mistakes replace one part of a right model. What a test should say is its cause; an empty one means that the test passes,
because it cannot see this mistake.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..layers import Activation, Dense, ResidualBlock, relu, tanh
from ..softmax import cross_entropy, cross_entropy_gradient, softmax
from .right_models import Model, labels, least_squares, regression, through


class Mistake(NamedTuple):
    """A model with something wrong, the cause that each test should give, and why those that pass cannot see it."""

    name: str
    model: Model
    causes: tuple
    why: str = ""


def changed(model, **blocks):
    """The model with some blocks of its J^T u passed through a function of (block, x, u)."""

    def vjp(x, u):
        right = model.vjp(x, u)
        return {**right, **{name: wrong(right[name], x, u) for name, wrong in blocks.items()}}

    return replace(model, vjp=vjp)


def graded(model, wrong):
    """The model with the gradient of its loss passed through a function of (dY, Y)."""
    return replace(model, loss_gradient=lambda Y: wrong(model.loss_gradient(Y), Y))


def only(model, name):
    """The model as a function of one block of its parameters; the others stay."""
    whole = lambda x: {**model.x, **x}
    return replace(
        model,
        x={name: model.x[name]},
        forward=lambda x: model.forward(whole(x)),
        jvp=lambda x, v: model.jvp(
            whole(x), {**{key: np.zeros_like(p) for key, p in model.x.items()}, **v}
        ),
        vjp=lambda x, u: {name: model.vjp(whole(x), u)[name]},
    )


def sloped(slope_times):
    """tanh with another product with its slope."""
    return Activation("tanh", np.tanh, slope_times)


class ForgetfulBlock(ResidualBlock):
    """A residual block whose way back has the branch alone."""

    def vjp(self, params, memory, dY):
        dparams, dX = super().vjp(params, memory, dY)
        return dparams, dX - self.outer.slope_times(memory[-1], dY)


def centred(x):
    """Centre the samples where they stand."""
    x["X"] -= x["X"].mean(axis=-1, keepdims=True)
    return x["X"]


def gallery():
    """Return the mistakes, those of the loss first, then of the layers, then those that no test can see.

    Examples
    --------
    >>> mistakes = gallery()
    >>> mistakes[0].name, mistakes[0].causes
    ('1/m forgotten', ('scale', '', '', ''))
    """
    right, layer = regression(), through(Dense(3, 5))
    block = lambda kind=ResidualBlock, outer=relu, **options: through(
        kind(4, 6, outer=outer, **options)
    )
    m, C = 16, labels(16, 5, np.random.default_rng(1))
    mean = lambda g, x, u: u.mean(axis=-1, keepdims=True)
    decay = lambda x: 0.05 * np.sum(x["W"] ** 2)
    noise = np.random.default_rng(2)
    loss_only = "The other tests never see the loss."
    backward_only = "The way forward is right."
    forward_only = "The way back is right."
    consistent = "Both products have it, so they agree with each other."
    naive = lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0, keepdims=True)
    return [
        Mistake(
            "1/m forgotten", graded(right, lambda g, Z: m * g), ("scale", "", "", ""), loss_only
        ),
        Mistake("1/m twice", graded(right, lambda g, Z: g / m), ("scale", "", "", ""), loss_only),
        Mistake("$C - P$", graded(right, lambda g, Z: -g), ("sign", "", "", ""), loss_only),
        Mistake(
            "labels forgotten: $P/m$",
            graded(right, lambda g, Z: softmax(Z) / m),
            ("wrong", "", "", ""),
            loss_only,
        ),
        Mistake(
            "only the true class: $C (P - C)/m$",
            graded(right, lambda g, Z: g * (g < 0)),
            ("wrong", "", "", ""),
            loss_only,
        ),
        Mistake(
            "softmax over the samples",
            graded(right, lambda g, Z: g + (softmax(Z.T).T - softmax(Z)) / m),
            ("wrong", "", "", ""),
            loss_only,
        ),
        Mistake(
            "no softmax: $(Z - C)/m$",
            graded(right, lambda g, Z: g + (Z - softmax(Z)) / m),
            ("wrong", "", "", ""),
            loss_only,
        ),
        Mistake(
            "labels of another batch",
            graded(right, lambda g, Z: cross_entropy_gradient(Z, C)),
            ("wrong", "", "", ""),
            loss_only,
        ),
        Mistake(
            "norm, with the gradient of half its square",
            replace(least_squares(), loss=np.linalg.norm, loss_gradient=lambda r: r),
            ("scale", "", "", ""),
            loss_only,
        ),
        Mistake(
            "a square, without its 2",
            graded(least_squares(), lambda g, r: g / 2),
            ("scale", "", "", ""),
            loss_only,
        ),
        Mistake(
            "softmax without shift, at large scores",
            replace(
                right,
                forward=lambda x: 1e3 * right.forward(x),
                jvp=lambda x, v: 1e3 * right.jvp(x, v),
                vjp=lambda x, u: right.vjp(x, 1e3 * u),
                loss=lambda Z: -np.sum(C * np.log(naive(Z))) / m,
            ),
            ("nonfinite", "", "", ""),
            loss_only,
        ),
        Mistake(
            "loss and gradient returned as a pair",
            replace(right, loss=lambda Z: (right.loss(Z), right.loss_gradient(Z))),
            ("shape", "", "", ""),
            loss_only,
        ),
        Mistake("no return", replace(right, loss=lambda Z: None), ("shape", "", "", ""), loss_only),
        Mistake(
            "a new random batch at every call",
            replace(
                right,
                loss=lambda Z: cross_entropy(*(A[:, noise.permutation(m)[:8]] for A in (Z, C))),
            ),
            ("not_deterministic", "", "", ""),
            loss_only,
        ),
        Mistake(
            "samples centred in place",
            replace(layer, forward=lambda x: layer.forward({**x, "X": centred(x)})),
            ("mutates_input", "mutates_input", "mutates_input", ""),
            "The adjoint test does not call the forward map.",
        ),
        Mistake(
            "db a mean", changed(right, b=mean), ("scale", "", "scale", "scale"), backward_only
        ),
        Mistake(
            "db not summed",
            changed(right, b=lambda g, x, u: u),
            ("shape", "", "shape", "shape"),
            backward_only,
        ),
        Mistake(
            "db never stored",
            changed(right, b=lambda g, x, u: 0 * g),
            ("missing_block", "", "missing_block", "missing_block"),
            backward_only,
        ),
        Mistake(
            "$X G_Z^\\top$ for $G_Z X^\\top$",
            changed(right, W=lambda g, x, u: g.T),
            ("transposed", "", "transposed", "transposed"),
            backward_only,
        ),
        Mistake(
            "reshape along columns, ravel along rows",
            changed(right, W=lambda g, x, u: g.ravel().reshape(g.shape, order="F")),
            ("transposed", "", "transposed", "wrong"),
            backward_only + " The adjoint test does not try other orders.",
        ),
        Mistake(
            "regulariser in the loss alone",
            replace(right, forgotten=decay),
            ("missing_term", "", "", ""),
            loss_only,
        ),
        Mistake(
            "$1 - \\tanh$ for $1 - \\tanh^2$",
            through(Dense(3, 5, sloped(lambda Y, V: V * (1 - Y)))),
            ("wrong", "wrong", "wrong", ""),
            consistent,
        ),
        Mistake(
            "tanh taken twice: $1 - \\tanh(Y)^2$",
            through(Dense(3, 5, sloped(lambda Y, V: V * (1 - np.tanh(Y) ** 2)))),
            ("wrong", "wrong", "wrong", ""),
            consistent,
        ),
        Mistake(
            "the slope of tanh forgotten on the way back",
            replace(layer, vjp=through(Dense(3, 5, sloped(lambda Y, V: V))).vjp),
            ("wrong", "", "wrong", "wrong"),
            backward_only,
        ),
        Mistake(
            "the slope of tanh forgotten on the way forward",
            replace(layer, jvp=through(Dense(3, 5, sloped(lambda Y, V: V))).jvp),
            ("", "wrong", "", "wrong"),
            forward_only,
        ),
        Mistake(
            "$W G_Z$ for $W^\\top G_Z$",
            changed(layer, X=lambda g, x, u: x["W"] @ u),
            ("raises", "", "raises", "raises"),
            backward_only,
        ),
        Mistake(
            "identity path forgotten on the way back",
            block(ForgetfulBlock),
            ("wrong", "", "wrong", "wrong"),
            backward_only,
        ),
        Mistake(
            "the ReLU of the sum for its mask",
            replace(
                block(), vjp=block(outer=Activation("relu", relu.value, lambda Y, V: V * Y)).vjp
            ),
            ("wrong", "", "wrong", "wrong"),
            backward_only,
        ),
        Mistake(
            "$dW_2$ from $X$ for the hidden values",
            changed(block(), W2=lambda g, x, u: u @ x["X"].T),
            ("shape", "", "shape", "shape"),
            backward_only,
        ),
        Mistake(
            "tanh in the test, ReLU in the network",
            replace(block(), forward=block(outer=tanh).forward),
            ("wrong", "wrong", "wrong", ""),
            consistent,
        ),
        Mistake(
            "ReLU at zero parameters",
            through(Dense(3, 5, relu), scale=0.0),
            ("kink", "kink", "kink", "vacuous"),
            "No derivative is right here. The products are all zero.",
        ),
        Mistake(
            "one sample: db a mean",
            changed(regression(m=1), b=mean),
            ("", "", "", ""),
            "The mean of one number is its sum.",
        ),
        Mistake(
            "zero parameters: regulariser in the loss alone",
            replace(regression(zero=True), forgotten=decay),
            ("", "", "", ""),
            "The gradient of the regulariser is a multiple of the parameters, here zero.",
        ),
        Mistake(
            "only $W$ tested: db a mean",
            only(changed(right, b=mean), "W"),
            ("", "", "", ""),
            "Nothing that was tested is wrong.",
        ),
        Mistake(
            "one entry wrong by $10^{-13}$ of it",
            changed(right, W=lambda g, x, u: g * (1 + 1e-13 * (np.arange(15).reshape(5, 3) == 4))),
            ("", "", "", ""),
            "Round-off of the loss is larger.",
        ),
        Mistake(
            "the wrong loss, with its own right gradient",
            replace(right, loss=lambda Z: np.mean(Z**2), loss_gradient=lambda Z: 2 * Z / Z.size),
            ("", "", "", ""),
            "A test compares a function with its derivative, not with what you meant.",
        ),
    ]
