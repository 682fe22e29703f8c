"""Arguments of every kind at every door of the course: a right answer, or one clear error of ours.

What comes is drawn by Hypothesis, always the same examples. A right answer is what the same call
gives for the same numbers as float64, or what NumPy gives in another way.
"""

import copy
import warnings

import numpy as np
import pytest
from hypothesis import configuration, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from scipy.special import log_softmax as scipys_log_softmax

from dlhw import datasets
from dlhw.arguments import one_or_each
from dlhw.arrays import map_arrays, paths
from dlhw.matfiles import load_mat, save_mat
from dlhw.network import original_network, tanh_network
from dlhw.softmax import cross_entropy, cross_entropy_gradient, log_softmax, softmax
from dlhw.training import (
    AffineModel,
    evaluate,
    least_squares,
    softmax_regression,
    squared_error,
    squared_error_gradient,
    train,
)

configuration.set_hypothesis_home_dir(".cache/hypothesis")
quick = settings(max_examples=200, derandomize=True, database=None, deadline=None)

NUMBERS = [np.float64, np.float32, np.int64, np.int8, np.uint8, np.bool_]
OTHERS = [np.complex128, "U3", "M8[D]", object]


def array_of(dtype, shape):
    if dtype is object:
        return arrays_of.arrays(object, shape, elements=st.sampled_from([None, 1.0, "a"]))
    if np.dtype(dtype).kind == "f":
        usual = st.sampled_from([0.0, 1.0, -2.5, 300.0])
        odd = st.sampled_from([np.nan, np.inf, -np.inf, 1e30])
        return arrays_of.arrays(dtype, shape, elements=st.one_of(usual, usual, usual, odd))
    return arrays_of.arrays(dtype, shape)


shapes = st.one_of(
    st.sampled_from([(3, 4), (2, 4), (3, 2), (3, 1), (1, 4), (4,), (2, 3, 4), (2, 2, 4)]),
    arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
arrays = st.tuples(st.sampled_from(NUMBERS + OTHERS), shapes).flatmap(lambda pair: array_of(*pair))
labels = st.sampled_from(NUMBERS).flatmap(
    lambda dtype: st.lists(st.integers(0, 2), min_size=4, max_size=4).map(
        lambda classes: np.eye(3, dtype=dtype)[:, classes]
    )
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 6),
    st.just(-(10**30)),
    st.sampled_from([0.5, -0.5, 2.0, np.nan, np.inf, 1e300, 1j, "", "abc", b"x", object(), len]),
)
containers = st.recursive(
    st.one_of(scalars, arrays),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("Wbx"), inner, max_size=3)
    ),
    max_leaves=5,
)
lists = st.one_of(arrays, labels).map(np.ndarray.tolist)
anything = st.one_of(scalars, arrays, lists, labels, containers)


def answer(call, *args, **kwargs):
    """Return what a call gives, or None for one clear error of ours; no argument has changed."""
    before = [copy.deepcopy(leaf) for _, leaf in paths([args, kwargs])]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = call(*args, **kwargs)
    except ValueError as error:
        assert "expected " in str(error) and ", got" in str(error), error
        result = None
    for old, (_, new) in zip(before, paths([args, kwargs])):
        if isinstance(new, np.ndarray):
            assert old.tobytes() == new.tobytes()
    return result


def floats(x):
    """Return the same numbers as float64, floats in their type."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(float)


def close(a, b):
    return np.allclose(a, b, rtol=1e-5, atol=1e-5, equal_nan=True)


@quick
@given(Z=anything)
def test_softmax_of_anything(Z):
    p, log_p = answer(softmax, Z), answer(log_softmax, Z)
    assert (p is None) == (log_p is None)
    if p is not None and np.isfinite(p).all() and p.dtype.kind == "f":
        assert close(p.sum(axis=-2), 1)
        assert close(log_p, scipys_log_softmax(floats(Z), axis=-2))


@quick
@given(Z=st.one_of(arrays, anything), C=st.one_of(arrays, labels, anything))
def test_losses_of_anything(Z, C):
    """Labels need not be one-hot: samples may have weights. They are never stretched."""
    for loss, gradient in (
        (cross_entropy, cross_entropy_gradient),
        (squared_error, squared_error_gradient),
    ):
        F, dZ = answer(loss, Z, C), answer(gradient, Z, C)
        assert (F is None) == (dZ is None)
        if F is None:
            continue
        assert np.shape(Z)[-2:] == C.shape[-2:] == dZ.shape[-2:]
        if "c" in np.asarray(Z).dtype.kind + C.dtype.kind:
            continue
        Z_, C_, m = floats(Z), floats(C), C.shape[-1]
        with np.errstate(all="ignore"):
            if loss is cross_entropy:
                expected = -(C_ * scipys_log_softmax(Z_, axis=-2)).sum(axis=(-2, -1)) / m
                slope = (np.exp(scipys_log_softmax(Z_, axis=-2)) - C_) / m
            else:
                expected = ((Z_ - C_) ** 2).sum(axis=(-2, -1)) / m
                slope = 2 * (Z_ - C_) / m
        finite = np.isfinite(expected).all() and np.isfinite(F).all()
        assert not finite or (close(F, expected) and close(dZ, slope))


@quick
@given(Z=st.sampled_from(NUMBERS).flatmap(lambda dtype: array_of(dtype, (3, 4))), C=labels)
def test_scores_in_lists_are_scores(Z, C):
    for loss in cross_entropy, cross_entropy_gradient, squared_error, squared_error_gradient:
        with np.errstate(all="ignore"):
            assert close(loss(Z.tolist(), C), loss(Z, C))


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
SETTINGS = ["params", "data", "epochs", "lr", "batch", "steps", "every", "seed", "schedule"]
SETTINGS += ["optimizer", "progress", "model"]


@quick
@given(
    name=st.sampled_from(SETTINGS),
    value=anything,
    batch=st.sampled_from([4, None]),
    replace=st.booleans(),
)
def test_train_with_anything_in_place_of_an_argument(name, value, batch, replace):
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


@settings(quick, max_examples=40)
@given(
    name=st.one_of(st.just("gmm"), st.sampled_from(list(datasets.RULES)), anything),
    X=st.one_of(arrays, anything),
    C=st.one_of(labels, arrays, anything),
    fits=st.booleans(),
)
def test_bayes_accuracy_of_anything(name, X, C, fits):
    if fits:
        X, C = datasets.draw("swissroll", 6, rng=0)[:2]
        name = "swissroll"
    accuracy = answer(datasets.bayes_accuracy, name, X, C)
    assert accuracy is not None or not fits
    if accuracy is not None:
        p = datasets.posterior(name, floats(X))
        assert accuracy == (p.argmax(axis=0) == np.argmax(C, axis=0)).mean()
        assert 0 <= accuracy <= 1 and np.shape(C) == p.shape


@quick
@given(name=anything, m=scalars, rng=anything)
def test_draw_anything(name, m, rng):
    for which in (name, "swissroll"):
        sample = answer(datasets.draw, which, m, rng)
        assert sample is None or sample.X.shape == (2, m)


@quick
@given(
    arrays=st.lists(st.one_of(arrays, anything), max_size=2),
    size=scalars,
    rng=anything,
)
def test_a_subset_of_anything(arrays, size, rng):
    found = answer(datasets.subset, *arrays, size=size, rng=rng)
    if found is not None:
        assert [part.shape[-1] for part in found] == [size] * len(arrays)


@quick
@given(data=st.one_of(anything, st.tuples(arrays, labels, arrays, labels)))
def test_a_file_of_anything(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "Any.mat"
    answer(save_mat, path, data)
    if path.exists():
        for saved, read in zip(data, load_mat(path)):
            assert np.array_equal(np.float32(saved), read)


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


@quick
@given(widths=st.one_of(anything, st.lists(st.one_of(st.integers(0, 5), scalars))))
def test_networks_of_any_widths(widths):
    for make in tanh_network, original_network:
        network = answer(make, widths)
        if network is not None:
            assert [layer.inputs for layer in network.layers] == list(widths[:-1])
            assert network.scores(network.initialise(0), np.ones((widths[0], 4))).shape[1] == 4


@quick
@given(seed=anything, scheme=st.one_of(st.sampled_from(["xavier", "uniform"]), anything))
def test_a_network_begins_with_any_seed(seed, scheme):
    network = tanh_network([2, 5, 3])
    params = answer(network.initialise, seed, scheme)
    if params is not None:
        assert params[0]["W"].shape[-2:] == (5, 2)
        assert scheme in ("xavier", "uniform")


@quick
@given(params=anything, X=st.one_of(arrays, anything))
def test_a_network_with_any_parameters(params, X):
    network = tanh_network([3, 5, 2])
    answer(network.scores, params, X)
    answer(network.loss, params, X, np.eye(2)[:, [0, 1, 1, 0]])


@pytest.mark.parametrize("rate", [-1.0, np.inf, np.nan])
def test_a_rate_is_finite_and_not_negative(rate):
    with pytest.raises(ValueError, match="expected lr to be finite and not negative, got"):
        one_or_each("lr", rate, (), float)
