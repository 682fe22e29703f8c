"""The course's files: written, read back bit for bit, and all else refused with a clear error."""

import json
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

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
    "NaN": (changed(Yv=with_value(0, 7, np.nan)), "finite numbers in Yv as float32, got 1 of 80"),
    "infinite": (
        changed(Yt=with_value(1, 7, np.inf)),
        "finite numbers in Yt as float32, got 1 of 140",
    ),
    "infinite in float32": (
        changed(Yt=with_value(1, 7, 1e39)),
        "finite numbers in Yt as float32, got 1 of 140",
    ),
    "NaN label": (changed(Ct=with_value(1, 7, np.nan)), "finite numbers in Ct as float32"),
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
        "Yt to be a full matrix of real numbers, got complex numbers",
    ),
    "sparse": (
        changed(Ct=lambda C: csc_array(C.astype(float))),
        "Ct to be a full matrix of real numbers, got a sparse matrix",
    ),
    "text": (changed(Yt=lambda Y: "hello"), "Yt to be a full matrix of real numbers, got text"),
    "cells": (
        changed(Yt=lambda Y: np.array([["a", 2.0]], dtype=object)),
        "Yt to be a full matrix of real numbers, got cells",
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


# ---- files made by hand --------------------------------------------------------------------------


def element(kind, data):
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def array(name, A, array_class=6, kind=9, flags=0, shape=None):
    """An array of doubles as it stands in a file, or one that says something else of itself."""
    A = np.asarray(A, "<f8")
    shape = A.shape if shape is None else shape
    parts = [
        element(6, struct.pack("<II", array_class | flags, 0)),
        element(5, struct.pack(f"<{len(shape)}i", *shape)),
        element(1, name.encode()),
        element(kind, A.tobytes(order="F")),
    ]
    return element(14, b"".join(parts))


def packed(whole):
    data = zlib.compress(whole)
    return struct.pack("<II", 15, len(data)) + data


def by_hand(path, *elements):
    header = b"MATLAB 5.0 MAT-file, by hand".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    path.write_bytes(header + b"".join(elements))
    return path


def others():
    return [array(name, A) for name, A in small_arrays().items() if name != "Yt"]


def test_a_file_made_by_hand_is_read(tmp_path):
    elements = [array(name, A) for name, A in small_arrays().items()]
    for kept in elements, map(packed, elements):
        data = load_mat(by_hand(tmp_path / "Hand.mat", *kept))
        assert np.array_equal(data.X_train, small_arrays()["Yt"])


def test_the_largest_numbers_first_are_read_too(tmp_path):
    """As old workstations wrote them; and values kept in a smaller type than their class."""
    elements = []
    for name, A in small_arrays().items():
        kind, numbers = (2, A.astype("u1")) if name[0] == "C" else (9, A.astype(">f8"))
        parts = [
            struct.pack(">IIII", 6, 8, 6, 0),
            struct.pack(">IIii", 5, 8, *A.shape),
            struct.pack(">HH4s", len(name), 1, name.encode()),  # a small element
            struct.pack(">II", kind, numbers.nbytes) + numbers.tobytes(order="F"),
        ]
        body = b"".join(parts)
        body += bytes(-len(body) % 8)
        elements.append(struct.pack(">II", 14, len(body)) + body)
    path = tmp_path / "Big.mat"
    path.write_bytes(
        b"MATLAB 5.0".ljust(124) + struct.pack(">H", 0x0100) + b"MI" + b"".join(elements)
    )
    data = load_mat(path)
    assert np.array_equal(data.X_train, small_arrays()["Yt"])
    assert np.array_equal(data.C_val, small_arrays()["Cv"])


def nested(depth):
    """Cells in cells: in SciPy's reader each takes a frame of the stack."""
    inner = b""
    for _ in range(depth):
        head = element(6, struct.pack("<II", 1, 0)) + element(5, struct.pack("<ii", 1, 1))
        inner = element(14, head + element(1, b"Yt") + inner)
    return inner


NUMBERS_OF_YT = small_arrays()["Yt"]
HOSTILE = {
    "a type out of the table": (array("Yt", NUMBERS_OF_YT, kind=200), "numbers of type 200"),
    "a class out of the table": (array("Yt", NUMBERS_OF_YT, 99), "a full matrix .*another class"),
    "sparse, cut off": (array("Yt", [[1.0]], 5, shape=(9, 9)), "got a sparse matrix"),
    "complex, cut off": (array("Yt", NUMBERS_OF_YT, flags=0x0800), "got complex numbers"),
    "cells in cells": (nested(5000), "got cells"),
    "two of a name": (2 * array("Yt", NUMBERS_OF_YT), "one array Yt, got two"),
    "more rows than numbers": (array("Yt", NUMBERS_OF_YT, shape=(3, 70)), "more or fewer numbers"),
    "fewer rows": (array("Yt", NUMBERS_OF_YT, shape=(1, 70)), "more or fewer numbers"),
    "negative sizes": (array("Yt", NUMBERS_OF_YT, shape=(-2, -70)), r"the shape \(-2, -70\)"),
    "forty dimensions": (array("Yt", [[1.0]], shape=40 * (1,)), "to be a matrix"),
    "nothing": (element(14, b""), "damaged"),
    "an element of no known type": (element(77, b"abc"), "an element of type 77"),
    "longer than the file": (
        struct.pack("<II", 14, 10**9),
        "1000000000 bytes are announced",
    ),
}


@pytest.mark.parametrize("first, message", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
def test_what_would_kill_another_reader_is_refused(first, message, compressed, tmp_path):
    if compressed:
        message = f"{message}|damaged"
        first = packed(first)
    path = by_hand(tmp_path / "Hostile.mat", first, *others())
    with pytest.raises(ValueError, match=rf"Hostile\.mat: expected .*({message})"):
        load_mat(path)


def loaded(path):
    """Return how a file is taken, and how many bytes of memory that needs at most."""
    tracemalloc.start()
    try:
        return load_mat(path), tracemalloc.get_traced_memory()[1]
    except ValueError as error:
        return str(error), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["Yt", "notes"])
def test_a_megabyte_that_unpacks_to_a_gigabyte_takes_no_memory(name, tmp_path):
    """Under a name of the course it is refused, under another nobody unpacks it."""
    m = 10**9 // 8
    zeros = array(name, [[]], shape=(1, m))[8:-8] + struct.pack("<II", 9, 8 * m)
    stream = zlib.compressobj()
    pieces = [stream.compress(struct.pack("<II", 14, len(zeros) + 8 * m) + zeros)]
    pieces += [stream.compress(bytes(10**6)) for _ in range(1000)]
    bomb = b"".join([*pieces, stream.flush()])
    path = by_hand(tmp_path / "Bomb.mat", struct.pack("<II", 15, len(bomb)) + bomb, *others())
    came, peak = loaded(path)
    expected = {
        "Yt": "expected Yt to take at most 67108864 bytes, got 10",
        "notes": "none named Yt",
    }
    assert expected[name] in came
    assert peak < 3 * path.stat().st_size


def test_a_stream_shorter_than_it_says_is_refused(tmp_path):
    whole = array("Yt", NUMBERS_OF_YT)
    says = struct.pack("<II", 14, len(whole) - 8 + 8) + whole[8:]
    came, _ = loaded(by_hand(tmp_path / "Short.mat", packed(says), *others()))
    assert "Yt has another size than it says" in came


def test_a_stream_longer_than_it_says_is_refused(tmp_path):
    whole = array("Yt", NUMBERS_OF_YT)
    for more in bytes(8), bytes(10**7):
        came, peak = loaded(by_hand(tmp_path / "Long.mat", packed(whole + more), *others()))
        assert "Yt has another size than it says" in came
        assert peak < 10**6


DAMAGE = """
import json, sys
from pathlib import Path
import numpy as np
sys.path.insert(0, sys.argv[2])
from test_matfiles import damage_all
print(json.dumps(damage_all(Path(sys.argv[1]))))
"""


def test_a_thousand_damaged_files_kill_nobody(tmp_path):
    """In a process of its own, which would die in the place of this one."""
    command = [sys.executable, "-c", DAMAGE, str(tmp_path), str(Path(__file__).parent)]
    root = Path(matfiles.__file__).parents[1]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    counts = json.loads(ran.stdout)
    assert counts["files"] == 1000
    assert counts["wrong"] == 0
    assert counts["refused"] > 600
    assert counts["memory"] < 3


def damage_all(folder):
    """Load damaged files; count them, and what was refused, wrong in spite of a checksum, needed.

    Half are as `save_mat` writes them, and their bytes are damaged. The others are damaged and then
    packed, so that the checksum is right and what it covers is not.
    """
    rng = np.random.default_rng(0)
    arrays = {name: np.tile(A, 20) for name, A in small_arrays().items()}
    path = folder / "Damaged.mat"
    save_mat(path, arrays.values())
    whole = path.read_bytes()
    usual = loaded(path)[1]
    plain = [array(name, A) for name, A in arrays.items()]
    counts = {"files": 0, "refused": 0, "wrong": 0, "memory": 0}
    for i in range(1000):
        if i % 2:
            path.write_bytes(damaged(whole, rng))
        else:
            chosen = rng.integers(4)
            elements = list(plain)
            elements[chosen] = damaged(elements[chosen], rng)
            by_hand(path, *map(packed, elements))
        came, peak = loaded(path)
        right = not isinstance(came, str)
        if right and i % 2:
            right = all(np.array_equal(a, b) for a, b in zip(came, arrays.values()))
            counts["wrong"] += not right
        counts["files"] += 1
        counts["refused"] += isinstance(came, str)
        assert right or not i % 2 or "Damaged.mat: expected" in came
        counts["memory"] = max(counts["memory"], peak / usual)
    return counts


def damaged(content, rng):
    """Change, take out or double some bytes; most damage is where it says what comes."""
    content = bytearray(content)
    span = len(content) if rng.random() < 0.5 else min(200, len(content))
    at, size = int(rng.integers(span)), int(rng.integers(1, 9))
    ways = ["flip", "overwrite", "remove", "double", "cut"]
    way = ways[rng.integers(len(ways))]
    if way == "flip":
        content[at] ^= 1 << int(rng.integers(8))
    elif way == "overwrite":
        content[at : at + size] = rng.bytes(size)
    elif way == "remove":
        del content[at : at + size]
    elif way == "double":
        content[at:at] = content[at : at + size]
    else:
        del content[at:]
    return bytes(content)


# ---- files that are not there, or may not be read ------------------------------------------------


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    save_mat(tmp_path / "Mine.mat", small_arrays().values())
    for method in "read_bytes", "is_file":
        with monkeypatch.context() as patched:
            patched.setattr(Path, method, forbidden)
            with pytest.raises(PermissionError, match=r"Mine\.mat: expected a file that you may"):
                load_mat(tmp_path / "Mine.mat")


def test_a_missing_folder_is_named(tmp_path):
    path = tmp_path / "missing" / "Mine.mat"
    with pytest.raises(
        FileNotFoundError, match=r"missing.Mine\.mat: expected a folder that"
    ) as error:
        save_mat(path, small_arrays().values())
    assert f".{path.name}-" not in str(error.value)


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
