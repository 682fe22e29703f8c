"""Ask a reader's functions, safely.

Each function is called with copies, its result is checked before it is used, and what is wrong with it ends the test with a
named cause.
"""

import traceback

import numpy as np

from ..arrays import map_arrays, map_paths, outline, paths


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


def call(function, name, convert, *arguments):
    """Return the converted result of a reader's function. Whatever it raises ends the test, but for an interrupt."""
    if not callable(function):
        raise Stop(
            "raises",
            f"{name} is a {type(function).__name__}: pass the function itself, such as lambda x: ...",
        )
    with np.errstate(all="ignore"):
        try:
            result = function(*arguments)
            if result is None:
                raise Stop("shape", f"{name} returned None. Is there a return at its end?")
            return convert(result, name)
        except Stop:
            raise
        except (Exception, SystemExit) as error:
            raise Stop(
                "raises", f"{name} raised {type(error).__name__}{_where(error)}: {_text(error)}"
            ) from error


def ask(function, name, convert, *arguments):
    """Return the converted result of a reader's function, called with copies, once it is known to be fit for a test."""
    given, again = (
        [map_arrays(lambda a: np.array(a)[()], argument) for argument in arguments]
        for _ in range(2)
    )
    value = call(function, name, convert, *given)
    for path, leaf in paths(value):
        if not np.isfinite(leaf).all():
            raise Stop(
                "nonfinite",
                f"{name} is not finite{_at(path)}: it holds NaN or infinity.",
                path or None,
            )
    if any(_differ(a, b) for a, b in zip(given, arguments)):
        raise Stop(
            "mutates_input",
            f"{name} changes the array that it is given. Work on a copy, or write x = x + ... for x += ...",
        )
    repeated = call(function, name, convert, *again)
    gap = max(
        (np.max(np.abs(a - b), initial=0) for (_, a), (_, b) in zip(paths(value), paths(repeated))),
        default=0,
    )
    size = max((np.max(np.abs(a), initial=0) for _, a in paths(value)), default=0)
    if not gap <= 64 * precision(value) * size:
        raise Stop(
            "not_deterministic",
            f"{name} gives another result when it is called again. Fix the seed of what is random in it,"
            " and set to zero what it adds to, such as self.dW.",
        )
    return value


def number(result, name):
    """Convert what a scalar function returned to a float."""
    pair = isinstance(result, (tuple, list)) and len(result) != 1
    array = np.empty(2) if pair else real(result, name)
    if array.size != 1:
        hint = f" Pass lambda x: {name}(x)[0] if the first is meant." if pair else ""
        raise Stop("shape", f"expected one number from {name}, got {outline(result)}.{hint}")
    return float(array.reshape(()))


def real(result, name, path=""):
    """Convert a result to a new array of real numbers."""
    try:
        array = np.array(result.detach().cpu().numpy() if hasattr(result, "detach") else result)
        if array.dtype.kind in "biuO":
            array = np.array([float(value) for value in array.flat]).reshape(array.shape)
    except (TypeError, ValueError, OverflowError):
        array = np.array("")
    if array.dtype.kind != "f":
        raise Stop(
            "shape",
            f"expected real numbers from {name}{_at(path)}, got {outline(result)}.",
            path or None,
        )
    return array


def like(x, swapped):
    """Return a converter to the structure and the shapes of `x`; paths of blocks that had to be transposed go to `swapped`."""

    def leaf(array, result, name, path):
        result = real(result, name, path)
        if result.shape != array.shape:
            if result.ndim != 2 or result.T.shape != array.shape:
                raise Stop(
                    "shape",
                    f"expected {name} to have the shape {array.shape}{_at(path)}, got {result.shape}.",
                    path or None,
                )
            swapped.add(path)
        return result.T if result.shape != array.shape else result

    def match(x, result, name, path=""):
        keys = _keys(x)
        result = list(result) if isinstance(result, np.ndarray) and keys is not None else result
        if _keys(result) != keys and not (keys is None and isinstance(result, list)):
            pair = isinstance(result, tuple) and len(result) == 2
            arguments = {"jvp": "x, v", "vjp": "x, u"}.get(name, "x")
            hint = (
                f" Pass lambda {arguments}: {name}({arguments})[1] if the second is meant."
                if pair
                else ""
            )
            raise Stop(
                "shape",
                f"expected {outline(x)} from {name}{_at(path)}, got {outline(result)}.{hint}",
                path or None,
            )
        if keys is None:
            return leaf(x, result, name, path)
        children = [
            match(x[key], result[key], name, f"{path}.{key}" if path else str(key)) for key in keys
        ]
        return dict(zip(x, children)) if isinstance(x, dict) else children

    return lambda result, name: match(x, result, name)


def precision(*nested):
    """Return the coarsest machine epsilon among the number types of nested arrays."""
    return max(
        (float(np.finfo(real(leaf, "f").dtype).eps) for x in nested for _, leaf in paths(x)),
        default=0.0,
    )


def _keys(x):
    return (
        x.keys() if isinstance(x, dict) else range(len(x)) if isinstance(x, (list, tuple)) else None
    )


def _differ(a, b):
    try:
        return any(
            not equal
            for _, equal in paths(map_arrays(lambda p, q: bool(np.array_equal(p, q)), a, b))
        )
    except ValueError:
        return True


def _text(error):
    try:
        return str(error)
    except Exception:
        return "no message"


def _where(error):
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)[1:]
        if "site-packages" not in frame.filename
    ]
    name = f" of {frames[-1].name}" if frames and frames[-1].name.isidentifier() else ""
    return f" in line {frames[-1].lineno}{name}" if frames else ""


def _at(path):
    return f' at "{path}"' if path else ""
