"""The figures of chapter 3 show every curve."""

import numpy as np
import pytest

from dlhw.optimizers import nesterov, sgd
from dlhw.pages.training.descent_figures import (
    modes,
    paths_and_clouds,
    paths_to_the_mean,
    removed_by_condition,
    removed_of_a_mode,
)


def test_a_picture_names_every_curve():
    shares = {"one": [0.1, 0.2], "two": [0.3, -0.4]}
    svg = removed_of_a_mode([0.1, 1.0], shares).markdown
    assert all(f">{title}<" in svg for title in shares)
    titles = {sgd: "one", nesterov: "two"}
    lines = {rule: ([0.1], [0.2]) for rule in titles}
    found = {(rule, 10): (0.1, 0.1) for rule in titles}
    svg = removed_by_condition(titles, [10], lines, (found, found)).markdown
    assert all(f">{title}<" in svg for title in ("one", "two", "best settings", "fixed settings"))
    clouds = {("SGD", 1): [0.1], ("SGD", 4): [0.05], ("momentum", 1): [1.0]}
    svg = paths_and_clouds({0.5: [5.0, 1.0]}, 0.0, [0.1], clouds, [0.1], clouds).markdown
    assert all(f">{title}<" in svg for title in ("batch 1", "batch 4", "SGD", "momentum"))


def test_the_modes_hold_each_limit_and_a_point_just_below_it():
    limits = [2.0, 3.8]
    assert set(limits) | {0.999 * limit for limit in limits} <= set(modes(0.9, limits).tolist())


def test_paths_arrive_at_the_mean():
    paths = paths_to_the_mean(np.full(10, 2.0), np.random.default_rng(0))
    assert {lr: len(path) for lr, path in paths.items()} == {0.5: 71, 0.1: 71, 0.02: 71}
    assert paths[0.5][-1] == pytest.approx(2.0)
