"""Products with a Jacobian claim what is measured where they are right; the wrong is found."""

import numpy as np
import pytest

from dlhw.arrays import inner, map_arrays, paths
from dlhw.derivative_tests.calling import Stop
from dlhw.derivative_tests.products import (
    AdjointProbe,
    JacobianProbe,
    TransposeProbe,
    square_hints,
)

rng = np.random.default_rng(0)
A = rng.standard_normal((4, 3))
X = {"W": rng.standard_normal((3, 5)), "b": rng.standard_normal((3, 1)), "none": np.empty(0)}


def forward(x):
    return A @ np.tanh(x["W"] + x["b"])


def slope_of(x):
    return 1 - np.tanh(x["W"] + x["b"]) ** 2


def jvp(x, v):
    return A @ (slope_of(x) * (v["W"] + v["b"]))


def vjp(x, u):
    dZ = (A.T @ u) * slope_of(x)
    return {"W": dZ, "b": dZ.sum(axis=1, keepdims=True), "none": np.empty(0)}


def draw(seed=2):
    return np.random.default_rng(seed)


def jacobian(jvp=jvp, f=forward, x=X):
    return JacobianProbe(f, jvp, x, draw(1))


def transpose(vjp=vjp, f=forward, x=X):
    return TransposeProbe(f, vjp, x, draw(1))


def adjoint(vjp=vjp, jvp=jvp, x=X):
    return AdjointProbe(jvp, vjp, x, draw(1))


PROBES = [jacobian, transpose, adjoint]


@pytest.mark.parametrize("probe_of", PROBES)
@pytest.mark.parametrize("block", [None, "W", "b"])
def test_right_products_claim_the_slope_that_is_measured(probe_of, block):
    slope = probe_of().along(draw(), block)
    assert slope.verdict == "pass" and slope.block == block
    assert slope.claimed == pytest.approx(slope.line.slope, rel=1e-8)
    assert 0 < slope.own < 1e-7 * slope.size


@pytest.mark.parametrize("probe_of", PROBES)
@pytest.mark.parametrize("change", [1e-6, 1.0])
def test_wrong_products_claim_another_slope(probe_of, change):
    right = jvp if probe_of is jacobian else vjp

    def wrong(x, argument):
        product = right(x, argument)
        if probe_of is jacobian:
            return product * (1 + change * np.arange(4)[:, None])
        return {**product, "W": product["W"] * (1 + change * np.arange(5))}

    slope = probe_of(wrong).along(draw(), "W")
    assert slope.verdict == "fail" and slope.relative_error > change / 10


@pytest.mark.parametrize("probe_of", PROBES)
def test_an_error_that_is_accepted_passes(probe_of):
    right = jvp if probe_of is jacobian else vjp
    probe = probe_of(lambda x, argument: map_arrays(lambda a: 1.05 * a, right(x, argument)))
    assert probe.along(draw(), "W").verdict == "fail"
    probe.accepted = 0.1
    assert probe.along(draw(), "W").verdict == "pass"


@pytest.mark.parametrize("probe_of", PROBES)
def test_every_direction_has_its_own_u_and_one_block_changes_alone(probe_of):
    probe = probe_of()
    d = probe.direction(draw(), "b")
    first, again = probe.aim("b", d), probe.aim("b", d)
    assert (first.claimed == again.claimed) is (probe_of is transpose)
    assert not d["W"].any()


def test_u_is_one_for_all_directions_of_the_transposed_test_and_has_the_shape_of_f():
    probe = transpose()
    assert probe.u.shape == (4, 5)
    d = probe.direction(draw())
    assert probe.claim(d) == pytest.approx(np.sum(probe.u * jvp(X, d)))
    assert probe.start == pytest.approx(np.sum(probe.u * forward(X)))


def test_the_line_of_the_jacobian_test_goes_along_one_u():
    probe = jacobian()
    d, u = probe.direction(draw()), draw().standard_normal((4, 5))
    assert probe.line(d, u)(0.5) == pytest.approx(np.sum(u * probe.at(0.5, d)))
    of_its_own = probe.line(d)
    assert of_its_own(0.5) == of_its_own(0.5) != probe.line(d)(0.5)
    assert probe.claim(d) == pytest.approx(jvp(X, d))


def test_calls_of_f_are_counted_and_the_adjoint_test_has_none():
    for probe_of in (jacobian, transpose):
        calls = []
        probe = probe_of(f=lambda x, calls=calls: calls.append(1) or forward(x))
        probe.along(draw())
        assert probe.calls == len(calls) > 0
    probe = adjoint()
    probe.along(draw())
    assert probe.calls == 0


def test_what_is_computed_in_single_precision_has_its_round_off():
    def single(product):
        return lambda x, argument: {
            path: leaf.astype(np.float32) for path, leaf in paths(product(x, argument))
        }

    for probe_of in (transpose, adjoint):
        slope = probe_of(single(vjp)).along(draw(), "W")
        assert slope.verdict == "pass" and slope.own > 1e-7 * slope.size
    slope = jacobian(lambda x, v: jvp(x, v).astype(np.float32)).along(draw(), "W")
    assert slope.verdict == "pass" and slope.own > 1e-7 * slope.size


@pytest.mark.parametrize("probe_of", [jacobian, transpose])
def test_f_has_the_round_off_of_its_number_type_and_of_large_parameters(probe_of):
    assert probe_of().epsilon == np.finfo(float).eps
    assert probe_of(f=lambda x: forward(x).astype(np.float32)).epsilon == np.finfo(np.float32).eps
    D, x = np.array([[1.0, -1.0]]), np.array([1e8, 1e8 + 1])
    taken = D if probe_of is jacobian else D.T
    probe = probe_of(lambda x, argument: taken @ argument, lambda x: D @ x, x)
    assert probe.along(draw(), "").line.noise > 1e-9


@pytest.mark.parametrize("probe_of", [jacobian, transpose])
def test_products_of_the_point_that_f_was_last_called_at_are_stale(probe_of):
    last = {}

    def remembering(x):
        last.update(x)
        return forward(x)

    right = jvp if probe_of is jacobian else vjp
    with pytest.raises(Stop, match="depends on where f was called last"):
        probe_of(lambda x, argument: right(last, argument), remembering).along(draw())


@pytest.mark.parametrize("probe_of", [jacobian, transpose])
@pytest.mark.parametrize("wobble, verdict", [(1e-9, "pass"), (1e-5, "low_precision")])
def test_a_product_that_loses_digits_says_so_one_round_off_away(probe_of, wobble, verdict):
    def rough(x):
        return 1 + wobble * np.sin(1e16 * x["W"])

    def rough_jvp(x, v):
        return jvp(x, {**v, "W": v["W"] * rough(x), "b": 0 * v["b"]})

    def rough_vjp(x, u):
        return {**vjp(x, u), "W": vjp(x, u)["W"] * rough(x)}

    probe = probe_of(rough_jvp if probe_of is jacobian else rough_vjp)
    assert probe.along(draw(), "W").verdict == verdict


@pytest.mark.parametrize("probe_of", [transpose, adjoint])
@pytest.mark.parametrize("times", [1.5, 0.0])
def test_the_one_wrong_entry_is_found(probe_of, times):
    def wrong(x, u):
        right = vjp(x, u)
        right["W"][1, 2] *= times
        return right

    probe = probe_of(wrong)
    found = probe.wrong_entries("W", probe.along(draw(), "W").line, draw(3))
    assert np.argwhere(found).tolist() == [[1, 2]]


@pytest.mark.parametrize("block, row", [("W", 0), ("b", 2)])
def test_the_row_of_a_product_that_a_block_makes_wrong_is_found(block, row):
    def wrong(x, v):
        factors = {"W": 1 + 0.5 * (np.arange(4) == 0), "b": 1 + 0.5 * (np.arange(4) == 2)}
        alone = {path: jvp(x, probe.only(path, v[path])) for path in factors}
        return sum(factors[path][:, None] * product for path, product in alone.items())

    probe = jacobian(wrong)
    found = probe.wrong_entries(block, probe.along(draw()).line, draw(3))
    assert found.all(axis=1).tolist() == [number == row for number in range(4)]
    assert found.sum() == 5
    right = jacobian()
    assert not right.wrong_entries(block, right.along(draw()).line, draw(3)).any()


def test_the_adjoint_test_takes_the_block_that_is_meant():
    def wrong(x, u):
        right = vjp(x, u)
        return {**right, "b": 2 * right["b"]}

    probe = adjoint(wrong)
    line = probe.along(draw(), "b").line
    assert probe.wrong_entries("b", line, draw(3)).all()
    assert probe.along(draw(), "W").verdict == "pass"
    assert probe.along(draw(), "b").verdict == probe.along(draw()).verdict == "fail"


def test_the_adjoint_test_remembers_a_block_that_comes_transposed():
    probe = adjoint(lambda x, u: {**vjp(x, u), "W": vjp(x, u)["W"].T})
    assert probe.along(draw(), "W").verdict == "pass" and probe.swapped == {"W"}


@pytest.mark.parametrize("size", [1.0, 1e6])
def test_the_adjoint_test_allows_for_round_off_where_large_terms_cancel(size):
    """The entries of v sum to round-off alone, and the two sums take other orders."""
    probe = adjoint(lambda x, u: u * np.ones(999), lambda x, v: v.sum(keepdims=True), np.ones(999))
    v = size * draw().standard_normal(999)
    slope = probe.aim("", v - v.mean())
    assert slope.difference != 0 and abs(slope.difference) <= slope.tolerance < 1e-9 * size


def test_the_adjoint_test_measures_nothing():
    probe = adjoint()
    assert not probe.look_for_jumps(draw(), "W", False, 0.0) and not probe.right_near_zero(
        "W", draw()
    )
    assert probe.independent(draw(), "W")
    before = dict(probe.sizes)
    probe.widen(draw())
    assert probe.sizes == before
    line = probe.along(draw(), "W").line
    assert (line.error, line.gap, line.noise, line.kinked, line.flat) == (0, 0, 0, False, False)


@pytest.mark.parametrize(
    "back, there, verdict", [(0, 0, "vacuous"), (0, 1, "fail"), (1, 0, "fail")]
)
def test_only_where_both_products_vanish_nothing_was_tested(back, there, verdict):
    probe = adjoint(lambda x, u: back * A.T @ u, lambda x, v: there * A @ v, np.ones(3))
    assert probe.along(draw(), "").verdict == verdict


M = rng.standard_normal((3, 3))


@pytest.mark.parametrize("probe_of", PROBES[:2])
def test_square_products_have_the_hint_of_the_other_product(probe_of):
    """J is M: J v takes it for its transpose, J^T u takes it as it is."""
    taken = M.T if probe_of is jacobian else M
    probe = probe_of(lambda x, argument: taken @ argument, lambda x: M @ x, np.ones(3))
    slope = probe.along(draw(), "")
    assert slope.hints()["product"] == pytest.approx(slope.line.slope)


@pytest.mark.parametrize("probe_of", PROBES[:2])
def test_the_hint_of_a_skip_connection_is_what_it_carries(probe_of):
    taken = M if probe_of is jacobian else M.T
    probe = probe_of(lambda x, argument: taken @ argument, lambda x: x + M @ x, np.ones(3))
    slope = probe.along(draw(), "")
    assert slope.claimed + slope.hints()["identity"] == pytest.approx(slope.line.slope)


def by_columns(a):
    return a.ravel(order="F").reshape(a.shape)


def through(x):
    return A @ x


Z = rng.standard_normal((3, 5))
MIXED = {
    "result of J v": (jacobian, lambda x, v: by_columns(A @ v), "result"),
    "argument of J v": (jacobian, lambda x, v: A @ by_columns(v), "argument"),
    "result of J^T u": (transpose, lambda x, u: by_columns(A.T @ u), "result"),
    "argument of J^T u": (transpose, lambda x, u: A.T @ by_columns(u), "argument"),
}


@pytest.mark.parametrize("name", MIXED)
def test_hints_have_the_result_and_the_argument_in_another_order(name):
    """One of the two ways undoes the mistake."""
    probe_of, product, order = MIXED[name]
    slope = probe_of(product, through, Z).along(draw(), "")
    hints = slope.hints()
    undone = [key for key, hint in hints.items() if hint == pytest.approx(slope.line.slope)]
    assert undone in ([order], [f"{order} back"])
    assert {"result", "result back", "argument", "argument back"} <= hints.keys()


def test_another_order_of_one_blocks_argument_leaves_the_others_at_rest():
    x = {"W": Z, "b": np.ones((3, 1))}
    probe = jacobian(
        lambda x, v: A @ (by_columns(v["W"]) + v["b"]), lambda x: A @ (x["W"] + x["b"]), x
    )
    slope = probe.along(draw(), "W")
    assert slope.line.slope in [pytest.approx(hint) for hint in slope.hints().values()]


def test_hints_of_the_two_products():
    to, onto = rng.standard_normal((2, 3))
    hints = square_hints(lambda x, v: M @ v, None, "", to, onto)
    assert hints == pytest.approx({"identity": to @ onto, "product": onto @ M @ to})
    assert square_hints(None, None, "", to, onto[:2]) == {}
    nested = square_hints(None, None, "W", {"W": to, "b": onto}, onto)
    assert nested == pytest.approx({"identity": inner(to, onto)})
    assert square_hints(None, None, "c", {"W": to}, onto) == {}
