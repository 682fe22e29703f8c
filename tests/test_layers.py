"""Chapters 6 and 7: every layer through the four tests, against PyTorch, alone and in a stack."""

from dataclasses import FrozenInstanceError
from functools import partial

import numpy as np
import pytest

from dlhw import adjoint_test, jacobian_test, jacobian_transpose_test
from dlhw.arrays import map_arrays, paths
from dlhw.layers import Dense, OriginalBlock, ResidualBlock, identity, relu, tanh

# networks in a stack, inputs, outputs or hidden units, samples: pairwise distinct
S, n, k, m = 2, 3, 4, 5
LAYERS = [
    Dense(n, k, identity),
    Dense(n, k),
    Dense(n, k, relu),
    ResidualBlock(n, k),
    ResidualBlock(n, k, relu),
    ResidualBlock(n, k, outer=tanh),
    ResidualBlock(n, k, relu, relu),
    OriginalBlock(n, k),
    OriginalBlock(n, k, outer=tanh),
    OriginalBlock(n, k, relu, identity),
]
every_layer = pytest.mark.parametrize("layer", LAYERS, ids=str)
alone_or_stacked = pytest.mark.parametrize(
    "stack", [(), (1,), (S,)], ids=["alone", "stack of one", "stack"]
)


def point(layer, *stack, samples=m, seed=0):
    """Return x = (params, X), none of them zero."""
    rng = np.random.default_rng(seed)
    params = {name: rng.normal(size=(*stack, *shape)) for name, shape in layer.shapes.items()}
    return params, rng.normal(size=(*stack, layer.inputs, samples))


def network(nested, s):
    """Return what belongs to network s of a stack."""
    return map_arrays(lambda a: a[s], nested)


def products(layer):
    """Return f(x), J(x) v and J(x)^T u of a layer at x = (params, X)."""

    def jvp(x, v):
        return layer.jvp(x[0], layer.forward(*x)[1], *v)

    def vjp(x, u):
        return layer.vjp(x[0], layer.forward(*x)[1], u)

    return lambda x: layer.forward(*x)[0], jvp, vjp


@alone_or_stacked
@every_layer
def test_the_products_pass_the_three_jacobian_tests_in_every_parameter_and_in_x(layer, stack):
    f, jvp, vjp = products(layer)
    x = point(layer, *stack)
    for report in (
        jacobian_test(f, jvp, x),
        jacobian_transpose_test(f, vjp, x),
        adjoint_test(jvp, vjp, x),
    ):
        assert report.passed, report
        assert {block.verdict for block in report.blocks.values()} == {"pass"}
        assert len(report.blocks) == len(layer.shapes) + 1


@pytest.mark.parametrize("name", ["b", "W", "X"])
def test_a_mistake_in_a_layer_is_named(name):
    """The tests above can fail: one product at a time is spoilt, and the report points at it."""
    layer = Dense(n, k)
    f, _, vjp = products(layer)

    def spoilt(x, u):
        dparams, dX = vjp(x, u)
        return (dparams, 2 * dX) if name == "X" else (dparams | {name: 2 * dparams[name]}, dX)

    report = jacobian_transpose_test(f, spoilt, point(layer))
    culprit = "1" if name == "X" else f"0.{name}"
    assert (report.verdict, report.cause, report.culprit) == ("fail", "scale", culprit)


def in_torch(torch, layer):
    """Return the layer in PyTorch's own affine map and activations; there, samples are rows."""
    act = {"identity": lambda z: z, "tanh": torch.tanh, "relu": torch.relu}

    def affine(W, b, x):
        return torch.nn.functional.linear(x.mT, W, b[:, 0]).mT

    def f(params, X):
        if isinstance(layer, Dense):
            return act[layer.activation.name](affine(params["W"], params["b"], X))
        H = act[layer.activation.name](affine(params["W1"], params["b1"], X))
        if isinstance(layer, ResidualBlock):
            return act[layer.outer.name](X + affine(params["W2"], params["b2"], H))
        return act[layer.outer.name](affine(params["W2"], params["b2"], X) + H)

    return f


@pytest.mark.filterwarnings("ignore:.*torch.jit")
@every_layer
def test_forward_and_both_products_agree_with_pytorch(layer):
    torch = pytest.importorskip("torch")
    x, v = point(layer), point(layer, seed=1)
    u = np.random.default_rng(2).normal(size=(layer.outputs, m))
    f, jvp, vjp = products(layer)
    x_there, v_there = map_arrays(torch.from_numpy, [x, v])
    Y, dY = torch.func.jvp(in_torch(torch, layer), x_there, v_there)
    pullback = torch.func.vjp(in_torch(torch, layer), *x_there)[1]
    close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-13)
    map_arrays(close, f(x), Y)
    map_arrays(close, jvp(x, v), dY)
    map_arrays(close, vjp(x, u), pullback(torch.from_numpy(u)))


@pytest.mark.parametrize("samples", [1, 8, 16, 33])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@every_layer
def test_a_stack_gives_the_bits_of_the_single_layers(layer, dtype, samples):
    x = point(layer, S, samples=samples, seed=0)
    v = point(layer, S, samples=samples, seed=1)
    x, v = map_arrays(lambda a: a.astype(dtype), [x, v])
    f, jvp, vjp = products(layer)
    u = f(v)
    stacked = [f(x), jvp(x, v), vjp(x, u)]
    for s in range(S):
        x_s, v_s, u_s, stacked_s = network([x, v, u, stacked], s)
        single = [f(x_s), jvp(x_s, v_s), vjp(x_s, u_s)]
        map_arrays(np.testing.assert_array_equal, stacked_s, single)
        assert {a.dtype for _, a in paths(single)} == {np.dtype(dtype)}


@every_layer
def test_the_gradient_in_x_can_be_left_out(layer):
    params, X = point(layer)
    Y, memory = layer.forward(params, X)
    dparams, nothing = layer.vjp(params, memory, Y, need_dX=False)
    assert nothing is None
    map_arrays(np.testing.assert_array_equal, dparams, layer.vjp(params, memory, Y)[0])


@every_layer
def test_nothing_that_is_given_is_changed(layer):
    x, v = point(layer), point(layer, seed=1)
    before = map_arrays(np.copy, [x, v])
    f, jvp, vjp = products(layer)
    vjp(x, jvp(x, v))
    map_arrays(np.testing.assert_array_equal, [x, v], before)


def test_a_layer_is_by_default_what_its_docstring_says():
    assert Dense(n, k) == Dense(n, k, tanh)
    assert ResidualBlock(n, k) == ResidualBlock(n, k, tanh, identity)
    assert OriginalBlock(n, k) == OriginalBlock(n, k, tanh, relu)


def test_a_layer_cannot_be_changed():
    """Its widths go with its parameters, and blocks are shared: `blocks * [block]`."""
    for frozen, field in [(Dense(n, k), "inputs"), (ResidualBlock(n, k), "hidden")]:
        with pytest.raises(FrozenInstanceError):
            setattr(frozen, field, 7)
    for frozen, field in [(OriginalBlock(n, k), "outputs"), (tanh, "value")]:
        with pytest.raises(FrozenInstanceError):
            setattr(frozen, field, 7)


# Edges


@every_layer
def test_one_sample_gives_the_same_column_as_many(layer):
    params, X = point(layer)
    Y = layer.forward(params, X)[0]
    for j in range(m):
        alone, _ = layer.forward(params, X[:, [j]])
        np.testing.assert_allclose(alone, Y[:, [j]], rtol=1e-14, atol=1e-15)


def test_a_branch_of_width_zero_leaves_the_identity_and_its_bias():
    block = ResidualBlock(n, 0)
    params, X = point(block)
    Y, memory = block.forward(params, X)
    np.testing.assert_array_equal(Y, X + params["b2"])
    dparams, dX = block.vjp(params, memory, Y)
    np.testing.assert_array_equal(dX, Y)
    assert {name: array.shape for name, array in dparams.items()} == block.shapes


def test_relu_has_slope_zero_at_zero_and_below():
    Y = relu.value(np.array([-1.0, 0.0, 2.0]))
    np.testing.assert_array_equal(relu.slope_times(Y, np.array([5.0, 5.0, 5.0])), [0.0, 0.0, 5.0])


@pytest.mark.parametrize(
    "spoil, expected, got",
    [
        # this one would broadcast over the sum without a word
        (lambda p: p | {"W2": p["W2"][:1]}, "'W2': (3, 4)", "'W2': (1, 4)"),
        (lambda p: p | {"b1": p["b1"][:, 0]}, "'b1': (4, 1)", "'b1': (4,)"),
        (lambda p: p | {"W1": p["W1"].T}, "'W1': (4, 3)", "'W1': (3, 4)"),
        (lambda p: {"W": p["W1"], "b": p["b1"]}, "'W1': (4, 3)", "'W': (4, 3)"),
        (lambda p: list(p.values()), "a dict of arrays", "list"),
        (lambda p: p | {"W1": p["W1"].tolist()}, "a dict of arrays", "'W1': a list of 4"),
        (lambda p: p | {"W1": p["W1"].astype(str)}, "'W1': (4, 3)", "(4, 3) of type <U"),
    ],
    ids=["one row", "flat bias", "transposed", "other layer", "a list", "lists", "words"],
)
def test_parameters_that_do_not_fit_a_block_get_one_clear_error(spoil, expected, got):
    block = ResidualBlock(n, k)
    params, X = point(block)
    with pytest.raises(ValueError) as error:
        block.forward(spoil(params), X)
    before, after = str(error.value).split("got")
    assert expected in before and got in after


@pytest.mark.parametrize(
    "X", [np.ones((m, n)), np.ones(n), np.ones((n + 1, m))], ids=["rows", "flat", "too wide"]
)
@every_layer
def test_samples_that_do_not_fit_get_one_clear_error(layer, X):
    with pytest.raises(ValueError, match="expected samples in columns"):
        layer.forward(point(layer)[0], X)
