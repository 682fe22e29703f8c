"""Results that nobody trained: curves of the right shapes, random parameters."""

import numpy as np

from dlhw.study.experiment import Result
from dlhw.training import History


def made_up(experiment, folder=None):
    """Return a result of an experiment at once: accuracies rise to a half, losses fall to one."""
    rng, S = np.random.default_rng(0), experiment.seeds
    epoch = np.unique([*range(0, experiment.epochs, experiment.every), experiment.epochs])
    way = (epoch / experiment.epochs)[:, None]
    accuracy = 0.2 + 0.3 * way + 0.01 * rng.random((len(epoch), S))
    loss = 1.6 - 0.6 * way + 0.01 * rng.random((len(epoch), S))
    params = experiment.network().initialise(list(range(S)), "xavier")
    history = History(epoch, loss, accuracy, loss, accuracy, params, {}, False)
    return Result(experiment, history, accuracy[-1], 0.97, 0.0)
