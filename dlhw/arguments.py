"""Arguments: what comes in at a door is right, or gets one clear error.

The error says what was expected and what came, and is one of ours whatever came.
"""

from operator import index

import numpy as np

from .arrays import outline


def as_array(value):
    """Return what NumPy makes an array of; None where it cannot, as of rows of different lengths.

    Examples
    --------
    >>> as_array([[1, 2], [3]]) is None
    True
    """
    try:
        return np.asarray(value)
    except Exception:  # the attempt may run the code of another library
        return None


def real_array(name, value):
    """Return an argument as an array of floats: whole numbers and truth values become float64.

    Parameters
    ----------
    name : str
        What the argument is called.
    value : array, or what NumPy makes one of
        Floats keep their type, and are not copied.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If these are no real numbers.

    Examples
    --------
    >>> real_array("X", [[1, 2]])
    array([[1., 2.]])
    >>> try:
    ...     real_array("X", 1j)
    ... except ValueError as error:
    ...     print(error)
    expected X to be an array of real numbers, got a complex
    """
    array = as_array(value)
    if array is None or array.dtype.kind not in "biuf":
        made = array is not None and array.ndim and array.dtype.kind != "O"
        came = outline(array if made else value)
        raise ValueError(f"expected {name} to be an array of real numbers, got {came}")
    return array if array.dtype.kind == "f" else array.astype(float)


def check_finite(name, array):
    """Refuse NaN and infinity.

    Examples
    --------
    >>> try:
    ...     check_finite("X", np.array([1.0, np.nan, 2.0]))
    ... except ValueError as error:
    ...     print(error)
    expected finite numbers in X, got 1 of 3 that are not
    """
    bad = np.count_nonzero(~np.isfinite(array))
    if bad:
        raise ValueError(
            f"expected finite numbers in {name}, got {bad} of {array.size} that are not"
        )


def unknown(what, value, choices):
    """Return the error that says that a value is none of some names.

    Examples
    --------
    >>> print(unknown("the data sets", "moons", ["peaks", "gmm"]))
    expected one of the data sets peaks, gmm, got 'moons'
    """
    return ValueError(f"expected one of {what} {', '.join(choices)}, got {_shown(value)}")


def whole_number(name, value, least):
    """Return an argument as an int; True and False are no numbers here.

    Parameters
    ----------
    name : str
        What the argument is called.
    value : int
    least : int
        The smallest that is allowed.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is no whole number, or a smaller one.

    Examples
    --------
    >>> try:
    ...     whole_number("epochs", -1, least=0)
    ... except ValueError as error:
    ...     print(error)
    expected epochs to be a whole number, at least 0, got -1
    """
    try:
        number = index(value)
    except TypeError:
        number = None
    if number is None or number < least or isinstance(value, bool):
        raise ValueError(
            f"expected {name} to be a whole number, at least {least}, got {_shown(value)}"
        )
    return number


def generator(name, seed):
    """Return the generator of random numbers that a seed gives; a generator is one already.

    Parameters
    ----------
    name : str
        What the argument is called.
    seed : int, sequence of int, or numpy.random.Generator

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> try:
    ...     generator("rng", -1)
    ... except ValueError as error:
    ...     print(error)
    expected rng to be a whole number, at least 0, or a generator, got -1
    """
    try:
        rng = np.random.default_rng(seed)
    except (TypeError, ValueError):
        rng = None
    if rng is None or seed is None or isinstance(seed, bool):
        raise ValueError(
            f"expected {name} to be a whole number, at least 0, or a generator, got {_shown(seed)}"
        )
    return rng


def listed(seeds):
    """Return several seeds as a list, and None for what is one.

    Examples
    --------
    >>> listed(range(3)), listed(np.arange(2)), listed(7)
    ([0, 1, 2], [0, 1], None)
    """
    if isinstance(seeds, np.ndarray):
        return seeds.tolist() if seeds.ndim else None
    return list(seeds) if isinstance(seeds, (list, tuple, range)) else None


def _shown(value):
    """Show a number or a text, outline all else."""
    return repr(value) if isinstance(value, (int, float, str)) else outline(value)


def is_one_hot(C):
    """Return which columns of C (..., l, m) are one-hot, shape (..., m).

    Examples
    --------
    >>> is_one_hot(np.array([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]]))
    array([ True, False,  True])
    """
    return np.all((C == 0) | (C == 1), axis=-2) & (C.sum(axis=-2) == 1)


def check_one_hot(name, C):
    """Refuse labels C (..., l, m) that are not one-hot."""
    m = C.shape[-1]
    bad = np.flatnonzero(~is_one_hot(C).reshape(-1, m).all(axis=0))
    if bad.size:
        raise ValueError(
            f"expected one-hot labels, a single 1 in each column of {name}, got {bad.size} of {m} "
            f"columns that are not, such as {bad[:3].tolist()} (counted from 0)"
        )
