"""The tables of all results name what sets an experiment apart; what is not known is a dash."""

import pytest

from dlhw.pages import all_results
from dlhw.study.experiment import Experiment, run
from dlhw.study.registry import EXPERIMENTS


@pytest.fixture(scope="module")
def found():
    quick = {"batch": 2500, "seeds": 2}
    return {
        "softmax": [
            run(Experiment("demo", "gmm", "softmax", lr=0.1, test=True, **quick)),
            run(Experiment("demo", "gmm", "softmax", lr=0.0, test=True, **quick)),
        ],
        "peaks": [run(Experiment("demo", "peaks", "softmax", **quick))],
    }


def test_every_group_has_a_title_and_its_chapters():
    assert set(all_results.TITLES) == set(all_results.CHAPTERS)
    assert set(all_results.TITLES) == {e.group for e in EXPERIMENTS.values()}


def test_headlines_are_of_tested_networks_the_best_first(found):
    _, _, first, second = all_results.headlines(found).markdown.splitlines()
    assert first.startswith("| gmm | softmax 1/0, zeros | ") and second.endswith("|")
    assert float(first.split("|")[3].split("±")[0]) > float(second.split("|")[3].split("±")[0])


def test_settings_name_what_is_unusual():
    plain = Experiment("demo", "gmm", "original", 3, 20, "uniform")
    unusual = Experiment(
        "demo",
        "gmm",
        "softmax",
        schedule="exponential",
        decay=0.9,
        train_size=200,
        copies=5,
        jitter=0.1,
        dtype="float64",
        redraw=True,
    )
    assert all_results.settings(plain) == "original 3/20, uniform, lr 0.001, batch 32, 1 epochs"
    assert all_results.settings(unusual) == (
        "lr 0.001, exponential 0.9, batch 32, 1 epochs, float64, 200 samples, 5 copies, "
        "jitter 0.1, fresh data"
    )


def test_a_failed_stack_has_no_accuracy():
    failed = run(Experiment("demo", "gmm", "softmax", lr=3e38, seeds=1))
    table = all_results.every_experiment({"softmax": [failed]}).markdown
    assert "1, 1 failed | – | – | – |" in table


def test_the_cost_of_all_is_the_sum(found):
    *_, last = all_results.cost(found).markdown.splitlines()
    assert last.startswith("| all |  | 3 | 6 | ")
    assert len(all_results.longest(found).markdown.splitlines()) == 2 + 3


def test_the_first_page_shows_the_best_of_each_group(found, monkeypatch):
    worse, better = sorted(found["softmax"], key=lambda r: r.last("val_accuracy").mean())[:2]
    monkeypatch.setattr(all_results, "result", lambda group, **settings: worse)
    monkeypatch.setattr(all_results, "results", lambda group, **settings: [better, worse])
    table = all_results.what_came_out().markdown
    assert table.count(all_results.spread(better.last("val_accuracy"))) == 3
