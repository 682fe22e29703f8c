"""Results are found as they were stored, and not at all when what they depend on has changed."""

import json
import os
import shutil
from dataclasses import fields, replace

import numpy as np
import pytest

from dlhw.arrays import paths
from dlhw.datasets import IN_REPOSITORY
from dlhw.study import store as room
from dlhw.study.experiment import Experiment, run
from dlhw.study.registry import EXPERIMENTS
from dlhw.study.results import FOLDER
from dlhw.study.rooms import ROOT
from dlhw.study.store import (
    ACCURACIES,
    LOSSES,
    key,
    load_result,
    place,
    state,
    store,
    trouble,
    write_whole,
)

A = Experiment("demo", "gmm", "tanh", 3, 7, "xavier", lr=0.01, batch=1000, seeds=2, weights=True)
MOST = 4_000_000  # bytes of all kept results together: they travel with every clone and wheel


# ---- files ---------------------------------------------------------------------------------------


def test_a_result_is_found_as_it_was_kept(tmp_path):
    origin = {"machine": "a slow one", "date": "2026-11-27"}
    result = run(replace(A, test=True))._replace(origin=origin)
    store(result, tmp_path)
    found = load_result(result.experiment, tmp_path)
    assert found.experiment == result.experiment and found.origin == origin
    for name in ("epoch", *ACCURACIES):
        assert np.array_equal(getattr(found.history, name), getattr(result.history, name))
    for name in LOSSES:
        kept, measured = getattr(found.history, name), getattr(result.history, name)
        assert np.array_equal(kept, measured.astype(np.float32))
    found_params, params = dict(paths(found.history.params)), dict(paths(result.history.params))
    assert found_params.keys() == params.keys()
    for path, array in params.items():
        assert np.allclose(found_params[path], array, rtol=2e-5, atol=0)
        assert (found_params[path].shape, found_params[path].dtype) == (array.shape, array.dtype)
    assert np.array_equal(found.test_accuracy, result.test_accuracy)
    assert found.bayes_test == result.bayes_test


def test_parameters_in_double_precision_are_kept_exactly(tmp_path):
    result = run(replace(A, dtype="float64"))
    store(result, tmp_path)
    found = load_result(result.experiment, tmp_path).history.params
    for (_, kept), (_, array) in zip(paths(found), paths(result.history.params), strict=True):
        assert np.array_equal(kept, array) and kept.dtype == np.float64


def test_failed_networks_and_what_was_not_measured_are_kept_too(tmp_path):
    settings = {"lr": 0.01, "batch": 8, "train_size": 200, "dtype": "float64", "seeds": 4}
    result = run(Experiment("demo", "gmm", "original, unshifted", 4, 12, "uniform", **settings))
    store(result, tmp_path)
    found = load_result(result.experiment, tmp_path)
    assert result.history.failed and found.history.failed == result.history.failed
    assert np.array_equal(found.succeeded, result.succeeded)
    for name in ACCURACIES:
        before = getattr(result.history, name)
        assert np.array_equal(getattr(found.history, name), before, equal_nan=True)
    assert np.isnan(found.test_accuracy).all() and found.test_accuracy.shape == (4,)
    assert np.isnan(found.bayes_test)


def test_parameters_that_are_not_kept_are_not_used_unnoticed(tmp_path):
    plain = replace(A, weights=False)
    store(run(plain), tmp_path)
    params = load_result(plain, tmp_path).history.params
    network = plain.network()
    for use in (len, list, lambda p: p[0], lambda p: network.scores(p, np.ones((5, 1)))):
        with pytest.raises(LookupError, match="weights=True"):
            use(params)
    assert "without the parameters" in trouble(A, tmp_path)


def test_the_same_content_is_the_same_bytes_and_keeps_its_date(tmp_path):
    first, other = tmp_path / "first", tmp_path / "other"
    monday = run(A)._replace(origin={"date": "Monday"}, seconds=1.0)
    store(monday, first)
    store(monday, other)
    path = place(A, first)
    assert path.read_bytes() == place(A, other).read_bytes()
    store(monday._replace(origin={"date": "Tuesday"}, seconds=2.0), first)
    assert path.read_bytes() == place(A, other).read_bytes()
    monday.history.val_accuracy[-1, 0] = 0.5
    store(monday._replace(origin={"date": "Tuesday"}), first)
    assert load_result(A, first).origin == {"date": "Tuesday"}


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"none: python3 tasks.py train {A.name}"):
        load_result(A, tmp_path)


def edited(path, **changes):
    with np.load(path) as arrays:
        content = dict(arrays)
    np.savez_compressed(path, **{**content, **changes})


def test_a_result_that_was_changed_by_hand_is_found(tmp_path):
    store(run(A), tmp_path)
    path = place(A, tmp_path)
    with np.load(path) as arrays:
        hits, about = arrays["hits"] + 1, json.loads(str(arrays["about"]))
    whole = path.read_bytes()
    for change in ({"hits": hits}, {"about": np.array(json.dumps({**about, "seconds": 0.0}))}):
        edited(path, **change)
        assert "changed by hand" in trouble(A, tmp_path)
        with pytest.raises(FileNotFoundError, match="by hand"):
            load_result(A, tmp_path)
        assert place(A, tmp_path).exists()
        store(run(A), tmp_path)
        assert not trouble(A, tmp_path)
        path.write_bytes(whole)


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_counts_as_missing(tmp_path, seed):
    rng = np.random.default_rng(seed)
    result = run(A)
    store(result, tmp_path)
    path, before = place(A, tmp_path), state(A, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: rng.integers(len(whole))])
    assert trouble(A, tmp_path) == "found a file that is damaged"
    other = bytearray(whole)
    other[rng.integers(len(whole))] ^= 1 + rng.integers(255)
    path.write_bytes(other)
    assert trouble(A, tmp_path) or state(A, tmp_path) == before
    store(result, tmp_path)
    assert state(A, tmp_path) == before


@pytest.mark.parametrize("share", np.random.default_rng(0).random(10))
def test_an_interrupted_write_leaves_no_half_written_file(tmp_path, monkeypatch, share):
    """It comes after a random share of the bytes; what was there stays."""
    path = tmp_path / "a.npz"
    path.write_bytes(b"before")

    def torn(file):
        part = tmp_path / f"a.npz.{os.getpid()}.part"
        part.write_bytes(part.read_bytes()[: int(share * 1000)])
        raise KeyboardInterrupt

    monkeypatch.setattr(room.os, "fsync", torn)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, bytes(1000))
    assert list(tmp_path.iterdir()) == [path] and path.read_bytes() == b"before"
    monkeypatch.undo()
    write_whole(path, bytes(1000))
    assert list(tmp_path.iterdir()) == [path] and path.read_bytes() == bytes(1000)


def test_kept_results_are_whole_and_few_bytes():
    places = {place(experiment, FOLDER): experiment for experiment in EXPERIMENTS.values()}
    files = list(FOLDER.rglob("*.npz"))
    assert set(files) <= places.keys(), "a kept result of no experiment: delete it"
    assert sum(file.stat().st_size for file in files) <= MOST
    for file in files:
        assert trouble(places[file], FOLDER) in ("", "found one of other code or settings"), file


# ---- keys ----------------------------------------------------------------------------------------


SOME = {
    "softmax": Experiment("demo", "peaks", "softmax"),
    "momentum": Experiment("demo", "gmm", "softmax", optimizer="momentum"),
    "compounding": Experiment("demo", "peaks", "softmax", schedule="compounding", decay=0.9),
    "tanh": Experiment("demo", "peaks", "tanh", 2, 5, "xavier", schedule="exponential", decay=0.9),
    "he": Experiment("demo", "gmm", "tanh", 2, 5, "he", optimizer="nesterov"),
    "residual": Experiment("demo", "swissroll", "residual", 3, 5, "xavier"),
    "original": Experiment("demo", "gmm", "original", 3, 5, "uniform"),
    "unshifted": Experiment("demo", "gmm", "original, unshifted", 3, 5, "uniform"),
}
EVERYTHING = " ".join(SOME)
CHANGES = {
    "a comment": ("softmax", "def softmax(Z):", "# once more\ndef softmax(Z):", ""),
    "a docstring": ("softmax", '"""Return the probabilities', '"""Give the probabilities', ""),
    "an activation that nobody uses": (
        "layers",
        "@dataclass(frozen=True)\nclass Dense:",
        'softplus = Activation("softplus", np.log1p, np.multiply)\n\n\n'
        "@dataclass(frozen=True)\nclass Dense:",
        "",
    ),
    "a new data set's rule": (
        "datasets",
        'RULES = {\n    "peaks"',
        'RULES = {\n    "moons": Rule("Moons.mat", (100, 50), 2, 2, 0.0),\n    "peaks"',
        "",
    ),
    "a new data set's samples": (
        "datasets",
        'SAMPLES = {"peaks"',
        'SAMPLES = {"moons": draw, "peaks"',
        "",
    ),
    "a new model": ("study/experiment", "MODELS = {", 'MODELS = {\n    "plain": tanh_network,', ""),
    "a new start": ("network", 'SCHEMES = {"xavier"', 'SCHEMES = {"ones": zeros, "xavier"', ""),
    "a new schedule": (
        "optimizers",
        "def constant",
        "def linear():\n    pass\n\n\ndef constant",
        "",
    ),
    "a new experiment": (
        "study/registry",
        "def peaks():",
        "def more():\n    yield 1\n\n\ndef peaks():",
        "",
    ),
    "tanh's slope": ("layers", "V * (1.0 - Y * Y)", "V * (1.0 - Y**2)", EVERYTHING),
    "relu's slope": ("layers", "V * (Y > 0)", "V * (Y >= 0)", "original unshifted"),
    "the softmax": ("softmax", "E / E.sum(axis=-2", "E / np.sum(E, axis=-2", EVERYTHING),
    "the loss's gradient": ("softmax", "(softmax(Z) - C) /", "(softmax(Z) - C) * 1 /", EVERYTHING),
    "the loop": ("training", "epoch % every == 0", "not epoch % every", EVERYTHING),
    "momentum": (
        "optimizers",
        "beta * u + lr * g, v, gradient(w)",
        "lr * g + beta * u, v, gradient(w)",
        "momentum",
    ),
    "nesterov": ("optimizers", "p - beta * u, w, v", "p - u * beta, w, v", "he"),
    "exponential": (
        "optimizers",
        "lambda epoch: decay**epoch",
        "lambda epoch: decay ** (epoch)",
        "tanh",
    ),
    "compounding": ("optimizers", "(epoch + 1) // 2", "(1 + epoch) // 2", "compounding"),
    "Peaks": (
        "datasets",
        "PEAKS_SIGMA = 0.0564",
        "PEAKS_SIGMA = 0.0565",
        "softmax compounding tanh",
    ),
    "SwissRoll": ("datasets", "SWISSROLL_SIGMA = 0.0382", "SWISSROLL_SIGMA = 0.0383", "residual"),
    "GMM's rule": (
        "datasets",
        '"gmm": Rule("GMMData.mat", (25000',
        '"gmm": Rule("GMMData.mat", (24000',
        "momentum he original unshifted",
    ),
    "he": ("network", "np.sqrt(2 /", "np.sqrt(2.0 /", "he"),
    "the residual block": (
        "layers",
        "self.outer.value(X + affine",
        "self.outer.value(affine",
        "residual",
    ),
    "the unshifted softmax": (
        "study/experiment",
        "E = np.exp(Z)\n",
        "E = np.exp(1 * Z)\n",
        "unshifted",
    ),
}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the repository's code and data."""
    root = tmp_path_factory.mktemp("copy")
    no_more = shutil.ignore_patterns("__pycache__", "pages", "results", "*.mat", "bench.json")
    for folder in ("dlhw", "data"):
        shutil.copytree(ROOT / folder, root / folder, ignore=no_more)
    return root


def keys(root):
    room.code.cache_clear()
    return {name: key(experiment, root) for name, experiment in SOME.items()}


@pytest.fixture(scope="module")
def now(package):
    found = keys(package)
    assert found == keys(ROOT) and len(set(found.values())) == len(SOME)
    return found


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_changes_the_keys_of_what_uses_it(package, now, change):
    name, old, new, affected = CHANGES[change]
    path = package / "dlhw" / f"{name}.py"
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new), "utf-8")
    try:
        after = keys(package)
    finally:
        path.write_text(before, "utf-8")
    assert {name for name in SOME if after[name] != now[name]} == set(affected.split())


def test_the_mixture_of_gmm_counts_for_gmm_alone(package, now):
    path = package / "data" / "gmm_mixture.json"
    before = path.read_text("utf-8")
    path.write_text(before.replace("0", "1", 1), "utf-8")
    after = keys(package)
    path.write_text(before, "utf-8")
    changed = {name for name in SOME if after[name] != now[name]}
    assert changed == {name for name, e in SOME.items() if e.dataset == "gmm"}


def test_stray_files_and_line_ends_change_no_key(package, now):
    for name in ("dlhw/.layers.py.swp", "dlhw/layers.py~", "dlhw/notes.py", "data/PeaksData.mat"):
        (package / name).write_text("?", "utf-8")
    for path in (package / "dlhw").glob("*.py"):
        path.write_text(path.read_text("utf-8"), "utf-8", newline="\r\n")
    assert keys(package) == now


def test_every_setting_that_a_result_depends_on_is_in_its_key():
    others = {"depth": 5, "seeds": 11, "test": True, "every": 2, "redraw": True, "dtype": "float64"}
    others |= {"model": "residual", "optimizer": "nesterov", "schedule": "compounding"}
    shown = {"group", "weights"}
    for field in fields(Experiment):
        value = others.get(field.name, "gmm" if field.type is str else 7)
        changed = replace(SOME["tanh"], **{field.name: value})
        assert (key(changed) == key(SOME["tanh"])) == (field.name in shown), field.name


def test_the_data_of_the_package_are_found():
    assert (IN_REPOSITORY / "gmm_mixture.json").exists()


def test_a_result_of_other_settings_is_taken_only_if_that_is_asked_for(tmp_path, monkeypatch):
    store(run(A), tmp_path)
    monkeypatch.setattr("dlhw.study.store.key", lambda experiment: "another key")
    with pytest.raises(FileNotFoundError, match="of other code or settings"):
        load_result(A, tmp_path)
    assert load_result(A, tmp_path, any_key=True).experiment == A
