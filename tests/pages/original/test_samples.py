"""The samples of the original's claims: one value a seed, whatever the runs measured."""

from types import SimpleNamespace

import numpy as np
import pytest

from dlhw.pages.original import samples as original_samples
from dlhw.pages.original.samples import (
    at_epoch,
    first_above,
    gmm,
    highest,
    peaks,
    small,
    softmax,
)
from dlhw.study.registry import EXPERIMENTS

SEEDS = 4


def a_result(group, **settings):
    """A run of four seeds, the last of which failed, at an experiment of the registry."""
    experiment = next(
        e
        for e in EXPERIMENTS.values()
        if e.group == group and all(getattr(e, key) == value for key, value in settings.items())
    )
    curve = np.linspace(0.1, 0.9, 31)[:, None] * np.array([1.0, 0.9, 0.8, np.nan])
    start = {"W": np.zeros((10, 5, 2)), "b": np.zeros((10, 5, 1))}
    history = SimpleNamespace(
        epoch=np.arange(0, 155, 5), val_accuracy=curve, failed={3}, params=[start]
    )
    return SimpleNamespace(
        experiment=experiment,
        history=history,
        succeeded=np.arange(SEEDS) < 3,
        last=lambda curve: history.val_accuracy[-1, :3],
    )


@pytest.fixture(autouse=True)
def runs(monkeypatch):
    monkeypatch.setattr(original_samples, "result", a_result)


def test_an_epoch_is_found_among_those_evaluated():
    run = a_result("peaks")
    np.testing.assert_array_equal(at_epoch(run, 150), run.last("val_accuracy"))
    with pytest.raises(ValueError):
        at_epoch(run, 151)


def test_a_seed_that_never_gets_there_counts_as_the_last_epoch():
    np.testing.assert_array_equal(first_above(a_result("peaks"), 0.85), [145, 150, 150, 150])
    np.testing.assert_array_equal(first_above(a_result("peaks"), 0.05), [0, 0, 0, 150])


@pytest.mark.parametrize("section, size", [(peaks, 15), (gmm, 11), (small, 15)])
def test_a_sample_has_a_value_a_seed(section, size):
    samples, facts = section()
    assert len(samples) == size and facts
    assert all(len(values) in (3, SEEDS) for values in samples.values())


def test_a_highest_accuracy_is_no_lower_after_more_epochs():
    one, two = highest(epochs=1), highest(epochs=2)
    assert list(one) == ["SGD", "momentum"]
    assert all(np.all(two[title] >= one[title]) for title in one)


def test_softmax_regression_has_a_sample_a_setting_and_variant(monkeypatch):
    monkeypatch.setattr(original_samples, "highest", lambda: {"SGD": np.ones((4, 10))})
    monkeypatch.setattr(original_samples, "movement", lambda params: np.ones((4, 10)))
    samples, facts = softmax()
    assert {"SGD: 32, 0.001", "momentum: loss, .9^i", "Nesterov: GMM"} <= set(samples)
    assert (facts["one_setting"], facts["never_above"]) == (False, False)
