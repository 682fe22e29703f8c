"""The data sets Peaks, GMM and SwissRoll: how they are drawn, and the best rule on them.

Each class of each set is a mixture of Gaussians: around the nodes of a grid, around five means,
along a curve. From that follow the samples and the densities, and from the densities the Bayes
rule, which no classifier can beat.

The rules were measured on the course's files, which descend from `setupPeaks`, `setupGMM` and
`setupSwissRoll` of Meganet.m (MIT licence, https://github.com/XtractOpen/Meganet.m).

Columns are samples: X is (n, m), one-hot labels C are (l, m). As in the files, the training parts
are **sorted by class**: take a `subset`, never a prefix.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

from .arguments import (
    as_array,
    check_finite,
    check_one_hot,
    generator,
    real_array,
    unknown,
    whole_number,
)
from .arrays import outline
from .matfiles import Data, load_mat, save_mat
from .softmax import softmax

PEAKS_SIGMA = 0.0564
SWISSROLL_SIGMA = 0.0382


# ---- the rules -----------------------------------------------------------------------------------


def peaks(x, y):
    """Return the value of MATLAB's surface `peaks` at the points (x, y).

    Examples
    --------
    >>> round(float(peaks(0.0, 0.0)), 6)
    0.981012
    """
    return (
        3 * (1 - x) ** 2 * np.exp(-(x**2) - (y + 1) ** 2)
        - 10 * (x / 5 - x**3 - y**5) * np.exp(-(x**2) - y**2)
        - np.exp(-((x + 1) ** 2) - y**2) / 3
    )


def peaks_grid():
    """Return the grid of Peaks, and the class of each of its nodes.

    The classes are five bands of equal width between the least and the greatest value of `peaks`
    on the grid.

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


def gmm_mixture():
    """Return the means (25, 5) and covariances (25, 5, 5) of GMM's Gaussians, five a class.

    Examples
    --------
    >>> [array.shape for array in gmm_mixture()]
    [(25, 5), (25, 5, 5)]
    """
    mixture = json.loads(data_text("gmm_mixture.json"))
    return np.array(mixture["means"]), np.array(mixture["covariances"])


def swissroll_curve(t, label):
    """Return the points (t + r) (cos 4 pi t, sin 4 pi t) of a spiral.

    r is 0 for class 0 and .2 for class 1.

    Examples
    --------
    >>> swissroll_curve(np.array([0.0, 1.0]), label=1).round(6) + 0.0
    array([[0.2, 1.2],
           [0. , 0. ]])
    """
    angle = 4 * np.pi * t
    return (t + 0.2 * label) * np.stack([np.cos(angle), np.sin(angle)])


class Rule(NamedTuple):
    """A set: the course's file, its sizes, and the share of labels that are redrawn."""

    file: str
    sizes: tuple
    features: int
    classes: int
    redrawn: float


RULES = {
    "peaks": Rule("PeaksData.mat", (25000, 6250), features=2, classes=5, redrawn=0.02),
    "gmm": Rule("GMMData.mat", (25000, 6250), features=5, classes=5, redrawn=0.02),
    # two classes: of the labels redrawn at random half stay, so that 1.9 % change
    "swissroll": Rule("SwissRollData.mat", (20000, 5000), features=2, classes=2, redrawn=0.038),
}


def _rule(name):
    if not (isinstance(name, str) and name in RULES):
        raise unknown("the data sets", name, RULES)
    return RULES[name]


# ---- drawing -------------------------------------------------------------------------------------


class Sample(NamedTuple):
    """Fresh columns X (n, m), their labels C (l, m), and the `clean` ones (l, m) without noise."""

    X: np.ndarray
    C: np.ndarray
    clean: np.ndarray


def _blocks(m, k):
    """Number m columns 0, ..., k - 1 in k contiguous blocks of equal length (to one column)."""
    return np.arange(m) * k // m


def _peaks_sample(m, rng):
    axis, _, classes = peaks_grid()
    nodes = np.argsort(classes, axis=None, kind="stable")  # those of class 0, of class 1, ...
    counts = np.bincount(classes.ravel())
    first = np.cumsum(counts) - counts
    y = _blocks(m, 5)
    chosen = nodes[first[y] + rng.integers(counts[y])]
    i, j = np.unravel_index(chosen, classes.shape)
    return np.stack([axis[i], axis[j]]) + PEAKS_SIGMA * rng.standard_normal((2, m))


def _gmm_sample(m, rng):
    means, covariances = gmm_mixture()
    component = _blocks(m, 25)
    noise = np.linalg.cholesky(covariances)[component] @ rng.standard_normal((m, 5, 1))
    return means[component].T + noise[:, :, 0].T


def _swissroll_sample(m, rng):
    t, y = rng.random(m), _blocks(m, 2)
    t = t[np.lexsort((t, y))]  # by class, within a class by angle
    return swissroll_curve(t, y) + SWISSROLL_SIGMA * rng.standard_normal((2, m))


SAMPLES = {"peaks": _peaks_sample, "gmm": _gmm_sample, "swissroll": _swissroll_sample}


def draw(name, m, rng):
    """Draw m fresh columns of a data set, in the order of the course's files.

    They are sorted by class, within GMM by Gaussian, within SwissRoll by angle.

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
    m, rng = whole_number("m", m, least=1), generator("rng", rng)
    X = SAMPLES[name](m, rng).astype(np.float32, order="C").astype(float)
    clean = _blocks(m, rule.classes)
    redrawn = rng.random(m) < rule.redrawn
    given = np.where(redrawn, rng.integers(rule.classes, size=m), clean)
    return Sample(X, _one_hot(given, rule.classes), _one_hot(clean, rule.classes))


def subset(*arrays, size, rng):
    """Return a random subset of the columns, without replacement, in random order.

    Parameters
    ----------
    *arrays : ndarray
        X, C and what else has one column a sample, shape (..., m); the same columns are taken of
        each.
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
    arrays = [as_array(array) for array in arrays]
    shapes = [np.shape(array) for array in arrays]
    columns = {shape[-1:] for shape in shapes}
    if len(columns) != 1 or () in columns:
        raise ValueError(f"expected arrays with one number of columns, got the shapes {shapes}")
    ((m,),) = columns
    size = whole_number("size", size, least=1)
    if size > m:
        raise ValueError(f"expected a size of 1 to {m}, the number of columns, got {size}")
    chosen = generator("rng", rng).choice(m, size, replace=False)
    return tuple(np.take(array, chosen, axis=-1) for array in arrays)


def _one_hot(labels, classes):
    return (labels == np.arange(classes)[:, None]).astype(float)


# ---- loading -------------------------------------------------------------------------------------


def load(name, *, folder=None, seed=0):
    """Return a data set: generated, or read from a folder that holds the course's files.

    Parameters
    ----------
    name : {"peaks", "gmm", "swissroll"}
    folder : path, optional
        Where `PeaksData.mat`, `GMMData.mat` and `SwissRollData.mat` are. Without it, the set is
        generated, with the sizes, the label noise and the order of the course's file.
    seed : int
        Seed of the generated set; equal seeds give equal bits. A file does not need it.

    Returns
    -------
    Data
        X_train (n, m), C_train (l, m), X_val, C_val: C-contiguous float64, rounded to float32
        first.

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
    rng = np.random.default_rng([*name.encode(), whole_number("seed", seed, least=0)])
    train, val = (draw(name, m, rng) for m in rule.sizes)
    if name == "swissroll":
        val = Sample(*subset(*val, size=rule.sizes[1], rng=rng))
    return Data(train.X, train.C, val.X, val.C)


# ---- the best rule -------------------------------------------------------------------------------


def _peaks_log_densities(X):
    # A Gaussian is a factor in x times a factor in y: the sum over the nodes (i, j) of a class is
    # sum_ij A_i M_ij B_j, M the class's 0-1 mask of the grid. `top` makes the largest factor 1:
    # only what does not count underflows.
    axis, _, classes = peaks_grid()
    exponents = -((X[:, :, None] - axis) ** 2) / (2 * PEAKS_SIGMA**2)
    top = exponents.max(axis=-1, keepdims=True)
    A, B = np.exp(exponents - top)
    masks = (classes == np.arange(5)[:, None, None]).astype(float)
    sums = ((A @ masks) * B).sum(axis=-1) / masks.sum(axis=(-2, -1))[:, None]
    with np.errstate(divide="ignore"):
        return np.log(sums) + top.sum(axis=0).T - np.log(2 * np.pi * PEAKS_SIGMA**2)


def _gmm_log_densities(X):
    means, covariances = gmm_mixture()
    roots = np.linalg.cholesky(covariances)
    distances = (np.linalg.solve(roots, X - means[:, :, None]) ** 2).sum(axis=-2)
    logs = -distances / 2 - np.linalg.slogdet(np.sqrt(2 * np.pi) * roots).logabsdet[:, None]
    return logsumexp(logs.reshape(5, 5, -1), axis=1) - np.log(5)


def _swissroll_log_densities(X):
    # The integral over t in [0, 1], by Gauss-Legendre nodes, which are those of [-1, 1].
    nodes, weights = np.polynomial.legendre.leggauss(800)
    t = (nodes + 1) / 2
    curves = [swissroll_curve(t, label) for label in (0, 1)]
    distances = np.stack([cdist(X.T, curve.T, "sqeuclidean") for curve in curves])
    exponents = distances / (-2 * SWISSROLL_SIGMA**2)
    top = exponents.max(axis=-1, keepdims=True)
    integrals = np.exp(exponents - top) @ weights / 2
    return np.log(integrals) + top[:, :, 0] - np.log(2 * np.pi * SWISSROLL_SIGMA**2)


LOG_DENSITIES = {
    "peaks": _peaks_log_densities,
    "gmm": _gmm_log_densities,
    "swissroll": _swissroll_log_densities,
}


def log_densities(name, X):
    """Return the logarithm of the density of each class of a generated set at the columns of X.

    The density of class k is that of what `draw` draws with the clean label k: the mean of the
    Gaussians around the nodes of its band (Peaks), of its five Gaussians (GMM), along its curve
    (SwissRoll: an integral, by 800 Gauss-Legendre nodes).

    Parameters
    ----------
    name : {"peaks", "gmm", "swissroll"}
    X : ndarray
        Samples in columns, shape (n, m).

    Returns
    -------
    ndarray
        Shape (l, m). -inf stands for a density that is less than 1e-300 times the greatest.

    Raises
    ------
    ValueError
        If there is no such data set, or X does not have its n rows, or is not finite.

    Examples
    --------
    At the origin Peaks is of class 2; class 3 is next.

    >>> log_densities("peaks", np.zeros((2, 1))).ravel().round(2)
    array([-224.36, -104.37,   -3.27,  -15.81, -206.54])
    """
    rule = _rule(name)
    X = np.asarray(real_array("X", X), float)
    if X.ndim != 2 or len(X) != rule.features:
        raise ValueError(
            f"expected samples of {name} in columns, shape ({rule.features}, m), got {X.shape}"
        )
    check_finite("X", X)
    # In chunks, so that memory stays bounded: SwissRoll takes 1600 distances for each column.
    chunks = np.array_split(X, max(1, X.shape[1] // 2000), axis=1)
    return np.concatenate([LOG_DENSITIES[name](chunk) for chunk in chunks], axis=1)


def posterior(name, X, *, clean=False):
    """Return the probabilities of the labels of a generated set, given the columns of X.

    The classes are equally likely, so by Bayes' theorem the clean label has p = softmax of the
    log-densities. With probability r the label is redrawn from all l classes, so the given label
    has (1 - r) p + r / l. Both are greatest for the same class: predicting it is the Bayes rule,
    and no classifier is right more often.

    Parameters
    ----------
    name : {"peaks", "gmm", "swissroll"}
    X : ndarray
        Samples in columns, shape (n, m).
    clean : bool
        Whether to leave out the label noise.

    Returns
    -------
    ndarray
        Probabilities, shape (l, m); each column sums to 1. The mean of their maxima over fresh
        columns estimates the accuracy of the Bayes rule.

    Raises
    ------
    ValueError
        If there is no such data set, or X does not have its n rows, or is not finite.

    Examples
    --------
    >>> posterior("peaks", np.zeros((2, 1))).ravel().round(3)
    array([0.004, 0.004, 0.984, 0.004, 0.004])
    """
    rule = _rule(name)
    p = softmax(log_densities(name, X))
    return p if clean else (1 - rule.redrawn) * p + rule.redrawn / rule.classes


def bayes_accuracy(name, X, C):
    """Return the share of columns of which the Bayes rule of a generated set predicts the label.

    Parameters
    ----------
    name : {"peaks", "gmm", "swissroll"}
    X : ndarray
        Samples in columns, shape (n, m).
    C : ndarray
        One-hot labels, shape (l, m): with their noise, or clean.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no such data set, or no sample, or X and C do not have the shapes (n, m) and
        (l, m), or the labels are not one-hot.

    Examples
    --------
    >>> data = load("gmm")
    >>> bool(0.965 < bayes_accuracy("gmm", data.X_val, data.C_val) < 0.983)
    True
    """
    p, C = posterior(name, X), real_array("C", C)
    if C.shape != p.shape or not C.size:
        raise ValueError(f"expected labels of shape {p.shape}, m at least 1, got {outline(C)}")
    check_one_hot("C", C)
    return float(np.mean(p.argmax(axis=0) == C.argmax(axis=0)))


# ---- files ---------------------------------------------------------------------------------------


IN_WHEEL = Path(__file__).parent / "data"
IN_REPOSITORY = Path(__file__).parents[1] / "data"


def data_text(name):
    """Return the text of a file that comes with the package.

    Raises
    ------
    FileNotFoundError
        If there is none of that name.

    Examples
    --------
    >>> data_text("gmm_mixture.json")[0]
    '{'
    """
    for place in (IN_WHEEL, IN_REPOSITORY):
        if (place / name).exists():
            return (place / name).read_text(encoding="utf-8")
    raise FileNotFoundError(f"expected {name} in {IN_WHEEL} or {IN_REPOSITORY}, found none")


def write_files(folder, seed=0):
    """Write the generated sets as .mat files under the names of the course's files.

    What is there already stays.

    Parameters
    ----------
    folder : path
        Made if it is not there.
    seed : int

    Returns
    -------
    dict
        From the path of each file to whether it was written now.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "PeaksData.mat").touch()
    ...     {path.name: written for path, written in write_files(folder).items()}
    {'PeaksData.mat': False, 'GMMData.mat': True, 'SwissRollData.mat': True}
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    written = {}
    for name, rule in RULES.items():
        path = Path(folder, rule.file)
        written[path] = not path.exists()
        if written[path]:
            save_mat(path, load(name, seed=seed))
    return written
