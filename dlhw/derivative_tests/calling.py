"""Ask a reader's functions, safely.

Each function is called with copies, its result is checked before it is used, and what is wrong with
it ends the test with a named cause.
"""

import traceback
from inspect import isroutine

import numpy as np

from ..arrays import map_arrays, map_paths, outline, paths


class Stop(Exception):
    """Ends a test: a cause, a sentence, and the path of the block it was found in."""

    def __init__(self, cause, message, culprit=None):
        super().__init__(message)
        self.cause, self.message, self.culprit = cause, message, culprit


def as_point(x):
    """Return `x` as nested arrays of floats; integers become float64.

    Raise a ValueError where it cannot be tested.
    """

    def leaf(path, value):
        name = f'x["{path}"]' if path else "x"
        if isroutine(value) or isinstance(value, np.ufunc):
            raise ValueError(f"expected {name} to hold numbers, got a function: x comes last")
        array = np.array(_detached(value))
        if array.dtype.kind == "O":
            raise ValueError(
                f"expected {name} to hold numbers, got {outline(value)}:"
                " pass its parameters, as arrays or as lists or dicts of arrays"
            )
        if array.dtype.kind not in "iuf":
            raise ValueError(f"expected {name} to hold real numbers, got {array.dtype}")
        if not np.isfinite(array).all():
            raise ValueError(f"expected {name} to be finite, got NaN or infinity")
        if array.dtype.kind in "iu":
            return array.astype(float)
        return array.astype(array.dtype.newbyteorder("="), copy=False)

    return map_paths(leaf, x)


def call(function, name, convert, *arguments):
    """Return the converted result of a reader's function.

    Whatever it raises ends the test, but for an interrupt.
    """
    if not callable(function):
        kind = type(function).__name__
        raise Stop("raises", f"{name} is a {kind}: pass the function itself, such as lambda x: ...")
    with np.errstate(all="ignore"):
        try:
            result = function(*arguments)
            if result is None:
                raise Stop("shape", f"{name} returned None. Is there a return at its end?")
            return convert(result, name)
        except Stop:
            raise
        except (Exception, SystemExit) as error:
            kind = type(error).__name__
            message = f"{name} raised {kind}{_where(error)}: {_text(error)}"
            raise Stop("raises", message) from error


def ask(function, name, convert, *arguments, between=None):
    """Return the converted result of a reader's function, once it is known to be fit for a test.

    The function is called with copies, and twice. `between()` is called between the two: a
    derivative must not depend on where f was called last.
    """
    given = _copies(arguments)
    value = call(function, name, convert, *given)
    for path, leaf in paths(value):
        if not np.isfinite(leaf).all():
            message = f"{name} is not finite{_at(path)}: it holds NaN or infinity."
            raise Stop("nonfinite", message, path or None)
    if any(_changed(a, b) for a, b in zip(given, arguments)):
        raise Stop(
            "mutates_input",
            f"{name} changes the array that it is given."
            " Work on a copy, or write x = x + ... for x += ...",
        )
    if _same(value, call(function, name, convert, *_copies(arguments))):
        if between is None:
            return value
        between()
        if _same(value, call(function, name, convert, *_copies(arguments))):
            return value
        raise Stop(
            "stale",
            f"{name} depends on where f was called last: it gives another result for the same x"
            " once f was called elsewhere. Let it run the forward pass for its own x.",
        )
    raise Stop(
        "not_deterministic",
        f"{name} gives another result when it is called again. Fix the seed of what is random in"
        " it, work on a copy of the data where it changes them (X -= ..., X /= 255), and set to"
        " zero what it adds to, such as self.dW.",
    )


def _copies(arguments):
    return [map_arrays(lambda a: np.array(a)[()], argument) for argument in arguments]


def _changed(given, original):
    """Say whether arrays of a copy were changed; what was added beside them does no harm."""
    after = dict(paths(given))
    return not all(np.array_equal(after.get(path), a) for path, a in paths(original))


def _same(value, again):
    """Say whether two results are equal, but for round-off."""
    leaves = [leaf for _, leaf in paths(value)]
    gaps = [a - b for a, (_, b) in zip(leaves, paths(again))]
    return bool(_greatest_size(gaps) <= 64 * precision(value) * _greatest_size(leaves))


def _greatest_size(arrays):
    return max((np.max(np.abs(a), initial=0) for a in arrays), default=0)


def number(result, name):
    """Convert what a scalar function returned to a float."""
    return float(scalar(result, name))


def scalar(result, name):
    """Convert what a scalar function returned to an array of one number."""
    message = f"expected one number from {name}, got {outline(result)}."
    if isinstance(result, (tuple, list)) and len(result) != 1:
        raise Stop("shape", f"{message} Pass lambda x: {name}(x)[0] if the first is meant.")
    array = real(result, name)
    if array.size != 1:
        raise Stop("shape", message)
    return array.reshape(())


def real(result, name, path=""):
    """Convert a result to a new array of real numbers."""
    try:
        array = np.array(_detached(result))
        if array.dtype.kind in "biuO":
            array = np.array([float(value) for value in array.flat]).reshape(array.shape)
    except (TypeError, ValueError, OverflowError):
        array = np.array("")
    if array.dtype.kind != "f":
        message = f"expected real numbers from {name}{_at(path)}, got {outline(result)}."
        raise Stop("shape", message, path or None)
    return array


def _detached(value):
    """Return a tensor of PyTorch as an array, and anything else as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def like(x, swapped):
    """Return a converter to the structure and the shapes of `x`.

    Paths of blocks that had to be transposed go to `swapped`.
    """

    def leaf(array, result, name, path):
        result = real(result, name, path)
        if result.shape == array.shape:
            return result
        if result.ndim == 2 and result.T.shape == array.shape:
            swapped.add(path)
            return result.T
        wanted = f"expected {name} to have the shape {array.shape}{_at(path)}"
        raise Stop("shape", f"{wanted}, got {result.shape}.", path or None)

    def match(x, result, name, path=""):
        keys = _keys(x)
        if isinstance(result, np.ndarray) and keys is not None:
            result = list(result)
        if _keys(result) != keys and not (keys is None and isinstance(result, list)):
            message = f"expected {outline(x)} from {name}{_at(path)}, got {outline(result)}."
            if isinstance(result, tuple) and len(result) == 2:
                arguments = {"jvp": "x, v", "vjp": "x, u"}.get(name, "x")
                called = f"lambda {arguments}: {name}({arguments})[1]"
                message += f" Pass {called} if the second is meant."
            raise Stop("shape", message, path or None)
        if keys is None:
            return leaf(x, result, name, path)
        below = f"{path}." if path else ""
        children = {key: match(x[key], result[key], name, f"{below}{key}") for key in keys}
        if isinstance(x, dict):
            return children
        return list(children.values())

    return lambda result, name: match(x, result, name)


def precision(*nested):
    """Return the coarsest machine epsilon among the number types of nested arrays."""
    leaves = [real(leaf, "f") for x in nested for _, leaf in paths(x)]
    return max((float(np.finfo(leaf.dtype).eps) for leaf in leaves), default=0.0)


def _keys(x):
    if isinstance(x, dict):
        return x.keys()
    if isinstance(x, (list, tuple)):
        return range(len(x))
    return None


def _text(error):
    try:
        return str(error)
    except Exception:
        return "no message"


def _where(error):
    frames = traceback.extract_tb(error.__traceback__)[1:]
    readers_own = [frame for frame in frames if "site-packages" not in frame.filename]
    if not readers_own:
        return ""
    last = readers_own[-1]
    if last.name.isidentifier():
        return f" in line {last.lineno} of {last.name}"
    return f" in line {last.lineno}"


def _at(path):
    if path:
        return f' at "{path}"'
    return ""
