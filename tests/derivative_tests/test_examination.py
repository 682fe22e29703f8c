"""What fails is looked at closer, in an order, and only as far as that tells something."""

import numpy as np
import pytest

from dlhw import gradient_test
from dlhw.derivative_tests.diagnosis import Slope
from dlhw.derivative_tests.examination import from_output

rng = np.random.default_rng(0)
X, Y = rng.standard_normal((3, 11)), rng.standard_normal((2, 11))


def test_layers_are_ordered_by_the_numbers_in_their_paths_then_by_their_place():
    assert from_output(["W1", "W2", "b1", "b2"]) == ["b2", "W2", "b1", "W1"]
    assert from_output(["9.W", "9.b", "10.W"]) == ["10.W", "9.b", "9.W"]
    assert from_output(["z", "a"]) == ["a", "z"]


def network(slope_of_layer_2):
    """Return four layers, and the gradient of a loss that goes back with this slope in layer 2."""
    widths = [3, 7, 6, 5, 2]
    W = [rng.standard_normal((b, a)) / a**0.5 for a, b in zip(widths, widths[1:])]

    def forward(W):
        A = [X]
        for weights in W:
            A.append(np.tanh(weights @ A[-1]))
        return A

    def loss(W):
        return np.sum((forward(W)[-1] - Y) ** 2) / 2

    def gradient(W):
        A, found = forward(W), []
        dA = A[-1] - Y
        for layer in (3, 2, 1, 0):
            slope = slope_of_layer_2 if layer == 1 else tanh_slope
            dZ = dA * slope(A[layer + 1])
            found.insert(0, dZ @ A[layer].T)
            dA = W[layer].T @ dZ
        return found

    return loss, gradient, W


def tanh_slope(A):
    return 1 - A**2


def test_a_forgotten_slope_is_a_mistake_of_its_layer_and_not_cut_off():
    for _ in range(4):
        report = gradient_test(*network(np.ones_like))
        assert (report.verdict, report.culprit) == ("fail", "1")
        assert "eighth" not in report.message
    assert gradient_test(*network(tanh_slope)).passed


@pytest.mark.parametrize("error, cause", [(3e-4, "wrong"), (3e-5, "small")])
def test_small_is_an_error_below_a_ten_thousandth(error, cause):
    off = 1 + error * rng.standard_normal(12)

    def gradient(x):
        return np.sinh(x) * off

    def f(x):
        return np.sum(np.cosh(x))

    report = gradient_test(f, gradient, rng.standard_normal(12))
    assert (report.verdict, report.cause) == ("fail", cause)


def two_squares():
    """Return f = |W|^2 + |b|^2 at a point, and a gradient with a factor for each block."""
    x = {"W": rng.standard_normal((3, 4)), "b": rng.standard_normal((3, 1))}

    def f(x):
        return np.sum(x["W"] ** 2) + np.sum(x["b"] ** 2)

    def gradient(W, b):
        return lambda x: {"W": W * 2 * x["W"], "b": b * 2 * x["b"]}

    return f, gradient, x


def test_a_report_keeps_every_slope_the_joint_one_first():
    f, gradient, x = two_squares()
    slopes = gradient_test(f, gradient(1, 1), x).slopes
    assert all(isinstance(slope, Slope) for slope in slopes)
    assert [slope.block for slope in slopes] == [None, "W", "W", "b", "b"]
    single = gradient_test(lambda W: np.sum(W**2), lambda W: 2 * W, x["W"]).slopes
    assert [slope.block for slope in single] == ["", "", ""]


def test_what_stops_a_test_keeps_the_block_that_it_came_from():
    f, _, x = two_squares()
    report = gradient_test(f, lambda x: {"W": 2 * x["W"].T, "b": 2 * x["b"].T}, x)
    assert report.verdict == "fail" and report.culprit in ("W", "b")


def test_all_blocks_wrong_alike_have_one_sentence_and_no_culprit():
    f, gradient, x = two_squares()
    report = gradient_test(f, gradient(2, 2 * (1 + 5e-4)), x)
    assert (report.verdict, report.cause, report.culprit) == ("fail", "scale", None)
    report = gradient_test(f, gradient(2, 3), x)
    assert (report.verdict, report.cause, report.culprit) == ("fail", "scale", "b")


def test_factors_are_alike_within_a_thousandth_where_a_small_block_is_measured_alone():
    _, gradient, x = two_squares()

    def f(x):
        return np.sum(x["W"] ** 2) + 1e-4 * np.sum(x["b"] ** 2)

    for more, culprit in ((5e-4, None), (5e-3, "b")):
        claim = gradient(2, 2e-4 * (1 + more))
        report = gradient_test(f, claim, x)
        assert (report.cause, report.culprit) == ("scale", culprit)


def test_blocks_wrong_alike_beside_a_right_one_have_a_culprit():
    x = {name: rng.standard_normal((3, 4)) for name in ("W1", "W2", "W3")}
    wrong = {"W1": 2, "W2": 1, "W3": 2}
    report = gradient_test(
        lambda x: sum(np.sum(a**2) for a in x.values()),
        lambda x: {name: wrong[name] * 2 * a for name, a in x.items()},
        x,
    )
    assert (report.cause, report.culprit) == ("scale", "W3") and '"W1"' in report.message


def test_a_block_that_nothing_depends_on_has_no_error():
    x = {"W": np.ones(3), "idle": np.ones(2)}
    report = gradient_test(
        lambda x: np.sum(x["W"] ** 2), lambda x: {"W": 2 * x["W"], "idle": np.zeros(2)}, x
    )
    idle = report.blocks["idle"]
    assert (idle.verdict, idle.cause, idle.relative_error) == ("inconclusive", "vacuous", 0.0)


@pytest.mark.parametrize("tolerance", [-1, np.nan, np.inf, 1, True, "1e-3", None, [1e-3]])
def test_a_tolerance_is_a_relative_error(tolerance):
    """One of 5, meant as per cent, would let a wrong sign pass."""
    with pytest.raises(ValueError, match="expected tolerance to be .*, got"):
        gradient_test(lambda x: np.sum(x**2), lambda x: -2 * x, np.ones(3), tolerance=tolerance)


@pytest.mark.parametrize("seed", [-1, "s1234", 1.5, None])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="expected seed to be a whole number, at least 0, or"):
        gradient_test(lambda x: np.sum(x**2), lambda x: 2 * x, np.ones(3), seed=seed)


def test_numbers_may_have_the_order_of_bytes_of_another_machine():
    x = np.arange(1.0, 4.0).astype(">f8")
    assert gradient_test(lambda x: np.sum(x**2), lambda x: 2 * x, x).passed


def test_where_nothing_depends_on_anything_there_is_no_error():
    report = gradient_test(lambda x: 1.0, lambda x: 0 * x, rng.standard_normal(4))
    assert (report.verdict, report.cause, report.relative_error) == ("inconclusive", "vacuous", 0.0)


def test_a_block_that_is_known_badly_is_named_in_its_sentence():
    f, gradient, x = two_squares()
    report = gradient_test(lambda x: f(x) + 1e15, gradient(1, 1), x)
    assert report.verdict == "inconclusive"
    assert any(block.sentence.startswith(f'In "{path}": ') for path, block in report.blocks.items())


def test_a_gradient_of_another_shape_names_its_block():
    f, _, x = two_squares()
    report = gradient_test(f, lambda x: {"W": 2 * x["W"], "b": np.ones(17)}, x)
    assert (report.verdict, report.cause, report.culprit) == ("fail", "shape", "b")


def test_a_block_without_entries_is_skipped():
    def f(x):
        return np.sum(x["W"] ** 2)

    x = {"W": rng.standard_normal((2, 3)), "none": np.zeros((0, 3))}
    block = gradient_test(f, lambda x: {"W": 2 * x["W"], "none": x["none"]}, x).blocks["none"]
    assert (block.verdict, block.cause, block.relative_error) == ("skipped", "", 0.0)
