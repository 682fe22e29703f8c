"""Results are found by their settings, and published as teachers read them."""

import json

import numpy as np
import pytest

from dlhw.study import results as room
from dlhw.study.experiment import Experiment, run
from dlhw.study.results import publish, record, result, results, states
from dlhw.study.store import place, store

COMPOUNDING = {"lr": 0.001, "schedule": "compounding", "decay": 0.9}
ON_GMM = Experiment("demo", "gmm", "softmax", batch=2500, **COMPOUNDING, seeds=3, test=True)
ON_PEAKS = Experiment("demo", "peaks", "softmax", batch=2500, lr=0.1, seeds=2)
TINY = {experiment.name: experiment for experiment in (ON_GMM, ON_PEAKS)}
RECORD = (
    "name dataset source kind machine date settings seeds failed bayes_val report_train report_val"
)
SETTINGS = "model depth width init optimizer lr schedule batch epochs train_size dtype"
ORIGIN = {"machine": "a slow one", "versions": "NumPy 2.0", "date": "2026-11-27"}
MEANS = "train_mean train_std val_mean val_std"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A registry of two small experiments, run and stored."""
    monkeypatch.setattr(room, "EXPERIMENTS", TINY)
    monkeypatch.setattr(room, "FOLDER", tmp_path)
    for experiment in TINY.values():
        store(run(experiment)._replace(origin=ORIGIN), tmp_path)
    return tmp_path


def test_records_are_what_teachers_read(tiny):
    publish(tiny)
    text = (tiny / "results.json").read_text("utf-8")
    first, second = json.loads(text, parse_constant=pytest.fail)
    assert set(first) >= set(RECORD.split() + MEANS.split())
    assert set(first["settings"]) == set(SETTINGS.split())
    values = result("demo", dataset="gmm").last("val_accuracy")
    assert (first["val_mean"], first["val_std"]) == (values.mean(), values.std(ddof=1))
    assert first["seeds"] == [0, 1, 2] and first["settings"]["train_size"] == 25000
    assert (first["kind"], first["machine"], first["date"]) == ("kept", "a slow one", "2026-11-27")
    assert second["test_mean"] is None and first["test_mean"] is not None
    header, *rows = (tiny / "results.csv").read_text("utf-8").splitlines()
    assert len(rows) == 2 and header.count(",") == rows[0].count(",")


def test_what_was_trained_just_now_is_live():
    assert record(run(ON_PEAKS))["kind"] == "live"


def test_results_that_are_missing_are_left_out_of_what_is_published(tiny):
    place(ON_GMM, tiny).unlink()
    publish(tiny)
    assert [entry["name"] for entry in json.loads((tiny / "results.json").read_text("utf-8"))] == [
        ON_PEAKS.name
    ]
    place(ON_PEAKS, tiny).unlink()
    publish(tiny)
    assert json.loads((tiny / "results.json").read_text("utf-8")) == []


def test_the_states_of_groups_change_with_their_results_alone(tiny, monkeypatch):
    before = states(["demo"])
    assert set(before) == set(TINY) and len(before[ON_GMM.name]) == 64
    assert states(["another"]) == {} and states(["demo"]) == before
    place(ON_GMM, tiny).write_bytes(b"half")
    after = states(["demo"])
    assert "damaged" in after[ON_GMM.name] and after[ON_PEAKS.name] == before[ON_PEAKS.name]


def test_failed_networks_are_named_and_left_out(tiny):
    found = result("demo", dataset="gmm")
    found.history.val_accuracy[-1, 1] = np.nan
    found.history.failed[1] = "network 1 turned non-finite"
    published = record(found)
    assert published["failed"] == [1]
    assert published["val_mean"] == found.history.val_accuracy[-1, [0, 2]].mean()


def test_results_are_chosen_by_group_and_settings(tiny):
    assert [r.experiment.dataset for r in results("demo")] == ["gmm", "peaks"]
    with pytest.raises(ValueError, match="one experiment"):
        result("demo")
    with pytest.raises(ValueError, match="settings"):
        results("demo", lr=7.0)


def test_a_chapter_reads_only_what_it_names(tiny, monkeypatch):
    monkeypatch.setenv("DLHW_GROUPS", "peaks gmm")
    with pytest.raises(ValueError, match="front matter"):
        results("demo")
    monkeypatch.setenv("DLHW_GROUPS", "demo")
    assert len(results("demo")) == 2
