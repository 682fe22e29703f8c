"""Every formula of the course with its shapes and its code, for one network in two dimensions.

The code of a line is run: `values` gives what comes of it, and the tests hold that against the
package.
"""

from typing import NamedTuple

import numpy as np

from ..figures import table

LETTERS = {"n": 3, "k": 6, "l": 4, "m": 5}
"""Features, hidden units, classes, samples: all different, so that no line fits by accident."""


class Line(NamedTuple):
    """The formula, its shape, the name that its value has in code, and the code."""

    formula: str
    shape: str
    name: str
    code: str


SOFTMAX = [
    Line(r"$Z = W X + b\,\mathbf 1^\top$", "l m", "Z", "W @ X + b"),
    Line(r"$e^{Z - \max Z}$, the maximum of each column", "l m", "E", "np.exp(Z - Z.max(axis=0))"),
    Line(r"$P = \operatorname{softmax}(Z)$", "l m", "P", "E / E.sum(axis=0)"),
    Line(r"$F = -\tfrac1m \langle C, \log P\rangle$", "", "F", "-np.sum(C * np.log(P)) / m"),
    Line(r"$G_Z = \tfrac1m (P - C)$", "l m", "dZ", "(P - C) / m"),
    Line(r"$G_W = G_Z X^\top$", "l n", "dW", "dZ @ X.T"),
    Line(r"$G_b = G_Z \mathbf 1$", "l 1", "db", "dZ.sum(axis=1, keepdims=True)"),
    Line(r"$G_X = W^\top G_Z$", "n m", "dX", "W.T @ dZ"),
]
TANH = [
    Line(r"$Y = \tanh(W X + b\,\mathbf 1^\top)$", "k m", "Y", "np.tanh(W @ X + b)"),
    Line(r"$J v$: $dZ = V X + v\,\mathbf 1^\top + W U$", "k m", "vZ", "V @ X + v + W @ U"),
    Line(r"$dY = (1 - Y \odot Y) \odot dZ$", "k m", "vY", "(1 - Y * Y) * vZ"),
    Line(r"$J^\top u$: $G_Z = (1 - Y \odot Y) \odot G_Y$", "k m", "dZ", "(1 - Y * Y) * dY"),
    Line(r"$G_W = G_Z X^\top$", "k n", "dW", "dZ @ X.T"),
    Line(r"$G_b = G_Z \mathbf 1$", "k 1", "db", "dZ.sum(axis=1, keepdims=True)"),
    Line(r"$G_X = W^\top G_Z$", "n m", "dX", "W.T @ dZ"),
]
RESIDUAL = [
    Line(r"$H = \tanh(W_1 X + b_1\mathbf 1^\top)$", "k m", "H", "np.tanh(W1 @ X + b1)"),
    Line(r"$Y = X + W_2 H + b_2\mathbf 1^\top$", "n m", "Y", "X + W2 @ H + b2"),
    Line(r"$G_{W_2} = G_Y H^\top$", "n k", "dW2", "dY @ H.T"),
    Line(r"$G_{b_2} = G_Y \mathbf 1$", "n 1", "db2", "dY.sum(axis=1, keepdims=True)"),
    Line(r"$G_{Z} = (1 - H \odot H) \odot W_2^\top G_Y$", "k m", "dZ", "(1 - H * H) * (W2.T @ dY)"),
    Line(r"$G_{W_1} = G_Z X^\top$", "k n", "dW1", "dZ @ X.T"),
    Line(r"$G_{b_1} = G_Z \mathbf 1$", "k 1", "db1", "dZ.sum(axis=1, keepdims=True)"),
    Line(r"$G_X = G_Y + W_1^\top G_Z$", "n m", "dX", "dY + W1.T @ dZ"),
]
RULES = [
    Line(r"SGD: $w \leftarrow w - \eta\,\nabla F(w)$", "n", "w1", "w - lr * grad(w)"),
    Line(
        r"momentum: $v \leftarrow \beta v + \eta\,\nabla F(w)$",
        "n",
        "v1",
        "beta * v + lr * grad(w)",
    ),
    Line(
        r"Nesterov: $v \leftarrow \beta v + \eta\,\nabla F(w - \beta v)$",
        "n",
        "v2",
        "beta * v + lr * grad(w - beta * v)",
    ),
    Line(r"both: $w \leftarrow w - v$", "n", "w2", "w - v1"),
]
TESTS = [
    Line(
        r"gradient: $|F(x + t d) - F(x) - t \langle G, d\rangle|$ falls by 4 as $t$ halves",
        "",
        "E1",
        "abs(F(x + t * d) - F(x) - t * np.sum(G * d))",
    ),
    Line(
        r"transposed: the same of $x \mapsto \langle u, f(x)\rangle$, with $G = J^\top u$",
        "",
        "E2",
        "abs(np.sum(u * f(x + t * d)) - np.sum(u * f(x)) - t * np.sum(vjp(x, u) * d))",
    ),
    Line(
        r"adjoint: $\langle u, J v\rangle = \langle J^\top u, v\rangle$",
        "",
        "difference",
        "np.sum(u * jvp(x, d)) - np.sum(vjp(x, u) * d)",
    ),
]
SHEET = {
    "Softmax regression": SOFTMAX,
    "The tanh layer": TANH,
    "The residual block": RESIDUAL,
    "Rules": RULES,
    "Tests": TESTS,
}


def sheet(part):
    """Return a part of the sheet as a table."""
    rows = [[line.formula, _shape(line), f"`{line.name} = {line.code}`"] for line in SHEET[part]]
    return table(rows, ["formula", "shape", "code"])


def values(part, given):
    """Return what the code of a part gives, line by line, by the names of its values.

    Parameters
    ----------
    part : str
    given : dict
        The arrays and functions that the first line finds.

    Examples
    --------
    >>> values("Rules", {"w": 2.0, "v": 1.0, "lr": 0.5, "beta": 0.5, "grad": lambda w: w})["w1"]
    1.0
    """
    known = {"np": np, **LETTERS, **given}
    for line in SHEET[part]:
        known[line.name] = eval(line.code, known)
    return {line.name: known[line.name] for line in SHEET[part]}


def _shape(line):
    if not line.shape:
        return "a number"
    return "$" + r" \times ".join(line.shape.split()) + "$"
