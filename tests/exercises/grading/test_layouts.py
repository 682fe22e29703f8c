"""Arguments in five layouts, and back."""

import numpy as np
import pytest

from dlhw.exercises.grading.layouts import Layout, arranged, layouts, packed, restored, unpacked

RNG = np.random.default_rng(0)
ARRAYS = {
    "X": RNG.standard_normal((3, 7)),
    "W": RNG.standard_normal((4, 3)),
    "b": RNG.standard_normal((4, 1)),
}
SHAPES = {name: array.shape for name, array in ARRAYS.items()}
NAMES, PARAMETERS = ["X", "W", "b"], ["W", "b"]


@pytest.mark.parametrize("layout", layouts(packed=True), ids=str)
def test_what_was_packed_is_unpacked(layout):
    arguments = packed(layout, ARRAYS, NAMES, PARAMETERS)
    assert len(arguments) == (3 if layout.packing == "separate" else 2)
    found = unpacked(layout, tuple(arguments), SHAPES, NAMES, PARAMETERS)
    assert list(found) == NAMES
    assert all(np.array_equal(found[name], ARRAYS[name]) for name in NAMES)


def test_one_argument_comes_back_without_a_tuple():
    layout = Layout("vector by columns")
    (theta,) = packed(layout, ARRAYS, PARAMETERS, PARAMETERS)
    assert np.array_equal(theta[:4], ARRAYS["W"][:, 0])
    assert np.array_equal(unpacked(layout, theta, SHAPES, PARAMETERS, PARAMETERS)["W"], ARRAYS["W"])


def test_arguments_are_copies():
    W, b = packed(Layout("separate"), ARRAYS, PARAMETERS, [])
    W += 1
    assert not np.array_equal(W, ARRAYS["W"]) and W.flags.owndata


def test_rows_and_flat_biases_are_turned_and_turned_back():
    assert arranged(Layout("separate", "rows"), ARRAYS["b"]).shape == (1, 4)
    layout = Layout("separate", "rows", flat=True)
    flat = arranged(layout, ARRAYS["b"])
    assert flat.shape == (4,)
    assert np.array_equal(restored(layout, flat, (4, 1)), ARRAYS["b"])


@pytest.mark.parametrize("number", [2.0, 2, np.float32(2)])
def test_a_number_stands_for_an_array_of_one_entry(number):
    found = unpacked(Layout("separate"), number, {"w": (1, 1)}, ["w"], [])
    assert np.array_equal(found["w"], [[2.0]])
    assert unpacked(Layout("separate"), number, {"w": (4, 1)}, ["w"], []) == {"w": number}
    assert restored(Layout("separate"), number, ()) is number


@pytest.mark.parametrize(
    ("packing", "result"),
    [
        ("dict", {"W": 1}),
        ("dict", [1, 2]),
        ("list", [1]),
        ("list", np.zeros(2)),
        ("vector", np.zeros(15)),
        ("vector", [1, 2]),
        ("separate", [1, 2, 3]),
        ("separate", np.zeros((2, 3))),
    ],
)
def test_what_does_not_fit_comes_back_as_it_is(packing, result):
    found = unpacked(Layout(packing), result, SHAPES, PARAMETERS, PARAMETERS)
    assert found is result
