"""What a gradient claims and what is measured agree where it is right; what is wrong is found."""

import numpy as np
import pytest

from dlhw.arrays import inner, map_arrays
from dlhw.derivative_tests.calling import Stop
from dlhw.derivative_tests.diagnosis import SMALL
from dlhw.derivative_tests.entries import ENTRIES
from dlhw.derivative_tests.probes import (
    FAR,
    GradientProbe,
    one_unit_away,
    reordered,
    size_of,
)
from dlhw.derivative_tests.slopes import RATIO, STEPS

rng = np.random.default_rng(0)
A = rng.standard_normal((3, 5))
X = {"W": rng.standard_normal((3, 5)), "b": 1e-3 * rng.standard_normal((3, 1)), "none": np.empty(0)}


def objective(x):
    return np.sum(A * np.tanh(x["W"] + x["b"]))


def gradient(x):
    dW = A * (1 - np.tanh(x["W"] + x["b"]) ** 2)
    return {"W": dW, "b": dW.sum(axis=1, keepdims=True), "none": np.empty(0)}


def draw(seed=2):
    return np.random.default_rng(seed)


def probe_of(f=objective, grad=gradient, x=X):
    return GradientProbe(f, grad, x, draw(1))


def off_by(error):
    """Return the gradient with an error in W."""

    def wrong(x):
        right = gradient(x)
        return {**right, "W": right["W"] + error}

    return wrong


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("block", [None, "W", "b"])
def test_right_gradients_claim_the_slope_that_is_measured(block, own):
    slope = probe_of().along(draw(), block, own)
    assert slope.verdict == "pass" and slope.block == block
    assert slope.claimed == pytest.approx(slope.line.slope, rel=1e-8)


@pytest.mark.parametrize("block", [None, "b"])
def test_the_size_of_a_slope_is_that_of_its_terms(block):
    d = probe_of().direction(draw(), block)
    slope = probe_of().aim(block, d)
    terms = map_arrays(np.multiply, gradient(X), d)
    assert slope.size == pytest.approx(size_of(terms))
    assert slope.claimed == pytest.approx(inner(gradient(X), d))


def test_a_direction_has_the_size_of_the_parameter_and_stays_in_its_block():
    probe = probe_of()
    drawn = [probe.direction(draw(seed), "b") for seed in range(50)]
    assert all((d["W"] == 0).all() for d in drawn)
    assert np.std([d["b"] for d in drawn]) == pytest.approx(probe.sizes["b"], rel=0.2)
    assert probe.sizes["b"] == pytest.approx(np.sqrt(np.mean(X["b"] ** 2)))
    assert probe.skipped == ["none"] and probe.blocks.keys() == probe.sizes.keys() == {"W", "b"}
    together = probe.direction(draw())
    assert together["W"].all() and together["b"].all()


def test_a_direction_may_have_the_size_of_each_entry():
    x = np.array([1e-3, 1.0, 0.0, 1e3])
    probe = probe_of(np.sum, np.ones(4), x)
    drawn = np.array([probe.direction(draw(seed), own=True) for seed in range(200)])
    assert drawn.std(axis=0) == pytest.approx(np.abs(x), rel=0.2)
    origin = probe_of(np.sum, np.ones(4), np.zeros(4))
    assert origin.direction(draw(), own=True).all() and origin.sizes == {"": 1.0}


def test_steps_are_taken_in_the_number_type_of_x():
    x = {"W": np.ones(3, np.float32), "b": np.ones(2)}
    probe = probe_of(lambda x: np.sum(x["W"]) + np.sum(x["b"]), map_arrays(np.ones_like, x), x)
    moved = probe.moved(0.1, probe.direction(draw()))
    assert (moved["W"].dtype, moved["b"].dtype) == (np.float32, np.float64)
    assert one_unit_away(x)["W"].dtype == np.float32
    beside = one_unit_away(x)
    assert (beside["W"][0] - 1, beside["b"][0] - 1) == (2.0**-23, 2.0**-52)
    assert probe.epsilon == 2.0**-23


def test_small_parameters_are_taken_for_zero_where_f_hardly_feels_them():
    x = {"felt": np.full(3, 1e-9), "not": np.full(3, 1e-9), "large": np.full(3, 7.0)}

    def f(x):
        return 1 + np.sum(1e9 * x["felt"]) + np.sum(x["not"])

    grad = {"felt": np.full(3, 1e9), "not": np.ones(3), "large": np.zeros(3)}
    probe = probe_of(f, grad, x)
    probe.widen(draw(0))
    assert probe.sizes == pytest.approx({"felt": 1e-9, "not": 1.0, "large": 7.0})


@pytest.mark.parametrize("weight, size", [(1e-4, 1.0), (1e-2, 1e-5)])
def test_a_parameter_is_felt_or_not_when_it_changes_by_its_own_size(weight, size):
    """The root of the round-off of f, 1.5e-8, is between the two changes of f."""
    x = np.full(50, 1e-5)
    probe = probe_of(lambda moved: 1 + weight * np.linalg.norm(moved - x), 0 * x, x)
    probe.widen(draw())
    assert probe.sizes == pytest.approx({"": size})


def test_a_block_is_independent_only_if_f_is_flat_along_it_far_away_too():
    x = {name: np.ones(3) for name in ("idle", "cut off", "used")}

    def f(x):
        return np.sum(np.maximum(x["cut off"], 4.0)) + np.sum(x["used"])

    probe = probe_of(f, {"idle": np.zeros(3), "cut off": np.zeros(3), "used": np.ones(3)}, x)
    assert {block: probe.independent(draw(), block) for block in x} == {
        "idle": True,
        "cut off": False,
        "used": False,
    }
    assert FAR > 4


def test_a_block_that_matters_only_beside_another_is_not_independent():
    x = {"factor": np.zeros(1), "W": np.ones(3)}

    def f(x):
        return float(x["factor"][0] * np.sum(x["W"]))

    probe = probe_of(f, {"factor": np.array([3.0]), "W": np.zeros(3)}, x)
    assert probe.along(draw(), "W").verdict == "vacuous" and not probe.independent(draw(), "W")


def test_outside_of_its_domain_f_is_nan_and_the_trouble_is_kept():
    def strict(x):
        if (x > 10).any():
            raise ValueError("too large")
        return float(np.sum(x))

    probe = probe_of(strict, np.ones(2), np.ones(2))
    assert np.isnan(probe.at(100.0, np.ones(2)))
    assert isinstance(probe.trouble, Stop) and "too large" in probe.trouble.message


def test_calls_of_f_are_counted():
    calls = []
    probe = probe_of(lambda x: calls.append(1) or objective(x))
    probe.along(draw())
    assert probe.calls == len(calls) > 2 * len(STEPS)


def test_what_is_no_function_is_not_counted_but_told():
    with pytest.raises(Stop, match="f is a float: pass the function itself"):
        probe_of(3.0)


def staircase(tread):
    return lambda x: objective(x) + tread * np.round(np.sum(x["W"]) / tread)


@pytest.mark.parametrize("tread", [1e-4, 1e-11])
def test_jumps_near_x_are_found_and_the_slope_is_then_measured_across_many(tread):
    probe = probe_of(staircase(tread), off_by(1.0))
    assert probe.look_for_jumps(draw(), "W", own=False, noise=1e-16)
    assert probe.jump == pytest.approx(tread, rel=0.1)
    slope = probe.along(draw(), "W")
    assert slope.difference == pytest.approx(0, abs=slope.tolerance)
    probe.jump = 0.1
    assert probe.along(draw(), "W").line.error > 0.1
    smooth = probe_of()
    assert not smooth.look_for_jumps(draw(), "W", own=False, noise=1e-16) and smooth.jump == 0.0
    assert not probe.look_for_jumps(draw(), "W", own=False, noise=tread) and probe.jump == 0.0


def test_a_mistake_is_named_from_the_entries_and_the_spread_of_the_block():
    def named(grad, x):
        probe = probe_of(np.sum, grad, x)
        return probe.name("", [probe.along(draw(seed), "") for seed in range(4)])

    assert named(np.full(3, 1.37), np.ones(3)).cause == "scale"
    assert named(np.full(1, 1.37), np.ones(1)).cause == "wrong"
    x = np.array([2.0, 1.0, 3.0])
    assert named(1 + 0.1 * x, x)[:2] == ("missing_term", "parameter")
    alone = np.array([2.0, 1e-6, 1e-6])
    assert named(1 + 0.1 * alone, alone).cause != "missing_term"
    assert named(1 + np.zeros(3), np.zeros(3)) is not None


ENTRY = (np.arange(15) == 7).reshape(3, 5)


@pytest.mark.parametrize(
    "error, place",
    [(ENTRY, "entry (1, 2)"), (ENTRY.any(axis=1, keepdims=True), "row 1"), (1.0, "every entry")],
)
def test_a_wrong_gradient_has_a_place(error, place):
    probe = probe_of(grad=off_by(error))
    probe.elsewhere = lambda x, rng: probe_of(grad=off_by(error), x=x)
    calls = probe.calls
    assert probe.place("W", [probe.along(draw(), "W")], draw()) == place
    assert probe.calls > calls


def test_what_is_right_at_far_smaller_parameters_is_cut_off():
    def clipped(x):
        return float(np.sum(A * np.clip(x["W"], -1, 1)))

    def unclipped(x):
        return {**gradient(x), "W": A, "b": 0 * x["b"]}

    probe = probe_of(clipped, unclipped)
    probe.elsewhere = lambda x, rng: probe_of(clipped, unclipped, x)
    slopes = [probe.along(draw(), "W")]
    calls = probe.calls
    assert probe.right_near_zero("W", draw()) and probe.place("W", slopes, draw()) == "cut off"
    assert probe.calls > calls + 2 * len(STEPS)
    small = [slopes[0]._replace(claimed=slopes[0].line.slope * (1 + SMALL / 100))]
    assert probe.place("W", small, draw()) != "cut off"


def test_what_cannot_be_asked_at_smaller_parameters_is_not_right_there():
    def picky(x, rng):
        raise Stop("raises", "no")

    probe = probe_of()
    probe.elsewhere = picky
    assert not probe.right_near_zero("W", draw())


def test_a_sentence_knows_the_lengths_of_the_arrays():
    probe = probe_of()
    assert probe.lengths() == {3: "rows of W", 5: "columns of W", 1: "columns of b"}
    bare = probe_of(np.sum, np.ones(4), np.ones(4))
    assert bare.lengths() == {4: "entries of x"}
    finding = bare.name("", [bare.along(draw())])
    assert bare.sentence(finding, "", 0.1).startswith("The gradient ")
    assert probe.sentence(finding, "W", 0.1).startswith('The gradient in "W" ')


def test_blocks_that_hardly_count_in_the_whole_are_no_weighty_ones():
    x = {"W": np.ones(3), "b": np.full(3, 1e-3), "c": np.full(3, 0.1)}
    probe = probe_of(lambda x: sum(map(np.sum, x.values())), map_arrays(np.ones_like, x), x)
    assert probe.weighty() == ["W", "c"]


def test_a_claim_has_the_round_off_of_its_own_number_type():
    double, single = (
        probe_of(grad=map_arrays(lambda a, kind=kind: a.astype(kind), gradient(X))).along(draw())
        for kind in (np.float64, np.float32)
    )
    assert double.own < 1e-7 * double.size and single.own > 1e-6 * single.size
    assert (double.verdict, single.verdict) == ("pass", "pass")


@pytest.mark.parametrize(
    "wobble, bar, verdict",
    [(1e-10, 1e-8, "pass"), (1e-6, 1e-7, "low_precision"), (1e-4, 1e-7, "low_precision")],
)
def test_a_gradient_that_loses_digits_says_so_one_round_off_away(wobble, bar, verdict):
    """Its last digits differ from those at its neighbour as they do from the true ones."""

    def rough(x):
        return map_arrays(lambda g, a: g * (1 + wobble * np.sin(1e16 * a)), gradient(x), x)

    slope = probe_of(grad=rough).along(draw(), "W")
    assert slope.own == pytest.approx(bar * slope.size, rel=1e-3)
    assert slope.verdict == verdict
    assert 3 * wobble * slope.size < slope.lost < 30 * wobble * slope.size


def test_a_gradient_of_the_point_that_f_was_last_called_at_is_stale():
    last = {}

    def remembering(x):
        last.update(x)
        return objective(x)

    with pytest.raises(Stop, match="depends on where f was called last"):
        probe_of(remembering, lambda x: gradient(last))


def test_an_array_does_not_say_how_well_it_is_known():
    slope = probe_of(grad=gradient(X)).along(draw(), "W")
    assert slope.lost == 0.0 and 1e-9 * slope.size < slope.own < 1e-7 * slope.size


def test_round_off_of_large_parameters_counts():
    """The slope is that of a difference of two numbers of 1e8."""
    x = np.array([1e8, 1e8 + 1])
    line = probe_of(lambda x: x[0] - x[1], np.array([1.0, -1.0]), x).along(draw(), "").line
    assert line.noise > 1e-9


def test_hints_are_what_another_mistake_would_claim():
    M = {"W": rng.standard_normal((3, 3)), "V": rng.standard_normal((2, 3))}
    probe = probe_of(
        lambda x: sum(np.sum(a**2) for a in x.values()), map_arrays(lambda a: 2 * a, M), M
    )
    d = probe.direction(draw(0))
    square, oblong = probe.aim("W", d).hints(), probe.hints("V", d)
    assert square["transposed"] == pytest.approx(np.sum(2 * M["W"].T * d["W"]))
    assert oblong["parameter"] == pytest.approx(np.sum(M["V"] * d["V"]))
    assert oblong.keys() == {"parameter", "result", "result back"}


def test_entries_in_another_order():
    a = np.arange(6).reshape(2, 3)
    by_columns = a.ravel(order="F").reshape(2, 3)
    assert (reordered("result", by_columns)["result"] == a).all()
    by_rows = a.ravel().reshape((2, 3), order="F")
    assert (reordered("result", by_rows)["result back"] == a).all()
    assert (reordered("argument", np.array([[1, 2], [3, 4]]))["argument"] == [[1, 3], [2, 4]]).all()
    for one_order in (np.ones(3), np.ones((3, 1)), np.ones((2, 3, 4))):
        assert reordered("result", one_order) == {}


@pytest.mark.parametrize("shape", [(3, 5), (20, 30), (500,), (200, 3)])
def test_the_one_wrong_entry_is_found_singly_or_with_its_stretch(shape):
    at = tuple(length // 2 for length in shape)
    G, x = rng.standard_normal(shape), rng.standard_normal(shape)
    wrong = G.copy()
    wrong[at] += 1
    probe = probe_of(lambda x: np.sum(G * x), wrong, x)
    found = probe.wrong_entries("", probe.along(draw()).line, draw())
    assert found.shape == shape and found[at]
    assert found.sum() <= np.ceil(max(1, G.size / ENTRIES))


def test_entries_of_zero_are_looked_at_too():
    wrong = probe_of(np.sum, np.array([1.0, 2.0, 1.0]), np.array([1.0, 0.0, 3.0]))
    assert wrong.wrong_entries("", wrong.along(draw()).line, draw()).tolist() == [
        False,
        True,
        False,
    ]


def test_the_steps_of_the_search_have_the_size_of_each_entry():
    """A logarithm ends at zero, which is near for a small entry."""
    x = np.array([1e-6, 1.0, 1.0, 1.0])
    probe = probe_of(lambda x: np.sum(np.log(x)), 1 / x + [0, 0, 0.5, 0], x)
    line = probe.along(draw(), own=True).line
    assert probe.wrong_entries("", line, draw()).tolist() == [False, False, True, False]


def test_the_steps_of_the_search_stay_within_the_reach_of_the_slope():
    """Further away f is another function, and the gradient would seem wrong everywhere."""
    x = np.ones(4)

    def bent(x):
        return np.sum(x) + np.sum(np.maximum(x - 1 - 1e-3, 0))

    probe = probe_of(bent, np.array([1.0, 1.0, 1.5, 1.0]), x)
    slope = probe.along(draw())
    assert slope.line.reach / RATIO < 1e-3
    assert probe.wrong_entries("", slope.line, draw()).tolist() == [False, False, True, False]
