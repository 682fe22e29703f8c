"""Chapter 4: the generated sets against the measured, the Bayes rule against its definition."""

import re
from functools import cache

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from dlhw import datasets
from dlhw.datasets import bayes_accuracy, draw, load, log_densities, posterior, subset
from dlhw.training import softmax_regression

NAMES = ["peaks", "gmm", "swissroll"]

# measured on the course's files: the labels as given, training and validation, and the training
# samples
MEASURED = {
    "peaks": dict(
        train=[4992, 4978, 4977, 5019, 5034],
        val=[1250, 1244, 1253, 1250, 1253],
        changed=0.01616,
        mean=[0.0184, -0.0462],
        std=[1.129, 1.598],
        range=[-3.124, 3.158],
    ),
    "gmm": dict(
        train=[5013, 4989, 5015, 4982, 5001],
        val=[1246, 1257, 1258, 1243, 1246],
        changed=0.01584,
        mean=[0.047, -0.130, 0.180, 0.009, 0.039],
        std=[0.597, 0.572, 0.733, 0.779, 0.694],
        range=[-2.320, 2.490],
    ),
    "swissroll": dict(
        train=[10011, 9989],
        val=[2552, 2448],
        changed=0.0191,
        mean=[0, -0.08],
        std=[0.479, 0.470],
        range=[-1.192, 1.279],
    ),
}


@cache
def many(name):
    return [load(name, seed=seed) for seed in range(40)]


def clean_labels(C):
    """Where a part is in file order, position alone gives the clean label."""
    return np.arange(C.shape[1]) * len(C) // C.shape[1]


def assert_one_of(value, samples, rounding):
    """A measured value is one more draw, known to its own rounding.

    So it lies within 4 standard deviations of the generated ones.
    """
    samples = np.array(samples)
    mean, deviation = samples.mean(axis=0), samples.std(axis=0, ddof=1)
    distance = np.abs(np.asarray(value) - mean)
    assert np.all(distance <= 4 * deviation + rounding), (value, mean, deviation)


# ---- the rules -----------------------------------------------------------------------------------


def test_the_grid_of_peaks():
    axis, thresholds, classes = datasets.peaks_grid()
    values = datasets.peaks(axis[:, None], axis)
    assert values.min().round(6) == -6.549719 and values.max().round(6) == 8.105393
    assert thresholds.round(6).tolist() == [-3.618697, -0.687674, 2.243348, 5.174371]
    assert np.allclose(np.diff(thresholds), 2.931023, rtol=0, atol=5e-7)
    assert np.bincount(classes.ravel()).tolist() == [1829, 7968, 47557, 6384, 1798]
    i, j = np.unravel_index(values.argmax(), values.shape)
    # x comes first: MATLAB's highest peak is at (0, 1.58)
    assert np.hypot(axis[i] - 0, axis[j] - 1.58) < 0.02


@pytest.mark.parametrize("name", NAMES)
def test_form(name):
    n, l = len(MEASURED[name]["mean"]), len(MEASURED[name]["train"])
    m_train, m_val = sum(MEASURED[name]["train"]), sum(MEASURED[name]["val"])
    data = load(name)
    assert data._fields == ("X_train", "C_train", "X_val", "C_val")
    assert [a.shape for a in data] == [(n, m_train), (l, m_train), (n, m_val), (l, m_val)]
    for array in data:
        assert array.dtype == np.float64 and array.flags.c_contiguous and array.flags.writeable
        assert np.array_equal(array, array.astype(np.float32))
    for C in (data.C_train, data.C_val):
        assert set(np.unique(C)) == {0, 1} and np.all(C.sum(axis=0) == 1)


@pytest.mark.parametrize("name", NAMES)
def test_seeds(name):
    once, again, other = load(name, seed=4), load(name, seed=4), load(name, seed=5)
    for a, b, c in zip(once, again, other):
        assert a.tobytes() == b.tobytes()
        assert not np.array_equal(a, c)
    X, C, clean = draw(name, 999, np.random.default_rng(8))
    assert all(np.array_equal(a, b) for a, b in zip((X, C, clean), draw(name, 999, 8)))
    assert not np.array_equal(X, draw(name, 999, 9).X)


@pytest.mark.parametrize("name", NAMES)
def test_moments_and_ranges(name):
    train = [data.X_train for data in many(name)]
    rounding = 0.005 if name == "swissroll" else 0.0005
    assert_one_of(MEASURED[name]["mean"], [X.mean(axis=1) for X in train], rounding)
    assert_one_of(MEASURED[name]["std"], [X.std(axis=1) for X in train], rounding=0.0005)
    assert_one_of(MEASURED[name]["range"], [[X.min(), X.max()] for X in train], rounding=0.0005)


@pytest.mark.parametrize("name", NAMES)
def test_label_counts(name):
    train = [data.C_train.sum(axis=1) for data in many(name)]
    val = [data.C_val.sum(axis=1) for data in many(name)]
    assert_one_of(MEASURED[name]["train"], train, rounding=0)
    if name == "swissroll":
        # its measured split, 2552 to 2448, is a draw in itself; here the clean halves are equal
        assert np.all(np.abs(np.array(val) - 2500) < 4 * np.sqrt(5000 * 0.019 * 0.981))
    else:
        assert_one_of(MEASURED[name]["val"], val, rounding=0)


@pytest.mark.parametrize("name", NAMES)
def test_label_noise(name):
    """A share of the labels is changed, to every other class alike."""
    share = {"peaks": 0.016, "gmm": 0.016, "swissroll": 0.019}[name]
    l = len(MEASURED[name]["train"])
    confusion = np.zeros((l, l))
    for data in many(name):
        np.add.at(confusion, (clean_labels(data.C_train), data.C_train.argmax(axis=0)), 1)
    m = confusion.sum()
    assert np.all(confusion.sum(axis=1) == m / l)  # exactly equal clean counts
    changed = 1 - np.trace(confusion) / m
    deviation = np.sqrt(share * (1 - share))  # of one label
    assert abs(changed - share) < 4 * deviation / np.sqrt(m)
    measured, m_measured = MEASURED[name]["changed"], sum(MEASURED[name]["train"])
    assert abs(measured - share) < 4 * deviation / np.sqrt(m_measured)
    off = confusion[~np.eye(l, dtype=bool)]
    expected = m * share / (l * (l - 1))
    assert np.all(np.abs(off - expected) < 4.5 * np.sqrt(expected))


@pytest.mark.parametrize("name", NAMES)
def test_file_order(name):
    """Sorted by class, but for the validation part of SwissRoll."""
    data = load(name, seed=6)
    for C, shuffled in ((data.C_train, False), (data.C_val, name == "swissroll")):
        agreement = np.mean(C.argmax(axis=0) == clean_labels(C))
        assert (abs(agreement - 0.5) < 0.03) if shuffled else (agreement > 0.97)


def test_the_gaussians_of_gmm_are_contiguous():
    means, covariances = datasets.gmm_mixture()
    data = load("gmm", seed=6)
    for X in (data.X_train, data.X_val):
        k = X.shape[1] // 25
        for j in range(25):
            block = X[:, j * k : (j + 1) * k]
            error = block.mean(axis=1) - means[j]
            # chi-squared with 5 degrees: P(> 30) = 1.5e-5
            assert k * error @ np.linalg.solve(covariances[j], error) < 30
            root = np.linalg.cholesky(covariances[j])
            whitened = np.linalg.solve(root, block - means[j][:, None])
            assert np.allclose(whitened @ whitened.T / k, np.eye(5), atol=5 * np.sqrt(2 / k))


def test_swissroll_is_sorted_by_angle():
    data = load("swissroll", seed=6)
    for label in (0, 1):
        radius = np.linalg.norm(data.X_train[:, label * 10000 : (label + 1) * 10000], axis=0)
        off = radius - 0.2 * label - np.linspace(0, 1, 10000)
        assert np.max(np.abs(off)) < 5.5 * datasets.SWISSROLL_SIGMA
    radius = np.linalg.norm(data.X_val, axis=0)
    assert abs(np.corrcoef(radius, np.arange(5000))[0, 1]) < 4 / np.sqrt(5000)


@pytest.mark.parametrize("m", [1, 7, 1003])
@pytest.mark.parametrize("name", NAMES)
def test_any_size_is_shared_equally(name, m):
    X, C, clean = draw(name, m, rng=2)
    assert X.shape[1] == C.shape[1] == clean.shape[1] == m
    assert np.ptp(clean.sum(axis=1)) <= 1


def test_the_sets_of_one_seed_are_drawn_apart():
    """Else the labels redrawn in Peaks and GMM would be the same columns."""
    labels = [load(name, seed=4).C_train.argmax(axis=0) for name in ("peaks", "gmm")]
    redrawn = [found != clean_labels(np.empty((5, 25000))) for found in labels]
    assert np.mean(redrawn[0] & redrawn[1]) < 0.002


def test_files_are_written_in_any_folder_and_from_any_seed(tmp_path):
    folder = tmp_path / "made" / "here"
    assert all(datasets.write_files(folder, seed=4).values())
    for name in NAMES:
        for there, here in zip(load(name, folder=folder), load(name, seed=4)):
            assert np.array_equal(there, here)
    assert not any(datasets.write_files(folder, seed=5).values())


def test_a_file_of_data_that_is_missing_is_named():
    with pytest.raises(FileNotFoundError, match="expected moons.json in .*data or .*data, found"):
        datasets.data_text("moons.json")


# ---- what a linear classifier can do -------------------------------------------------------------


def softmax_optimum(X, C, start):
    """Minimise the softmax objective over W and b; return the least loss and the parameters."""
    l, n = len(C), len(X)

    def objective(theta):
        params = {"W": theta[: l * n].reshape(l, n), "b": theta[l * n :].reshape(l, 1)}
        gradient = softmax_regression.gradient(params, X, C)
        flat = np.concatenate([gradient["W"].ravel(), gradient["b"].ravel()])
        return softmax_regression.loss(params, X, C), flat

    found = minimize(
        objective, start, jac=True, method="L-BFGS-B", options=dict(ftol=1e-9, maxiter=500)
    )
    return found.fun, found.x


@pytest.mark.parametrize(
    "name, expected, tolerance", [("peaks", 1.2243, 0.003), ("gmm", 1.2239, 0.002)]
)
def test_the_softmax_optimum_is_the_courses(name, expected, tolerance):
    n, l = len(MEASURED[name]["mean"]), 5
    losses, theta = [], np.zeros(l * n + l)
    for data in many(name)[:10]:
        loss, theta = softmax_optimum(data.X_train, data.C_train, start=theta)
        losses.append(loss)
    assert abs(np.mean(losses) - expected) < tolerance


# ---- the Bayes rule ------------------------------------------------------------------------------


def test_the_density_of_peaks_is_the_sum_over_all_nodes():
    axis, _, classes = datasets.peaks_grid()
    drawn, far = subset(draw("peaks", 5000, rng=1).X, size=12, rng=1)[0], [[3.3, -5.0], [-2.9, 4.0]]
    X = np.concatenate([drawn, far], axis=1)
    squares = (X[0] - axis[:, None, None]) ** 2 + (X[1] - axis[:, None]) ** 2  # (256, 256, m)
    logs = -squares / (2 * datasets.PEAKS_SIGMA**2) - np.log(2 * np.pi * datasets.PEAKS_SIGMA**2)
    direct = np.stack(
        [logsumexp(logs[classes == k], axis=0) - np.log(np.sum(classes == k)) for k in range(5)]
    )
    ours = log_densities("peaks", X)
    finite = np.isfinite(ours)
    assert finite.mean() > 0.5 and np.all(finite.any(axis=0))
    assert np.allclose(ours[finite], direct[finite], rtol=1e-12, atol=1e-12)
    assert np.all((direct.max(axis=0) - direct)[~finite] > np.log(1e300))


def test_the_density_of_gmm_is_scipys():
    means, covariances = datasets.gmm_mixture()
    X = draw("gmm", 30, rng=1).X
    each = [multivariate_normal(*of).logpdf(X.T) for of in zip(means, covariances)]
    direct = logsumexp(np.reshape(each, (5, 5, -1)), axis=1) - np.log(5)
    assert np.allclose(log_densities("gmm", X), direct, rtol=1e-10, atol=1e-10)


def test_the_density_of_swissroll_is_the_integral_along_the_curve():
    sigma = datasets.SWISSROLL_SIGMA
    drawn, near = subset(draw("swissroll", 5000, rng=1).X, size=9, rng=1)[0], [[0, 1.3], [0, 0.1]]
    X = np.concatenate([drawn, near], axis=1)
    ours = log_densities("swissroll", X)

    def integrand(t, label, x, y):
        radius, angle = t + 0.2 * label, 4 * np.pi * t
        square = (radius * np.cos(angle) - x) ** 2 + (radius * np.sin(angle) - y) ** 2
        return np.exp(-square / (2 * sigma**2)) / (2 * np.pi * sigma**2)

    for label in (0, 1):
        for j, (x, y) in enumerate(X.T):
            settings = dict(args=(label, x, y), epsabs=0, epsrel=1e-11)
            pieces = [quad(integrand, a, a + 0.02, **settings)[0] for a in np.arange(50) / 50]
            assert np.isclose(ours[label, j], np.log(sum(pieces)), rtol=1e-9, atol=1e-9)


@cache
def fresh(name):
    """A fresh test set with its posteriors: given labels, clean labels."""
    sample = draw(name, 60_000, rng=12)
    return sample, posterior(name, sample.X), posterior(name, sample.X, clean=True)


@pytest.mark.parametrize("name", NAMES)
def test_posteriors_are_calibrated(name):
    """The probabilities promise what happens, to 4 standard errors.

    They promise the accuracy, the loss, and every class's share.
    """
    (X, C, clean), given, pure = fresh(name)
    for P, labels in ((given, C), (pure, clean)):
        assert np.allclose(P.sum(axis=0), 1) and P.min() >= 0
        hit = np.take_along_axis(labels, P.argmax(axis=0)[None], axis=0)[0]
        log_loss = -np.log(P, where=P > 0, out=np.zeros_like(P))
        losses = np.sum((labels - P) * log_loss, axis=0)
        for difference in (hit - P.max(axis=0), losses, *(labels - P)):
            assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(len(difference))
    assert np.array_equal(given.argmax(axis=0), pure.argmax(axis=0))
    assert bayes_accuracy(name, X, C) == np.mean(C.argmax(axis=0) == given.argmax(axis=0))


# what was found for the course's files, given and clean labels; the third number is how far the
# generated sets may differ from them
CEILINGS = {
    "peaks": (0.9373, 0.952, 0.001),
    "gmm": (0.9740, 0.990, 0.001),
    "swissroll": (0.974, None, 0.003),
}


@pytest.mark.parametrize("name", NAMES)
def test_ceilings(name):
    expected_given, expected_clean, tolerance = CEILINGS[name]
    (X, C, clean), given, pure = fresh(name)
    standard_error = given.max(axis=0).std() / np.sqrt(given.shape[1])
    assert standard_error < 0.0006
    assert abs(given.max(axis=0).mean() - expected_given) < tolerance
    if expected_clean is not None:
        assert abs(pure.max(axis=0).mean() - expected_clean) < tolerance
    r, l = datasets.RULES[name].redrawn, len(C)
    expected = (1 - r) * pure.max(axis=0).mean() + r / l
    assert np.isclose(given.max(axis=0).mean(), expected, rtol=1e-12)


def test_no_other_rule_is_better_on_swissroll():
    """The nearest curve, found geometrically, comes close to the Bayes rule, and no further."""
    (X, C, clean), given, _ = fresh("swissroll")
    X, clean = subset(X, clean, size=5000, rng=3)
    t = np.linspace(0, 1, 500)
    distance = []
    for label in (0, 1):
        curve = datasets.swissroll_curve(t, label).T
        distance.append(np.min([np.hypot(*(X - point[:, None])) for point in curve], axis=0))
    nearest = np.mean(np.argmin(distance, axis=0) == clean.argmax(axis=0))
    assert -0.003 < bayes_accuracy("swissroll", X, clean) - nearest < 0.01


# ---- subsets and refusals ------------------------------------------------------------------------


def test_subset():
    X, C = np.arange(40.0).reshape(2, 20), np.eye(4)[:, np.arange(20) % 4]
    x, c = subset(X, C, size=13, rng=np.random.default_rng(3))
    assert x.shape == (2, 13) and c.shape == (4, 13) and len(set(x[0])) == 13  # without replacement
    # pairs stay together
    assert np.array_equal(x[1], x[0] + 20) and np.array_equal(c.argmax(axis=0), x[0] % 4)
    assert not np.array_equal(x[0], np.sort(x[0]))
    assert np.array_equal(x, subset(X, C, size=13, rng=3)[0])
    assert not np.array_equal(x, subset(X, C, size=13, rng=4)[0])
    (everything,) = subset(X, size=20, rng=3)
    assert np.array_equal(np.sort(everything[0]), X[0])


@pytest.mark.parametrize("name", ["moons", "Peaks", ""])
def test_a_set_that_is_none_is_refused(name):
    message = f"expected one of the data sets peaks, gmm, swissroll, got '{name}'"
    with pytest.raises(ValueError, match=message):
        load(name)
    with pytest.raises(ValueError, match=message):
        draw(name, 10, rng=0)
    with pytest.raises(ValueError, match=message):
        log_densities(name, np.zeros((2, 1)))


def test_no_column_is_refused():
    with pytest.raises(ValueError, match="expected m to be a whole number, at least 1, got 0"):
        draw("gmm", 0, rng=0)


@pytest.mark.parametrize(
    "name, n, shape", [("gmm", 5, (2, 7)), ("peaks", 2, (7, 2)), ("peaks", 2, (2,))]
)
def test_samples_that_are_not_the_sets_are_refused(name, n, shape):
    message = f"samples of {name} in columns, shape ({n}, m), got {shape}"
    with pytest.raises(ValueError, match=re.escape(message)):
        posterior(name, np.zeros(shape))


def test_a_subset_that_cannot_be_is_refused():
    X = np.zeros((2, 9))
    for size, message in ((10, "a size of 1 to 9, .*, got 10"), (0, "at least 1, got 0")):
        with pytest.raises(ValueError, match=message):
            subset(X, size=size, rng=0)
    with pytest.raises(ValueError, match=r"one number of columns, .*\[\(2, 9\), \(3, 8\)\]"):
        subset(X, np.zeros((3, 8)), size=5, rng=0)


def test_the_mixture_is_that_of_the_course():
    means, covariances = datasets.gmm_mixture()
    assert means.shape == (25, 5) and covariances.shape == (25, 5, 5)
    eigenvalues = np.linalg.eigvalsh(covariances).mean(axis=0)
    assert np.allclose(eigenvalues, [0.0063, 0.0196, 0.0369, 0.0460, 0.0510], atol=0.00005)
