"""For right derivatives, claimed and measured slopes agree; in wrong ones the entry is found."""

import numpy as np
import pytest

from dlhw.arrays import inner
from dlhw.derivative_tests.calling import Stop
from dlhw.derivative_tests.probes import (
    AdjointProbe,
    GradientProbe,
    JacobianProbe,
    TransposeProbe,
    square_hints,
)

rng = np.random.default_rng(0)
A = rng.standard_normal((4, 3))
X = {"W": rng.standard_normal((3, 5)), "b": 1e-3 * rng.standard_normal((3, 1)), "none": np.empty(0)}


def forward(x):
    return A @ np.tanh(x["W"] + x["b"])


def jvp(x, v):
    return A @ ((1 - np.tanh(x["W"] + x["b"]) ** 2) * (v["W"] + v["b"]))


def vjp(x, u):
    dZ = (A.T @ u) * (1 - np.tanh(x["W"] + x["b"]) ** 2)
    return {"W": dZ, "b": dZ.sum(axis=1, keepdims=True), "none": np.empty(0)}


def objective(x):
    return np.sum(forward(x) ** 2) / 2


def gradient(x):
    return vjp(x, forward(x))


def off(x, u=None):
    """The gradient, or the transposed product, with the entry (1, 2) of W wrong."""
    right = gradient(x) if u is None else vjp(x, u)
    right["W"][1, 2] *= 1.5
    return right


def probes(gradient=gradient, jvp=jvp, vjp=vjp):
    draw = np.random.default_rng(1)
    return [
        GradientProbe(objective, gradient, X),
        JacobianProbe(forward, jvp, X, draw),
        TransposeProbe(forward, vjp, X, draw),
        AdjointProbe(jvp, vjp, X, draw),
    ]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("block", [None, "W", "b"])
def test_right_derivatives_claim_the_slope_that_is_measured(number, block):
    probe = probes()[number]
    slope = probe.slope(block, probe.direction(np.random.default_rng(2), block))
    assert slope.verdict == "pass" and slope.block == block
    assert slope.claimed == pytest.approx(slope.line.slope, rel=1e-8)


def test_a_direction_has_the_size_of_the_parameter_and_stays_in_its_block():
    probe = GradientProbe(objective, gradient, X)
    drawn = [probe.direction(np.random.default_rng(s), "b") for s in range(50)]
    assert all((d["W"] == 0).all() for d in drawn)
    size = np.std([d["b"] for d in drawn])
    assert size == pytest.approx(np.sqrt(np.mean(X["b"] ** 2)), rel=0.2)
    assert probe.skipped == ["none"] and set(probe.sizes) == {"W", "b"}


def test_small_parameters_are_taken_for_zero_where_f_hardly_feels_them():
    x = {"felt": np.full(3, 1e-9), "not": np.full(3, 1e-9)}

    def f(x):
        return 1 + np.sum(1e9 * x["felt"]) + np.sum(x["not"])

    probe = GradientProbe(f, {"felt": np.full(3, 1e9), "not": np.ones(3)}, x)
    probe.widen(np.random.default_rng(0))
    assert probe.sizes["felt"] == pytest.approx(1e-9) and probe.sizes["not"] == 1.0


@pytest.mark.parametrize("number", [0, 2, 3])
def test_the_one_wrong_entry_is_found(number):
    probe = probes(gradient=off, vjp=off)[number]
    line = probe.slope("W", probe.direction(np.random.default_rng(2), "W")).line
    wrong = probe.wrong_entries("W", line, np.random.default_rng(3), most=60)
    assert np.argwhere(wrong).tolist() == [[1, 2]]


def test_in_a_large_block_rows_and_columns_are_tried_and_in_a_larger_one_nothing():
    probe = probes(gradient=off)[0]
    line = probe.slope("W", probe.direction(np.random.default_rng(2), "W")).line
    wrong = probe.wrong_entries("W", line, np.random.default_rng(3), most=8)
    assert np.argwhere(wrong).tolist() == [[1, 2]]
    assert probe.wrong_entries("W", line, np.random.default_rng(3), most=7) is None


def test_the_wrong_row_of_a_product_is_found():
    def wrong(x, v):
        return jvp(x, v) * (1 + 0.5 * (np.arange(4) == 2))[:, None]

    probe = probes(jvp=wrong)[1]
    line = probe.slope(None, probe.direction(np.random.default_rng(2))).line
    found = probe.wrong_entries("W", line, np.random.default_rng(3), most=60)
    assert found.all(axis=1).tolist() == [False, False, True, False]


def test_hints_are_what_another_mistake_would_claim():
    M = {"W": rng.standard_normal((3, 3)), "V": rng.standard_normal((2, 3))}
    probe = GradientProbe(lambda x: inner(x, x), lambda x: {k: 2 * p for k, p in x.items()}, M)
    d = probe.direction(np.random.default_rng(0))
    square, oblong = probe.hints("W", d), probe.hints("V", d)
    assert square["transposed"] == pytest.approx(np.sum(2 * M["W"].T * d["W"]))
    assert oblong["parameter"] == pytest.approx(np.sum(M["V"] * d["V"]))
    assert oblong.keys() == {"parameter", "reordered", "reordered back"}
    to, onto = rng.standard_normal((2, 4))
    S = rng.standard_normal((4, 4))
    hints = square_hints(lambda x, v: S @ v, None, "", to, onto)
    assert hints == pytest.approx({"identity": to @ onto, "product": onto @ S @ to})
    assert square_hints(None, None, "", to, onto[:3]) == {}


def test_outside_of_its_domain_f_is_nan_and_the_trouble_is_kept():
    def strict(x):
        if (x["W"] > 10).any():
            raise ValueError("too large")
        return float(np.sum(x["W"]))

    probe = GradientProbe(strict, {"W": np.ones(2)}, {"W": np.ones(2)})
    assert np.isnan(probe.at(100.0, probe.only("W", np.ones(2))))
    assert isinstance(probe.trouble, Stop) and "too large" in probe.trouble.message
