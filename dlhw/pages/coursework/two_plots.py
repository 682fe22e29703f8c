"""A plot of a gradient test that proves something, and one of the same test that does not."""

import numpy as np

from ... import softmax
from ...derivative_tests.four_tests import gradient_test
from ..figures import axes, show


def samples_and_labels(m=12):
    """Return a few samples (3, m) and their labels (4, m)."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, m)), np.eye(4)[:, rng.integers(4, size=m)]


def loss_and_gradient():
    """Return the loss of softmax regression and its gradient, of W and b."""
    X, C = samples_and_labels()

    def loss(p):
        return softmax.cross_entropy(softmax.affine(p["W"], p["b"], X), C)

    def gradient(p):
        dZ = softmax.cross_entropy_gradient(softmax.affine(p["W"], p["b"], X), C)
        dW, db, _ = softmax.affine_vjp(p["W"], X, dZ)
        return {"W": dW, "b": db}

    return loss, gradient


def good():
    """Return the plot to hand in: a report's own, with slopes to compare with."""
    rng = np.random.default_rng(1)
    point = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=(4, 1))}
    report = gradient_test(*loss_and_gradient(), point)
    fig, ax = axes(size=(4.9, 3.0))
    report.plot(ax)
    ax.legend(fontsize=7)
    return show(
        fig,
        caption="Hand this in: both axes logarithmic, slopes 1 and 2 beside the errors, the floor"
        " of round-off, and what was tested.",
        text="Two falling lines on logarithmic axes beside dashed lines of slope 1 and 2, down to a"
        " dotted floor.",
    )


def sent_back():
    """Return a plot of the same loss that proves nothing."""
    loss, gradient = loss_and_gradient()
    point = {"W": np.zeros((4, 3)), "b": np.zeros((4, 1))}
    V = np.random.default_rng(1).random((4, 3))  # all entries positive
    slope = np.sum(gradient(point)["W"] * V)
    steps = 0.25 ** np.arange(1, 16)
    moved = [loss({**point, "W": point["W"] + t * V}) - loss(point) for t in steps]
    fig, ax = axes(size=(4.9, 3.0))
    ax.plot(np.abs(moved))
    ax.plot(np.abs(moved - steps * slope))
    ax.set(title="Successful gradient test")
    return show(
        fig,
        caption="This comes back: on linear axes nearly all points lie on zero; no step, no slope,"
        " no legend; W alone, at zero, along one direction of positive entries; and a title that"
        " would say the same of a wrong gradient.",
        text="Two curves without labels on linear axes, both flat on zero after the first points.",
    )
