"""Orders and choices of the data, on results that nobody trained."""

import numpy as np
import pytest
from read_tables import lines

from dlhw.datasets import load
from dlhw.pages.training import order_and_choice
from dlhw.pages.training.softmax_runs import at_a_constant_rate

pytestmark = pytest.mark.usefixtures("made_up_results")


def test_more_modes_are_harder():
    reached = order_and_choice.reached_by_modes(load("gmm"), modes=(1, 5), choices=1)
    assert reached[1][0] > reached[5][0] + 0.3


def test_shuffled_batches_are_better_than_those_in_file_order():
    def in_file_order(X, C, batch, epochs, lr):
        return {"W": np.zeros((2, 5, 2)), "b": np.eye(5)[[3, 4]][..., None]}  # the last classes

    draws = order_and_choice.several_draws("peaks", seeds=range(2))
    (order,) = order_and_choice.orders(in_file_order, [500], draws, epochs=1)
    assert order.shuffled.min() > 0.3 > order.in_file_order.max() and order.first_two == 0
    assert lines(order_and_choice.orders_table([order]))[0].endswith("| 0% |")


def test_the_first_200_are_learnt_and_say_nothing():
    first, random = lines(order_and_choice.first_200(load("peaks")))
    training, validation = (float(cell.split()[0]) for cell in first.split("|")[2:4])
    assert training > 0.95 and validation < 0.3
    training, validation = (float(cell.split()[0]) for cell in random.split("|")[2:4])
    assert training < 0.7 and validation > 0.45


def test_the_best_epoch_is_beside_the_last():
    run = at_a_constant_rate()
    run.history.val_accuracy[30] = 0.7
    zero = {"W": np.zeros((5, 2)), "b": np.zeros((5, 1))}
    table = lines(order_and_choice.best_epoch(run, zero))
    assert len(table) == 8 and "| **best epoch** | .7000 ± .0000 |" in table
    assert table[-1] == "| the original, at this rate | .5860 |"
