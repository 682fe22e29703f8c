"""The layers of a network: each with its forward map and the two products of its Jacobian.

A layer is a small frozen object that holds widths and activations and no numbers. Its parameters
are a dict of arrays, its samples are columns, and every array may carry leading stack axes. Three
methods make a layer:

    Y, memory = layer.forward(params, X)
    dY = layer.jvp(params, memory, dparams, dX)
    dparams, dX = layer.vjp(params, memory, dY)

`forward` returns Y (..., outputs, m) and what the two products need. `jvp` is J v: what a change of
the parameters and of X does to Y. `vjp` is J^T u: the gradient in Y, sent back to the parameters
and to X.

The first layer of a network need not send anything back to X: with `need_dX=False`, dX is None.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .arrays import outline
from .softmax import affine, affine_jvp, affine_vjp

NUMERIC = "biufc"  # kinds of types; a step in the imaginary direction measures a slope


@dataclass(frozen=True, repr=False)
class Activation:
    """A function applied to every entry, and the product with its slope.

    The Jacobian is diagonal, hence its own transpose: one product serves forward and backward.

    Parameters
    ----------
    name : str
    value : callable
        Z -> Y = act(Z).
    slope_times : callable
        (Y, V) -> act'(Z) * V, from the stored output Y = act(Z).

    Examples
    --------
    >>> import numpy as np
    >>> relu.value(np.array([-1.0, 2.0]))
    array([0., 2.])
    >>> relu.slope_times(np.array([0.0, 2.0]), np.array([10.0, 10.0]))
    array([ 0., 10.])
    """

    name: str
    value: Callable
    slope_times: Callable

    def __repr__(self):
        return self.name


identity = Activation("identity", lambda Z: Z, lambda Y, V: V)
tanh = Activation("tanh", np.tanh, lambda Y, V: V * (1.0 - Y * Y))
relu = Activation("relu", lambda Z: np.maximum(Z, 0.0), lambda Y, V: V * (Y > 0))


@dataclass(frozen=True)
class Dense:
    """The standard layer Y = act(W X + b).

    Parameters
    ----------
    inputs, outputs : int
        Widths: X is (..., inputs, m), Y is (..., outputs, m).
    activation : Activation
        `identity` makes the affine map to the scores.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Dense(2, 1)
    >>> params = {"W": np.array([[1.0, -1.0]]), "b": np.array([[0.0]])}
    >>> Y, memory = layer.forward(params, np.array([[1.0, 1.0], [0.0, 2.0]]))
    >>> Y.round(4)
    array([[ 0.7616, -0.7616]])
    >>> gradient, dX = layer.vjp(params, memory, np.ones((1, 2)))
    >>> gradient["W"].round(4), gradient["b"].round(4)
    (array([[0.8399, 0.8399]]), array([[0.8399]]))
    """

    inputs: int
    outputs: int
    activation: Activation = tanh

    @cached_property
    def shapes(self):
        """The shape of every parameter."""
        return {"W": (self.outputs, self.inputs), "b": (self.outputs, 1)}

    def forward(self, params, X):
        _check(self, params, X)
        Y = self.activation.value(affine(params["W"], params["b"], X))
        return Y, (X, Y)

    def jvp(self, params, memory, dparams, dX):
        X, Y = memory
        dZ = affine_jvp(params["W"], X, dparams["W"], dparams["b"], dX)
        return self.activation.slope_times(Y, dZ)

    def vjp(self, params, memory, dY, need_dX=True):
        X, Y = memory
        dZ = self.activation.slope_times(Y, dY)
        dW, db, dX = affine_vjp(params["W"], X, dZ, need_dX)
        return {"W": dW, "b": db}, dX


@dataclass(frozen=True)
class ResidualBlock:
    """The residual block Y = outer(X + W2 act(W1 X + b1) + b2): the identity plus a branch.

    Parameters
    ----------
    inputs : int
        The width of X and of Y: the identity path keeps it.
    hidden : int
        The width inside the branch: W1 is (hidden, inputs), W2 is (inputs, hidden).
    activation, outer : Activation
        Inside the branch, and on the sum.

    Examples
    --------
    A branch of zeros leaves the identity, forward and back.

    >>> import numpy as np
    >>> block = ResidualBlock(2, 3)
    >>> params = {name: np.zeros(shape) for name, shape in block.shapes.items()}
    >>> X = np.array([[1.0, 1.0], [0.0, 2.0]])
    >>> Y, memory = block.forward(params, X)
    >>> bool((Y == X).all() and (block.vjp(params, memory, X)[1] == X).all())
    True
    """

    inputs: int
    hidden: int
    activation: Activation = tanh
    outer: Activation = identity

    @property
    def outputs(self):
        """The width of Y, which is that of X."""
        return self.inputs

    @cached_property
    def shapes(self):
        """The shape of every parameter."""
        return {
            "W1": (self.hidden, self.inputs),
            "b1": (self.hidden, 1),
            "W2": (self.inputs, self.hidden),
            "b2": (self.inputs, 1),
        }

    def forward(self, params, X):
        _check(self, params, X)
        H = self.activation.value(affine(params["W1"], params["b1"], X))
        Y = self.outer.value(X + affine(params["W2"], params["b2"], H))
        return Y, (X, H, Y)

    def jvp(self, params, memory, dparams, dX):
        X, H, Y = memory
        dZ = affine_jvp(params["W1"], X, dparams["W1"], dparams["b1"], dX)
        dH = self.activation.slope_times(H, dZ)
        dS = dX + affine_jvp(params["W2"], H, dparams["W2"], dparams["b2"], dH)
        return self.outer.slope_times(Y, dS)

    def vjp(self, params, memory, dY, need_dX=True):
        X, H, Y = memory
        dS = self.outer.slope_times(Y, dY)
        dW2, db2, dH = affine_vjp(params["W2"], H, dS)
        dZ = self.activation.slope_times(H, dH)
        dW1, db1, dX = affine_vjp(params["W1"], X, dZ, need_dX)
        if need_dX:
            dX = dS + dX
        return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}, dX


@dataclass(frozen=True)
class OriginalBlock:
    """The original's block Y = relu(W2 X + tanh(W1 X + b1) + b2).

    It has two branches and no identity path, hence any widths.

    Parameters
    ----------
    inputs, outputs : int
        Widths: W1 and W2 are both (outputs, inputs).
    activation, outer : Activation
        Inside the branch, and on the sum.

    Examples
    --------
    >>> import numpy as np
    >>> block = OriginalBlock(2, 1)
    >>> zero = np.zeros((1, 1))
    >>> W1, W2 = np.array([[1.0, -1.0]]), np.array([[0.5, 0.0]])
    >>> params = {"W1": W1, "b1": zero, "W2": W2, "b2": zero}
    >>> block.forward(params, np.array([[1.0, 1.0], [0.0, 2.0]]))[0].round(4)
    array([[1.2616, 0.    ]])
    """

    inputs: int
    outputs: int
    activation: Activation = tanh
    outer: Activation = relu

    @cached_property
    def shapes(self):
        """The shape of every parameter."""
        W, b = (self.outputs, self.inputs), (self.outputs, 1)
        return {"W1": W, "b1": b, "W2": W, "b2": b}

    def forward(self, params, X):
        _check(self, params, X)
        H = self.activation.value(affine(params["W1"], params["b1"], X))
        Y = self.outer.value(affine(params["W2"], params["b2"], X) + H)
        return Y, (X, H, Y)

    def jvp(self, params, memory, dparams, dX):
        X, H, Y = memory
        dZ = affine_jvp(params["W1"], X, dparams["W1"], dparams["b1"], dX)
        dH = self.activation.slope_times(H, dZ)
        dS = affine_jvp(params["W2"], X, dparams["W2"], dparams["b2"], dX) + dH
        return self.outer.slope_times(Y, dS)

    def vjp(self, params, memory, dY, need_dX=True):
        X, H, Y = memory
        dS = self.outer.slope_times(Y, dY)
        dW2, db2, dX = affine_vjp(params["W2"], X, dS, need_dX)
        dZ = self.activation.slope_times(H, dS)
        dW1, db1, dX1 = affine_vjp(params["W1"], X, dZ, need_dX)
        if need_dX:
            dX = dX1 + dX
        return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}, dX


def _check(layer, params, X):
    """Refuse samples in rows and parameters of another layer: some would broadcast unnoticed."""
    try:
        fits = X.shape[-2] == layer.inputs and X.dtype.kind in NUMERIC
        for name, shape in layer.shapes.items():
            array = params[name]
            fits = fits and array.shape[-2:] == shape and array.dtype.kind in NUMERIC
    except (AttributeError, IndexError, KeyError, TypeError):
        fits = False
    if fits:
        return
    got = outline(params)
    if isinstance(params, dict):
        got = ", ".join(f"{name!r}: {_form(array)}" for name, array in params.items())
    raise ValueError(
        f"expected samples in columns, X of shape (..., {layer.inputs}, m), and a dict of arrays "
        f"of the shapes {layer.shapes} for {layer}, got {_form(X)} for X, and {got}"
    )


def _form(x):
    return outline(x).removeprefix("an array of shape ")
