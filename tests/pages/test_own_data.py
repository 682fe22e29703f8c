"""A teacher's own set."""

import numpy as np
import pytest

from dlhw.datasets import load, subset
from dlhw.matfiles import Data, save_mat
from dlhw.pages import own_data


@pytest.fixture
def folder(tmp_path):
    data = load("peaks")
    train = subset(data.X_train, data.C_train, size=640, rng=0)
    val = subset(data.X_val, data.C_val, size=320, rng=1)
    save_mat(tmp_path / "mine.mat", Data(*train, *val))
    return tmp_path


def test_the_table_has_a_row_for_each_network_and_no_ceiling(folder):
    shown = str(own_data.table("mine.mat", own_data.digest(folder / "mine.mat"), folder))
    assert len(shown.splitlines()) == 3 + len(own_data.NETWORKS)
    assert "±" in shown and "Bayes" not in shown and "nan" not in shown


def test_networks_learn_more_than_the_most_frequent_class(folder):
    data = own_data.read("mine.mat", own_data.digest(folder / "mine.mat"), folder)
    most = data.C_val.mean(axis=1).max()
    for _, val in own_data.trained(data).values():
        assert val.shape == (5,) and np.all(val > most)


def test_another_content_than_the_page_was_written_for_is_refused(folder):
    with pytest.raises(ValueError, match="expected mine.mat as it was"):
        own_data.read("mine.mat", "0" * 16, folder)
