"""The course's files: training and validation part in one MATLAB file, read, refused or written.

A file holds Yt, Ct (training) and Yv, Cv (validation): samples in columns, labels one-hot,
float32, MATLAB v5.
"""

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.io import loadmat, savemat

KEYS = ("Yt", "Ct", "Yv", "Cv")


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
    ValueError
        If it is not such a file: damaged, of MATLAB v7.3, an array missing or empty, samples in
        rows, labels that are not one-hot, values that are not finite, parts that do not fit
        together. The message names the file, what was expected and what came.

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
    if not path.is_file():
        raise FileNotFoundError(f"{path}: expected a MATLAB file, found none")
    try:
        arrays = loadmat(path, variable_names=KEYS)
    except NotImplementedError:
        raise ValueError(
            f"{path}: expected a MATLAB file of version 5, got version 7.3 (HDF5); "
            "save(..., '-v7') in MATLAB writes one that can be read"
        ) from None
    except Exception as error:  # SciPy raises whatever the damaged bytes provoke
        raise ValueError(
            f"{path}: expected a MATLAB file of version 5, got one that is damaged or of another "
            f"format ({type(error).__name__}: {error})"
        ) from error
    return _as_data(arrays, path)


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
    arrays = {key: np.asarray(array) for key, array in zip(KEYS, data)}
    rounded = [array.astype(np.float32) for array in _as_data(arrays, path)]
    if os.path.lexists(path):
        raise FileExistsError(f"{path}: expected no file, found one, and did not replace it")
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        whole = Path(folder) / path.name
        # Compressed arrays carry a checksum.
        savemat(whole, dict(zip(KEYS, rounded)), appendmat=False, do_compression=True)
        whole.rename(path)


def _as_data(arrays, path):
    """Refuse arrays that are no data set, and return the others as one."""
    missing = [key for key in KEYS if key not in arrays]
    if missing:
        came = f"none named {', '.join(missing)}"
        raise _refusal(path, "the arrays Yt, Ct, Yv and Cv", came)
    for key in KEYS:
        _check_matrix(path, key, arrays[key])
    for Y_key, C_key in (("Yt", "Ct"), ("Yv", "Cv")):
        shapes = f"{Y_key} {arrays[Y_key].shape} and {C_key} {arrays[C_key].shape}"
        _check_one_hot(path, C_key, arrays[C_key], shapes)
        if arrays[Y_key].shape[1] != arrays[C_key].shape[1]:
            raise _refusal(path, "as many columns of samples as of labels", shapes)
    for t, v, rows in (("Yt", "Yv", "features"), ("Ct", "Cv", "classes")):
        n_t, n_v = len(arrays[t]), len(arrays[v])
        if n_t != n_v:
            raise _refusal(path, f"as many {rows} (rows) in {v} as in {t}", f"{n_v} and {n_t}")
    return Data(*(np.array(arrays[key], np.float32, order="C").astype(float) for key in KEYS))


def _check_matrix(path, key, A):
    """Refuse what is no full, real, finite matrix."""
    if not isinstance(A, np.ndarray) or A.dtype.kind not in "fiub":
        expected = f"{key} to be a full matrix of real numbers"
        raise _refusal(path, expected, f"{type(A).__name__} of {A.dtype}")
    if A.ndim != 2 or not A.size:
        expected = f"{key} to be a matrix with a column for each sample"
        raise _refusal(path, expected, f"the shape {A.shape}")
    with np.errstate(over="ignore"):
        bad = np.count_nonzero(~np.isfinite(A.astype(np.float32)))
    if bad:
        came = f"{bad} of {A.size} that are not"
        raise _refusal(path, f"finite float32 numbers in {key}", came)


def _check_one_hot(path, key, C, shapes):
    """Refuse labels that are not one-hot; labels in rows, which are likely, get their own words."""
    bad = np.flatnonzero(~_is_one_hot(C))
    if not bad.size:
        return
    if np.all(_is_one_hot(C.T)):
        came = f"{shapes}: samples in rows; transpose them"
        raise _refusal(path, "a column for each sample", came)
    some = f"{bad[:3].tolist()} (counted from 0)"
    came = f"{bad.size} of {C.shape[1]} columns that are not, such as {some}"
    raise _refusal(path, f"one-hot labels, a single 1 in each column of {key}", came)


def _is_one_hot(C):
    return np.all((C == 0) | (C == 1), axis=0) & (C.sum(axis=0) == 1)


def _refusal(path, expected, came):
    return ValueError(f"{path}: expected {expected}, got {came}")
