"""What a report says: which mistake it is, its size where no factor says it, and what to do."""

from .diagnosis import UNEXPLAINED, plain

IDLE = "Nothing depends on it here."

NAMED = 6
"""Wrong blocks that a sentence names: more are a list, and the report has it."""

INCONCLUSIVE = {
    "kink": "f has a kink at x, or a bend as sharp as one: its slopes on the two sides differ. A"
    " ReLU of exactly 0 does that, as with biases of zero: add small random numbers to x.",
    "staircase": "f is a staircase: it jumps between neighbouring small steps, so its slope depends"
    " on the size of the steps, and the claim fits one of them. Is part of it computed in float32,"
    " rounded, saturated as in log(1 - h), or by a solver with a tolerance? Test it without that.",
    "low_precision": "f is too noisy here to see an error of one per cent: a typical slope is known"
    " to {error} of itself. Compute f in float64, or without a large offset.",
    "vacuous": "f does not change in any direction that was tried, so nothing was tested."
    " Test at another x.",
}
UNMEASURED = (
    "The slope of f could not be measured at x: it changes faster than any step can follow, or x is"
    " at the edge of its domain. Test at another x."
)
SENTENCES = {
    "missing_block": "is zero, but should not be."
    " Is it computed at all, and is its result stored under this name?",
    "shape": "has the shape of the transposed parameter, and is wrong besides.",
    "sign": "has the wrong sign."
    " Look for a difference taken the wrong way round, such as C - P for P - C.",
    "small": "is off by {error} of a typical slope, and by no common factor. So small an error"
    " is rarely one of the formula: look for a guard in a logarithm or a denominator, such as"
    " log(p + 1e-8), for an approximate function or a solver with a tolerance, for digits lost. To"
    " accept it, set tolerance.",
}
TRANSPOSED = (
    "is right once it is transposed. Check the order of the factors, such as dZ @ X.T for X @ dZ.T."
)
REORDERED = (
    "is right once {what} in the other order."
    " Do ravel and reshape both run along rows, or both along columns?"
)
ORDERS = {
    "transposed": TRANSPOSED,
    "product": "is right once the other product is taken: J^T in place of J, or J in place of J^T.",
    "result": REORDERED.format(what="its entries are read"),
    "argument": REORDERED.format(what="the entries of its argument are read"),
}
MISSING = {
    "identity": "what the identity path carries."
    " Does the skip connection of the forward pass also lead back?",
    "parameter": "the parameter itself."
    " Do the function and its derivative have the same regulariser?",
}
PLACES = {
    "": ". Look at its formula, and at what it is computed from.",
    "flat": ": it is not zero, but f does not change. Does f use its argument?",
    "cut off": ", but right at parameters an eighth as large. Is part of f cut off here, as by"
    " np.clip, or are samples saturated? Test at smaller parameters.",
    "every entry": ", in (nearly) every entry. Look at its formula, and at what it is computed"
    " from; of a softmax, whether its columns sum to one.",
    "most entries": ", in most of its entries. Look at its formula, and at what it is computed"
    " from, such as a mask, or the labels.",
    "no entry": ", and no entry stands out. Look at what all of them are computed from.",
}


def sentence(finding, subject, error, sizes):
    """Say what is wrong, and what to look at next, in words for a student.

    Parameters
    ----------
    finding : Finding
    subject : str
        What is wrong, such as 'The gradient in "W"'.
    error : float
        Its size, relative to a typical slope.
    sizes : dict
        From a number to what the reader's own arrays have so many of.

    Examples
    --------
    >>> from dlhw.derivative_tests.diagnosis import Finding
    >>> said = sentence(Finding("scale", factor=4.0), "The gradient", 0.75, {4: "rows of W"})
    >>> said[57:124]
    '4 is the number of rows of W: does the mean in f run over them too?'
    """
    cause, where, factor, multiple = finding
    if cause == "scale":
        return f"{subject} is {_times(factor)} in every direction. {_reason(abs(factor), sizes)}"
    if cause == "missing_term":
        trouble = "lacks a term" if multiple > 0 else "has a term too many"
        besides = _besides(factor)
        return f"{subject} {besides}{trouble}: {abs(multiple):.4g} times {MISSING[where]}"
    if cause == "transposed":
        return f"{subject} {ORDERS[where.removesuffix(' back')]}"
    if cause == "wrong":
        just_these = f": {where}. Compare the formula and the indices of just these."
        return (
            f"{subject} is wrong, by {error:.1g} of a typical slope{PLACES.get(where, just_these)}"
        )
    return f"{subject} {SENTENCES[cause].format(error=f'{error:.1g}')}"


def _besides(factor):
    if factor == 1:
        return ""
    if abs(factor + 1) < UNEXPLAINED:
        return "has the wrong sign, and it "
    return f"is {_times(factor)}, and it "


def _times(factor):
    flipped = ", with the wrong sign" if factor < 0 else ""
    size, off = f"{abs(factor):.6g}", abs(factor) - 1
    if size == "1" and off:
        size = f"1 {'+' if off > 0 else '-'} {abs(off):.1g}"
    return f"{size} times the true one{flipped}"


def _reason(factor, sizes):
    """Say where a factor may come from."""
    ratio = max(factor, 1 / factor)
    if not plain(factor) or ratio < 1.5:
        return "Look for a constant that the function has and the derivative has not."
    whole = round(ratio)
    if whole == 2:
        half = "" if factor > 1 else ", or for a half"
        return f"Look for the 2 of a square's derivative{half}."
    if factor > 1:
        known = f"{whole} is the number of {{}}: does the mean in f run over them too? "
        usual = f"If there are {whole} samples: the division by their number is missing."
    else:
        known = f"{whole} is the number of {{}}: is it a mean over them, and f a sum? "
        usual = f"If there are {whole} samples: it is divided by their number once too often."
    return (known.format(sizes[whole]) if whole in sizes else "") + usual


def unsure(cause, slope):
    """Say why a test has no verdict, from the slope that is known best of those without."""
    if cause == "low_precision" and not slope.noisy:
        return UNMEASURED
    return INCONCLUSIVE[cause].format(error=f"{slope.known:.1g}")


def praise(errors, zero, accepted, idle):
    """Say how well claimed and measured slopes agree, and what was not tested.

    Parameters
    ----------
    errors : list of float
        Relative errors of the blocks.
    zero : bool
        Whether all slopes are zero.
    accepted : float
        The relative error that is accepted.
    idle : list of str
        Blocks that nothing depends on.

    Examples
    --------
    >>> praise([1e-11, 0.0], False, 0.0, ["b"]).endswith("Nothing depends on b here.")
    True
    """
    worst = max(errors)
    agreement = f"{worst:.0e} of a typical slope" if worst else "the last digit"
    text = f"Claimed and measured slopes agree in every direction, to {agreement}."
    if accepted:
        text += f" An error up to {accepted:g} is accepted."
    if zero:
        text += (
            " All slopes are zero here, where a wrong factor cannot show: test at another x too."
        )
    if idle:
        text += f" Nothing depends on {', '.join(idle)} here."
    return text


def others(paths):
    """Say which other blocks are wrong: the reader must not think that one repair is all."""
    if not paths:
        return ""
    names = [f'"{path}"' for path in paths[:NAMED]] + ["..."] * (len(paths) > NAMED)
    return (
        f" Wrong too: {', '.join(names)}. Mend this one, then test again: "
        "the others may be spoilt by it, or have a mistake of their own."
    )
