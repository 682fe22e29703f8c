"""Right gradients that are hard to measure, drawn from a seed, by families.

Each family takes a generator and returns f, its right gradient and a point. Hard are staircases
(low precision, rounding, solvers that stop early), units, edges of domains, ill-conditioned solves,
kinks nearby, blocks without influence, saturated and guarded losses, float32 parameters.
"""

import numpy as np
from scipy.special import expit

from dlhw.softmax import cross_entropy, log_softmax, softmax

f32 = np.float32


def power_of_ten(rng, lowest, highest):
    """Draw a number whose logarithm is uniform."""
    return 10.0 ** rng.uniform(lowest, highest)


def labelled(rng, inputs=3, classes=4, samples=12):
    """Draw samples and one-hot labels."""
    X = rng.standard_normal((inputs, samples))
    return X, np.eye(classes)[:, rng.integers(classes, size=samples)]


# Staircases


def low_precision_data(rng):
    """Least squares inside float32 or float16, and a regulariser in float64."""
    kind, decay = (f32, np.float16)[rng.integers(2)], power_of_ten(rng, -4, 0)
    A, b = rng.standard_normal((12, 5)).astype(kind), rng.standard_normal(12).astype(kind)
    exact_A, exact_b = A.astype(float), b.astype(float)

    def f(w):
        rest = A @ w.astype(kind) - b
        return float(np.mean(rest * rest)) + decay * np.sum(w**2)

    def grad(w):
        return exact_A.T @ (exact_A @ w - exact_b) / 6 + 2 * decay * w

    return f, grad, rng.standard_normal(5)


def low_precision_network(rng):
    """A tanh network whose forward pass runs in float32, and a regulariser in float64."""
    X, C = labelled(rng)
    decay, narrow_X = power_of_ten(rng, -4, 0), X.astype(f32)
    x = {"W1": rng.standard_normal((5, 3)), "W2": rng.standard_normal((4, 5))}

    def f(p):
        A = np.tanh(p["W1"].astype(f32) @ narrow_X)
        data = cross_entropy(p["W2"].astype(f32) @ A, C.astype(f32))
        return float(data) + decay * (np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2))

    def grad(p):
        A = np.tanh(p["W1"] @ X)
        dZ = (softmax(p["W2"] @ A) - C) / X.shape[1]
        dA = p["W2"].T @ dZ
        return {
            "W1": (dA * (1 - A**2)) @ X.T + 2 * decay * p["W1"],
            "W2": dZ @ A.T + 2 * decay * p["W2"],
        }

    return f, grad, x


def rounded(rng):
    """A sum of rounded values and a smooth part."""
    digits, A = int(rng.integers(2, 11)), rng.standard_normal((7, 4))

    def f(w):
        return np.sum(np.round(np.tanh(A @ w), digits)) + np.sum(w**2) / 2

    return f, lambda w: A.T @ (1 - np.tanh(A @ w) ** 2) + w, rng.standard_normal(4)


def rounded_tail(rng):
    """The logistic loss by log h and log(1 - h), with features of size 1 to 10."""
    while True:
        X, y = rng.uniform(1, 10) * rng.standard_normal((20, 3)), rng.integers(0, 2, 20)
        w = rng.standard_normal(3)
        if np.all(expit(X @ w)[y == 0] < 1):
            break

    def f(w):
        h = expit(X @ w)
        return -np.mean(np.log(np.where(y == 1, h, 1 - h)))

    return f, lambda w: X.T @ (expit(X @ w) - y) / 20, w


def stopped_early(rng):
    """x = cos(a x), iterated until it moves by less than 1e-3 to 1e-12."""
    tolerance = power_of_ten(rng, -12, -3)

    def solved(a, tolerance):
        x = np.ones_like(a)
        for _ in range(200):
            x, before = np.cos(a * x), x
            if np.max(np.abs(x - before)) < tolerance:
                break
        return x

    def grad(a):
        x = solved(a, 1e-15)
        return -2 * x**2 * np.sin(a * x) / (1 + a * np.sin(a * x))

    return lambda a: np.sum(solved(a, tolerance) ** 2), grad, 0.8 * rng.random(4)


# Units


def products_of_cosines(z):
    """cos z1 cos z2 ..., and its gradient."""
    value = 2 * np.prod(np.cos(z))
    return value, -value * np.tan(z)


def distances(z):
    """|z - 1|^2 and its gradient."""
    return np.sum((z - 1) ** 2), 2 * (z - 1)


def resonance(z):
    """log(1 + (sum z)^2) and its gradient."""
    total = np.sum(z)
    return np.log1p(total**2), np.full(len(z), 2 * total / (1 + total**2))


SHAPES = (products_of_cosines, distances, resonance)


def units_in_an_array(rng):
    """A function of x / units, with units of 1e-12 to 1e12 in one array."""
    both, units = SHAPES[rng.integers(3)], power_of_ten(rng, -12, [12] * rng.integers(2, 6))
    x = units * rng.uniform(0.1, 1.4, len(units)) * rng.choice([-1, 1], len(units))
    return lambda x: both(x / units)[0], lambda x: both(x / units)[1] / units, x


def units_in_blocks(rng):
    """A function of blocks in different units, and of entries in different units in each."""
    both, ends = SHAPES[rng.integers(3)], [2, 5]
    units = power_of_ten(rng, -12, [12] * 6)
    x = units * rng.uniform(0.1, 1.4, 6)

    def join(p):
        return np.concatenate([p["length"], p["mass"][0], p["mass"][1]]) / units

    def split(g):
        first, second, third = np.split(g, ends)
        return {"length": first, "mass": (second, third)}

    return lambda p: both(join(p))[0], lambda p: split(both(join(p))[1] / units), split(x)


# Edges of domains


def arc(x):
    """Sum of arccos."""
    return np.sum(np.arccos(x))


EDGES = {
    "log": (lambda x: np.sum(np.log(x)), lambda x: 1 / x, 0.0),
    "root": (lambda x: np.sum(np.sqrt(x)), lambda x: 0.5 / np.sqrt(x), 0.0),
    "power": (lambda x: np.sum(x**1.5), lambda x: 1.5 * np.sqrt(x), 0.0),
    "entropy": (lambda x: -np.sum(x * np.log(x)), lambda x: -np.log(x) - 1, 0.0),
    "arccos": (arc, lambda x: -1 / np.sqrt(1 - x**2), 1.0),
}


def near_an_edge(rng):
    """A function whose domain ends 1e-13 to 1e-1 from one entry or two."""
    f, grad, edge = EDGES[list(EDGES)[rng.integers(len(EDGES))]]
    x, near = rng.uniform(0.3, 0.9, 4), rng.integers(1, 3)
    x[:near] = np.abs(edge - power_of_ten(rng, -13, [-1] * near))
    return f, grad, rng.permutation(x)


# Ill-conditioned solves


def ill_conditioned(rng):
    """|M^-1 x|^2 for Hilbert's or Vandermonde's matrix, its gradient by two solves."""
    n = rng.integers(5, 10)
    hilbert = 1 / (np.arange(n)[:, None] + np.arange(n) + 1)
    M = (hilbert, np.vander(np.linspace(0.5, 1, n)))[rng.integers(2)]

    def grad(x):
        return 2 * np.linalg.solve(M.T, np.linalg.solve(M, x))

    return lambda x: np.sum(np.linalg.solve(M, x) ** 2), grad, rng.standard_normal(n)


def log_determinant(rng):
    """The log determinant of a positive matrix with eigenvalues of 1e-6 to 1."""
    Q, _ = np.linalg.qr(rng.standard_normal((4, 4)))
    M = Q * power_of_ten(rng, -6, [0] * 4) @ Q.T
    return lambda M: np.linalg.slogdet(M)[1], lambda M: np.linalg.inv(M).T, M


# Kinks nearby


def kink_nearby(rng):
    """A ReLU network in which one unit of one sample stands 1e-7 to 1e-1 from its kink."""
    X, C = labelled(rng)
    W1, b1 = rng.standard_normal((6, 3)), rng.standard_normal((6, 1))
    unit, sample = rng.integers(6), rng.integers(X.shape[1])
    distance = power_of_ten(rng, -7, -1) * rng.choice([-1, 1])
    b1[unit] = distance - W1[unit] @ X[:, sample]
    x = [(W1, b1), (rng.standard_normal((4, 6)), rng.standard_normal((4, 1)))]

    def scores(p):
        (W1, b1), (W2, b2) = p
        A = np.maximum(W1 @ X + b1, 0)
        return W2 @ A + b2, A

    def f(p):
        return cross_entropy(scores(p)[0], C)

    def grad(p):
        Z, A = scores(p)
        dZ = (softmax(Z) - C) / X.shape[1]
        dA = p[1][0].T @ dZ * (A > 0)
        return [
            (dA @ X.T, dA.sum(axis=1, keepdims=True)),
            (dZ @ A.T, dZ.sum(axis=1, keepdims=True)),
        ]

    return f, grad, x


def hinge_nearby(rng):
    """A hinge loss with a few margins of 1e-7 to 1e-1."""
    X, start = rng.standard_normal((4, 9)), rng.standard_normal(4)
    margins, near = rng.uniform(0.2, 2.0, 9), rng.integers(1, 4)
    margins[:near] = power_of_ten(rng, -7, [-1] * near)
    margins *= rng.choice([-1, 1], 9)

    def slack(w):
        return margins - (w - start) @ X

    def f(w):
        return np.sum(np.maximum(slack(w), 0)) + np.sum(w**2) / 2

    return f, lambda w: -X @ (slack(w) > 0) + w, start


# Blocks without influence


def before_batch_norm(rng):
    """A bias that standardising takes away again; its gradient is round-off."""
    axis, shape = ((0, (1, 5)), (1, (9, 1)))[rng.integers(2)]
    X, T = rng.standard_normal((9, 4)), rng.standard_normal((9, 5))

    def standardised(p):
        Z = X @ p["W"] + p["b"]
        deviation = np.sqrt(Z.var(axis=axis, keepdims=True) + 1e-5)
        return (Z - Z.mean(axis=axis, keepdims=True)) / deviation, deviation

    def f(p):
        return np.sum((standardised(p)[0] - T) ** 2) / 2

    def grad(p):
        Y, deviation = standardised(p)
        dY = Y - T
        along = (Y * dY).mean(axis=axis, keepdims=True)
        dZ = (dY - dY.mean(axis=axis, keepdims=True) - Y * along) / deviation
        return {"W": X.T @ dZ, "b": dZ.sum(axis=axis, keepdims=True)}

    return f, grad, {"W": rng.standard_normal((4, 5)), "b": rng.standard_normal(shape)}


# Saturated and guarded losses


def saturated(rng):
    """Softmax regression with scores of up to some hundreds."""
    X, C = labelled(rng)
    W = power_of_ten(rng, 0, 2.5) * rng.standard_normal((4, 3))
    return lambda W: cross_entropy(W @ X, C), lambda W: (softmax(W @ X) - C) @ X.T / 12, W


def saturated_and_guarded(rng):
    """-log(P + guard) where P may be far below the guard; the gradient knows of the guard."""
    X, C = labelled(rng)
    guard = power_of_ten(rng, -15, -6)
    W = power_of_ten(rng, 0, 1.5) * rng.standard_normal((4, 3))

    def f(W):
        return -np.sum(C * np.log(softmax(W @ X) + guard)) / 12

    def grad(W):
        P = softmax(W @ X)
        dP = -C / (P + guard) / 12
        return P * (dP - np.sum(P * dP, axis=0)) @ X.T

    return f, grad, W


def guarded_at_zero(rng):
    """p log(p + guard) and sqrt(x^2 + guard), with entries that are zero."""
    guard, x = power_of_ten(rng, -12, -4), rng.uniform(0.1, 2.0, 5)
    x[: rng.integers(1, 3)] = 0.0

    def entropy(x):
        return np.sum(x * np.log(x + guard))

    def absolute(x):
        return np.sum(np.sqrt(x**2 + guard))

    if rng.integers(2):
        return entropy, lambda x: np.log(x + guard) + x / (x + guard), x
    return absolute, lambda x: x / np.sqrt(x**2 + guard), x


# Containers and float32


def nested(rng):
    """A tanh network in a list, a tuple, a dict or a list of dicts; the gradient in another."""
    X, C = labelled(rng)
    W1, b1 = rng.standard_normal((5, 3)), rng.standard_normal((5, 1))
    W2, b2 = rng.standard_normal((4, 5)), rng.standard_normal((4, 1))
    packed, unpacked = CONTAINERS[rng.integers(len(CONTAINERS))]

    def forward(p):
        W1, b1, W2, b2 = unpacked(p)
        A = np.tanh(W1 @ X + b1)
        return W2 @ A + b2, A

    def f(p):
        return cross_entropy(forward(p)[0], C)

    def grad(p):
        Z, A = forward(p)
        dZ = (softmax(Z) - C) / 12
        dA = unpacked(p)[2].T @ dZ * (1 - A**2)
        biases = dA.sum(axis=1, keepdims=True), dZ.sum(axis=1, keepdims=True)
        return packed(dA @ X.T, biases[0], dZ @ A.T, biases[1])

    return f, grad, packed(W1, b1, W2, b2)


NAMES = ("W1", "b1", "W2", "b2")
CONTAINERS = [
    (lambda *arrays: list(arrays), tuple),
    (lambda *arrays: arrays, tuple),
    (lambda *arrays: dict(zip(NAMES, arrays)), lambda p: [p[name] for name in NAMES]),
    (lambda *arrays: [arrays[:2], arrays[2:]], lambda p: [*p[0], *p[1]]),
    (
        lambda *arrays: [dict(zip("Wb", arrays[:2])), dict(zip("Wb", arrays[2:]))],
        lambda p: [layer[name] for layer in p for name in "Wb"],
    ),
]


def single_precision(rng):
    """Three to six sigmoid layers in float32: little reaches the first."""
    widths = [3, *rng.integers(4, 8, size=rng.integers(2, 6)), 2]
    X = rng.standard_normal((3, 20)).astype(f32)
    x = [(rng.standard_normal((b, a)) / a**0.5).astype(f32) for a, b in zip(widths, widths[1:])]

    def outputs(Ws):
        As = [X]
        for W in Ws:
            As.append(expit(W @ As[-1]))
        return As

    def grad(Ws):
        As, gradients = outputs(Ws), []
        dA = As[-1] / f32(10)
        for W, A, before in zip(Ws[::-1], As[:0:-1], As[-2::-1]):
            dZ = dA * A * (1 - A)
            gradients.insert(0, dZ @ before.T)
            dA = W.T @ dZ
        return gradients

    return lambda Ws: np.sum(outputs(Ws)[-1] ** 2) / 20, grad, x


def single_precision_regression(rng):
    """Softmax regression in float32, with scores of any size."""
    X, C = (a.astype(f32) for a in labelled(rng))
    W = (power_of_ten(rng, -3, 1.5) * rng.standard_normal((4, 3))).astype(f32)

    def f(W):
        return -np.sum(C * log_softmax(W @ X)) / f32(12)

    return f, lambda W: (softmax(W @ X) - C) @ X.T / f32(12), W


FAMILIES = {
    "float32 data term": low_precision_data,
    "float32 network": low_precision_network,
    "rounded": rounded,
    "rounded tail": rounded_tail,
    "stopped early": stopped_early,
    "units in an array": units_in_an_array,
    "units in blocks": units_in_blocks,
    "near an edge": near_an_edge,
    "ill-conditioned": ill_conditioned,
    "log determinant": log_determinant,
    "kink nearby": kink_nearby,
    "hinge nearby": hinge_nearby,
    "before batch norm": before_batch_norm,
    "saturated": saturated,
    "saturated, guarded": saturated_and_guarded,
    "guarded at zero": guarded_at_zero,
    "nested": nested,
    "float32 parameters": single_precision,
    "float32 regression": single_precision_regression,
}
