"""The bodies of the layers, and mistakes in them."""

from functools import partial

import numpy as np

from ..derivative_tests.four_tests import jacobian_test, jacobian_transpose_test
from ..layers import Activation, Dense, ResidualBlock, relu, tanh
from ..softmax import affine, affine_jvp, affine_vjp
from .bodies import body, numbers

# ---- what a body is given ------------------------------------------------------------------------


def logistic(Z):
    return 1 / (1 + np.exp(-Z))


def logistic_slope_times(Y, V):
    return Y * (1 - Y) * V


UNUSUAL = Activation("logistic", logistic, logistic_slope_times)
"""No layer has it by default: one that takes another in its place is found out."""


def dense():
    return Dense(3, 4, UNUSUAL)


def block():
    return ResidualBlock(3, 4, UNUSUAL, outer=UNUSUAL)


def point_of(layer, start=1):
    """Return parameters and samples of a layer, none of them zero."""
    params = {}
    for name, shape in layer.shapes.items():
        params[name] = numbers(*shape, start)
        start += 10
    return params, numbers(layer.inputs, 5, start)


def slopes_of(slope_times):
    return slope_times(numbers(4, 5), numbers(4, 5, 30))


def slopes_of_relu(slope_times):
    """Return what is made of outputs that a ReLU can have: some are zero, none negative."""
    return slope_times(np.maximum(numbers(4, 5), 0), numbers(4, 5, 30))


def outputs_of(make, forward):
    """Return what comes out of a layer on the way forward, and what became of what went in."""
    params, X = point_of(make())
    Y, _ = forward(make(), params, X)
    return {"Y": Y, "params": params, "X": X}


def change_through(make, jvp):
    """Return what a layer's product J v makes of a change."""
    layer = make()
    params, X = point_of(layer)
    _, memory = layer.forward(params, X)
    return jvp(layer, params, memory, *point_of(layer, 60))


def gradients_through(make, vjp):
    """Return what a layer's product J^T u sends back."""
    layer = make()
    params, X = point_of(layer)
    Y, memory = layer.forward(params, X)
    return vjp(layer, params, memory, numbers(*Y.shape, 60))


# ---- derivative tests ----------------------------------------------------------------------------


def report_of_jvp(make, jvp):
    layer = make()

    def forward(x):
        return layer.forward(*x)[0]

    def product(x, v):
        return jvp(layer, x[0], layer.forward(*x)[1], *v)

    return jacobian_test(forward, product, point_of(layer))


def report_of_vjp(make, vjp):
    layer = make()

    def forward(x):
        return layer.forward(*x)[0]

    def product(x, u):
        return vjp(layer, x[0], layer.forward(*x)[1], u)

    return jacobian_transpose_test(forward, product, point_of(layer))


# ---- mistakes in slopes --------------------------------------------------------------------------


def slope_without_square(Y, V):
    return V * (1 - Y)


def slope_of_output(Y, V):
    return V * (1 - np.tanh(Y) ** 2)


def slope_alone(Y, V):
    return 1 - Y * Y


def output_for_mask(Y, V):
    return V * Y


def mask_with_zero(Y, V):
    return V * (Y >= 0)


def positive_changes(Y, V):
    return np.maximum(V, 0)


def mask_alone(Y, V):
    return Y > 0


# ---- mistakes in the standard layer --------------------------------------------------------------


def dense_scores(layer, params, X):
    return affine(params["W"], params["b"], X), X


def dense_tanh(layer, params, X):
    Y = np.tanh(affine(params["W"], params["b"], X))
    return Y, (X, Y)


def dense_centred(layer, params, X):
    X -= X.mean(axis=1, keepdims=True)
    return Dense.forward(layer, params, X)


def dense_jvp_straight(layer, params, memory, dparams, dX):
    return affine_jvp(params["W"], memory[0], dparams["W"], dparams["b"], dX)


def dense_jvp_tanh(layer, params, memory, dparams, dX):
    dZ = dense_jvp_straight(layer, params, memory, dparams, dX)
    return tanh.slope_times(memory[1], dZ)


def dense_jvp_for_fixed_samples(layer, params, memory, dparams, dX):
    return Dense.jvp(layer, params, memory, dparams, np.zeros_like(dX))


def dense_vjp_straight(layer, params, memory, dY, need_dX=True):
    dW, db, dX = affine_vjp(params["W"], memory[0], dY)
    return {"W": dW, "b": db}, dX


def dense_vjp_tanh(layer, params, memory, dY, need_dX=True):
    return dense_vjp_straight(layer, params, memory, tanh.slope_times(memory[1], dY))


def dense_vjp_with_output(layer, params, memory, dY, need_dX=True):
    return dense_vjp_straight(layer, params, memory, memory[1] * dY)


def dense_vjp_scores_sent_back(layer, params, memory, dY, need_dX=True):
    dparams, _ = Dense.vjp(layer, params, memory, dY)
    return dparams, layer.activation.slope_times(memory[1], dY)


# ---- mistakes in the residual block --------------------------------------------------------------


def branch(params, X, activation):
    H = activation.value(affine(params["W1"], params["b1"], X))
    return H, affine(params["W2"], params["b2"], H)


def block_tanh(layer, params, X):
    H, B = branch(params, X, tanh)
    Y = layer.outer.value(X + B)
    return Y, (X, H, Y)


def block_without_identity(layer, params, X):
    H, B = branch(params, X, layer.activation)
    return layer.outer.value(B), (X, H, B)


def block_without_outer(layer, params, X):
    H, B = branch(params, X, layer.activation)
    return X + B, (X, H, B)


def block_jvp_without_identity(layer, params, memory, dparams, dX):
    _, _, Y = memory
    return ResidualBlock.jvp(layer, params, memory, dparams, dX) - layer.outer.slope_times(Y, dX)


def block_jvp_without_outer(layer, params, memory, dparams, dX):
    X, H, _ = memory
    dZ = affine_jvp(params["W1"], X, dparams["W1"], dparams["b1"], dX)
    dH = layer.activation.slope_times(H, dZ)
    return dX + affine_jvp(params["W2"], H, dparams["W2"], dparams["b2"], dH)


def block_vjp_without_identity(layer, params, memory, dY, need_dX=True):
    dparams, dX = ResidualBlock.vjp(layer, params, memory, dY)
    return dparams, dX - layer.outer.slope_times(memory[-1], dY)


def block_vjp_identity_unsloped(layer, params, memory, dY, need_dX=True):
    dparams, dX = block_vjp_without_identity(layer, params, memory, dY)
    return dparams, dX + dY


def block_vjp_samples_for_hidden(layer, params, memory, dY, need_dX=True):
    X, _, Y = memory
    dparams, dX = ResidualBlock.vjp(layer, params, memory, dY)
    return {**dparams, "W2": layer.outer.slope_times(Y, dY) @ X.T}, dX


def block_vjp_straight(layer, params, memory, dY, need_dX=True):
    X, H, Y = memory
    dS = layer.outer.slope_times(Y, dY)
    dW2, db2, dH = affine_vjp(params["W2"], H, dS)
    dW1, db1, dX = affine_vjp(params["W1"], X, dH)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}, dS + dX


TANH = {
    "The slope of tanh is 1 - Y^2: the square is missing.": slope_without_square,
    "Y is the output already: you take tanh of it again.": slope_of_output,
    "That is the slope. Multiply it by V, entry by entry.": slope_alone,
}
RELU = {
    "Where the unit is off Y is 0: the mask is Y > 0, not Y >= 0.": mask_with_zero,
    "You multiply by the output: multiply by its mask, 1 where Y > 0, else 0.": output_for_mask,
    "The mask is that of Y, not that of V: also negative changes go through.": positive_changes,
    "That is the mask. Multiply V by it, entry by entry.": mask_alone,
}
NOT_TANH = "You take tanh, whatever the layer's activation is: take self.activation."
DENSE_FORWARD = {
    NOT_TANH: dense_tanh,
    "These are the scores: the activation is missing.": dense_scores,
    "You change the samples that you are given: centre a copy.": dense_centred,
}
DENSE_JVP = {
    NOT_TANH: dense_jvp_tanh,
    "The slope of the activation is missing.": dense_jvp_straight,
    "The change of X is missing.": dense_jvp_for_fixed_samples,
}
DENSE_VJP = {
    NOT_TANH: dense_vjp_tanh,
    "The slope of the activation is missing: dZ, not dY, goes into the products.": (
        dense_vjp_straight
    ),
    "You multiply dY by the output, where its slope is due.": dense_vjp_with_output,
    "You send dZ back: dX is W^T dZ.": dense_vjp_scores_sent_back,
}
BLOCK_FORWARD = {
    NOT_TANH: block_tanh,
    "The identity path is missing: add X to the branch.": block_without_identity,
    "The outer activation is missing.": block_without_outer,
}
BLOCK_JVP = {
    "The identity path is missing: dX also reaches the sum as it is.": block_jvp_without_identity,
    "The slope of the outer activation is missing.": block_jvp_without_outer,
}
BLOCK_VJP = {
    "The identity path is missing: dX is dS plus what the branch sends back.": (
        block_vjp_without_identity
    ),
    "The identity path carries dS, the gradient in the sum, not dY.": block_vjp_identity_unsloped,
    "dW2 is taken with X: with the hidden values H.": block_vjp_samples_for_hidden,
    "The slope of the activation inside the branch is missing.": block_vjp_straight,
}

BODIES = (
    body("tanh.slope_times", tanh.slope_times, slopes_of, TANH),
    body("relu.slope_times", relu.slope_times, slopes_of_relu, RELU),
    body("Dense.forward", Dense.forward, partial(outputs_of, dense), DENSE_FORWARD),
    body(
        "Dense.jvp",
        Dense.jvp,
        partial(change_through, dense),
        DENSE_JVP,
        partial(report_of_jvp, dense),
    ),
    body(
        "Dense.vjp",
        Dense.vjp,
        partial(gradients_through, dense),
        DENSE_VJP,
        partial(report_of_vjp, dense),
    ),
    body("ResidualBlock.forward", ResidualBlock.forward, partial(outputs_of, block), BLOCK_FORWARD),
    body(
        "ResidualBlock.jvp",
        ResidualBlock.jvp,
        partial(change_through, block),
        BLOCK_JVP,
        partial(report_of_jvp, block),
    ),
    body(
        "ResidualBlock.vjp",
        ResidualBlock.vjp,
        partial(gradients_through, block),
        BLOCK_VJP,
        partial(report_of_vjp, block),
    ),
)
