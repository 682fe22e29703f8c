"""Nothing is computed twice, what is finished stays, and nothing is left running."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlhw.study import sweep as room
from dlhw.study.agreement import SAME, agreement
from dlhw.study.experiment import Experiment, run, run_together
from dlhw.study.store import load_result, place, trouble
from dlhw.study.sweep import sweep

A, B, C = (
    Experiment("demo", "gmm", "softmax", lr=lr, batch=1000, seeds=2) for lr in (0.001, 0.01, 0.1)
)


class Counting(ThreadPoolExecutor):
    """An executor of one thread that notes what it is asked to run."""

    def __init__(self):
        super().__init__(1)
        self.tasks, self.asked = [], []

    def submit(self, fn, *args):
        self.tasks.append(args[0])
        self.asked += args[0]
        return super().submit(fn, *args)


def go(experiments, folder, **options):
    executor = Counting()
    sweep(experiments, folder, executor=executor, **options)
    return executor.asked


def test_nothing_runs_twice_and_a_change_runs_alone(tmp_path):
    assert go([A, B], tmp_path) == [A, B]
    assert go([A, B], tmp_path) == []
    changed = replace(B, every=1)
    assert go([A, changed], tmp_path) == [changed]
    assert len(list(tmp_path.rglob("*.npz"))) == 2
    assert go([A, changed], tmp_path, fresh=True) == [A, changed]


def test_long_experiments_come_first(tmp_path):
    long = replace(A, epochs=3)
    assert go([A, long], tmp_path) == [long, A]


def test_experiments_of_one_shape_run_in_one_stack_with_the_results_they_have_alone(tmp_path):
    executor, other = Counting(), replace(A, batch=500)
    sweep([A, other, B], tmp_path, executor=executor)
    assert executor.tasks == [[A, B], [other]]
    for experiment in (A, B, other):
        assert agreement(load_result(experiment, tmp_path), run(experiment)).verdict == SAME


def test_a_result_says_where_it_comes_from_and_is_handed_on(tmp_path):
    handed = []
    go([A, B], tmp_path, stored=handed.append)
    assert {result.experiment for result in handed} == {A, B}
    assert load_result(A, tmp_path).origin["date"] == time.strftime("%Y-%m-%d")


class Noting:
    """Notes what it is told."""

    def __init__(self):
        self.epochs, self.finished, self.closed = [], [], 0

    def epoch(self, *report):
        self.epochs.append(report)

    def finish(self, name):
        self.finished.append(name)

    def close(self):
        self.closed += 1


def test_processes_give_the_same_bits_and_report_their_epochs(tmp_path):
    noting, slow = Noting(), replace(A, batch=4, epochs=4)
    sweep([slow], tmp_path, progress=noting)
    assert np.array_equal(
        load_result(slow, tmp_path).history.val_accuracy, run(slow).history.val_accuracy
    )
    assert noting.finished == [slow.name] and noting.closed == 1
    assert noting.epochs and all(report[::2] == ([slow.name], 4) for report in noting.epochs)


@pytest.mark.parametrize("stop", [ZeroDivisionError, KeyboardInterrupt])
def test_finished_results_stay_whatever_ends_the_sweep(tmp_path, monkeypatch, stop):
    def fail(stack, progress):
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
    with pytest.raises(stop):
        sweep([A, B, C], tmp_path, executor=AtOnce(1))
    assert [bool(trouble(e, tmp_path)) for e in (A, B, C)] == [False, True, False]
    assert not list(tmp_path.rglob("*.part"))
    monkeypatch.undo()
    assert go([A, B, C], tmp_path) == [B]


def test_ctrl_c_while_waiting_loses_no_finished_result(tmp_path, monkeypatch):
    def interrupted(futures, **_):
        for future in futures:
            future.exception()
        raise KeyboardInterrupt

    monkeypatch.setattr(room, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sweep([A, B], tmp_path, executor=ThreadPoolExecutor(1))
    assert not trouble(A, tmp_path) and not trouble(B, tmp_path)


PROGRAM = """
import signal
import sys
from dlhw.study.experiment import Experiment
from dlhw.study.sweep import cores, sweep
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # "&" of a shell leaves it ignored
    rates = [rate / 1e3 for rate in range(1, 200)]
    tried = [Experiment("demo", "gmm", "softmax", lr=r, batch=50, seeds=20) for r in rates]
    if cores() > 1:
        tried.append(Experiment("demo", "gmm", "softmax", batch=50, epochs=10**5))
    sweep(tried, sys.argv[1])
"""
LARGE_RESULTS = """
import sys
from dlhw.study import sweep as room
from dlhw.study.experiment import Experiment

def interrupted(result, folder):
    raise KeyboardInterrupt

room.store = interrupted
room.stacks = lambda experiments: [[e] for e in experiments]
room._work_together = len
room._run_stack = lambda *_: [bytes(10**8)]
if __name__ == "__main__":
    nine = [Experiment("demo", "gmm", "softmax", lr=lr) for lr in range(1, 10)]
    room.sweep(nine, sys.argv[1], fresh=True)
"""
DIES = """
import os
import signal
import sys
from dlhw.study import sweep as room
from dlhw.study.experiment import Experiment

room.stacks = lambda experiments: [[e] for e in experiments]
room._work_together = len
room._run_stack = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    nine = [Experiment("demo", "gmm", "softmax", lr=lr) for lr in range(1, 10)]
    room.sweep(nine, sys.argv[1], fresh=True)
"""


@pytest.fixture
def start(tmp_path):
    """From a program to its process, in a group of its own that is ended with the test."""
    started = []

    def of(program):
        script = tmp_path / "program.py"
        script.write_text(program, "utf-8")
        environment = {**os.environ, "PYTHONPATH": str(Path(room.__file__).parents[2])}
        started.append(
            subprocess.Popen(
                [sys.executable, str(script), str(tmp_path / "results")],
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )
        return started[-1]

    yield of
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def children(pid):
    """Return the processes that a process has started, and those that these have."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if fields[1] == str(pid) and fields[0] != "Z":
            found += [int(status.parent.name), *children(status.parent.name)]
    return found


def alive(pids):
    return [pid for pid in pids if Path(f"/proc/{pid}/cmdline").exists()]


def trains(pid):
    return "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()


HAS_PROC = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="needs the /proc of Linux"
)


@HAS_PROC
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_at_any_moment_it_leaves_whole_results_and_no_process(tmp_path, start, end):
    folder = tmp_path / "results"
    process = start(PROGRAM)
    while process.poll() is None and len(list(folder.rglob("*.npz"))) < 3:
        time.sleep(0.01)
    time.sleep(np.random.default_rng().random() / 5)
    started = children(process.pid)
    assert started
    process.send_signal(end)
    assert process.wait(20) != 0
    deadline = time.monotonic() + 20
    while alive(started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(started)
    rates = [rate / 1e3 for rate in range(1, 200)]
    tried = [Experiment("demo", "gmm", "softmax", lr=r, batch=50, seeds=20) for r in rates]
    whole = {place(e, folder) for e in tried if not trouble(e, folder)}
    assert set(folder.rglob("*.npz")) == whole and len(whole) >= 3


def test_two_results_of_one_name_would_be_one_file(tmp_path):
    with pytest.raises(ValueError, match=f"a file for each experiment, got 2 for {A.name}.npz"):
        sweep([A, replace(A, seeds=A.seeds + 1)], tmp_path, executor=ThreadPoolExecutor(1))
    assert not list(tmp_path.rglob("*"))
    sweep([A, A], tmp_path, executor=ThreadPoolExecutor(1))
    assert load_result(A, tmp_path).experiment == A


@HAS_PROC
def test_ctrl_c_on_a_terminal_reaches_no_process_that_only_trains(start):
    process = start(PROGRAM)
    while process.poll() is None and not any(map(trains, children(process.pid))):
        time.sleep(0.001)
    time.sleep(0.1)  # it imports NumPy
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=20)[1].count("Traceback") == 1


@pytest.mark.parametrize("time", range(2))
def test_ctrl_c_while_a_large_result_is_handed_over_ends_at_once(start, time):
    assert start(LARGE_RESULTS).communicate(timeout=20)[1].endswith("KeyboardInterrupt\n")


def test_a_process_that_somebody_ends_is_an_error_that_says_so(start):
    assert "ended by something else (exit code -9)" in start(DIES).communicate(timeout=20)[1]


def test_a_cluster_carries_a_sweep(tmp_path):
    distributed = pytest.importorskip("distributed")
    small = {"processes": False, "n_workers": 1, "threads_per_worker": 1}
    with distributed.Client(**small, dashboard_address=None) as client:
        sweep([A, B], tmp_path, executor=client.get_executor())
    assert np.array_equal(
        load_result(B, tmp_path).history.val_accuracy, run(B).history.val_accuracy
    )
