"""Right derivatives of many kinds, to count false alarms.

    python tests/measure/right_gradients.py --count 20000 --seed 0

A problem is drawn from a seed. Half of them are of the families in `hard_gradients`, the others of
those here: a family, a place (random parameters, all zero, a minimum), a scale and an offset of the
function, scales of the parameters (none, one for all, one for each array, one for each entry), and
the number type. Every seed gives a gradient, every fourth a layer with its two products for the
other three tests. No test may fail on any of them.
"""

import sys
import traceback
from collections import Counter, defaultdict

import hard_gradients
import numpy as np
from counting import arguments, on_all_cores, share
from scipy.optimize import minimize

from dlhw import adjoint_test, gradient_test, jacobian_test, jacobian_transpose_test
from dlhw.arrays import map_arrays, paths
from dlhw.layers import Dense, OriginalBlock, ResidualBlock, identity, relu
from dlhw.network import original_network, residual_network, tanh_network
from dlhw.softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient


def least_squares(rng, kind):
    A, y = rng.standard_normal((9, 4)).astype(kind), rng.standard_normal(9).astype(kind)

    def f(w):
        return np.mean((A @ w - y) ** 2)

    def grad(w):
        return 2 / 9 * A.T @ (A @ w - y)

    return f, grad, rng.standard_normal(4)


def ridge(rng, kind):
    f, grad, w = least_squares(rng, kind)
    return lambda w: f(w) + kind(0.3) * np.sum(w**2), lambda w: grad(w) + kind(0.6) * w, w


def rosenbrock(rng, kind):
    def f(x):
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    def grad(x):
        bend = x[1] - x[0] ** 2
        return np.array([-2 * (1 - x[0]) - 400 * x[0] * bend, 200 * bend])

    return f, grad, rng.standard_normal(2)


def logistic(rng, kind):
    A = rng.standard_normal((11, 4)).astype(kind)

    def f(w):
        return np.mean(np.logaddexp(kind(0), A @ w)) + kind(0.1) * np.sum(w**2)

    def grad(w):
        return A.T @ (1 / (1 + np.exp(-A @ w))) / 11 + kind(0.2) * w

    return f, grad, rng.standard_normal(4)


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


def large_scores(rng, kind):
    """Softmax regression whose scores are a million, or differ by a million."""
    X, C = samples(rng, kind)
    spread, shift = ((kind(1e6), kind(0)), (kind(1), kind(1e6)))[rng.integers(2)]

    def scores(p):
        return spread * affine(p["W"], p["b"], X) + shift

    def grad(p):
        dZ = spread * cross_entropy_gradient(scores(p), C)
        dW, db, _ = affine_vjp(p["W"], X, dZ)
        return {"W": dW, "b": db}

    params = {"W": rng.standard_normal((5, 2)), "b": rng.standard_normal((5, 1))}
    return lambda p: cross_entropy(scores(p), C), grad, params


def classifier(network):
    def build(rng, kind):
        X, C = samples(rng, kind)
        x = map_arrays(lambda p: p + 0.1 * rng.standard_normal(p.shape), network.initialise(rng))
        return lambda p: network.loss(p, X, C), lambda p: network.gradient(p, X, C), x

    return build


def samples(rng, kind):
    X, C = rng.standard_normal((2, 16)), np.eye(5)[rng.integers(0, 5, 16)].T
    return X.astype(kind), C.astype(kind)


FAMILIES = {
    "least squares": least_squares,
    "ridge": ridge,
    "Rosenbrock": rosenbrock,
    "logistic": logistic,
    "linear": linear,
    "quadratic": quadratic,
    "scalar": scalar,
    "large scores": large_scores,
    "softmax": classifier(tanh_network([2, 5])),
    "tanh net": classifier(tanh_network([2, 7, 6, 5])),
    "ReLU net": classifier(tanh_network([2, 7, 6, 5], activation=relu)),
    "residual net": classifier(residual_network(2, 6, 5, blocks=1, hidden=4)),
    "original's net": classifier(original_network([2, 7, 5])),
}
LAYERS = [
    Dense(3, 5),
    Dense(3, 5, identity),
    Dense(3, 5, relu),
    ResidualBlock(4, 6),
    ResidualBlock(4, 6, outer=relu),
    OriginalBlock(3, 5),
]
PLACES = ("random", "zero", "minimum")
SMOOTH = set(FAMILIES) - {"ReLU net", "residual net", "original's net", "large scores"}
MOST_OFFSET = 1e3
"""Times its size that is added to a function which still counts as smooth: three digits lost."""

MOST_UNDECIDED = 0.01
"""The share of smooth functions that may be inconclusive."""


def problem(seed):
    """Draw a function: its description, f, its right gradient, and where to test it."""
    rng = np.random.default_rng(seed)
    family, place = list(FAMILIES)[rng.integers(len(FAMILIES))], PLACES[rng.integers(3)]
    kind, offset, size = surroundings(rng)
    f, grad, x = FAMILIES[family](rng, kind)
    if place == "zero":
        x = map_arrays(np.zeros_like, x)
    elif place == "minimum" and family != "linear":
        x = lowest(f, grad, x, kind)
    scaling, width = widths(rng, x, kind)

    def inside(p):
        return map_arrays(np.divide, p, width)

    def scaled_f(p):
        return size * f(inside(p)) + offset

    def scaled_grad(p):
        return map_arrays(lambda g, w: (size / w * g).astype(kind), grad(inside(p)), width)

    about = family, place, kind.__name__, float(offset), float(size), scaling
    outside = map_arrays(lambda a, w: (w * np.asarray(a)).astype(kind), x, width)
    return about, scaled_f, scaled_grad, outside


def products(seed):
    """Draw a layer: its description, f, its right products, and where to test them."""
    rng = np.random.default_rng([seed, 1])
    layer, place = LAYERS[rng.integers(len(LAYERS))], PLACES[rng.integers(2)]
    kind, offset, size = surroundings(rng)
    x = {name: rng.standard_normal(shape) for name, shape in layer.shapes.items()}
    if place == "zero":
        x = map_arrays(np.zeros_like, x)
    x["X"] = rng.standard_normal((layer.inputs, 4))
    scaling, width = widths(rng, x, kind)

    def split(p):
        return {name: p[name] / width[name] for name in layer.shapes}, p["X"] / width["X"]

    def f(p):
        Y, _ = layer.forward(*split(p))
        return size * Y + offset

    def jvp(p, v):
        _, memory = layer.forward(*split(p))
        return size * layer.jvp(split(p)[0], memory, *split(v))

    def vjp(p, u):
        _, memory = layer.forward(*split(p))
        dparams, dX = layer.vjp(split(p)[0], memory, size * u)
        return {name: (g / width[name]).astype(kind) for name, g in {**dparams, "X": dX}.items()}

    about = repr(layer), place, kind.__name__, float(offset), float(size), scaling
    return about, f, jvp, vjp, map_arrays(lambda a, w: (w * a).astype(kind), x, width)


def surroundings(rng):
    """Draw a number type, an offset of the function and its size."""
    kind = np.float32 if rng.random() < 0.25 else np.float64
    offset = rng.choice([0.0, 0.0, 1.0, 1e3, 1e6])
    power = rng.choice([0, 0, rng.uniform(-9, 9)])
    return kind, kind(offset), kind(10.0**power)


def widths(rng, x, kind):
    """Draw by what the parameters are multiplied.

    By nothing, by one number, by one for each array, or by one for each entry.
    """
    scaling = str(rng.choice(["none", "one", "each array", "each entry"]))
    power = rng.uniform(-9, 9)
    draw = {
        "none": lambda a: kind(1),
        "one": lambda a: kind(10.0**power),
        "each array": lambda a: kind(10.0 ** rng.uniform(-9, 9)),
        "each entry": lambda a: (10.0 ** rng.uniform(-4, 4, np.shape(a))).astype(kind),
    }
    return scaling, map_arrays(draw[scaling], x)


def lowest(f, grad, x, kind):
    """Return a minimum of f, or where a search for one from x has stopped."""
    ends = np.cumsum([np.size(a) for _, a in paths(x)])

    def pack(nested):
        return np.concatenate([np.ravel(a) for _, a in paths(nested)]).astype(float)

    def unpack(flat):
        parts = iter(np.split(flat.astype(kind), ends[:-1]))
        return map_arrays(lambda a: next(parts).reshape(np.shape(a)), x)

    def packed_f(w):
        return float(f(unpack(w)))

    def packed_grad(w):
        return pack(grad(unpack(w)))

    search = {"method": "BFGS", "options": {"maxiter": 60}}
    return unpack(minimize(packed_f, pack(x), jac=packed_grad, **search).x)


def hard_problem(seed):
    """Draw one of the hard functions: its description, f, its right gradient, where to test it."""
    rng, families = np.random.default_rng([seed, 2]), hard_gradients.FAMILIES
    family = list(families)[rng.integers(len(families))]
    return (family,), *families[family](rng)


def reports(seed):
    """Yield for each test of a seed its family, the problem's description, and the report."""
    about, f, grad, x = hard_problem(seed) if seed % 2 else problem(seed)
    yield about[0], about, gradient_test(f, grad, x, seed=seed)
    if seed % 4 == 0:
        about, f, jvp, vjp, x = products(seed)
        for report in (
            jacobian_test(f, jvp, x, seed=seed),
            jacobian_transpose_test(f, vjp, x, seed=seed),
            adjoint_test(jvp, vjp, x, seed=seed),
        ):
            yield report.title, about, report


def smooth_place(about):
    """Return the place of a function that is smooth, in float64, not drowned by an offset."""
    if about[0] not in SMOOTH:
        return None
    _, place, kind, offset, size, _ = about
    if kind != "float64" or abs(offset) > MOST_OFFSET * size:
        return None
    return place


def outcomes(seed):
    """Return for each test of a seed: family, place if smooth, verdict, cause, what was found."""
    found = []
    try:
        with np.errstate(all="ignore"):
            for family, about, report in reports(seed):
                text = f"seed {seed}: {about}: {report.title}: {report.cause}, {report.message}"
                found.append((family, smooth_place(about), report.verdict, report.cause, text))
    except Exception:
        # A traceback of ours is the worst alarm of all, and shall not end the count.
        found.append(("traceback", None, "fail", "", f"seed {seed}: {traceback.format_exc()}"))
    return found


def table(found):
    """Return a line for each family: tests, passes, false alarms, inconclusive by cause."""
    families = defaultdict(Counter)
    for family, _, verdict, cause, _ in found:
        families[family][f"inconclusive: {cause}" if verdict == "inconclusive" else verdict] += 1
    lines = []
    for family, counts in sorted(families.items()):
        named = [f"{name} {n}" for name, n in counts.most_common() if name.startswith("incon")]
        numbers = f"{counts.total():6d} {counts['pass']:6d} {counts['fail']:6d}"
        lines.append(f"{family:26s} {numbers}   {', '.join(named)}")
    return [f"{'family':26s} {'tests':>6s} {'pass':>6s} {'fail':>6s}", *lines]


def main():
    """Print each false alarm, the verdicts by family, and how many smooth ones are undecided."""
    seeds = arguments("Count false alarms.", count=1000)
    found = [outcome for seed in on_all_cores(outcomes, seeds) for outcome in seed]
    alarms = [text for *_, verdict, _, text in found if verdict == "fail"]
    print(*[f"false alarm, {text}" for text in alarms], *table(found), sep="\n")
    smooth = [(place, verdict == "inconclusive") for _, place, verdict, *_ in found if place]
    for place in PLACES:
        there = [undecided for other, undecided in smooth if other == place]
        print(f"smooth, in float64, {place}: {share(sum(there), len(there))} inconclusive")
    undecided = sum(undecided for _, undecided in smooth)
    print(f"smooth, in float64, any place: {share(undecided, len(smooth))} inconclusive")
    print(f"false alarms: {share(len(alarms), len(found))}")
    sys.exit(bool(alarms) or undecided > MOST_UNDECIDED * len(smooth))


if __name__ == "__main__":
    main()
