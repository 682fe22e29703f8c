"""The exercises of chapter 9: rates added up, logs that show a fault, the figure to report."""

import numpy as np

from ..datasets import load
from ..network import tanh_network
from ..optimizers import compounding, sgd
from ..training import evaluate, take_step, train
from .judging import Part

# ---- 9.1: how far a run can get ------------------------------------------------------------------

RUNS = [(0.1, 0.99, 150, 0.0), (0.001, 0.99, 150, 0.0), (0.1, 0.9, 25, 0.0), (0.01, 0.9, 25, 0.9)]


def travelled(travel):
    return [travel(*run) for run in RUNS]


def sums_of_rates():
    """Add the rates up one by one."""
    sums = []
    for lr, decay, epochs, beta in RUNS:
        sums.append(sum(lr * decay**i for i in range(epochs)) / (1 - beta))
    return sums


def _sum(lr, decay, epochs):
    return lr * (1 - decay**epochs) / (1 - decay)


def travel_without_momentum(lr, decay, epochs, beta):
    return _sum(lr, decay, epochs)


def travel_of_shorter_steps(lr, decay, epochs, beta):
    return _sum(lr, decay, epochs) * (1 - beta)


def travel_one_power_late(lr, decay, epochs, beta):
    return decay * _sum(lr, decay, epochs) / (1 - beta)


def travel_for_ever(lr, decay, epochs, beta):
    return lr / (1 - decay) / (1 - beta)


def travel_compounding(lr, decay, epochs, beta):
    return lr * sum(compounding(decay)(i) for i in range(epochs)) / (1 - beta)


TRAVEL = Part(
    "travel",
    {
        "beta does not enter yet. How many steps use each gradient?": travel_without_momentum,
        "Here momentum makes the steps shorter. Each gradient is used for more than one step.": (
            travel_of_shorter_steps
        ),
        "The first epoch has the full rate: the first power is decay ** 0.": travel_one_power_late,
        "That is the sum for ever. The run ends after its epochs.": travel_for_ever,
        "Epoch i has decay ** i: here the powers were multiplied up, as 0 + 1 + ... + i.": (
            travel_compounding
        ),
    },
    travelled,
    sums_of_rates,
)

# ---- 9.2: three logs -----------------------------------------------------------------------------

EPOCHS, BATCH = 20, 100
HEADER = ["epoch", "training loss", "training accuracy", "validation accuracy"]


def all_positive():
    """Train from weights and biases in [0, 1), where tanh is saturated."""
    return _trained("uniform", lr=0.002)


def in_file_order():
    """Train on batches as the columns stand in the file, sorted by class."""
    network, data = tanh_network([2, 30, 30, 30, 5]), load("peaks")
    w, rows = network.initialise(0), []
    for epoch in range(1, EPOCHS + 1):
        for a in range(0, data.X_train.shape[-1], BATCH):
            X, C = data.X_train[:, a : a + BATCH], data.C_train[:, a : a + BATCH]
            w, _ = take_step(network, sgd, w, None, 0.2, X, C)
        if epoch % 4 == 0:
            loss, right = evaluate(network, w, data.X_train, data.C_train)
            rows.append([epoch, loss, right, evaluate(network, w, data.X_val, data.C_val)[1]])
    return rows


def with_a_rate_that_vanishes():
    """Train with `lr = lr * 0.9**epoch` in the loop over the epochs."""
    return _trained("xavier", lr=0.03, schedule=compounding(0.9))


def _trained(start, **settings):
    network = tanh_network([2, 30, 30, 30, 5])
    params, data = network.initialise(0, start), load("peaks")
    h = train(network, params, data, epochs=EPOCHS, batch=BATCH, every=4, **settings)
    return list(zip(h.epoch.tolist(), h.train_loss, h.train_accuracy, h.val_accuracy))[1:]


LOGS = {"B": with_a_rate_that_vanishes, "C": in_file_order, "A": all_positive}
"""From a letter of the exercise to the run with that fault, in the order they are shown in."""


def logs():
    """Return the rows of each log by its title."""
    return {f"log {n}": make() for n, make in enumerate(LOGS.values(), start=1)}


FAULTS = Part(
    "faults",
    {
        "Logs 1 and 3 are swapped: one learned and then stopped, one never began.": "ACB",
        "Logs 2 and 3 are swapped: which of them has a loss that jumps up and down?": "BAC",
        "Logs 1 and 2 are swapped: in which does nothing move in the end, to the last digit?": (
            "CBA"
        ),
        "No rate is too large here: then losses would jump, in log 3 too.": "BCD",
        "A sound run does not lose again what it had: look at the loss of log 2.": "BEA",
    },
    right=lambda: "".join(LOGS),
)

# ---- 9.3: what to report -------------------------------------------------------------------------


def accuracies():
    """Return accuracies of four settings, ten seeds each, on validation and on fresh columns.

    The setting with the best seed, that with the best mean, and that which is best on the fresh
    columns are three different ones.
    """
    rng = np.random.default_rng(9)
    spread = np.array([0.001, 0.002, 0.008, 0.002])[:, None]
    seeds = spread * rng.permuted(np.tile(np.linspace(-1.5, 1.5, 10), (4, 1)), axis=1)
    val = np.array([0.929, 0.934, 0.930, 0.933])[:, None] + seeds
    fresh = np.array([0.928, 0.931, 0.929, 0.9335])[:, None] + seeds[:, ::-1]
    return val, fresh


def told(reported):
    return reported(*accuracies())


def right_report():
    val, fresh = accuracies()
    return fresh[val.mean(axis=1).argmax()].mean()


def report_on_what_chose(val, fresh):
    return val.mean(axis=1).max()


def report_best_seed(val, fresh):
    return val.max()


def report_best_seed_on_fresh(val, fresh):
    return fresh.ravel()[val.argmax()]


def report_chosen_on_fresh(val, fresh):
    return fresh.mean(axis=1).max()


REPORTED = Part(
    "reported",
    {
        "The setting is right, the figure not: these columns took part in the choice.": (
            report_on_what_chose
        ),
        "That is the best of forty runs: luck is in it twice, of seeds and of columns.": (
            report_best_seed
        ),
        "Choose a setting, not a seed: the best single run owes much to chance.": (
            report_best_seed_on_fresh
        ),
        "You chose on the fresh columns: now no columns are left that had no part in it.": (
            report_chosen_on_fresh
        ),
    },
    told,
    right_report,
)

EXERCISES = {"9.1": (TRAVEL,), "9.2": (FAULTS,), "9.3": (REPORTED,)}
