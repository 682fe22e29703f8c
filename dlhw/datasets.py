"""The data sets Peaks, GMM and SwissRoll: their rules, their files, and the Bayes rule of each.

Each class of each set is a mixture of Gaussians: around the nodes of a grid, around five means, along a curve. From that one
sentence follow the samples and the densities, and from the densities the best that any classifier can do.

The rules were measured on the files of the course. The sets descend from `setupPeaks`, `setupGMM` and `setupSwissRoll` of
Meganet.m (MIT licence, https://github.com/XtractOpen/Meganet.m).

Columns are samples: X is (n, m), one-hot labels C are (l, m). Like the files, the training parts are **sorted by class**: take
a `subset`, never a prefix.
"""

import json
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.io import loadmat, savemat
from scipy.spatial.distance import cdist
from scipy.special import log_softmax, logsumexp

PEAKS_SIGMA = 0.0564
SWISSROLL_SIGMA = 0.0382


class Data(NamedTuple):
    """A training and a validation part: samples in the columns of X (n, m), one-hot labels in those of C (l, m)."""

    X_train: np.ndarray
    C_train: np.ndarray
    X_val: np.ndarray
    C_val: np.ndarray


class Sample(NamedTuple):
    """Fresh columns X (n, m), their labels C (l, m) with the label noise, and the `clean` labels (l, m) without it."""

    X: np.ndarray
    C: np.ndarray
    clean: np.ndarray


# ---- the rules -----------------------------------------------------------------------------------------------------


def peaks(x, y):
    """Return the value of MATLAB's surface `peaks` at the points (x, y).

    Examples
    --------
    >>> round(float(peaks(0.0, 0.0)), 6)
    0.981012
    """
    return (3 * (1 - x) ** 2 * np.exp(-(x**2) - (y + 1) ** 2)
            - 10 * (x / 5 - x**3 - y**5) * np.exp(-(x**2) - y**2)
            - np.exp(-((x + 1) ** 2) - y**2) / 3)


@cache
def peaks_grid():
    """Return the grid of Peaks, and the class of each of its nodes.

    The classes are five bands of equal width between the least and the greatest value of `peaks` on the grid.

    Returns
    -------
    axis : ndarray
        The 256 coordinates of the grid lines, in x as in y.
    thresholds : ndarray
        The four values that part the bands.
    classes : ndarray
        Shape (256, 256); `classes[i, j]` is the class of the node (axis[i], axis[j]).

    Examples
    --------
    >>> axis, thresholds, classes = peaks_grid()
    >>> thresholds.round(6)
    array([-3.618697, -0.687674,  2.243348,  5.174371])
    """
    axis = np.linspace(-3, 3, 256)
    values = peaks(axis[:, None], axis)
    thresholds = np.linspace(values.min(), values.max(), 6)[1:-1]
    return axis, thresholds, np.digitize(values, thresholds)


@cache
def gmm_mixture():
    """Return the means (25, 5) and covariances (25, 5, 5) of the Gaussians of GMM, five a class, in the order of the classes."""
    mixture = json.loads(Path(__file__).with_name("gmm_mixture.json").read_text(encoding="utf-8"))
    return np.array(mixture["means"]), np.array(mixture["covariances"])


def swissroll_curve(t, label):
    """Return the points of a spiral: (t + r) (cos 4 pi t, sin 4 pi t), with r = 0 for class 0 and r = .2 for class 1.

    Examples
    --------
    >>> swissroll_curve(np.array([0.0, 1.0]), label=1).round(6) + 0.0
    array([[0.2, 1.2],
           [0. , 0. ]])
    """
    return (t + 0.2 * label) * np.stack([np.cos(4 * np.pi * t), np.sin(4 * np.pi * t)])


def _blocks(m, k):
    """Number m columns 0, ..., k - 1 in k contiguous blocks of equal length (to one column)."""
    return np.arange(m) * k // m


def _peaks_sample(m, rng):
    axis, _, classes = peaks_grid()
    nodes, counts = np.argsort(classes, axis=None, kind="stable"), np.bincount(classes.ravel())
    y = _blocks(m, 5)
    chosen = nodes[(np.cumsum(counts) - counts)[y] + rng.integers(counts[y])]
    return axis[np.stack(np.unravel_index(chosen, classes.shape))] + PEAKS_SIGMA * rng.standard_normal((2, m))


def _peaks_log_densities(X):
    # A Gaussian is a product of one factor in x and one in y, so the sum over all nodes (i, j) of a class is A M B^T, with
    # M the class's 0-1 mask of the grid. `top` keeps the largest factor at 1: nothing underflows but what does not count.
    axis, _, classes = peaks_grid()
    exponents = -((X[:, :, None] - axis) ** 2) / (2 * PEAKS_SIGMA**2)
    top = exponents.max(axis=-1, keepdims=True)
    A, B = np.exp(exponents - top)
    masks = (classes == np.arange(5)[:, None, None]).astype(float)
    sums = ((A @ masks) * B).sum(axis=-1) / masks.sum(axis=(-2, -1))[:, None]
    with np.errstate(divide="ignore"):
        return np.log(sums) + top.sum(axis=0).T - np.log(2 * np.pi * PEAKS_SIGMA**2)


def _gmm_sample(m, rng):
    means, covariances = gmm_mixture()
    component = _blocks(m, 25)
    noise = np.linalg.cholesky(covariances)[component] @ rng.standard_normal((m, 5, 1))
    return means[component].T + noise[:, :, 0].T


def _gmm_log_densities(X):
    means, covariances = gmm_mixture()
    roots = np.linalg.cholesky(covariances)
    distances = (np.linalg.solve(roots, X - means[:, :, None]) ** 2).sum(axis=-2)
    logs = -distances / 2 - np.linalg.slogdet(np.sqrt(2 * np.pi) * roots).logabsdet[:, None]
    return logsumexp(logs.reshape(5, 5, -1), axis=1) - np.log(5)


def _swissroll_sample(m, rng):
    t, y = rng.random(m), _blocks(m, 2)
    t = t[np.lexsort((t, y))]
    return swissroll_curve(t, y) + SWISSROLL_SIGMA * rng.standard_normal((2, m))


def _swissroll_log_densities(X):
    t, weights = np.polynomial.legendre.leggauss(800)
    t, weights = (t + 1) / 2, weights / 2
    distances = np.stack([cdist(X.T, swissroll_curve(t, label).T, "sqeuclidean") for label in (0, 1)])
    logs = logsumexp(-distances / (2 * SWISSROLL_SIGMA**2), b=weights, axis=-1)
    return logs - np.log(2 * np.pi * SWISSROLL_SIGMA**2)


class Rule(NamedTuple):
    """What a set is made of: the course's file, sizes, the share of labels that are redrawn, samples, densities."""

    file: str
    sizes: tuple
    features: int
    classes: int
    redrawn: float
    sample: Callable
    log_densities: Callable


RULES = {
    "peaks": Rule("PeaksData.mat", (25000, 6250), 2, 5, 0.02, _peaks_sample, _peaks_log_densities),
    "gmm": Rule("GMMData.mat", (25000, 6250), 5, 5, 0.02, _gmm_sample, _gmm_log_densities),
    # two classes: of the labels redrawn at random half stay, so that 1.9 % change
    "swissroll": Rule("SwissRollData.mat", (20000, 5000), 2, 2, 0.038, _swissroll_sample, _swissroll_log_densities),
}


def draw(name, m, rng):
    """Draw m fresh columns of a data set, in the order of the course's files: by class, within GMM by Gaussian, within
    SwissRoll by angle.

    Parameters
    ----------
    name : {"peaks", "gmm", "swissroll"}
    m : int
        Number of columns; the classes share them equally.
    rng : int or numpy.random.Generator
        Equal seeds give equal bits.

    Returns
    -------
    Sample
        X (n, m), rounded to float32, C (l, m) and the clean labels (l, m).

    Raises
    ------
    ValueError
        If there is no such data set, or m is not positive.

    Examples
    --------
    >>> X, C, clean = draw("peaks", 100_000, rng=7)
    >>> X.shape, C.shape
    ((2, 100000), (5, 100000))
    >>> bool(np.all(clean.sum(axis=1) == 20_000))
    True
    >>> round(float(np.mean(np.any(C != clean, axis=0))), 3)
    0.016
    """
    rule = _rule(name)
    if m < 1:
        raise ValueError(f"expected at least one column, got m = {m}")
    rng = np.random.default_rng(rng)
    X = rule.sample(m, rng).astype(np.float32, order="C").astype(float)
    clean = _blocks(m, rule.classes)
    given = np.where(rng.random(m) < rule.redrawn, rng.integers(rule.classes, size=m), clean)
    return Sample(X, _one_hot(given, rule.classes), _one_hot(clean, rule.classes))


def load(name, *, folder=None, seed=0):
    """Return a data set: generated, or read from a folder that holds the course's files.

    Parameters
    ----------
    name : {"peaks", "gmm", "swissroll"}
    folder : path, optional
        Where `PeaksData.mat`, `GMMData.mat` and `SwissRollData.mat` are. Without it, the set is generated by its rule, with
        the sizes, the label noise and the order of the course's file.
    seed : int
        Seed of the generated set; equal seeds give equal bits. A file does not need it.

    Returns
    -------
    Data
        X_train (n, m), C_train (l, m), X_val, C_val: C-contiguous float64, rounded to float32 first.

    Raises
    ------
    ValueError
        If there is no such data set, or the file is not of that format.
    FileNotFoundError
        If the folder does not hold the file.

    Examples
    --------
    >>> data = load("gmm")
    >>> data.X_train.shape, data.C_val.shape
    ((5, 25000), (5, 6250))
    """
    rule = _rule(name)
    if folder is not None:
        return load_mat(Path(folder) / rule.file)
    rng = np.random.default_rng([*name.encode(), seed])
    train, val = (draw(name, m, rng) for m in rule.sizes)
    if name == "swissroll":
        val = Sample(*subset(*val, size=rule.sizes[1], rng=rng))
    return Data(train.X, train.C, val.X, val.C)


def subset(*arrays, size, rng):
    """Return a random subset of the columns, without replacement, in random order.

    Parameters
    ----------
    *arrays : ndarray
        X, C and what else has one column a sample, shape (..., m); the same columns are taken of each.
    size : int
        Number of columns; all m of them shuffle the set.
    rng : int or numpy.random.Generator

    Returns
    -------
    tuple of ndarray
        Shape (..., size) each.

    Raises
    ------
    ValueError
        If the arrays do not have `size` columns, or not all the same number.

    Examples
    --------
    >>> data = load("peaks")
    >>> X, C = subset(data.X_train, data.C_train, size=200, rng=1)
    >>> X.shape, C.sum(axis=1) > 20
    ((2, 200), array([ True,  True,  True,  True,  True]))
    >>> data.C_train[:, :200].sum(axis=1) > 20
    array([ True, False, False, False, False])
    """
    columns = {np.shape(array)[-1] for array in arrays}
    if len(columns) > 1:
        raise ValueError(f"expected arrays with one number of columns, got {sorted(columns)}")
    m = columns.pop()
    if not 1 <= size <= m:
        raise ValueError(f"expected a size of 1 to {m}, the number of columns, got {size}")
    chosen = np.random.default_rng(rng).choice(m, size, replace=False)
    return tuple(np.take(array, chosen, axis=-1) for array in arrays)


# ---- the files -----------------------------------------------------------------------------------------------------


def load_mat(path):
    """Read a data set from a MATLAB file (v5) with the arrays Yt, Ct (training) and Yv, Cv (validation).

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
        If it is not such a file: damaged, of MATLAB v7.3, an array missing or empty, samples in rows, labels that are not
        one-hot, values that are not finite, parts that do not belong together. The message names the file, what was
        expected and what came.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: expected a MATLAB file, found none")
    try:
        arrays = loadmat(path, variable_names=["Yt", "Ct", "Yv", "Cv"], appendmat=False)
    except NotImplementedError:
        raise ValueError(f"{path}: expected a MATLAB file of version 5, got version 7.3 (HDF5); in MATLAB, "
                         "save(..., '-v7') writes one that can be read") from None
    except Exception as error:  # SciPy raises whatever the damaged bytes provoke
        raise ValueError(f"{path}: expected a MATLAB file of version 5, got one that cannot be read, damaged or "
                         f"of another format ({type(error).__name__}: {error})") from error
    missing = [key for key in ("Yt", "Ct", "Yv", "Cv") if key not in arrays]
    if missing:
        raise ValueError(f"{path}: expected the arrays Yt, Ct, Yv and Cv, got none named {', '.join(missing)}")
    return _checked(Data(*(arrays[key] for key in ("Yt", "Ct", "Yv", "Cv"))), path)


def save_mat(path, data):
    """Write a data set as `load_mat` reads it: MATLAB v5, float32 arrays Yt, Ct, Yv and Cv.

    The file appears whole or not at all, and never replaces another.

    Parameters
    ----------
    path : path
    data : Data
        Or any X_train, C_train, X_val, C_val.

    Raises
    ------
    FileExistsError
        If there is a file already.
    ValueError
        If `load_mat` would refuse the data.

    Examples
    --------
    >>> import tempfile
    >>> data = load("swissroll")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_mat(Path(folder) / "SwissRollData.mat", data)
    ...     again = load("swissroll", folder=folder)
    >>> all(np.array_equal(a, b) for a, b in zip(data, again))
    True
    """
    path = Path(path)
    data = _checked(Data(*data), path)
    arrays = dict(zip(("Yt", "Ct", "Yv", "Cv"), (array.astype(np.float32) for array in data)))
    if os.path.lexists(path):
        raise FileExistsError(f"{path}: expected no file there, and does not replace the one that is")
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        savemat(Path(folder) / path.name, arrays, appendmat=False, do_compression=True)
        os.rename(Path(folder) / path.name, path)


def _checked(data, path):
    for X, C, part in ((data.X_train, data.C_train, "t"), (data.X_val, data.C_val, "v")):
        _check_part(X, C, f"{path}: expected", f"Y{part}", f"C{part}")
    for train, val, rows in ((data.X_train, data.X_val, "features Yt and Yv"), (data.C_train, data.C_val, "classes Ct and Cv")):
        if len(train) != len(val):
            raise ValueError(f"{path}: expected one number of {rows}, got {len(train)} and {len(val)}")
    return Data(*(np.array(array, np.float32, order="C").astype(float) for array in data))


def _check_part(X, C, expected, Y_key, C_key):
    for array, key in ((X, Y_key), (C, C_key)):
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub":
            raise ValueError(f"{expected} {key} to be a full array of real numbers, got {getattr(array, 'dtype', type(array))}")
        if array.ndim != 2 or array.size == 0:
            raise ValueError(f"{expected} {key} to be a matrix with a column for each sample, got the shape {array.shape}")
        bad = np.count_nonzero(~np.isfinite(array.astype(np.float32)))
        if bad:
            raise ValueError(f"{expected} finite numbers in {key}, got {bad} NaN or infinite of {array.size}")
    shapes = f"{Y_key} {X.shape} and {C_key} {C.shape}"
    one_hot = [bool(np.all((C == 0) | (C == 1)) and np.all(C.sum(axis=axis) == 1)) for axis in (0, 1)]
    if one_hot == [False, True]:
        raise ValueError(f"{expected} a column for each sample, got {shapes}: samples in rows; transpose them")
    if not one_hot[0]:
        raise ValueError(f"{expected} one-hot labels, one 1 and else 0 in each column of {C_key}, got {_first_bad(C)}")
    if X.shape[1] != C.shape[1]:
        raise ValueError(f"{expected} as many samples as labels, one a column, got {shapes}")


def _first_bad(C):
    j = int(np.argmax(np.any((C != 0) & (C != 1), axis=0) | (C.sum(axis=0) != 1)))
    return f"{C[:, j].tolist()} in column {j + 1} of {C.shape[1]}"


def _rule(name):
    if name not in RULES:
        raise ValueError(f"expected one of the data sets {', '.join(RULES)}, got {name!r}")
    return RULES[name]


def _one_hot(labels, classes):
    return (labels == np.arange(classes)[:, None]).astype(float)
