"""Chapter 10: what was missing, what a silent sample sends back, why GMM is hard."""

import numpy as np

from ...layers import relu
from ...softmax import cross_entropy_gradient, softmax
from ...study.results import result
from ..networks.gmm_clouds import CLASSES, EACH, regression
from ..networks.trained_networks import accuracy, gained
from ..questions import Choice, Question
from ..result_tables import share, signed

WHY = {
    "ten times the learning rate": "Then the run was on its way, and had too little to go with.",
    "30 units in place of 20": "Then width would have been what is missing.",
    "a fourth layer": "Then depth would have been what is missing.",
    "fifty more epochs": "Then time alone would have been enough; the last fifty say how much.",
}


def _original(depth, width, lr=0.001):
    settings = {"model": "original", "init": "uniform"}
    return result("gmm", depth=depth, width=width, lr=lr, **settings)


def what_gains_most():
    """Return the prediction: which change gains most on GMM."""
    theirs = _original(3, 20)
    changed = [_original(3, 20, 0.01), _original(3, 30), _original(4, 20)]
    gains = [accuracy(run).mean() - accuracy(theirs).mean() for run in changed]
    gains.append(gained(theirs, since=100).mean())
    choices = [
        Choice(change, f"{why} It brings {signed(gain)}.")
        for (change, why), gain in zip(WHY.items(), gains)
    ]
    right = choices.pop(int(np.argmax(gains)))
    return Question(
        "10-gains",
        "**Predict.** The original's network of three layers, width 20, has"
        f" {share(accuracy(theirs).mean())} of GMM right after 150 epochs at the rate .001. Which"
        " change gains most?",
        right,
        choices,
    )


def a_silent_sample():
    """Return the question what a sample sends back whose scores are all cut off."""
    Z, C = -np.ones((5, 1)), np.eye(5)[:, :1]
    scores = relu.value(Z)
    gradient = cross_entropy_gradient(scores, C)
    sent = abs(relu.slope_times(scores, gradient))
    return Question(
        "10-silent",
        "**Question.** All five scores of a sample come out of a ReLU as 0. Which gradient arrives"
        " at what stood before the ReLU, in the row of the sample's own class?",
        Choice(
            f"{sent[0, 0]:.1f}", "The slope of the ReLU is 0 there: the sample teaches nothing."
        ),
        [
            Choice(f"{gradient[0, 0]:.1f}", "That is $p - c$: so it would be without the ReLU."),
            Choice(f"{softmax(scores)[0, 0]:.1f}", "That is $p$: the label has been forgotten."),
        ],
    )


def why_it_is_hard():
    """Return the question what softmax regression makes of five features with one cloud a class."""
    every = regression(slice(None))
    single = regression(slice(0, None, EACH))
    return Question(
        "10-hard",
        f"**Question.** Softmax regression gets {every:.2f} of GMM right. Keep all five features,"
        " and of every class one cloud in place of five. How much does it get then?",
        Choice(f"{single:.2f}", "Five features are no trouble: five clouds a class are."),
        [
            Choice(f"{every:.2f}", "So it would be if the features made GMM hard."),
            Choice(
                f"{1 / CLASSES:.2f}", "That is a guess: then nothing could be learned of a cloud."
            ),
            Choice(
                f"{(every + 1) / 2:.2f}",
                "Then half of the errors would be the features', half the clouds'.",
            ),
        ],
    )


def the_start_once_more():
    """Return the question that brings back chapter 9: what the start is worth at a large rate."""
    ends = {}
    for lr in (0.1, 0.001):
        for init in ("uniform", "xavier"):
            run = result("peaks", init=init, epochs=150, depth=4, lr=lr, batch=16)
            ends[init, lr] = accuracy(run).mean()
    small, large = (ends["xavier", lr] - ends["uniform", lr] for lr in (0.001, 0.1))
    return Question(
        "10-start",
        "**Question.** In chapter 9 you predicted what weights around zero are worth on Peaks at"
        f" the rate .001: {signed(small)}. What are they worth at the rate .1?",
        Choice(signed(large), "A large rate walks off the plateau by itself."),
        [
            Choice(signed(small), "So it would be if no rate could leave the plateau."),
            Choice(
                signed(0.2 - ends["uniform", 0.1]),
                "Then .1 would be too much for weights around zero, and the network would guess.",
            ),
        ],
    )
