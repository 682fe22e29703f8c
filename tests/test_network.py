"""Chapter 8: whole networks through the four tests, against PyTorch, alone and in a stack."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import original_style

import dlhw
from dlhw import adjoint_test, gradient_test, jacobian_test, jacobian_transpose_test
from dlhw.arrays import map_arrays, paths
from dlhw.layers import Dense, OriginalBlock, ResidualBlock, identity, relu, tanh
from dlhw.network import Network, original_network, residual_network, tanh_network
from dlhw.softmax import cross_entropy_gradient

S, n, l, m = (
    2,
    3,
    4,
    6,
)  # networks in a stack, features, classes, samples: distinct from each other and from the widths
WIDTHS = [7, 5, 8, 9, 10, 11]
NETWORKS = {f"tanh, {depth} hidden": tanh_network([n, *WIDTHS[:depth], l]) for depth in range(7)}
NETWORKS |= {
    f"relu, {depth} hidden": tanh_network([n, *WIDTHS[:depth], l], activation=relu)
    for depth in (1, 4)
}
NETWORKS |= {
    f"residual, {depth} hidden": residual_network(n, 7, l, blocks=depth - 1, hidden=5)
    for depth in range(1, 7)
}
NETWORKS |= {
    "residual, outer tanh": residual_network(n, 7, l, blocks=3, hidden=5, outer=tanh),
    "residual, relu": residual_network(n, 7, l, blocks=3, hidden=5, activation=relu, outer=relu),
}
NETWORKS |= {
    f"report's, {depth} hidden": original_network([n, *WIDTHS[:depth], l]) for depth in range(7)
}
ONE_OF_EACH = [
    NETWORKS[name]
    for name in ("tanh, 0 hidden", "relu, 4 hidden", "residual, 3 hidden", "report's, 2 hidden")
]
every_network = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
one_of_each = pytest.mark.parametrize(
    "network", ONE_OF_EACH, ids=["softmax", "relu", "residual", "report's"]
)
alone_or_stacked = pytest.mark.parametrize("stack", [(), (S,)], ids=["alone", "stack"])


def one_hot(labels):
    return np.moveaxis(np.eye(l)[labels], -1, -2)


def problem(network, *stack, samples=m, seed=0):
    """Return parameters of which none is zero, samples and labels."""
    rng = np.random.default_rng(seed)
    seeds = seed if not stack else list(range(*stack))
    params = map_arrays(
        lambda p: p + 0.1 * rng.normal(size=p.shape), network.initialise(seeds, "xavier")
    )
    return (
        params,
        rng.normal(size=(*stack, n, samples)),
        one_hot(rng.integers(l, size=(*stack, samples))),
    )


@alone_or_stacked
@every_network
def test_the_gradient_of_the_loss_passes_in_every_parameter(network, stack):
    params, X, C = problem(network, *stack)
    report = gradient_test(
        lambda p: np.sum(network.loss(p, X, C)), lambda p: network.gradient(p, X, C), params
    )
    assert report.passed, report
    assert len(report.blocks) == len(paths(params))


@every_network
def test_the_scores_pass_the_three_jacobian_tests_in_every_parameter_and_in_x(network):
    f = lambda x: network.scores(*x)
    jvp = lambda x, v: network.jvp(x[0], network.forward(*x)[1], *v)
    vjp = lambda x, u: network.vjp(x[0], network.forward(*x)[1], u)
    x = problem(network)[:2]
    for report in (
        jacobian_test(f, jvp, x),
        jacobian_transpose_test(f, vjp, x),
        adjoint_test(jvp, vjp, x),
    ):
        assert report.passed, report


def test_a_forgotten_identity_path_is_found_in_the_first_layer():
    """The tests above can fail: without the identity path the last block is right, and what lies before it is not."""
    network = residual_network(n, 7, l, blocks=1, hidden=5)
    params, X, C = problem(network)

    class Forgetful(ResidualBlock):
        def vjp(self, params, memory, dY, need_dX=True):
            dparams, dX = super().vjp(params, memory, dY)
            return dparams, dX - dY

    wrong = Network([network.layers[0], Forgetful(7, 5), network.layers[2]])
    report = gradient_test(
        lambda p: network.loss(p, X, C), lambda p: wrong.gradient(p, X, C), params
    )
    assert report.verdict == "fail" and report.culprit.startswith("0.")
    assert {path for path, block in report.blocks.items() if block.verdict == "fail"} == {
        "0.W",
        "0.b",
    }


@every_network
def test_loss_and_gradient_agree_with_pytorch(network):
    torch = pytest.importorskip("torch")
    params, X, C = problem(network)
    theirs = map_arrays(lambda p: torch.tensor(p, requires_grad=True), params)
    act = {"identity": lambda z: z, "tanh": torch.tanh, "relu": torch.relu}
    x = torch.from_numpy(X.T)
    linear = lambda p, i, x: torch.nn.functional.linear(x, p[f"W{i}"], p[f"b{i}"][:, 0])
    for layer, p in zip(network.layers, theirs):
        if isinstance(layer, Dense):
            x = act[layer.activation.name](linear(p, "", x))
        else:
            h = act[layer.activation.name](linear(p, 1, x))
            x = x + linear(p, 2, h) if isinstance(layer, ResidualBlock) else linear(p, 2, x) + h
            x = act[layer.outer.name](x)
    loss = torch.nn.functional.cross_entropy(x, torch.from_numpy(C.argmax(axis=0)))
    loss.backward()
    ours, gradient = network.loss_and_gradient(params, X, C)
    assert ours == pytest.approx(loss.item(), rel=1e-12)
    map_arrays(
        lambda g, t: np.testing.assert_allclose(g, t.grad, rtol=1e-12, atol=1e-13), gradient, theirs
    )
    np.testing.assert_array_equal(network.predict(params, X), x.argmax(dim=1))


@every_network
def test_every_way_to_the_loss_and_to_the_gradient_gives_the_same_bits(network):
    params, X, C = problem(network)
    loss, gradient = network.loss_and_gradient(params, X, C)
    assert loss == network.loss(params, X, C)
    map_arrays(np.testing.assert_array_equal, gradient, network.gradient(params, X, C))
    Z, memories = network.forward(params, X)
    map_arrays(
        np.testing.assert_array_equal,
        gradient,
        network.vjp(params, memories, cross_entropy_gradient(Z, C))[0],
    )
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
    cast = lambda nested: map_arrays(lambda a: a.astype(dtype), nested)
    params, X, C = cast(problem(network, 3, samples=samples))
    rates = np.array([0.3, 0.1, 0.02], dtype)

    def steps(params, X, C, rate):
        for _ in range(5):
            params = map_arrays(lambda p, g: p - rate * g, params, network.gradient(params, X, C))
        return params

    stacked = steps(params, X, C, rates[:, None, None])
    for s in range(3):
        single = steps(
            map_arrays(lambda a: a[s].copy(), params), X[s].copy(), C[s].copy(), rates[s]
        )
        map_arrays(lambda a, b: np.testing.assert_array_equal(a[s], b), stacked, single)
        assert {a.dtype for _, a in paths(single)} == {np.dtype(dtype)}


def test_a_stack_can_share_samples_and_labels():
    network = tanh_network([n, 5, l])
    params, X, C = problem(network, S)
    losses, classes = network.loss(params, X[0], C[0]), network.predict(params, X[0])
    assert losses.shape == (S,) and classes.shape == (S, m)
    for s in range(S):
        alone = map_arrays(lambda p: p[s], params)
        assert losses[s] == network.loss(alone, X[0], C[0])
        np.testing.assert_array_equal(classes[s], network.predict(alone, X[0]))


# The report's way of taking a step, which the benchmark divides by


@pytest.mark.parametrize("kind", ["softmax", "tanh", "residual"])
def test_the_originals_step_is_our_step_done_another_way(kind):
    network = {
        "softmax": tanh_network([n, l]),
        "tanh": tanh_network([n, 7, 5, l]),
        "residual": original_network([n, 7, 5, l]),
    }[kind]
    params, X, C = problem(network, samples=40)
    batch = np.random.RandomState(0).randint(0, 40, 6)
    ours = map_arrays(
        lambda p, g: p - 0.3 * g, params, network.gradient(params, X[:, batch], C[:, batch])
    )
    if kind == "softmax":  # the bias as a feature
        theirs = [np.hstack([params[0]["W"], params[0]["b"]]).T]
        X = np.vstack([X, np.ones(40)])
        expected = [np.hstack([ours[0]["W"], ours[0]["b"]]).T]
    elif kind == "tanh":
        arrange = lambda ps: [[p["W"].T for p in ps], [p["b"][:, 0] for p in ps]]
        theirs, expected = arrange(params), arrange(ours)
    else:
        arrange = lambda ps: [
            [[p["W1"], p["W2"]] for p in ps],
            [[p["b1"][:, 0], p["b2"][:, 0]] for p in ps],
        ]
        theirs, expected = arrange(params), arrange(ours)
    step = {
        "softmax": original_style.softmax_step,
        "tanh": original_style.tanh_step,
        "residual": original_style.residual_step,
    }[kind]
    loss = step(np.random.RandomState(0), X.T, C.T, theirs, 0.3, 6)
    assert loss == pytest.approx(network.loss(params, X[:n, batch], C[:, batch]), rel=1e-12)
    map_arrays(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14), theirs, expected
    )


# Initialisation


@pytest.mark.parametrize("scheme", ["xavier", "he", "uniform", "zeros"])
def test_a_stack_is_initialised_like_its_networks_alone(scheme):
    network = residual_network(n, 7, l, blocks=2)
    stacked = network.initialise([4, 0, 9], scheme)
    for i, seed in enumerate([4, 0, 9]):
        map_arrays(
            lambda a, b: np.testing.assert_array_equal(a[i], b),
            stacked,
            network.initialise(seed, scheme),
        )
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


# Edges


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_scores_of_ten_thousand_give_the_exact_loss_and_gradient(size):
    network = tanh_network([1, l])
    params = [{"W": size * np.array([[1.0], [0.0], [0.0], [2.0]]), "b": np.zeros((l, 1))}]
    X, C = np.ones((1, m)), one_hot([0, 1, 2, 3, 3, 3])
    scores = params[0]["W"].ravel()
    assert network.loss(params, X, C) == pytest.approx(
        np.mean([max(scores) - scores[c] for c in [0, 1, 2, 3, 3, 3]])
        + (np.log(2) if size < 0 else 0.0),
        rel=1e-12,
    )  # two classes share the largest score when the others sink
    probabilities = np.array([0, 0, 0, 1.0]) if size > 0 else np.array([0, 0.5, 0.5, 0])
    np.testing.assert_allclose(
        network.gradient(params, X, C)[0]["b"].ravel(), probabilities - [1 / 6, 1 / 6, 1 / 6, 1 / 2]
    )


@one_of_each
def test_a_class_that_never_occurs_only_loses_score(network):
    params, X, C = problem(network)
    C = one_hot(np.arange(m) % (l - 1))
    report = gradient_test(
        lambda p: network.loss(p, X, C), lambda p: network.gradient(p, X, C), params
    )
    assert report.passed, report
    if isinstance(network.layers[-1], Dense):
        assert network.gradient(params, X, C)[-1]["b"][-1] > 0


@one_of_each
def test_a_batch_of_one_and_a_stack_of_one(network):
    params, X, C = problem(network, 1, samples=1)
    alone = map_arrays(lambda a: a[0], [params, X, C])
    assert network.loss(params, X, C).shape == (1,) and np.shape(network.loss(*alone)) == ()
    map_arrays(
        lambda a, b: np.testing.assert_array_equal(a[0], b),
        network.gradient(params, X, C),
        network.gradient(*alone),
    )
    report = gradient_test(
        lambda p: network.loss(p, X, C), lambda p: network.gradient(p, X, C), params
    )
    assert report.passed, report


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scheme", ["xavier", "he", "uniform", "zeros"])
@pytest.mark.parametrize(
    "network",
    [tanh_network([n, 5, 0, l]), tanh_network([0, l]), original_network([n, 0, l])],
    ids=str,
)
def test_a_width_of_zero_leaves_a_network_of_biases(network, scheme):
    params = network.initialise(0, scheme)
    rng = np.random.default_rng(0)
    X, C = rng.normal(size=(network.layers[0].inputs, m)), one_hot(rng.integers(l, size=m))
    scores = network.scores(params, X)
    assert scores.shape == (l, m) and (scores == scores[:, :1]).all()
    map_arrays(
        lambda p, g: np.testing.assert_equal(g.shape, p.shape),
        params,
        network.gradient(params, X, C),
    )


@pytest.mark.parametrize(
    "layers",
    [
        [Dense(n, 5), ResidualBlock(7, 5), Dense(7, l, identity)],
        [Dense(n, 5), OriginalBlock(5, 7), Dense(5, l, identity)],
    ],
    ids=["before", "after"],
)
def test_a_block_whose_widths_do_not_fit_is_named(layers):
    with pytest.raises(
        ValueError,
        match=r"expected neighbours that fit, got (5 outputs .* 7 inputs|7 outputs .* 5 inputs) of \w+",
    ):
        Network(layers)


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
        (lambda net, p, X, C: net.loss(p[:-1], X, C), "expected the parameters of 2 layers, got 1"),
        (lambda net, p, X, C: net.gradient(p, X.T, C), "expected samples in columns"),
        (lambda net, p, X, C: net.gradient(p, X, C.T), "expected labels"),
        (lambda net, p, X, C: net.gradient(p, X, C.argmax(axis=0)), "expected labels"),
        (
            lambda net, p, X, C: net.initialise(0, "glorot"),
            "expected a scheme among .*, got 'glorot'",
        ),
    ],
    ids=["a layer missing", "rows", "labels in rows", "labels not one-hot", "scheme"],
)
def test_input_that_does_not_fit_gets_one_clear_error(call, message):
    network = tanh_network([n, 5, l])
    with pytest.raises(ValueError, match=message):
        call(network, *problem(network))


def test_the_rooms_run_copied_into_an_empty_folder(tmp_path):
    """Three files in a folder of any name are all that coursework needs, besides NumPy."""
    folder = tmp_path / "homework"
    folder.mkdir()
    for room in ("softmax.py", "layers.py", "network.py"):
        shutil.copy(Path(dlhw.__file__).with_name(room), folder)
    program = (
        "import sys; from homework.network import residual_network; import numpy as np\n"
        "network = residual_network(3, 7, 4, blocks=2); params = network.initialise(0)\n"
        "print(network.loss(params, np.ones((3, 5)), np.eye(4)[:, [0, 1, 2, 3, 3]]) > 0, 'dlhw' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert ran.stdout.split() == ["True", "False"], ran.stderr
