"""Specs: those that ship are right, and what is wrong with another is said."""

from pathlib import Path

import numpy as np
import pytest
import teachers_solution

from dlhw.exercises.grading.marking import Examination
from dlhw.exercises.grading.spec import SpecError, draw, read_spec, shipped, spec_text
from dlhw.study.results import ceiling, results

ROOT = Path(__file__).parents[3]
DEMANDS = ["I.1", "I.2", "I.3", "II.1", "II.2", "II.3", "II.4", "II.5"]
GOOD = """
title = "A square"
seeds = [1, 2]
inputs.x = {shape = [3, 1]}
[[question]]
name = "value"
kind = "values"
function = "square"
points = 1
arguments = ["x"]
values = [2.5, 3.5]
[[question]]
name = "slope"
kind = "gradient"
function = "slope"
points = 1
of = "value"
"""


def test_each_demand_has_its_spec_with_five_questions_to_ask():
    assert list(shipped()) == DEMANDS
    assert {f"data/{place}" for place in shipped().values()} == {
        path.relative_to(ROOT).as_posix() for path in ROOT.glob("data/grading/*")
    }
    for name in DEMANDS:
        spec = read_spec(spec_text(name))
        assert spec.title.startswith(name + " ") and len(spec.ask) == len(set(spec.ask)) == 5
        assert all(q.function in spec.task for q in spec.questions), name


@pytest.mark.parametrize("name", ["I.1", "I.2", "II.1", "II.2", "II.3"])
def test_the_shipped_numbers_are_those_of_the_package(name):
    spec = read_spec(spec_text(name))
    examination = Examination(spec, teachers_solution)
    verdicts = [examination.verdict(question) for question in spec.questions]
    assert [verdict for verdict in verdicts if verdict.hint] == []


@pytest.mark.parametrize("name", ["I.1", "II.1", "II.2", "II.3"])
def test_lengths_of_the_shipped_inputs_hide_no_mistake(name):
    arrays = draw(read_spec(spec_text(name)), 0)
    X = arrays["X"]
    lengths = {length for array in arrays.values() for length in array.shape}
    lengths.discard(1)
    others = set(X.shape) | {array.shape[0] for array in arrays.values()}
    assert lengths == others and len(X) != X.shape[1] >= 4
    # Square matrices would hide a transposition.
    assert all(array.shape[0] != array.shape[1] for array in arrays.values())
    assert all(np.abs(array).max() > 0 for array in arrays.values())


WELL_TRAINED = {
    ("I.3", "Peaks"): ("softmax", {"dataset": "peaks", "lr": 0.01, "batch": 32}),
    ("I.3", "GMM"): ("softmax", {"dataset": "gmm", "lr": 0.01, "batch": 32}),
    ("II.4", "Peaks"): ("peaks", {"model": "tanh", "depth": 4, "width": 50, "lr": 0.1}),
    ("II.4", "GMM"): ("gmm", {"model": "tanh", "depth": 4, "width": 50}),
    ("II.5", "GMM from 200 samples"): ("small", {"model": "tanh"}),
}


@pytest.mark.parametrize(("spec", "name"), WELL_TRAINED)
def test_ranges_hold_what_good_training_reaches_with_any_seed(spec, name):
    group, settings = WELL_TRAINED[spec, name]
    low, high = read_spec(spec_text(spec)).question(name).range
    found = results(group, **settings)
    assert found
    for result in found:
        accuracies = result.last("val_accuracy")
        assert low <= accuracies.min() and accuracies.max() <= high, result.experiment.name


def test_ranges_leave_out_more_than_is_possible_and_training_that_failed():
    for name, dataset in [("Peaks", "peaks"), ("GMM", "gmm")]:
        low, high = read_spec(spec_text("II.4")).question(name).range
        assert ceiling(dataset) < high < ceiling(dataset) + 0.02
        # what softmax regression reaches is too little for a network
        assert low > read_spec(spec_text("I.3")).question(name).range[1]
    (slow,) = results("peaks", init="uniform", lr=0.001)
    assert slow.last("val_accuracy").max() < read_spec(spec_text("II.4")).question("Peaks").range[0]


def test_inputs_depend_on_seed_and_place_alone():
    spec = read_spec(spec_text("I.1"))
    again, other = draw(spec, 11), draw(spec, 12)
    for name, array in draw(spec, 11).items():
        assert np.array_equal(array, again[name]) and not np.array_equal(array, other[name])
    assert not np.array_equal(again["X"] * 1000, again["X_large"])
    assert (again["C"].sum(axis=0) == 1).all() and (again["C"].sum(axis=1) > 0).all()


def test_data_sets_and_values_can_be_inputs():
    text = GOOD.replace(
        "{shape = [3, 1]}", '{data = "peaks.X_val"}\ninputs.y = {values = [[1, 2]]}'
    )
    arrays = draw(read_spec(text), 0)
    assert arrays["x"].shape == (2, 6250) and arrays["y"].tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title =", "titel =", "got 'titel'"),
        ('title = "A square"', "", "expected 'title' in the spec"),
        ("title =", "title", "expected TOML"),
        ("points = 1\narguments", "arguments", "expected 'points' in question 'value'"),
        ('kind = "values"', 'kind = "value"', "got 'value'"),
        ("[2.5, 3.5]", "[2.5]", "expected 2 values in question 'value', one a seed, got 1"),
        ('arguments = ["x"]', 'arguments = ["y"]', "expected inputs among x"),
        ('arguments = ["x"]', 'arguments = ["x"]\nparameters = ["y"]', "got y"),
        ('of = "value"', 'of = "slope"', "expected a question of values after `of`"),
        ('of = "value"', "", "expected 'of' in question 'slope'"),
        ('of = "value"', 'of = "value"\nby = ["z"]', "got z"),
        ('of = "value"', 'of = "value"\nrange = [1, 2]', "takes no range"),
        ('name = "slope"', 'name = "value"', "names that all differ"),
        ("seeds =", 'layout = "tuple"\nseeds =', "got 'tuple'"),
        ("seeds =", 'samples = "row"\nseeds =', "got 'row'"),
        ("{shape = [3, 1]}", "{size = 3}", "expected one of shape, labels, data, values"),
        ("{shape = [3, 1]}", '{data = "peaks.X"}', "got peaks.X"),
        ("{shape = [3, 1]}", '{data = "cifar.X_train"}', "got cifar.X_train"),
    ],
)
def test_what_is_wrong_with_a_spec_is_said(old, new, said):
    assert GOOD.count(old) >= 1
    with pytest.raises(SpecError) as caught:
        read_spec(GOOD.replace(old, new, 1))
    assert said in str(caught.value)


def test_a_spec_without_questions_is_none():
    with pytest.raises(SpecError, match="at least one"):
        read_spec('title = "nothing"')


def test_a_name_that_no_spec_has_is_told():
    with pytest.raises(SpecError, match="expected a spec's file, or one of .*, got I.9"):
        spec_text("I.9")
