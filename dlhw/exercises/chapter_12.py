"""The exercises of chapter 12: how wide a net may be, where slopes are zero, training logs."""

import numpy as np

from ..study.results import result
from .judging import Part

# ---- 12.1: how wide may it be? -------------------------------------------------------------------

TOTAL = 6.0  # the largest sum over a sample's features
DEPTH = 6
SIZES = [(2, 100), (3, 20), (4, 10), (DEPTH, 5)]
LIMITS = {dtype: np.log(np.finfo(dtype).max) for dtype in (np.float64, np.float32)}
"""Scores above have an infinite exponential."""


def scores_of(foretold):
    """Return what a rule foretells for some depths and widths."""
    return [foretold(depth, width) for depth, width in SIZES]


def rule(depth, width, grows=0.5, layers_before=1, bias=1.5):
    """The rule of the chapter, with what can be wrong in it."""
    y = TOTAL / 2 + 1.5
    for _ in range(depth - layers_before):
        y = grows * width * y + bias
    return y


def by_the_whole_width(depth, width):
    return rule(depth, width, grows=1)


def one_layer_too_many(depth, width):
    return rule(depth, width, layers_before=0)


def no_bias_after_the_first(depth, width):
    return rule(depth, width, bias=0)


def widest(dtype, rule=rule):
    """Return the largest width whose scores stay below the limit, by a rule."""
    return max(width for width in range(1, 50) if rule(DEPTH, width) < LIMITS[dtype])


FORETOLD = Part(
    "foretold",
    {
        "The mean weight is a half: each layer multiplies by half the width.": by_the_whole_width,
        "That is one layer too many: the first is in y already.": one_layer_too_many,
        "Every later layer adds 3/2, too: a tanh of 1, a bias of 1/2.": no_bias_after_the_first,
    },
    scores_of,
    right=lambda: scores_of(rule),
)
IN_FLOAT64 = Part(
    "widest64",
    {
        "So it would be if a layer multiplied by its whole width.": (
            widest(np.float64, by_the_whole_width)
        ),
        "There is one wider that still fits.": widest(np.float64, one_layer_too_many),
        "At this width the rule is beyond the limit already.": widest(np.float64) + 1,
    },
    right=lambda: widest(np.float64),
)
IN_FLOAT32 = Part(
    "widest32",
    {
        "That is the width for float64. The limit of float32 is 88.72.": widest(np.float64),
        "At this width the rule is beyond the limit already.": widest(np.float32) + 1,
    },
    right=lambda: widest(np.float32),
)

# ---- 12.2: a slope of zero -----------------------------------------------------------------------


def on_both_grids(first):
    """Return what the reader finds among sums in float64 and in float32."""
    z = np.arange(0, 30, 0.01)
    return [first(z), first(z.astype(np.float32))]


def where_tanh_is_one(z):
    return min(z[np.tanh(z) == 1])


def where_it_looks_like_one(z):
    return z[np.tanh(z) > 0.999][0]


def the_last_that_learns(z):
    return z[1 - np.tanh(z) ** 2 > 0][-1]


def its_place(z):
    return np.flatnonzero(1 - np.tanh(z) ** 2 == 0)[0]


FIRST_Z = Part(
    "first",
    {
        "There the output is nearly 1, and the slope small, but not zero.": where_it_looks_like_one,
        "That is the last z whose slope is not zero: go one further.": the_last_that_learns,
        "That is the place of z in the array. Return z itself.": its_place,
    },
    on_both_grids,
    right=lambda: on_both_grids(where_tanh_is_one),
)

# ---- 12.3: three training logs -------------------------------------------------------------------

LOGS = {
    "one": ("B", ("peaks", {"depth": 4, "width": 50, "lr": 0.001, "init": "uniform"})),
    "two": ("D", ("failures", {"model": "original", "depth": 4, "width": 20, "lr": 0.001})),
    "three": ("C", ("small", {"model": "original", "depth": 2, "lr": 0.1})),
}
LINES = 5  # of each log


def printed_logs():
    """Return some epochs of the three logs, each of one network: rows of a table."""
    rows = []
    for name, (_, (group, settings)) in LOGS.items():
        h = result(group, **settings).history
        curves = h.train_loss, h.val_loss, h.train_accuracy, h.val_accuracy
        for k in np.linspace(0, len(h.epoch) - 1, LINES).round().astype(int):
            rows.append([name, str(h.epoch[k]), *(f"{curve[k, 0]:.3f}" for curve in curves)])
    return rows


def right_letter(name):
    return LOGS[name][0]


NAN = "An overflow leaves NaN behind. Here all losses are finite."
ONE = Part(
    "one",
    {
        NAN: "A",
        "Over-fitting parts the two losses. Here they stay together.": "C",
        "A first step that does harm makes a loss jump. This one creeps.": "D",
    },
    right=lambda: right_letter("one"),
)
TWO = Part(
    "two",
    {
        NAN: "A",
        "Units that all say the same let the loss creep. This one jumps.": "B",
        "Over-fitting lets the training loss fall. This one rises in between.": "C",
    },
    right=lambda: right_letter("two"),
)
THREE = Part(
    "three",
    {
        NAN: "A",
        "Units that all say the same leave two answers of five. This network knows them all.": "B",
        "A first step that does harm shows in the training loss. Look at the other one.": "D",
    },
    right=lambda: right_letter("three"),
)

EXERCISES = {
    "12.1": (FORETOLD, IN_FLOAT64, IN_FLOAT32),
    "12.2": (FIRST_Z,),
    "12.3": (ONE, TWO, THREE),
}
