"""The course's files: training and validation part in one MATLAB file, read, refused or written.

A file holds Yt, Ct (training) and Yv, Cv (validation): samples in columns, labels one-hot,
float32, MATLAB v5.

Files come from anywhere, so the reader believes nothing before it has looked: it takes full real
matrices alone, of bounded size, and of compressed ones only what agrees with its checksum.
"""

import math
import os
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.io import savemat

from .arguments import check_finite, check_one_hot, is_one_hot, real_array

KEYS = ("Yt", "Ct", "Yv", "Cv")
LARGEST = 2**26  # bytes of an array: 60 times the course's largest, in doubles


class Data(NamedTuple):
    """A training and a validation part: samples X (n, m) and one-hot labels C (l, m) in columns."""

    X_train: np.ndarray
    C_train: np.ndarray
    X_val: np.ndarray
    C_val: np.ndarray


def load_mat(path):
    """Read a data set from a MATLAB file with the arrays Yt, Ct, Yv and Cv.

    Parameters
    ----------
    path : path
        Yt and Yv hold samples in columns (n, m), Ct and Cv their one-hot labels (l, m).

    Returns
    -------
    Data
        X_train, C_train, X_val, C_val: C-contiguous float64, rounded to float32 first.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    PermissionError
        If you may not read it.
    ValueError
        If it is not such a file: damaged, of MATLAB v7.3, an array missing, empty, there twice or
        of more than 64 MB, samples in rows, labels that are not one-hot, values that are not
        finite, parts that do not fit together. The message names the file, what was expected and
        what came.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from dlhw.matfiles import Data, save_mat
    >>> X, C = np.array([[0.5, 1.0, 2.0]]), np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_mat(Path(folder, "mine.mat"), Data(X, C, X_val=X[:, 1:], C_val=C[:, 1:]))
    ...     load_mat(Path(folder, "mine.mat")).X_val
    array([[1., 2.]])
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise FileNotFoundError(f"{path}: expected a MATLAB file, found none")
        content = path.read_bytes()
    except PermissionError:
        raise PermissionError(f"{path}: expected a file that you may read, got none") from None
    try:
        return _as_data(_arrays(memoryview(content)))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def save_mat(path, data):
    """Write a data set as `load_mat` reads it.

    The file appears whole or not at all, and never replaces another.

    Parameters
    ----------
    path : path
    data : Data
        Or any X_train, C_train, X_val, C_val. Values are rounded to float32.

    Raises
    ------
    FileExistsError
        If there is a file already.
    OSError
        If its folder is missing, or may not be written into.
    ValueError
        If `load_mat` would refuse the data.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from dlhw.matfiles import Data, load_mat
    >>> X, C = [[0.5, 1.0, 2.0]], [[1, 0, 0], [0, 1, 1]]
    >>> data = Data(X_train=X, C_train=C, X_val=[[3.0]], C_val=[[0], [1]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_mat(Path(folder) / "Tiny.mat", data)
    ...     load_mat(Path(folder) / "Tiny.mat").X_train
    array([[0.5, 1. , 2. ]])
    """
    path = Path(path)
    try:
        rounded = [array.astype(np.float32) for array in _as_data(_named(data))]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if os.path.lexists(path):
        raise FileExistsError(f"{path}: expected no file, found one, and did not replace it")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
            whole = Path(folder) / path.name
            # Compressed arrays carry a checksum.
            savemat(whole, dict(zip(KEYS, rounded)), appendmat=False, do_compression=True)
            whole.rename(path)
    except OSError as error:
        message = f"{path}: expected a folder that it can be written into, got: {error.strerror}"
        raise type(error)(message) from error


# ---- the format ----------------------------------------------------------------------------------

# A file is a header of 128 bytes and then elements: a tag of 8 bytes, which says of what type the
# data are and how many bytes they take, and the data. The data of an array are elements again: its
# class, its shape, its name, its numbers. A compressed element is an array as zlib packs it.

HEADER, TAG = 128, 8
BEGINNING = 512  # bytes of an array that hold its class, shape and name: 32 dimensions, 63 letters
MATRIX, COMPRESSED = 14, 15
NUMBERS = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
CLASSES = {1: "cells", 2: "a struct", 3: "an object", 4: "text", 5: "a sparse matrix"}
FULL = range(6, 16)  # the classes of full matrices, double to uint64
COMPLEX = 0x0800  # stands beside the class


class Described(NamedTuple):
    """What an array says of itself before its numbers begin."""

    name: str
    flags: int
    shape: bytes
    numbers_at: int


def _arrays(content):
    """Return those of the arrays Yt, Ct, Yv and Cv that a file holds."""
    order = _byte_order(content)
    arrays, at = {}, HEADER
    while at < len(content):
        kind, data, at = _element(content, at, order)
        if kind == COMPRESSED:
            data = _unpacked(data, order)
        elif kind != MATRIX:
            raise _damaged(f"an element of type {kind}")
        described = _described(data, order)
        if described.name in arrays:
            raise _refusal(f"one array {described.name}", "two")
        if described.name in KEYS:
            arrays[described.name] = _numbers(data, order, described)
    return arrays


def _byte_order(content):
    """Return the order of the bytes of a number, and refuse other formats."""
    order = {b"IM": "little", b"MI": "big"}.get(bytes(content[126:128]), "")
    version = int.from_bytes(content[124:126], order) if order else 0
    if version == 0x0200:
        raise _refusal(
            "a MATLAB file of version 5",
            "version 7.3 (HDF5); save(..., '-v7') in MATLAB writes one that can be read",
        )
    if version != 0x0100:
        raise _damaged("no header of version 5")
    return order


def _element(content, at, order):
    """Return the type of the element that begins at a byte, its data, and where the next begins."""
    kind, size = (int.from_bytes(content[i : i + 4], order) for i in (at, at + 4))
    begin, there = at + TAG, len(content) - at - TAG
    if kind >> 16:  # a small element: type and size in four bytes, the data in the other four
        kind, size = kind & 0xFFFF, kind >> 16
        begin, there = at + 4, 4
    if size > there:
        raise _damaged(f"{size} bytes are announced, {max(0, there)} are there")
    end = begin + size
    padding = 0 if kind == COMPRESSED else (at - end) % TAG
    return kind, content[begin:end], end + padding


def _unpacked(packed, order):
    """Return the data of a compressed array: all, or of one that nobody needs the beginning."""
    stream = zlib.decompressobj()
    try:
        start = stream.decompress(packed, BEGINNING)
        size = int.from_bytes(start[4:TAG], order)
        name = _described(memoryview(start)[TAG:], order).name
        if name not in KEYS:
            return memoryview(start)[TAG:]
        if size > LARGEST:
            raise _refusal(f"{name} to take at most {LARGEST} bytes", f"{size}")
        # One byte more than there should be: it shows what is too long, and lets the stream end.
        rest = stream.decompress(stream.unconsumed_tail, max(1, TAG + size + 1 - len(start)))
    except zlib.error as error:
        raise _damaged(str(error)) from None
    whole = start + rest
    if not stream.eof or len(whole) != TAG + size:
        raise _damaged(f"{name} has another size than it says")
    return memoryview(whole)[TAG:]


def _described(data, order):
    _, flags, at = _element(data, 0, order)
    _, shape, at = _element(data, at, order)
    _, name, at = _element(data, at, order)
    return Described(str(name, "latin-1"), int.from_bytes(flags[:4], order), shape, at)


def _numbers(data, order, described):
    """Return the numbers of a full real matrix."""
    name, flags, shape, at = described
    came = "complex numbers" if flags & COMPLEX else CLASSES.get(flags & 0xFF, "another class")
    if flags & COMPLEX or flags & 0xFF not in FULL:
        raise _refusal(f"{name} to be a full matrix of real numbers", came)
    kind, numbers, end = _element(data, at, order)
    axes = [int.from_bytes(shape[i : i + 4], order, signed=True) for i in range(0, len(shape), 4)]
    _check_shape(name, tuple(axes))
    letter = {"little": "<", "big": ">"}[order]
    if kind not in NUMBERS:
        raise _damaged(f"{name} has numbers of type {kind}")
    dtype = np.dtype(letter + NUMBERS[kind])
    if math.prod(axes) * dtype.itemsize != len(numbers) or end < len(data):
        raise _damaged(f"{name} has more or fewer numbers than its shape {tuple(axes)} says")
    return np.ndarray(axes, dtype, numbers, order="F")


def _damaged(why):
    expected = "a MATLAB file of version 5"
    return _refusal(expected, f"one that is damaged or of another format ({why})")


# ---- what a data set is --------------------------------------------------------------------------


def _named(data):
    """Return four arrays under their names in a file."""
    data = list(data) if np.iterable(data) else []
    if len(data) != len(KEYS):
        raise _refusal("X_train, C_train, X_val, C_val", f"{len(data)} arrays")
    return {key: real_array(key, array) for key, array in zip(KEYS, data)}


def _as_data(arrays):
    """Refuse arrays that are no data set, and return the others as one."""
    missing = [key for key in KEYS if key not in arrays]
    if missing:
        raise _refusal("the arrays Yt, Ct, Yv and Cv", f"none named {', '.join(missing)}")
    for key in KEYS:
        _check_shape(key, arrays[key].shape)
        with np.errstate(over="ignore"):
            check_finite(f"{key} as float32", arrays[key].astype(np.float32))
    for Y_key, C_key in (("Yt", "Ct"), ("Yv", "Cv")):
        _check_labels_of(Y_key, C_key, arrays)
    for t, v, rows in (("Yt", "Yv", "features"), ("Ct", "Cv", "classes")):
        n_t, n_v = len(arrays[t]), len(arrays[v])
        if n_t != n_v:
            raise _refusal(f"as many {rows} (rows) in {v} as in {t}", f"{n_v} and {n_t}")
    return Data(*(np.array(arrays[key], np.float32, order="C").astype(float) for key in KEYS))


def _check_shape(key, shape):
    if len(shape) != 2 or min(shape) < 1:
        raise _refusal(f"{key} to be a matrix with a column for each sample", f"the shape {shape}")


def _check_labels_of(Y_key, C_key, arrays):
    """Refuse labels that are not one-hot, or not as many as samples.

    Labels in rows, which are likely, get their own words.
    """
    Y, C = arrays[Y_key], arrays[C_key]
    shapes = f"{Y_key} {Y.shape} and {C_key} {C.shape}"
    if not np.all(is_one_hot(C)) and np.all(is_one_hot(C.T)):
        raise _refusal("a column for each sample", f"{shapes}: samples in rows; transpose them")
    check_one_hot(C_key, C)
    if Y.shape[1] != C.shape[1]:
        raise _refusal("as many columns of samples as of labels", shapes)


def _refusal(expected, came):
    return ValueError(f"expected {expected}, got {came}")
