"""The derivation you can touch: the examples' numbers by the package, right and with a mistake."""

import inspect
import re
from textwrap import dedent

import numpy as np

from ...arrays import inner
from ...derivative_tests.four_tests import gradient_test
from ...layers import ResidualBlock, relu, tanh
from ...softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient, softmax
from ...study.source_code import without_docstrings
from ..figures import table
from .derivation_lines import EXAMPLES, symbol

FUNCTIONS = {
    "affine": affine,
    "softmax": softmax,
    "cross_entropy": cross_entropy,
    "cross_entropy_gradient": cross_entropy_gradient,
    "affine_vjp": affine_vjp,
    "tanh": tanh.slope_times,  # its source is the line that has the value too
    "relu": relu.slope_times,
    "forward": ResidualBlock.forward,
    "vjp": ResidualBlock.vjp,
}
ROUNDOFF = 1e-12
"""Numbers nearer to each other are one: those of the examples are round, or of the size of 1."""


def softmax_arrays(x, mistake=""):
    """Return every array of softmax regression, by name."""
    Z = affine(x["W"], x["b"], x["X"])
    dZ = _loss_back(Z, x["C"], mistake)
    dW, db, dX = _affine_back(x["W"], x["X"], dZ, mistake)
    F = cross_entropy(Z, x["C"])
    return {**x, "Z": Z, "P": softmax(Z), "F": F, "dZ": dZ, "dW": dW, "db": db, "dX": dX}


def tanh_arrays(x, mistake=""):
    """Return every array of a tanh unit below softmax regression, by name."""
    Z = affine(x["W"], x["b"], x["X"])
    Y = tanh.value(Z)
    Z_out = affine(x["W_out"], x["b_out"], Y)
    arrays = {**x, "Z": Z, "Y": Y, "Z_out": Z_out}
    arrays |= {"P": softmax(Z_out), "F": cross_entropy(Z_out, x["C"])}
    dZ_out = _loss_back(Z_out, x["C"], mistake)
    dW_out, db_out, dY = _affine_back(x["W_out"], Y, dZ_out, mistake)
    arrays |= {"dZ_out": dZ_out, "dW_out": dW_out, "db_out": db_out, "dY": dY}
    dZ = _tanh_back(Y, dY, mistake)
    dW, db, dX = _affine_back(x["W"], x["X"], dZ, mistake)
    return {**arrays, "dZ": dZ, "dW": dW, "db": db, "dX": dX}


def block_arrays(x, mistake=""):
    """Return every array of a residual block with ReLU on the sum, by name."""
    X, W1, W2, dY = x["X"], x["W1"], x["W2"], x["dY"]
    Z = affine(W1, x["b1"], X)
    H = tanh.value(Z)
    S = X + affine(W2, x["b2"], H)
    Y = relu.value(S)
    arrays = {**x, "Z": Z, "H": H, "S": S, "Y": Y, "F": inner(dY, Y)}
    dS = relu.slope_times(Y, dY)
    if mistake == "relu-for-mask":
        dS = relu.value(S) * dY
    dW2, db2, dH = _affine_back(W2, H, dS, mistake)
    if mistake == "jvp":
        dH = W1 @ dS
    dZ = _tanh_back(H, dH, mistake)
    dW1, db1, from_branch = _affine_back(W1, X, dZ, mistake)
    if mistake == "overwritten":
        dW1, _, _ = affine_vjp(W1, S, dZ)
    if mistake == "jvp":
        from_branch = W2 @ dZ
    dX = dS + from_branch
    if mistake == "no-identity":
        dX = from_branch
    arrays |= {"dS": dS, "dW2": dW2, "db2": db2, "dH": dH}
    return {**arrays, "dZ": dZ, "dW1": dW1, "db1": db1, "dX": dX}


COMPUTED = {"softmax": softmax_arrays, "tanh": tanh_arrays, "block": block_arrays}


def start(name):
    """Return what is given in an example, as arrays."""
    return {key: np.array(value) for key, value in EXAMPLES[name].given.items()}


def report(name, mistake=""):
    """Return the report of the gradient test of an example.

    Examples
    --------
    >>> report("softmax").passed, report("softmax", "sign").cause
    (True, 'sign')
    """
    given = start(name)
    compute = COMPUTED[name]
    tested = {key: given[key] for key in EXAMPLES[name].tested}

    def loss(x):
        return compute({**given, **x})["F"]

    def gradient(x):
        arrays = compute({**given, **x}, mistake)
        return {key: arrays[f"d{key}"] for key in tested}

    return gradient_test(loss, gradient, tested)


def first_difference(name, mistake):
    """Return the name, row and column, from 0, of the first entry that a mistake changes.

    Examples
    --------
    >>> first_difference("softmax", "db-mean")
    ('db', 0, 0)
    """
    right, wrong = COMPUTED[name](start(name)), COMPUTED[name](start(name), mistake)
    for line in EXAMPLES[name].backward:
        differs = np.abs(wrong[line.name] - right[line.name]) > ROUNDOFF
        if differs.any():
            row, column = np.argwhere(differs)[0]
            return line.name, int(row), int(column)
    raise ValueError(f"expected a mistake that changes a number of {name}, got {mistake}")


def listing(function):
    """Return the lines of a function of the package, without its docstring."""
    return without_docstrings(dedent(inspect.getsource(FUNCTIONS[function]))).rstrip().split("\n")


def place(function, code):
    """Return a function's name and the number of one of its lines, from 0.

    Raises
    ------
    ValueError
        If the function has no such line: the package has changed, and the example must follow.

    Examples
    --------
    >>> place("affine", "return W @ X + b")
    ('affine', 1)
    """
    lines = [line.strip() for line in listing(function)]
    if code not in lines:
        raise ValueError(f"expected the line {code!r} in {function}, got {lines}")
    return function, lines.index(code)


def all_examples():
    """Return the examples for the page's script."""
    return {
        "examples": {name: _example(name) for name in EXAMPLES},
        "listings": {function: listing(function) for function in FUNCTIONS},
        "roundoff": ROUNDOFF,
    }


def numbers(name):
    """Return a table of an example: every array forward and back with its formula and numbers."""
    arrays, example = COMPUTED[name](start(name)), EXAMPLES[name]
    rows = [[f"`{key}`", "given", _rows(arrays[key])] for key in example.given]
    for line in example.forward + example.backward:
        rows.append([f"`{line.name}`", f"${_tex(line.formula)}$", _rows(arrays[line.name])])
    return table(rows, ["array", "formula", "numbers"])


def mistakes():
    """Return a table of all mistakes: the first entry that differs, what the test says."""
    rows = []
    for name, example in EXAMPLES.items():
        for mistake in example.mistakes:
            array, row, column = first_difference(name, mistake.key)
            where = f"`{array}`, row {row + 1}, column {column + 1}"
            what = f"{example.title}: {mistake.name}"
            rows.append([what, where, report(name, mistake.key).message])
    return table(rows, ["mistake", "first to differ", "the gradient test"])


def _loss_back(Z, C, mistake):
    dZ = cross_entropy_gradient(Z, C)
    if mistake == "no-mean":
        return Z.shape[-1] * dZ
    if mistake == "sign":
        return -dZ
    return dZ


def _affine_back(W, X, dZ, mistake):
    dW, db, dX = affine_vjp(W, X, dZ)
    if mistake == "db-mean":
        db = db / dZ.shape[-1]
    return dW, db, dX


def _tanh_back(Y, dY, mistake):
    if mistake == "no-slope":
        return dY
    return tanh.slope_times(Y, dY)


def _example(name):
    example = EXAMPLES[name]
    lines = [_line(line, "forward") for line in example.forward]
    lines += [_line(line, "backward") for line in example.backward]
    names = [*example.given, *(line["name"] for line in lines)]
    return {
        "title": example.title,
        "chapter": example.chapter,
        "given": example.given,
        "symbols": {key: symbol(key) for key in names},
        "lines": lines,
        "mistakes": [
            {
                "key": mistake.key,
                "name": mistake.name,
                "lines": {line.name: _line(line, "backward") for line in mistake.lines},
                "says": report(name, mistake.key).message,
            }
            for mistake in example.mistakes
        ],
    }


def _line(line, way):
    code = [place(*where) for where in line.code]
    return {"name": line.name, "way": way, "formula": line.formula, "rule": line.rule, "code": code}


def _tex(formula):
    """A formula with the letters of its arrays."""
    return re.sub(r"\[(\w+)\]", lambda found: symbol(found[1]), formula)


def _rows(array):
    """The rows of an array, one below the other."""
    rows = np.atleast_2d(array)
    return "<br>".join(", ".join(f"{value:.4g}" for value in row) for row in rows)
