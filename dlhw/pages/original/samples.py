"""What the original's claims are judged by: samples, one value a seed, and facts.

A function a section of the last chapter returns the samples that its claims compare, and the facts
that its sentences mention, both by name.
"""

from math import sqrt

import numpy as np

from ... import optimizers
from ...arrays import map_arrays
from ...datasets import RULES, load
from ...study.evidence import spread
from ...study.results import COURSE_FILES, ceiling, measured, result
from ...training import softmax_regression, train
from ..claims import fisher
from ..figures import table
from ..result_tables import share
from .printed import DEVIATIONS, THE_ORIGINAL, VARIANTS, said

RATES = (0.1, 0.01, 0.001, 0.0001)
BATCHES = {0.1: [32], 0.01: [16, 32, 256], 0.001: [16, 32, 128, 256], 0.0001: [32]}  # at each rate
SIZES = {"2/100": (2, 100), "3/20": (3, 20), "4/10": (4, 10)}
LARGER = {"3/30": (3, 30), "4/20": (4, 20)}
SEEDS = 10  # at each rate, epoch by epoch


def last(run, curve="val_accuracy"):
    """Return the last values of a curve, one a seed that succeeded."""
    return run.last(curve)


def at_epoch(run, epoch):
    """Return the validation accuracy after an epoch, one a seed that succeeded."""
    evaluation = list(run.history.epoch).index(epoch)
    return run.history.val_accuracy[evaluation, run.succeeded].astype(float)


def first_above(run, level):
    """Return the first evaluated epoch with that validation accuracy, one a seed.

    A seed that never has it counts as the last epoch.
    """
    epochs, above = run.history.epoch, run.history.val_accuracy >= level
    first = np.where(above.any(axis=0), epochs[above.argmax(axis=0)], epochs[-1])
    return first.astype(float)


def two(*pairs):
    """Return pairs for each variant of softmax regression: the original does not name its own.

    Examples
    --------
    >>> two(("Peaks", "GMM"))
    [('SGD: Peaks', 'SGD: GMM'), ('momentum: Peaks', 'momentum: GMM')]
    """
    return [(f"{title}: {a}", f"{title}: {b}") for title in VARIANTS for a, b in pairs]


def highest(epochs=8):
    """Return the highest validation accuracy of any epoch at the original's schedule.

    A dict from variant to an array (rates, seeds).
    """
    zeros = {
        "W": np.zeros((len(RATES) * SEEDS, 5, 2), "float32"),
        "b": np.zeros((len(RATES) * SEEDS, 5, 1), "float32"),
    }
    falling = optimizers.compounding(0.9)
    return {
        title: _every_epoch(zeros, epochs, rule, falling).max(axis=0)
        for title, rule in VARIANTS.items()
    }


def movement(params, epochs=6):
    """Return how far the accuracy moves from epoch to epoch at constant rates, (rates, seeds).

    Parameters
    ----------
    params : dict of arrays
        Where ten networks begin, best where the loss has converged.

    Examples
    --------
    >>> start = {"W": np.zeros((10, 5, 2)), "b": np.zeros((10, 5, 1))}
    >>> movement(start, epochs=2).shape
    (4, 10)
    """
    start = map_arrays(lambda p: np.repeat(p, len(RATES), axis=0).astype("float32"), params)
    steady = optimizers.constant()
    return _every_epoch(start, epochs, "sgd", steady)[1:].std(axis=0, ddof=1)


def _every_epoch(start, epochs, rule, schedule):
    """Validation accuracy on Peaks, (epochs + 1, rates, seeds)."""
    history = train(
        softmax_regression,
        start,
        load("peaks"),
        epochs=epochs,
        lr=np.repeat(RATES, SEEDS),
        optimizer=getattr(optimizers, rule),
        schedule=schedule,
        batch=32,
        seed=list(range(len(RATES) * SEEDS)),
    )
    return history.val_accuracy.reshape(-1, len(RATES), SEEDS)


def softmax():
    """Return samples and facts of softmax regression."""
    converged = _softmax("momentum", schedule="exponential")
    moves, best = movement(converged.history.params[0]), highest()
    samples = {f"log movement, {lr:g}": np.log(move) for lr, move in zip(RATES, moves)}
    for title, rule in VARIANTS.items():
        samples |= _of_variant(title, rule)
    for title, rule in {**VARIANTS, "Nesterov": "nesterov"}.items():
        for name in ("Peaks", "GMM"):
            samples[f"{title}: {name}"] = last(_softmax(rule, dataset=name.lower()))
    network = {"model": "tanh", "depth": 4, "width": 50, "optimizer": "sgd", "redraw": False}
    samples["network: GMM"] = last(result("gmm", lr=0.1, **network))
    samples["network: Peaks"] = last(result("peaks", epochs=25, **network))
    files = [_on_the_files(rule)["std"] for rule in VARIANTS.values()]
    first, second = _said_twice()
    (printed,) = [item["value"] for item in THE_ORIGINAL["item"] if item.get("ours") == "highest"]
    at_the_end = said(model="softmax", batch=32, lr=0.01)
    facts = {
        "highest_of": best,
        "printed": printed,
        "moves": moves,
        "files": [share(std) for std in files],
        "one_setting": abs(first - second) <= DEVIATIONS * sqrt(2) * max(files),
        "never_above": at_the_end <= printed[RATES.index(0.01)],
        "best": [share(ceiling(name)) for name in ("peaks", "gmm")],
        "highest": "; ".join(share(max(h[i].mean() for h in best.values())) for i in range(4)),
        "features": "; ".join(str(RULES[name].features) for name in ("peaks", "gmm")),
    }
    return samples, facts


def epoch_by_epoch(facts):
    """Return the table of what the epochs show, a row a rate, from the facts of `softmax`."""
    rows = []
    for i, lr in enumerate(RATES):
        best = [spread(values[i]) for values in facts["highest_of"].values()]
        rows.append([f"{lr:g}", *best, share(facts["printed"][i]), spread(facts["moves"][i])])
    titles = [f"highest, {title}" for title in VARIANTS]
    return table(rows, ["rate", *titles, "original: highest", "movement, constant rate"])


def _on_the_files(rule):
    (entry,) = measured(COURSE_FILES, _softmax(rule).experiment)
    return entry


def _said_twice():
    """The original prints an accuracy of this setting with the batches, and with the rates."""
    setting = ("softmax", 32, 0.001)
    runs = THE_ORIGINAL["run"]
    return [run["val"] for run in runs if (run["model"], run.get("batch"), run["lr"]) == setting]


def _of_variant(title, rule):
    samples = {}
    for lr, batches in BATCHES.items():
        for batch in batches:
            samples[f"{title}: {batch}, {lr:g}"] = last(_softmax(rule, batch, lr))
    for lr in (0.01, 0.001):
        samples[f"{title}: minus loss, 16, {lr:g}"] = -last(_softmax(rule, 16, lr), "val_loss")
    samples[f"{title}: loss, compounding"] = last(_softmax(rule), "val_loss")
    slower = _softmax(rule, schedule="exponential")
    samples[f"{title}: loss, .9^i"] = last(slower, "val_loss")
    return samples


def _softmax(rule, batch=32, lr=0.001, **settings):
    usual = {"dataset": "peaks", "schedule": "compounding", "redraw": False, "dtype": "float64"}
    return result("softmax", optimizer=rule, batch=batch, lr=lr, **{**usual, **settings})


def peaks():
    """Return samples and facts of the networks on Peaks."""
    slow, fast, shallow, stuck = _tanh(4, 0.01), _tanh(4, 0.1), _tanh(2, 0.01), _tanh(4, 0.001)
    centred = _tanh(4, 0.001, init="xavier")
    samples = {
        "4 layers, .01": last(slow),
        "2 layers, .01": last(shallow),
        "4 layers, .1": last(fast),
        "2 layers, .1": last(_tanh(2, 0.1)),
        "batch 8": last(_tanh(4, 0.1, batch=8)),
        "batch 16": last(fast),
        "batch 32": last(_tanh(4, 0.1, batch=32)),
        "uniform, .001": last(stuck),
        "Xavier, .001": last(centred),
        "epochs to .9, rate .01": first_above(slow, 0.9),
        "epochs to .9, rate .1": first_above(fast, 0.9),
        "2 layers, epoch 50": at_epoch(shallow, 50),
        "2 layers, epoch 150": at_epoch(shallow, 150),
        "4 layers, epoch 125": at_epoch(slow, 125),
        "4 layers, epoch 150": at_epoch(slow, 150),
    }
    write = {name: spread(values) for name, values in samples.items()}
    rates = 0.99 ** np.arange(250)
    after = rates[150:].sum() / rates.sum()
    facts = {
        "fast": fast,
        "starts": [len(last(run)) for run in (slow, stuck, centred)],
        "lowest": share(last(slow).min()),
        "epochs": slow.history.epoch[-1],
        "medians": [share(np.median(last(run))) for run in (fast, slow)],
        "bounds": [share(last(stuck).min()), share(last(stuck).max())],
        "around": write["Xavier, .001"],
        "layers": str(len(fast.experiment.network().layers)),
        "fifty": f"{write['2 layers, epoch 50']}, at 150 {write['2 layers, epoch 150']}",
        "enough": f"{write['4 layers, epoch 125']} at 125, at 150 {write['4 layers, epoch 150']}",
        "longer": f"{write['uniform, .001']} at 150; the 100 epochs after hold {after:.0%} of the "
        "sum of the rates",
    }
    return samples, facts


def _tanh(depth, lr, batch=16, init="uniform"):
    settings = {"width": 50, "epochs": 150, "batch": batch, "init": init}
    return result("peaks", model="tanh", depth=depth, lr=lr, **settings)


def gmm():
    """Return samples and facts of the residual networks on GMM."""
    runs = {name: _residual(*size) for name, size in {**SIZES, **LARGER}.items()}
    samples = {name: last(run) for name, run in runs.items()}
    for depth in (2, 3, 4):
        for width in (10, 50):
            settings = {"optimizer": "sgd", "redraw": False, "dtype": "float32", "lr": 0.1}
            run = result("gmm", model="tanh", depth=depth, width=width, **settings)
            samples[f"tanh {depth}/{width}"] = last(run)
    wider = [runs[name] for name in LARGER]
    failed = sum(len(run.history.failed) for run in wider)
    narrow, wide = _broken(4, 10, "original, unshifted"), _broken(4, 20, "original, unshifted")
    shifted = _broken(4, 20, "original")
    facts = {
        "runs": runs,
        "broken": failed or "none",
        "said": {name: _said_of(*size) for name, size in SIZES.items()},
        "ends": {name: spread(values) for name, values in samples.items()},
        "narrow": narrow,
        "wide": wide,
        "shifted": shifted,
        "by_width": fisher(wide, narrow),
        "by_shift": fisher(wide, shifted),
        "stable": f"with the shift 3/30 and 4/20 train as well: {failed} of "
        f"{sum(run.experiment.seeds for run in wider)} break",
    }
    return samples, facts


def _residual(depth, width):
    return result("gmm", model="original", depth=depth, width=width, lr=0.001, init="uniform")


def _broken(depth, width, model):
    """How many of the networks turned non-finite, of how many."""
    settings = {"init": "uniform", "lr": 0.01, "dtype": "float64"}
    run = result("failures", model=model, depth=depth, width=width, **settings)
    return len(run.history.failed), run.experiment.seeds


def _said_of(depth, width):
    same = {"dataset": "gmm", "lr": 0.001, "heading": "three sizes"}
    return share(said(depth=depth, width=width, **same))


def small():
    """Return samples and facts of the residual networks from 200 samples."""
    samples, told, ranks = {}, {}, []
    for name, (depth, width) in SIZES.items():
        settings = {"lr": 0.01, "dtype": "float32"}
        few = result("small", model="original", depth=depth, width=width, **settings)
        every, fitted = _residual(depth, width), last(few, "train_accuracy")
        samples[name], samples[f"{name}, training"] = last(few), fitted
        samples[f"{name}, gap"] = fitted - last(few)
        samples[f"{name}, all samples"] = last(every)
        samples[f"{name}, all samples, training"] = last(every, "train_accuracy")
        told[name] = said("train", train_size=200, depth=depth, width=width)
        ranks.append((1 + np.sum(fitted >= told[name])) / (1 + len(fitted)))
    rule = RULES["gmm"]
    redrawn = rule.redrawn * (1 - 1 / rule.classes)  # some are redrawn to the class they had
    facts = {
        "told": told,
        "ranks": ranks,
        "most": ", ".join(share(samples[f"{name}, training"].max()) for name in SIZES),
        "right": 200 * told["2/100"],
        "other": 200 * redrawn,
        "optimal": f"{share(1 - redrawn)} without learning redrawn labels by heart",
        "samples": f"{few.experiment.train_size}; {rule.sizes[0]}",
    }
    return samples, facts
