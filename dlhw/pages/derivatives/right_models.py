"""Right models to make mistakes in, and what the four tests say of a model.

A model holds a forward map, its two products, a loss of its outputs, and the gradient of that loss.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...derivative_tests.four_tests import (
    adjoint_test,
    gradient_test,
    jacobian_test,
    jacobian_transpose_test,
)
from ...softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient

TESTS = ("gradient", "jacobian", "transpose", "adjoint")


@dataclass(frozen=True)
class Model:
    """A forward map at x, with what somebody claims to be its derivatives.

    Parameters
    ----------
    x : dict of arrays
        Where it is tested.
    forward : callable
        x -> Y.
    jvp, vjp : callable
        (x, v) -> J v and (x, u) -> J^T u.
    loss, loss_gradient : callable
        Y -> float and Y -> dY.
    forgotten : callable, optional
        x -> float, a term of the objective that its gradient lacks.
    """

    x: dict = field(repr=False)
    forward: Callable = field(repr=False)
    jvp: Callable = field(repr=False)
    vjp: Callable = field(repr=False)
    loss: Callable = field(repr=False)
    loss_gradient: Callable = field(repr=False)
    forgotten: Callable = field(repr=False, default=None)

    def objective(self, x):
        """Return the loss at x."""
        loss = self.loss(self.forward(x))
        if self.forgotten:
            loss += self.forgotten(x)
        return loss

    def gradient(self, x):
        """Return what is claimed to be its gradient, nested like x."""
        return self.vjp(x, self.loss_gradient(self.forward(x)))

    def reports(self):
        """Return the reports of the four tests, by the names in `TESTS`.

        Examples
        --------
        >>> [report.passed for report in regression().reports().values()]
        [True, True, True, True]
        """
        return {
            "gradient": gradient_test(self.objective, self.gradient, self.x),
            "jacobian": jacobian_test(self.forward, self.jvp, self.x),
            "transpose": jacobian_transpose_test(self.forward, self.vjp, self.x),
            "adjoint": adjoint_test(self.jvp, self.vjp, self.x),
        }


def labels(m, l, rng):
    """Draw one-hot labels, shape (l, m)."""
    return np.eye(l)[:, rng.permutation(m) % l]


def regression(m=16, zero=False, seed=0):
    """Softmax regression of m samples with 3 features in 5 classes; `zero` or normal parameters."""
    rng = np.random.default_rng(seed)
    X, C = rng.standard_normal((3, m)), labels(m, 5, rng)
    x = {"W": np.zeros((5, 3)), "b": np.zeros((5, 1))}
    if not zero:
        x = {name: rng.standard_normal(p.shape) for name, p in x.items()}

    def vjp(x, u):
        dW, db, _ = affine_vjp(x["W"], X, u)
        return {"W": dW, "b": db}

    return Model(
        x=x,
        forward=lambda x: affine(x["W"], x["b"], X),
        jvp=lambda x, v: v["W"] @ X + v["b"],
        vjp=vjp,
        loss=lambda Z: cross_entropy(Z, C),
        loss_gradient=lambda Z: cross_entropy_gradient(Z, C),
    )


def through(layer, m=16, scale=1.0, seed=0):
    """A layer as a model, tested in its parameters and in its input X; its outputs are scores."""
    rng = np.random.default_rng(seed)
    C = labels(m, layer.outputs, rng)
    x = {name: scale * rng.standard_normal(shape) for name, shape in layer.shapes.items()}

    def split(x):
        return {name: x[name] for name in layer.shapes}, x["X"]

    def forward(x):
        Y, _ = layer.forward(*split(x))
        return Y

    def jvp(x, v):
        _, memory = layer.forward(*split(x))
        return layer.jvp(split(x)[0], memory, *split(v))

    def vjp(x, u):
        _, memory = layer.forward(*split(x))
        dparams, dX = layer.vjp(split(x)[0], memory, u)
        return {**dparams, "X": dX}

    return Model(
        x={**x, "X": rng.standard_normal((layer.inputs, m))},
        forward=forward,
        jvp=jvp,
        vjp=vjp,
        loss=lambda Z: cross_entropy(Z, C),
        loss_gradient=lambda Z: cross_entropy_gradient(Z, C),
    )


def squared_residual(seed=0):
    """The mean square of A w - y over 9 rows."""
    rng = np.random.default_rng(seed)
    A, y = rng.standard_normal((9, 4)), rng.standard_normal(9)
    return Model(
        x={"w": rng.standard_normal(4)},
        forward=lambda x: A @ x["w"],
        jvp=lambda x, v: A @ v["w"],
        vjp=lambda x, u: {"w": A.T @ u},
        loss=lambda r: np.mean((r - y) ** 2),
        loss_gradient=lambda r: 2 / 9 * (r - y),
    )
