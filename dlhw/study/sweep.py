"""Many runs: on any executor, each result stored as soon as it is there, none computed twice."""

import multiprocessing
import multiprocessing.resource_tracker
import os
import signal
import threading
import time
import traceback
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import connection

import numpy as np
from threadpoolctl import threadpool_limits

from .experiment import run_together, stacks
from .origin import origin
from .store import place, store, trouble

SECONDS = 0.5  # from a report of a worker to its next
EPOCH, RESULTS, ERROR = "epoch", "results", "error"  # what a worker can say


def sweep(experiments, folder, *, fresh=False, executor=None, progress=None, stored=None):
    """Run the experiments of which a folder holds no usable result, in stacks, the longest first.

    Parameters
    ----------
    experiments : iterable of Experiment
    folder : Path
        Where results are stored, each as soon as it is there; whatever ends the sweep, they stay.
    fresh : bool
        Whether to run all of them.
    executor : concurrent.futures.Executor, optional
        By default a process for each core, with one thread each.
    progress : Progress, optional
        Is told what is finished, and with the default executor the epochs too.
    stored : callable, optional
        Takes each result when it is stored.

    Raises
    ------
    Exception
        Whatever an experiment raised; the others that were finished stay.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from tempfile import TemporaryDirectory
    >>> from dlhw.study.experiment import Experiment
    >>> from dlhw.study.store import load_result
    >>> demo = partial(Experiment, "demo", "gmm", "softmax", batch=500, seeds=2)
    >>> with TemporaryDirectory() as folder:
    ...     sweep([demo(lr=0.01), demo(lr=0.1)], folder, executor=ThreadPoolExecutor(1))
    ...     load_result(demo(lr=0.1), folder).history.val_loss.shape
    (2, 2)
    """
    experiments = list(experiments)
    _check_places(experiments, folder)
    missing = stacks(e for e in experiments if fresh or trouble(e, folder))
    missing.sort(key=_work_together, reverse=True)

    def finish(results):
        for result in results:
            store(result, folder)
            if progress:
                progress.finish(result.experiment.name)
            if stored:
                stored(result)

    try:
        if missing and executor:
            with executor:
                _run_all(missing, executor, finish)
        else:
            _run_in_processes(missing, finish, progress)
    finally:
        if progress:
            progress.close()


def _check_places(experiments, folder):
    """Refuse two experiments of one name: one result would be written over the other."""
    places = Counter(place(experiment, folder) for experiment in set(experiments))
    for path, count in places.items():
        if count > 1:
            raise ValueError(f"expected a file for each experiment, got {count} for {path.name}")


def _run_all(missing, executor, finish):
    """Run stacks, and finish each when it is there."""
    running = {executor.submit(_run_stack, stack) for stack in missing}
    try:
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                finish(future.result())
                running.remove(future)
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for future in running:  # some may have finished meanwhile
            if future.done() and not _failed(future):
                finish(future.result())
        raise


def _failed(future):
    return future.cancelled() or future.exception() is not None


def work(experiment):
    """Estimate the work of an experiment, in microseconds of one core.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> small = Experiment("demo", "peaks", "softmax", epochs=3)
    >>> work(Experiment("demo", "peaks", "tanh", 4, 50, epochs=3)) > 3 * work(small)
    True
    """
    sizes = [
        np.prod(shape) for layer in experiment.network().layers for shape in layer.shapes.values()
    ]
    step = 2 + 0.4 * len(sizes) + sum(sizes) * (1 + experiment.batch / 8) / 3000
    return int(experiment.seeds * experiment.epochs * experiment.steps * step)


def cores():
    """Return how many processes can compute at once.

    Examples
    --------
    >>> cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _work_together(stack):
    return sum(map(work, stack))


def _run_stack(stack, report=None):
    """Return the results of a stack; report its first epoch and, now and then, another."""
    names, said = [experiment.name for experiment in stack], -np.inf

    def reported(epochs):
        nonlocal said
        for epoch in epochs:
            yield epoch
            if report and time.monotonic() - said > SECONDS:
                said = time.monotonic()
                report(names, epoch, len(epochs))

    with threadpool_limits(1):
        results = run_together(stack, progress=reported)
        return [result._replace(origin=origin()) for result in results]


# ---- processes of one thread each ----------------------------------------------------------------


def _run_in_processes(missing, finish, progress):
    """Run stacks in a process for each core, and finish each when it is there.

    None of the processes is left, whatever ends this. A `ProcessPoolExecutor` cannot promise that:
    where a worker is ended while it hands over a result, it waits for the rest for ever. Here each
    worker has a pipe of its own, and no thread waits for it.
    """
    workers, missing = {}, iter(missing)
    try:
        for stack in islice(missing, cores()):
            pipe, process = _worker()
            workers[pipe] = process
            pipe.send(stack)
        busy = set(workers)
        while busy:
            for pipe in connection.wait(busy):
                kind, content = _heard(pipe, workers[pipe])
                if kind == ERROR:
                    raise content
                if kind == EPOCH and progress:
                    progress.epoch(*content)
                if kind == RESULTS:
                    stack = next(missing, None)
                    if stack:
                        pipe.send(stack)
                    else:
                        busy.remove(pipe)
                    finish(content)
    finally:
        for pipe, process in workers.items():
            process.kill()
            process.join()
            process.close()
            pipe.close()


def _worker():
    """Start a worker; return the pipe to it, and its process."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_serve, args=(its,), daemon=True)
    with _ctrl_c_blocked():
        process.start()
    its.close()
    return ours, process


@contextmanager
def _ctrl_c_blocked():
    """Keep Ctrl-C from a process that starts meanwhile: it is for its parent."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    multiprocessing.resource_tracker.ensure_running()  # by itself it would start now and unblock
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _heard(pipe, process):
    """Return what a worker says, and of what kind that is."""
    try:
        return pipe.recv()
    except (EOFError, ConnectionError):
        process.join()
        raise ChildProcessError(
            f"a process that trains was ended by something else (exit code {process.exitcode});"
            " what is finished is kept: call this again"
        ) from None


def _serve(pipe):
    """In a worker: run the stacks that come, and end with the parent, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it could not be blocked
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        stack = pipe.recv()
        try:
            answer = RESULTS, _run_stack(stack, partial(_report, pipe))
        except Exception as error:
            error.add_note(traceback.format_exc())
            answer = ERROR, error
        pipe.send(answer)


def _report(pipe, *epoch):
    pipe.send((EPOCH, epoch))


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)
