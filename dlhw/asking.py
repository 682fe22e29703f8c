"""Ask a reader's functions, safely.

Each function is called with copies, its result is checked before it is used, and what is wrong with it ends the test with a
named cause.
"""

import traceback

import numpy as np

from .arrays import map_arrays, map_paths, paths


class Stop(Exception):
    """Ends a test: a cause, a sentence, and the path of the block it was found in."""

    def __init__(self, cause, message, culprit=None):
        super().__init__(message)
        self.cause, self.message, self.culprit = cause, message, culprit


def as_point(x):
    """Return `x` as nested arrays of floats; integers become float64. Raise a ValueError where it cannot be tested."""
    def leaf(path, value):
        if callable(value):
            raise ValueError("expected x to hold numbers, got a function: x comes last")
        array = np.asarray(value)
        name = f'x["{path}"]' if path else "x"
        if array.dtype.kind not in "iuf":
            raise ValueError(f"expected {name} to hold real numbers, got {array.dtype}")
        if not np.isfinite(array).all():
            raise ValueError(f"expected {name} to be finite, got NaN or infinity")
        return np.array(array, dtype=float if array.dtype.kind in "iu" else None)

    return map_paths(leaf, x)


def call(function, name, *arguments):
    """Call a reader's function with copies; return its result and whether it changed what it was given."""
    if not callable(function):
        raise Stop("raises", f"{name} is a {type(function).__name__}: pass the function itself, such as lambda x: ...")
    given = [map_arrays(lambda a: np.array(a)[()], argument) for argument in arguments]
    with np.errstate(all="ignore"):
        try:
            result = function(*given)
        except Exception as error:
            raise Stop("raises", f"{name} raised {type(error).__name__}{_where(error)}: {error}") from error
    if result is None:
        raise Stop("shape", f"{name} returned None. Is there a return at its end?")
    return result, any(_differ(a, b) for a, b in zip(given, arguments))


def ask(function, name, convert, *arguments):
    """Return the converted result of a reader's function, once it is known to be fit for a test."""
    result, changed = call(function, name, *arguments)
    value = convert(result, name)
    for path, leaf in paths(value):
        if not np.isfinite(leaf).all():
            raise Stop("nonfinite", f"{name} is not finite{_at(path)}: it holds NaN or infinity.", path or None)
    if changed:
        raise Stop("mutates_input", f"{name} changes the array that it is given. Work on a copy, or write x = x + ... for x += ...")
    again = convert(call(function, name, *arguments)[0], name)
    gap = max(np.max(np.abs(a - b), initial=0) for (_, a), (_, b) in zip(paths(value), paths(again)))
    size = max(np.max(np.abs(a), initial=0) for _, a in paths(value))
    if not gap <= 64 * precision(value) * size:
        raise Stop("not_deterministic", f"{name} gives another result when it is called again. Fix the seed of what is random in it.")
    return value


def number(result, name):
    """Convert what a scalar function returned to a float."""
    pair = isinstance(result, (tuple, list)) and len(result) != 1
    array = np.empty(2) if pair else real(result, name)
    if array.size != 1:
        hint = f" Pass lambda x: {name}(x)[0] if the first is meant." if pair else ""
        raise Stop("shape", f"expected one number from {name}, got {_outline(result, array)}.{hint}")
    return float(array.reshape(()))


def real(result, name):
    """Convert a result to a new array of real numbers."""
    result = result.detach().cpu().numpy() if hasattr(result, "detach") else result
    try:
        array = np.array(result)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        raise Stop("shape", f"expected real numbers from {name}, got {_outline(result, array)}.")
    return array if array.dtype.kind == "f" else array.astype(float)


def like(x, swapped):
    """Return a converter to the structure and the shapes of `x`; paths of blocks that had to be transposed go to `swapped`."""
    def leaf(array, result, name, path):
        if isinstance(result, tuple) and array.ndim:
            raise Stop("shape", f"expected one array from {name}{_at(path)}, got a tuple of {len(result)}."
                       f" Pass lambda x: {name}(x)[1] if the second is meant.", path or None)
        result = real(result, name)
        if result.shape != array.shape:
            if result.ndim != 2 or result.T.shape != array.shape:
                raise Stop("shape", f"expected {name} to have the shape {array.shape}{_at(path)}, got {result.shape}.", path or None)
            swapped.add(path)
        return result.T if result.shape != array.shape else result

    def match(x, result, name, path=""):
        if not isinstance(x, (dict, list, tuple)):
            return leaf(x, result, name, path)
        keys = list(x) if isinstance(x, dict) else list(range(len(x)))
        got = list(result) if isinstance(result, dict) else list(range(len(result))) if hasattr(result, "__len__") else None
        if got is None or set(got) != set(keys) or isinstance(x, dict) != isinstance(result, dict):
            found = f"a dict with the keys {got}" if isinstance(result, dict) else f"{type(result).__name__} of {got and len(got)}"
            raise Stop("shape", f"expected {name} to hold {keys}{_at(path)}, as x does, got {found}.", path or None)
        children = [match(x[key], result[key], name, f"{path}.{key}" if path else str(key)) for key in keys]
        return dict(zip(keys, children)) if isinstance(x, dict) else children

    return lambda result, name: match(x, result, name)


def precision(*nested):
    """Return the coarsest machine epsilon among the number types of nested arrays."""
    arrays = [real(leaf, "f") for x in nested for _, leaf in paths(x)]
    return max(float(np.finfo(array.dtype if array.dtype.kind == "f" else float).eps) for array in arrays)


def _differ(a, b):
    try:
        return any(not equal for _, equal in paths(map_arrays(lambda p, q: bool(np.array_equal(p, q)), a, b)))
    except ValueError:
        return True


def _where(error):
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)[1:] if "site-packages" not in frame.filename]
    return f" in line {frames[-1].lineno} of {frames[-1].name}" if frames else ""


def _at(path):
    return f' at "{path}"' if path else ""


def _outline(result, array):
    if isinstance(result, (tuple, list)):
        return f"a {type(result).__name__} of {len(result)}"
    return f"an array of shape {array.shape}" if array.dtype.kind in "biufc" and array.ndim else type(result).__name__
