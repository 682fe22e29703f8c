"""Training: one loop for the line fit, softmax regression and every network, alone or in a stack.

A model is anything with `scores(params, X)` and `gradient(params, X, C)`: plain nested parameters
in, arrays out. Its loss is the cross-entropy of the scores unless it has a `criterion(Z, C)` of
its own. Parameters of shape (S, rows, columns) are S networks trained side by side, each on its
own batches: the numbers of S single runs, in a fraction of the time.
"""

import math
import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .arrays import map_arrays, paths
from .optimizers import constant, sgd
from .softmax import (
    affine,
    affine_vjp,
    as_scores,
    check_labels,
    cross_entropy,
    cross_entropy_gradient,
)
from .training_arguments import (
    CheckedOnce,
    check_functions,
    checked_counts,
    checked_data,
    checked_params,
    checked_samples,
    checked_scores,
    generators,
    misfit,
    one_or_each,
)

CHUNK = 250  # columns evaluated at once: their scores stay in the processor's cache
BLOCK = 2**14  # numbers gathered at once: a whole epoch would copy the data for each network
KEPT = 2**24  # bytes: an array of 40 networks, 100 wide, is 4 MB for a chunk, and there are several
GROWN = 1000  # a parameter that has grown by so much before the failure grew with the steps
AT_FULL_RATE = constant()


def squared_error(Z, C):
    """Return the mean over samples of the squared distance |z_j - c_j|^2, one for each model.

    Examples
    --------
    >>> import numpy as np
    >>> Z, C = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1.0, 2.0, 3.0, 8.0]])
    >>> float(squared_error(Z, C))
    4.0
    """
    Z = as_scores(Z)
    check_labels(Z, C)
    return np.sum((Z - C) ** 2, axis=(-2, -1)) / Z.shape[-1]


def squared_error_gradient(Z, C):
    """Return the gradient of `squared_error` in Z: dZ = 2 (Z - C) / m.

    Examples
    --------
    >>> import numpy as np
    >>> squared_error_gradient(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1.0, 2.0, 3.0, 8.0]]))
    array([[ 0.,  0.,  0., -2.]])
    """
    Z = as_scores(Z)
    check_labels(Z, C)
    return 2 * (Z - C) / Z.shape[-1]


class AffineModel(NamedTuple):
    """The model with the scores W X + b; its parameters are {"W": (l, n), "b": (l, 1)}.

    Attributes
    ----------
    criterion, criterion_gradient : callable
        The loss as a function of scores and labels, and its gradient in the scores.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"W": np.zeros((3, 2)), "b": np.zeros((3, 1))}
    >>> X, C = np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    >>> 6 * softmax_regression.gradient(params, X, C)["W"]
    array([[-1.,  2.],
           [ 2.,  2.],
           [-1., -4.]])
    """

    criterion: Callable
    criterion_gradient: Callable

    def scores(self, params, X):
        try:
            return affine(params["W"], params["b"], X)
        except (IndexError, KeyError, TypeError, ValueError):
            raise misfit(params, X) from None

    def loss(self, params, X, C):
        return self.criterion(self.scores(params, X), C)

    def gradient(self, params, X, C):
        dZ = self.criterion_gradient(self.scores(params, X), C)
        dW, db, _ = affine_vjp(params["W"], X, dZ, need_dX=False)
        return {"W": dW, "b": db}


softmax_regression = AffineModel(cross_entropy, cross_entropy_gradient)
least_squares = AffineModel(squared_error, squared_error_gradient)


@dataclass
class History:
    """What `train` saw and where it arrived.

    There are K evaluations; in a stack every curve has a second axis, the network.

    Attributes
    ----------
    epoch : ndarray
        The epochs after which the model was evaluated, shape (K,); 0 is before the first step.
    train_loss, train_accuracy, val_loss, val_accuracy : ndarray
        Shape (K,) or (K, S). NaN where there is nothing to say: no validation part, no classes, a
        network that failed.
    params : nested arrays
        The parameters at the last evaluation.
    failed : dict
        For each network that turned non-finite (its number; 0 for a single one), when and why.
    interrupted : bool
        Whether the run was ended by Ctrl-C.
    """

    epoch: np.ndarray
    train_loss: np.ndarray
    train_accuracy: np.ndarray
    val_loss: np.ndarray
    val_accuracy: np.ndarray
    params: Any
    failed: dict
    interrupted: bool


def train(
    model,
    params,
    data,
    *,
    epochs,
    lr,
    optimizer=sgd,
    schedule=AT_FULL_RATE,
    batch=32,
    seed=0,
    replace=True,
    steps=None,
    every=1,
    progress=iter,
):
    """Minimise a model's loss by descent along the gradients of batches.

    Parameters
    ----------
    model : object
        Has `scores(params, X)`, `gradient(params, X, C)` and perhaps `criterion(Z, C)`.
    params : nested arrays
        Where to start; they are not changed. Arrays of shape (S, rows, columns) are a stack of S
        networks. Everything is computed in their number type, with whole numbers in float64.
    data : sequence of ndarray
        X_train (n, m), C_train (l, m), and perhaps X_val, C_val; samples are columns. With a
        leading axis S, each network of the stack has samples of its own. Nobody changes them.
        Labels are one-hot, unless the model has a criterion of its own.
    epochs : int
    lr : float or sequence of float
        Learning rate in the first epoch, or one a network.
    optimizer : callable
        A rule as in `dlhw.optimizers`: (gradient, w, v, lr) -> (w, v).
    schedule : callable
        The factor of the learning rate in epoch 0, 1, 2, ..., or a sequence of one a network.
    batch : int or None
        Samples in a step; None takes all of them, in every step.
    seed : int, numpy.random.Generator, or a list of these
        Where the batches come from; for a stack a list, one for each network.
    replace : bool
        Whether every batch is drawn from all samples. If not, each epoch goes once through the
        samples in a new order.
    steps : int, optional
        Steps in an epoch: by default m // batch, or 1 where a step takes all samples.
    every : int
        Evaluate after every so many epochs, and after the last.
    progress : callable
        Wraps the iterator over the epochs, as `tqdm.tqdm` does.

    Returns
    -------
    History
        Also after Ctrl-C: whatever was evaluated until then.

    Raises
    ------
    ValueError
        If the arguments are not what stands above, do not fit each other, or are not finite; if
        the first gradient, or the first w of the optimizer, has not the parameters' shapes.

    Warns
    -----
    RuntimeWarning
        When a network turns non-finite. It stops, with NaN for its parameters; the rest of its
        stack goes on.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 8).reshape(1, 8)
    >>> start = {"W": np.zeros((1, 1)), "b": np.zeros((1, 1))}
    >>> history = train(least_squares, start, (x, 3 * x + 2), epochs=100, lr=0.5, batch=None)
    >>> history.params["W"].round(6), history.params["b"].round(6)
    (array([[3.]]), array([[2.]]))
    """
    _keep_freed_memory()
    check_functions(model, optimizer, schedule, progress)
    params, stack, dtype = checked_params(params)
    data = checked_data(data, stack, dtype, one_hot=_criterion(model) is cross_entropy)
    rates = one_or_each("lr", lr, stack, dtype)
    m = data[0].shape[-1]
    epochs, batch, steps, every = checked_counts(epochs, batch, steps, every, m, replace)
    rng = None if batch is None else generators(seed, stack)
    samples = _to_draw_from(*data[:2], stack, batch)
    w, v = params, map_arrays(np.zeros_like, params)
    rule = CheckedOnce(optimizer)
    seen = [], w  # curves and parameters, replaced as one: they fit wherever Ctrl-C falls
    failed, interrupted = {}, False
    with np.errstate(all="ignore"):
        try:
            seen = [(0, *_evaluate_parts(model, w, data))], w
            for epoch in progress(range(1, epochs + 1)):
                rate = rates * one_or_each("schedule", schedule(epoch - 1), stack, dtype)
                before, rng_before = (w, v), deepcopy(rng)
                for X, C in batches(*samples, rng, batch, steps, replace):
                    w, v = take_step(model, rule.step, w, v, rate, X, C)
                for s in _nonfinite(w) - failed.keys():
                    again = batches(*samples, deepcopy(rng_before), batch, steps, replace)
                    cause = _likely_cause(model, optimizer, *before, rate, again, params, s)
                    failed[s] = f"network {s} turned non-finite in epoch {epoch}, {cause}"
                    warnings.warn(failed[s], RuntimeWarning, stacklevel=2)
                    w = _without(w, s)
                last = epoch == epochs or len(failed) == math.prod(stack)
                if last or epoch % every == 0:
                    seen = [*seen[0], (epoch, *_evaluate_parts(model, w, data))], w
                if last:
                    break
        except KeyboardInterrupt:
            interrupted = True
    return _history(*seen, failed, interrupted)


def take_step(model, optimizer, w, v, lr, X, C):
    """Return the parameters and the velocity after a step along the gradient of one batch.

    Examples
    --------
    >>> import numpy as np
    >>> X, C = np.array([[1.0, 2.0]]), np.array([[2.0, 4.0]])
    >>> start = {"W": np.zeros((1, 1)), "b": np.zeros((1, 1))}
    >>> take_step(least_squares, sgd, start, None, 0.1, X, C)[0]
    {'W': array([[1.]]), 'b': array([[0.6]])}
    """

    def gradient(p):
        return model.gradient(p, X, C)

    return optimizer(gradient, w, v, lr)


def batches(X, C, rng, batch, steps, replace=True):
    """Draw the batches of an epoch, and yield them one by one.

    Parameters
    ----------
    X, C : ndarray
        Samples (n, m) and labels (l, m); with a leading axis S, each network of a stack has its
        own.
    rng : numpy.random.Generator, or a list of these
        A list makes the batches of a stack, each network's with its own generator.
    batch : int or None
        Samples in a batch; None yields all of them.
    steps : int
    replace : bool
        Whether every batch is drawn from all samples.

    Yields
    ------
    X, C : ndarray
        Shapes (n, batch) and (l, batch), with a leading axis S in a stack.

    Examples
    --------
    >>> import numpy as np
    >>> X, C = np.array([[10, 11, 12, 13]]), np.array([[0, 1, 2, 3]])
    >>> rng = np.random.default_rng(0)
    >>> for x, c in batches(X, C, rng, batch=2, steps=2, replace=False):
    ...     print(x, c)
    [[12 10]] [[2 0]]
    [[11 13]] [[1 3]]
    """
    if batch is None:
        for _ in range(steps):
            yield X, C
        return
    n, m = X.shape[-2:]
    l = C.shape[-2]
    stacked = isinstance(rng, list)
    rngs = rng if stacked else [rng]
    indices = np.stack([_indices(r, m, batch, steps, replace) for r in rngs], axis=1)
    if X.ndim == 3:
        indices += m * np.arange(len(rngs))[:, None]  # the samples of network s begin at row s m
    if not stacked:
        indices = indices[:, 0]
    X_rows = np.ascontiguousarray(X.mT).reshape(-1, n)
    C_rows = np.ascontiguousarray(C.mT).reshape(-1, l)
    # Several batches at once, because each call of NumPy has its price.
    block = max(1, BLOCK // (batch * len(rngs) * max(n, l)))
    for a in range(0, steps, block):
        chosen = indices[a : a + block]
        X_block = np.ascontiguousarray(X_rows.take(chosen, axis=0).mT)
        C_block = np.ascontiguousarray(C_rows.take(chosen, axis=0).mT)
        yield from zip(X_block, C_block)


def evaluate(model, params, X, C):
    """Return the loss and the accuracy of a model on samples.

    They are taken a chunk at a time, so that memory stays bounded.

    Parameters
    ----------
    model, params
        As in `train`.
    X, C : ndarray
        Samples (..., n, M) and one-hot labels (..., l, M).

    Returns
    -------
    loss, accuracy : float64, or ndarray of shape (S,)
        The accuracy is the share of samples whose largest score is that of their label; NaN where
        there is one score.

    Raises
    ------
    ValueError
        As in `train`; if the scores do not have the labels' shape.

    Examples
    --------
    >>> import numpy as np
    >>> X, C = np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    >>> zero = {"W": np.zeros((3, 2)), "b": np.zeros((3, 1))}
    >>> loss, accuracy = evaluate(softmax_regression, zero, X, C)
    >>> bool(loss == np.log(3)), float(accuracy)
    (True, 0.5)
    """
    criterion = _criterion(model)
    X, C = checked_samples(X, C, one_hot=criterion is cross_entropy)
    M = X.shape[-1]
    loss, hits = np.float64(0), np.float64(0)
    for a in range(0, M, CHUNK):
        x, c = X[..., a : a + CHUNK], C[..., a : a + CHUNK]
        Z = checked_scores(model.scores(params, x), c)
        mean = np.asarray(criterion(Z, np.broadcast_to(c, Z.shape)), np.float64)
        loss = loss + mean * c.shape[-1]
        hits = hits + (Z.argmax(axis=-2) == c.argmax(axis=-2)).sum(axis=-1)
    meaningful = np.isfinite(loss) & (C.shape[-2] > 1)
    return loss / M, np.where(meaningful, hits / M, np.nan)[()]


def _criterion(model):
    return getattr(model, "criterion", cross_entropy)


def _evaluate_parts(model, params, data):
    """Return loss and accuracy on the training part, then on the validation part."""
    train = evaluate(model, params, *data[:2])
    if len(data) == 2:
        return *train, *np.full((2, *np.shape(train[0])), np.nan)
    return *train, *evaluate(model, params, *data[2:])


def _indices(rng, m, batch, steps, replace):
    """Draw which of m samples make the batches of an epoch, shape (steps, batch)."""
    if replace:
        return rng.integers(m, size=(steps, batch))
    return rng.permutation(m)[: steps * batch].reshape(steps, batch)


def _to_draw_from(X, C, stack, batch):
    """Return the samples in the memory layout in which `batches` gathers them fastest."""
    if batch is None:
        return X, np.broadcast_to(C, (*stack, *C.shape[-2:]))
    return [np.ascontiguousarray(a.mT).mT for a in (X, C)]  # a sample's numbers side by side


def _keep_freed_memory():
    """Let the process keep up to twice `KEPT` bytes of what it frees, for its next arrays.

    Otherwise the C library of Linux hands the memory of a stack back to the system and asks for it
    again, page by page, in every step; that would take longer than the step. It learns what to
    keep from the largest array that it has seen freed, here one that is never filled.
    """
    np.empty(KEPT, np.uint8)


def _history(rows, params, failed, interrupted):
    epoch, *curves = zip(*rows) if rows else [()] * 5
    curves = [np.array(curve) for curve in curves]
    return History(np.array(epoch, dtype=int), *curves, params, failed, interrupted)


# ---- networks that fail --------------------------------------------------------------------------


def _nonfinite(w):
    """Return the numbers of the networks of which a parameter is not finite."""
    finite = [np.isfinite(leaf).all(axis=(-2, -1)) for _, leaf in paths(w)]
    return set(np.flatnonzero(~np.logical_and.reduce(finite)).tolist())


def _likely_cause(model, optimizer, w, v, lr, epoch, start, s):
    """Walk an epoch again to the step at which network s fails; say which, and what it looks like.

    The largest parameter until then tells a walk that runs away from a model that overflows.
    """
    step, largest = 0, _largest(w, s)
    for X, C in epoch:
        step += 1
        w, v = take_step(model, optimizer, w, v, lr, X, C)
        if not np.isfinite(_largest(w, s)):
            break
        largest = _largest(w, s)
    if largest > GROWN * max(1, _largest(start, s)):
        growth = f"had grown from {_largest(start, s):.3g} to {largest:.3g}"
        return f"step {step}, when its largest parameter {growth}: its learning rate is too large"
    return (
        f"step {step}, with no parameter beyond {largest:.3g}: "
        "a number overflows inside the model, as in an unshifted exp"
    )


def _largest(w, s):
    """Return the largest absolute value among the parameters of network s."""
    return max(np.abs(_one(leaf, s)).max(initial=0) for _, leaf in paths(w))


def _without(w, s):
    """Return the parameters with NaN for all of network s."""
    w = map_arrays(np.copy, w)
    for _, leaf in paths(w):
        _one(leaf, s)[:] = np.nan
    return w


def _one(leaf, s):
    """Return the array of network s, a view; a single network is number 0."""
    return leaf.reshape(-1, *leaf.shape[-2:])[s]
