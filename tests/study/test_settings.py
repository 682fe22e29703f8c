"""An experiment whose settings mean nothing is refused when it is made."""

from functools import partial

import pytest

from dlhw.study.experiment import Experiment
from dlhw.study.settings import LEAST

usual = partial(Experiment, "demo", "gmm", "tanh", depth=2, width=5)


@pytest.mark.parametrize("name", LEAST)
def test_a_count_is_a_whole_number_and_large_enough(name):
    for value in LEAST[name] - 1, 2.5, "2", True, None, [1]:
        with pytest.raises(ValueError, match=f"expected {name} to be a whole number, .*, got"):
            usual(**{name: value})
    assert getattr(usual(**{name: 7}), name) == 7


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(dataset="Peaks"), "expected one of the data sets peaks, .*, got 'Peaks'"),
        (dict(model="mlp"), "expected one of the models softmax, .*, got 'mlp'"),
        (dict(dtype="int32"), "expected one of the number types float32, float64, got 'int32'"),
        (dict(optimizer="adam"), "expected what dlhw.optimizers has, got adam"),
        (dict(schedule="cosine"), "expected what dlhw.optimizers has, got cosine"),
        (dict(width=0), "expected hidden layers of a width, at least 1, with depth=2, got 0"),
        (dict(decay=0.9), "expected a schedule that decays with decay=0.9, got constant"),
    ],
)
def test_a_setting_that_there_is_not_or_that_means_nothing_is_refused(wrong, message):
    settings = dict(group="demo", dataset="gmm", model="tanh", depth=2, width=5)
    with pytest.raises(ValueError, match=message):
        Experiment(**(settings | wrong))
