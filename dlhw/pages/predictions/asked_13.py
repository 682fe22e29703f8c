"""Chapter 13: how far chance goes, what intervals allow, many comparisons, what broke."""

import numpy as np
from scipy.stats import norm

from ...study.evidence import differences
from ..claims import CONFIRMED, alike, ordered
from ..original.printed import said
from ..original.samples import gmm
from ..questions import Choice, Question

SPREAD = 0.002
COMPARED, LEVEL = 30, 0.05


def as_far_apart():
    """Return the prediction: how often equal settings are as far apart as the original's."""
    at = {"dataset": "peaks", "model": "tanh", "depth": 4, "lr": 0.1}
    sixteen, eight = (said(batch=batch, **at) for batch in (16, 8))
    gap = sixteen - eight
    apart = 2 * norm.sf(gap / (np.sqrt(2) * SPREAD))
    return Question(
        "13-apart",
        f"**Predict.** The original has {sixteen:.5f} with batches of 16 and {eight:.5f} with 8,"
        " and picks 16. Let the batch size do nothing, and each run vary by a standard deviation"
        f" of {SPREAD:g}. How often are two runs at least so far apart?",
        Choice(f"{apart:.0%}", "So it says nothing of the batch size."),
        [
            Choice(f"{1 - apart:.0%}", "So often they are nearer to each other."),
            Choice(
                f"{2 * norm.sf(gap / SPREAD):.0%}",
                "So it would be if one of the two were known exactly. Both vary.",
            ),
            Choice(f"{LEVEL:.0%}", "So it would be for a gap that a test calls a difference."),
        ],
    )


def what_an_interval_allows():
    """Return the question what a short interval around zero says."""
    rng = np.random.default_rng(13)
    runs = {"a": rng.normal(0.933, SPREAD, 10), "b": rng.normal(0.933, SPREAD, 10)}
    (d,) = differences(runs)
    says = {
        (False, False): "Neither can be said",
        (True, False): "It is better",
        (False, True): "They are alike",
        (True, True): "It is better by a little",
    }
    why = {
        (False, False): "So it would be if the interval reached beyond .01.",
        (
            True,
            False,
        ): "So it would be if the whole interval were above zero and reached beyond .01.",
        (False, True): "All that the interval allows is small, and zero is in it.",
        (True, True): "So it would be if the whole interval were above zero, and below .01.",
    }
    found = ordered([d]) == CONFIRMED, alike([d]) == CONFIRMED
    return Question(
        "13-interval",
        f"**Question.** Two settings differ by {d}, the 95 % interval in brackets. *Alike* is"
        " claimed to within .01. What may you say of the first?",
        Choice(says[found], why[found]),
        [Choice(says[other], why[other]) for other in says if other != found],
    )


def many_comparisons():
    """Return the question how often one of many tests finds what is not there."""
    once = 1 - (1 - LEVEL) ** COMPARED
    return Question(
        "13-many",
        f"**Question.** A page compares {COMPARED} pairs of settings, each at {LEVEL:.0%}. All are"
        " equal. How likely does the page find a difference?",
        Choice(f"{once:.0%}", "Each pair is another chance to be wrong: correct for them all."),
        [
            Choice(f"{LEVEL:.0%}", "So it is for one pair, or for all of them with Holm."),
            Choice(f"{LEVEL / COMPARED:.1%}", "So small must a p-value be that counts among all."),
        ],
    )


def what_broke():
    """Return the question that brings back chapter 12: what the shift does to NaN."""
    _, facts = gmm()
    (broken, of), (shifted, _) = facts["wide"], facts["shifted"]
    return Question(
        "13-broke",
        f"**Question.** In chapter 12 networks 4/20 turn to NaN, {broken} of {of}. Subtract the"
        " largest score before `exp`, and leave all else as it is: ReLU, start, rate. How many"
        " break now?",
        Choice(f"{shifted} of {of}", "What overflowed was `exp`, and no gradient."),
        [
            Choice(f"{broken} of {of}", "So it would be if gradients exploded by ReLU."),
            Choice(f"{broken // 2} of {of}", "Then the shift would be one of two causes."),
        ],
    )
