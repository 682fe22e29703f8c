"""Nothing is computed twice, and what is finished stays."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from tqdm import tqdm

from dlhw.study import sweep as room
from dlhw.study.experiment import Experiment, run
from dlhw.study.store import load_result, place
from dlhw.study.sweep import sweep

A, B, C = (
    Experiment("demo", "gmm", "softmax", lr=lr, batch=1000, seeds=2) for lr in (0.001, 0.01, 0.1)
)


def quiet(**_):
    return tqdm(disable=True)


class Counting(ThreadPoolExecutor):
    """An executor of one thread that notes what it is asked to run."""

    def __init__(self):
        super().__init__(1)
        self.asked = []

    def submit(self, fn, *args):
        self.asked.append(args[0])
        return super().submit(fn, *args)


def go(experiments, folder):
    executor = Counting()
    sweep(experiments, folder, executor=executor, progress=quiet)
    return executor.asked


def test_nothing_runs_twice_and_a_change_runs_alone(tmp_path):
    assert go([A, B], tmp_path) == [A, B]
    assert go([A, B], tmp_path) == []
    changed = replace(B, every=1)
    assert go([A, changed], tmp_path) == [changed]
    assert len(list(tmp_path.rglob("*.npz"))) == 2


def test_long_experiments_come_first(tmp_path):
    long = replace(A, epochs=3)
    assert go([A, long], tmp_path) == [long, A]


def test_processes_give_the_same_bits(tmp_path):
    sweep([A], tmp_path, progress=quiet)
    assert np.array_equal(load_result(A, tmp_path).history.val_loss, run(A).history.val_loss)


@pytest.mark.parametrize("stop", [ZeroDivisionError, KeyboardInterrupt])
def test_finished_results_stay_whatever_ends_the_sweep(tmp_path, monkeypatch, stop):
    def fail(experiment):
        if experiment == B:
            raise stop
        return run(experiment)

    class AtOnce(ThreadPoolExecutor):
        def submit(self, fn, experiment):
            future = Future()
            try:
                future.set_result(fn(experiment))
            except BaseException as error:
                future.set_exception(error)
            return future

    monkeypatch.setattr(room, "run", fail)
    monkeypatch.setattr(room, "as_completed", iter)
    with pytest.raises(stop):
        sweep([A, B, C], tmp_path, executor=AtOnce(1), progress=quiet)
    assert place(A, tmp_path).exists() and not place(B, tmp_path).exists()
    assert not list(tmp_path.rglob("*.part"))
    monkeypatch.undo()
    assert go([A, B, C], tmp_path) == [B, C]


def test_a_cluster_carries_a_sweep(tmp_path):
    distributed = pytest.importorskip("distributed")
    small = {"processes": False, "n_workers": 1, "threads_per_worker": 1}
    with distributed.Client(**small, dashboard_address=None) as client:
        sweep([A, B], tmp_path, executor=client.get_executor(), progress=quiet)
    assert np.array_equal(load_result(B, tmp_path).history.val_loss, run(B).history.val_loss)
