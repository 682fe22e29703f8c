"""Results are kept, found again, computed once, and made anew when what they depend on changes."""

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
from dlhw.study.experiment import Experiment, run, run_together
from dlhw.study.sweep import CURVES, code, load_result, place, store, sweep

A, B, C = (
    Experiment("demo", "gmm", "softmax", lr=lr, batch=1000, seeds=2) for lr in (0.001, 0.01, 0.1)
)


def quiet(**_):
    return tqdm(disable=True)


class Counting(ThreadPoolExecutor):
    """An executor of one thread that notes what it is asked to run."""

    def __init__(self):
        super().__init__(1)
        self.tasks, self.asked = [], []

    def submit(self, fn, *args):
        self.tasks.append(args[0])
        self.asked += args[0]
        return super().submit(fn, *args)


def go(experiments, folder):
    executor = Counting()
    sweep(experiments, folder, executor=executor, progress=quiet)
    return executor.asked


def test_a_result_is_found_as_it_was_kept(tmp_path):
    result = run(replace(A, test=True))
    store(result, tmp_path)
    found = load_result(result.experiment, tmp_path)
    assert found.experiment == result.experiment
    for name in ("epoch", *CURVES, "failed", "interrupted"):
        assert np.array_equal(getattr(found.history, name), getattr(result.history, name))
    found_params, params = dict(paths(found.history.params)), dict(paths(result.history.params))
    assert found_params.keys() == params.keys()
    for path, array in params.items():
        assert np.array_equal(found_params[path], array)
        assert found_params[path].dtype == array.dtype
    assert np.array_equal(found.test_accuracy, result.test_accuracy)
    assert found.bayes_test == result.bayes_test


def test_nothing_runs_twice_and_a_change_runs_alone(tmp_path):
    assert go([A, B], tmp_path) == [A, B]
    assert go([A, B], tmp_path) == []
    changed = replace(B, every=1)
    assert go([A, changed], tmp_path) == [changed]
    assert len(list(tmp_path.rglob("*.npz"))) == 2


def test_long_experiments_come_first(tmp_path):
    long = replace(A, epochs=3)
    assert go([A, long], tmp_path) == [long, A]


def test_experiments_of_one_shape_run_in_one_stack_under_their_own_keys(tmp_path):
    executor = Counting()
    other = replace(A, batch=500)
    sweep([A, other, B], tmp_path, executor=executor, progress=quiet)
    assert executor.tasks == [[A, B], [other]]
    for experiment in (A, B, other):
        found, alone = load_result(experiment, tmp_path), run(experiment)
        assert np.array_equal(found.history.val_loss, alone.history.val_loss)


def test_processes_give_the_same_bits(tmp_path):
    sweep([A], tmp_path, progress=quiet)
    assert np.array_equal(load_result(A, tmp_path).history.val_loss, run(A).history.val_loss)


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=A.name):
        load_result(A, tmp_path)


@pytest.mark.parametrize("stop", [ZeroDivisionError, KeyboardInterrupt])
def test_finished_results_stay_whatever_ends_the_sweep(tmp_path, monkeypatch, stop):
    def fail(stack):
        if stack == [B]:
            raise stop
        return run_together(stack)

    class AtOnce(ThreadPoolExecutor):
        def submit(self, fn, stack):
            future = Future()
            try:
                future.set_result(fn(stack))
            except BaseException as error:
                future.set_exception(error)
            return future

    monkeypatch.setattr(room, "stacks", lambda experiments: [[e] for e in experiments])
    monkeypatch.setattr(room, "run_together", fail)
    monkeypatch.setattr(room, "as_completed", iter)
    with pytest.raises(stop):
        sweep([A, B, C], tmp_path, executor=AtOnce(1), progress=quiet)
    assert place(A, tmp_path).exists() and not place(B, tmp_path).exists()
    assert not list(tmp_path.rglob("*.part"))
    monkeypatch.undo()
    assert go([A, B, C], tmp_path) == [B, C]


@pytest.mark.parametrize("share", np.random.default_rng(0).random(10))
def test_an_interrupted_write_leaves_no_half_written_file(tmp_path, monkeypatch, share):
    """It comes after a random share of the bytes; the last result of the same name stays."""
    result = run(A)
    (tmp_path / A.group).mkdir()
    before = tmp_path / A.group / f"{A.name}-0123456789ab.npz"
    before.touch()

    def torn(path, content):
        with path.open("wb") as file:
            file.write(content[: int(share * len(content))])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", torn)
    with pytest.raises(KeyboardInterrupt):
        store(result, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [before]
    monkeypatch.undo()
    store(result, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [place(A, tmp_path)]


def test_prose_is_not_in_the_key_but_formulas_are(tmp_path):
    def copy(name, old, new):
        folder = tmp_path / name
        package = Path(dlhw.__file__).parent
        shutil.copytree(package, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = (folder / "softmax.py").read_text("utf-8")
        assert old in text
        (folder / "softmax.py").write_text(text.replace(old, new), "utf-8")
        return code(folder)

    assert copy("docstring", '"""Return the probabilities', '"""Give the probabilities') == code()
    assert copy("comment", "def softmax(Z):", "# once more\ndef softmax(Z):") == code()
    assert copy("formula", "def softmax(Z):", "def softmax(Z, T=1):") != code()


def test_a_cluster_carries_a_sweep(tmp_path):
    distributed = pytest.importorskip("distributed")
    small = {"processes": False, "n_workers": 1, "threads_per_worker": 1}
    with distributed.Client(**small, dashboard_address=None) as client:
        sweep([A, B], tmp_path, executor=client.get_executor(), progress=quiet)
    assert np.array_equal(load_result(B, tmp_path).history.val_loss, run(B).history.val_loss)
