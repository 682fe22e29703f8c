"""Chapter 12: a smaller rate, a lost network's accuracy, what one bit can say, three starts."""

import numpy as np

from ...arrays import map_arrays, paths
from ...network import original_network
from ...study.experiment import stream
from ..networks.failure_tables import failure
from ..questions import Choice, Question

CLASSES = 5


def a_smaller_rate():
    """Return the question what a tenth of the rate changes in a network that turns NaN."""
    run = failure("original, unshifted", 4, 20)
    lr = run.experiment.lr
    now, slower, clipped = (_steps_until_nan(run, lr, clip) for lr, clip in _attempts(lr))
    return Question(
        "12-rate",
        "**Predict.** Four of chapter 7's blocks without an identity, of width 20, all weights"
        " uniform in $[0, 1)$, the softmax written as $e^z / \\sum e^z$. At the rate"
        f" {lr} every parameter is NaN after step {now}. You divide the rate by ten. Now it is NaN",
        Choice(f"again after step {slower}", "The NaN is there before the rate: in the scores."),
        [
            Choice(f"after step {10 * now}", "A step a tenth as long would put off what grows."),
            Choice("never: it trains slowly", "So it would be if long steps had made the NaN."),
            Choice(
                "never, if you clip too",
                f"Clipped, it is NaN after step {clipped}: NaN times any factor is NaN.",
            ),
        ],
    )


def accuracy_of_the_lost():
    """Return the question which accuracy a network has whose scores are all NaN."""
    labels = np.arange(100) % CLASSES
    found = np.mean(np.full((CLASSES, labels.size), np.nan).argmax(axis=0) == labels)
    return Question(
        "12-lost",
        f"**Question.** All scores of a network are NaN. Which accuracy does `argmax` give it on"
        f" {CLASSES} classes that are equally frequent?",
        Choice(f"{found:.0%}", "`argmax` takes the first NaN, which is class 0: a fifth is right."),
        [
            Choice("0%", "So it would be if NaN were an answer. `argmax` always gives one."),
            Choice("NaN", "The loss is NaN. But places of maxima are whole numbers."),
        ],
    )


def what_one_bit_says():
    """Return the question how often a network can be right whose units all say the same sign."""
    none, one, three = (min(1, 2**bits / CLASSES) for bits in (0, 1, 3))
    return Question(
        "12-bit",
        f"**Question.** Fifty units stand before the scores. All say $1$ for a sample, or all say"
        f" $-1$. How often can it be right at best, on {CLASSES} equally frequent classes?",
        Choice(f"{one:.0%}", "Two answers for five classes: that is where the 40 % come from."),
        [
            Choice(f"{none:.0%}", "So it would be if they said the same for every sample."),
            Choice(f"{1 / 2:.0%}", "One bit halves the samples. It does not halve five classes."),
            Choice(f"{three:.0%}", "So it could be if only three of them differed: eight answers."),
        ],
    )


def three_starts():
    """Return the question of chapter 11's three networks again: which starts most wildly."""
    tops = {size: _largest_score(*size) for size in ((2, 100), (3, 20), (4, 10))}
    names = {size: f"{size[0]} layers of width {size[1]}" for size in tops}
    first, *others = sorted(tops, key=tops.get, reverse=True)
    return Question(
        "12-again",
        "**Question.** Chapter 11 trained three networks on 200 samples, from positive weights."
        " Which of them starts with the largest scores?",
        Choice(names[first], f"About {tops[first]:.0f}: each layer multiplies by half its width."),
        [
            Choice(names[size], f"About {tops[size]:.0f}. Multiply by half the width once a layer.")
            for size in others
        ],
    )


def _attempts(lr):
    """Return three rates with what their gradients are clipped to: as it was, slower, clipped."""
    return [(lr, np.inf), (lr / 10, np.inf), (lr / 10, 1.0)]


def _steps_until_nan(run, lr, clip):
    """Return after how many steps a network is all NaN; its gradient is clipped to a norm."""
    e = run.experiment
    network, (X, C, *_) = e.network(), e.data()
    X, C, params = X[0], C[0], network.initialise(stream("start", 0), e.init)
    for step in range(1, 100):
        with np.errstate(over="ignore", invalid="ignore"):
            g = network.gradient(params, X, C)
        norm = np.sqrt(sum(np.sum(a**2) for _, a in paths(g)))
        factor = lr * np.minimum(1, clip / norm)
        params = map_arrays(lambda p, d, factor=factor: p - factor * d, params, g)
        if all(np.isnan(p).all() for _, p in paths(params)):
            return step
    return None


def _largest_score(depth, width):
    """Return the median, over starts, of the largest score of a network with positive weights."""
    X = np.random.default_rng(12).random((CLASSES, 200))
    network = original_network([CLASSES, *(depth - 1) * [width], CLASSES])
    params = network.initialise(list(range(20)), "uniform")
    return np.median(network.scores(params, X).max(axis=(-2, -1)))
