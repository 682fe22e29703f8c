"""Networks from practice: which of several blocks is right, wrong, untested or without influence.

A mistake in one layer makes all layers before it wrong; a block whose slopes drown in round-off was
not tested; what a program remembers from its last call may be out of date.
"""

import re

import numpy as np
import pytest
from scipy.special import expit as sigmoid

from dlhw import gradient_test, jacobian_test, jacobian_transpose_test

m = 20


LAYERS = {"five narrow": (3, 6, 6, 6, 6, 2), "six": (4, 5, 5, 6, 6, 5, 3), "wide": (3, 9, 8, 9, 2)}


def single_precision_net(sizes, seed):
    """Sigmoid layers in float32: what reaches the first one is close to round-off."""
    rng, one = np.random.default_rng(seed), np.float32(1)
    X = rng.normal(size=(sizes[0], 20)).astype(np.float32)
    Ws = [(rng.normal(size=(b, a)) / a**0.5).astype(np.float32) for a, b in zip(sizes, sizes[1:])]

    def outputs(Ws):
        As = [X]
        for W in Ws:
            As.append(one / (one + np.exp(-(W @ As[-1]))))
        return As

    def loss(Ws):
        return np.sum(outputs(Ws)[-1] ** 2) / 20

    def gradient(Ws):
        As, gradients = outputs(Ws), []
        dA = 2 * As[-1] / np.float32(20)
        for W, A, before in zip(Ws[::-1], As[:0:-1], As[-2::-1]):
            dZ = dA * A * (one - A)
            gradients.insert(0, dZ @ before.T)
            dA = W.T @ dZ
        return gradients

    return loss, gradient, Ws


@pytest.mark.parametrize("factor", [0, 2, -1])
@pytest.mark.parametrize("sizes", LAYERS)
def test_no_pass_where_one_block_could_not_be_tested(sizes, factor):
    for seed in range(3):
        loss, gradient, Ws = single_precision_net(LAYERS[sizes], seed)

        def wrong(Ws, gradient=gradient):
            first, *others = gradient(Ws)
            return [factor * first, *others]

        report = gradient_test(loss, wrong, Ws, seed=seed)
        assert not report.passed
        right = gradient_test(loss, gradient, Ws, seed=seed)
        assert right.verdict != "fail", right.message
        assert not right.passed or right.blocks["0"].verdict == "pass"


def test_the_same_block_is_found_in_double_precision():
    loss, gradient, Ws = single_precision_net(LAYERS["five narrow"], 1)
    Ws = [W.astype(float) for W in Ws]
    report = gradient_test(loss, lambda Ws: [0 * Ws[0], *gradient(Ws)[1:]], Ws)
    assert (report.verdict, report.cause, report.culprit) == ("fail", "missing_block", "0")


def standardised(Z, axis):
    deviation = np.sqrt(Z.var(axis=axis, keepdims=True) + 1e-5)
    return (Z - Z.mean(axis=axis, keepdims=True)) / deviation, deviation


def standardised_gradient(Z, dY, axis):
    Y, deviation = standardised(Z, axis)
    along = (Y * dY).mean(axis=axis, keepdims=True)
    return (dY - dY.mean(axis=axis, keepdims=True) - Y * along) / deviation


# Which axis is standardised, and the shape of a bias that this takes away again.
IDLE_BIASES = {"batch norm": (0, (1, 5)), "layer norm": (1, (9, 1)), "one offset": ((0, 1), ())}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", IDLE_BIASES)
def test_a_bias_without_influence_spoils_neither_the_verdict_nor_the_error(name, seed):
    axis, shape = IDLE_BIASES[name]
    rng = np.random.default_rng(12)
    X, T = rng.normal(size=(9, 4)), rng.normal(size=(9, 5))

    def loss(p):
        return np.sum((standardised(X @ p["W"] + p["b"], axis)[0] - T) ** 2) / 2

    def gradient(p):
        Z = X @ p["W"] + p["b"]
        dZ = standardised_gradient(Z, standardised(Z, axis)[0] - T, axis)
        return {"W": X.T @ dZ, "b": dZ.sum(axis=axis).reshape(shape)}

    p = {"W": rng.normal(size=(4, 5)), "b": rng.normal(size=shape)}
    report = gradient_test(loss, gradient, p, seed=seed)
    assert report.passed, report.message
    assert report.relative_error < 1e-8
    assert re.search(r"depends on \W?b\b", report.message)
    assert report.blocks["b"].cause == "vacuous" and report.blocks["W"].verdict == "pass"


class Remembering:
    """Its way back uses what the last way forward left behind, whatever it is asked for."""

    def __init__(self, shape):
        rng = np.random.default_rng(0)
        self.A, self.y = rng.normal(size=(6, 3)), rng.normal(size=(6, *shape[1:]))

    def forward(self, w):
        self.h = np.tanh(self.A @ w)
        return self.h

    def loss(self, w):
        return np.sum((self.forward(w) - self.y) ** 2) / 2

    def gradient(self, w):
        return self.A.T @ ((self.h - self.y) * (1 - self.h**2))

    def jvp(self, w, v):
        return (1 - self.h**2) * (self.A @ v)

    def vjp(self, w, u):
        return self.A.T @ ((1 - self.h**2) * u)


@pytest.mark.parametrize("shape", [(3,), (3, 4)])
def test_a_derivative_at_the_point_of_the_last_call_is_stale(shape):
    w, net = np.random.default_rng(1).normal(size=shape), Remembering(shape)
    for report in (
        gradient_test(net.loss, net.gradient, w),
        jacobian_test(net.forward, net.jvp, w),
        jacobian_transpose_test(net.forward, net.vjp, w),
    ):
        assert (report.verdict, report.cause, report.culprit) == ("fail", "stale", None), (
            report.title
        )


def test_one_stale_factor_is_stale_too():
    """The mask of a ReLU was kept by the way forward, everything else is computed anew."""
    rng, kept = np.random.default_rng(2), {}
    p = [rng.normal(size=(5, 3)), rng.normal(size=(2, 5))]
    X = rng.normal(size=(3, 8))

    def loss(p):
        kept["mask"] = p[0] @ X > 0
        return np.sum((p[1] @ (p[0] @ X * kept["mask"])) ** 2) / 2

    def gradient(p):
        A = p[0] @ X * kept["mask"]
        R = p[1] @ A
        return [(p[1].T @ R * kept["mask"]) @ X.T, R @ A.T]

    assert gradient_test(loss, gradient, p).cause == "stale"


def two_layers(p, X, Y, notes):
    """Loss and gradient of a tanh network; `notes` is where it writes its activations."""
    notes["A1"] = np.tanh(p["W1"] @ X)
    R = p["W2"] @ notes["A1"] - Y
    dA = p["W2"].T @ R
    return np.sum(R**2) / 2, {"W1": (dA * (1 - notes["A1"] ** 2)) @ X.T, "W2": R @ notes["A1"].T}


@pytest.mark.parametrize("who", ["f", "grad", "both"])
def test_a_key_added_to_the_parameters_is_no_mistake(who):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 10)), rng.normal(size=(2, 10))
    p = {"W1": rng.normal(size=(5, 3)), "W2": rng.normal(size=(2, 5))}

    def notes(p, name):
        return p if who in (name, "both") else {}

    report = gradient_test(
        lambda p: two_layers(p, X, Y, notes(p, "f"))[0],
        lambda p: two_layers(p, X, Y, notes(p, "grad"))[1],
        p,
    )
    assert report.passed, report.message
    assert p.keys() == {"W1", "W2"}


def test_a_key_added_further_down_is_no_mistake():
    layers = [{"W": np.ones((2, 3))}, {"W": np.full((4, 2), 0.5)}]

    def loss(layers):
        layers[0]["A"] = np.tanh(layers[0]["W"])
        return np.sum((layers[1]["W"] @ layers[0]["A"]) ** 2) / 2

    def gradient(layers):
        A, W = np.tanh(layers[0]["W"]), layers[1]["W"]
        return [{"W": (W.T @ W @ A) * (1 - A**2)}, {"W": W @ A @ A.T}]

    assert gradient_test(loss, gradient, layers).passed


def test_an_array_changed_in_place_still_is_one():
    def loss(p):
        p["W"] -= 1
        return np.sum(p["W"] ** 2)

    report = gradient_test(loss, lambda p: {"W": 2 * (p["W"] - 1)}, {"W": np.ones((2, 3))})
    assert report.cause == "mutates_input"


WIDTHS = (3, 6, 7, 6, 5, 4)
ACTIVATIONS = {
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "ReLU": (lambda z: np.maximum(z, 0), np.sign),
}


def chain(name, seed, forgotten):
    """Five layers; on the way back, `forgotten` lacks the slope of its activation."""
    activation, slope = ACTIVATIONS[name]
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(WIDTHS[0], m)), rng.normal(size=(WIDTHS[-1], m))
    Ws = [rng.normal(size=(b, a)) / a**0.5 for a, b in zip(WIDTHS, WIDTHS[1:])]

    def outputs(Ws):
        As = [X]
        for W in Ws:
            As.append(activation(W @ As[-1]))
        return As

    def loss(Ws):
        return np.sum((outputs(Ws)[-1] - Y) ** 2) / (2 * m)

    def gradient(Ws):
        As, gradients = outputs(Ws), []
        dA = (As[-1] - Y) / m
        for layer in reversed(range(len(Ws))):
            dZ = dA if layer == forgotten else dA * slope(As[layer + 1])
            gradients.insert(0, dZ @ As[layer].T)
            dA = Ws[layer].T @ dZ
        return gradients

    return loss, gradient, Ws


@pytest.mark.parametrize("forgotten", [1, 2, 3])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_culprit_is_the_layer_where_right_turns_to_wrong(name, forgotten):
    for seed in range(4):
        loss, gradient, Ws = chain(name, seed, forgotten)
        report = gradient_test(loss, gradient, Ws, seed=seed)
        assert (report.verdict, report.culprit) == ("fail", str(forgotten))
        verdicts = [block.verdict for block in report.blocks.values()]
        assert verdicts == (forgotten + 1) * ["fail"] + (4 - forgotten) * ["pass"]


@pytest.mark.parametrize(
    "keys", [range(1, 6), range(5, 0, -1), [2, 5, 1, 4, 3], [8, 9, 10, 11, 12]]
)
def test_layers_are_told_by_their_numbers_in_whatever_order_they_stand(keys):
    loss, gradient, Ws = chain("tanh", 0, forgotten=2)
    names = [f"W{number}" for number in sorted(keys)]

    def packed(arrays):
        by_name = dict(zip(names, arrays))
        return {f"W{number}": by_name[f"W{number}"] for number in keys}

    def unpacked(p):
        return [p[name] for name in names]

    report = gradient_test(
        lambda p: loss(unpacked(p)), lambda p: packed(gradient(unpacked(p))), packed(Ws)
    )
    assert report.culprit == names[2]


def two_layer_problem(decay, divisor):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 8)), rng.normal(size=(2, 8))
    p = {"W1": (5, 3), "b1": (5, 1), "W2": (2, 5), "b2": (2, 1)}

    def loss_and_gradient(p):
        A = np.tanh(p["W1"] @ X + p["b1"])
        R = p["W2"] @ A + p["b2"] - Y
        dZ = (p["W2"].T @ R) * (1 - A**2)
        gradient = {"W1": dZ @ X.T, "W2": R @ A.T}
        gradient |= {"b1": dZ.sum(axis=1, keepdims=True), "b2": R.sum(axis=1, keepdims=True)}
        loss = np.sum(R**2) / 16 + decay / 2 * (np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2))
        return loss, {name: g / divisor for name, g in gradient.items()}

    return loss_and_gradient, {name: rng.normal(size=shape) for name, shape in p.items()}


@pytest.mark.parametrize(
    "factors, culprit",
    [
        ({"b1": 4, "W2": 2}, "W2"),
        ({"W1": 3, "b2": 0.5}, "b2"),
        ({"W1": 3, "b1": -2}, "b1"),
    ],
)
def test_two_wrong_blocks_are_both_told_and_no_right_one_is(factors, culprit):
    both, p = two_layer_problem(decay=0.0, divisor=8)

    def wrong(p):
        return {name: factors.get(name, 1) * g for name, g in both(p)[1].items()}

    report = gradient_test(lambda p: both(p)[0], wrong, p)
    assert (report.verdict, report.cause, report.culprit) == ("fail", "scale", culprit)
    for name in p:
        assert (name in report.message) == (name in factors)
        assert report.blocks[name].verdict == ("fail" if name in factors else "pass")


def test_an_explained_block_is_told_beside_one_that_lacks_a_term():
    both, p = two_layer_problem(decay=0.3, divisor=1)
    report = gradient_test(lambda p: both(p)[0], lambda p: both(p)[1], p)
    assert (report.verdict, report.cause, report.culprit) == ("fail", "scale", "b2")
    assert "8" in report.message and "W2" in report.message
    assert {block.verdict for block in report.blocks.values()} == {"fail"}
