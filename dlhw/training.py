"""Training: one loop for the line fit, softmax regression and every network, alone or in a stack.

A model is anything with `scores(params, X)` and `gradient(params, X, C)`: plain nested parameters in, arrays out. Its
loss is the cross-entropy of the scores unless it has a `criterion(Z, C)` of its own. Parameters of shape (S, rows, columns)
are S networks trained side by side, each on its own batches: the numbers of S single runs, in a fraction of the time.
"""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, NamedTuple

import numpy as np

from .arrays import map_arrays, paths
from .optimizers import constant, sgd
from .softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient

CHUNK = 250  # columns evaluated at once
BLOCK = 2**14  # numbers gathered at once


def squared_error(Z, C):
    """Return the mean over samples of the squared distance |z_j - c_j|^2; one for each model of a stack.

    Examples
    --------
    >>> import numpy as np
    >>> float(squared_error(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1.0, 2.0, 3.0, 8.0]])))
    4.0
    """
    return np.sum((Z - C) ** 2, axis=(-2, -1)) / Z.shape[-1]


def squared_error_gradient(Z, C):
    """Return the gradient of `squared_error` in Z: dZ = 2 (Z - C) / m.

    Examples
    --------
    >>> import numpy as np
    >>> squared_error_gradient(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1.0, 2.0, 3.0, 8.0]]))
    array([[ 0.,  0.,  0., -2.]])
    """
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
        return affine(params["W"], params["b"], X)

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
    """What `train` saw and where it arrived. K evaluations; in a stack every curve has a second axis, the network.

    Attributes
    ----------
    epoch : ndarray
        The epochs after which the model was evaluated, shape (K,); 0 is before the first step.
    train_loss, train_accuracy, val_loss, val_accuracy : ndarray
        Shape (K,) or (K, S). NaN where there is nothing to say: no validation part, no classes, a network that failed.
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
    schedule=constant(),
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
        Where to start; they are not changed. Arrays of shape (S, rows, columns) are a stack of S networks. Everything is
        computed in their number type.
    data : sequence of ndarray
        X_train (n, m), C_train (l, m), and perhaps X_val, C_val; samples are columns. With a leading axis S, each network
        of the stack has samples of its own.
    epochs : int
    lr : float or sequence of float
        Learning rate in the first epoch, or one a network.
    optimizer : callable
        A rule as in `dlhw.optimizers`: (gradient, w, v, lr) -> (w, v).
    schedule : callable
        The factor of the learning rate in epoch 0, 1, 2, ...
    batch : int or None
        Samples in a step; None takes all of them, in every step.
    seed : int, numpy.random.Generator, or a list of these
        Where the batches come from; for a stack a list, one for each network.
    replace : bool
        Whether every batch is drawn from all samples. If not, each epoch goes once through the samples in a new order.
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
        If the arguments do not fit each other, or the data or parameters are not finite.

    Warns
    -----
    RuntimeWarning
        When a network turns non-finite. It stops, with NaN for its parameters; the rest of its stack goes on.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 8).reshape(1, 8)
    >>> start = {"W": np.zeros((1, 1)), "b": np.zeros((1, 1))}
    >>> history = train(least_squares, start, (x, 3 * x + 2), epochs=100, lr=0.5, batch=None)
    >>> history.params["W"].round(6), history.params["b"].round(6)
    (array([[3.]]), array([[2.]]))
    """
    params, data, stack = _checked(params, data)
    lr, draw = (
        _rates(lr, stack, data[0].dtype),
        _sampler(*data[:2], stack, seed, batch, steps, replace),
    )
    w, v, failed, interrupted = params, map_arrays(np.zeros_like, params), {}, False
    seen = [], w
    with np.errstate(all="ignore"):
        try:
            seen = [(0, *_evaluate_parts(model, w, data))], w
            for epoch in progress(range(1, epochs + 1)):
                batches, before, rate = draw(), (w, v), np.asarray(lr * schedule(epoch - 1))
                for w, v in _steps(model, optimizer, w, v, rate, batches()):
                    pass
                for s in _nonfinite(w) - failed.keys():
                    path = chain([before], _steps(model, optimizer, *before, rate, batches()))
                    failed[s] = (
                        f"network {s} turned non-finite in epoch {epoch}, {_likely_cause(path, params, s)}"
                    )
                    warnings.warn(failed[s], RuntimeWarning, stacklevel=2)
                    w = map_arrays(lambda p: _blank(p, s), w)
                done = epoch == epochs or len(failed) == math.prod(stack)
                if epoch % every == 0 or done:
                    seen = seen[0] + [(epoch, *_evaluate_parts(model, w, data))], w
                if done:
                    break
        except KeyboardInterrupt:
            interrupted = True
    epoch, *curves = zip(*seen[0]) if seen[0] else [()] * 5
    return History(
        np.array(epoch, dtype=int),
        *(np.array(curve) for curve in curves),
        seen[1],
        failed,
        interrupted,
    )


def evaluate(model, params, X, C):
    """Return the loss and the accuracy of a model on samples, a chunk at a time so that memory stays bounded.

    Parameters
    ----------
    model, params
        As in `train`.
    X, C : ndarray
        Samples (..., n, M) and one-hot labels (..., l, M).

    Returns
    -------
    loss, accuracy : float64, or ndarray of shape (S,)
        The accuracy is the share of samples whose largest score is that of their label; NaN where there is one score.

    Examples
    --------
    >>> import numpy as np
    >>> X, C = np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    >>> loss, accuracy = evaluate(softmax_regression, {"W": np.zeros((3, 2)), "b": np.zeros((3, 1))}, X, C)
    >>> bool(loss == np.log(3)), float(accuracy)
    (True, 0.5)
    """
    criterion, M = getattr(model, "criterion", cross_entropy), X.shape[-1]
    loss, hits = np.float64(0), np.float64(0)
    for a in range(0, M, CHUNK):
        Z, c = model.scores(params, X[..., a : a + CHUNK]), C[..., a : a + CHUNK]
        loss = (
            loss + np.asarray(criterion(Z, np.broadcast_to(c, Z.shape)), np.float64) * c.shape[-1]
        )
        hits = hits + (Z.argmax(axis=-2) == c.argmax(axis=-2)).sum(axis=-1)
    meaningful = np.isfinite(loss) & (C.shape[-2] > 1)
    return loss / M, np.where(meaningful, hits / M, np.nan)[()]


def _evaluate_parts(model, params, data):
    train = evaluate(model, params, *data[:2])
    return (
        *train,
        *(
            evaluate(model, params, *data[2:])
            if data[2:]
            else np.full((2, *np.shape(train[0])), np.nan)
        ),
    )


def _steps(model, optimizer, w, v, lr, batches):
    """Yield the parameters and the velocity after each batch."""
    for X, C in batches:
        w, v = optimizer(lambda p: model.gradient(p, X, C), w, v, lr)
        yield w, v


def _sampler(X, C, stack, seed, batch, steps, replace):
    """Return a function that draws an epoch; an epoch is a function that yields its batches, each time it is called."""
    m = X.shape[-1]
    if batch is None:
        epoch = lambda: repeat((X, np.broadcast_to(C, (*stack, *C.shape[-2:]))), steps or 1)
        return lambda: epoch
    steps = steps or m // batch
    if not 0 < steps or not replace and steps > m // batch:
        raise ValueError(
            f"expected 1 to {m // batch} batches of {batch} in an epoch of {m} samples, got {steps}"
        )
    seeds = seed if isinstance(seed, (list, tuple)) else [seed]
    if len(seeds) != math.prod(stack):
        raise ValueError(
            f"expected a list of {math.prod(stack)} seeds, one for each network, got {seed}"
        )
    rngs = [np.random.default_rng(s) for s in seeds]
    rows_X, rows_C = (np.ascontiguousarray(a.mT).reshape(-1, a.shape[-2]) for a in (X, C))
    own = [m * s if X.ndim == 3 else 0 for s in range(len(rngs))]
    block = max(1, BLOCK // (batch * len(rngs) * max(X.shape[-2], C.shape[-2])))

    def draw():
        one = (
            (lambda rng: rng.integers(m, size=(steps, batch)))
            if replace
            else (lambda rng: rng.permutation(m)[: steps * batch].reshape(steps, batch))
        )
        indices = np.stack([one(rng) + first for rng, first in zip(rngs, own)], axis=1).reshape(
            steps, *stack, batch
        )
        return lambda: (
            pair
            for a in range(0, steps, block)
            for pair in zip(
                *(
                    np.ascontiguousarray(rows.take(indices[a : a + block], axis=0).mT)
                    for rows in (rows_X, rows_C)
                )
            )
        )

    return draw


def _rates(lr, stack, dtype):
    """Return the learning rate as an array, () or (S, 1, 1), that multiplies parameters without changing their number type."""
    if np.shape(lr) not in ((), stack):
        raise ValueError(
            f"expected one learning rate, or one for each of {math.prod(stack)} networks, got {lr}"
        )
    return np.reshape(lr, (-1, 1, 1) if np.ndim(lr) else ()).astype(dtype)


def _checked(params, data):
    """Return parameters and data as arrays of one number type, and the stack's shape, () or (S,)."""
    params = map_arrays(np.asarray, params)
    leaves = [leaf for _, leaf in paths(params)]
    stack = leaves[0].shape[:-2]
    dtype = np.result_type(*leaves)
    if len(stack) > 1 or any(leaf.shape[:-2] != stack or leaf.ndim < 2 for leaf in leaves):
        shapes = ", ".join(f"{path or 'an array'}: {leaf.shape}" for path, leaf in paths(params))
        raise ValueError(
            f"expected parameters of shape (rows, columns), or (S, rows, columns) with one S, got {shapes}"
        )
    if len(data) not in (2, 4):
        raise ValueError(
            f"expected X_train, C_train and perhaps X_val, C_val, got {len(data)} arrays"
        )
    data = [np.asarray(a, dtype) for a in data]
    for X, C in zip(data[::2], data[1::2]):
        if (
            X.shape[-1] != C.shape[-1]
            or X.shape[:-2] != C.shape[:-2]
            or X.shape[:-2] not in ((), stack)
        ):
            raise ValueError(
                f"expected samples in columns, X (n, m) and C (l, m), got {X.shape} and {C.shape}"
            )
    if not all(np.isfinite(a).all() for a in leaves + data):
        raise ValueError("expected finite parameters and data, got NaN or infinity")
    return params, data, stack


def _nonfinite(w):
    finite = [np.isfinite(leaf).all(axis=(-2, -1)) for _, leaf in paths(w)]
    return set(np.flatnonzero(~np.logical_and.reduce(finite)).tolist())


def _one(p, s):
    return p.reshape(-1, *p.shape[-2:])[s]


def _blank(p, s):
    p = p.copy()
    _one(p, s)[:] = np.nan
    return p


def _largest(w, s):
    return max(np.abs(_one(leaf, s)).max(initial=0) for _, leaf in paths(w))


def _likely_cause(path, start, s):
    """Walk an epoch again to the step at which network s fails, and judge by its largest parameter until then."""
    for step, (w, _) in enumerate(path):
        if not np.isfinite(_largest(w, s)):
            break
        largest = _largest(w, s)
    if largest > 1000 * max(1, _largest(start, s)):
        growth = f"had grown from {_largest(start, s):.3g} to {largest:.3g}"
        return f"step {step}, when its largest parameter {growth}: its learning rate is too large"
    return f"step {step}, with no parameter beyond {largest:.3g}: a number overflows inside the model, as in an unshifted exp"
