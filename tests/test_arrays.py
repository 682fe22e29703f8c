"""Chapter 0: nested arrays as one vector space, against NumPy on one flat vector."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from dlhw.arrays import inner, map_arrays, map_paths, outline, paths

Layer = namedtuple("Layer", "W b")
SHAPES = {
    "W": (3, 4),
    "b": (3, 1),
    "layers": [((5, 3), (5, 1)), ((2, 5), (2,))],
    "scale": (),
    "nothing": (0, 7),
}


def draw(shapes, rng):
    """Return arrays of the given shapes: a tuple of numbers is a shape, all else a container."""
    if isinstance(shapes, dict):
        return {key: draw(child, rng) for key, child in shapes.items()}
    if all(isinstance(child, int) for child in shapes):
        return rng.standard_normal(shapes)
    return type(shapes)(draw(child, rng) for child in shapes)


def flat(x):
    return np.concatenate([np.ravel(array) for _, array in paths(x)])


def pair(seed):
    rng = np.random.default_rng(seed)
    return draw(SHAPES, rng), draw(SHAPES, rng)


# One vector space


@pytest.mark.parametrize("seed", range(5))
def test_inner_is_the_dot_product_of_the_flattened_structures(seed):
    x, y = pair(seed)
    assert inner(x, y) == pytest.approx(flat(x) @ flat(y), rel=1e-13)


@pytest.mark.parametrize("seed", range(5))
def test_arithmetic_array_by_array_is_arithmetic_on_the_flattened_structures(seed):
    x, y = pair(seed)
    np.testing.assert_array_equal(
        flat(map_arrays(lambda p, q: p - 0.3 * q, x, y)), flat(x) - 0.3 * flat(y)
    )


def test_inner_is_bilinear_symmetric_and_positive():
    (x, y), (z, _) = pair(6), pair(7)
    combined = map_arrays(lambda p, q: 2 * p - 3 * q, x, z)
    assert inner(combined, y) == pytest.approx(2 * inner(x, y) - 3 * inner(z, y), rel=1e-12)
    assert inner(x, y) == inner(y, x)
    assert inner(x, x) > 0 == inner(map_arrays(np.zeros_like, x), x)


@pytest.mark.parametrize(
    "x, y, product",
    [
        (2.0, 3.0, 6.0),
        (2, 3, 6.0),
        (np.float32(2), np.array(3.0), 6.0),
        (np.eye(2, dtype=int), np.ones((2, 2)), 2.0),
    ],
)
def test_inner_of_numbers_and_integers_is_a_float(x, y, product):
    assert inner(x, y) == product
    assert type(inner(x, y)) is float


def test_inner_of_a_stack_sums_over_the_stack():
    x, y = np.random.default_rng(0).standard_normal((2, 6, 3, 4))
    assert inner(x, y) == pytest.approx(sum(inner(a, b) for a, b in zip(x, y)), rel=1e-13)


# Containers


def test_the_result_has_the_containers_of_the_first_structure():
    x = OrderedDict(a=[1.0, (2.0,)], b=Layer(W=3.0, b=[4.0]))
    got = map_arrays(lambda p, q: p + q, x, {"b": [30.0, (40.0,)], "a": (10.0, [20.0])})
    assert got == {"a": [11.0, (22.0,)], "b": Layer(33.0, [44.0])}
    assert type(got["b"]) is Layer and type(got["a"]) is list and type(got["a"][1]) is tuple


def test_the_order_of_keys_is_that_of_the_first_dict_and_does_not_matter_for_the_rest():
    x, y = {"W": 1.0, "b": 2.0}, {"b": 20.0, "W": 10.0}
    got = map_arrays(lambda p, q: (p, q), x, y)
    assert got == {"W": (1.0, 10.0), "b": (2.0, 20.0)}
    assert list(got) == ["W", "b"]
    assert inner(x, y) == 50.0


def test_a_named_tuple_pairs_with_a_list_by_position():
    assert map_arrays(lambda p, q: p * q, Layer(W=2.0, b=3.0), [5.0, 7.0]) == Layer(10.0, 21.0)


def test_more_than_two_structures_are_refused():
    with pytest.raises(TypeError):
        map_arrays(lambda p, q, r: p + q + r, 1.0, 2.0, 3.0)


@pytest.mark.parametrize("empty", [{}, [], (), {"a": [], "b": {}}])
def test_empty_structures_stay_and_have_no_entries(empty):
    assert map_arrays(lambda p: p + 1, empty) == empty
    assert paths(empty) == []
    assert inner(empty, empty) == 0.0


def test_nothing_is_written_to_and_nothing_shared():
    x = {"W": np.ones((2, 3)), "b": [np.zeros(4)]}
    for _, array in paths(x):
        array.setflags(write=False)
    got = map_arrays(lambda p: p + 1, x)
    inner(x, x)
    assert not any(np.shares_memory(a, b) for (_, a), (_, b) in zip(paths(x), paths(got)))


# Names


def test_paths_go_in_order_and_name_every_array():
    x, _ = pair(0)
    names = [path for path, _ in paths(x)]
    assert names == [
        "W",
        "b",
        "layers.0.0",
        "layers.0.1",
        "layers.1.0",
        "layers.1.1",
        "scale",
        "nothing",
    ]
    assert paths(x)[3][1] is x["layers"][0][1]


def test_paths_of_an_array_and_of_named_tuples_and_of_keys_that_are_no_strings():
    assert paths(np.eye(2))[0][0] == ""
    assert paths(Layer(1.0, [2.0])) == [("0", 1.0), ("1.0", 2.0)]
    assert paths({3: 1.0, "a": {4: 2.0}}) == [("3", 1.0), ("a.4", 2.0)]


def test_map_paths_hands_each_array_its_own_path():
    x, _ = pair(1)
    for path, name in paths(map_paths(lambda path, p: path, x)):
        assert path == name
    longer = map_paths(lambda path, p: p + len(path), {"abc": 1.0, "d": [2.0]})
    assert longer == {"abc": 4.0, "d": [5.0]}


# Structures that do not match


@pytest.mark.parametrize(
    "x, other, message",
    [
        (
            {"W": 1.0, "b": 2.0},
            {"W": 1.0},
            r"expected a dict with the keys \['W', 'b'\], got a dict with the keys \['W'\]",
        ),
        ({"W": 1.0}, {"w": 1.0}, r"keys \['W'\], got a dict with the keys \['w'\]"),
        ({"W": 1.0}, [1.0], r"keys \['W'\], got a list of 1"),
        ({"W": 1.0}, 1.0, r"keys \['W'\], got a float"),
        ([1.0, 2.0], [1.0], "expected 2 arrays in a list or tuple, got a list of 1"),
        ((1.0, 2.0), [1.0, 2.0, 3.0], "expected 2 arrays in a list or tuple, got a list of 3"),
        ([1.0, 2.0], np.ones(2), "expected 2 arrays in a list or tuple, got an array of shape"),
        (
            [1.0],
            {"W": 1.0},
            r"expected 1 arrays in a list or tuple, got a dict with the keys \['W'\]",
        ),
        (1.0, [1.0], "expected one array, got a list of 1"),
        (np.ones(2), {"W": 1.0}, r"expected one array, got a dict with the keys \['W'\]"),
        (
            {"a": [1.0, {"b": 2.0}]},
            {"a": [1.0, {"c": 2.0}]},
            r"keys \['b'\], got a dict with the keys \['c'\]",
        ),
    ],
)
@pytest.mark.parametrize(
    "walk", [inner, lambda x, y: map_arrays(lambda p, q: p + q, x, y)], ids=["inner", "map_arrays"]
)
def test_structures_that_differ_are_refused_with_what_came(walk, x, other, message):
    with pytest.raises(ValueError, match=message):
        walk(x, other)


@pytest.mark.parametrize(
    "x, said",
    [
        (np.array(2.0), "a number"),
        (np.array(["a"]), "an array of shape (1,) of type <U1"),
        (np.array(None), "a number of type object"),
        (2, "an int"),
        (2.0, "a float"),
    ],
)
def test_what_came_is_outlined(x, said):
    assert outline(x) == said


@pytest.mark.parametrize("shapes", [((3,), (3, 1)), ((2, 3), (3, 2)), ((2, 3), (2, 1)), ((), (1,))])
def test_an_inner_product_broadcasts_nothing(shapes):
    x, y = map(np.ones, shapes)
    with pytest.raises(ValueError, match="expected two arrays of one shape, got") as error:
        inner({"a": [x]}, {"a": [y]})
    assert str(error.value).endswith(f"got {shapes[0]} and {shapes[1]}")
