"""Draws, choices and orders of the data, on results that nobody trained."""

import numpy as np
import pytest
from made_up_results import made_up

from dlhw.datasets import load
from dlhw.pages.training import data_and_chance
from dlhw.pages.training.softmax_runs import at_a_constant_rate, main_settings, on_files


@pytest.fixture(autouse=True)
def results(monkeypatch):
    monkeypatch.setattr("dlhw.study.results.load_result", made_up)


def lines(table):
    return table.markdown.splitlines()[2:]


def test_a_finite_set_of_groups_that_are_all_right_or_all_wrong_has_no_noise():
    by_group, independent = data_and_chance.finite_set(np.repeat([True, False], 50), groups=2)
    assert by_group == 0 and independent == pytest.approx(0.05)


def test_what_remains_is_the_training_set():
    draws = data_and_chance.Draws(np.array([0.4, 0.5]), 0.03, 0.04, 0.05)
    assert draws.deviation**2 == pytest.approx(0.005)
    assert draws.training_set == ".0500"
    assert draws._replace(batches=0.1).training_set == "too small to tell"


def test_draws_are_read_from_both_results():
    draws = data_and_chance.draws("gmm")
    assert len(draws.accuracies) == 20 and 0 < draws.validation_set <= draws.independent < 0.01
    assert lines(data_and_chance.draws_table({"GMM": draws}))[0].startswith("| GMM |")


def test_differences_to_the_course_files_are_counted_in_deviations():
    draws, runs = data_and_chance.draws("peaks"), main_settings("peaks")
    gaps = [abs(run.last("val_accuracy").mean() - on_files(run)["val"]) for run in runs]
    strict = data_and_chance.strict_difference(runs, draws)
    assert strict == pytest.approx(max(gaps) / np.sqrt(2) / draws.deviation)
    assert len(lines(data_and_chance.on_course_files(runs, draws))) == len(runs)


def test_every_figure_of_the_original_has_two_runs_beside_it():
    said = data_and_chance.said_by_the_original()
    assert all(len(entry.runs) == 2 and len(entry.ours) == 4 for entry in said)
    exact = said[0]._replace(figure=on_files(said[0].runs[1])["val"])
    assert "momentum" in exact.fits and not exact._replace(figure=0.9).fits
    assert len(lines(data_and_chance.said_table(said))) == len(said)


def test_more_modes_are_harder():
    reached = data_and_chance.reached_by_modes(load("gmm"), modes=(1, 5), choices=1)
    assert reached[1][0] > reached[5][0] + 0.3


def test_shuffled_batches_are_better_than_those_in_file_order():
    def in_file_order(X, C, batch, epochs, lr):
        return {"W": np.zeros((2, 5, 2)), "b": np.eye(5)[[3, 4]][..., None]}  # the last classes

    draws = data_and_chance.several_draws("peaks", seeds=range(2))
    (order,) = data_and_chance.orders(in_file_order, [500], draws, epochs=1)
    assert order.shuffled.min() > 0.3 > order.in_file_order.max() and order.first_two == 0
    assert lines(data_and_chance.orders_table([order]))[0].endswith("| 0% |")


def test_the_first_200_are_learnt_and_say_nothing():
    first, random = lines(data_and_chance.first_200(load("peaks")))
    training, validation = (float(cell.split()[0]) for cell in first.split("|")[2:4])
    assert training > 0.95 and validation < 0.3
    training, validation = (float(cell.split()[0]) for cell in random.split("|")[2:4])
    assert training < 0.7 and validation > 0.45


def test_the_best_epoch_is_beside_the_last():
    run = at_a_constant_rate()
    run.history.val_accuracy[30] = 0.7
    zero = {"W": np.zeros((5, 2)), "b": np.zeros((5, 1))}
    table = lines(data_and_chance.best_epoch(run, zero))
    assert len(table) == 8 and "| **best epoch** | .7000 ± .0000 |" in table
    assert table[-1] == "| the original, at this rate | .5860 |"
