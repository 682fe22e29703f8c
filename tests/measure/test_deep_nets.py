"""Mistakes in deep networks are told: `python tests/measure/deep_nets.py` plants more of them."""

import numpy as np
import pytest
from deep_nets import JUDGES
from planted_mistakes import draw

SAMPLE = {"one mistake": range(40), "guard": range(10), "two mistakes": range(10)}
MOST_MISSED = 0.1
"""Of a small sample: twice what may be missed of all."""


@pytest.mark.parametrize("name", JUDGES)
def test_planted_mistakes_are_told(name):
    seeds = SAMPLE[name]
    judged = [JUDGES[name](seed) for seed in seeds]
    missed = [text for _, right, text in judged if not right]
    assert len(missed) <= MOST_MISSED * len(seeds), missed


def test_the_networks_are_right_where_nothing_is_planted():
    for seed in range(6):
        case = draw(np.random.default_rng(seed))
        report = case.report(case.right(), seed)
        assert report.passed, (seed, report.message)
