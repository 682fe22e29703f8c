"""Tables of trained networks hold what they say they hold."""

import numpy as np
import pytest
from ended_results import ending_at, tiny_run
from read_tables import cells

from dlhw.pages.networks.network_tables import (
    compare_measures,
    from_the_original,
    lowest_table,
    on_the_way,
    twins_table,
)
from dlhw.pages.networks.trained_networks import accuracy
from dlhw.pages.result_tables import share
from dlhw.study.experiment import Experiment
from dlhw.study.results import ORIGINAL, ceiling, measured


@pytest.fixture(scope="module")
def tiny():
    return tiny_run()


def test_measures_are_corrected_for_their_number():
    a, b = np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.3, 4.3, 5.3, 6.3])
    (alone,) = compare_measures({"loss": a}, {"loss": b})
    among = compare_measures({"loss": a, "other": a}, {"loss": b, "other": a})
    assert alone.counts and not among[0].counts
    assert alone.difference == pytest.approx(-2.3)


def test_the_original_is_held_against_the_median(tiny):
    settings = dict(depth=4, width=50, init="uniform", lr=0.1, batch=16, epochs=150)
    experiment = Experiment(
        "demo", "peaks", "tanh", schedule="exponential", decay=0.99, seeds=3, **settings
    )
    said = {entry["val"] for entry in measured(ORIGINAL, experiment) if "val" in entry}
    ours = ending_at(tiny, [0.1, 0.9, 0.2])._replace(experiment=experiment)
    assert set(from_the_original([ours])) == {abs(value - 0.2) for value in said} != set()


def test_rows_say_how_far_below_the_best_possible(tiny):
    row = cells(on_the_way([tiny], since=2, loss_since=1))[2]
    assert row[0] == "1/0, .1" and row[2] == "3 of 3"
    assert row[-1] == share((ceiling("gmm") - accuracy(tiny)).mean())
    row = cells(lowest_table("GMM", {"softmax": tiny}))[2]
    assert row[3] == share(accuracy(tiny).min()) and row[4] == ""


def test_errors_are_counted_in_those_of_the_bayes_rule(tiny):
    other = tiny_run("peaks")
    _, _, best, row = cells(
        twins_table({"peaks": "Peaks", "gmm": "GMM"}, {"softmax": (other, tiny)})
    )
    assert best[1] == share(ceiling("peaks")) and best[4] == share(ceiling("gmm"))
    assert row[6] == f"{(1 - accuracy(tiny).mean()) / (1 - ceiling('gmm')):.2f}"
