"""The original's five tests of derivatives, each with two hundred seeds at once.

A test has one sample, weights uniform in [0, 1), and one direction that is positive in every entry.
Its errors are E0 and E1 of chapter 2, of shape (steps, seeds); each step is half the last.
"""

from typing import NamedTuple

import numpy as np

from ...arrays import map_arrays, paths
from ...datasets import load
from ...derivative_tests.four_tests import gradient_test, jacobian_test
from ...layers import Dense, OriginalBlock, tanh
from ...network import Network, original_network, tanh_network
from ...softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient

SEEDS = 200
STEPS = {
    "softmax_gradient_test": 2.0 * 0.5 ** np.arange(10),
    "tanh_jacobian_test": 0.2 * 0.5 ** np.arange(20),
    "residual_jacobian_test": 0.2 * 0.5 ** np.arange(20),
    "tanh_gradient_test_first": 0.3 * 0.5 ** np.arange(10),
    "tanh_gradient_test": 0.3 * 0.5 ** np.arange(10),
    "resnet_gradient_test": 0.3 * 0.5 ** np.arange(10),
}


class GradientTest(NamedTuple):
    """The test of a network's gradient: all parameters move along one direction."""

    network: Network
    X: np.ndarray
    C: np.ndarray
    params: list
    directions: list
    steps: np.ndarray

    def errors(self, gradient=Network.gradient):
        """Return E0 and E1 of what `gradient(network, params, X, C)` claims."""

        def loss(step):
            return self.network.loss(move(self.params, step, self.directions), self.X, self.C)

        claimed = gradient(self.network, self.params, self.X, self.C)
        return errors(loss, slope(claimed, self.directions), self.steps)


class JacobianTest(NamedTuple):
    """The test of a layer's Jacobian in its parameters."""

    layer: Dense | OriginalBlock
    X: np.ndarray
    params: dict
    directions: dict
    steps: np.ndarray

    def errors(self):
        """Return E0 and E1: norms, as a layer has many outputs."""

        def output(step):
            return self.layer.forward(move(self.params, step, self.directions), self.X)[0]

        _, memory = self.layer.forward(self.params, self.X)
        claimed = self.layer.jvp(self.params, memory, self.directions, np.zeros_like(self.X))
        return errors(output, claimed, self.steps)


def five_tests(rng):
    """Return the original's tests by their names in `data/original.toml`; one was run twice there.

    Examples
    --------
    >>> tests = five_tests(np.random.default_rng(0))
    >>> E0, E1 = tests["softmax_gradient_test"].errors()
    >>> E1.shape, float(np.median(ratio(E1)[-1]).round(2))
    ((10, 200), 4.0)
    """
    peaks = load("peaks")
    columns = rng.choice(np.flatnonzero(peaks.C_train[0]), SEEDS)  # class 0 begins the file
    X, C = (A[:, columns].T[:, :, None] for A in (peaks.X_train, peaks.C_train))
    softmax = _of_softmax(rng)
    tanh_jacobian = _of_layer(Dense(5, 20), _unit, rng, STEPS["tanh_jacobian_test"])
    block = OriginalBlock(5, 20, outer=tanh)
    block_jacobian = _of_layer(block, _positive, rng, STEPS["residual_jacobian_test"])
    tanh_test = _of_network(tanh_network([2, 50, 5]), X, C, rng, STEPS["tanh_gradient_test"])
    resnet = original_network([2, 100, 5])
    return {
        "softmax_gradient_test": softmax,
        "tanh_jacobian_test": tanh_jacobian,
        "residual_jacobian_test": block_jacobian,
        "tanh_gradient_test_first": tanh_test,
        "tanh_gradient_test": tanh_test,
        "resnet_gradient_test": _of_network(resnet, X, C, rng, STEPS["resnet_gradient_test"]),
    }


def _of_softmax(rng):
    """Ten features, ten classes; the original's softmax has no b here."""
    X = rng.random((SEEDS, 10, 1))
    C = np.eye(10)[rng.integers(10, size=SEEDS)][:, :, None]
    W, b = rng.random((SEEDS, 10, 10)), np.zeros((SEEDS, 10, 1))
    params, directions = [{"W": W, "b": b}], [{"W": _unit(rng, W), "b": b}]
    steps = STEPS["softmax_gradient_test"]
    return GradientTest(tanh_network([10, 10]), X, C, params, directions, steps)


def _of_layer(layer, direction, rng, steps):
    X = rng.random((SEEDS, layer.inputs, 1))
    params = {name: rng.random((SEEDS, *shape)) for name, shape in layer.shapes.items()}
    directions = {}
    for name, p in params.items():
        directions[name] = direction(rng, p) if name.startswith("W") else _positive(rng, p)
    return JacobianTest(layer, X, params, directions, steps)


def _of_network(network, X, C, rng, steps):
    params = network.initialise(list(range(SEEDS)), "uniform")
    directions = map_arrays(lambda p: _unit(rng, p), params)
    return GradientTest(network, X, C, params, directions, steps)


def move(params, step, directions):
    """Return the parameters a step along the directions.

    Examples
    --------
    >>> move({"W": 1.0}, 0.5, {"W": 4.0})
    {'W': 3.0}
    """
    return map_arrays(lambda p, d: p + step * d, params, directions)


def slope(gradient, directions):
    """Return the slope along the directions that a gradient claims, one a seed.

    Examples
    --------
    >>> slope({"W": np.ones((3, 2, 2))}, {"W": np.ones((3, 2, 2))})
    array([4., 4., 4.])
    """
    products = map_arrays(lambda g, d: np.sum(g * d, axis=(-2, -1)), gradient, directions)
    return sum(product for _, product in paths(products))


def errors(f, claimed, steps):
    """Return E0 = |f(t) - f(0)| and E1 = |f(t) - f(0) - t claimed| at steps t.

    Parameters
    ----------
    f : callable
        Step -> numbers, one a seed, or columns (seeds, n, 1), of which the norm is taken.
    claimed : array
        The derivative at 0, shaped like what f returns.
    steps : array

    Examples
    --------
    >>> E0, E1 = errors(lambda t: np.array([3 * t + t**2]), np.array([3.0]), [0.5, 0.25])
    >>> E0.T, E1.T
    (array([[1.75  , 0.8125]]), array([[0.25  , 0.0625]]))
    """
    rise = np.array([f(step) - f(0.0) for step in steps])
    rest = rise - np.multiply.outer(steps, claimed)
    if rise.ndim == 2:
        return abs(rise), abs(rest)
    return np.linalg.norm(rise, axis=(-2, -1)), np.linalg.norm(rest, axis=(-2, -1))


def ratio(E):
    """Return the ratio of each error to the next.

    Examples
    --------
    >>> ratio(np.array([8.0, 2.0, 0.5]))
    array([4., 4.])
    """
    return E[:-1] / E[1:]


def mean_cosine(gradient, direction):
    """Return the mean of |cos(g, d)| over a stack of matrices.

    Examples
    --------
    >>> mean_cosine(np.ones((1, 2, 2)), np.array([[[1.0, 0.0], [0.0, 0.0]]]))
    0.5
    """
    product = np.sum(gradient * direction, axis=(-2, -1))
    lengths = [np.linalg.norm(A, axis=(-2, -1)) for A in (gradient, direction)]
    return float(np.mean(abs(product) / lengths[0] / lengths[1]))


def _positive(rng, p):
    return rng.random(p.shape)


def _unit(rng, p):
    """A positive direction of spectral norm 1."""
    d = rng.random(p.shape)
    return d / np.linalg.norm(d, ord=2, axis=(-2, -1), keepdims=True)


def network_passes(network, seed=0):
    """Say whether the whole gradient of a network passes our test, at six samples.

    Examples
    --------
    >>> network_passes(tanh_network([2, 3, 4]))
    True
    """
    rng = np.random.default_rng(seed)
    params = network.initialise(rng)
    params = map_arrays(lambda p: p + 0.1 * rng.standard_normal(p.shape), params)
    X = rng.standard_normal((network.layers[0].inputs, 6))
    C = np.eye(network.layers[-1].outputs)[:, rng.integers(4, size=6)]

    def loss(p):
        return network.loss(p, X, C)

    def gradient(p):
        return network.gradient(p, X, C)

    return gradient_test(loss, gradient, params).passed


def layer_passes(layer, seed=0):
    """Say whether the Jacobian of a layer in its parameters passes our test, at six samples.

    Examples
    --------
    >>> layer_passes(Dense(2, 3))
    True
    """
    rng = np.random.default_rng(seed)
    params = {name: rng.standard_normal(shape) for name, shape in layer.shapes.items()}
    X = rng.standard_normal((layer.inputs, 6))

    def output(p):
        return layer.forward(p, X)[0]

    def product(p, v):
        return layer.jvp(p, layer.forward(p, X)[1], v, np.zeros_like(X))

    return jacobian_test(output, product, params).passed


def summed_softmax_passes(seed=0):
    """Say whether the original's first gradient passes: a sum over samples, as is its loss.

    Examples
    --------
    >>> summed_softmax_passes()
    True
    """
    rng = np.random.default_rng(seed)
    X, C = rng.standard_normal((10, 6)), np.eye(4)[:, rng.integers(4, size=6)]
    W, b = rng.standard_normal((4, 10)), np.zeros((4, 1))

    def loss(W):
        return 6 * cross_entropy(affine(W, b, X), C)

    def gradient(W):
        return affine_vjp(W, X, 6 * cross_entropy_gradient(affine(W, b, X), C))[0]

    return gradient_test(loss, gradient, W).passed


def correct():
    """Return which derivatives are right, in the forms that the original tests or trains with."""
    networks = {
        "softmax regression": [tanh_network([10, 4])],
        "tanh network": [tanh_network([2, 50, 5]), tanh_network([2, 7, 6, 8, 5])],
        "residual network": [original_network([2, 100, 5]), original_network([5, 7, 6, 8, 5])],
    }
    layers = {
        "tanh layer": [Dense(5, 20)],
        "residual block": [OriginalBlock(5, 20), OriginalBlock(5, 20, outer=tanh)],
    }
    found = {name: all(map(network_passes, forms)) for name, forms in networks.items()}
    found |= {name: all(map(layer_passes, forms)) for name, forms in layers.items()}
    found["softmax regression"] &= summed_softmax_passes()
    return found
