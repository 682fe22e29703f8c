"""How small an error the gradient test sees: `python tests/measure/power.py --count 2000`.

The problem is softmax regression on 64 random samples of Peaks, with normal parameters. Three kinds
of error are tried, each of a given norm relative to the gradient's: normal noise in all entries, a
factor, and one entry.
"""

import sys
from collections import Counter
from functools import cache

import numpy as np
from counting import arguments, on_all_cores, share

from dlhw import gradient_test, load
from dlhw.arrays import inner, map_arrays
from dlhw.datasets import subset
from dlhw.softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient

DELTAS = (0.0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3, 1e-1)
LEAST = {1e-7: 0.99, 1e-6: 0.999}
"""The share of random errors of this size that must fail."""


@cache
def peaks():
    """Return the data, drawn once for each process."""
    return load("peaks")


def problem(rng):
    """Draw 64 samples and parameters; return the loss, its gradient there, and the parameters."""
    data = peaks()
    X, C = subset(data.X_train, data.C_train, size=64, rng=rng)
    params = {"W": rng.standard_normal((5, 2)), "b": rng.standard_normal((5, 1))}
    dZ = cross_entropy_gradient(affine(params["W"], params["b"], X), C)
    dW, db, _ = affine_vjp(params["W"], X, dZ)

    def loss(p):
        return cross_entropy(affine(p["W"], p["b"], X), C)

    return loss, {"W": dW, "b": db}, params


def noise(gradient, rng):
    """Normal noise in all entries."""
    return map_arrays(lambda g: rng.standard_normal(g.shape), gradient)


def factor(gradient, rng):
    """The gradient itself: all of it is too large."""
    return gradient


def one_entry(gradient, rng):
    """One entry, drawn among all."""
    dW, db = np.zeros(10), np.zeros(5)
    for part, entry in zip((dW, db), np.split(rng.permutation(np.eye(15)[0]), [10])):
        part += entry
    return {"W": dW.reshape(5, 2), "b": db.reshape(5, 1)}


ERRORS = {"noise": noise, "factor": factor, "one entry": one_entry}


def rejected(kind, delta, seed):
    """Say whether a gradient with an error of this kind and relative norm fails."""
    rng = np.random.default_rng(seed)
    loss, gradient, params = problem(rng)
    error = ERRORS[kind](gradient, rng)
    size = delta * np.sqrt(inner(gradient, gradient) / inner(error, error))
    wrong = map_arrays(lambda g, e: g + size * e, gradient, error)
    return gradient_test(loss, wrong, params, seed=seed).verdict == "fail"


def all_rejected(seed):
    """Return for each kind and size of the error whether the gradient fails."""
    return {(kind, delta): rejected(kind, delta, seed) for kind in ERRORS for delta in DELTAS}


def main():
    """Print how many gradients fail, for each kind and size of the error."""
    seeds = arguments(__doc__.splitlines()[0], count=40)
    results, counts = on_all_cores(all_rejected, seeds), Counter()
    for result in results:
        counts.update(result)
    for kind in ERRORS:
        for delta in DELTAS:
            said = share(counts[kind, delta], len(results))
            print(f"{kind:10s} {delta:7.0e}: {said} fail")
    few = [delta for delta, part in LEAST.items() if counts["noise", delta] < part * len(results)]
    accused = any(counts[kind, 0.0] for kind in ERRORS)
    sys.exit(bool(few) or accused)


if __name__ == "__main__":
    main()
