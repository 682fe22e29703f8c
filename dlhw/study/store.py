"""Results in files: one small file an experiment, which says itself whether it still holds.

A file has the name of its experiment, and in it stand

- the curves: losses in float32, accuracies as counts of samples, so exactly;
- the parameters of the trained networks where a page uses them, those in float32 to five digits;
- the key, a digest of the settings and of the code that trains with them; no version, processor or
  system is in it, so a result holds on every machine;
- where and when it was trained, and a digest of all of this.

A result that does not fit its key or its digest is never read as if it did.
"""

import hashlib
import io
import json
import math
import os
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np

from ..arrays import paths
from ..datasets import RULES
from ..training import History
from .experiment import Result
from .rooms import ROOT
from .used_code import used_code

TRAINS = (("study.experiment", "run"),)
NOT_IN_KEY = ("group", "weights")  # where it is shown, and what is kept of it
LOSSES, ACCURACIES = ("train_loss", "val_loss"), ("train_accuracy", "val_accuracy")
CURVES = LOSSES + ACCURACIES
BITS = 16  # of a parameter: five digits; of 6,250 answers of a network one may change
FAILED = -1  # in place of a count


# ---- keys ----------------------------------------------------------------------------------------


def key(experiment, root=ROOT):
    """Return the key of an experiment: a digest of all that its result depends on.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> slow, fast = (Experiment("demo", "gmm", "softmax", lr=lr) for lr in (0.01, 0.1))
    >>> key(slow) == key(fast), len(key(slow))
    (False, 16)
    """
    settings = asdict(experiment)
    for name in NOT_IN_KEY:
        del settings[name]
    asked = frozenset(value for value in settings.values() if isinstance(value, str))
    whole = json.dumps(settings, sort_keys=True) + code(asked, root)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


@cache
def code(asked, root):
    """Return a digest of the code that trains with settings that ask for these names.

    Examples
    --------
    >>> code(frozenset({"gmm", "tanh"}), ROOT) == code(frozenset({"peaks", "tanh"}), ROOT)
    False
    """
    return used_code(TRAINS, keys=asked, root=root).digest


# ---- files ---------------------------------------------------------------------------------------


def place(experiment, folder):
    """Return the path where the result of an experiment is stored."""
    return Path(folder, experiment.group, f"{experiment.name}.npz")


def store(result, folder):
    """Write a result where `load_result` finds it, whole or not at all.

    A file that says the same already stays, with the date it has.
    """
    path = place(result.experiment, folder)
    arrays = packed(result)
    if _says_the_same(_arrays(path), arrays):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez_compressed(content, **arrays, digest=_digest(arrays))
    write_whole(path, content.getvalue())


def _says_the_same(before, arrays):
    if not before or str(before["digest"]) != _digest(before):
        return False
    texts = [json.loads(str(kept["about"])) for kept in (before, arrays)]
    for text in texts:
        del text["seconds"], text["origin"]
    numbers = ("losses", "hits", "weights")
    return texts[0] == texts[1] and all(
        np.array_equal(before[name], arrays[name]) for name in numbers
    )


def trouble(experiment, folder):
    """Say why the kept result of an experiment cannot be used: "" if it can.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from dlhw.study.experiment import Experiment
    >>> with TemporaryDirectory() as folder:
    ...     trouble(Experiment("demo", "gmm", "softmax"), folder)
    'found none'
    """
    return _trouble(experiment, place(experiment, folder))[0]


def state(experiment, folder):
    """Return the digest of the kept result of an experiment, or why it cannot be used."""
    why, arrays = _trouble(experiment, place(experiment, folder))
    return why or str(arrays["digest"])


def load_result(experiment, folder, any_key=False):
    """Return the result of an experiment from the folder where `store` put it.

    Parameters
    ----------
    experiment : Experiment
    folder : Path
    any_key : bool
        Whether a result of other code is taken too, to compare.

    Raises
    ------
    FileNotFoundError
        If it is not there, or cannot be used.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from dlhw.study.experiment import Experiment, run
    >>> small = Experiment("demo", "gmm", "softmax", lr=0.1, batch=500, seeds=2)
    >>> with TemporaryDirectory() as folder:
    ...     store(run(small), folder)
    ...     load_result(small, folder).history.val_accuracy.shape
    (2, 2)
    """
    path = place(experiment, folder)
    why, arrays = _trouble(experiment, path, any_key)
    if why:
        raise FileNotFoundError(
            f"expected the result of {experiment.name} in {path}, {why}:"
            f" python3 tasks.py train {experiment.name} makes it"
        )
    return unpacked(experiment, arrays)


def _trouble(experiment, path, any_key=False):
    """Return why a file cannot be used, and what it holds."""
    if not path.exists():
        return "found none", {}
    arrays = _arrays(path)
    if not arrays:
        return "found a file that is damaged", {}
    if str(arrays["digest"]) != _digest(arrays):
        return "found one that somebody changed by hand", {}
    about = json.loads(str(arrays["about"]))
    if about["key"] != key(experiment) and not any_key:
        return "found one of other code or settings", {}
    if experiment.weights and not arrays["weights"].size and not any_key:
        return "found one without the parameters of its networks", {}
    return "", arrays


def _arrays(path):
    """Return what a file holds, of a damaged one or none nothing."""
    if not path.exists():
        return {}
    content = io.BytesIO(path.read_bytes())
    try:
        with np.load(content) as arrays:
            return {name: arrays[name] for name in ("about", "losses", "hits", "weights", "digest")}
    except Exception:  # half a zip file raises whatever its other half would have prevented
        return {}


def _digest(arrays):
    """Return a digest of what a file holds, but for the digest itself."""
    digest = hashlib.sha256()
    for name in ("about", "losses", "hits", "weights"):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode() + array.tobytes())
    return digest.hexdigest()


def write_whole(path, content):
    """Write bytes into a file, whole or not at all, even if the machine loses its power.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a.txt"), b"whole")
    ...     [path.name for path in Path(folder).iterdir()]
    ['a.txt']
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


# ---- what a file holds ---------------------------------------------------------------------------


class NotKept:
    """Stands for parameters that a file does not hold: whoever uses them is told."""

    def __init__(self, experiment):
        self.name = experiment.name

    def refuse(self, *_):
        raise LookupError(
            f"the parameters of {self.name} are not kept: give it weights=True in"
            f" dlhw/study/registry.py, then python3 tasks.py train {self.name}"
        )

    __getitem__ = __iter__ = __len__ = refuse


def packed(result):
    """Return a result as the few arrays of a file."""
    e, history = result.experiment, result.history
    about = {
        "name": e.name,
        "key": key(e),
        "epoch": history.epoch.tolist(),
        "failed": history.failed,
        "test_accuracy": [_or_none(value) for value in result.test_accuracy.tolist()],
        "bayes_test": _or_none(result.bayes_test),
        "seconds": round(result.seconds, 2),
        "origin": result.origin,
    }
    losses = np.stack([getattr(history, name) for name in LOSSES]).astype(np.float32)
    hits = [_counted(getattr(history, name), m) for name, m in zip(ACCURACIES, sizes(e))]
    weights = np.empty(0, e.dtype)
    if e.weights:
        weights = np.concatenate([p.ravel() for _, p in paths(history.params)])
    if e.dtype == "float32":  # the others are few, and computed in double precision for a reason
        weights = _rounded(weights)
    return {
        "about": np.array(json.dumps(about)),
        "losses": _by_significance(losses),
        "hits": np.stack(hits),
        "weights": _by_significance(weights),
    }


def unpacked(experiment, arrays):
    """Return the result of which `packed` made these arrays, rounded as they are."""
    about = json.loads(str(arrays["about"]))
    shape = arrays["hits"].shape
    losses = _by_number(arrays["losses"], "float32").reshape(shape).astype(float)
    shares = [_share(hits, m) for hits, m in zip(arrays["hits"], sizes(experiment))]
    curves = dict(zip(CURVES, [*losses, *shares]))
    failed = {int(s): why for s, why in about["failed"].items()}
    params = NotKept(experiment)
    if arrays["weights"].size:
        params = _nested(experiment, _by_number(arrays["weights"], experiment.dtype))
    history = History(
        epoch=np.array(about["epoch"]), **curves, params=params, failed=failed, interrupted=False
    )
    test = np.array([_or_nan(value) for value in about["test_accuracy"]])
    bayes = _or_nan(about["bayes_test"])
    return Result(experiment, history, test, bayes, about["seconds"], about["origin"])


def sizes(experiment):
    """Return how many samples the training and the validation accuracy of a network count.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> sizes(Experiment("demo", "gmm", "softmax", train_size=200, copies=3))
    (600, 6250)
    """
    train, val = RULES[experiment.dataset].sizes
    return experiment.train_size * experiment.copies or train, val


def _counted(accuracy, m):
    return np.where(np.isnan(accuracy), FAILED, np.rint(accuracy * m)).astype(np.int32)


def _share(hits, m):
    return np.where(hits == FAILED, np.nan, hits / m)


def _rounded(numbers):
    mantissa, exponent = np.frexp(numbers)
    return np.ldexp(np.rint(mantissa * 2**BITS), exponent - BITS)


def _by_significance(numbers):
    """Return the bytes of numbers, all first ones, all second ones, ...: these compress better."""
    little_endian = np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<"))
    return np.ascontiguousarray(little_endian.view(np.uint8).reshape(-1, numbers.itemsize).T)


def _by_number(parts, dtype):
    little_endian = np.ascontiguousarray(parts.T).view(np.dtype(dtype).newbyteorder("<"))
    return little_endian.ravel().astype(dtype)


def _nested(experiment, numbers):
    """Return the parameters of a stack, nested as its network wants them."""
    params, start = [], 0
    for layer in experiment.network().layers:
        params.append({})
        for name, shape in layer.shapes.items():
            end = start + experiment.seeds * math.prod(shape)
            params[-1][name] = numbers[start:end].reshape(experiment.seeds, *shape)
            start = end
    return params


def _or_none(value):
    """Return None for NaN, which JSON does not know."""
    return None if math.isnan(value) else value


def _or_nan(value):
    return math.nan if value is None else value
