"""The whole network: layers in sequence, and the softmax cross-entropy of their scores.

A network is itself a layer made of layers, with the same `forward`, `jvp` and `vjp`; its
parameters are the list of its layers' parameters. The loss closes the chain. A network of one
affine layer is softmax regression.
"""

from dataclasses import dataclass

import numpy as np

from .arguments import generator, listed, unknown, whole_number
from .arrays import outline
from .layers import Dense, OriginalBlock, ResidualBlock, identity, relu, tanh
from .softmax import cross_entropy, cross_entropy_gradient


def zeros(rng, shape):
    """Return zeros, the usual start of biases."""
    return np.zeros(shape)


def uniform(rng, shape):
    """Draw uniformly from [0, 1), as the original did for weights and biases."""
    return rng.random(shape)


def xavier(rng, shape):
    """Draw uniformly from +-sqrt(6 / (inputs + outputs)), for tanh.

    The variance is 2 / (inputs + outputs).
    """
    return rng.uniform(-1, 1, shape) * np.sqrt(6 / max(1, sum(shape)))


def he(rng, shape):
    """Draw from the normal distribution of variance 2 / inputs, for ReLU."""
    return rng.normal(size=shape) * np.sqrt(2 / max(1, shape[1]))


SCHEMES = {"xavier": xavier, "he": he, "uniform": uniform, "zeros": zeros}


@dataclass(frozen=True)
class Network:
    """Layers in sequence: the outputs of each are the inputs of the next, the last are the scores.

    Parameters
    ----------
    layers : sequence of layers
        Each with `inputs`, `outputs`, `shapes`, `forward`, `jvp` and `vjp`.

    Raises
    ------
    ValueError
        If there is no layer, or the widths of two neighbours do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> network = tanh_network([2, 4, 3])
    >>> params = network.initialise(seed=0)
    >>> X, C = np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    >>> before = network.loss(params, X, C)
    >>> gradient = network.gradient(params, X, C)
    >>> [array.shape for array in gradient[0].values()]
    [(4, 2), (4, 1)]
    >>> for p, g in zip(params, gradient):
    ...     for name in p:
    ...         p[name] -= 0.1 * g[name]
    >>> bool(network.loss(params, X, C) < before)
    True
    """

    layers: tuple

    def __post_init__(self):
        layers = _checked_layers(self.layers)
        object.__setattr__(self, "layers", layers)  # how one writes in a frozen object

    def initialise(self, seed, scheme="xavier"):
        """Draw the parameters.

        Parameters
        ----------
        seed : int, numpy.random.Generator, or a list or range of these
            Several make a stack: each network has the numbers that its own seed gives alone.
        scheme : {"xavier", "he", "uniform", "zeros"}
            How W is drawn: see `xavier` (Glorot and Bengio, 2010), `he` (He et al., 2015),
            `uniform`, `zeros`. The biases begin at zero, but for "uniform", which draws them as
            well. Weights are named W, W1, ... in every layer, biases b, b1, ...

        Returns
        -------
        list of dicts of arrays
            One dict a layer; with a list of seeds, every array has a leading axis.

        Examples
        --------
        >>> network = tanh_network([2, 4, 3])
        >>> network.initialise(seed=[0, 1, 2])[0]["W"].shape
        (3, 4, 2)
        """
        if not (isinstance(scheme, str) and scheme in SCHEMES):
            raise unknown("the schemes", scheme, SCHEMES)
        seeds = listed(seed)
        if seeds is not None:
            return _stacked([self.initialise(s, scheme) for s in _checked_seeds(seeds)])
        rng = generator("seed", seed)
        return [
            {name: _start(rng, name, shape, scheme) for name, shape in layer.shapes.items()}
            for layer in self.layers
        ]

    def forward(self, params, X):
        """Return the scores Z, shape (..., l, m), and the memory of every layer."""
        memories = []
        for layer, p in self._pairs(params):
            X, memory = layer.forward(p, X)
            memories.append(memory)
        return X, memories

    def jvp(self, params, memories, dparams, dX):
        """Return J v, the change of the scores, shape (..., l, m): first layer first."""
        for (layer, p), memory, dp in zip(self._pairs(params), memories, dparams, strict=True):
            dX = layer.jvp(p, memory, dp, dX)
        return dX

    def vjp(self, params, memories, dZ, need_dX=True):
        """Return J^T u, the gradients in the parameters and in X, from dZ: last layer first."""
        dparams = []
        for i in reversed(range(len(self.layers))):
            dp, dZ = self.layers[i].vjp(params[i], memories[i], dZ, need_dX or i > 0)
            dparams.insert(0, dp)
        return dparams, dZ

    def scores(self, params, X):
        """Return the scores Z, shape (..., l, m), and keep nothing else."""
        for layer, p in self._pairs(params):
            X, _ = layer.forward(p, X)
        return X

    def predict(self, params, X):
        """Return the class of the largest score of each sample, shape (..., m)."""
        return self.scores(params, X).argmax(axis=-2)

    def loss(self, params, X, C):
        """Return the mean cross-entropy over the samples in nats, one for each network."""
        return cross_entropy(self.scores(params, X), C)

    def gradient(self, params, X, C):
        """Return the gradient of `loss`, nested like `params`: all that a training step needs."""
        Z, memories = self.forward(params, X)
        return self.vjp(params, memories, cross_entropy_gradient(Z, C), need_dX=False)[0]

    def loss_and_gradient(self, params, X, C):
        """Return the loss and its gradient for the price of one forward pass."""
        Z, memories = self.forward(params, X)
        dparams, _ = self.vjp(params, memories, cross_entropy_gradient(Z, C), need_dX=False)
        return cross_entropy(Z, C), dparams

    def _pairs(self, params):
        listed = hasattr(params, "__len__") and not isinstance(params, np.ndarray)
        if not listed or len(params) != len(self.layers):
            raise ValueError(
                f"expected the parameters of {len(self.layers)} layers, got {outline(params)}"
            )
        return list(zip(self.layers, params))


def _start(rng, name, shape, scheme):
    """Draw one parameter: the scheme is for weights, and biases follow it only if "uniform"."""
    shape = tuple(map(int, shape))  # in int8, the sum of two widths of 64 is -128
    if name.startswith("W"):
        return SCHEMES[scheme](rng, shape)
    if scheme == "uniform":
        return uniform(rng, shape)
    return zeros(rng, shape)


def _stacked(singles):
    """Return the parameters of several networks as those of one stack."""
    stack = []
    for i, layer in enumerate(singles[0]):
        stack.append({name: np.stack([params[i][name] for params in singles]) for name in layer})
    return stack


def tanh_network(widths, activation=tanh):
    """Return the standard network: layers act(W x + b) between the given widths, the last affine.

    Examples
    --------
    >>> tanh_network([2, 5]).layers
    (Dense(inputs=2, outputs=5, activation=identity),)
    """
    *hidden, last = _neighbours(widths)
    layers = [Dense(n, l, activation) for n, l in hidden]
    return Network([*layers, Dense(*last, identity)])


def residual_network(inputs, width, outputs, blocks, hidden=None, activation=tanh, outer=identity):
    """Return the course's residual network.

    A layer to the width, residual blocks, an affine map to the scores.

    Examples
    --------
    >>> len(residual_network(5, 20, 3, blocks=2).layers)
    4
    """
    blocks = whole_number("blocks", blocks, least=0)
    if hidden is None:
        hidden = width
    first = Dense(inputs, width, activation)
    block = ResidualBlock(width, hidden, activation, outer)
    last = Dense(width, outputs, identity)
    return Network([first] + blocks * [block] + [last])


def original_network(widths, outer=relu, scores=relu):
    """Return the original's residual network: its block between all the given widths.

    `scores` is the activation on the last sum, in the place of `outer`.

    Examples
    --------
    >>> [block.outer for block in original_network([5, 20, 20, 3], scores=identity).layers]
    [relu, relu, identity]
    """
    *hidden, last = _neighbours(widths)
    blocks = [OriginalBlock(n, l, outer=outer) for n, l in hidden]
    return Network([*blocks, OriginalBlock(*last, outer=scores)])


# ---- arguments -----------------------------------------------------------------------------------


def _checked_seeds(seeds):
    """Return the seeds of a stack, and refuse a list of none or of lists."""
    whole_number("the number of seeds", len(seeds), least=1)
    for seed in seeds:
        if listed(seed) is not None:
            raise ValueError(f"expected a seed for each network, got {outline(seed)} among them")
    return seeds


def _checked_layers(layers):
    """Return layers as a tuple, and refuse neighbours that do not fit."""
    layers = tuple(layers) if np.iterable(layers) else ()
    if not layers or not all(hasattr(layer, "forward") for layer in layers):
        raise ValueError(f"expected at least one layer, and nothing else, got {layers}")
    for layer in layers:
        for name, usual in (("inputs", None), ("outputs", None), ("hidden", 0)):
            whole_number(f"the {name} of {layer}", getattr(layer, name, usual), least=0)
        for name in ("activation", "outer"):
            _check_activation(getattr(layer, name, identity))
    if layers[-1].outputs < 1:
        raise ValueError(f"expected at least one class, got {layers[-1]}")
    for first, second in zip(layers, layers[1:]):
        if first.outputs != second.inputs:
            raise ValueError(
                f"expected neighbours that fit, got {first.outputs} outputs of {first} "
                f"before {second.inputs} inputs of {second}"
            )
    return layers


def _check_activation(activation):
    """Refuse a bare function: the way back needs its slope as well."""
    if not (hasattr(activation, "value") and hasattr(activation, "slope_times")):
        came = activation if isinstance(activation, str) else outline(activation)
        raise ValueError(f"expected an activation of dlhw.layers, such as tanh, got {came}")


def _neighbours(widths):
    """Return every width with the next one."""
    widths = list(widths) if np.iterable(widths) else []
    if len(widths) < 2:
        raise ValueError(f"expected at least two widths, got {widths}")
    return list(zip(widths, widths[1:]))
