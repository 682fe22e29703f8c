"""Every error lies in one heap, and the Bayes rule makes none of its own."""

import numpy as np
import pytest

from dlhw.datasets import load
from dlhw.pages.networks.network_errors import (
    answers,
    columns,
    error_map,
    error_table,
    heaps,
    known_table,
    means,
    right_by_class,
)
from dlhw.study.experiment import Experiment, run


@pytest.fixture(scope="module")
def tiny():
    return run(Experiment("demo", "peaks", "softmax", batch=2500, epochs=3, lr=0.1, seeds=3))


def test_every_error_lies_in_one_heap(tiny):
    at = columns("peaks")
    found = heaps(at, answers(tiny))
    three = sum(found[name].astype(int) for name in ("redrawn label", "overlap", "its own"))
    assert np.array_equal(three, found["errors"])
    assert not (found["of these, unsure"] & ~found["its own"]).any()
    assert not (found["right where Bayes is wrong"] & found["errors"]).any()


@pytest.mark.parametrize("dataset", ["peaks", "gmm"])
def test_the_bayes_rule_has_no_errors_of_its_own_and_no_luck(dataset):
    at = columns(dataset)
    found = means(at, at.rule)
    assert found["its own"] == found["right where Bayes is wrong"] == 0
    assert found["errors"] == pytest.approx(1000 * np.mean(at.rule != at.label))


def test_a_networks_answers_are_those_it_gives_at_once(tiny):
    X = columns("peaks").X[:, :50].astype("float32")
    assert np.array_equal(
        answers(tiny)[:, :50], tiny.experiment.network().predict(tiny.history.params, X)
    )


def test_spread_is_written_where_there_are_several_networks(tiny):
    at = columns("peaks")
    *_, bayes, networks = str(
        error_table(at, {"Bayes rule": at.rule, "softmax": answers(tiny)})
    ).splitlines()
    assert "±" in networks and "±" not in bayes


def test_the_map_counts_what_it_shows(tiny):
    at = columns("peaks")
    said = answers(tiny)[0]
    titles = [ax.get_title() for ax in error_map(at, said).axes]
    assert titles[2] == f"the network's own: {heaps(at, said)['its own'].sum()}"
    assert titles[3] == "posterior below .9"


def test_classes_make_up_the_accuracy(tiny):
    right, C = right_by_class(tiny), load("peaks").C_val
    assert np.allclose(right @ C.mean(axis=1), tiny.last("val_accuracy"), atol=1e-3)
    assert str(known_table(np.array([[0.2], [0.1]]))).endswith("| right, where known | – |")
