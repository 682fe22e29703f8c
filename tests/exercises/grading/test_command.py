"""`python -m dlhw grade`."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from submissions import LOOP, RIGHT

from dlhw.__main__ import main
from dlhw.exercises.grading.spec import spec_text


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(RIGHT)
    return str(path)


@pytest.fixture
def half(tmp_path):
    path = tmp_path / "half.py"
    path.write_text(RIGHT.replace("- C) / m", "- C)"))
    return str(path)


def fails(*arguments):
    with pytest.raises(SystemExit) as caught:
        main(["grade", *arguments])
    return str(caught.value)


def test_files_are_graded_in_their_order_and_written(mine, half, tmp_path, capsys):
    table = tmp_path / "points.csv"
    with open(half, "a") as file:
        file.write("import time; time.sleep(3)\n")  # the second is done first
    main(["grade", "I.1", half, mine, "--csv", str(table)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{half}: 3 of 8" and lines[-1] == f"{mine}: 8 of 8"
    with open(table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == 4 * [half] + 4 * [mine]
    assert sum(float(row["points"]) for row in rows) == 11
    assert "a constant factor" in rows[2]["hint"]


def test_a_star_stands_for_files(mine, half, tmp_path, capsys):
    main(["grade", "I.1", str(tmp_path / "*.py")])
    out = capsys.readouterr().out
    assert out.index(half) < out.index(f"{mine}: 8 of 8")


def test_without_tqdm_a_terminal_sees_how_far_it_is(mine, half, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    main(["grade", "I.1", mine, half])
    assert "files" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    main(["grade", "I.1", mine, half])
    assert "2 of 2 files" in capsys.readouterr().err


def test_one_file_is_written_for_gradescope(half, tmp_path):
    results = tmp_path / "results.json"
    main(["grade", "I.1", half, "--gradescope", str(results)])
    assert json.loads(results.read_text())["score"] == 3


def test_a_spec_alone_is_printed(capsys):
    main(["grade", "II.1"])
    assert capsys.readouterr().out == spec_text("II.1")


def test_a_file_of_ones_own_is_a_spec(mine, tmp_path, capsys):
    own = tmp_path / "own.toml"
    own.write_text(spec_text("I.1").replace("points = 2", "points = 5", 1))
    main(["grade", str(own), mine])
    assert capsys.readouterr().out == f"{mine}: 11 of 11\n"


def test_numbers_come_from_a_solution(mine, capsys):
    main(["grade", "I.1", "--reference", mine, "--seeds", "5", "6"])
    assert "\nseeds = [5, 6]\n" in capsys.readouterr().out


def test_what_cannot_be_done_is_said_in_a_sentence(mine, tmp_path):
    assert "one of I.1, I.2" in fails("I.7", mine)
    assert "expected Python files, got nowhere.py" in fails("I.1", mine, "nowhere.py")
    assert "got nowhere.py" in fails("I.1", "--reference", "nowhere.py")
    (tmp_path / "mine.ipynb").write_text("{}")
    assert "mine.ipynb" in fails("I.1", str(tmp_path / "mine.ipynb"))
    assert "a folder that is there" in fails("I.1", mine, "--csv", "nowhere/points.csv")
    assert "expected one file for --gradescope, got 2" in fails(
        "I.1", mine, mine, "--gradescope", "x"
    )
    assert "expected --reference with --seeds" in fails("I.1", mine, "--seeds", "1")
    (tmp_path / "bad.toml").write_text("title = 3 4")
    assert "expected TOML" in fails(str(tmp_path / "bad.toml"), mine)


@pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C to a process")
def test_ctrl_c_keeps_what_was_graded(mine, tmp_path):
    loops = []
    begun = tmp_path / "begun"
    for name in ("a.py", "b.py"):
        told = f"open({str(begun)!r}, 'a').write('{name}')\n"
        (tmp_path / name).write_text(told + LOOP)
        loops.append(str(tmp_path / name))
    table = tmp_path / "points.csv"
    own = tmp_path / "own.toml"
    own.write_text(spec_text("I.1").replace("seconds = 10", "seconds = 600"))
    command = [sys.executable, "-m", "dlhw", "grade", str(own), mine, *loops, "--csv", str(table)]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # "&" leaves it ignored
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    try:
        while not begun.exists() or begun.read_text() not in ("a.pyb.py", "b.pya.py"):
            time.sleep(0.1)  # two at a time: both loops run once the first file is done
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert "stopped: 2 of 3 files not graded" in said
    with open(table, newline="", encoding="utf-8") as file:
        assert {row["file"] for row in csv.DictReader(file)} == {mine}


@pytest.mark.skipif(os.name != "posix", reason="looks for a process by its number")
def test_a_submission_ends_with_the_grader_however_that_ends(tmp_path):
    told = tmp_path / "number"
    mine = tmp_path / "mine.py"
    mine.write_text(f"import os\nopen({str(told)!r}, 'w').write(str(os.getpid()))\n" + LOOP)
    own = tmp_path / "own.toml"
    own.write_text(spec_text("I.1").replace("seconds = 10", "seconds = 600"))
    command = [sys.executable, "-m", "dlhw", "grade", str(own), str(mine)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while not told.exists() or not told.read_text():
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait()
    for _ in range(100):
        if not runs(int(told.read_text())):
            return
        time.sleep(0.1)
    os.kill(int(told.read_text()), signal.SIGKILL)
    raise AssertionError("the submission runs on")


def runs(number):
    """Say whether a process runs; one that nobody has waited for does not."""
    try:
        os.kill(number, 0)
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # no /proc: here the system reaps what has lost its parent
        return True
    return state != "Z"
