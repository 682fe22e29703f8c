"""The numbers of the examples by hand."""

import numpy as np
import pytest

from dlhw.layers import Dense, ResidualBlock, identity, relu
from dlhw.network import Network
from dlhw.pages.interactive import derivation_data
from dlhw.pages.interactive.derivation_lines import BLOCK, EXAMPLES, SOFTMAX, TANH_UNIT
from dlhw.softmax import cross_entropy_gradient

MISTAKES = [(name, mistake.key) for name in EXAMPLES for mistake in EXAMPLES[name].mistakes]


def drawn(name, seed=0):
    """What is given in an example, with other numbers, and labels as they are."""
    rng = np.random.default_rng(seed)
    given = derivation_data.start(name)
    return {key: A if key == "C" else rng.normal(size=A.shape) for key, A in given.items()}


def test_softmax_regression_and_the_tanh_unit_are_the_package_s_networks():
    layers = {
        "softmax": [({"W": "W", "b": "b"}, Dense(2, 3, identity))],
        "tanh": [
            ({"W": "W", "b": "b"}, Dense(2, 1)),
            ({"W": "W_out", "b": "b_out"}, Dense(1, 3, identity)),
        ],
    }
    for name, parts in layers.items():
        x = drawn(name)
        arrays = derivation_data.COMPUTED[name](x)
        network = Network([layer for _, layer in parts])
        params = [{key: x[ours] for key, ours in names.items()} for names, _ in parts]
        Z, memories = network.forward(params, x["X"])
        gradients, dX = network.vjp(params, memories, cross_entropy_gradient(Z, x["C"]))
        np.testing.assert_allclose(arrays["F"], network.loss(params, x["X"], x["C"]))
        np.testing.assert_allclose(arrays["dX"], dX)
        for (names, _), gradient in zip(parts, gradients, strict=True):
            for key, ours in names.items():
                np.testing.assert_allclose(arrays[f"d{ours}"], gradient[key])


def test_the_block_is_the_package_s():
    x = drawn("block")
    arrays = derivation_data.block_arrays(x)
    block = ResidualBlock(2, 1, outer=relu)
    Y, memory = block.forward(x, x["X"])
    gradient, dX = block.vjp(x, memory, x["dY"])
    np.testing.assert_allclose(arrays["Y"], Y)
    np.testing.assert_allclose(arrays["dX"], dX)
    for key, array in gradient.items():
        np.testing.assert_allclose(arrays[f"d{key}"], array)


def test_the_mistake_j_v_is_the_jacobian_vector_product_where_no_unit_is_cut_off():
    x = drawn("block")
    x["X"] += 10  # every sum is positive
    block = ResidualBlock(2, 1, outer=relu)
    _, memory = block.forward(x, x["X"])
    still = {key: np.zeros(shape) for key, shape in block.shapes.items()}
    arrays = derivation_data.block_arrays(x, "jvp")
    np.testing.assert_allclose(arrays["dX"], block.jvp(x, memory, still, x["dY"]))


def test_every_line_has_its_array_and_no_array_is_without():
    for name, example in EXAMPLES.items():
        lines = [line.name for line in example.forward + example.backward]
        arrays = derivation_data.COMPUTED[name](derivation_data.start(name))
        assert set(arrays) == {*example.given, *lines}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_gradient_test_passes_the_right_examples(name):
    assert derivation_data.report(name).passed


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_the_gradient_test_sees_each_mistake(name, mistake):
    assert derivation_data.report(name, mistake).verdict == "fail"


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_a_mistake_shows_first_in_a_line_that_it_changes(name, mistake):
    changed = {m.key: m.lines for m in EXAMPLES[name].mistakes}[mistake]
    array, _, _ = derivation_data.first_difference(name, mistake)
    assert array == changed[0].name


def test_a_mistake_that_changes_nothing_is_refused():
    with pytest.raises(ValueError, match="got sing"):
        derivation_data.first_difference("softmax", "sing")


def test_a_line_that_the_package_no_longer_has_is_refused():
    with pytest.raises(ValueError, match="expected the line 'return X @ W"):
        derivation_data.place("affine", "return X @ W + b")


def test_the_examples_are_those_of_the_chapters():
    softmax = derivation_data.softmax_arrays(derivation_data.start("softmax"))
    np.testing.assert_allclose(6 * softmax["dW"], [[-1, 2], [2, 2], [-1, -4]])
    unit = derivation_data.tanh_arrays(derivation_data.start("tanh"))
    assert unit["dW"].round(4).tolist() == [[0.0312, 0.6149]]
    block = derivation_data.block_arrays(derivation_data.start("block"))
    assert block["dX"].round(4).tolist() == [[1.3932, -0.21], [0.1966, 0.895]]
    assert SOFTMAX.given["X"] == TANH_UNIT.given["X"] == BLOCK.given["X"]


def test_the_tables_have_every_line_and_every_mistake():
    for name, example in EXAMPLES.items():
        rows = derivation_data.numbers(name).markdown.splitlines()[2:]
        assert len(rows) == len(example.given) + len(example.forward) + len(example.backward)
    assert len(derivation_data.mistakes().markdown.splitlines()[2:]) == len(MISTAKES)
