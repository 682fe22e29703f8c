"""The exercises of chapter 13: how many seeds, what a table carries, a figure without a spread."""

import numpy as np

from ..study.evidence import allowance, differences
from .judging import Part

# ---- 13.1: how many seeds ------------------------------------------------------------------------

GAPS = [(0.001, 0.002), (0.0008, 0.002), (0.005, 0.003)]


def seeds_for(seeds):
    return [seeds(gap, s) for gap, s in GAPS]


def seeds_of_both():
    """Go from the error of one mean to that of the difference of two, and solve for n."""
    return [(2.8 * np.hypot(s, s) / gap) ** 2 for gap, s in GAPS]


def seeds_of_one_mean(gap, s):
    return (2.8 * s / gap) ** 2


def seeds_for_half(gap, s):
    return 2 * (1.96 * s / gap) ** 2


def seeds_without_square(gap, s):
    return 2 * 2.8 * s / gap


SEEDS = Part(
    "seeds",
    {
        "That is for one mean against a number. Here both settings have seeds.": seeds_of_one_mean,
        "So it is seen in half of the trials only: 1.96 alone leaves no room for chance.": (
            seeds_for_half
        ),
        "The error of a mean falls with the root of n: solve for n once more.": (
            seeds_without_square
        ),
    },
    seeds_for,
    seeds_of_both,
)

# ---- 13.2: what a table carries ------------------------------------------------------------------

RUNS = {
    "batch 16": [0.9324, 0.9349, 0.9331, 0.9302, 0.9338],
    "batch 8": [0.9315, 0.9342, 0.9308, 0.9346, 0.9321],
    "depth 4": [0.9327, 0.9316, 0.9341, 0.7912, 0.9333],
    "depth 2": [0.9187, 0.9178, 0.9201, 0.9169, 0.9192],
    "rate .1": [0.9335, 0.9318, 0.9341, 0.9326, 0.9310],
    "rate .001": [0.3961, 0.3987, 0.3942, 0.4005, 0.3970],
}
PAIRS = [("batch 16", "batch 8"), ("depth 4", "depth 2"), ("rate .1", "rate .001")]
WITHIN = 0.01


def compared():
    return dict(zip(PAIRS, differences(RUNS, PAIRS)))


def better(d):
    return d.counts and d.difference > 0


def alike(d):
    return max(abs(d.low), abs(d.high)) < WITHIN


def shown_nowhere(d):
    """A reason: no row of the table changes the cause alone."""
    return False


BATCHES, DEPTHS, RATES = PAIRS
SENTENCES = {
    "A": ("Batches of 16 beat batches of 8.", better, BATCHES),
    "B": ("Batches of 8 and of 16 end alike, to within .01.", alike, BATCHES),
    "C": ("Four layers and two end alike, to within .01.", alike, DEPTHS),
    "D": ("Two layers beat four: their mean is higher.", better, DEPTHS[::-1]),
    "E": ("The rate .1 beats the rate .001.", better, RATES),
    "F": ("At .001 training is caught in a local minimum.", shown_nowhere, RATES),
}


def carried():
    """Return the letters of the sentences that the table carries."""
    found = compared()
    found |= {(b, a): differences(RUNS, [(b, a)])[0] for a, b in PAIRS}
    return "".join(letter for letter, (_, holds, pair) in SENTENCES.items() if holds(found[pair]))


HEADER = ["pair", "runs of the first", "of the second", "difference", "a difference?"]


def rows():
    """Return the rows of the table: a pair, the runs of both, the difference, whether it counts."""
    shown = []
    for (a, b), d in compared().items():
        lists = [", ".join(f"{value:.4f}"[1:] for value in RUNS[name]) for name in (a, b)]
        shown.append([f"{a} − {b}", *lists, str(d), "yes" if d.counts else "not shown"])
    return shown


HOLD = Part(
    "hold",
    {
        "A does not hold: the interval reaches to both sides of zero.": "ABE",
        "C does not hold: not shown is not alike. How far does its interval reach?": "BCE",
        "D does not hold: one run of five makes that mean, and the interval is wide.": "BDE",
        "F does not hold: for a reason the cause must be changed alone, and no row does so.": (
            "BEF"
        ),
        "One more holds: an interval that is short, with zero in it, says something.": "E",
    },
    right=carried,
)

# ---- 13.3: a figure without a spread -------------------------------------------------------------

CASES = [
    ((0.9330, 0.0020, 10), (0.9412, 0.0020, 1), 6250, 0.003),
    ((0.57, 0.004, 5), (0.58, 0.001, 20), 2000, 0.0),
]


def allowed_in(allowed):
    return [allowed(*case) for case in CASES]


def allowances():
    return [allowance(*case) for case in CASES]


def _three_deviations(ours, theirs, size, draw, sets=2, power=1):
    (mean, s1, n1), (_, s2, n2) = ours, theirs
    seeds = s1**2 / n1**power + s2**2 / n2**power
    return 3 * np.sqrt(seeds + sets * mean * (1 - mean) / size + draw**2)


def allowed_by_seeds(ours, theirs, size, draw):
    return _three_deviations(ours, theirs, size, 0, sets=0)


def allowed_with_one_set(ours, theirs, size, draw):
    return _three_deviations(ours, theirs, size, draw, sets=1)


def allowed_of_single_runs(ours, theirs, size, draw):
    return _three_deviations(ours, theirs, size, draw, power=0)


def allowed_once(ours, theirs, size, draw):
    return _three_deviations(ours, theirs, size, draw) / 3


ALLOWED = Part(
    "allowed",
    {
        "That is the seeds alone. The sets are finite, and they are two draws.": allowed_by_seeds,
        "Both validation sets are finite: theirs counts as well as ours.": allowed_with_one_set,
        "A mean of n runs varies less than one run: divide each variance by its n.": (
            allowed_of_single_runs
        ),
        "That is one standard deviation. Chance is allowed three.": allowed_once,
    },
    allowed_in,
    allowances,
    refused=("allowance",),
)

EXERCISES = {"13.1": (SEEDS,), "13.2": (HOLD,), "13.3": (ALLOWED,)}
