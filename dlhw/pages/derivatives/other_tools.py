"""How other tools decide whether a gradient is right, each rule in a few lines.

A rule looks at f near a vector x and accepts or rejects what is claimed to be the gradient there.
All are written anew from what the tools do with their default settings; where a tool gives no
verdict, its source says which one is assumed.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...derivative_tests.four_tests import gradient_test


class Tool(NamedTuple):
    """A tool's rule, and where it is from.

    `accepts(f, gradient, x, rng)` -> bool, with x and the gradient of shape (n,).
    """

    accepts: Callable
    source: str

    @property
    def rule(self):
        """The rule in words."""
        return " ".join(self.accepts.__doc__.split())


def taylor_errors(f, gradient, x, d, steps):
    """Return E0 and E1, shape (k,) each, for k steps along d.

    Examples
    --------
    >>> import numpy as np
    >>> x, d, gradient = np.array([1.0, 0.0]), np.array([1.0, 1.0]), np.array([2.0, 0.0])
    >>> E0, E1 = taylor_errors(lambda x: x @ x, gradient, x, d, [0.1, 0.05])
    >>> E0.round(4), E1.round(4)
    (array([0.22 , 0.105]), array([0.02 , 0.005]))
    """
    rise = np.array([f(x + t * d) for t in steps]) - f(x)
    return np.abs(rise), np.abs(rise - np.asarray(steps) * (gradient @ d))


def central(f, x, d, h):
    """Return the central difference of f along d, with the step h."""
    return (f(x + h * d) - f(x - h * d)) / (2 * h)


def elementwise(f, x, h):
    """Return the central differences along every single entry of x, shape (n,)."""
    return np.array([central(f, x, e, h) for e in np.eye(x.size)])


def discretize(f, gradient, x, rng):
    """Seven steps from 1e-1 to 1e-7: the mean order of E1, over rows above 1e-10, is more than 0.85
    times 2."""
    _, E1 = taylor_errors(f, gradient, x, rng.standard_normal(x.size), np.logspace(-1, -7, 7))
    orders = np.log10(E1[:-1] / E1[1:])[E1[1:] > 1e-10]
    return bool(not orders.size or orders.mean() > 0.85 * 2)


def pyadjoint(f, gradient, x, rng):
    """Four steps from 0.01, each half of the last: the smallest order of E1 is more than 1.95."""
    _, E1 = taylor_errors(f, gradient, x, rng.standard_normal(x.size), 0.01 * 0.5 ** np.arange(4))
    return bool(np.min(np.log2(E1[:-1] / E1[1:])) > 1.95)


def meganet(f, gradient, x, rng):
    """Thirty halved steps: more than three rows where the order of E1 is above 1.9, or where E0 is
    above 100 E1."""
    E0, E1 = taylor_errors(f, gradient, x, rng.standard_normal(x.size), 0.5 ** np.arange(1, 31))
    orders = np.append(0.0, np.log2(E1[:-1] / E1[1:]))
    good = (orders > 1.9) | (E0 > 100 * E1)
    return bool(np.sum(good) > 3)


def pytorch(f, gradient, x, rng):
    """Every entry within 1e-5 + 1e-3 of its central difference, with a step of 1e-6."""
    return np.allclose(gradient, elementwise(f, x, 1e-6), rtol=1e-3, atol=1e-5)


def jax(f, gradient, x, rng):
    """The slope along one direction within 1e-5, relative and absolute, of its central difference,
    with a step of 1e-4."""
    d = rng.standard_normal(x.size)
    return np.allclose(gradient @ d, central(f, x, d, 1e-4), rtol=1e-5, atol=1e-5)


def scipy(f, gradient, x, rng):
    """The norm of the difference to forward differences, with a step of 1.5e-8, is zero to seven
    decimals."""
    h, start = np.sqrt(np.finfo(float).eps), f(x)
    found = np.array([f(x + h * e) - start for e in np.eye(x.size)]) / h
    return bool(np.linalg.norm(gradient - found) < 1.5e-7)


def cs231n(f, gradient, x, rng):
    """The largest relative error to central differences, with a step of 1e-5, is less than 1e-7."""
    found = elementwise(f, x, 1e-5)
    size = np.maximum(1e-8, np.abs(gradient) + np.abs(found))
    return bool(np.max(np.abs(gradient - found) / size) < 1e-7)


def dlhw(f, gradient, x, rng):
    """Several directions: claimed and measured slope agree within an error bar that is measured."""
    return gradient_test(f, gradient, x, seed=rng).verdict != "fail"


TOOLS = {
    "Meganet": Tool(meganet, "`checkDerivative.m`"),
    "pyadjoint": Tool(
        pyadjoint, "`taylor_test` gives the smallest rate, its users ask for more than 1.95"
    ),
    "discretize": Tool(discretize, "`check_derivative`"),
    "PyTorch": Tool(pytorch, "`torch.autograd.gradcheck`"),
    "JAX": Tool(jax, "`jax.test_util.check_grads`, float64"),
    "SciPy": Tool(
        scipy, "`scipy.optimize.check_grad` gives the norm, its own tests ask for seven decimals"
    ),
    "CS231n": Tool(
        cs231n, "`eval_numerical_gradient`, and the note that below 1e-7 you should be happy"
    ),
    "dlhw": Tool(dlhw, "`dlhw.gradient_test`"),
}
"""The tools by their names."""


def disturbed(gradient, shape, delta, rng):
    """Return the gradient plus an error whose norm is delta times the gradient's.

    Parameters
    ----------
    gradient : ndarray
        Shape (n,).
    shape : {"scaled", "one entry", "noise"}
        All of it too large, one random entry wrong, or a normal random error in all entries.
    delta : float
    rng : numpy.random.Generator

    Examples
    --------
    >>> import numpy as np
    >>> disturbed(np.array([3.0, 4.0]), "scaled", 0.1, np.random.default_rng(0)).round(6)
    array([3.3, 4.4])
    >>> disturbed(np.array([3.0, 4.0]), "one entry", 0.1, np.random.default_rng(0)).round(6)
    array([3. , 4.5])
    """
    if shape == "scaled":
        error = gradient
    elif shape == "one entry":
        error = np.eye(gradient.size)[rng.integers(gradient.size)]
    else:
        error = rng.standard_normal(gradient.size)
    return gradient + delta * np.linalg.norm(gradient) * error / np.linalg.norm(error)
