"""Results are found as they were stored, and under another key when what they depend on changes."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dlhw
from dlhw.arrays import paths
from dlhw.study.experiment import Experiment, run
from dlhw.study.store import CURVES, code, load_result, place, store

A = Experiment("demo", "gmm", "softmax", lr=0.001, batch=1000, seeds=2)


def test_a_result_is_found_as_it_was_kept(tmp_path):
    result = run(replace(A, test=True))
    store(result, tmp_path)
    found = load_result(result.experiment, tmp_path)
    assert found.experiment == result.experiment
    for name in ("epoch", *CURVES, "failed", "interrupted"):
        assert np.array_equal(getattr(found.history, name), getattr(result.history, name))
    found_params, params = dict(paths(found.history.params)), dict(paths(result.history.params))
    assert found_params.keys() == params.keys()
    for path, array in params.items():
        assert np.array_equal(found_params[path], array)
        assert found_params[path].dtype == array.dtype
    assert np.array_equal(found.test_accuracy, result.test_accuracy)
    assert found.bayes_test == result.bayes_test


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=A.name):
        load_result(A, tmp_path)


@pytest.mark.parametrize("share", np.random.default_rng(0).random(10))
def test_an_interrupted_write_leaves_no_half_written_file(tmp_path, monkeypatch, share):
    """It comes after a random share of the bytes; the last result of the same name stays."""
    result = run(A)
    (tmp_path / A.group).mkdir()
    before = tmp_path / A.group / f"{A.name}-0123456789ab.npz"
    before.touch()

    def torn(path, content):
        with path.open("wb") as file:
            file.write(content[: int(share * len(content))])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", torn)
    with pytest.raises(KeyboardInterrupt):
        store(result, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [before]
    monkeypatch.undo()
    store(result, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [place(A, tmp_path)]


def test_prose_is_not_in_the_key_but_formulas_are(tmp_path):
    def copy(name, old, new):
        folder = tmp_path / name
        package = Path(dlhw.__file__).parent
        shutil.copytree(package, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = (folder / "softmax.py").read_text("utf-8")
        assert old in text
        (folder / "softmax.py").write_text(text.replace(old, new), "utf-8")
        return code(folder)

    assert copy("docstring", '"""Return the probabilities', '"""Give the probabilities') == code()
    assert copy("comment", "def softmax(Z):", "# once more\ndef softmax(Z):") == code()
    assert copy("formula", "def softmax(Z):", "def softmax(Z, T=1):") != code()
