"""Which test sees which mistake, in which setting: every verdict is a test's own."""

from dataclasses import replace
from itertools import product
from typing import NamedTuple

import numpy as np

from ...arrays import inner, map_arrays
from ...layers import Activation, Dense, ResidualBlock, relu
from ...softmax import softmax
from .. import figures
from ..derivatives.mistakes import (
    ForgetfulBlock,
    changed,
    decay,
    graded,
    mean,
    only,
    reordered,
    sloped,
)
from ..derivatives.right_models import TESTS, regression, through

SAMPLES = {"many samples": 16, "one sample": 1}
BLOCKS = {"all blocks": None, "the first matrix alone": "W"}
PARAMETERS = {"random parameters": False, "zero parameters": True}
DIRECTIONS = {
    "normal": np.random.Generator.standard_normal,
    "rand": np.random.Generator.random,
    "ones": lambda rng, shape: np.ones(shape),
}
STEPS = 0.5 ** np.arange(8, 17)
"""Of the table of one direction: small enough for a smooth f, far above round-off."""
BETWEEN = 2.8
"""A ratio of E1 between 2, its ratio with a wrong gradient, and 4, its ratio with a right one."""
ROUND_OFF = 1e-13
"""Where E1 is nowhere larger, f hardly changes along the direction."""


class Planted(NamedTuple):
    """A mistake: its name, and the model that has it, given samples and whether x is zero."""

    name: str
    model: object


def planted():
    """Return the mistakes that the page offers.

    Examples
    --------
    >>> [mistake.name for mistake in planted()][:2]
    ['1/m forgotten', 'C − P for P − C']
    """
    return [
        Planted("1/m forgotten", lambda m, zero: scaled(regression(m, zero), m)),
        Planted("C − P for P − C", lambda m, zero: scaled(regression(m, zero), -1)),
        Planted("softmax over the samples", over_samples),
        Planted("db a mean", lambda m, zero: changed(regression(m, zero), b=mean)),
        Planted(
            "regulariser in the loss alone",
            lambda m, zero: replace(regression(m, zero), forgotten=decay),
        ),
        Planted("dW read along columns", reordered_gradient),
        Planted("v read along columns on the way forward", reordered_direction),
        Planted("slope of tanh forgotten on the way back", straight_back),
        Planted("1 − tanh for 1 − tanh²", without_square),
        Planted("identity path forgotten on the way back", forgetful),
        Planted("ReLU of the sum for its mask", unmasked),
        Planted("the wrong loss, with its own gradient", other_loss),
    ]


def scaled(model, factor):
    """Return a model whose loss has a multiple of its gradient."""
    return graded(model, lambda g, Z: factor * g)


def over_samples(m, zero):
    """Return softmax regression whose gradient takes the softmax along the wrong axis."""
    return graded(regression(m, zero), lambda g, Z: g + (softmax(Z.T).T - softmax(Z)) / m)


def reordered_gradient(m, zero):
    """Return softmax regression whose gradient in W has its entries in another order."""
    return changed(regression(m, zero), W=lambda g, x, u: reordered(g))


def reordered_direction(m, zero):
    """Return softmax regression whose J v takes the entries of v in another order."""
    right = regression(m, zero)
    return replace(right, jvp=lambda x, v: right.jvp(x, {**v, "W": reordered(v["W"])}))


def layer(m, zero, activation=None):
    """Return a tanh layer as a model, or one with another activation."""
    kind = Dense(3, 5, activation) if activation else Dense(3, 5)
    return through(kind, m, scale=0.0 if zero else 1.0)


def block(m, zero, kind=ResidualBlock, outer=relu):
    """Return a residual block as a model."""
    return through(kind(4, 6, outer=outer), m, scale=0.0 if zero else 1.0)


def straight_back(m, zero):
    """Return a tanh layer that goes back as if it had no tanh."""
    straight = layer(m, zero, sloped(lambda Y, V: V))
    return replace(layer(m, zero), vjp=straight.vjp)


def without_square(m, zero):
    """Return a tanh layer whose two products share a wrong slope."""
    return layer(m, zero, sloped(lambda Y, V: V * (1 - Y)))


def forgetful(m, zero):
    """Return a block whose gradient in X has the branch alone."""
    return block(m, zero, kind=ForgetfulBlock)


def unmasked(m, zero):
    """Return a block that goes back with the ReLU of its sum, where a mask of 0 and 1 is due."""
    wrong = block(m, zero, outer=Activation("relu", relu.value, lambda Y, V: V * Y))
    return replace(block(m, zero), vjp=wrong.vjp)


def other_loss(m, zero):
    """Return a loss that nobody asked for, and its right gradient."""
    return replace(
        regression(m, zero), loss=lambda Z: np.mean(Z**2), loss_gradient=lambda Z: 2 * Z / Z.size
    )


# ---- verdicts ------------------------------------------------------------------------------------


def in_setting(mistake, samples, blocks, parameters):
    """Return the model of a mistake in a setting, by the names of its choices."""
    model = mistake.model(SAMPLES[samples], PARAMETERS[parameters])
    if BLOCKS[blocks]:
        return only(model, next(iter(model.x)))
    return model


def one_direction(model, direction, seed=0):
    """Return the ratio of E1 along one direction, step by half step, and what a reader makes of it.

    Examples
    --------
    >>> one_direction(regression(), "normal"), one_direction(scaled(regression(), 2), "normal")
    (('pass', 4.0), ('fail', 2.0))
    >>> one_direction(regression(), "ones")
    ('inconclusive', None)
    """
    rng = np.random.default_rng(seed)
    d = map_arrays(lambda p: DIRECTIONS[direction](rng, p.shape), model.x)
    slope, start = inner(model.gradient(model.x), d), model.objective(model.x)

    def E1(t):
        there = map_arrays(lambda p, q: p + t * q, model.x, d)
        return abs(model.objective(there) - start - t * slope)

    errors = np.array([E1(t) for t in STEPS])
    if errors.max() < ROUND_OFF:
        return "inconclusive", None
    ratio = np.median(errors[:-1] / errors[1:])
    return "pass" if ratio > BETWEEN else "fail", round(float(ratio), 1)


def verdicts(mistake, *setting):
    """Return verdict and sentence of each test, and verdict and ratio of each table.

    Examples
    --------
    >>> found, tables = verdicts(planted()[0], "many samples", "all blocks", "random parameters")
    >>> found["gradient"][0], found["jacobian"][0], tables["normal"]
    ('fail', 'pass', ('fail', 2.0))
    """
    model = in_setting(mistake, *setting)
    with np.errstate(all="ignore"):
        tables = {name: one_direction(model, name) for name in DIRECTIONS}
    found = {test: (r.verdict, r.message) for test, r in model.reports().items()}
    return found, tables


def all_verdicts():
    """Return what the page is given: the mistakes, the settings, and what is said in each."""
    settings = list(product(SAMPLES, BLOCKS, PARAMETERS))
    results = {}
    for mistake in planted():
        for setting in settings:
            found, tables = verdicts(mistake, *setting)
            results["|".join((mistake.name, *setting))] = {"tests": found, "tables": tables}
    return {
        "mistakes": [mistake.name for mistake in planted()],
        "samples": list(SAMPLES),
        "blocks": list(BLOCKS),
        "parameters": list(PARAMETERS),
        "directions": list(DIRECTIONS),
        "results": results,
    }


def table(given):
    """Return the still: for each mistake the tests that see it, and the settings that hide it.

    Examples
    --------
    >>> some = {"tests": {"gradient": ("fail", ""), "jacobian": ("pass", "")}, "tables": {}}
    >>> none = {"tests": {"gradient": ("pass", ""), "jacobian": ("pass", "")}, "tables": {}}
    >>> results = {"half|many|all|random": some, "half|one|all|random": none}
    >>> print(table({"mistakes": ["half"], "results": results}))
    | mistake | seen, at best, by | seen by none with |
    | --- | --- | --- |
    | half | gradient | one, all, random |
    """
    rows = []
    for mistake in given["mistakes"]:
        seen, hidden = set(), []
        for place, result in given["results"].items():
            name, *setting = place.split("|")
            if name == mistake:
                tests = {
                    test for test, (verdict, _) in result["tests"].items() if verdict == "fail"
                }
                seen |= tests
                hidden += [] if tests else [", ".join(setting)]
        by = ", ".join(test for test in TESTS if test in seen) or "none"
        rows.append([mistake, by, shortest(hidden) if seen else "any setting"])
    return figures.table(rows, ["mistake", "seen, at best, by", "seen by none with"])


def shortest(settings):
    """Return the first of some settings, the one that is changed least; none: an empty text."""
    return settings[0] if settings else "no setting"
