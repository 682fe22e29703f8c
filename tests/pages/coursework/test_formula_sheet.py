"""Each line of the sheet gives what the package gives, and has the shape that stands beside it."""

import numpy as np
import pytest

from dlhw import optimizers
from dlhw.layers import Dense, ResidualBlock
from dlhw.pages.coursework.formula_sheet import LETTERS, SHEET, sheet, values
from dlhw.softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient, softmax

n, k, l, m = LETTERS.values()
rng = np.random.default_rng(0)
X, C = rng.normal(size=(n, m)), np.eye(l)[:, rng.integers(l, size=m)]


def normal(*shape):
    return rng.normal(size=shape)


def softmax_regression():
    W, b = normal(l, n), normal(l, 1)
    Z = affine(W, b, X)
    dZ = cross_entropy_gradient(Z, C)
    dW, db, dX = affine_vjp(W, X, dZ)
    wanted = {"Z": Z, "P": softmax(Z), "F": cross_entropy(Z, C), "dZ": dZ}
    return {"W": W, "b": b, "X": X, "C": C}, {**wanted, "dW": dW, "db": db, "dX": dX}


def tanh_layer():
    layer, params = Dense(n, k), {"W": normal(k, n), "b": normal(k, 1)}
    V, v, U, dY = normal(k, n), normal(k, 1), normal(n, m), normal(k, m)
    Y, memory = layer.forward(params, X)
    gradient, dX = layer.vjp(params, memory, dY)
    wanted = {"Y": Y, "vY": layer.jvp(params, memory, {"W": V, "b": v}, U), "dX": dX}
    wanted |= {"dW": gradient["W"], "db": gradient["b"]}
    return {**params, "X": X, "V": V, "v": v, "U": U, "dY": dY}, wanted


def residual_block():
    layer = ResidualBlock(n, k)
    params = {name: normal(*shape) for name, shape in layer.shapes.items()}
    dY, (Y, memory) = normal(n, m), layer.forward(params, X)
    gradient, dX = layer.vjp(params, memory, dY)
    wanted = {"Y": Y, "dX": dX, **{f"d{name}": value for name, value in gradient.items()}}
    return {**params, "X": X, "dY": dY}, wanted


def rules():
    w, v, lr, beta = normal(n), normal(n), 0.1, 0.9
    given = {"w": w, "v": v, "lr": lr, "beta": beta, "grad": np.sin}
    w1, _ = optimizers.sgd(np.sin, w, v, lr)
    w2, v1 = optimizers.momentum(np.sin, w, v, lr, beta)
    _, v2 = optimizers.nesterov(np.sin, w, v, lr, beta)
    return given, {"w1": w1, "v1": v1, "w2": w2, "v2": v2}


def derivative_tests():
    x, d, u = normal(n), normal(n), normal(n)
    given = {"x": x, "d": d, "u": u, "t": 1e-9, "f": np.sin, "G": np.cos(x)}
    given |= {"F": lambda x: np.sum(np.sin(x))}
    given |= {"jvp": lambda x, v: np.cos(x) * v, "vjp": lambda x, u: np.cos(x) * u}
    return given, {"E1": 0, "E2": 0, "difference": 0}


CASES = dict(zip(SHEET, [softmax_regression, tanh_layer, residual_block, rules, derivative_tests]))


@pytest.mark.parametrize("part", SHEET)
def test_each_line_gives_what_the_package_gives(part):
    given, wanted = CASES[part]()
    found = values(part, given)
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-12, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("part", SHEET)
def test_each_line_has_the_shape_that_stands_beside_it(part):
    found = values(part, CASES[part]()[0])
    for line in SHEET[part]:
        shape = tuple(LETTERS.get(size) or int(size) for size in line.shape.split())
        assert np.shape(found[line.name]) == shape, line.name


def test_the_table_shows_formula_shape_and_code():
    assert r"| $G_W = G_Z X^\top$ | $l \times n$ | `dW = dZ @ X.T` |" in str(
        sheet("Softmax regression")
    )
