"""Numbers for a spec, from a teacher's own solution."""

from types import SimpleNamespace

import numpy as np
import pytest
import teachers_solution

from dlhw.exercises.grading.marking import Examination
from dlhw.exercises.grading.references import with_references
from dlhw.exercises.grading.spec import SpecError, read_spec, spec_text

TEXT = """title = "A layer"
seeds = [3, 4]
inputs.W = {shape = [4, 3]}
inputs.X = {shape = [3, 5]}
[[question]]
name = "layer"
kind = "values"
function = "layer"
points = 1
arguments = ["W", "X"]
values = []
[[question]]
name = "product"
kind = "vjp"
function = "product"
points = 1
of = "layer"
"""


def layer(W, X):
    return W @ X


def product(W, X, U):
    return U @ X.T, W.T @ U


@pytest.mark.parametrize("name", ["I.1", "I.2", "II.1", "II.2", "II.3"])
def test_the_shipped_numbers_can_be_made_again(name):
    made, kept = read_spec(with_references(spec_text(name), teachers_solution)), spec_text(name)
    for question in read_spec(kept).questions:
        for new, old in zip(made.question(question.name).values, question.values):
            np.testing.assert_allclose(new, old, rtol=1e-9, atol=1e-9)


def test_new_seeds_make_new_numbers_and_nothing_else():
    text = with_references(spec_text("I.1"), teachers_solution, seeds=[7, 8, 9])
    spec, known = read_spec(text), read_spec(spec_text("I.1"))
    assert spec.seeds == [7, 8, 9] and len(spec.questions[0].values) == 3
    assert not set(spec.questions[0].values) & set(known.questions[0].values)
    assert spec.ask == known.ask and spec.inputs == known.inputs


def test_a_solution_in_rows_makes_numbers_in_columns():
    rows = SimpleNamespace(layer=lambda W, X: X @ W, product=lambda W, X, U: (X.T @ U, U @ W.T))
    columns = SimpleNamespace(layer=layer, product=product)
    by_rows, by_columns = with_references(TEXT, rows), with_references(TEXT, columns)
    a, b = (read_spec(text).questions[0].values for text in (by_rows, by_columns))
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    spec = read_spec(by_rows)
    assert not any(Examination(spec, columns).verdict(q).hint for q in spec.questions)


def test_a_solution_that_is_wrong_makes_none():
    wrong = SimpleNamespace(layer=layer, product=lambda W, X, U: (U @ X.T, -W.T @ U))
    with pytest.raises(SpecError, match="expected a right solution, got in 'product'.*a sign"):
        with_references(TEXT, wrong)
    with pytest.raises(SpecError, match="(?s)works in some layout, got.*separate.*samples in rows"):
        with_references(TEXT, SimpleNamespace(layer=lambda W, X: W @ W, product=product))


def test_one_number_is_one_however_it_is_wrapped():
    wrapped = SimpleNamespace(
        layer=lambda W, X: np.array([[np.sum(W @ X)]]),
        product=lambda W, X, U: (U * X.sum(1) * np.ones((4, 1)), U * W.sum(0)[:, None]
                                 * np.ones((1, 5))),
    )  # fmt: skip
    plain = SimpleNamespace(
        layer=lambda W, X: np.sum(W @ X), product=lambda W, X, U: wrapped.product(W, X, U)
    )
    text = with_references(TEXT, wrapped)
    assert text == with_references(TEXT, plain)
    assert Examination(read_spec(text), plain).verdict(read_spec(text).questions[0]).points == 1


def test_a_number_needs_its_line():
    text = TEXT.replace("\nvalues = []", "\nvalues = [\n]")
    with pytest.raises(SpecError):
        with_references(text, SimpleNamespace(layer=layer, product=product))
    with pytest.raises(SpecError, match="one line `seeds = ...`, got 0"):
        with_references(TEXT.replace("seeds = [3, 4]\n", ""), None, seeds=[1])
