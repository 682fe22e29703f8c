"""Chapter 2: how errors fall, what a table says, what hides, what the labels alone get."""

import numpy as np

from ...derivative_tests.four_tests import gradient_test
from ..derivatives.mistakes import changed, graded, mean
from ..derivatives.right_models import regression
from ..questions import Choice, Question


def _rise(t):
    """Return the change of the exponential at 0, where its slope is 1."""
    return np.exp(t) - 1


def _ratio(error):
    """Return by which factor an error falls when a small step is halved."""
    return f"{error(1e-3) / error(5e-4):.1f}"


def _named(report):
    return f"{report.verdict}: {report.cause}" if report.cause else report.verdict


def how_the_error_falls():
    """Return the question how the error of a step falls when the gradient is half the true one."""
    half = _ratio(lambda t: abs(_rise(t) - t / 2))
    right = _ratio(lambda t: abs(_rise(t) - t))
    both_sides = _ratio(lambda t: abs(np.exp(t) - np.exp(-t) - 2 * t))
    of_the_slope = _ratio(lambda t: abs(_rise(t) / t - 1 / 2))
    return Question(
        "2-falls",
        "**Predict.** The gradient $g$ that you claim for $f$ is half of the true one. You take"
        " smaller and smaller steps $t$ along $d$, and compare $f(x + td)$ with"
        " $f(x) + t\\langle g, d\\rangle$. By which factor does the error fall when $t$ is halved?",
        Choice(half, "What is missing of the slope, times the step, is left: it halves with it."),
        [
            Choice(right, "So it falls for a right gradient: the curvature is left, times $t^2$."),
            Choice(of_the_slope, "The error of the *slope* stays. Here it is multiplied by $t$."),
            Choice(both_sides, "So an error falls from which a term in $t^2$ has been taken, too."),
        ],
    )


def what_late_rows_say():
    """Return the question what ratios mean that begin near 4 and end near 2."""
    steps = 0.5 ** np.arange(1, 10)
    E1 = np.abs(_rise(steps) - 0.99 * steps)
    ratios = ", ".join(f"{ratio:.1f}" for ratio in E1[:-1] / E1[1:])
    return Question(
        "2-late-rows",
        f"**Question.** From large steps to small ones, the ratios beside $E_1$ are {ratios}. What"
        " is it?",
        Choice("a small mistake", "Here 1 %. It shows once the curvature is smaller than it."),
        [
            Choice("a right gradient", "Then 4 would stay, down to the floor of round-off."),
            Choice("round-off", "At the floor ratios scatter around 1. These settle."),
            Choice("half the gradient", "Such a mistake outweighs the curvature much earlier."),
        ],
    )


def what_one_sample_hides():
    """Return the question what is said of a mean in the place of a sum, with one sample."""
    one, many = [changed(regression(m), b=mean) for m in (1, 16)]
    flat = changed(regression(), b=lambda g, x, u: u)
    said, with_many, not_summed = [
        _named(gradient_test(model.objective, model.gradient, model.x))
        for model in (one, many, flat)
    ]
    return Question(
        "2-one-sample",
        "**Question.** The gradient of the biases is a mean over the samples, where it should be a"
        " sum. The test has **one sample**. What does it say?",
        Choice(said, "The mean of one number is its sum. Test with several samples."),
        [
            Choice(with_many, "So it says of 16 samples. Of one number the mean is the sum."),
            Choice(not_summed, "So it says of 16 samples that are not summed at all."),
            Choice("fail: wrong", "So it says where no simple factor explains the slopes."),
        ],
    )


def what_the_labels_alone_get():
    """Return chapter 1's prediction again: what is said of a gradient in the labels' scores."""
    model = graded(regression(), lambda g, Z: g * (g < 0))
    report = gradient_test(model.objective, model.gradient, model.x)
    return Question(
        "2-labels-alone",
        "**Question.** In chapter 1 you predicted what comes back to the scores. Somebody lets it"
        " come back to the label's score alone. Which cause does a gradient test name?",
        Choice(f"`{report.cause}`", "What is lost differs from direction to direction."),
        [
            Choice("`scale`", "Then one factor would mend it, the same along each direction."),
            Choice("`sign`", "Then every slope would be right but for its sign."),
            Choice("`missing_block`", "Then one array would be zero. Here both get a part."),
        ],
    )
