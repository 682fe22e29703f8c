"""The four tests: right derivatives pass, wrong ones are named, hostile functions get a report."""

from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest
from right_gradients import reports

from dlhw import adjoint_test, gradient_test, jacobian_test, jacobian_transpose_test
from dlhw.arrays import map_arrays
from dlhw.network import tanh_network
from dlhw.softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient

x = np.array([1.0, 2.0, 3.0])
rng = np.random.default_rng(0)
A, B = 0.3 * rng.standard_normal((4, 3)), 0.3 * rng.standard_normal((3, 3))
X, C = rng.standard_normal((2, 16)), np.eye(5)[rng.integers(0, 5, 16)].T
PARAMS = {"W": rng.standard_normal((5, 2)), "b": rng.standard_normal((5, 1))}


def square(x):
    return np.sum(x**2)


def slope(x):
    return 2 * x


def loss(p):
    return cross_entropy(affine(p["W"], p["b"], X), C)


def gradient(p):
    dW, db, _ = affine_vjp(p["W"], X, cross_entropy_gradient(affine(p["W"], p["b"], X), C))
    return {"W": dW, "b": db}


def changed(**changes):
    """The right gradient with some blocks changed."""

    def wrong(p):
        result = gradient(p)
        for name, change in changes.items():
            result[name] = change(result[name], p[name])
        return result

    return wrong


@pytest.mark.parametrize("seed", range(60))
def test_right_gradients_are_never_accused(seed):
    with np.errstate(all="ignore"):
        assert [report for *_, report in reports(seed) if report.verdict == "fail"] == []


Pair = namedtuple("Pair", "W b")


@pytest.mark.parametrize(
    "pack, unpack",
    [
        (lambda p: [p["W"], p["b"]], lambda q: {"W": q[0], "b": q[1]}),
        (lambda p: (p["W"], p["b"]), lambda q: {"W": q[0], "b": q[1]}),
        (lambda p: Pair(p["W"], p["b"]), lambda q: {"W": q.W, "b": q.b}),
        (lambda p: {"b": p["b"], "W": [p["W"]]}, lambda q: {"W": q["W"][0], "b": q["b"]}),
    ],
)
def test_right_gradient_passes_in_every_container(pack, unpack):
    report = gradient_test(
        lambda q: loss(unpack(q)), lambda q: pack(gradient(unpack(q))), pack(PARAMS)
    )
    assert report.passed and report.relative_error < 1e-9


def test_a_tuple_is_taken_for_a_list_and_an_array_for_a_function():
    def unpack(q):
        return {"W": q[0], "b": q[1]}

    def as_tuple(q):
        return tuple(gradient(unpack(q)).values())

    assert gradient_test(lambda q: loss(unpack(q)), as_tuple, list(PARAMS.values())).passed
    assert gradient_test(loss, gradient(PARAMS), PARAMS).passed


ONE_ENTRY = np.arange(10).reshape(5, 2) == 3
ONE_ROW = (np.arange(5) == 3)[:, None]


MISTAKES = {
    "sign": (lambda p: map_arrays(np.negative, gradient(p)), "sign", None),
    "sum for mean": (lambda p: map_arrays(lambda g: 16 * g, gradient(p)), "scale", None),
    "twice 1/m": (lambda p: map_arrays(lambda g: g / 16, gradient(p)), "scale", None),
    "one block doubled": (changed(b=lambda g, p: 2 * g), "scale", "b"),
    "one block's sign": (changed(W=lambda g, p: -g), "sign", "W"),
    "missing block": (changed(b=lambda g, p: 0 * g), "missing_block", "b"),
    "transposed": (changed(W=lambda g, p: g.T), "transposed", "W"),
    "regulariser too many": (changed(W=lambda g, p: g + 0.1 * p), "missing_term", "W"),
    "one entry": (changed(W=lambda g, p: g * (1 + 0.1 * ONE_ENTRY)), "wrong", "W"),
    "one row": (changed(W=lambda g, p: g * (1 + 0.1 * ONE_ROW)), "wrong", "W"),
    "wrong shape": (changed(b=lambda g, p: g.ravel()), "shape", "b"),
    "not finite": (changed(W=lambda g, p: g * np.nan), "nonfinite", "W"),
    "missing key": (lambda p: {"W": gradient(p)["W"]}, "shape", None),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name):
    wrong, cause, culprit = MISTAKES[name]
    report = gradient_test(loss, wrong, PARAMS)
    assert (report.verdict, report.cause, report.culprit) == ("fail", cause, culprit)
    assert not report and report.message.endswith((".", "?"))


def test_the_message_names_factor_entry_row_and_column():
    def message(name):
        return gradient_test(loss, MISTAKES[name][0], PARAMS).message

    assert "16 times" in message("sum for mean") and "16 samples" in message("sum for mean")
    assert "entry (1, 1)" in message("one entry")
    assert "row 3" in message("one row")
    assert "0.1 times the parameter" in message("regulariser too many")
    column = gradient_test(loss, changed(W=lambda g, p: g * np.array([1.0, 1.1])), PARAMS)
    assert "column 1" in column.message


def test_square_transposition_and_reading_order():
    M, G = rng.standard_normal((4, 4)), rng.standard_normal((4, 4))

    def f(W):
        return np.sum(G * np.tanh(W))

    def right(W):
        return G * (1 - np.tanh(W) ** 2)

    assert gradient_test(f, right, M).passed
    assert gradient_test(f, lambda W: right(W).T, M).cause == "transposed"
    V, H = rng.standard_normal((3, 4)), rng.standard_normal((3, 4))

    def by_columns(W):
        return (2 * H * W).ravel(order="F").reshape(3, 4)

    mixed = gradient_test(lambda W: np.sum(H * W**2), by_columns, V)
    assert mixed.cause == "transposed" and "ravel" in mixed.message


def test_inconclusive_is_neither_pass_nor_fail():
    def absolute(x):
        return np.sum(np.abs(x))

    kink = gradient_test(absolute, np.sign, np.zeros(3))
    assert (kink.verdict, kink.cause, kink.passed, kink.kinks) == ("inconclusive", "kink", False, 1)
    assert "Kinks that these steps cross: 1" in str(kink)
    beyond = gradient_test(absolute, lambda x: np.sign(x) + 3000, np.zeros(3))
    assert beyond.verdict == "fail"
    assert gradient_test(lambda x: 2.0, lambda x: 0 * x, x).cause == "vacuous"
    assert gradient_test(lambda x: 2.0, lambda x: 0 * x + 1, x).verdict == "fail"
    noisy = gradient_test(lambda x: square(x) * 1e-9 + 1e6, lambda x: 2e-9 * x, x)
    assert noisy.cause in ("low_precision", "vacuous")


def test_the_same_number_added_to_all_scores_changes_nothing():
    def shifted(t):
        return loss({"W": PARAMS["W"] + t * np.ones((5, 2)), "b": PARAMS["b"]})

    assert gradient_test(shifted, lambda t: 0.0, 0.5).cause == "vacuous"


def test_a_block_nothing_depends_on_is_listed_but_no_alarm():
    report = gradient_test(
        lambda p: square(p["a"]),
        lambda p: {"a": 2 * p["a"], "idle": 0 * p["idle"], "empty": p["empty"]},
        {"a": x, "idle": np.ones(2), "empty": np.zeros((0, 3))},
    )
    assert report.passed and "idle" in report.message
    assert report.blocks["idle"].cause == "vacuous" and report.blocks["empty"].verdict == "skipped"


def mutating(x):
    x *= 2
    return np.sum(x**2)


def raising(x):
    raise RuntimeError("boom")


def leaving(x):
    raise SystemExit(3)


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError


def unspeakable(x):
    raise Unspeakable


class Unreadable:
    def __array__(self, *args, **options):
        raise RuntimeError("not a chance")


def only_at(point, value, otherwise):
    """A function that is well-behaved at one point alone."""
    return lambda p: value(p) if np.array_equal(p, point) else otherwise(p)


def finite_within(radius):
    """A function that is NaN further from x."""
    return lambda p: square(p) if np.linalg.norm(p - x) <= radius else np.nan


noise = np.random.default_rng(3)
HOSTILE = {
    "fraction": (lambda x: Fraction(3, 2), lambda x: 0 * x, "vacuous"),
    "objects": (square, lambda x: np.array(list(2 * x), dtype=object), ""),
    "objects and None": (square, lambda x: np.array([2.0, None, 6.0], dtype=object), "shape"),
    "complex": (lambda x: square(x) + 0j, slope, "shape"),
    "unreadable": (lambda x: Unreadable(), slope, "raises"),
    "ragged": (square, lambda x: [2.0, [4.0, 6.0]], "shape"),
    "leaves": (leaving, slope, "raises"),
    "unspeakable": (unspeakable, slope, "raises"),
    "raises elsewhere": (only_at(x, square, raising), slope, "raises"),
    "array elsewhere": (only_at(x, square, slope), slope, "shape"),
    "int": (lambda x: 3, lambda x: 0 * x, "vacuous"),
    "array of one": (lambda x: np.array([[square(x)]]), slope, ""),
    "list of one": (lambda x: [square(x)], slope, ""),
    "view of its input": (lambda x: x[:1], lambda x: np.array([1.0, 0.0, 0.0]), ""),
    "None": (lambda x: None, slope, "shape"),
    "pair": (lambda x: (square(x), 2 * x), slope, "shape"),
    "array": (lambda x: x**2, slope, "shape"),
    "text": (lambda x: "3", slope, "shape"),
    "raises": (raising, slope, "raises"),
    "gradient raises": (square, raising, "raises"),
    "gradient None": (square, lambda x: None, "shape"),
    "mutates": (mutating, lambda x: 8 * x, "mutates_input"),
    "gradient mutates": (square, lambda x: x.__imul__(2), "mutates_input"),
    "random": (lambda x: square(x) + noise.normal(), slope, "not_deterministic"),
    "gradient random": (square, lambda x: 2 * x + noise.normal(size=3), "not_deterministic"),
    "NaN": (lambda x: np.nan, slope, "nonfinite"),
    "NaN beyond a radius": (finite_within(1e-3), slope, ""),
    "NaN nearly everywhere": (finite_within(1e-14), slope, "nonfinite"),
    "column for vector": (square, lambda x: 2 * x[:, None], "shape"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_functions_get_a_report(name):
    f, grad, cause = HOSTILE[name]
    report = gradient_test(f, grad, x)
    assert report.cause == cause
    assert str(report) and report._repr_markdown_()


def test_hostile_structures_get_a_report():
    lost = gradient_test(loss, changed(b=lambda g, p: None), PARAMS)
    assert (lost.cause, lost.culprit) == ("shape", "b")
    assert 'from grad at "b", got None' in lost.message
    pair = gradient_test(loss, lambda p: (loss(p), gradient(p)), PARAMS)
    assert pair.message.endswith("grad(x)[1] if the second is meant.")
    popping = gradient_test(lambda p: loss({**p, "W": p.pop("W")}), gradient, PARAMS)
    assert popping.cause == "mutates_input"
    assert gradient_test(lambda p: 1.0, lambda p: {}, {}).cause == "vacuous"
    number_elsewhere = only_at(x, tanh, lambda x: 1.0)
    assert jacobian_test(number_elsewhere, tanh_jvp, x).cause == "shape"
    assert jacobian_transpose_test(number_elsewhere, tanh_vjp, x).cause == "shape"


def test_huge_parameters_and_empty_ones():
    assert gradient_test(square, slope, 1e150 * x).passed
    assert gradient_test(square, slope, 1e200 * x).cause == "nonfinite"
    assert gradient_test(square, slope, np.zeros(0)).cause == "vacuous"


def test_near_zero_a_minimum_is_tested_with_larger_steps():
    """In steps as small as x nothing moves, and in larger ones the slope is not that at x."""
    near = 1e-9 * x

    def f(x):
        return np.sum(np.cosh(x))

    assert gradient_test(f, np.sinh, near).verdict != "fail"
    assert gradient_test(f, lambda x: np.sinh(x) + 1e-3, near).verdict == "fail"
    assert jacobian_test(np.cosh, lambda x, v: np.sinh(x) * v, near).verdict != "fail"
    assert jacobian_test(np.cosh, lambda x, v: (np.sinh(x) + 1e-3) * v, near).verdict == "fail"


def test_scalars_integers_and_float32():
    assert gradient_test(lambda x: x**3, lambda x: 3 * x**2, 2).passed
    assert gradient_test(lambda x: x**3, lambda x: 3 * x**2, 2.5).passed
    assert gradient_test(square, slope, np.array([1, 2, 3])).passed
    single = x.astype(np.float32)
    report = gradient_test(square, slope, single)
    assert report.passed and report.relative_error > 1e-12
    assert gradient_test(square, lambda x: np.float32(2.02) * x, single).cause == "scale"
    assert gradient_test(lambda x: float(square(x.astype(np.float32))), slope, x).passed


@pytest.mark.parametrize("bad", [[1, np.nan], [np.inf], [1j], [None], "abc", None, [True]])
def test_points_that_cannot_be_tested_are_refused(bad):
    with pytest.raises(ValueError, match="expected x"):
        gradient_test(square, slope, np.array(bad))


def interrupted(x):
    raise KeyboardInterrupt


@pytest.mark.parametrize("f, grad", [(interrupted, slope), (square, interrupted)])
def test_an_interrupt_is_never_swallowed(f, grad):
    with pytest.raises(KeyboardInterrupt):
        gradient_test(f, grad, x)


def test_same_seed_same_report():
    first, again, other = (gradient_test(loss, gradient, PARAMS, seed=seed) for seed in (1, 1, 2))
    assert str(first) == str(again) != str(other)


def tanh(x):
    return np.tanh(A @ x)


def tanh_jvp(x, v):
    return (1 - np.tanh(A @ x) ** 2) * (A @ v)


def tanh_vjp(x, u):
    return A.T @ ((1 - np.tanh(A @ x) ** 2) * u)


def residual(x):
    return x + np.tanh(B @ x)


def branch_jvp(x, v):
    return (1 - np.tanh(B @ x) ** 2) * (B @ v)


def branch_vjp(x, u):
    return B.T @ ((1 - np.tanh(B @ x) ** 2) * u)


def test_right_products_pass():
    assert jacobian_test(tanh, tanh_jvp, x).passed
    assert jacobian_transpose_test(tanh, tanh_vjp, x).passed
    assert adjoint_test(tanh_jvp, tanh_vjp, x).passed


@pytest.mark.parametrize(
    "report, cause",
    [
        (lambda: jacobian_test(tanh, lambda x, v: 2 * tanh_jvp(x, v), x), "scale"),
        (lambda: jacobian_test(tanh, lambda x, v: tanh_jvp(x, v) * [1, 1, 1.1, 1], x), "wrong"),
        (lambda: jacobian_test(tanh, lambda x, v: A.T @ v, x), "raises"),
        (lambda: jacobian_test(lambda x: B @ x, lambda x, v: B.T @ v, x), "transposed"),
        (lambda: jacobian_test(residual, branch_jvp, x), "missing_term"),
        (lambda: jacobian_transpose_test(tanh, lambda x, u: -tanh_vjp(x, u), x), "sign"),
        (lambda: jacobian_transpose_test(residual, branch_vjp, x), "missing_term"),
        (lambda: jacobian_transpose_test(lambda x: B @ x, lambda x, u: B @ u, x), "transposed"),
        (lambda: adjoint_test(tanh_jvp, lambda x, u: 2 * tanh_vjp(x, u), x), "scale"),
        (lambda: adjoint_test(tanh_jvp, lambda x, u: tanh_vjp(x, u) * [1, 1, 1.1], x), "wrong"),
        (lambda: adjoint_test(lambda x, v: 0 * (A @ v), lambda x, u: 0 * x, x), "vacuous"),
    ],
)
def test_wrong_products_are_named(report, cause):
    assert report().cause == cause


def test_wrong_entries_of_products_are_named():
    assert "entry 2" in jacobian_test(tanh, lambda x, v: tanh_jvp(x, v) * [1, 1, 1.1, 1], x).message
    assert "entry 1" in adjoint_test(tanh_jvp, lambda x, u: tanh_vjp(x, u) * [1, 1.1, 1], x).message


def test_two_products_of_one_wrong_jacobian_agree():
    assert adjoint_test(lambda x, v: A @ v, lambda x, u: A.T @ u, x).passed
    assert not jacobian_test(tanh, lambda x, v: A @ v, x).passed


@pytest.mark.parametrize("seed", range(60))
def test_the_jumps_of_many_kinks_may_cancel(seed):
    """At x = 0 the slopes of sum(u max(x, 0)) on the two sides differ by sum(u |d|).

    That has any sign and any size.
    """
    u = np.random.default_rng(seed).standard_normal(2)
    report = gradient_test(lambda x: u @ np.maximum(x, 0), np.zeros_like, np.zeros(2), seed=seed)
    assert report.cause == "kink"


def test_the_jumps_of_two_kinks_nearly_cancel():
    u = np.array([1.0, -0.95])
    report = gradient_test(lambda x: u @ np.maximum([x, -x], 0), np.zeros_like, 0.0)
    assert report.cause == "kink"


def test_kinks_are_counted_whatever_the_verdict():
    units, at = np.array([0.01, -0.02, 0.05, 3.0]), np.ones(4)

    def relu(x):
        return np.sum(np.maximum(units * x, 0) + np.maximum(x - 1.05, 0) + x**2)

    def grad(x):
        return units * (units * x > 0) + (x > 1.05) + 2 * x

    report = gradient_test(relu, grad, at)
    assert report.passed and report.kinks >= 1
    wrong = gradient_test(relu, lambda x: 2 * grad(x), at)
    assert wrong.cause == "scale" and wrong.kinks == report.kinks
    assert gradient_test(loss, gradient, PARAMS).kinks == 0


def test_a_stack_is_tested_through_the_sum_of_its_losses():
    network = tanh_network([2, 7, 5])
    params = network.initialise(seed=[0, 1, 2])

    def loss(p):
        return network.loss(p, X, C).sum()

    report = gradient_test(loss, lambda p: network.gradient(p, X, C), params)
    assert report.passed and set(report.blocks) == {"0.W", "0.b", "1.W", "1.b"}


def test_report_plots():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    ax = gradient_test(loss, gradient, PARAMS).plot()
    assert ax.get_xscale() == ax.get_yscale() == "log" and len(ax.lines) >= 3
    pyplot.close(ax.figure)


def test_gradients_added_up_are_told_so():
    class Layer:
        dW = 0.0

        def backward(self, x):
            self.dW = self.dW + 2 * x
            return self.dW

    assert "self.dW" in gradient_test(square, Layer().backward, x).message


def test_a_raising_function_is_told_where():
    report = gradient_test(raising, slope, x)
    assert f"line {raising.__code__.co_firstlineno + 1} of raising: boom" in report.message


def test_a_pair_in_place_of_a_gradient_is_told_so():
    assert "grad(x)[1]" in gradient_test(square, lambda x: (square(x), 2 * x), x).message


def test_all_blocks_missing_have_no_culprit():
    report = gradient_test(loss, lambda p: map_arrays(np.zeros_like, gradient(p)), PARAMS)
    assert (report.cause, report.culprit) == ("missing_block", None)


def test_the_culprit_is_the_wrong_block_nearest_to_the_output():
    both = changed(W=lambda g, p: -g, b=lambda g, p: 2 * g)
    report = gradient_test(loss, both, PARAMS)
    assert (report.culprit, report.cause) == ("b", "scale")
    assert 'Wrong too: "W".' in report.message
    assert [block.cause for block in report.blocks.values()] == ["sign", "scale"]


def test_blocks_that_are_wrong_alike_have_no_culprit_unless_one_is_right():
    twice = changed(W=lambda g, p: 2 * g, b=lambda g, p: 2 * g)
    report = gradient_test(loss, twice, PARAMS)
    assert (report.culprit, report.cause) == (None, "scale") and "Wrong too" not in report.message
    nearly = changed(W=lambda g, p: 2 * g, b=lambda g, p: 3 * g)
    assert gradient_test(loss, nearly, PARAMS).culprit == "b"


def test_an_error_up_to_the_tolerance_is_accepted_and_said():
    def off(p):
        return map_arrays(lambda g: 1.01 * g, gradient(p))

    assert gradient_test(loss, off, PARAMS, tolerance=0.005).cause == "scale"
    report = gradient_test(loss, off, PARAMS, tolerance=0.02)
    assert report.passed and "up to 0.02 is accepted" in report.message


def test_the_table_shows_two_orders_of_errors_within_the_reach_of_the_slope():
    steps = gradient_test(loss, gradient, PARAMS).steps
    assert len(steps) > 5 and steps[0, 0] <= 0.25
    assert steps[0, 1:] / steps[1, 1:] == pytest.approx([2, 4], rel=0.1)


def test_tensors_are_taken():
    torch = pytest.importorskip("torch")

    def f(W):
        return torch.as_tensor(W).pow(2).sum()

    assert gradient_test(f, lambda W: 2 * torch.as_tensor(W), A).passed


def test_misuse_is_told():
    theta = np.ones(5)
    constant = gradient_test(lambda _: np.sum(theta**2), lambda t: 2 * t, theta)
    assert "use its argument" in constant.message
    assert "pass the function itself" in gradient_test(square(x), slope, x).message
    with pytest.raises(ValueError, match="x comes last"):
        gradient_test(square, x, slope)


def test_half_precision_behind_a_float_is_no_mistake():
    report = gradient_test(lambda p: float(np.float16(loss(p) + 1000)), gradient, PARAMS)
    assert report.verdict == "inconclusive"
