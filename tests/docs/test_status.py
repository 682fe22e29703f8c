"""The state of the site: runs, kept results, the sample; and which results a page says are kept."""

import json

import pytest

nbformat = pytest.importorskip("nbformat")

import status  # noqa: E402
from write import Page  # noqa: E402

from dlhw.study.experiment import Experiment, run  # noqa: E402
from dlhw.study.store import store  # noqa: E402

ORIGIN = {"machine": "Abacus", "versions": "Python 3", "date": "2026-11-26"}
SMALL = dict(dataset="peaks", model="softmax", batch=500, epochs=1, seeds=2)


def page(groups=(), place="chapters/09-peaks.md"):
    about = {"front_matter": {"results": list(groups)}, "run": {**ORIGIN, "seconds": 1.5}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")], metadata=about)
    return Page(place, "# Peaks\n", notebook)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """What two experiments of the group `peaks` tell, which are kept, and one that is not."""
    one, two = (Experiment("peaks", lr=lr, **SMALL) for lr in (0.1, 0.2))
    others = Experiment("gmm", lr=0.1, **{**SMALL, "dataset": "gmm"})
    monkeypatch.setattr(status, "FOLDER", tmp_path)
    monkeypatch.setattr(status, "EXPERIMENTS", {e.name: e for e in (one, two, others)})
    for experiment, origin in ((one, ORIGIN), (two, {**ORIGIN, "date": "2026-11-28"})):
        store(run(experiment)._replace(origin=origin), tmp_path)
    return status.kept_results(str(tmp_path))


def test_the_table_of_pages_says_how_each_ran():
    found = status.runs_of_pages([page(), Page("notation.md", "# Notation\n", None)])
    assert "[Peaks](chapters/09-peaks.md) | 1 | 1.5 | 2026-11-26 | Python 3 | Abacus |" in found
    assert "Notation" not in found


def test_the_table_of_experiments_says_what_is_kept_and_what_is_not(kept):
    rows = status.table_of_results(kept).splitlines()[2:]
    assert [row.split(" | ")[1] for row in rows] == ["kept", "kept", "found none"]
    assert "2026-11-26 | Python 3 | Abacus |" in rows[0] and "Abacus" not in rows[2]


def test_a_page_says_where_and_when_what_it_reads_was_trained(kept):
    line = status.kind_of_results(page(["peaks"]), kept)
    assert "trained on Abacus, 2026-11-26 to 2026-11-28" in line and "(../status.md)" in line
    assert "(status.md)" in status.kind_of_results(page(["peaks"], "index.md"), kept)


def test_a_page_that_reads_no_kept_results_says_nothing(kept):
    assert status.kind_of_results(page(), kept) == ""
    assert status.kind_of_results(page(["gmm"]), kept) == ""


def test_the_sample_is_shown_if_there_was_one(tmp_path, monkeypatch):
    monkeypatch.setattr(status, "SAMPLE", tmp_path / "sample.json")
    assert "No sample" in status.sample()
    found = [{"name": "a", "seconds": 1.5, "agreement": "the same bits"}]
    status.SAMPLE.write_text(json.dumps(found), "utf-8")
    assert "| `a` | 1.5 | the same bits |" in status.sample()
