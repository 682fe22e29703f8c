"""Right gradients of many kinds, to count false alarms: `python tests/right_gradients.py 20000`.

A problem is drawn from a seed: a family, a place (random parameters, all zero, a minimum), a scale and an offset of the
function, a scale of the parameters, and the number type. No test may fail on any of them.
"""

import sys
from collections import Counter

import numpy as np
from scipy.optimize import minimize

from dlhw import gradient_test
from dlhw.arrays import map_arrays, paths
from dlhw.layers import relu
from dlhw.network import Network, residual_network, tanh_network

PLACES = ("random", "zero", "minimum")


def least_squares(rng, kind):
    A, y = rng.standard_normal((9, 4)).astype(kind), rng.standard_normal(9).astype(kind)
    return lambda w: np.mean((A @ w - y) ** 2), lambda w: 2 / 9 * A.T @ (A @ w - y), rng.standard_normal(4)


def ridge(rng, kind):
    f, grad, w = least_squares(rng, kind)
    return lambda w: f(w) + kind(0.3) * np.sum(w**2), lambda w: grad(w) + kind(0.6) * w, w


def rosenbrock(rng, kind):
    def grad(x):
        return np.array([-2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] ** 2), 200 * (x[1] - x[0] ** 2)])
    return lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2, grad, rng.standard_normal(2)


def logistic(rng, kind):
    A = rng.standard_normal((11, 4)).astype(kind)
    f = lambda w: np.mean(np.logaddexp(kind(0), A @ w)) + kind(0.1) * np.sum(w**2)
    return f, lambda w: A.T @ (1 / (1 + np.exp(-A @ w))) / 11 + kind(0.2) * w, rng.standard_normal(4)


def linear(rng, kind):
    a = rng.standard_normal((3, 5)).astype(kind)
    return lambda x: np.sum(a * x), lambda x: a, rng.standard_normal((3, 5))


def quadratic(rng, kind):
    M = rng.standard_normal((5, 5)).astype(kind)
    M = M @ M.T
    return lambda x: x @ M @ x / 2, lambda x: M @ x, rng.standard_normal(5)


def scalar(rng, kind):
    a = kind(rng.standard_normal())
    return lambda x: np.cosh(a * x), lambda x: a * np.sinh(a * x), rng.standard_normal()


def classifier(make):
    def build(rng, kind):
        X = rng.standard_normal((2, 16)).astype(kind)
        C = np.eye(5)[rng.integers(0, 5, 16)].T.astype(kind)
        network = make()
        x = map_arrays(lambda p: p + 0.1 * rng.standard_normal(p.shape), network.initialise(rng))
        return lambda p: network.loss(p, X, C), lambda p: network.gradient(p, X, C), x
    return build


FAMILIES = {
    "least squares": least_squares, "ridge": ridge, "Rosenbrock": rosenbrock, "logistic": logistic, "linear": linear,
    "quadratic": quadratic, "scalar": scalar,
    "softmax": classifier(lambda: tanh_network([2, 5])),
    "tanh net": classifier(lambda: tanh_network([2, 7, 6, 5])),
    "residual net": classifier(lambda: residual_network(2, 6, 5, blocks=2)),
    "ReLU net": classifier(lambda: tanh_network([2, 7, 6, 5], activation=relu)),
}


def problem(seed):
    """Draw a problem: its description, f, its right gradient, and where to test them."""
    rng = np.random.default_rng(seed)
    family, place = list(FAMILIES)[rng.integers(len(FAMILIES))], PLACES[rng.integers(3)]
    kind = np.float32 if rng.random() < 0.25 else np.float64
    offset = kind(rng.choice([0.0, 0.0, 1.0, 1e3, 1e6]))
    size, width = kind(10.0 ** rng.choice([0, 0, rng.uniform(-9, 9)])), kind(10.0 ** rng.choice([0, 0, rng.uniform(-9, 9)]))
    f, grad, x = FAMILIES[family](rng, kind)
    if place == "zero":
        x = map_arrays(lambda a: np.zeros(np.shape(a)), x)
    elif place == "minimum" and family not in ("linear", "scalar"):
        x = _minimum(f, grad, x, kind)
    elif place == "minimum":
        x = map_arrays(lambda a: np.zeros(np.shape(a)), x) if family == "scalar" else x
    x = map_arrays(lambda a: (width * np.asarray(a)).astype(kind), x)
    inside = lambda p: map_arrays(lambda a: a / width, p)
    return (family, place, kind.__name__, float(offset), float(size), float(width)), \
        lambda p: size * f(inside(p)) + offset, \
        lambda p: map_arrays(lambda g: (size / width * g).astype(kind), grad(inside(p))), x


def _minimum(f, grad, x, kind):
    shapes = [(path, np.shape(a)) for path, a in paths(x)]

    def unpack(flat):
        parts = iter(np.split(flat.astype(kind), np.cumsum([int(np.prod(s)) for _, s in shapes])[:-1]))
        return map_arrays(lambda a: next(parts).reshape(np.shape(a)), x)

    pack = lambda nested: np.concatenate([np.ravel(a) for _, a in paths(nested)]).astype(float)
    found = minimize(lambda w: float(f(unpack(w))), pack(x), jac=lambda w: pack(grad(unpack(w))), method="BFGS", options={"maxiter": 60})
    return unpack(found.x)


def main(count, start=0):
    """Test `count` problems; print the verdicts by family, and each false alarm."""
    verdicts, alarms = {}, 0
    for seed in range(start, start + count):
        with np.errstate(all="ignore"):
            about, f, grad, x = problem(seed)
            report = gradient_test(f, grad, x, seed=seed)
        verdicts.setdefault(about[0], Counter())[report.cause or report.verdict] += 1
        if report.verdict == "fail":
            alarms += 1
            print(f"false alarm, seed {seed}: {about}: {report.cause}, {report.message}")
    for family, counts in verdicts.items():
        print(f"{family:14s}", dict(counts))
    print(f"{alarms} false alarms in {count} runs")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
