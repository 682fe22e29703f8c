"""Which entries of an array are wrong: looked at in parts, and said in words."""

import numpy as np

from .slopes import SAFE

ENTRIES = 60
"""Entries, or rows and columns, or stretches of a block that are looked at singly."""

NOTABLE = 1e-3
"""What part of the largest error counts as an error of an entry: others are off by round-off."""


def parts(shape):
    """Return the numbers of the entries that are looked at together, in the order of ravel.

    Few entries are looked at one by one, more by rows and columns, and very many by stretches.

    Examples
    --------
    >>> [part.tolist() for part in parts((3,))]
    [[0], [1], [2]]
    >>> [len(part) for part in parts((10, 20))] == 10 * [20] + 20 * [10]
    True
    """
    numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    if numbers.size > ENTRIES and numbers.ndim == 2 and sum(shape) <= ENTRIES:
        return [*numbers, *numbers.T]
    return np.array_split(numbers.ravel(), min(numbers.size, ENTRIES))


def covered(shape, wrong):
    """Return the entries that are in no right part: those of a row and of a column, of a stretch.

    Examples
    --------
    >>> covered((3,), np.array([False, True, False]))
    array([False,  True, False])
    """
    right = np.zeros(shape, bool)
    for part, is_wrong in zip(parts(shape), wrong):
        right.flat[part] |= not is_wrong
    return ~right


def notable(off, noise=0.0):
    """Return which errors stand out of the round-off and are a notable part of the largest."""
    return off > max(NOTABLE * np.max(off), SAFE * noise)


def locate(wrong):
    """Say in words where the wrong entries of an array are.

    Examples
    --------
    >>> import numpy as np
    >>> wrong = np.zeros((3, 4), bool)
    >>> wrong[1, 2] = True; locate(wrong)
    'entry (1, 2)'
    >>> wrong[1] = True; locate(wrong)
    'row 1'
    >>> wrong[2, 0] = True; locate(wrong)
    '5 of 12 entries, first (1, 0), last (2, 0)'
    >>> locate(np.arange(9) // 3 == 1)
    'entries 3 to 5'
    """
    places = np.argwhere(wrong)
    if not len(places):
        return "no entry"
    if len(places) >= 0.9 * wrong.size:
        return "every entry" if wrong.size > 1 else ""
    if len(places) == 1:
        return f"entry {_index(places[0])}"
    if wrong.ndim == 2 and min(wrong.shape) > 1:
        for axis, name in enumerate(("row", "column")):
            lines = np.unique(places[:, axis])
            if len(lines) == 1:
                return f"{name} {lines[0]}"
    if max(wrong.shape) == wrong.size:
        places = np.argwhere(wrong.ravel())
        if np.ptp(places) + 1 == len(places):
            return f"entries {places[0, 0]} to {places[-1, 0]}"
    first, last = _index(places[0]), _index(places[-1])
    if wrong.ndim > 1 and len(places) > wrong.size / 2:
        return "most entries"
    return f"{len(places)} of {wrong.size} entries, first {first}, last {last}"


def _index(place):
    if len(place) == 1:
        return str(place[0])
    return str(tuple(place.tolist()))
