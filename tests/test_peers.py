"""The course's rooms beside other libraries, over shapes that are drawn."""

from functools import partial

import numpy as np
import pytest
from scipy import special

from dlhw.arrays import map_arrays
from dlhw.layers import Dense, ResidualBlock, identity, relu, tanh
from dlhw.network import Network
from dlhw.softmax import cross_entropy, cross_entropy_gradient, log_softmax, softmax

CASES = range(20)
close = partial(np.testing.assert_allclose, rtol=1e-11, atol=1e-12)


@pytest.fixture(scope="module")
def jax():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    return jax


def drawn(seed):
    """Return a network of drawn depth, widths and kinds, its parameters, samples and labels."""
    rng = np.random.default_rng(seed)
    n, l, m, depth = rng.integers([1, 2, 1, 1], [6, 6, 8, 4])
    layers, width = [], int(n)
    for _ in range(depth):
        activation = [tanh, relu][rng.integers(2)]
        if rng.integers(2):
            outputs = int(rng.integers(1, 7))
            layers.append(Dense(width, outputs, activation))
            width = outputs
        else:
            layers.append(ResidualBlock(width, int(rng.integers(1, 7)), activation))
    network = Network([*layers, Dense(width, int(l), identity)])
    params = map_arrays(lambda p: rng.normal(size=p.shape), network.initialise(rng))
    C = np.eye(l)[:, rng.integers(l, size=m)]
    return network, params, rng.normal(size=(n, m)), C


def scores(network, xp, params, X):
    """Return the scores of a network, written with another library's functions."""
    act = {"identity": lambda Z: Z, "tanh": xp.tanh, "relu": lambda Z: Z * (Z > 0)}
    for layer, p in zip(network.layers, params):
        activation = act[layer.activation.name]
        if isinstance(layer, Dense):
            X = activation(p["W"] @ X + p["b"])
        else:
            X = X + p["W2"] @ activation(p["W1"] @ X + p["b1"]) + p["b2"]
    return X


@pytest.mark.parametrize("seed", CASES)
def test_networks_agree_with_jax_in_loss_gradient_and_both_products(jax, seed):
    network, params, X, C = drawn(seed)

    def loss(params):
        return (
            -(C * jax.nn.log_softmax(scores(network, jax.numpy, params, X), axis=0)).sum(0).mean()
        )

    theirs = jax.value_and_grad(loss)(params)
    map_arrays(close, network.loss_and_gradient(params, X, C), theirs)
    V = map_arrays(lambda p: np.cos(np.arange(p.size)).reshape(p.shape), params)
    U = np.sin(np.arange(X.size)).reshape(X.shape)
    there = partial(scores, network, jax.numpy)
    Z, dZ = jax.jvp(there, (params, X), (V, U))
    ours, memories = network.forward(params, X)
    close(ours, Z)
    close(network.jvp(params, memories, V, U), dZ)
    map_arrays(close, network.vjp(params, memories, dZ), jax.vjp(there, params, X)[1](dZ))


@pytest.mark.parametrize("seed", CASES)
def test_networks_agree_with_pytorch_in_loss_and_gradient(seed):
    torch = pytest.importorskip("torch")
    network, params, X, C = drawn(seed)
    there = map_arrays(lambda p: torch.tensor(p, requires_grad=True), params)
    Z = scores(network, torch, there, torch.tensor(X))
    loss = torch.nn.functional.cross_entropy(Z.T, torch.tensor(C.argmax(axis=0)))
    loss.backward()
    ours, gradient = network.loss_and_gradient(params, X, C)
    close(ours, loss.item())
    map_arrays(close, gradient, map_arrays(lambda t: t.grad, there))


@pytest.mark.parametrize("seed", CASES)
def test_the_softmax_is_scipys(seed):
    rng = np.random.default_rng(seed)
    Z = rng.normal(scale=10.0 ** rng.integers(-3, 4), size=rng.integers(1, 7, size=3))
    close(log_softmax(Z), special.log_softmax(Z, axis=-2))
    close(softmax(Z), special.softmax(Z, axis=-2))


@pytest.mark.parametrize("seed", CASES)
def test_the_loss_is_scikit_learns_and_its_optimum_has_no_gradient(seed):
    metrics = pytest.importorskip("sklearn.metrics")
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(seed)
    n, l = rng.integers([1, 3], [5, 6])
    X = rng.normal(size=(n, 40 * l))
    classes = np.arange(40 * l) % l
    C = np.eye(l)[:, classes]
    W, b = rng.normal(size=(l, n)), rng.normal(size=(l, 1))
    shares = softmax(W @ X + b)
    close(cross_entropy(W @ X + b, C), metrics.log_loss(classes, shares.T))
    fit = linear.LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(X.T, classes)
    G = cross_entropy_gradient(fit.coef_ @ X + fit.intercept_[:, None], C)
    np.testing.assert_allclose(G @ X.T, 0, atol=1e-6)
    np.testing.assert_allclose(G.sum(axis=1), 0, atol=1e-6)
