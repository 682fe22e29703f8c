"""The bodies of the update rules, and mistakes in them."""

import numpy as np

from ..arrays import map_arrays
from ..optimizers import momentum, nesterov, sgd
from .bodies import body, numbers

TURNS = 3
RATE = 0.1
KEPT_SHARE = 0.9  # the beta that momentum and nesterov have where nobody gives them one


def slope_of_bowl(w):
    """Return the gradient of a bowl: half the squared distance from 3, added up."""
    return map_arrays(lambda p: p - 3, w)


def steps_of(rule):
    """Return where some steps of a rule lead, and what it has made of the arrays it was given."""
    given = [numbers(2, 3), numbers(2, 1, 7)]
    w, v = given, map_arrays(np.zeros_like, given)
    for _ in range(TURNS):
        w, v = rule(slope_of_bowl, w, v, RATE)
    return {"w": w, "v": v, "given": given}


def ascent(gradient, w, v, lr):
    return map_arrays(lambda p, g: p + lr * g, w, gradient(w)), v


def in_place(gradient, w, v, lr):
    for p, g in zip(w, gradient(w)):
        p -= lr * g
    return w, v


def without_rate(gradient, w, v, lr):
    return map_arrays(lambda p, g: p - g, w, gradient(w)), v


def moved(w, v):
    return map_arrays(lambda p, u: p - u, w, v), v


def rate_outside(gradient, w, v, lr):
    v = map_arrays(lambda u, g: KEPT_SHARE * u + g, v, gradient(w))
    return map_arrays(lambda p, u: p - lr * u, w, v), v


def averaged(gradient, w, v, lr):
    share = 1 - KEPT_SHARE
    return moved(w, map_arrays(lambda u, g: KEPT_SHARE * u + share * lr * g, v, gradient(w)))


def velocity_added(gradient, w, v, lr):
    v = momentum(gradient, w, v, lr)[1]
    return map_arrays(lambda p, u: p + u, w, v), v


def last_velocity(gradient, w, v, lr):
    new = momentum(gradient, w, v, lr)[1]
    return map_arrays(lambda p, u: p - u, w, v), new


def looked_back(gradient, w, v, lr):
    behind = map_arrays(lambda p, u: p + KEPT_SHARE * u, w, v)
    return moved(w, map_arrays(lambda u, g: KEPT_SHARE * u + lr * g, v, gradient(behind)))


def looked_too_far(gradient, w, v, lr):
    ahead = map_arrays(lambda p, u: p - u, w, v)
    return moved(w, map_arrays(lambda u, g: KEPT_SHARE * u + lr * g, v, gradient(ahead)))


SGD = {
    "You walk up: subtract the gradient.": ascent,
    "You change the arrays that you are given: make new ones, without -=.": in_place,
    "The learning rate is missing.": without_rate,
}
MOMENTUM = {
    "The path is right, but the velocity is not the head's: lr belongs into v.": rate_outside,
    "That is an average: lr grad(w) enters v whole, without 1 - beta.": averaged,
    "v holds a step against the gradient: subtract it.": velocity_added,
    "You step with the velocity from before: with the new one.": last_velocity,
    "That is sgd: the velocity is missing.": sgd,
}
NESTEROV = {
    "That is momentum: take the gradient at w - beta v.": momentum,
    "You look back: the velocity is subtracted, so ahead is w - beta v.": looked_back,
    "You look too far ahead: w - beta v, not w - v.": looked_too_far,
}

BODIES = (
    body("sgd", sgd, steps_of, SGD),
    body("momentum", momentum, steps_of, MOMENTUM),
    body("nesterov", nesterov, steps_of, NESTEROV),
)
