"""Arguments of every kind at the doors of a training: a right answer, or one error of ours."""

import numpy as np
import pytest
from any_argument import answer, anything, arrays, close, floats, labels, quick
from hypothesis import assume, given
from hypothesis import strategies as st

from dlhw.arrays import map_arrays, paths
from dlhw.network import tanh_network
from dlhw.softmax import cross_entropy
from dlhw.training import AffineModel, evaluate, least_squares, softmax_regression, train
from dlhw.training_arguments import checked_counts, checked_samples, one_or_each


def usual():
    """Return the arguments of a small training, with dimensions that all differ."""
    rng = np.random.default_rng(0)
    return dict(
        params={"W": rng.standard_normal((3, 2)), "b": rng.standard_normal((3, 1))},
        data=[
            rng.standard_normal((2, 7)),
            np.eye(3)[:, rng.integers(3, size=7)],
            rng.standard_normal((2, 5)),
            np.eye(3)[:, rng.integers(3, size=5)],
        ],
        epochs=2,
        lr=0.1,
        batch=4,
    )


NUMBER_TYPES = st.sampled_from([float, np.float32, int, np.int8, np.uint8, bool])
FUNCTIONS = ["schedule", "optimizer", "progress"]
COUNTS = ["epochs", "batch", "steps", "every"]
SETTINGS = ["model", "params", "data", "lr", "seed", *COUNTS, *FUNCTIONS]


@quick
@given(
    name=st.sampled_from(SETTINGS),
    value=anything,
    batch=st.sampled_from([4, None]),
    replace=st.booleans(),
)
def test_train_with_anything_in_place_of_an_argument(name, value, batch, replace):
    assume(not callable(value) or name not in FUNCTIONS)  # a function's errors are its own
    arguments = dict(model=softmax_regression, **usual(), replace=replace) | {"batch": batch}
    history = answer(train, **(arguments | {name: value}))
    if history is not None:
        assert np.isfinite(history.train_loss).all() or name in ("lr", "params")
        assert len(history.epoch) >= 1


@quick
@given(place=st.integers(0, 3), value=st.one_of(arrays, labels, anything))
def test_train_with_anything_in_place_of_an_array_of_the_data(place, value):
    arguments = usual()
    arguments["data"][place] = value
    history = answer(train, softmax_regression, **arguments)
    if history is None:
        return
    arguments["data"][place] = floats(value)
    again = train(softmax_regression, **arguments)
    assert same(history.params, again.params)
    assert np.array_equal(history.val_loss, again.val_loss)


@quick
@given(place=st.sampled_from(["W", "b"]), value=st.one_of(arrays, anything))
def test_train_from_anything(place, value):
    arguments = usual()
    arguments["params"][place] = value
    history = answer(train, softmax_regression, **arguments)
    if history is not None and not history.failed:
        arguments["params"][place] = floats(value)
        assert same(history.params, train(softmax_regression, **arguments).params)


def same(x, y):
    return all(equal for _, equal in paths(map_arrays(np.array_equal, x, y)))


@quick
@given(types=st.tuples(NUMBER_TYPES, NUMBER_TYPES), batch=st.sampled_from([4, None]))
def test_parameters_of_any_number_type_learn(types, batch):
    """Whole numbers become float64: in their own type the rate would be zero."""
    arguments = usual() | {"batch": batch}
    W, b = arguments["params"].values()
    params = {"W": np.abs(W).astype(types[0]), "b": np.abs(b).astype(types[1])}
    history = train(softmax_regression, **(arguments | {"params": params}))
    dtype = np.result_type(*map(floats, params.values()))
    again = train(
        softmax_regression,
        **(arguments | {"params": map_arrays(lambda p: p.astype(dtype), params)}),
    )
    assert {p.dtype for p in history.params.values()} == {dtype}
    assert same(history.params, again.params) and not same(history.params, params)


@quick
@given(gradient=st.one_of(anything, st.fixed_dictionaries({"W": arrays, "b": arrays})))
def test_a_gradient_of_anything_is_refused_unless_it_has_the_shapes_of_the_parameters(gradient):
    class Wrong(AffineModel):
        def gradient(self, params, X, C):
            return gradient

    for batch in 4, None:
        arguments = usual() | {"batch": batch}
        if answer(train, Wrong(*softmax_regression), **arguments) is not None:
            shapes = {name: np.shape(array) for name, array in gradient.items()}
            assert shapes == {"W": (3, 2), "b": (3, 1)}


@pytest.mark.parametrize("shape", [(1, 2), (3, 1), (1, 1), (2,), ()])
def test_a_gradient_that_would_be_stretched_is_refused_before_the_second_step(shape):
    calls = []

    class Wrong(AffineModel):
        def gradient(self, params, X, C):
            calls.append(X)
            return {"W": np.ones(shape), "b": np.ones((3, 1))}

    with pytest.raises(ValueError, match="a gradient of the parameters' shapes .*, got"):
        train(Wrong(*softmax_regression), **usual())
    assert len(calls) == 1


@quick
@given(made=st.one_of(anything, st.tuples(anything, anything)))
def test_what_a_rule_makes_is_refused_unless_it_has_the_shapes_of_the_parameters(made):
    def rule(gradient, w, v, lr):
        return made

    answer(train, softmax_regression, **usual(), optimizer=rule)


@pytest.mark.parametrize("shapes", [{"W": (3, 2), "b": (3, 1)}, {"W": (3, 2)}])
def test_a_rule_that_forgets_the_velocity_is_refused(shapes):
    """Its two parameters could pass for w and v."""

    def forgetful(gradient, w, v, lr):
        return {name: np.zeros(shape) for name, shape in shapes.items()}

    with pytest.raises(ValueError, match="expected w and v of the optimizer, got a dict"):
        train(softmax_regression, **usual(), optimizer=forgetful)


@pytest.mark.parametrize("shape", [(3, 3), (1, 2), (3, 1), ()])
def test_a_rule_that_changes_the_shapes_is_refused(shape):
    def reshaping(gradient, w, v, lr):
        return {"W": np.zeros(shape), "b": w["b"]}, v

    with pytest.raises(ValueError, match="expected w of the optimizer of the parameters' shapes"):
        train(softmax_regression, **usual(), optimizer=reshaping)


@quick
@given(
    X=st.one_of(arrays, anything),
    C=st.one_of(labels, arrays, anything),
    model=st.sampled_from([softmax_regression, least_squares, tanh_network([3, 5, 3])]),
)
def test_evaluate_anything(X, C, model):
    params = usual()["params"]
    params["W"] = np.ones((3, 3)) - np.eye(3)
    if model not in (softmax_regression, least_squares):
        params = model.initialise(seed=0)
    found = answer(evaluate, model, params, X, C)
    if found is None:
        return
    X, C = floats(X), floats(C)
    Z = model.scores(params, X)
    assert Z.shape == C.shape
    criterion = getattr(model, "criterion", cross_entropy)
    if criterion is cross_entropy:
        assert np.array_equal(np.sort(C, axis=-2)[..., -1, :], np.ones(C.shape[-1]))
        assert np.count_nonzero(C) == C.shape[-1]
    assert close(found[0], criterion(Z, C))
    assert close(found[1], (Z.argmax(axis=-2) == C.argmax(axis=-2)).mean(axis=-1))


@quick
@given(scores=anything)
def test_scores_of_anything_are_refused_unless_they_have_the_shape_of_the_labels(scores):
    class Wrong(AffineModel):
        def scores(self, params, X):
            return scores

    arguments = usual()
    X, C = arguments["data"][2:]
    if answer(evaluate, Wrong(*softmax_regression), arguments["params"], X, C) is not None:
        assert np.shape(scores)[-2:] == C.shape


def test_a_model_cannot_change_the_samples():
    """With all samples in a step it gets the caller's own: to read, not to change."""

    class Centring(AffineModel):
        def scores(self, params, X):
            X -= 1
            return super().scores(params, X)

    for batch in 4, None:
        arguments = usual() | {"batch": batch}
        before = [a.copy() for a in arguments["data"]]
        with pytest.raises(ValueError, match="read-only"):
            train(Centring(*softmax_regression), **arguments)
        with pytest.raises(ValueError, match="read-only"):
            evaluate(Centring(*softmax_regression), arguments["params"], *arguments["data"][:2])
        assert all(np.array_equal(a, b) for a, b in zip(before, arguments["data"]))


def test_a_rule_that_changes_the_parameters_in_place_leaves_the_start_alone():
    def in_place(gradient, w, v, lr):
        for name, g in gradient(w).items():
            w[name] -= lr * g
        return w, v

    arguments = usual()
    history = train(softmax_regression, **arguments, optimizer=in_place)
    assert same(arguments["params"], usual()["params"])
    assert not same(history.params, arguments["params"])


@pytest.mark.parametrize("rate", [-1.0, np.inf, np.nan])
def test_a_rate_is_finite_and_not_negative(rate):
    with pytest.raises(ValueError, match="expected lr to be finite and not negative, got"):
        one_or_each("lr", rate, (), float)


def test_a_rate_beyond_the_number_type_is_refused_without_a_warning():
    with pytest.raises(ValueError, match="expected lr to be finite and not negative, got inf"):
        one_or_each("lr", 1e300, (), np.float32)


def test_samples_beyond_the_number_type_are_refused_without_a_warning():
    C = np.eye(3)
    with pytest.raises(ValueError, match="expected finite numbers in X, got 1 of 6 that are not"):
        checked_samples(np.array([[1e300, 1, 1], [1, 1, 1]]), C, True, dtype=np.float32)


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_is_called_by_its_name(name):
    with pytest.raises(ValueError, match=f"expected {name} to be a whole number, .* got -1"):
        train(softmax_regression, **(usual() | {name: -1}))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("made", [np.int8, lambda count: np.array(count, np.int8)])
def test_counts_of_a_small_number_type_count_as_far_as_others(made):
    counts = dict(epochs=127, batch=1, steps=2, every=100)
    small = {name: made(count) for name, count in counts.items()}
    histories = [train(softmax_regression, **(usual() | given)) for given in (counts, small)]
    assert histories[0].epoch.tolist() == histories[1].epoch.tolist() == [0, 100, 127]
    assert same(*(history.params for history in histories))


@pytest.mark.parametrize("seeds", [range(2), np.arange(2), (0, 1)])
def test_several_seeds_are_those_of_a_stack_whatever_holds_them(seeds):
    arguments = usual()
    arguments["params"] = map_arrays(lambda p: np.stack([p, p]), arguments["params"])
    listed = train(softmax_regression, **arguments, seed=[0, 1])
    assert same(train(softmax_regression, **arguments, seed=seeds).params, listed.params)
    with pytest.raises(ValueError, match="expected a list of 1 seeds, one for each network, got"):
        train(softmax_regression, **usual(), seed=seeds)


def test_a_parameter_that_is_not_finite_is_called_by_its_name():
    arguments = usual()
    arguments["params"]["b"][1] = np.nan
    with pytest.raises(ValueError, match="expected finite numbers in b, got 1 of 3 that are not"):
        train(softmax_regression, **arguments)


def test_without_a_step_the_start_is_evaluated():
    history = train(softmax_regression, **(usual() | {"epochs": 0}))
    assert history.epoch.tolist() == [0] and same(history.params, usual()["params"])


def test_all_samples_in_a_batch_are_one_step_an_epoch():
    assert checked_counts(3, None, None, 1, m=10, replace=True) == (3, None, 1, 1)
    assert checked_counts(3, 4, None, 1, m=10, replace=True) == (3, 4, 2, 1)


@pytest.mark.parametrize("shape", [(3,), (), (2, 2, 3, 1)])
def test_parameters_have_two_axes_or_three(shape):
    arguments = usual()
    arguments["params"]["b"] = np.zeros(shape)
    with pytest.raises(ValueError, match=r"expected parameters of shape \(rows, columns\)"):
        train(softmax_regression, **arguments)


def test_a_validation_part_is_whole_or_left_out():
    for parts in 0, 1, 3:
        with pytest.raises(ValueError, match=f"X_train, C_train and perhaps .*, got {parts}"):
            train(softmax_regression, **(usual() | {"data": usual()["data"][:parts]}))
    history = train(softmax_regression, **(usual() | {"data": usual()["data"][:2]}))
    assert np.isnan(history.val_loss).all()


@pytest.mark.parametrize("stacked", [[0, 1], [2, 3]])
def test_samples_of_a_stack_are_for_as_many_networks_as_there_are(stacked):
    arguments = usual()
    for place in stacked:
        arguments["data"][place] = np.stack([arguments["data"][place]] * 2)
    with pytest.raises(ValueError, match="for all or each of 1 networks, got"):
        train(softmax_regression, **arguments)


def test_samples_of_a_stack_come_in_stacks():
    X, C = checked_samples(np.ones((2, 4, 3)), np.stack([np.eye(3)] * 2), one_hot=True)
    assert X.shape == (2, 4, 3) and C.shape == (2, 3, 3)
