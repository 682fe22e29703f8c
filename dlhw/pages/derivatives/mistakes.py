"""Mistakes as data: models with one thing wrong, and what each of the four tests says of them.

The mistakes replace one part of a right model. What a test should say is its cause; an empty one
means that the test passes, because it cannot see this mistake.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...layers import Activation, Dense, ResidualBlock, relu, tanh
from ...softmax import cross_entropy, cross_entropy_gradient, softmax
from .right_models import Model, labels, regression, squared_residual, through


class Mistake(NamedTuple):
    """A model with something wrong, the cause that each test should give, and why some pass."""

    name: str
    model: Model
    causes: tuple
    why: str = ""


def changed(model, **blocks):
    """The model with some blocks of its J^T u passed through a function of (block, x, u)."""

    def vjp(x, u):
        result = dict(model.vjp(x, u))
        for name, wrong in blocks.items():
            result[name] = wrong(result[name], x, u)
        return result

    return replace(model, vjp=vjp)


def graded(model, wrong):
    """The model with the gradient of its loss passed through a function of (dY, Y)."""
    return replace(model, loss_gradient=lambda Y: wrong(model.loss_gradient(Y), Y))


def only(model, name):
    """The model as a function of one block of its parameters; the others stay."""
    still = {key: np.zeros_like(p) for key, p in model.x.items()}
    return replace(
        model,
        x={name: model.x[name]},
        forward=lambda x: model.forward({**model.x, **x}),
        jvp=lambda x, v: model.jvp({**model.x, **x}, {**still, **v}),
        vjp=lambda x, u: {name: model.vjp({**model.x, **x}, u)[name]},
    )


def sloped(slope_times):
    """tanh with another product with its slope."""
    return Activation("tanh", np.tanh, slope_times)


class ForgetfulBlock(ResidualBlock):
    """A residual block whose way back has the branch alone."""

    def vjp(self, params, memory, dY, need_dX=True):
        dparams, dX = super().vjp(params, memory, dY, need_dX)
        if need_dX:
            dX = dX - self.outer.slope_times(memory[-1], dY)
        return dparams, dX


def centred(x):
    """Centre the samples where they stand."""
    x["X"] -= x["X"].mean(axis=-1, keepdims=True)
    return x["X"]


def mean(g, x, u):
    """The mean over the samples, where the gradient of b is a sum."""
    return u.mean(axis=-1, keepdims=True)


def naive(Z):
    """softmax without the shift."""
    return np.exp(Z) / np.exp(Z).sum(axis=0, keepdims=True)


def decay(x):
    """A regulariser."""
    return 0.05 * np.sum(x["W"] ** 2)


def reordered(array):
    """The entries of an array, read along rows and written along columns."""
    return array.ravel().reshape(array.shape, order="F")


def at_the_point_seen_last(model):
    """The model whose products are those at the point that its forward map saw last."""
    last = [model.x]

    def forward(x):
        last[0] = x
        return model.forward(x)

    return replace(
        model,
        forward=forward,
        jvp=lambda x, v: model.jvp(last[0], v),
        vjp=lambda x, u: model.vjp(last[0], u),
    )


def scaling_in_place(model):
    """The model whose forward map scales its data at every call, where they stand."""
    size = np.ones(1)

    def forward(x):
        size[:] /= 255
        return size * model.forward(x)

    return replace(model, forward=forward)


def residual(kind=ResidualBlock, outer=relu):
    """A residual block as a model."""
    return through(kind(4, 6, outer=outer))


def in_loss(name, model, cause):
    """A mistake in the loss or its gradient."""
    return Mistake(name, model, (cause, "", "", ""), "The other tests never see the loss.")


def in_transpose(name, model, cause):
    """A mistake in the product with J^T."""
    return Mistake(name, model, (cause, "", cause, cause), "The way forward is right.")


def in_both_products(name, model):
    """A mistake in J v and in J^T u alike."""
    why = "Both products have it, so they agree with each other."
    return Mistake(name, model, ("wrong", "wrong", "wrong", ""), why)


def unseen(name, model, why):
    """A mistake that no test can see."""
    return Mistake(name, model, ("", "", "", ""), why)


def gallery():
    """Return the mistakes: those of the loss, those of the layers, those that no test can see.

    Examples
    --------
    >>> mistakes = gallery()
    >>> mistakes[0].name, mistakes[0].causes
    ('1/m forgotten', ('scale', '', '', ''))
    """
    return [*loss_mistakes(), *layer_mistakes(), *unseen_mistakes()]


def loss_mistakes():
    """Return mistakes in a loss and its gradient, most of them in softmax regression's."""
    right, squares, m = regression(), squared_residual(), 16
    other_labels, noise = labels(m, 5, np.random.default_rng(1)), np.random.default_rng(2)

    def over_samples(g, Z):
        return g + (softmax(Z.T).T - softmax(Z)) / m

    def of_a_batch(Z):
        batch = noise.permutation(m)[:8]
        return cross_entropy(Z[:, batch], other_labels[:, batch])

    large = replace(
        right,
        forward=lambda x: 1e3 * right.forward(x),
        jvp=lambda x, v: 1e3 * right.jvp(x, v),
        vjp=lambda x, u: right.vjp(x, 1e3 * u),
        loss=lambda Z: -np.sum(other_labels * np.log(naive(Z))) / m,
    )
    norm = replace(squares, loss=np.linalg.norm, loss_gradient=lambda r: r)
    pair = replace(right, loss=lambda Z: (right.loss(Z), right.loss_gradient(Z)))
    other_gradient = graded(right, lambda g, Z: cross_entropy_gradient(Z, other_labels))
    return [
        in_loss("1/m forgotten", graded(right, lambda g, Z: m * g), "scale"),
        in_loss(
            "a mean over the classes, too",
            replace(right, loss=lambda Z: right.loss(Z) / 5),
            "scale",
        ),
        in_loss("1/m twice", graded(right, lambda g, Z: g / m), "scale"),
        in_loss("$C - P$", graded(right, lambda g, Z: -g), "sign"),
        in_loss("labels forgotten: $P/m$", graded(right, lambda g, Z: softmax(Z) / m), "wrong"),
        in_loss(
            "only the true class: $C (P - C)/m$", graded(right, lambda g, Z: g * (g < 0)), "wrong"
        ),
        in_loss("softmax over the samples", graded(right, over_samples), "wrong"),
        in_loss(
            "no softmax: $(Z - C)/m$", graded(right, lambda g, Z: g + (Z - softmax(Z)) / m), "wrong"
        ),
        in_loss("labels of another batch", other_gradient, "wrong"),
        in_loss("norm, with the gradient of half its square", norm, "scale"),
        in_loss("a square, without its 2", graded(squares, lambda g, r: g / 2), "scale"),
        in_loss("softmax without shift, at large scores", large, "nonfinite"),
        in_loss("loss and gradient returned as a pair", pair, "shape"),
        in_loss("no return", replace(right, loss=lambda Z: None), "shape"),
        in_loss(
            "a new random batch at every call", replace(right, loss=of_a_batch), "not_deterministic"
        ),
    ]


def layer_mistakes():
    """Return mistakes in a layer's way forward and back, and in how both are called."""
    right, layer, block = regression(), through(Dense(3, 5)), residual()
    in_place = replace(layer, forward=lambda x: layer.forward({**x, "X": centred(x)}))
    by_columns = changed(right, W=lambda g, x, u: reordered(g))
    without_square = through(Dense(3, 5, sloped(lambda Y, V: V * (1 - Y))))
    twice = through(Dense(3, 5, sloped(lambda Y, V: V * (1 - np.tanh(Y) ** 2))))
    straight = through(Dense(3, 5, sloped(lambda Y, V: V)))
    unmasked = residual(outer=Activation("relu", relu.value, lambda Y, V: V * Y))
    return [
        Mistake(
            "samples centred in place",
            in_place,
            ("mutates_input", "mutates_input", "mutates_input", ""),
            "The adjoint test does not call the forward map.",
        ),
        Mistake(
            "data scaled in place at every call",
            scaling_in_place(right),
            ("not_deterministic", "not_deterministic", "not_deterministic", ""),
            "The adjoint test does not call the forward map.",
        ),
        Mistake(
            "products at what the layer saw last",
            at_the_point_seen_last(layer),
            ("", "stale", "stale", ""),
            "The gradient runs the layer first. The adjoint test never runs it.",
        ),
        in_transpose("db a mean", changed(right, b=mean), "scale"),
        in_transpose("db not summed", changed(right, b=lambda g, x, u: u), "shape"),
        in_transpose("db never stored", changed(right, b=lambda g, x, u: 0 * g), "missing_block"),
        in_transpose(
            "$X G_Z^\\top$ for $G_Z X^\\top$", changed(right, W=lambda g, x, u: g.T), "transposed"
        ),
        Mistake(
            "reshape along columns, ravel along rows",
            by_columns,
            ("transposed", "", "transposed", "wrong"),
            "The way forward is right. The adjoint test does not try other orders.",
        ),
        Mistake(
            "$u$ read along rows, where columns are due",
            replace(right, vjp=lambda x, u: right.vjp(x, reordered(u))),
            ("wrong", "", "transposed", "wrong"),
            "The way forward is right. Only the transposed test tries other orders.",
        ),
        Mistake(
            "$v$ read along rows, where columns are due",
            replace(right, jvp=lambda x, v: right.jvp(x, {**v, "W": reordered(v["W"])})),
            ("", "transposed", "", "wrong"),
            "The way back is right.",
        ),
        in_loss("regulariser in the loss alone", replace(right, forgotten=decay), "missing_term"),
        in_loss(
            "regulariser in the loss alone, 1/m forgotten",
            only(replace(graded(right, lambda g, Z: 16 * g), forgotten=decay), "W"),
            "missing_term",
        ),
        in_both_products("$1 - \\tanh$ for $1 - \\tanh^2$", without_square),
        in_both_products("tanh taken twice: $1 - \\tanh(Y)^2$", twice),
        in_transpose(
            "the slope of tanh forgotten on the way back",
            replace(layer, vjp=straight.vjp),
            "wrong",
        ),
        Mistake(
            "the slope of tanh forgotten on the way forward",
            replace(layer, jvp=straight.jvp),
            ("", "wrong", "", "wrong"),
            "The way back is right.",
        ),
        in_transpose(
            "$W G_Z$ for $W^\\top G_Z$", changed(layer, X=lambda g, x, u: x["W"] @ u), "raises"
        ),
        in_transpose("identity path forgotten on the way back", residual(ForgetfulBlock), "wrong"),
        in_transpose("the ReLU of the sum for its mask", replace(block, vjp=unmasked.vjp), "wrong"),
        in_transpose(
            "$dW_2$ from $X$ for the hidden values",
            changed(block, W2=lambda g, x, u: u @ x["X"].T),
            "shape",
        ),
        in_both_products(
            "tanh in the test, ReLU in the network",
            replace(block, forward=residual(outer=tanh).forward),
        ),
        Mistake(
            "ReLU at zero parameters",
            through(Dense(3, 5, relu), scale=0.0),
            ("kink", "kink", "kink", "vacuous"),
            "No derivative is right here. The products are all zero.",
        ),
    ]


def unseen_mistakes():
    """Return mistakes that all four tests pass."""
    right = regression()
    one_entry = np.arange(15).reshape(5, 3) == 4
    other_loss = replace(
        right, loss=lambda Z: np.mean(Z**2), loss_gradient=lambda Z: 2 * Z / Z.size
    )
    return [
        unseen(
            "one sample: db a mean",
            changed(regression(m=1), b=mean),
            "The mean of one number is its sum.",
        ),
        unseen(
            "zero parameters: regulariser in the loss alone",
            replace(regression(zero=True), forgotten=decay),
            "The gradient of the regulariser is a multiple of the parameters, here zero.",
        ),
        unseen(
            "only $W$ tested: db a mean",
            only(changed(right, b=mean), "W"),
            "Nothing that was tested is wrong.",
        ),
        unseen(
            "one entry wrong by $10^{-13}$ of it",
            changed(right, W=lambda g, x, u: g * (1 + 1e-13 * one_entry)),
            "Round-off of the loss is larger.",
        ),
        unseen(
            "the wrong loss, with its own right gradient",
            other_loss,
            "A test compares a function with its derivative, not with what you meant.",
        ),
    ]
