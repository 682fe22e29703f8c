"""One experiment as data, and its run: all seeds side by side, in one stack.

An `Experiment` says everything that a result depends on. `run` trains its networks and returns what
was measured; `run_together` does so for several experiments at once. Data, initial parameters,
batches and random subsets each have random numbers of their own, numbered by the network's seed.
"""

import time
import warnings
from dataclasses import dataclass, field, replace
from functools import cache, reduce
from typing import NamedTuple

import numpy as np

from .. import optimizers
from ..arguments import unknown
from ..arrays import map_arrays
from ..datasets import RULES, bayes_accuracy, draw, load, subset
from ..layers import identity
from ..network import Network, original_network, residual_network, tanh_network
from ..training import History, evaluate, train
from .settings import check_settings

TEST_SIZE = 100_000
"""Fresh columns on which headlines are reported."""
STACK = 40
"""Networks in a stack. A step of one among 32 costs two thirds of one among 10, and of one among 64
no less: their arrays leave the processor's cache."""


class Unshifted(Network):
    """A network trained through exp(Z) / sum exp(Z): without the shift, scores above 709 overflow.

    Examples
    --------
    >>> network = Unshifted(tanh_network([1, 2]).layers)
    >>> params = [{"W": np.array([[800.0], [0.0]]), "b": np.zeros((2, 1))}]
    >>> with np.errstate(all="ignore"):
    ...     (grads,) = network.gradient(params, np.ones((1, 1)), np.array([[1.0], [0.0]]))
    >>> bool(np.isfinite(grads["W"]).all())
    False
    """

    def gradient(self, params, X, C):
        Z, memories = self.forward(params, X)
        E = np.exp(Z)
        P = E / E.sum(axis=-2, keepdims=True)
        return self.vjp(params, memories, (P - C) / C.shape[-1])[0]


def _residual_network(widths):
    return residual_network(widths[0], widths[1], widths[-1], blocks=len(widths) - 3)


def _open_network(widths):
    return original_network(widths, scores=identity)


def _unshifted_network(widths):
    return Unshifted(original_network(widths).layers)


MODELS = {
    "softmax": tanh_network,
    "tanh": tanh_network,
    "residual": _residual_network,
    "original": original_network,
    "original, open": _open_network,
    "original, unshifted": _unshifted_network,
}
"""From widths to a network: softmax regression, the standard network, the course's residual one,
the original's, the original's without ReLU on the scores, and with the softmax that it printed."""


@dataclass(frozen=True)
class Experiment:
    """Everything that a result depends on.

    Attributes
    ----------
    group : str
        The family it belongs to; a chapter reads whole groups.
    dataset : {"peaks", "gmm", "swissroll"}
        Generated with seed 0, the same for all networks.
    redraw : bool
        Whether every network has training and validation data of its own instead, generated with
        its own seed.
    model : str
        A key of `MODELS`.
    depth, width : int
        Layers with parameters, of which all but the last have `width` outputs.
    init : str
        A scheme of `Network.initialise`.
    optimizer : {"sgd", "momentum", "nesterov"}
    lr : float
        Learning rate in the first epoch.
    schedule, decay : str, float
        "constant", or "exponential" or "compounding" with this decay.
    batch, epochs : int
        Samples in a step, drawn with replacement; an epoch has train_size // batch steps.
    train_size : int
        A random subset of this size for each network, in place of all samples.
    copies, jitter : int, float
        How often each sample of the subset is repeated, and the standard deviation of normal noise
        on every copy.
    seeds : int
        Networks, with the seeds 0, 1, ...
    dtype : {"float32", "float64"}
    every : int
        Epochs between evaluations.
    test : bool
        Whether to evaluate on fresh test columns at the end.
    weights : bool
        Whether the last parameters are kept with the result: a page uses them. It is no part of
        what sets experiments apart.

    Examples
    --------
    >>> Experiment("peaks", "peaks", "tanh", 2, 50, init="xavier", lr=0.1, epochs=3).name
    'peaks-tanh-2x50-xavier-sgd-lr0.1-constant-b32-e3'
    """

    group: str
    dataset: str
    model: str
    depth: int = 1
    width: int = 0
    init: str = "zeros"
    optimizer: str = "sgd"
    lr: float = 0.001
    schedule: str = "constant"
    decay: float = 1.0
    batch: int = 32
    epochs: int = 1
    train_size: int = 0
    copies: int = 1
    jitter: float = 0.0
    redraw: bool = False
    seeds: int = 10
    dtype: str = "float32"
    every: int = 5
    test: bool = False
    weights: bool = field(default=False, repr=False, compare=False)

    def __post_init__(self):
        if self.dataset not in RULES:
            raise unknown("the data sets", self.dataset, RULES)
        if self.model not in MODELS:
            raise unknown("the models", self.model, MODELS)
        for name in (self.optimizer, self.schedule):
            if getattr(optimizers, name, None) is None:
                raise ValueError(f"expected what dlhw.optimizers has, got {name}")
        check_settings(self)

    @property
    def name(self):
        """What sets it apart, in one word."""
        parts = [
            self.dataset,
            self.model.replace(", ", "-"),
            f"{self.depth}x{self.width}" if self.width else "",
            self.init,
            self.optimizer,
            f"lr{self.lr:g}",
            self.schedule + (f"{self.decay:g}" if self.decay != 1 else ""),
            f"b{self.batch}",
            f"e{self.epochs}",
            f"n{self.train_size}" if self.train_size else "",
            "redraw" if self.redraw else "",
            f"jitter{self.jitter:g}" if self.jitter else "",
            self.dtype if self.dtype != "float32" else "",
        ]
        return "-".join(filter(None, parts))

    @property
    def shape(self):
        """What experiments have in common whose networks can be trained in one stack."""
        network = self.dataset, self.model, self.depth, self.width, self.dtype
        samples = self.redraw, self.train_size, self.copies
        return *network, *samples, self.optimizer, self.batch, self.epochs, self.every

    @property
    def steps(self):
        """Steps in an epoch."""
        return (self.train_size * self.copies or RULES[self.dataset].sizes[0]) // self.batch

    def network(self):
        """Return the network."""
        rule = RULES[self.dataset]
        hidden = (self.depth - 1) * [self.width]
        return MODELS[self.model]([rule.features, *hidden, rule.classes])

    def data(self):
        """Return X_train, C_train, X_val, C_val.

        With `redraw` or a `train_size`, every network has its own samples.
        """
        if self.redraw:
            draws = [load(self.dataset, seed=s) for s in range(self.seeds)]
            return tuple(np.stack(parts) for parts in zip(*draws))
        data = load(self.dataset)
        if not self.train_size:
            return data
        subsets = [self._subset(data, s) for s in range(self.seeds)]
        X, C = (np.stack(parts) for parts in zip(*subsets))
        return X, C, data.X_val, data.C_val

    def _subset(self, data, seed):
        X, C = subset(data.X_train, data.C_train, size=self.train_size, rng=stream("subset", seed))
        X, C = np.repeat(X, self.copies, axis=-1), np.repeat(C, self.copies, axis=-1)
        noise = stream("jitter", seed).standard_normal(X.shape)
        return X + self.jitter * noise, C

    def factor(self):
        """Return the schedule as a function of the epoch."""
        make = getattr(optimizers, self.schedule)
        if self.schedule == "constant":
            return make()
        return make(self.decay)


class Result(NamedTuple):
    """What a run measured: curves (K, S) and last parameters, in `history`.

    Where it was asked for: accuracies on fresh test columns (S,), and that of the Bayes rule.
    Of a kept result, `origin` says where and when it was trained, and with which versions.
    """

    experiment: Experiment
    history: History
    test_accuracy: np.ndarray
    bayes_test: float
    seconds: float
    origin: dict | None = None

    @property
    def succeeded(self):
        """Which networks stayed finite, shape (S,)."""
        return ~np.isin(np.arange(self.experiment.seeds), list(self.history.failed))

    def last(self, curve):
        """Return the last value of a curve for every network that stayed finite.

        Parameters
        ----------
        curve : {"train_loss", "train_accuracy", "val_loss", "val_accuracy"}

        Returns
        -------
        ndarray
            One value for each of these networks.

        Examples
        --------
        >>> result = run(Experiment("demo", "gmm", "softmax", lr=0.1, batch=250, epochs=2, seeds=3))
        >>> result.last("val_accuracy").shape
        (3,)
        """
        return getattr(self.history, curve)[-1][self.succeeded].astype(float)


def stream(purpose, seed):
    """Return the random numbers for one purpose of one network.

    Examples
    --------
    >>> bool(stream("batches", 0).random() == stream("start", 0).random())
    False
    """
    return np.random.default_rng([*purpose.encode(), seed])


def run(experiment, progress=iter):
    """Train all networks of an experiment side by side.

    Parameters
    ----------
    experiment : Experiment
    progress : callable
        Wraps the iterator over the epochs, as `tqdm.tqdm` does.

    Returns
    -------
    Result

    Raises
    ------
    KeyboardInterrupt
        If the run was interrupted: half a run is no result.

    Examples
    --------
    >>> result = run(Experiment("demo", "gmm", "softmax", lr=0.1, batch=250, epochs=2, seeds=3))
    >>> result.history.train_loss.shape
    (2, 3)
    """
    (result,) = run_together([experiment], progress)
    return result


def run_together(experiments, progress=iter):
    """Train all networks of several experiments in one stack, which costs less than one by one.

    Parameters
    ----------
    experiments : sequence of Experiment
        Of one `shape`.
    progress : callable
        As in `run`.

    Returns
    -------
    list of Result
        To the bit what each experiment has alone. Its `seconds` are its share by networks.

    Raises
    ------
    ValueError
        If the experiments are not of one shape.
    KeyboardInterrupt
        If the run was interrupted.

    Examples
    --------
    >>> slow = Experiment("demo", "gmm", "softmax", lr=0.01, batch=250, epochs=2, seeds=3)
    >>> fast = replace(slow, lr=0.1, seeds=2)
    >>> [result.history.train_loss.shape for result in run_together([slow, fast])]
    [(2, 3), (2, 2)]
    """
    shapes = {experiment.shape for experiment in experiments}
    if len(shapes) != 1:
        raise ValueError(f"expected experiments of one shape, got {sorted(shapes)}")
    start = time.process_time()
    history = _train_together(experiments, progress)
    if history.interrupted:
        raise KeyboardInterrupt
    each = (time.process_time() - start) / sum(e.seeds for e in experiments)
    results, first = [], 0
    for experiment in experiments:
        part = _part(history, first, experiment.seeds)
        first += experiment.seeds
        if len(part.failed) == experiment.seeds and len(experiments) > 1:
            results.append(run(experiment))  # alone, it ends as soon as all its networks failed
        else:
            results.append(_result(experiment, part, each * experiment.seeds))
    return results


def stacks(experiments):
    """Sort experiments into lists that `run_together` takes, of `STACK` networks at most.

    An experiment that has more networks stays alone.

    Examples
    --------
    >>> demo = Experiment("demo", "gmm", "softmax", seeds=20)
    >>> some = [demo, replace(demo, batch=8), replace(demo, lr=0.1), replace(demo, lr=0.2)]
    >>> [[(e.batch, e.lr) for e in stack] for stack in stacks(some)]
    [[(32, 0.001), (32, 0.1)], [(8, 0.001)], [(32, 0.2)]]
    """
    found, last = [], {}
    for experiment in experiments:
        stack = last.get(experiment.shape)
        if stack is None or sum(e.seeds for e in [*stack, experiment]) > STACK:
            stack = last[experiment.shape] = []
            found.append(stack)
        stack.append(experiment)
    return found


def _train_together(experiments, progress):
    """Return the history of a stack of all networks of the experiments, one after the other."""
    one, networks = experiments[0], [(e, s) for e in experiments for s in range(e.seeds)]

    def one_or_each(values):
        """A rate that all share is multiplied in half the time of one for each network."""
        return values[0] if len(set(values)) == 1 else values

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return train(
            one.network(),
            reduce(_joined, map(_start, experiments)),
            [_stacked_samples(arrays) for arrays in zip(*(e.data() for e in experiments))],
            epochs=one.epochs,
            lr=one_or_each([e.lr for e, _ in networks]),
            optimizer=getattr(optimizers, one.optimizer),
            schedule=lambda epoch: one_or_each([e.factor()(epoch) for e, _ in networks]),
            batch=one.batch,
            seed=[stream("batches", s) for _, s in networks],
            every=one.every,
            progress=progress,
        )


def _start(experiment):
    """Return the parameters of all networks of an experiment before the first step."""
    seeds = [stream("start", s) for s in range(experiment.seeds)]
    params = experiment.network().initialise(seeds, experiment.init)
    return map_arrays(lambda p: p.astype(experiment.dtype), params)


def _joined(params, more):
    return map_arrays(lambda p, q: np.concatenate([p, q]), params, more)


def _stacked_samples(arrays):
    """Return the samples of several experiments: one array if all networks share it."""
    if arrays[0].ndim == 2:
        return arrays[0]
    return np.concatenate(arrays)


def _part(history, first, count):
    """Return the history of some networks of a stack, as if they had been alone."""
    networks = slice(first, first + count)
    curves = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
    failed = {}
    for s in range(count):
        if first + s in history.failed:
            why = history.failed[first + s]
            failed[s] = why.replace(f"network {first + s} ", f"network {s} ")
    return replace(
        history,
        **{curve: getattr(history, curve)[:, networks].copy() for curve in curves},
        params=map_arrays(lambda p: p[networks].copy(), history.params),
        failed=failed,
    )


def _result(experiment, history, seconds):
    """Return the result of a finished training; its test, if there is one, is part of the time."""
    start = time.process_time()
    accuracy, bayes = np.full(experiment.seeds, np.nan), np.nan
    if experiment.test:
        accuracy, bayes = _test(experiment, experiment.network(), history.params)
    seconds += time.process_time() - start
    return Result(experiment, history, accuracy, bayes, seconds)


def _test(experiment, network, params):
    X, C, bayes = _test_columns(experiment.dataset)
    _, accuracy = evaluate(network, params, X.astype(experiment.dtype), C.astype(experiment.dtype))
    return accuracy, bayes


@cache
def _test_columns(dataset):
    X, C, _ = draw(dataset, TEST_SIZE, rng=stream("test", 0))
    return X, C, bayes_accuracy(dataset, X, C)
