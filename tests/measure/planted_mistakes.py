"""Deep networks in the containers that programs keep parameters in, and mistakes in one layer."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from dlhw import gradient_test
from dlhw.softmax import cross_entropy, softmax

ACTIVATIONS = {
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "sigmoid": (expit, lambda h: h * (1 - h)),
    "ReLU": (lambda z: np.maximum(z, 0), lambda h: (h > 0).astype(float)),
}


@dataclass
class Step:
    """What the way back through one layer is computed from."""

    weights: np.ndarray  # of the product with dZ that goes back
    inputs: np.ndarray
    slope: np.ndarray
    identity: bool  # whether the layer adds its input
    decay: np.ndarray  # gradient of the regulariser
    samples: np.ndarray  # weight of every sample in db
    own: float = 1.0  # factor of dW and db
    turned: bool = False  # dW transposed

    def gradients(self, dY):
        """Return dW, db and the gradient of the layer before."""
        dZ = dY * self.slope
        dW = self.own * (dZ @ self.inputs.T + self.decay)
        db = self.own * (dZ @ self.samples)
        dX = self.weights.T @ dZ
        if self.identity:
            dX = dX + dY
        return (dW.T if self.turned else dW), db, dX


@dataclass
class Network:
    """Layers act(W X + b), some with an identity path, the last linear; cross-entropy, decay."""

    activation: str
    identities: list
    decay: float
    X: np.ndarray
    C: np.ndarray
    guard: float = 0.0

    def forward(self, layers):
        """Return the output of each layer, and of each activation."""
        activation = ACTIVATIONS[self.activation][0]
        outputs, active = [self.X], []
        for (W, b), identity in zip(layers[:-1], self.identities):
            active.append(activation(W @ outputs[-1] + b))
            outputs.append(active[-1] + outputs[-1] if identity else active[-1])
        W, b = layers[-1]
        return [*outputs, W @ outputs[-1] + b], active

    def loss(self, layers):
        """Return the loss; with a guard, -log(P + guard) in place of -log P."""
        Z = self.forward(layers)[0][-1]
        data = cross_entropy(Z, self.C)
        if self.guard:
            data = -np.sum(self.C * np.log(softmax(Z) + self.guard)) / self.C.shape[1]
        return data + self.decay / 2 * sum(np.sum(W**2) for W, _ in layers)

    def steps(self, layers):
        """Return for each layer what its gradients are computed from."""
        outputs, active = self.forward(layers)
        slopes = [ACTIVATIONS[self.activation][1](h) for h in active]
        slopes.append(np.ones_like(outputs[-1]))
        samples = np.ones((self.X.shape[1], 1))
        return [
            Step(W, inputs, slope, identity, self.decay * W, samples)
            for (W, _), inputs, slope, identity in zip(layers, outputs, slopes, self.identities)
        ]

    def gradient(self, layers, mistake=None, wrong_layer=None):
        """Return (dW, db) of each layer; with a mistake in one."""
        steps = self.steps(layers)
        if mistake:
            steps[wrong_layer] = MISTAKES[mistake](steps, wrong_layer)
        Z = self.forward(layers)[0][-1]
        gradients, dY = [], (softmax(Z) - self.C) / self.C.shape[1]
        for step in reversed(steps):
            dW, db, dY = step.gradients(dY)
            gradients.insert(0, (dW, db))
        return gradients


def changed(**changes):
    """A mistake: these parts of the step are others."""
    return lambda steps, i: replace(steps[i], **changes)


class Unfit(Exception):
    """This mistake cannot be made in this layer."""


def forgotten_slope(steps, i):
    """The slope of the activation is one."""
    return replace(steps[i], slope=np.ones_like(steps[i].slope))


def slope_of_another(steps, i):
    """The slope is that of another layer of this width."""
    return replace(steps[i], slope=another(steps, i, "slope"))


def input_of_another(steps, i):
    """The input is that of another layer of this width."""
    return replace(steps[i], inputs=another(steps, i, "inputs"))


def another(steps, i, part):
    """Return this part of the last of the other steps where it has the same shape."""
    mine = getattr(steps[i], part)
    others = [getattr(step, part) for j, step in enumerate(steps) if j != i]
    fitting = [other for other in others if other.shape == mine.shape]
    if not fitting:
        raise Unfit
    return fitting[-1]


def square(steps, i, **changes):
    """The changes, where the layer is square."""
    rows, columns = steps[i].weights.shape
    if rows != columns:
        raise Unfit
    return replace(steps[i], **changes)


MISTAKES = {
    "slope forgotten": forgotten_slope,
    "slope of another layer": slope_of_another,
    "input of another layer": input_of_another,
    "transposed on the way back": lambda s, i: square(s, i, weights=s[i].weights.T),
    "no step back": lambda s, i: square(s, i, weights=np.eye(len(s[i].weights))),
    "dW transposed": lambda s, i: square(s, i, turned=True),
    "1/m forgotten": lambda s, i: replace(s[i], own=float(len(s[i].samples))),
    "sign": changed(own=-1.0),
    "sign on the way back": lambda s, i: replace(s[i], weights=-s[i].weights),
    "db of one sample": lambda s, i: replace(s[i], samples=np.eye(len(s[i].samples))[:, :1]),
    "db is a mean": lambda s, i: replace(s[i], samples=s[i].samples / len(s[i].samples)),
    "db not summed": lambda s, i: replace(s[i], samples=np.eye(len(s[i].samples))),
    "identity path forgotten": changed(identity=False),
    "regulariser forgotten": lambda s, i: replace(s[i], decay=0 * s[i].decay),
}

# How (W, b) of all layers become the parameters of a program, and back.
CONTAINERS = {
    "list": (
        lambda layers: [a for layer in layers for a in layer],
        lambda p: list(zip(p[::2], p[1::2])),
    ),
    "list of dicts": (
        lambda layers: [{"W": W, "b": b} for W, b in layers],
        lambda p: [(layer["W"], layer["b"]) for layer in p],
    ),
    "list of tuples": (list, list),
    "tuple of lists": (lambda layers: tuple(list(layer) for layer in layers), list),
    "dict": (
        lambda layers: {
            f"{k}{i}": a for i, layer in enumerate(layers, 1) for k, a in zip("Wb", layer)
        },
        lambda p: [(p[f"W{i}"], p[f"b{i}"]) for i in range(1, len(p) // 2 + 1)],
    ),
    "dict, weights first": (
        lambda layers: {
            f"{k}{i}": layer[j] for j, k in enumerate("Wb") for i, layer in enumerate(layers)
        },
        lambda p: [(p[f"W{i}"], p[f"b{i}"]) for i in range(len(p) // 2)],
    ),
}


@dataclass
class Case:
    """A network, its parameters in a container, and what is said of it."""

    network: Network
    container: str
    layers: list

    def pack(self, layers):
        """Put (W, b) of all layers into the container."""
        return CONTAINERS[self.container][0](layers)

    def unpack(self, p):
        """Take them out again."""
        return CONTAINERS[self.container][1](p)

    def report(self, wrong, seed):
        """Test a gradient, given as the container's arrays."""
        return gradient_test(
            lambda p: self.network.loss(self.unpack(p)), wrong, self.pack(self.layers), seed=seed
        )

    def right(self):
        """Return the right gradient in the container."""
        return self.pack(self.network.gradient(self.layers))


def draw(rng):
    """Draw a network, the place of its parameters and their container."""
    depth, m = int(rng.integers(2, 9)), int(rng.integers(5, 15))
    residual, equal = rng.random() < 0.3, rng.random() < 0.5
    hidden = rng.integers(3, 8, size=depth - 1)
    if residual or equal:
        hidden[:] = hidden[0]
    widths = [int(rng.integers(2, 6)), *hidden.tolist(), int(rng.integers(3, 6))]
    layers = [
        (1.2 * rng.standard_normal((b, a)) / a**0.5, 0.3 * rng.standard_normal((b, 1)))
        for a, b in zip(widths, widths[1:])
    ]
    identities = [bool(residual and a == b) for a, b in zip(widths, widths[1:-1])] + [False]
    network = Network(
        list(ACTIVATIONS)[rng.integers(3)],
        identities,
        float(rng.choice([0.0, 0.01, 0.1])),
        rng.standard_normal((widths[0], m)),
        np.eye(widths[-1])[:, rng.integers(widths[-1], size=m)],
    )
    return Case(network, list(CONTAINERS)[rng.integers(len(CONTAINERS))], layers)
