"""The mistakes of the gallery that fit into a body: the body knows them, by the same numbers."""

from importlib import import_module

import numpy as np
import pytest

from dlhw.arrays import paths
from dlhw.exercises.labels import ASSESSED
from dlhw.layers import Dense, ResidualBlock, relu
from dlhw.pages.derivatives.mistakes import gallery, sloped
from dlhw.pages.derivatives.right_models import regression, through
from dlhw.softmax import softmax

PARTS = {
    part.name: part
    for room in ASSESSED
    for part in import_module(f"dlhw.exercises.bodies_{room}").BODIES
}
MISTAKES = {mistake.name: mistake for mistake in gallery()}
FITTING = {
    "1/m forgotten": ("cross_entropy_gradient", "gradient_summed"),
    "a mean over the classes, too": ("cross_entropy", "loss_over_classes"),
    "1/m twice": ("cross_entropy_gradient", "gradient_divided_twice"),
    "$C - P$": ("cross_entropy_gradient", "gradient_turned"),
    "labels forgotten: $P/m$": ("cross_entropy_gradient", "gradient_without_labels"),
    "only the true class: $C (P - C)/m$": ("cross_entropy_gradient", "gradient_of_true_class"),
    "softmax over the samples": ("cross_entropy_gradient", "gradient_over_samples"),
    "no softmax: $(Z - C)/m$": ("cross_entropy_gradient", "gradient_without_softmax"),
    "norm, with the gradient of half its square": ("squared_error", "error_norm"),
    "a square, without its 2": ("squared_error_gradient", "error_gradient_without_two"),
    "softmax without shift, at large scores": ("softmax", "shares_unshifted"),
    "loss and gradient returned as a pair": ("cross_entropy", "loss_and_its_gradient"),
    "samples centred in place": ("Dense.forward", "dense_centred"),
    "db a mean": ("affine_vjp", "bias_mean"),
    "db not summed": ("affine_vjp", "bias_not_summed"),
    "db never stored": ("affine_vjp", "bias_zero"),
    "$X G_Z^\\top$ for $G_Z X^\\top$": ("affine_vjp", "weights_transposed"),
    "$1 - \\tanh$ for $1 - \\tanh^2$": ("tanh.slope_times", "slope_without_square"),
    "tanh taken twice: $1 - \\tanh(Y)^2$": ("tanh.slope_times", "slope_of_output"),
    "the slope of tanh forgotten on the way back": ("Dense.vjp", "dense_vjp_straight"),
    "the slope of tanh forgotten on the way forward": ("Dense.jvp", "dense_jvp_straight"),
    "$W G_Z$ for $W^\\top G_Z$": ("affine_vjp", "samples_untransposed"),
    "identity path forgotten on the way back": ("ResidualBlock.vjp", "block_vjp_without_identity"),
    "the ReLU of the sum for its mask": ("relu.slope_times", "output_for_mask"),
    "$dW_2$ from $X$ for the hidden values": ("ResidualBlock.vjp", "block_vjp_samples_for_hidden"),
}
ELSEWHERE = {
    "labels of another batch": "in the call of the loss",
    "no return": "said of any body",
    "a new random batch at every call": "in the call of the loss",
    "data scaled in place at every call": "in a preparation of the data",
    "products at what the layer saw last": "a layer with a memory of its own",
    "reshape along columns, ravel along rows": "in one long vector of parameters",
    "$u$ read along rows, where columns are due": "in one long vector of parameters",
    "$v$ read along rows, where columns are due": "in one long vector of parameters",
    "regulariser in the loss alone": "in a term that the course has not",
    "regulariser in the loss alone, 1/m forgotten": "in a term that the course has not",
    "tanh in the test, ReLU in the network": "between two programs",
    "ReLU at zero parameters": "in the point of the test",
    "one sample: db a mean": "in the point of the test",
    "zero parameters: regulariser in the loss alone": "in the point of the test",
    "only $W$ tested: db a mean": "in the point of the test",
    "one entry wrong by $10^{-13}$ of it": "below what anybody can see",
    "the wrong loss, with its own right gradient": "said by the loss's own numbers",
}


def wrong_body(name):
    """Return the body that makes a mistake of the gallery."""
    body, function = FITTING[name]
    (found,) = [w for w in PARTS[body].wrong.values() if w.__name__ == function]
    return found


def same(one, other):
    one, other = paths(one), paths(other)
    return all(
        path == other_path and np.allclose(a, b)
        for (path, a), (other_path, b) in zip(one, other, strict=True)
    )


def test_each_mistake_of_the_gallery_is_in_a_body_or_elsewhere():
    assert set(MISTAKES) == {*FITTING, *ELSEWHERE}
    assert len(MISTAKES) == len(FITTING) + len(ELSEWHERE)
    for name in FITTING:
        assert wrong_body(name)


def scores_and_labels():
    """Return scores, and the labels of the gallery's regression, read out of its gradient."""
    right, Z = regression(), np.random.default_rng(7).normal(size=(5, 16))
    return Z, softmax(Z) - 16 * right.loss_gradient(Z)


@pytest.mark.parametrize(
    "name", [name for name in FITTING if FITTING[name][0] == "cross_entropy_gradient"]
)
def test_a_wrong_gradient_of_the_loss_is_that_of_the_gallery(name):
    Z, C = scores_and_labels()
    assert same(wrong_body(name)(Z, C), MISTAKES[name].model.loss_gradient(Z))


@pytest.mark.parametrize("name", [name for name in FITTING if FITTING[name][0] == "cross_entropy"])
def test_a_wrong_loss_is_that_of_the_gallery(name):
    Z, C = scores_and_labels()
    assert same(wrong_body(name)(Z, C), MISTAKES[name].model.loss(Z))


@pytest.mark.parametrize("name", [name for name in FITTING if FITTING[name][0] == "affine_vjp"])
def test_a_wrong_product_is_that_of_the_gallery(name):
    model = MISTAKES[name].model
    u = np.random.default_rng(7).normal(size=(5, 16))
    samples = samples_of(model)
    try:
        expected = model.vjp(model.x, u)
    except ValueError:
        with pytest.raises(ValueError, match="matmul"):
            wrong_body(name)(model.x["W"], samples, u)
        return
    dW, db, _ = wrong_body(name)(model.x["W"], samples, u)
    assert same({"W": dW, "b": db}, {key: expected[key] for key in ("W", "b")})


def samples_of(model):
    """Return the samples of a model; a regression's come out of its way forward, one by one."""
    if "X" in model.x:
        return model.x["X"]
    zero = {name: np.zeros_like(array) for name, array in model.x.items()}
    rows = []
    for k in range(3):
        W = np.zeros_like(model.x["W"])
        W[0, k] = 1
        rows.append(model.forward({**zero, "W": W})[0])
    return np.array(rows)


@pytest.mark.parametrize(
    "name, layer",
    [
        ("the slope of tanh forgotten on the way back", Dense(3, 5)),
        ("identity path forgotten on the way back", ResidualBlock(4, 6, outer=relu)),
    ],
)
def test_a_wrong_way_back_of_a_layer_is_that_of_the_gallery(name, layer):
    model = MISTAKES[name].model
    params = {key: model.x[key] for key in layer.shapes}
    Y, memory = layer.forward(params, model.x["X"])
    u = np.random.default_rng(7).normal(size=Y.shape)
    dparams, dX = wrong_body(name)(layer, params, memory, u)
    expected = model.vjp(model.x, u)
    assert same({**dparams, "X": dX}, expected)


def test_a_wrong_slope_is_that_of_the_gallery():
    for name in FITTING:
        if FITTING[name][0] == "tanh.slope_times":
            slow, model = through(Dense(3, 5, sloped(wrong_body(name)))), MISTAKES[name].model
            u = np.random.default_rng(7).normal(size=(5, 16))
            assert same(slow.vjp(slow.x, u), model.vjp(model.x, u))
