"""Chapter 8: whole networks through the four tests, against PyTorch, alone and in a stack."""

import os
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError
from functools import partial
from pathlib import Path

import numpy as np
import original_style
import pytest

import dlhw
from dlhw import adjoint_test, gradient_test, jacobian_test, jacobian_transpose_test
from dlhw.arrays import map_arrays, paths
from dlhw.layers import Dense, OriginalBlock, ResidualBlock, identity, relu, tanh
from dlhw.network import Network, original_network, residual_network, tanh_network
from dlhw.pages.derivatives.mistakes import ForgetfulBlock
from dlhw.softmax import cross_entropy_gradient

# networks in a stack, features, classes, samples: distinct from each other and from the widths
S, n, l, m = 2, 3, 4, 6
WIDTHS = [7, 5, 8, 9, 10, 11]
NETWORKS = {
    "residual, outer tanh": residual_network(n, 7, l, blocks=3, hidden=5, outer=tanh),
    "residual, relu": residual_network(n, 7, l, blocks=3, hidden=5, activation=relu, outer=relu),
}
for depth in range(7):
    widths = [n, *WIDTHS[:depth], l]
    NETWORKS[f"tanh, {depth} hidden"] = tanh_network(widths)
    NETWORKS[f"original, {depth} hidden"] = original_network(widths)
    if depth in (1, 4):
        NETWORKS[f"relu, {depth} hidden"] = tanh_network(widths, activation=relu)
    if depth >= 1:
        blocks = depth - 1
        NETWORKS[f"residual, {depth} hidden"] = residual_network(n, 7, l, blocks, hidden=5)
ONE_OF_EACH = {
    "softmax": NETWORKS["tanh, 0 hidden"],
    "relu": NETWORKS["relu, 4 hidden"],
    "residual": NETWORKS["residual, 3 hidden"],
    "original": NETWORKS["original, 2 hidden"],
}
every_network = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
one_of_each = pytest.mark.parametrize("network", ONE_OF_EACH.values(), ids=ONE_OF_EACH)
alone_or_stacked = pytest.mark.parametrize("stack", [(), (S,)], ids=["alone", "stack"])


def one_hot(labels):
    return np.moveaxis(np.eye(l)[labels], -1, -2)


def of_network(nested, s):
    """Return what belongs to network s of a stack."""
    return map_arrays(lambda a: a[s], nested)


def problem(network, *stack, samples=m, seed=0):
    """Return parameters of which none is zero, samples and labels."""
    rng = np.random.default_rng(seed)
    start = network.initialise(list(range(*stack)) if stack else seed)
    params = map_arrays(lambda p: p + 0.1 * rng.normal(size=p.shape), start)
    X = rng.normal(size=(*stack, n, samples))
    return params, X, one_hot(rng.integers(l, size=(*stack, samples)))


def report_on_the_gradient(network, params, X, C):
    """Return the report on the gradient of the loss; in a stack, of the sum of the losses."""

    def loss(p):
        return np.sum(network.loss(p, X, C))

    return gradient_test(loss, lambda p: network.gradient(p, X, C), params)


@alone_or_stacked
@every_network
def test_the_gradient_of_the_loss_passes_in_every_parameter(network, stack):
    params, X, C = problem(network, *stack)
    report = report_on_the_gradient(network, params, X, C)
    assert report.passed, report
    assert len(report.blocks) == len(paths(params))


@every_network
def test_the_scores_pass_the_three_jacobian_tests_in_every_parameter_and_in_x(network):
    def f(x):
        return network.scores(*x)

    def jvp(x, v):
        return network.jvp(x[0], network.forward(*x)[1], *v)

    def vjp(x, u):
        return network.vjp(x[0], network.forward(*x)[1], u)

    x = problem(network)[:2]
    for report in (
        jacobian_test(f, jvp, x),
        jacobian_transpose_test(f, vjp, x),
        adjoint_test(jvp, vjp, x),
    ):
        assert report.passed, report


def test_a_forgotten_identity_path_is_found_in_the_first_layer():
    """The tests above can fail: without the identity path, what lies before the block is wrong."""
    network = residual_network(n, 7, l, blocks=1, hidden=5)
    params, X, C = problem(network)

    wrong = Network([network.layers[0], ForgetfulBlock(7, 5), network.layers[2]])
    report = gradient_test(
        lambda p: network.loss(p, X, C), lambda p: wrong.gradient(p, X, C), params
    )
    assert report.verdict == "fail" and report.culprit.startswith("0.")
    failed = {path for path, block in report.blocks.items() if block.verdict == "fail"}
    assert failed == {"0.W", "0.b"}


@every_network
def test_loss_and_gradient_agree_with_pytorch(network):
    torch = pytest.importorskip("torch")
    params, X, C = problem(network)
    theirs = map_arrays(lambda p: torch.tensor(p, requires_grad=True), params)
    act = {"identity": lambda z: z, "tanh": torch.tanh, "relu": torch.relu}
    x = torch.from_numpy(X.T)

    def linear(p, i, x):
        return torch.nn.functional.linear(x, p[f"W{i}"], p[f"b{i}"][:, 0])

    for layer, p in zip(network.layers, theirs):
        activation = act[layer.activation.name]
        if isinstance(layer, Dense):
            x = activation(linear(p, "", x))
        elif isinstance(layer, ResidualBlock):
            x = act[layer.outer.name](x + linear(p, 2, activation(linear(p, 1, x))))
        else:
            x = act[layer.outer.name](linear(p, 2, x) + activation(linear(p, 1, x)))
    loss = torch.nn.functional.cross_entropy(x, torch.from_numpy(C.argmax(axis=0)))
    loss.backward()
    ours, gradient = network.loss_and_gradient(params, X, C)
    assert ours == pytest.approx(loss.item(), rel=1e-12)
    gradient_there = map_arrays(lambda t: t.grad, theirs)
    close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-13)
    map_arrays(close, gradient, gradient_there)
    np.testing.assert_array_equal(network.predict(params, X), x.argmax(dim=1))


@every_network
def test_every_way_to_the_loss_and_to_the_gradient_gives_the_same_bits(network):
    params, X, C = problem(network)
    loss, gradient = network.loss_and_gradient(params, X, C)
    assert loss == network.loss(params, X, C)
    map_arrays(np.testing.assert_array_equal, gradient, network.gradient(params, X, C))
    Z, memories = network.forward(params, X)
    by_hand, _ = network.vjp(params, memories, cross_entropy_gradient(Z, C))
    map_arrays(np.testing.assert_array_equal, gradient, by_hand)
    np.testing.assert_array_equal(network.scores(params, X), network.forward(params, X)[0])


@pytest.mark.parametrize("samples", [1, 8, 16, 32, 33])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "network",
    [
        tanh_network([n, l]),
        tanh_network([n, 50, 50, l]),
        original_network([n, 20, 20, l]),
        residual_network(n, 20, l, blocks=2, outer=relu),
    ],
    ids=["softmax", "tanh", "original", "residual"],
)
def test_steps_of_a_stack_give_the_bits_of_the_single_runs(network, dtype, samples):
    """Own parameters, own batches and own learning rates in the same lines of code."""
    params, X, C = map_arrays(lambda a: a.astype(dtype), problem(network, 3, samples=samples))
    rates = np.array([0.3, 0.1, 0.02], dtype)

    def steps(params, X, C, rate):
        for _ in range(5):
            params = map_arrays(lambda p, g: p - rate * g, params, network.gradient(params, X, C))
        return params

    stacked = steps(params, X, C, rates[:, None, None])
    for s in range(3):
        alone = map_arrays(np.copy, of_network([params, X, C], s))
        single = steps(*alone, rates[s])
        map_arrays(np.testing.assert_array_equal, of_network(stacked, s), single)
        assert {a.dtype for _, a in paths(single)} == {np.dtype(dtype)}


def test_a_stack_can_share_samples_and_labels():
    network = tanh_network([n, 5, l])
    params, X, C = problem(network, S)
    losses, classes = network.loss(params, X[0], C[0]), network.predict(params, X[0])
    assert losses.shape == (S,) and classes.shape == (S, m)
    for s in range(S):
        alone = of_network(params, s)
        assert losses[s] == network.loss(alone, X[0], C[0])
        np.testing.assert_array_equal(classes[s], network.predict(alone, X[0]))


# The original's way of taking a step, which the benchmark divides by


def in_rows(kind, params):
    """Return parameters as the original holds them."""
    if kind == "softmax":  # the bias as a feature
        return [np.hstack([params[0]["W"], params[0]["b"]]).T]
    if kind == "tanh":
        return [[p["W"].T for p in params], [p["b"][:, 0] for p in params]]
    weights = [[p["W1"], p["W2"]] for p in params]
    return [weights, [[p["b1"][:, 0], p["b2"][:, 0]] for p in params]]


@pytest.mark.parametrize("kind", ["softmax", "tanh", "residual"])
def test_the_originals_step_is_our_step_done_another_way(kind):
    network = {
        "softmax": tanh_network([n, l]),
        "tanh": tanh_network([n, 7, 5, l]),
        "residual": original_network([n, 7, 5, l]),
    }[kind]
    params, X, C = problem(network, samples=40)
    batch = np.random.RandomState(0).randint(0, 40, 6)
    gradient = network.gradient(params, X[:, batch], C[:, batch])
    ours = map_arrays(lambda p, g: p - 0.3 * g, params, gradient)
    theirs = in_rows(kind, params)
    x = np.vstack([X, np.ones(40)]) if kind == "softmax" else X
    step = getattr(original_style, f"{kind}_step")
    loss = step(np.random.RandomState(0), x.T, C.T, theirs, 0.3, 6)
    assert loss == pytest.approx(network.loss(params, X[:, batch], C[:, batch]), rel=1e-12)
    close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-14)
    map_arrays(close, theirs, in_rows(kind, ours))


# Initialisation


@pytest.mark.parametrize("scheme", ["xavier", "he", "uniform", "zeros"])
def test_a_stack_is_initialised_like_its_networks_alone(scheme):
    network = residual_network(n, 7, l, blocks=2)
    stacked = network.initialise([4, 0, 9], scheme)
    for i, seed in enumerate([4, 0, 9]):
        alone = network.initialise(seed, scheme)
        map_arrays(np.testing.assert_array_equal, of_network(stacked, i), alone)
    generators = [np.random.default_rng(seed) for seed in (4, 0, 9)]
    map_arrays(np.testing.assert_array_equal, stacked, network.initialise(generators, scheme))


def test_initial_weights_have_the_variance_of_their_scheme():
    network = tanh_network([300, 400, 200])
    variance = {
        "xavier": lambda i, o: 2 / (i + o),
        "he": lambda i, o: 2 / i,
        "uniform": lambda i, o: 1 / 12,
    }
    for scheme, of in variance.items():
        for layer, p in zip(network.layers, network.initialise(0, scheme)):
            assert p["W"].var() == pytest.approx(of(layer.inputs, layer.outputs), rel=0.02)
            assert p["W"].mean() == pytest.approx(0.5 if scheme == "uniform" else 0.0, abs=0.01)
            assert (p["b"].min() > 0) == (scheme == "uniform") and (p["b"].max() < 1)
    bound = np.sqrt(6 / (300 + 400))
    assert 0.99 * bound < abs(network.initialise(0)[0]["W"]).max() < bound


@pytest.mark.parametrize("seeds", [range(3), np.arange(3), (0, 1, 2)])
def test_several_seeds_are_a_stack_whatever_holds_them(seeds):
    network = tanh_network([n, 5, l])
    together = network.initialise([0, 1, 2])
    map_arrays(np.testing.assert_array_equal, network.initialise(seeds), together)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scheme", ["xavier", "he"])
def test_widths_of_a_small_number_type_draw_the_same_numbers(scheme):
    network = tanh_network([64, 64, 64])
    small = tanh_network(np.array([64, 64, 64], np.int8))
    both = (each.initialise(0, scheme) for each in (network, small))
    map_arrays(np.testing.assert_array_equal, *both)


# Edges


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_scores_of_ten_thousand_give_the_exact_loss_and_gradient(size):
    network = tanh_network([1, l])
    params = [{"W": size * np.array([[1.0], [0.0], [0.0], [2.0]]), "b": np.zeros((l, 1))}]
    X, C = np.ones((1, m)), one_hot([0, 1, 2, 3, 3, 3])
    scores = params[0]["W"].ravel()
    expected = np.mean([max(scores) - scores[c] for c in [0, 1, 2, 3, 3, 3]])
    if size < 0:  # two classes share the largest score when the others sink
        expected += np.log(2)
    assert network.loss(params, X, C) == pytest.approx(expected, rel=1e-12)
    probabilities = np.array([0, 0, 0, 1.0]) if size > 0 else np.array([0, 0.5, 0.5, 0])
    gradient = network.gradient(params, X, C)[0]["b"].ravel()
    np.testing.assert_allclose(gradient, probabilities - [1 / 6, 1 / 6, 1 / 6, 1 / 2])


@one_of_each
def test_a_class_that_never_occurs_only_loses_score(network):
    params, X, C = problem(network)
    C = one_hot(np.arange(m) % (l - 1))
    report = report_on_the_gradient(network, params, X, C)
    assert report.passed, report
    if isinstance(network.layers[-1], Dense):
        assert network.gradient(params, X, C)[-1]["b"][-1] > 0


@one_of_each
def test_a_batch_of_one_and_a_stack_of_one(network):
    params, X, C = problem(network, 1, samples=1)
    alone = map_arrays(lambda a: a[0], [params, X, C])
    assert network.loss(params, X, C).shape == (1,) and np.shape(network.loss(*alone)) == ()
    gradient = network.gradient(params, X, C)
    map_arrays(np.testing.assert_array_equal, of_network(gradient, 0), network.gradient(*alone))
    report = report_on_the_gradient(network, params, X, C)
    assert report.passed, report


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scheme", ["xavier", "he", "uniform", "zeros"])
@pytest.mark.parametrize(
    "network",
    [
        tanh_network([n, 5, 0, l]),
        tanh_network([n, 0, 0, l]),
        tanh_network([0, l]),
        original_network([n, 0, l]),
    ],
    ids=str,
)
def test_a_width_of_zero_leaves_a_network_of_biases(network, scheme):
    params = network.initialise(0, scheme)
    rng = np.random.default_rng(0)
    X, C = rng.normal(size=(network.layers[0].inputs, m)), one_hot(rng.integers(l, size=m))
    scores = network.scores(params, X)
    assert scores.shape == (l, m) and (scores == scores[:, :1]).all()
    gradient = network.gradient(params, X, C)
    map_arrays(lambda p, g: np.testing.assert_equal(g.shape, p.shape), params, gradient)


@pytest.mark.parametrize(
    "layers",
    [
        [Dense(n, 5), ResidualBlock(7, 5), Dense(7, l, identity)],
        [Dense(n, 5), OriginalBlock(5, 7), Dense(5, l, identity)],
    ],
    ids=["before", "after"],
)
def test_a_block_whose_widths_do_not_fit_is_named(layers):
    got = r"(5 outputs .* 7 inputs|7 outputs .* 5 inputs) of \w+"
    with pytest.raises(ValueError, match=rf"expected neighbours that fit, got {got}"):
        Network(layers)


def test_one_output_is_enough():
    """One score is what a line fit has; of classes there is one, which is always right."""
    network = tanh_network([n, 5, 1])
    params = network.initialise(0)
    X = np.random.default_rng(0).normal(size=(n, m))
    assert network.scores(params, X).shape == (1, m)
    assert network.loss(params, X, np.ones((1, m))) == 0


def test_the_branch_of_a_residual_network_is_as_wide_as_its_blocks():
    assert residual_network(n, 7, l, blocks=1) == residual_network(n, 7, l, blocks=1, hidden=7)


@one_of_each
def test_a_gradient_asks_for_no_gradient_in_the_samples(network):
    """That product would be the largest of all where samples have many features."""
    asked = []

    class Spy:
        inputs, outputs = network.layers[0].inputs, network.layers[0].outputs
        forward = network.layers[0].forward

        def vjp(self, params, memory, dY, need_dX=True):
            asked.append(need_dX)
            return network.layers[0].vjp(params, memory, dY, need_dX)

    params, X, C = problem(network)
    spied = Network([Spy(), *network.layers[1:]])
    spied.gradient(params, X, C)
    spied.loss_and_gradient(params, X, C)
    spied.vjp(params, spied.forward(params, X)[1], np.ones((l, m)))
    assert asked == [False, False, True]


def test_a_direction_with_a_layer_missing_is_refused():
    network = tanh_network([n, 5, l])
    params, X, _ = problem(network)
    memories = network.forward(params, X)[1]
    with pytest.raises(ValueError, match="shorter"):
        network.jvp(params, memories, params[:-1], X)


def test_a_network_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        tanh_network([n, l]).layers = ()


@pytest.mark.parametrize(
    "network",
    [lambda: Network([]), lambda: tanh_network([n]), lambda: tanh_network([n, 0])],
    ids=["no layer", "one width", "no class"],
)
def test_a_network_without_layers_or_classes_is_refused(network):
    with pytest.raises(ValueError, match="expected at least"):
        network()


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda net, p, X, C: net.loss(p[:-1], X, C), "of 2 layers, got a list of 1"),
        (lambda net, p, X, C: net.gradient(p, X.T, C), "expected samples in columns"),
        (lambda net, p, X, C: net.gradient(p, X, C.T), "expected scores and labels"),
        (lambda net, p, X, C: net.gradient(p, X, C.argmax(axis=0)), "expected scores and lab"),
        (
            lambda net, p, X, C: net.initialise(0, "glorot"),
            "expected one of the schemes .*, got 'glorot'",
        ),
        (lambda net, p, X, C: tanh_network([n, 5, l], np.tanh), "an activation of dlhw.layers"),
        (lambda net, p, X, C: tanh_network([n, 5, l], "tanh"), "such as tanh, got tanh"),
        (lambda net, p, X, C: original_network([n, l], scores=None), "such as tanh, got None"),
        (lambda net, p, X, C: residual_network(n, 5, l, -1), "expected blocks to be .*, got -1"),
        (lambda net, p, X, C: residual_network(n, 5, l, 1, 2.5), "expected the hidden of .*2.5"),
        (lambda net, p, X, C: Network([Dense]), "expected the inputs of .* got None"),
        (lambda net, p, X, C: net.initialise([0, [1]]), "a seed for each network, got a list of 1"),
        (lambda net, p, X, C: net.scores(p, [[1], [2, 3]]), "got a list of 2 for X"),
        (lambda net, p, X, C: net.scores(p, X.astype(str)), "of type <U.* for X"),
    ],
)
def test_input_that_does_not_fit_gets_one_clear_error(call, message):
    network = tanh_network([n, 5, l])
    with pytest.raises(ValueError, match=message):
        call(network, *problem(network))


def test_the_rooms_run_copied_into_an_empty_folder(tmp_path):
    """Five files in a folder of any name are all that coursework needs, besides NumPy."""
    folder = tmp_path / "homework"
    folder.mkdir()
    for room in ("arrays.py", "arguments.py", "softmax.py", "layers.py", "network.py"):
        shutil.copy(Path(dlhw.__file__).with_name(room), folder)
    program = (
        "import sys; from homework.network import residual_network; import numpy as np\n"
        "network = residual_network(3, 7, 4, blocks=2); params = network.initialise(0)\n"
        "loss = network.loss(params, np.ones((3, 5)), np.eye(4)[:, [0, 1, 2, 3, 3]])\n"
        "print(loss > 0, 'dlhw' in sys.modules)"
    )
    command, env = [sys.executable, "-c", program], {**os.environ, "PYTHONPATH": ""}
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env)
    assert ran.stdout.split() == ["True", "False"], ran.stderr
