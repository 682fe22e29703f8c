"""The update rules against PyTorch, Sutskever's form and on stacks; the schedules by their sums."""

from functools import partial

import numpy as np
import pytest

from dlhw.arrays import map_arrays, paths
from dlhw.optimizers import compounding, constant, exponential, momentum, nesterov, sgd

STEPS = 1000
FALLING = [0.05 * 0.99**t for t in range(STEPS)]
CONSTANT = [0.05] * STEPS
# the momentum, set at each step, that undoes PyTorch's rescaling of the velocity
RESCALED = [0.9] + [0.9 * before / now for before, now in zip(FALLING, FALLING[1:])]


@pytest.fixture
def problem():
    """The sum of log cosh of residuals in 2 x 3 weights and 2 x 1 biases: convex, not quadratic."""
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((3, 7)), rng.standard_normal((2, 7))
    start = {"W": rng.standard_normal((2, 3)), "b": rng.standard_normal((2, 1))}

    def gradient(w):
        dZ = np.tanh(w["W"] @ X + w["b"] - Y) / 7
        return {"W": dZ @ X.T, "b": dZ.sum(axis=1, keepdims=True)}

    return gradient, start


def walk(rule, gradient, w, rates):
    """The parameters and velocity after every step."""
    v, path = map_arrays(np.zeros_like, w), []
    for lr in rates:
        w, v = rule(gradient, w, v, lr)
        path.append((w, v))
    return path


def torch_walk(gradient, start, rates, momenta, **settings):
    """The parameters after every step of torch.optim.SGD, fed with our gradient."""
    torch = pytest.importorskip("torch")
    w = {name: torch.tensor(p) for name, p in start.items()}
    optimizer, path = torch.optim.SGD(w.values(), lr=1.0, **settings), []
    for lr, beta in zip(rates, momenta):
        optimizer.param_groups[0].update(lr=lr, momentum=beta)
        for name, g in gradient({name: p.numpy() for name, p in w.items()}).items():
            w[name].grad = torch.tensor(g)
        optimizer.step()
        path.append({name: p.numpy().copy() for name, p in w.items()})
    return path


def distance(path, other):
    """The largest difference of any entry at any step."""
    gaps = map_arrays(lambda p, q: np.abs(p - q).max(), path, other)
    return max(gap for _, gap in paths(gaps))


@pytest.mark.parametrize("rates", [CONSTANT, FALLING], ids=["constant", "falling"])
def test_sgd_is_pytorchs_at_any_rate(problem, rates):
    ours = [w for w, _ in walk(sgd, *problem, rates)]
    assert distance(ours, torch_walk(*problem, rates, [0.0] * STEPS)) < 1e-12


def test_momentum_is_pytorchs_at_a_constant_rate(problem):
    ours = [w for w, _ in walk(momentum, *problem, CONSTANT)]
    assert distance(ours, torch_walk(*problem, CONSTANT, [0.9] * STEPS)) < 1e-12


def test_momentum_is_not_pytorchs_at_a_falling_rate(problem):
    ours = [w for w, _ in walk(momentum, *problem, FALLING)]
    assert distance(ours, torch_walk(*problem, FALLING, [0.9] * STEPS)) > 1e-3


def test_momentum_is_pytorchs_with_its_momentum_set_at_each_step(problem):
    ours = [w for w, _ in walk(momentum, *problem, FALLING)]
    assert distance(ours, torch_walk(*problem, FALLING, RESCALED)) < 1e-12


def look_ahead(path, beta=0.9):
    return [map_arrays(lambda p, u: p - beta * u, w, v) for w, v in path]


def test_nesterov_is_pytorchs_at_the_point_ahead(problem):
    ours = walk(nesterov, *problem, CONSTANT)
    torchs = torch_walk(*problem, CONSTANT, [0.9] * STEPS, momentum=0.9, nesterov=True)
    assert distance(look_ahead(ours), torchs) < 1e-12
    assert distance([w for w, _ in ours], torchs) > 1e-3


def test_nesterov_is_not_pytorchs_at_a_falling_rate(problem):
    """PyTorch weighs the newest gradient with lr (1 + its momentum).

    So only .9 could do, and .9 rescales the rest.
    """
    ours = look_ahead(walk(nesterov, *problem, FALLING))
    for momenta in ([0.9] * STEPS, RESCALED):
        torchs = torch_walk(*problem, FALLING, momenta, momentum=0.9, nesterov=True)
        assert distance(ours, torchs) > 1e-4


@pytest.mark.parametrize(
    "beta_ahead, rule", [(0.0, momentum), (0.9, nesterov)], ids=["momentum", "nesterov"]
)
def test_the_velocity_is_sutskevers_with_its_sign_turned(problem, beta_ahead, rule):
    gradient, theta = problem
    v = map_arrays(np.zeros_like, theta)

    def sutskever(theta, v, lr):
        g = gradient(map_arrays(lambda p, q: p + beta_ahead * q, theta, v))
        v = map_arrays(lambda q, h: 0.9 * q - lr * h, v, g)
        return map_arrays(np.add, theta, v), v

    for lr, (w, u) in zip(FALLING, walk(rule, *problem, FALLING)):
        theta, v = sutskever(theta, v, lr)
        assert distance(theta, w) == 0 and distance(v, map_arrays(np.negative, u)) == 0


@pytest.mark.parametrize("rule", [sgd, momentum, nesterov])
def test_a_stack_takes_the_steps_of_its_networks(rule):
    rng = np.random.default_rng(1)
    w, A = rng.standard_normal((4, 2, 3)), rng.standard_normal((4, 2, 2))
    lr = np.array([0.1, 0.2, 0.3, 0.4])

    def steps(A, w, lr):
        return walk(rule, lambda p: A @ np.tanh(p), w, [lr] * 20)

    stacked = steps(A, w, lr.reshape(4, 1, 1))
    for s in range(4):
        for (p, u), (q, r) in zip(stacked, steps(A[s], w[s], lr[s])):
            assert np.array_equal(p[s], q) and np.array_equal(u[s], r)


def test_beta_may_differ_between_the_networks_of_a_stack():
    w, betas = np.ones((2, 1, 3)), [0.5, 0.9]

    def end(w, beta):
        return walk(partial(momentum, beta=beta), lambda p: 2 * p, w, [0.1] * 9)[-1][0]

    stacked = end(w, np.reshape(betas, (2, 1, 1)))
    for s, beta in enumerate(betas):
        assert np.array_equal(stacked[s], end(w[s], beta))


@pytest.mark.parametrize("rule", [sgd, momentum, nesterov])
def test_no_rule_changes_its_arguments(rule):
    w, v = [np.ones((2, 3)), np.ones((2, 1))], [np.full((2, 3), 0.5), np.full((2, 1), 0.5)]
    rule(lambda p: map_arrays(np.sin, p), w, v, 0.1)
    assert all((p == 1).all() for p in w) and all((u == 0.5).all() for u in v)


@pytest.mark.parametrize("rule", [sgd, momentum, nesterov])
def test_float32_stays_float32(rule):
    w, v = rule(np.sin, np.ones((2, 3), np.float32), np.zeros((2, 3), np.float32), 0.1)
    assert w.dtype == v.dtype == np.float32


def test_schedules():
    assert [constant()(e) for e in range(3)] == [1, 1, 1]
    epochs = range(50)
    falling = [exponential(0.9)(e) for e in epochs]
    assert np.allclose(falling, np.cumprod([1] + 49 * [0.9]), rtol=1e-14)
    again = [compounding(0.9)(e) for e in epochs]
    assert np.allclose(again, np.cumprod(0.9 ** np.arange(50)), rtol=1e-13)


def test_the_compounding_rate_is_zero_in_the_end():
    assert 0.001 * compounding(0.9)(117) > 0 == 0.001 * compounding(0.9)(118)


RECURSIONS = {  # trace and determinant of the matrix of a step, for x = lr times eigenvalue
    sgd: lambda x, beta: (1 - x, 0),
    momentum: lambda x, beta: (1 + beta - x, beta),
    nesterov: lambda x, beta: ((1 + beta) * (1 - x), beta * (1 - x)),
}
LIMITS = {
    sgd: lambda beta: 2,
    momentum: lambda beta: 2 * (1 + beta),
    nesterov: lambda beta: 2 * (1 + beta) / (1 + 2 * beta),
}


def errors(rule, x, beta, steps):
    """The error after every step of one mode of a quadratic, from 1 and at rest."""
    rule = rule if rule is sgd else partial(rule, beta=beta)
    return np.array([1.0] + [w for w, _ in walk(rule, lambda w: 2.5 * w, 1.0, [x / 2.5] * steps)])


@pytest.mark.parametrize("rule", RECURSIONS)
@pytest.mark.parametrize("x", [0.001, 0.3, 1.0, 1.3], ids="x = {}".format)
def test_a_mode_of_a_quadratic_follows_its_characteristic_polynomial(rule, x):
    trace, det = RECURSIONS[rule](x, 0.7)
    e = errors(rule, x, 0.7, 30)
    assert np.allclose(e[2:], trace * e[1:-1] - det * e[:-2], rtol=0, atol=1e-14 * abs(e).max())


@pytest.mark.parametrize("beta", [0.25, 0.9])
@pytest.mark.parametrize("rule", LIMITS)
def test_a_mode_converges_up_to_the_limit_of_the_learning_rate(rule, beta):
    limit = LIMITS[rule](beta)
    assert abs(errors(rule, 0.99 * limit, beta, 3000)[-1]) < 1e-3
    assert abs(errors(rule, 1.01 * limit, beta, 3000)[-1]) > 1e3
