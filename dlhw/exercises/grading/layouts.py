"""The ways in which arrays go into a student's function and come back.

A spec speaks of arrays by name, samples in columns. A layout turns them into the arguments of a
function, and what it returns back into arrays by name.
"""

from numbers import Real
from typing import NamedTuple

import numpy as np

PACKINGS = ("separate", "dict", "list", "vector", "vector by columns")
"""Parameters one by one, or packed into one argument; the last two differ in what is read first."""

ORDERS = {"vector": "C", "vector by columns": "F"}


class Layout(NamedTuple):
    """How a function wants its arguments: packed or not, samples in columns or rows, flat biases.

    Examples
    --------
    >>> print(Layout("dict", "rows"))
    dict, samples in rows
    """

    packing: str
    samples: str = "columns"
    flat: bool = False

    def __str__(self):
        biases = ", biases of one axis" if self.flat else ""
        return f"{self.packing}, samples in {self.samples}{biases}"


class Misfit(Exception):
    """What came back is not of this layout."""


def layouts(packed):
    """Return the layouts in the order in which they are tried.

    Parameters
    ----------
    packed : bool
        Whether there are parameters that may be packed.

    Examples
    --------
    >>> len(layouts(packed=True)), len(layouts(packed=False))
    (16, 4)
    """
    found = []
    for packing in PACKINGS if packed else PACKINGS[:1]:
        for samples in ("columns", "rows"):
            found.append(Layout(packing, samples))
            if packing not in ORDERS:
                found.append(Layout(packing, samples, flat=True))
    return found


def arranged(layout, array):
    """Return an array as a function of this layout wants it: a copy.

    Examples
    --------
    >>> arranged(Layout("separate", "rows", flat=True), np.zeros((4, 1))).shape
    (4,)
    """
    turned = array.T if layout.samples == "rows" else array
    if layout.flat and 1 in turned.shape:
        turned = turned.ravel()
    return np.array(turned)


def restored(layout, result, shape):
    """Return what a function of this layout gave for an array of a shape, samples in columns.

    A number stands for an array of one entry. What does not fit comes back as it is, for a test to
    complain of.

    Examples
    --------
    >>> restored(Layout("separate", "rows"), np.zeros((3, 5)), (5, 3)).shape
    (5, 3)
    >>> restored(Layout("separate"), 2.0, (1, 1))
    array([[2.]])
    """
    if isinstance(result, Real) and set(shape) == {1}:
        return np.reshape(result, shape)
    if not isinstance(result, np.ndarray):
        return result
    if layout.flat and result.ndim == 1 and 1 in shape and result.size == np.prod(shape):
        return result.reshape(shape)
    if layout.samples == "rows" and result.ndim == 2:
        return result.T
    return result


def packed(layout, arrays, names, parameters):
    """Return the arguments of a function.

    Parameters
    ----------
    layout : Layout
    arrays : dict
        Samples in columns.
    names : list of str
        Those that the function takes, in its order.
    parameters : list of str
        Those among them that stand together where a layout packs them.

    Examples
    --------
    >>> arrays = {"X": np.zeros((3, 5)), "W": np.zeros((4, 3)), "b": np.zeros((4, 1))}
    >>> theta, X = packed(Layout("vector"), arrays, ["W", "b", "X"], ["W", "b"])
    >>> theta.shape, X.shape
    ((16,), (3, 5))
    """
    arguments = []
    for slot in _slots(layout, names, parameters):
        if isinstance(slot, str):
            arguments.append(arranged(layout, arrays[slot]))
        else:
            group = {name: arranged(layout, arrays[name]) for name in slot}
            arguments.append(_together(layout, group))
    return arguments


def unpacked(layout, result, shapes, names, parameters):
    """Return what a function gave for some arrays, by name.

    Parameters
    ----------
    layout : Layout
    result : object
        As arguments are: a tuple of them, or the thing itself where there is one.
    shapes : dict
        From each name to its shape, samples in columns.
    names, parameters : list of str
        As in `packed`.

    Examples
    --------
    >>> shapes = {"W": (4, 3), "b": (4, 1)}
    >>> found = unpacked(Layout("vector"), np.zeros(16), shapes, ["W", "b"], ["W", "b"])
    >>> {name: array.shape for name, array in found.items()}
    {'W': (4, 3), 'b': (4, 1)}
    """
    slots = _slots(layout, names, parameters)
    try:
        parts = [result] if len(slots) == 1 else _of_length(result, len(slots))
        found = {}
        for slot, part in zip(slots, parts):
            found |= {slot: part} if isinstance(slot, str) else _apart(layout, part, slot, shapes)
    except Misfit:
        return result
    return {name: restored(layout, array, shapes[name]) for name, array in found.items()}


def _slots(layout, names, parameters):
    """Return a function's arguments: a name each, or a list of names where they stand together."""
    if layout.packing == "separate":
        return list(names)
    slots = []
    for name in names:
        if name not in parameters:
            slots.append(name)
        elif name == _first(names, parameters):
            slots.append([name for name in names if name in parameters])
    return slots


def _first(names, parameters):
    return next(name for name in names if name in parameters)


def _together(layout, group):
    if layout.packing == "dict":
        return group
    if layout.packing == "list":
        return list(group.values())
    return np.concatenate([array.ravel(ORDERS[layout.packing]) for array in group.values()])


def _apart(layout, part, names, shapes):
    if layout.packing == "dict":
        if not isinstance(part, dict) or set(part) != set(names):
            raise Misfit
        return {name: part[name] for name in names}
    if layout.packing == "list":
        return dict(zip(names, _of_length(part, len(names))))
    sizes = [int(np.prod(shapes[name])) for name in names]
    if not isinstance(part, np.ndarray) or part.size != sum(sizes):
        raise Misfit
    pieces = np.split(part.ravel(), np.cumsum(sizes)[:-1])
    found = {}
    for name, piece in zip(names, pieces):
        shape = arranged(layout, np.empty(shapes[name])).shape
        found[name] = piece.reshape(shape, order=ORDERS[layout.packing])
    return found


def _of_length(part, length):
    if not isinstance(part, (list, tuple)) or len(part) != length:
        raise Misfit
    return list(part)
