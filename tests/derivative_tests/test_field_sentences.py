"""Sentences that lead to the mistake in programs from practice, by the words they must contain.

Each says a size where no factor says it, and nothing that cannot be done or is not so.
"""

import re

import numpy as np
import pytest
from scipy.special import expit as sigmoid

from dlhw import gradient_test, jacobian_transpose_test
from dlhw.softmax import cross_entropy, softmax

m = 20
rng = np.random.default_rng(0)
X, C = rng.normal(size=(3, m)), np.eye(4)[:, rng.integers(4, size=m)]
A_SIZE = r"\d(\.\d+)?e-\d+"
WHAT_MAKES_SMALL_ERRORS = r"guard|logarithm|denominator|small constant"
VISIBLE, SMALL = 1e-7, 1e-4
"""Relative errors that must be seen, and that count as small."""
CUT_OFF = r"clip|cut off|saturat"


def cross_entropy_with(guard, W):
    return -np.sum(C * np.log(softmax(W @ X) + guard)) / m


def cross_entropy_slopes(guard, W):
    return (softmax(W @ X) - C) @ X.T / m


def norms_with(guard, W):
    return np.mean(np.sqrt(np.sum((W @ X - C) ** 2, axis=0) + guard))


def norms_slopes(guard, W):
    R = W @ X - C
    return (R / np.linalg.norm(R, axis=0)) @ X.T / m


def ratio_with(guard, W):
    return np.sum(W**2 / np.sqrt(W**2 + guard))


def ratio_slopes(guard, W):
    return np.sign(W)


def centred(function, W, step):
    """Return slopes by differences with too large a step: right to a few digits."""
    units = step * np.eye(12).reshape(-1, 4, 3)
    rises = [function(W + unit) - function(W - unit) for unit in units]
    return np.reshape(rises, (4, 3)) / (2 * step)


def exact_loss(guard, W):
    return cross_entropy(W @ X, C) + 0 * guard


def differences(guard, W):
    return centred(lambda W: cross_entropy(W @ X, C), W, step=guard**0.25)


NEARLY_RIGHT = {
    "softmax": (cross_entropy_with, cross_entropy_slopes, 1e-7),
    "norm": (norms_with, norms_slopes, 1e-5),
    "ratio": (ratio_with, ratio_slopes, 1e-9),
    "differences": (exact_loss, differences, 1e-9),
}


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("size", [0.3, 1.0])
@pytest.mark.parametrize("name", NEARLY_RIGHT)
def test_a_small_difference_has_a_size_and_a_usual_cause(name, size, times):
    f, slopes, guard = NEARLY_RIGHT[name]
    guard, W = times * guard, size * np.random.default_rng(1).normal(size=(4, 3))
    true = centred(lambda W: f(guard, W), W, step=1e-4)
    off = np.linalg.norm(slopes(guard, W) - true) / np.linalg.norm(true)
    assert VISIBLE < off < SMALL
    report = gradient_test(lambda W: f(guard, W), lambda W: slopes(guard, W), W)
    assert (report.verdict, report.cause, report.culprit) == ("fail", "small", None)
    assert report.relative_error < SMALL
    assert re.search(A_SIZE, report.message) and "smaller problem" not in report.message
    assert re.search(WHAT_MAKES_SMALL_ERRORS, report.message)


@pytest.mark.parametrize("name", NEARLY_RIGHT)
def test_a_small_difference_may_be_allowed_for(name):
    f, slopes, guard = NEARLY_RIGHT[name]
    W = np.random.default_rng(1).normal(size=(4, 3))
    report = gradient_test(lambda W: f(guard, W), lambda W: slopes(guard, W), W, tolerance=1e-3)
    assert report.passed and re.search(r"0\.001|1e-0?3", report.message)


def test_a_guard_below_round_off_is_not_seen():
    for size in (0.1, 1.0, 3.0):
        W = size * np.random.default_rng(1).normal(size=(4, 3))
        report = gradient_test(
            lambda W: cross_entropy_with(1e-15, W), lambda W: cross_entropy_slopes(0, W), W
        )
        assert report.passed, report.message


INPUTS = rng.normal(size=(6, m))
TARGETS = (rng.random((1, m)) < 0.5).astype(float)


def clipped_softmax(W):
    return -np.sum(C * np.log(np.clip(softmax(W @ INPUTS), 1e-12, 1))) / m


def floored_softmax(W):
    return -np.sum(C * np.log(np.maximum(softmax(W @ INPUTS), 1e-10))) / m


def softmax_slopes(W):
    return (softmax(W @ INPUTS) - C) @ INPUTS.T / m


def clipped_logistic(W):
    h = np.clip(sigmoid(W[:1] @ INPUTS), 1e-7, 1 - 1e-7)
    return -np.mean(TARGETS * np.log(h) + (1 - TARGETS) * np.log(1 - h))


def logistic_slopes(W):
    dz = sigmoid(W[:1] @ INPUTS) - TARGETS
    return np.vstack([dz @ INPUTS.T / m, np.zeros((3, 6))])


CLIPPED = {
    "clip": (clipped_softmax, softmax_slopes),
    "maximum": (floored_softmax, softmax_slopes),
    "logistic": (clipped_logistic, logistic_slopes),
}


@pytest.mark.parametrize("size", [8, 12])
@pytest.mark.parametrize("name", ["clip", "maximum"])
def test_samples_that_are_cut_off_are_said_to_be(name, size):
    f, slopes = CLIPPED[name]
    for seed in range(2, 5):
        W = size * np.random.default_rng(seed).normal(size=(4, 6))
        report = gradient_test(f, slopes, W)
        assert report.verdict == "fail"
        assert re.search(CUT_OFF, report.message) and "an eighth" in report.message
        assert "indices" not in report.message


@pytest.mark.parametrize("size", [8, 12, 20])
@pytest.mark.parametrize("name", CLIPPED)
def test_the_gradient_of_what_is_cut_off_does_not_pass(name, size):
    f, slopes = CLIPPED[name]
    for seed in range(2, 5):
        W = size * np.random.default_rng(seed).normal(size=(4, 6))
        assert not gradient_test(f, slopes, W).passed


@pytest.mark.parametrize("name", CLIPPED)
def test_where_nothing_is_cut_off_yet_nothing_is_said(name):
    f, slopes = CLIPPED[name]
    report = gradient_test(f, slopes, np.random.default_rng(2).normal(size=(4, 6)))
    assert report.passed, report.message


# Samples in columns, then in rows, where the outputs are the columns of W.
def mean_of_columns(W, X, Y):
    return np.mean((W @ X - Y) ** 2), 2 * (W @ X - Y) @ X.T / X.shape[1]


def mean_of_rows(W, X, Y):
    return np.mean((X.T @ W - Y.T) ** 2), 2 * X @ (X.T @ W - Y.T) / X.shape[1]


def mean_of_logarithms(W, X, Y):
    P, labels = softmax(W @ X), np.eye(len(Y))[:, Y.argmax(axis=0)]
    return -np.mean(labels * np.log(P)), (P - labels) @ X.T / X.shape[1]


@pytest.mark.parametrize("outputs", [4, 7])
@pytest.mark.parametrize(
    "both, outputs_are",
    [(mean_of_columns, "row"), (mean_of_rows, "column"), (mean_of_logarithms, "row")],
)
def test_a_mean_over_the_outputs_too_is_told_by_the_sizes_of_the_parameter(
    both, outputs_are, outputs
):
    X, Y = rng.normal(size=(3, 12)), rng.normal(size=(outputs, 12))
    shape = (outputs, 3) if outputs_are == "row" else (3, outputs)
    report = gradient_test(
        lambda W: both(W, X, Y)[0], lambda W: both(W, X, Y)[1], rng.normal(size=shape)
    )
    assert report.cause == "scale"
    assert re.search(rf"\b{outputs}\b.* {outputs_are}s? ", report.message)


W = rng.normal(size=(4, 3))


def layer(b):
    return np.tanh(W @ X + b)


def test_a_mean_for_a_sum_in_a_layer_is_not_said_to_be_divided_twice():
    report = jacobian_transpose_test(
        layer, lambda b, U: np.mean((1 - layer(b) ** 2) * U, axis=1, keepdims=True), np.ones((4, 1))
    )
    assert report.cause == "scale"
    assert "20 samples" in report.message and "twice" not in report.message


@pytest.mark.parametrize("samples", [12, 15])
@pytest.mark.parametrize("loss", [cross_entropy, lambda Z, C: np.sum((Z - C) ** 2) / 2])
def test_a_mean_for_a_sum_in_a_loss_is_not_said_to_be_divided_twice(loss, samples):
    X, C = INPUTS[:3, :samples], np.eye(4)[:, rng.integers(4, size=samples)]

    def summed(W):
        # The package's cross-entropy is a mean.
        return (samples if loss is cross_entropy else 1) * loss(W @ X, C)

    def gradient_of_the_mean(W):
        scores = W @ X
        outputs = softmax(scores) if loss is cross_entropy else scores
        return (outputs - C) @ X.T / samples

    report = gradient_test(summed, gradient_of_the_mean, W)
    assert report.cause == "scale"
    assert f"{samples} samples" in report.message and "twice" not in report.message


def scaled_in_place(data):
    data /= 255


def centred_in_place(data):
    data -= 0.5


def shuffled_in_place(data):
    np.random.default_rng().shuffle(data, axis=1)


@pytest.mark.parametrize("change", [scaled_in_place, centred_in_place, shuffled_in_place])
def test_data_changed_in_place_are_told_to_be_copied(change):
    data, weights = 255 * rng.random((3, 10)), rng.normal(size=(1, 10))

    def f(W):
        change(data)
        return np.sum(np.tanh(W @ data / 255) * weights)

    report = gradient_test(f, np.zeros_like, W)
    assert report.cause == "not_deterministic"
    assert "data" in report.message and "copy" in report.message


def test_zero_biases_behind_a_relu_are_told():
    """The first sample is zero, so that with zero biases every unit stands on its kink."""
    X0 = np.hstack([np.zeros((3, 1)), X])

    def f(p):
        return np.sum(np.maximum(p["W"] @ X0 + p["b"], 0))

    def gradient(p):
        active = p["W"] @ X0 + p["b"] > 0
        return {"W": active @ X0.T, "b": active.sum(axis=1, keepdims=True)}

    report = gradient_test(f, gradient, {"W": W, "b": np.zeros((4, 1))})
    assert (report.verdict, report.cause) == ("inconclusive", "kink")
    assert "bias" in report.message


def test_a_network_in_place_of_its_parameters_is_told_so():
    class Network:
        W = np.ones((2, 3))

    with pytest.raises(ValueError, match="parameters"):
        gradient_test(lambda net: np.sum(net.W**2), lambda net: 2 * net.W, Network())
