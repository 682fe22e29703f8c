"""Arguments of every kind, and what a call makes of them.

Hypothesis draws the same examples again where the same modules are loaded: it takes constants from
them too.
"""

import copy
import warnings

import numpy as np
from hypothesis import configuration, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from dlhw.arrays import paths

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
samples = st.sampled_from(NUMBERS + OTHERS).flatmap(lambda dtype: array_of(dtype, (3, 4)))
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
