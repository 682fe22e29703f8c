"""The course's files: written, read back bit for bit, and all else refused with a clear error."""

import numpy as np
import pytest
from scipy.io import savemat
from scipy.sparse import csc_array

from dlhw import datasets, matfiles
from dlhw.matfiles import Data, load_mat, save_mat


def small_arrays():
    """Yt (2, 70), Ct (3, 70), Yv (2, 40), Cv (3, 40) of the course's types, by name."""
    rng = np.random.default_rng(5)
    arrays = {}
    for part, m in (("t", 70), ("v", 40)):
        arrays[f"Y{part}"] = rng.standard_normal((2, m)).astype(np.float32)
        arrays[f"C{part}"] = np.eye(3, dtype=np.float32)[:, np.arange(m) % 3]
    return arrays


@pytest.mark.parametrize(
    "name, file",
    [("peaks", "PeaksData.mat"), ("gmm", "GMMData.mat"), ("swissroll", "SwissRollData.mat")],
)
def test_a_generated_set_survives_the_file_bit_for_bit(name, file, tmp_path):
    data = datasets.load(name, seed=3)
    save_mat(tmp_path / file, data)
    path = tmp_path / file
    for again in (load_mat(path), load_mat(str(path)), datasets.load(name, folder=tmp_path)):
        for written, read in zip(data, again):
            assert read.dtype == np.float64 and read.flags.c_contiguous
            assert read.tobytes() == written.tobytes()


def test_a_file_of_another_program_is_read(tmp_path):
    """Doubles, integers, logical labels, Fortran order, further variables: MATLAB has these too."""
    arrays = small_arrays()
    written = {
        "Yt": arrays["Yt"].astype(float) / 3,
        "Ct": arrays["Ct"].astype(bool),
        "Yv": np.asfortranarray(arrays["Yv"]),
        "Cv": arrays["Cv"].astype(np.uint8),
        "note": "hello",
    }
    savemat(tmp_path / "a.mat", written)
    data = load_mat(tmp_path / "a.mat")
    assert isinstance(data, Data) and all(a.flags.c_contiguous and a.dtype == float for a in data)
    assert np.array_equal(data.X_train, written["Yt"].astype(np.float32).astype(float))
    assert np.array_equal(data.C_train, arrays["Ct"]) and np.array_equal(data.C_val, arrays["Cv"])


def changed(**new):
    return lambda arrays: {**arrays, **{key: make(arrays[key]) for key, make in new.items()}}


def with_value(row, column, value):
    def change(A):
        A = A.astype(float)
        A[row, column] = value
        return A

    return change


REFUSALS = {
    "missing array": (
        lambda arrays: {key: A for key, A in arrays.items() if key != "Cv"},
        "Yt, Ct, Yv and Cv.*none named Cv",
    ),
    "other names": (lambda arrays: {"X": arrays["Yt"]}, "none named Yt, Ct, Yv, Cv"),
    "all transposed": (
        lambda arrays: {key: A.T for key, A in arrays.items()},
        r"Yt \(70, 2\) and Ct \(70, 3\).*transpose",
    ),
    "samples transposed": (
        changed(Yt=np.transpose),
        r"as many columns.*Yt \(70, 2\) and Ct \(3, 70\)",
    ),
    "validation labels transposed": (
        changed(Cv=np.transpose),
        r"Yv \(2, 40\) and Cv \(40, 3\).*transpose",
    ),
    "two ones": (
        changed(Ct=with_value(1, 6, 1)),
        r"one-hot labels.*column of Ct, got 1 of 70 columns.*\[6\]",
    ),
    "no one": (
        changed(Cv=with_value(0, 3, 0)),
        r"one-hot labels.*column of Cv, got 1 of 40 columns.*\[3\]",
    ),
    "probabilities": (changed(Ct=lambda C: C / 2 + 1 / 6), "one-hot labels.*got 70 of 70"),
    "many ones": (
        changed(Ct=lambda C: np.ones_like(C)),
        r"got 70 of 70 columns that are not, such as \[0, 1, 2\] \(counted from 0\)",
    ),
    "class numbers": (changed(Ct=lambda C: C.argmax(axis=0)[None]), "one-hot labels"),
    "sums to one, not 0 or 1": (
        changed(Ct=lambda C: np.concatenate([C[:1] * 2, -C[:1], 1 - C[:1]])),
        "one-hot labels",
    ),
    "NaN": (changed(Yv=with_value(0, 7, np.nan)), "finite float32 numbers in Yv, got 1 of 80"),
    "infinite": (
        changed(Yt=with_value(1, 7, np.inf)),
        "finite float32 numbers in Yt, got 1 of 140",
    ),
    "infinite in float32": (
        changed(Yt=with_value(1, 7, 1e39)),
        "finite float32 numbers in Yt, got 1 of 140",
    ),
    "NaN label": (changed(Ct=with_value(1, 7, np.nan)), "finite float32 numbers in Ct"),
    "empty": (
        changed(Yv=lambda Y: Y[:, :0], Cv=lambda C: C[:, :0]),
        r"Yv to be a matrix.*\(2, 0\)",
    ),
    "three dimensions": (
        changed(Yt=lambda Y: Y.reshape(2, 7, 10)),
        r"Yt to be a matrix.*\(2, 7, 10\)",
    ),
    "complex": (
        changed(Yt=lambda Y: Y + 1j),
        "Yt to be a full matrix of real numbers, got ndarray of complex",
    ),
    "sparse": (
        changed(Ct=lambda C: csc_array(C.astype(float))),
        "Ct to be a full matrix of real numbers, got cs",
    ),
    "text": (changed(Yt=lambda Y: "hello"), "Yt to be a full matrix of real numbers"),
    "cells": (
        changed(Yt=lambda Y: np.array([["a", 2.0]], dtype=object)),
        "Yt to be a full matrix of real numbers",
    ),
    "fewer samples than labels": (
        changed(Yt=lambda Y: Y[:, 1:]),
        r"as many columns.*Yt \(2, 69\) and Ct \(3, 70\)",
    ),
    "other classes": (
        changed(Cv=lambda C: np.vstack([C, 0 * C[:1]])),
        r"as many classes \(rows\) in Cv as in Ct, got 4 and 3",
    ),
    "other features": (
        changed(Yv=lambda Y: np.vstack([Y, Y])),
        r"as many features \(rows\) in Yv as in Yt, got 4 and 2",
    ),
}


@pytest.mark.parametrize("change, message", REFUSALS.values(), ids=REFUSALS)
def test_wrong_contents_are_refused(change, message, tmp_path):
    path = tmp_path / "Wrong.mat"
    savemat(path, change(small_arrays()))
    with pytest.raises(ValueError, match=rf"Wrong\.mat: expected (?s:.*){message}"):
        load_mat(path)


@pytest.mark.parametrize("share", [0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_truncated_file_is_refused(share, compressed, tmp_path):
    path = tmp_path / "Short.mat"
    savemat(path, small_arrays(), do_compression=compressed)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    message = r"Short\.mat: expected (a MATLAB file of version 5|the arrays)"
    with pytest.raises(ValueError, match=message):
        load_mat(path)


def test_a_damaged_file_is_refused(tmp_path):
    """What `save_mat` wrote has a checksum.

    A changed byte is seen, or is in the header's comment and does not matter.
    """
    path = tmp_path / "Damaged.mat"
    arrays = small_arrays()
    save_mat(path, arrays.values())
    whole, refused = path.read_bytes(), 0
    for position in range(0, len(whole), 13):
        damaged = bytearray(whole)
        damaged[position] ^= 0x10
        path.write_bytes(damaged)
        try:
            data = load_mat(path)
        except ValueError as error:
            assert "Damaged.mat: expected" in str(error)
            refused += 1
        else:
            assert all(np.array_equal(a, b) for a, b in zip(data, arrays.values()))
    assert refused > 0.8 * len(whole) / 13


def test_other_formats_are_refused(tmp_path):
    path = tmp_path / "New.mat"
    header = b"MATLAB 7.3 MAT-file".ljust(116) + bytes(8) + (0x0200).to_bytes(2, "little") + b"IM"
    path.write_bytes(header.ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n" + bytes(1000))
    message = r"New\.mat: expected a MATLAB file of version 5, got "
    with pytest.raises(ValueError, match=message + r"version 7\.3 \(HDF5\).*-v7"):
        load_mat(path)
    for content in (b"Yt,Ct\n1,2\n" * 50, np.random.default_rng(1).bytes(2000)):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            load_mat(path)


def test_no_file(tmp_path):
    message = r"PeaksData\.mat: expected a MATLAB file, found none"
    with pytest.raises(FileNotFoundError, match=message):
        load_mat(tmp_path / "PeaksData.mat")
    with pytest.raises(FileNotFoundError, match=message):
        datasets.load("peaks", folder=tmp_path)
    with pytest.raises(FileNotFoundError, match="expected a MATLAB file, found none"):
        load_mat(tmp_path)
    savemat(tmp_path / "Named.mat", small_arrays())
    with pytest.raises(FileNotFoundError):
        load_mat(tmp_path / "Named")


def test_a_file_is_never_replaced(tmp_path):
    path = tmp_path / "Mine.mat"
    path.write_text("years of work")
    with pytest.raises(FileExistsError, match=r"Mine\.mat: expected no file, found one"):
        save_mat(path, small_arrays().values())
    assert path.read_text() == "years of work" and list(tmp_path.iterdir()) == [path]


def test_a_link_to_nowhere_is_not_replaced_either(tmp_path):
    path = tmp_path / "Mine.mat"
    path.symlink_to(tmp_path / "gone")
    with pytest.raises(FileExistsError):
        save_mat(path, small_arrays().values())


def test_a_file_has_the_name_that_was_asked_for(tmp_path):
    save_mat(tmp_path / "Named", small_arrays().values())
    assert [path.name for path in tmp_path.iterdir()] == ["Named"]


def test_an_interrupted_write_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(path, *args, **kwargs):
        assert tmp_path in path.parents  # on the same disk, so that it is renamed and not copied
        path.write_bytes(b"half a file")
        raise KeyboardInterrupt

    monkeypatch.setattr(matfiles, "savemat", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_mat(tmp_path / "Half.mat", small_arrays().values())
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_read_is_not_written(tmp_path):
    arrays = small_arrays()
    message = r"Rows\.mat: expected a column for each sample.*transpose"
    with pytest.raises(ValueError, match=message):
        save_mat(tmp_path / "Rows.mat", [A.T for A in arrays.values()])
    assert list(tmp_path.iterdir()) == []
