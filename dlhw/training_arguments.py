"""Arguments of a training: right, or one clear error.

`train` and `evaluate` look once, at what they are given: types, shapes, finite numbers, and
one-hot labels under the cross-entropy. A step looks at nothing: only in the first of a run are the
gradient, and the parameters that the rule makes of it, compared with the parameters before. The
losses compare the shapes of scores and labels, since they are called on their own too; their labels
may be weighted or soft, and scores that are not finite come out as losses that are not. `batches`,
`take_step` and the rules believe what they get.
"""

import math

import numpy as np

from .arguments import check_finite, check_one_hot, generator, listed, real_array, whole_number
from .arrays import map_arrays, map_paths, outline, paths


def check_functions(model, optimizer, schedule, progress):
    """Refuse what cannot be called."""
    called = {f"model.{name}": getattr(model, name, None) for name in ("scores", "gradient")}
    called |= {"optimizer": optimizer, "schedule": schedule, "progress": progress}
    for name, function in called.items():
        if not callable(function):
            raise ValueError(f"expected {name} to be a function, got {outline(function)}")


def checked_counts(epochs, batch, steps, every, m, replace):
    """Return the counts of a training on m samples as ints; a batch of all may stay None."""
    epochs = whole_number("epochs", epochs, least=0)
    every = whole_number("every", every, least=1)
    batch = None if batch is None else whole_number("batch", batch, least=1)
    most = 1 if batch is None else m // batch
    if most < 1 and (steps is None or not replace):
        raise ValueError(f"expected batch to be at most {m}, the number of samples, got {batch}")
    steps = most if steps is None else whole_number("steps", steps, least=1)
    if steps > most and not replace and batch is not None:
        raise ValueError(
            f"expected 1 to {most} batches of {batch} in an epoch of {m} samples, got {steps}"
        )
    return epochs, batch, steps, every


def generators(seed, stack):
    """Return a generator of random numbers, in a stack a list of them."""
    several = listed(seed)
    seeds = [seed] if several is None else several
    if len(seeds) != math.prod(stack):
        raise ValueError(
            f"expected a list of {math.prod(stack)} seeds, one for each network, got {seed}"
        )
    rngs = [generator("seed", s) for s in seeds]
    return rngs if stack else rngs[0]


def one_or_each(name, rate, stack, dtype):
    """Return a rate or a factor as an array, () or (S, 1, 1), in the parameters' number type."""
    rate = real_array(name, rate)
    if rate.shape not in ((), stack):
        raise ValueError(
            f"expected {name} to be one number, or one for each of {math.prod(stack)} networks,"
            f" got {outline(rate)}"
        )
    with np.errstate(over="ignore"):
        rate = rate.astype(dtype)
    if not np.all((rate >= 0) & (rate < np.inf)):
        raise ValueError(f"expected {name} to be finite and not negative, got {rate}")
    return rate.reshape(-1, 1, 1) if rate.ndim else rate


def checked_params(params):
    """Return a copy of the parameters in one number type, the stack's shape, and the type."""
    params = map_paths(lambda path, p: _finite(path or "params", p), params)
    leaves = [leaf for _, leaf in paths(params)]
    if not leaves:
        raise ValueError(f"expected at least one array of parameters, got {outline(params)}")
    stack, dtype = leaves[0].shape[:-2], np.result_type(*leaves)
    one_stack = all(leaf.shape[:-2] == stack and leaf.ndim > 1 for leaf in leaves)
    if not one_stack or len(stack) > 1 or 0 in stack:
        raise ValueError(
            "expected parameters of shape (rows, columns), or (S, rows, columns) with one S, "
            f"got {_shapes(params)}"
        )
    return map_arrays(lambda p: np.array(p, dtype), params), stack, dtype


def checked_data(data, stack, dtype, one_hot):
    """Return the arrays of the training and the validation part in one number type."""
    data = list(data) if np.iterable(data) else []
    if len(data) not in (2, 4):
        raise ValueError(
            f"expected X_train, C_train and perhaps X_val, C_val, got {len(data)} arrays"
        )
    train = checked_samples(*data[:2], one_hot, "_train", dtype)
    val = checked_samples(*data[2:], one_hot, "_val", dtype) if data[2:] else []
    for a, b in zip(train, val or train):
        if a.shape[-2] != b.shape[-2] or not {a.shape[:-2], b.shape[:-2]} <= {(), stack}:
            raise ValueError(
                f"expected parts with the same rows, for all or each of {math.prod(stack)} "
                f"networks, got {a.shape} and {b.shape}"
            )
    return [*train, *val]


def checked_samples(X, C, one_hot, part="", dtype=None):
    """Return samples and labels as arrays that a model can read and cannot change."""
    X, C = _finite(f"X{part}", X, dtype), _finite(f"C{part}", C, dtype)
    one_set = X.shape[-1:] == C.shape[-1:] and X.shape[:-2] == C.shape[:-2]
    if not one_set or min(X.ndim, C.ndim) < 2 or 0 in X.shape + C.shape:
        raise ValueError(
            f"expected samples in columns, X{part} (n, m) and C{part} (l, m), at least one, "
            f"got {X.shape} and {C.shape}"
        )
    if one_hot:
        check_one_hot(f"C{part}", C)
    return [X, C]


def _finite(name, values, dtype=None):
    """Return finite numbers as an array that can be read and not changed."""
    with np.errstate(over="ignore"):
        array = np.asarray(real_array(name, values), dtype).view()
    check_finite(name, array)
    array.flags.writeable = False
    return array


def checked_scores(Z, C):
    """Return a model's scores as an array, and refuse those to which labels would be stretched."""
    Z = real_array("the model's scores", Z)
    if Z.shape[-C.ndim :] != C.shape:
        raise ValueError(f"expected scores of the labels' shape {C.shape}, got {Z.shape}")
    return Z


def misfit(params, X):
    """Return the error that says that parameters and samples of an affine map do not fit."""
    came = _shapes(params) if isinstance(params, dict) else outline(params)
    return ValueError(
        "expected parameters W (l, n) and b (l, 1) for samples X (n, m), "
        f"got {came} for {outline(X)}"
    )


class CheckedOnce:
    """A rule whose first step is looked at, with the gradient in it: a look at each would cost."""

    def __init__(self, optimizer):
        self.optimizer, self.step = optimizer, self.first_step

    def first_step(self, gradient, w, v, lr):
        self.step = self.optimizer
        shapes = _shapes(w)

        def checked_gradient(p):
            g = gradient(p)
            _check_shapes("a gradient", g, shapes)
            return g

        made = self.optimizer(checked_gradient, w, v, lr)
        if not isinstance(made, (list, tuple)) or len(made) != 2:
            raise ValueError(f"expected w and v of the optimizer, got {outline(made)}")
        _check_shapes("w of the optimizer", made[0], shapes)
        return made


def _check_shapes(what, x, shapes):
    if _shapes(x) != shapes:
        raise ValueError(f"expected {what} of the parameters' shapes {shapes}, got {_shapes(x)}")


def _shapes(x):
    """Return the shape of every array of a nested structure, by its path."""
    return {
        path or "an array": real_array(path or "an array", leaf).shape for path, leaf in paths(x)
    }
