"""What tasks.py does with results: it trains what is missing, compares, and says so."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dlhw.study import commands as room
from dlhw.study import results
from dlhw.study.agreement import NOT, SAME
from dlhw.study.commands import chosen, main
from dlhw.study.experiment import Experiment, run
from dlhw.study.store import load_result, place, store, trouble

A, B = (Experiment("demo", "gmm", "softmax", lr=lr, batch=1000, seeds=3) for lr in (0.01, 0.1))


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Run a command on a registry of two small experiments; return its exit status."""

    def demo():
        yield from (A, B)

    for module in (room, results):
        monkeypatch.setattr(module, "EXPERIMENTS", {A.name: A, B.name: B})
        monkeypatch.setattr(module, "FOLDER", tmp_path / "data")
    monkeypatch.setattr(room, "GROUPS", (demo,))
    monkeypatch.setattr(room, "SAMPLE", tmp_path / "sample.json")
    monkeypatch.setattr(room, "RECORDS", tmp_path / "records")
    monkeypatch.setattr(room, "IN_REPOSITORY", tmp_path / "data")
    monkeypatch.setattr(room, "sweep", one_by_one)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["commands", *words])
        return main()

    return call


def one_by_one(*args, sweep=room.sweep, **options):
    sweep(*args, executor=ThreadPoolExecutor(1), **options)


def test_what_is_missing_is_announced_and_trained(command, tmp_path, capsys):
    assert command("train", A.name) in (0, None)
    said = capsys.readouterr().out
    assert "training 1 result (demo 1): some seconds on" in said
    assert not trouble(A, tmp_path / "data") and trouble(B, tmp_path / "data")
    command("train", "demo")
    assert "training 1 result " in capsys.readouterr().out
    command("train")
    assert capsys.readouterr().out == "nothing to train: 2 results kept\n"
    assert len(json.loads((tmp_path / "records" / "results.json").read_text("utf-8"))) == 2


def test_fresh_trains_what_is_kept_and_says_how_far_they_agree(command, tmp_path, capsys):
    command("train")
    wrong = run(B)
    wrong.history.val_accuracy[-1] -= 0.25
    store(wrong, tmp_path / "data")
    capsys.readouterr()
    command("train", "--fresh")
    lines = [line for line in capsys.readouterr().out.splitlines() if "  " in line]
    assert [line.split()[-1] for line in lines] == [B.name, A.name]
    assert lines[0].startswith(NOT) and lines[1].startswith(SAME)
    kept = load_result(B, tmp_path / "data").last("val_accuracy")
    assert np.array_equal(kept, run(B).last("val_accuracy"))


def test_a_name_that_nobody_has_is_one_line(command):
    assert "is it demo?" in command("train", "demos")
    with pytest.raises(ValueError, match="expected a group"):
        chosen(["peak"])


def test_a_build_trains_some_results_again(command, tmp_path, capsys):
    assert command("site") == 0
    said = capsys.readouterr().out
    assert "trained 2 results again, chosen at random: 2 the same bits" in said
    described = json.loads((tmp_path / "sample.json").read_text("utf-8"))
    assert {entry["name"] for entry in described} == {A.name, B.name}
    assert {entry["agreement"] for entry in described} == {SAME}
    assert command("site") == 0
    assert "nothing has changed" in capsys.readouterr().out
    os.utime(tmp_path / "sample.json", (time.time() - 2 * room.DAY,) * 2)
    assert command("site") == 0
    assert "again, chosen at random" in capsys.readouterr().out


def test_a_sample_that_does_not_agree_is_an_error_until_it_does(command, tmp_path):
    command("site")
    wrong = run(B)
    wrong.history.train_accuracy[-1] -= 0.25
    store(wrong, tmp_path / "data")
    os.utime(tmp_path / "sample.json", (0, 0))
    for _ in range(2):
        assert B.name in command("site")
    place(B, tmp_path / "data").unlink()
    assert command("site") == 0


def test_long_results_are_not_trained_again(command, tmp_path):
    command("train")
    long = run(A)._replace(seconds=room.SHORT + 1.0)
    place(A, tmp_path / "data").unlink()
    store(long, tmp_path / "data")
    assert [kept.experiment for kept in room._some()] == [B]


def test_as_many_are_trained_again_as_the_time_allows(command, tmp_path, monkeypatch):
    command("train")
    seconds = max(kept.seconds for kept in room._some())
    for share, number in ((2.5, 2), (1.5, 1)):
        for experiment in (A, B):
            store(run(experiment)._replace(seconds=seconds), tmp_path / "data")
        monkeypatch.setattr(room, "SAMPLED", share * seconds)
        assert len(room._some()) == number


def test_publishing_trains_nothing(command, tmp_path):
    assert command("publish") == 0
    assert not (tmp_path / "data").exists()
    assert json.loads((tmp_path / "records" / "results.json").read_text("utf-8")) == []


def test_ctrl_c_is_no_traceback(command, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(room, "sweep", interrupted)
    assert command("train") == 130
