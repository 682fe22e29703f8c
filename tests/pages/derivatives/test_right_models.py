"""A right model is right: its derivatives agree with differences taken by hand."""

from dataclasses import replace

import numpy as np
import pytest

from dlhw.arrays import inner, map_arrays, paths
from dlhw.layers import Dense, OriginalBlock, ResidualBlock, relu, tanh
from dlhw.pages.derivatives.right_models import TESTS, labels, regression, squared_residual, through

MODELS = {
    "regression": regression,
    "dense": lambda **options: through(Dense(3, 5), **options),
    "relu": lambda **options: through(Dense(3, 5, relu), **options),
    "residual": lambda **options: through(ResidualBlock(4, 6, outer=tanh), **options),
    "original": lambda **options: through(OriginalBlock(3, 5), **options),
    "least squares": squared_residual,
}


@pytest.mark.parametrize("name", MODELS)
def test_all_four_tests_pass(name):
    reports = MODELS[name]().reports()
    assert tuple(reports) == TESTS
    assert [test for test, report in reports.items() if not report.passed] == []


@pytest.mark.parametrize("name", MODELS)
def test_derivatives_are_right_without_the_tests_of_the_package(name):
    model, rng, h = MODELS[name](), np.random.default_rng(3), 1e-6
    v = map_arrays(lambda p: rng.standard_normal(p.shape), model.x)
    ahead, behind = (map_arrays(lambda p, d, t=t: p + t * d, model.x, v) for t in (h, -h))
    difference = (model.objective(ahead) - model.objective(behind)) / (2 * h)
    assert inner(model.gradient(model.x), v) == pytest.approx(difference, rel=1e-6, abs=1e-8)
    product = (model.forward(ahead) - model.forward(behind)) / (2 * h)
    assert model.jvp(model.x, v) == pytest.approx(product, rel=1e-5, abs=1e-7)
    u = rng.standard_normal(product.shape)
    assert inner(u, model.jvp(model.x, v)) == pytest.approx(inner(model.vjp(model.x, u), v))


def test_a_layer_is_tested_in_its_parameters_and_in_its_input():
    model = through(ResidualBlock(4, 6), m=7)
    assert [path for path, _ in paths(model.x)] == ["W1", "b1", "W2", "b2", "X"]
    assert model.x["X"].shape == (4, 7) and model.forward(model.x).shape == (4, 7)


@pytest.mark.parametrize("m, l", [(16, 5), (7, 4), (5, 5)])
def test_labels_are_one_hot_and_every_class_has_its_share(m, l):
    C = labels(m, l, np.random.default_rng(0))
    assert C.shape == (l, m) and set(C.flat) == {0, 1} and (C.sum(axis=0) == 1).all()
    assert np.ptp(C.sum(axis=1)) <= 1


def test_labels_are_mixed():
    drawn = [labels(16, 5, np.random.default_rng(s)).argmax(axis=0).tolist() for s in range(3)]
    assert len(set(map(tuple, drawn))) == 3 and all(classes != sorted(classes) for classes in drawn)


def test_a_seed_draws_the_same_model_and_another_seed_another():
    same, again, other = regression(), regression(), regression(seed=1)
    assert same.objective(same.x) == again.objective(again.x) != other.objective(other.x)


def test_parameters_are_normal_scaled_or_zero_as_asked():
    assert all((p == 0).all() for p in regression(zero=True).x.values())
    scaled, plain = through(Dense(3, 5), scale=0.5), through(Dense(3, 5))
    assert scaled.x["W"] == pytest.approx(plain.x["W"] / 2)
    assert (scaled.x["X"] == plain.x["X"]).all()
    assert regression(m=9).forward(regression(m=9).x).shape == (5, 9)


def test_a_forgotten_term_is_in_the_objective_and_not_in_the_gradient():
    right = regression()
    wrong = replace(right, forgotten=lambda x: np.sum(x["W"] ** 2))
    gap = wrong.objective(right.x) - right.objective(right.x)
    assert gap == pytest.approx(np.sum(right.x["W"] ** 2))
    assert (wrong.gradient(right.x)["W"] == right.gradient(right.x)["W"]).all()
    assert [report.passed for report in wrong.reports().values()] == [False, True, True, True]
