"""The tables of all results: what came out, headlines, every experiment, what it cost."""

from ..study.evidence import spread
from ..study.results import ORIGINAL, ceiling, measured, result, results
from . import figures
from .result_tables import share

TITLES = {
    "softmax": "Softmax regression",
    "peaks": "Networks on Peaks",
    "gmm": "Networks on GMM",
    "small": "Two hundred samples",
    "failures": "Training that fails",
    "swissroll": "SwissRoll",
}
CHAPTERS = {
    "softmax": "5",
    "peaks": "9, 12",
    "gmm": "10, 12",
    "small": "11, 12",
    "failures": "12",
    "swissroll": "9",
}
LONGEST = 12  # experiments: enough to see what a shorter sweep would save
UNKNOWN = "–"


def what_came_out():
    """Return the table of the first page: the original, its settings again, and the best."""
    again = {
        "Peaks": result("peaks", depth=4, lr=0.1, batch=16, init="uniform"),
        "GMM": result("gmm", depth=3, width=20, lr=0.001, init="uniform"),
        "GMM, 200 samples": result("small", width=100, lr=0.01, model="original", dtype="float32"),
    }
    rows = []
    for title, run in again.items():
        best = max(results(run.experiment.group, redraw=False), key=_validation)
        rows.append(
            [
                title,
                printed(run.experiment),
                spread(run.last("val_accuracy")),
                spread(best.last("val_accuracy")),
                share(ceiling(run.experiment.dataset)),
            ]
        )
    return figures.table(
        rows, ["data", "the original", "its settings again", "our best setting", "best possible"]
    )


def _validation(result):
    return result.last("val_accuracy").mean()


def headlines(found):
    """Return a table of the networks that were tested on fresh columns, the best of each set first.

    Parameters
    ----------
    found : dict
        Group -> list of `Result`.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> experiment = Experiment("demo", "gmm", "softmax", batch=500, seeds=2, test=True)
    >>> headlines({"softmax": [run(experiment)]}).markdown.splitlines()[0]
    '| set | network | test | Bayes rule | difference |'
    """
    tested = [r for r in _all(found) if r.experiment.test]
    tested.sort(key=lambda r: (r.experiment.dataset, -r.test_accuracy.mean()))
    rows = [
        [
            r.experiment.dataset,
            _network(r.experiment),
            spread(r.test_accuracy),
            share(r.bayes_test),
            f"{r.test_accuracy.mean() - r.bayes_test:+.4f}",
        ]
        for r in tested
    ]
    return figures.table(rows, ["set", "network", "test", "Bayes rule", "difference"])


def _network(e):
    parts = [f"{e.model} {e.depth}/{e.width}", e.init]
    if e.train_size:
        parts.append(f"{e.train_size} samples")
    if e.jitter:
        parts.append(f"jitter {e.jitter:g}")
    return ", ".join(parts)


def _all(found):
    return [r for group in found.values() for r in group]


def settings(e):
    """Write the settings of an experiment: what is usual goes without saying.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> settings(Experiment("demo", "gmm", "tanh", 3, 20, "xavier", optimizer="momentum"))
    'tanh 3/20, xavier, lr 0.001, batch 32, 1 epochs, momentum'
    """
    parts = []
    if e.model != "softmax":
        parts += [f"{e.model} {e.depth}/{e.width}" if e.width else e.model, e.init]
    schedule = "" if e.schedule == "constant" else f" {e.schedule} {e.decay:g},"
    parts.append(f"lr {e.lr:g},{schedule} batch {e.batch}, {e.epochs} epochs")
    extras = {
        e.optimizer: e.optimizer != "sgd",
        e.dtype: e.dtype != "float32",
        f"{e.train_size} samples": e.train_size,
        f"{e.copies} copies": e.copies > 1,
        f"jitter {e.jitter:g}": e.jitter,
        "fresh data": e.redraw,
    }
    return ", ".join(parts + [extra for extra, counts in extras.items() if counts])


def printed(experiment):
    """Write the validation accuracy that the original printed for these settings, or a dash.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> tanh = Experiment("demo", "peaks", "tanh", 2, 50, "uniform", lr=0.01, batch=16, epochs=150)
    >>> printed(tanh)
    '.9207'
    >>> printed(Experiment("demo", "peaks", "softmax", lr=123))
    '–'
    """
    entries = measured(ORIGINAL, experiment)
    return share(entries[0]["val"]) if entries and "val" in entries[0] else UNKNOWN


def every_experiment(found):
    """Return a table for each group, with a line for each experiment, in tabs.

    Parameters
    ----------
    found : dict
        Group -> list of `Result`.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> results = [run(Experiment("demo", "gmm", "softmax", batch=500, seeds=2))]
    >>> every_experiment({"softmax": results}).markdown.splitlines()[0]
    '=== "Softmax regression"'
    """
    header = ["set", "settings", "seeds", "training", "validation", "original", "Bayes rule"]
    return figures.tabs(
        {TITLES[group]: figures.table(map(_row, ran), header) for group, ran in found.items()}
    )


def _row(result):
    e, failed = result.experiment, len(result.history.failed)
    return [
        e.dataset,
        settings(e),
        f"{e.seeds}, {failed} failed" if failed else f"{e.seeds}",
        _last(result, "train_accuracy"),
        _last(result, "val_accuracy"),
        printed(e),
        share(ceiling(e.dataset)),
    ]


def _last(result, curve):
    return spread(result.last(curve)) if result.succeeded.any() else UNKNOWN


def cost(found):
    """Return a table of the time that each group took, and all of them.

    Parameters
    ----------
    found : dict
        Group -> list of `Result`.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> results = [run(Experiment("demo", "gmm", "softmax", batch=500, seeds=2))]
    >>> table = cost({"softmax": results}).markdown.splitlines()
    >>> table[2][:33], table[3][:19]
    ('| Softmax regression | 5 | 1 | 2 ', '| all |  | 1 | 2 | ')
    """
    rows = [[TITLES[group], CHAPTERS[group], *_cost(ran)] for group, ran in found.items()]
    rows.append(["all", "", *_cost(_all(found))])
    return figures.table(
        rows,
        [
            "group",
            "chapters",
            "experiments",
            "networks",
            "million steps",
            "seconds",
            "longest",
            "µs a network's step",
        ],
    )


def _cost(ran):
    seconds, networks = [r.seconds for r in ran], [r.experiment.seeds for r in ran]
    steps = sum(r.experiment.seeds * r.experiment.epochs * r.experiment.steps for r in ran)
    return [
        len(ran),
        sum(networks),
        f"{steps / 1e6:.1f}",
        f"{sum(seconds):.0f}",
        f"{max(seconds):.0f}",
        f"{1e6 * sum(seconds) / steps:.0f}",
    ]


def longest(found):
    """Return a table of the experiments that took longest.

    Parameters
    ----------
    found : dict
        Group -> list of `Result`.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment, run
    >>> results = [run(Experiment("demo", "gmm", "softmax", batch=500, seeds=2))]
    >>> longest({"softmax": results}).markdown.splitlines()[2][:43]
    '| gmm | lr 0.001, batch 500, 1 epochs | 2 |'
    """
    slowest = sorted(_all(found), key=lambda r: -r.seconds)[:LONGEST]
    rows = [
        [r.experiment.dataset, settings(r.experiment), r.experiment.seeds, f"{r.seconds:.0f}"]
        for r in slowest
    ]
    return figures.table(rows, ["set", "the twelve longest", "seeds", "seconds"])
