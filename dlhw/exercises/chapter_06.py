"""The exercises of chapter 6: the logistic layer, a layer with two bugs, samples in rows."""

import numpy as np

from ..derivative_tests.four_tests import jacobian_transpose_test
from ..layers import Activation, Dense
from .judging import Part

# ---- 6.1: the logistic layer ---------------------------------------------------------------------


def logistic(Z):
    return 1 / (1 + np.exp(-Z))


def logistic_slope(slope_times):
    """Return what the product with the slope makes of some outputs and changes."""
    rng = np.random.default_rng(6)
    return slope_times(logistic(rng.normal(size=(4, 5))), rng.normal(size=(4, 5)))


def report_of_logistic_layer(slope_times):
    layer = Dense(3, 4, Activation("logistic", logistic, slope_times))
    rng = np.random.default_rng(0)
    x = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=(4, 1))}, rng.normal(size=(3, 5))

    def forward(x):
        return layer.forward(*x)[0]

    def vjp(x, u):
        return layer.vjp(x[0], layer.forward(*x)[1], u)

    return jacobian_transpose_test(forward, vjp, x)


def slope_of_tanh(Y, V):
    return V * (1 - Y * Y)


def slope_without_the_change(Y, V):
    return Y * (1 - Y)


def slope_from_the_sum(Y, V):
    return V * logistic(Y) * (1 - logistic(Y))


SLOPE = Part(
    "slope_times",
    {
        "That is the slope of tanh. The logistic function has another one.": slope_of_tanh,
        "That is the slope. Multiply it by V, entry by entry.": slope_without_the_change,
        "Y is the output already: you put it into the logistic function again.": slope_from_the_sum,
    },
    logistic_slope,
    test=report_of_logistic_layer,
)

# ---- 6.2: two bugs -------------------------------------------------------------------------------

LINES = Part(
    "lines",
    {
        "A is one of two. It passes the test of b's shape, but not of b's size.": "A",
        "C is one of two. The other is in a slope.": "C",
        "B is right: (k x m)(m x n) has the shape of W.": "B",
        "D is right: (n x k)(k x m) has the shape of X.": "D",
    },
    right=lambda: "AC",
)

# ---- 6.3: samples in rows ------------------------------------------------------------------------


def in_rows(p):
    return np.tanh(p["X"] @ p["W"] + p["b"])


def point_in_rows():
    rng = np.random.default_rng(0)
    shapes = {"W": (3, 4), "b": (1, 4), "X": (5, 3)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def gradients_in_rows(rows_vjp):
    return rows_vjp(point_in_rows(), np.random.default_rng(1).normal(size=(5, 4)))


def report_in_rows(rows_vjp):
    return jacobian_transpose_test(in_rows, rows_vjp, point_in_rows())


def rows_without_slope(p, dY):
    return _products(p, dY)


def rows_with_a_mean(p, dY):
    dZ = (1 - in_rows(p) ** 2) * dY
    return {**_products(p, dZ), "b": dZ.mean(axis=0, keepdims=True)}


def _products(p, dZ):
    return {"W": p["X"].T @ dZ, "b": dZ.sum(axis=0, keepdims=True), "X": dZ @ p["W"].T}


ROWS = Part(
    "rows_vjp",
    {
        "The products are right, but tanh has a slope: use dZ, not dY.": rows_without_slope,
        "G_b is the sum over the samples, not their mean.": rows_with_a_mean,
    },
    gradients_in_rows,
    test=report_in_rows,
)

EXERCISES = {"6.1": (SLOPE,), "6.2": (LINES,), "6.3": (ROWS,)}
