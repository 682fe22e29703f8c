"""Results are kept, found again, computed once, and made anew when what they depend on changes."""

import io
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tqdm import tqdm

import dlhw
from dlhw.arrays import paths
from dlhw.study import sweep as room
from dlhw.study.experiment import Experiment, run
from dlhw.study.sweep import code, keep, kept, place, sweep

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


def test_a_result_is_found_as_it_was_kept(tmp_path):
    result = run(replace(A, test=True))
    keep(result, tmp_path)
    found = kept(result.experiment, tmp_path)
    assert found.experiment == result.experiment
    for name in (
        "epoch",
        "train_loss",
        "train_accuracy",
        "val_loss",
        "val_accuracy",
        "failed",
        "interrupted",
    ):
        assert np.array_equal(getattr(found.history, name), getattr(result.history, name))
    assert all(
        np.array_equal(a, b) and a.dtype == b.dtype
        for (_, a), (_, b) in zip(
            paths(found.history.params), paths(result.history.params), strict=True
        )
    )
    assert (
        np.array_equal(found.test_accuracy, result.test_accuracy)
        and found.bayes_test == result.bayes_test
    )


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
    assert np.array_equal(kept(A, tmp_path).history.val_loss, run(A).history.val_loss)


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=A.name):
        kept(A, tmp_path)


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


@pytest.mark.parametrize("share", np.random.default_rng(0).random(10))
def test_an_interrupted_write_leaves_no_half_written_file(tmp_path, monkeypatch, share):
    """The interruption comes after a random share of the bytes; the last result of that name stays."""
    result, save = run(A), np.savez_compressed
    (tmp_path / A.group).mkdir()
    before = tmp_path / A.group / f"{A.name}-0123456789ab.npz"
    before.touch()

    def torn(file, **arrays):
        whole = io.BytesIO()
        save(whole, **arrays)
        file.write(whole.getvalue()[: int(share * whole.tell())])
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", torn)
    with pytest.raises(KeyboardInterrupt):
        keep(result, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [before]
    monkeypatch.undo()
    keep(result, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [place(A, tmp_path)]


def test_prose_is_not_in_the_key_but_formulas_are(tmp_path):
    def copy(name, old, new):
        folder = tmp_path / name
        shutil.copytree(
            Path(dlhw.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__")
        )
        text = (folder / "softmax.py").read_text("utf-8")
        assert old in text
        (folder / "softmax.py").write_text(text.replace(old, new), "utf-8")
        return code(folder)

    assert copy("docstring", '"""Return the probabilities', '"""Give the probabilities') == code()
    assert copy("comment", "def softmax(Z):", "# once more\ndef softmax(Z):") == code()
    assert copy("formula", "def softmax(Z):", "def softmax(Z, T=1):") != code()


def test_a_cluster_carries_a_sweep(tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as client:
        sweep([A, B], tmp_path, executor=client.get_executor(), progress=quiet)
    assert np.array_equal(kept(B, tmp_path).history.val_loss, run(B).history.val_loss)
