"""Many runs: on any executor, each result stored as soon as it is there, none computed twice.

A result is stored under a key of all that it depends on: the experiment, and the code that runs it
without its docstrings and comments. So a changed experiment runs again, and it alone; a changed
formula runs everything again. No version is in the key: a result that came with a wheel is found on
any Python and NumPy.
"""

import hashlib
import io
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from ..arrays import map_paths, paths
from ..datasets import data_text
from ..training import History
from .experiment import Result, run_together, stacks
from .source_code import bare

CODE = [
    "arrays",
    "softmax",
    "optimizers",
    "matfiles",
    "datasets",
    "training",
    "layers",
    "network",
    "study/experiment",
]
CURVES = ["train_loss", "train_accuracy", "val_loss", "val_accuracy"]


def sweep(experiments, folder, *, executor=None, progress=tqdm):
    """Run the experiments that a folder does not hold yet, in stacks, the longest first.

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
    missing = sorted(stacks(missing), key=_work_together, reverse=True)
    executor = executor or ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))
    total, count = sum(map(_work_together, missing)), sum(map(len, missing))
    bar = progress(total=total, desc=f"{count} experiments", unit_scale=True)
    with executor, bar:
        running = {executor.submit(_run_stack, stack): stack for stack in missing}
        try:
            for future in as_completed(running):
                for result in future.result():
                    store(result, folder)
                bar.set_postfix_str(running[future][0].name, refresh=False)
                bar.update(_work_together(running[future]))
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


def _work_together(stack):
    return sum(map(work, stack))


def _run_stack(stack):
    with threadpool_limits(1):
        return run_together(stack)


# ---- storing results --------------------------------------------------------------------------


def place(experiment, folder):
    """Return the path where the result of an experiment is stored."""
    digest = hashlib.sha256(f"{experiment!r} {code()}".encode()).hexdigest()
    return Path(folder, experiment.group, f"{experiment.name}-{digest[:12]}.npz")


@cache
def code(package=Path(__file__).parents[1]):
    """Return a digest of the code that a result depends on, and of GMM's Gaussians.

    Docstrings and comments are not in it.

    Examples
    --------
    >>> len(code())
    64
    """
    digest = hashlib.sha256()
    for name in CODE:
        digest.update(bare((package / f"{name}.py").read_text(encoding="utf-8")).encode())
    digest.update(data_text("gmm_mixture.json").encode())
    return digest.hexdigest()


def store(result, folder):
    """Write a result where `load_result` finds it, whole or not at all; delete its forerunners."""
    path, history = place(result.experiment, folder), result.history
    path.parent.mkdir(parents=True, exist_ok=True)
    params = {f"params.{name}": array for name, array in paths(history.params)}
    curves = {name: getattr(history, name) for name in ("epoch", *CURVES)}
    content = io.BytesIO()
    np.savez_compressed(
        content,
        **params,
        **curves,
        failed=json.dumps(history.failed),
        test_accuracy=result.test_accuracy,
        bayes_test=result.bayes_test,
        seconds=result.seconds,
    )
    write_whole(path, content.getvalue())
    for old in path.parent.glob(f"{result.experiment.name}-" + 12 * "?" + ".npz"):
        if old != path:
            old.unlink()


def write_whole(path, content):
    """Write bytes into a file, whole or not at all.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a.txt"), b"whole")
    ...     [path.name for path in Path(folder).iterdir()]
    ['a.txt']
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_result(experiment, folder):
    """Return the result of an experiment from the folder where `sweep` stored it.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    """
    path = place(experiment, folder)
    if not path.exists():
        raise FileNotFoundError(
            f"expected the result of {experiment.name} in {path.parent}, found none:"
            " run the experiments first"
        )
    shapes = experiment.network().initialise(0)
    with np.load(path) as arrays:
        params = map_paths(lambda name, _: arrays[f"params.{name}"], shapes)
        failed = {int(s): why for s, why in json.loads(str(arrays["failed"])).items()}
        curves = [arrays[name] for name in CURVES]
        history = History(arrays["epoch"], *curves, params, failed, interrupted=False)
        bayes, seconds = float(arrays["bayes_test"]), float(arrays["seconds"])
        return Result(experiment, history, arrays["test_accuracy"], bayes, seconds)
