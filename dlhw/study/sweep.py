"""Many runs: on any executor, each result stored as soon as it is there, none computed twice."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from .experiment import run
from .store import place, store


def sweep(experiments, folder, *, executor=None, progress=tqdm):
    """Run the experiments that a folder does not hold yet, the longest first.

    Parameters
    ----------
    experiments : iterable of Experiment
    folder : Path
        Where results are stored, each as soon as it is there; whatever ends the sweep, they stay.
    executor : concurrent.futures.Executor, optional
        By default a process for each core. Every worker keeps to one thread.
    progress : callable
        As `tqdm.tqdm`: takes `total` and `desc`, gives an object with `update`. Its unit is the
        work of a network's step.

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
    >>> from functools import partial
    >>> demo = partial(Experiment, "demo", "gmm", "softmax", batch=500, seeds=2)
    >>> one_thread, silent = ThreadPoolExecutor(1), partial(tqdm, disable=True)
    >>> with TemporaryDirectory() as folder:
    ...     sweep([demo(lr=0.01), demo(lr=0.1)], folder, executor=one_thread, progress=silent)
    ...     load_result(demo(lr=0.1), folder).history.val_loss.shape
    (2, 2)
    """
    missing = [experiment for experiment in experiments if not place(experiment, folder).exists()]
    if not missing:
        return
    missing.sort(key=work, reverse=True)
    executor = executor or ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))
    bar = progress(
        total=sum(map(work, missing)), desc=f"{len(missing)} experiments", unit_scale=True
    )
    with executor, bar:
        running = {executor.submit(_run_alone, experiment): experiment for experiment in missing}
        try:
            for future in as_completed(running):
                store(future.result(), folder)
                bar.set_postfix_str(running[future].name, refresh=False)
                bar.update(work(running[future]))
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


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


def _run_alone(experiment):
    with threadpool_limits(1):
        return run(experiment)
