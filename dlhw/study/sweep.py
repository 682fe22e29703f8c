"""Many runs: on any executor, each result stored as soon as it is there, none computed twice."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from .experiment import run_together, stacks
from .origin import origin
from .store import store, trouble

SECONDS = 0.5  # from a report of a worker to its next, and from a look at them to the next
REPORTS = []  # in a worker: where it says how far it is


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
        elif missing:
            with _processes() as (executor, reports):
                _run_all(missing, executor, finish, partial(_pass_on, reports, progress))
    finally:
        if progress:
            progress.close()


def _run_all(missing, executor, finish, look=int):
    """Run stacks, finish each when it is there, and look at the reports meanwhile."""
    running = {executor.submit(_run_stack, stack) for stack in missing}
    try:
        while running:
            done, _ = wait(running, SECONDS, FIRST_COMPLETED)
            look()
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


def _run_stack(stack):
    names = [experiment.name for experiment in stack]
    with threadpool_limits(1):
        results = run_together(stack, progress=partial(_reported, names))
        return [result._replace(origin=origin()) for result in results]


# ---- processes of one thread each ----------------------------------------------------------------


@contextmanager
def _processes():
    """Give an executor and the queue of its workers' reports; end them whatever happens."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    reports = context.SimpleQueue()
    executor = ProcessPoolExecutor(cores(), context, _begin, (reports,))
    try:
        yield executor, reports
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _begin(reports):
    """Begin a worker: Ctrl-C is for its parent, and when that ends, however, it ends too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    REPORTS.append(reports)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)


def _reported(names, epochs):
    """Wrap the epochs of a stack in a worker: it reports some of them."""
    said = time.monotonic()
    for epoch in epochs:
        yield epoch
        if REPORTS and time.monotonic() - said > SECONDS:
            said = time.monotonic()
            REPORTS[0].put((names, epoch, len(epochs)))


def _pass_on(reports, progress):
    while not reports.empty():
        report = reports.get()
        if progress:
            progress.epoch(*report)
