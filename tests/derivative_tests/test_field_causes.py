"""Mistakes from practice, and their names: not those of other mistakes.

A second deviation may lie over a plain mistake (a guard in a logarithm, another mistake), a block
may have a single entry, and vectors may be read in another order.
"""

import numpy as np
import pytest
from scipy.special import expit as sigmoid

from dlhw import gradient_test, jacobian_test, jacobian_transpose_test
from dlhw.softmax import cross_entropy, softmax

m = 20


def outcome(report):
    return report.verdict, report.cause, report.culprit


def regression(seed=0):
    """Samples, labels and weights of a softmax regression."""
    rng = np.random.default_rng(seed)
    X, C = rng.normal(size=(3, m)), np.eye(4)[:, rng.integers(4, size=m)]
    return X, C, rng.normal(size=(4, 3))


def guarded_softmax(guard):
    X, C, W = regression()

    def loss(W):
        return -np.sum(C * np.log(softmax(W @ X) + guard)) / m

    return loss, lambda W: (softmax(W @ X) - C) @ X.T / m, W


def guarded_logistic(guard):
    X, C, W = regression(1)
    y, w = C[:1], W[:1]

    def h(w):
        return sigmoid(w @ X)

    def loss(w):
        return -np.mean(y * np.log(h(w) + guard) + (1 - y) * np.log(1 - h(w) + guard))

    return loss, lambda w: (h(w) - y) @ X.T / m, w


def guarded_norm(guard):
    X, C, W = regression(2)

    def loss(W):
        return np.mean(np.sqrt(np.sum((W @ X - C) ** 2, axis=0) + guard))

    def gradient(W):
        R = W @ X - C
        return (R / np.linalg.norm(R, axis=0)) @ X.T / m

    return loss, gradient, W


@pytest.mark.parametrize("guard", [0.0, 1e-15, 1e-12, 1e-10, 1e-8, 1e-7])
@pytest.mark.parametrize("problem", [guarded_softmax, guarded_logistic, guarded_norm])
def test_a_guard_in_the_function_hides_no_plain_mistake(problem, guard):
    loss, right, W = problem(guard)
    forgotten_mean = gradient_test(loss, lambda W: m * right(W), W)
    assert outcome(forgotten_mean) == ("fail", "scale", None)
    assert "20" in forgotten_mean.message
    flipped = gradient_test(loss, lambda W: -right(W), W)
    assert outcome(flipped) == ("fail", "sign", None)


@pytest.mark.parametrize("guard", [0.0, 1e-10, 1e-7])
def test_a_guard_hides_no_transposition(guard):
    rng = np.random.default_rng(3)
    X, C, W = (
        rng.normal(size=(4, m)),
        np.eye(4)[:, rng.integers(4, size=m)],
        rng.normal(size=(4, 4)),
    )
    report = gradient_test(
        lambda W: -np.sum(C * np.log(softmax(W @ X) + guard)) / m,
        lambda W: X @ (softmax(W @ X) - C).T / m,
        W,
    )
    assert outcome(report) == ("fail", "transposed", None)


def column(array):
    return array.ravel(order="F")


def row(array):
    return array.ravel()


def from_columns(vector, shape):
    return vector.reshape(shape, order="F")


def from_rows(vector, shape):
    return vector.reshape(shape)


def one_sample(seed, inputs, outputs):
    """tanh(W x + b) of one sample, as a function of W: its Jacobian takes W by columns."""
    rng = np.random.default_rng(seed)
    x, b = rng.normal(size=(inputs, 1)), rng.normal(size=(outputs, 1))

    def f(W):
        return np.tanh(W @ x + b)

    def jacobian(W):
        return np.diag(1 - column(f(W)) ** 2) @ np.kron(x.T, np.eye(outputs))

    return f, jacobian, rng.normal(size=(outputs, inputs)), (outputs, 1)


def batch(seed, inputs, outputs):
    """A X as a function of a batch X by columns."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(outputs, inputs))
    return (
        lambda X: A @ X,
        lambda X: np.kron(np.eye(6), A),
        rng.normal(size=(inputs, 6)),
        (outputs, 6),
    )


def right_factor(seed, inputs, outputs):
    """sin(W B) as a function of W by columns."""
    rng = np.random.default_rng(seed)
    B, W = rng.normal(size=(inputs, 5)), rng.normal(size=(outputs, inputs))

    def jacobian(W):
        return np.diag(column(np.cos(W @ B))) @ np.kron(B.T, np.eye(outputs))

    return lambda W: np.sin(W @ B), jacobian, W, (outputs, 5)


MAPS = {
    f"{build.__name__} {inputs} to {outputs}": (build, inputs, outputs)
    for build, inputs, outputs in [
        (one_sample, 3, 4),
        (one_sample, 5, 2),
        (batch, 4, 5),
        (batch, 3, 7),
        (right_factor, 3, 4),
        (right_factor, 6, 2),
    ]
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", MAPS)
def test_a_vector_read_in_the_other_order_is_transposed(name, seed):
    build, inputs, outputs = MAPS[name]
    f, J, x, shape = build(seed, inputs, outputs)

    def jvp(read, write):
        return jacobian_test(f, lambda x, v: write(J(x) @ read(v), shape), x, seed=seed)

    def vjp(read, write):
        return jacobian_transpose_test(
            f, lambda x, u: write(J(x).T @ read(u), x.shape), x, seed=seed
        )

    assert jvp(column, from_columns).passed and vjp(column, from_columns).passed
    reports = [jvp(row, from_columns), vjp(column, from_rows)]
    if 1 not in shape:
        reports += [jvp(column, from_rows), vjp(row, from_columns)]
    for report in reports:
        assert (report.verdict, report.cause) == ("fail", "transposed"), report.message
        assert "order" in report.message


DECAY = 0.1


def ridge_loss(seed):
    X, C, W = regression(seed)

    def loss(W):
        return cross_entropy(W @ X, C) + DECAY / 2 * np.sum(W**2)

    return loss, lambda W: (softmax(W @ X) - C) @ X.T, W


TWO_MISTAKES = {
    "no mean": (lambda data, W: data + DECAY * W, "20"),
    "no mean and no regulariser": (lambda data, W: data, "20"),
    "seven times the data and no regulariser": (lambda data, W: 7 * data / m, "7"),
    "sign of the data": (lambda data, W: -data / m + DECAY * W, "sign"),
    "sign, and no regulariser": (lambda data, W: -data / m, "sign"),
}


@pytest.mark.parametrize("name", TWO_MISTAKES)
def test_a_missing_term_beside_a_factor_is_named_with_it(name):
    wrong, said = TWO_MISTAKES[name]
    for seed in range(3):
        loss, data, W = ridge_loss(seed)
        report = gradient_test(loss, lambda W, data=data: wrong(data(W), W), W, seed=seed)
        assert outcome(report) == ("fail", "missing_term", None)
        assert said in report.message and "regulariser" in report.message


@pytest.mark.parametrize("divided", [2, m])
def test_a_regulariser_of_the_wrong_size_is_a_missing_term_alone(divided):
    loss, data, W = ridge_loss(0)
    report = gradient_test(loss, lambda W: data(W) / m + DECAY * W / divided, W)
    assert outcome(report) == ("fail", "missing_term", None)
    assert f"{DECAY * (1 - 1 / divided):.3g}" in report.message


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def half_of_its_second_entry(x):
    bend = x[1] - x[0] ** 2
    return np.array([-2 * (1 - x[0]) - 400 * x[0] * bend, 100 * bend])


@pytest.mark.parametrize("x", [(0.0, 1.0), (0.0, -1.5), (0.001, 2.0), (1e-6, 3.0)])
def test_one_wrong_entry_is_no_missing_term_where_it_makes_up_the_parameter(x):
    for seed in range(4):
        report = gradient_test(rosenbrock, half_of_its_second_entry, np.array(x), seed=seed)
        assert outcome(report) == ("fail", "wrong", None)
        assert "entry 1" in report.message


@pytest.mark.parametrize("entry", range(4))
def test_the_wrong_entry_of_a_unit_vector_has_its_place(entry):
    rng = np.random.default_rng(0)
    A, b, x = rng.normal(size=(5, 4)), rng.normal(size=5), np.eye(4)[entry]
    off = np.where(np.arange(4) == entry, 1.5, 1.0)
    report = gradient_test(
        lambda x: np.sum((A @ x - b) ** 2) / 2, lambda x: A.T @ (A @ x - b) * off, x
    )
    assert outcome(report) == ("fail", "wrong", None)
    assert f"entry {entry}" in report.message


@pytest.mark.parametrize("entry", range(3))
def test_the_wrong_entry_among_sizes_has_its_place(entry):
    sizes = np.array([1e-3, 1.0, 1e3])
    off = np.where(np.arange(3) == entry, 1.5, 1.0)
    for seed in range(4):
        report = gradient_test(
            lambda x: np.sum((x / sizes - 1) ** 2),
            lambda x: 2 * (x / sizes - 1) / sizes * off,
            sizes * [0.3, 0.5, -0.9],
            seed=seed,
        )
        assert outcome(report) == ("fail", "wrong", None)
        assert f"entry {entry}" in report.message


SLOPES = {"sigmoid": (sigmoid, lambda a: a * (1 - a)), "tanh": (np.tanh, lambda a: 1 - a**2)}


@pytest.mark.parametrize("units", [1, 2])
@pytest.mark.parametrize("name", SLOPES)
def test_a_wrong_formula_for_a_single_number_is_no_factor(name, units):
    activation, slope = SLOPES[name]
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 9)), rng.random((units, 9))
    p = {"w": rng.normal(size=(units, 3)), "b": rng.normal(size=(units, 1))}

    def output(p):
        return activation(p["w"] @ X + p["b"])

    def wrong(p):
        a = output(p)
        return {
            "w": ((a - Y) * slope(a)) @ X.T,
            "b": (a - Y).sum(axis=1, keepdims=True),
        }

    report = gradient_test(lambda p: np.sum((output(p) - Y) ** 2) / 2, wrong, p)
    assert outcome(report) == ("fail", "wrong", "b")


@pytest.mark.parametrize(
    "off", [lambda x: np.cos(x) + 0.1, lambda x: 1.0 - x / 3, lambda x: np.exp(x)]
)
def test_a_wrong_derivative_of_a_scalar_is_no_factor(off):
    assert outcome(gradient_test(np.sin, off, 0.7)) == ("fail", "wrong", None)


@pytest.mark.parametrize(
    "factor, cause", [(2, "scale"), (0.5, "scale"), (-1, "sign"), (0, "missing_block")]
)
def test_a_plain_factor_of_a_scalar_is_named(factor, cause):
    report = gradient_test(np.sin, lambda x: factor * np.cos(x), 0.7)
    assert outcome(report) == ("fail", cause, None)
