"""Arguments of every kind at the doors of the course: a right answer, or one clear error of ours.

A right answer is what the same call gives for the same numbers as float64, or what NumPy gives in
another way.
"""

import numpy as np
import pytest
from any_argument import (
    NUMBERS,
    OTHERS,
    answer,
    anything,
    array_of,
    arrays,
    close,
    floats,
    labels,
    quick,
    samples,
    scalars,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax as scipys_log_softmax

from dlhw import datasets
from dlhw.arguments import check_one_hot, generator, whole_number
from dlhw.arrays import map_arrays
from dlhw.matfiles import load_mat, save_mat
from dlhw.network import original_network, tanh_network
from dlhw.softmax import cross_entropy, cross_entropy_gradient, log_softmax, softmax
from dlhw.training import squared_error, squared_error_gradient


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
            assert close(loss(Z.tolist(), C), loss(floats(Z).astype(float), C))


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


@quick
@given(widths=st.one_of(anything, st.lists(st.one_of(st.integers(0, 5), scalars))))
def test_networks_of_any_widths(widths):
    for make in tanh_network, original_network:
        network = answer(make, widths)
        if network is not None and max(widths) < 1000:
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


@st.composite
def layers(draw):
    """Draw the parameters of two layers, one array of which may be anything."""
    params = tanh_network([3, 5, 2]).initialise(draw(st.integers(0, 9)))
    layer, name = draw(st.integers(0, 1)), draw(st.sampled_from(["W", "b"]))
    shape = params[layer][name].shape
    types = st.sampled_from(NUMBERS + OTHERS)
    same_shape = types.flatmap(lambda dtype: array_of(dtype, shape))
    params[layer][name] = draw(st.one_of(st.just(params[layer][name]), same_shape, anything))
    return params


@quick
@given(params=st.one_of(layers(), layers(), anything), X=st.one_of(samples, arrays, anything))
def test_a_network_with_any_parameters(params, X):
    """Whole numbers times whole numbers may wrap around, as in NumPy: `train` makes floats."""
    network = tanh_network([3, 5, 2])
    C = np.eye(2)[:, [0, 1, 1, 0]]
    Z = answer(network.scores, params, X)
    answer(network.loss, params, X, C)
    answer(network.gradient, params, X, C)
    if Z is not None and "f" in np.asarray(X).dtype.kind + params[0]["W"].dtype.kind:
        with np.errstate(all="ignore"):
            again = network.scores(map_arrays(floats, params), floats(X))
        assert close(Z, again)


@pytest.mark.parametrize("value", [True, False, np.True_, 2.0, None, [2]])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(ValueError, match="expected size to be a whole number, at least 0, got"):
        whole_number("size", value, least=0)


@pytest.mark.parametrize("seed", [None, True, -1, 1.5, "s", [None]])
def test_what_is_no_seed_is_refused(seed):
    """Without one, numbers would be others each time."""
    with pytest.raises(ValueError, match="expected rng to be a whole number, at least 0, or a gen"):
        generator("rng", seed)


def test_labels_of_a_stack_are_looked_at_in_every_network():
    right, wrong = np.eye(3), np.array([[1.0, 0, 1], [0, 1, 1], [0, 0, 0]])
    check_one_hot("C", np.stack([right, right[::-1]]))
    with pytest.raises(ValueError, match=r"got 1 of 3 columns that are not, such as \[2\]"):
        check_one_hot("C", np.stack([right, wrong]))
