"""How small an error the gradient test sees, counted: `python tests/measure/power.py 2000`.

The problem is softmax regression on 64 random samples of Peaks, with normal parameters; the error
is normal noise in all entries of the gradient, of a given norm relative to the gradient's.
"""

import sys

import numpy as np

from dlhw import gradient_test, load
from dlhw.arrays import inner, map_arrays
from dlhw.datasets import subset
from dlhw.softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient

DELTAS = (0.0, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)


def problem(data, rng):
    """Draw 64 samples and parameters; return the loss, its gradient there, and the parameters."""
    X, C = subset(data.X_train, data.C_train, size=64, rng=rng)
    params = {"W": rng.standard_normal((5, 2)), "b": rng.standard_normal((5, 1))}
    dZ = cross_entropy_gradient(affine(params["W"], params["b"], X), C)
    dW, db, _ = affine_vjp(params["W"], X, dZ)

    def loss(p):
        return cross_entropy(affine(p["W"], p["b"], X), C)

    return loss, {"W": dW, "b": db}, params


def disturbed(gradient, delta, rng):
    """Return the gradient plus normal noise of relative norm delta."""
    noise = map_arrays(lambda g: rng.standard_normal(g.shape), gradient)
    size = delta * np.sqrt(inner(gradient, gradient) / inner(noise, noise))
    return map_arrays(lambda g, e: g + size * e, gradient, noise)


def rejected(delta, seeds):
    """Return how many gradients with an error of relative norm delta fail, one for each seed."""
    data, count = load("peaks"), 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        loss, gradient, params = problem(data, rng)
        wrong = disturbed(gradient, delta, rng)
        count += gradient_test(loss, wrong, params, seed=seed).verdict == "fail"
    return count


def main(count=40):
    """Print how many of `count` gradients fail, for each size of the error."""
    for delta in DELTAS:
        print(f"{delta:7.0e}: {rejected(delta, range(count))} of {count} rejected", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
