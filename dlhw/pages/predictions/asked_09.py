"""Chapter 9: what a start is worth, what one run or the best of ten can say, where a mistake is."""

import numpy as np

from ...network import tanh_network
from ...softmax import cross_entropy_gradient
from ...study.results import result
from ..networks.trained_networks import accuracy
from ..networks.uncertainty import upset
from ..questions import Choice, Question
from ..result_tables import share

LEVEL = 0.05
DRAWS = 100_000


def _mean(**settings):
    return accuracy(result("peaks", epochs=150, **settings)).mean()


def what_a_start_is_worth():
    """Return the prediction: what weights around zero make of a run that stands still."""
    four = {"depth": 4, "batch": 16}
    stuck = _mean(init="uniform", lr=0.001, **four)
    fast = _mean(init="uniform", lr=0.1, **four)
    centred = _mean(init="xavier", lr=0.001, **four)
    return Question(
        "9-start",
        "**Predict.** Four layers of tanh units, weights drawn from $[0, 1)$: at the rate .1 they"
        f" end at {share(fast)}, at .001 at {share(stuck)}. Keep the rate of .001, and"
        " draw the weights around zero. Where do they end?",
        Choice(share(centred), "What held them was the start, and neither rate nor minimum."),
        [
            Choice(share(stuck), "So it would be if .001 were too small for four layers."),
            Choice(share(fast), "So it would be if the rate made no difference any more."),
            Choice(
                share((stuck + fast) / 2),
                "Then every other seed would get away: a matter of luck, as with a local minimum.",
            ),
        ],
    )


def one_run_of_each():
    """Return the question how often one run of each puts two settings in the wrong order."""
    eight, sixteen = (
        accuracy(result("peaks", init="uniform", epochs=150, depth=4, lr=0.1, batch=batch))
        for batch in (8, 16)
    )
    wrong = upset(eight, sixteen)
    gap = abs(eight.mean() - sixteen.mean())
    return Question(
        "9-one-run",
        f"**Question.** Over ten seeds, batches of 8 and of 16 differ by {share(gap)}. Somebody"
        " trains each once. How often is the one ahead whose mean is lower?",
        Choice(f"{wrong:.0%}", "Seeds move an accuracy by more than this difference."),
        [
            Choice("0%", "So it would be if all seeds of a setting ended alike."),
            Choice(
                f"{LEVEL:.0%}",
                "That is how often a test calls a difference where there is none. One run has no"
                " test.",
            ),
        ],
    )


def best_of_ten():
    """Return the question by how much the best of ten runs flatters."""
    spread = 0.002
    runs = np.random.default_rng(0).normal(0, spread, (DRAWS, 10))
    lead = runs.max(axis=1).mean()
    return Question(
        "9-best",
        f"**Question.** Ten runs of one setting have a standard deviation of {share(spread)}. You"
        " report the best. How far is it above the mean, on average?",
        Choice(share(lead), "The largest of ten normal numbers is that far out, by luck alone."),
        [
            Choice(share(spread), "That is how far a single run is off, to either side."),
            Choice(
                share(spread / np.sqrt(10)),
                "That is how far the mean of ten runs is off: report that one.",
            ),
            Choice(share(0), "Then the best would be a run like any other."),
        ],
    )


def where_the_mistake_is():
    """Return the question that brings back chapter 8: from spoilt layers to the mistake."""
    seen = _spoilt("handed back", 3)
    places = {
        "what layer 3 hands back": ("handed back", 3),
        "what layer 2 hands back": ("handed back", 2),
        "layer 2's own weights": ("weights", 2),
        "the gradient of the loss": ("handed back", 5),
    }
    choices = []
    for title, place in places.items():
        layers = " and ".join(map(str, _spoilt(*place)))
        choices.append(Choice(title, f"A mistake there spoils the gradients of {layers}."))
    right = [_spoilt(*place) for place in places.values()].index(seen)
    return Question(
        "9-mistake",
        "**Question.** In chapter 8 you predicted which layers a mistake spoils. Now a network of"
        " four layers learns Peaks badly, and a gradient test finds the gradients of"
        f" {' and '.join(map(str, seen))} wrong, the others right. Where is the one mistake?",
        choices.pop(right),
        choices,
    )


def _spoilt(what, where):
    """Return which layers' gradients change when something in the code of one is doubled.

    What the loss hands back is that of a fifth layer.
    """
    network, rng = tanh_network([2, 4, 3, 6, 5]), np.random.default_rng(0)
    params, X, C = network.initialise(0), rng.normal(size=(2, 7)), np.eye(5)[:, np.arange(7) % 5]
    Z, memories = network.forward(params, X)
    dX, spoilt = cross_entropy_gradient(Z, C), []
    if (what, where) == ("handed back", 5):
        dX = 2 * dX
    for i in (4, 3, 2, 1):
        gradient, dX = network.layers[i - 1].vjp(params[i - 1], memories[i - 1], dX)
        if (what, where) == ("weights", i):
            gradient = {**gradient, "W": 2 * gradient["W"]}
        if (what, where) == ("handed back", i):
            dX = 2 * dX
        if not np.allclose(gradient["W"], network.gradient(params, X, C)[i - 1]["W"]):
            spoilt.insert(0, i)
    return spoilt
