"""What a test of a derivative found: a verdict, its evidence, how to show it and to hand it in."""

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

import numpy as np

from .hand_in import CSV_HEADER, as_csv, as_latex, digits, formulas, handed_over, latex_table

PRINTED = 10
"""Steps that are printed; the plot and the CSV have all."""

PRINTED_BLOCKS = 12
"""Blocks that are printed one by one; where there are more, it is the wrong ones."""

LOOK_FOR = {
    "raises": "an error that your function raises",
    "shape": "a result of another shape than was asked for",
    "nonfinite": "a value that is not finite",
    "mutates_input": "an argument that is changed in place",
    "not_deterministic": "a result that changes from call to call",
    "stale": "a result that belongs to an earlier call",
    "missing_block": "a gradient that never arrives",
    "sign": "a sign",
    "scale": "a constant factor",
    "transposed": "an order, of factors or of entries",
    "missing_term": "a term too few or too many",
    "wrong": "a formula or an index",
    "small": "a small difference between the function and its formula",
    "vacuous": "an x where the function changes",
    "kink": "a kink of the function",
    "staircase": "a part of the function that moves in steps",
    "low_precision": "digits that the function loses",
}
"""What each cause makes one look for: the kind of mistake, not its repair."""


class Block(NamedTuple):
    """The verdict on one block of the parameters, and the sentence that says why."""

    verdict: str
    cause: str
    relative_error: float
    sentence: str = ""


@dataclass(frozen=True)
class Report:
    """What a test of a derivative found. It is true where the test passed.

    Attributes
    ----------
    verdict : str
        "pass", "fail" or "inconclusive".
    cause : str
        The name of the mistake, or of what kept the test from a verdict; empty when passed.
    culprit : str or None
        Dotted path of the wrong block nearest to the output; None for a bare array, or when all
        blocks are wrong alike.
    message : str
        What was found and what to look at next.
    relative_error : float
        The largest difference between claimed and measured slope, relative to a typical slope.
    blocks : dict
        Path -> Block(verdict, cause, relative_error, sentence).
    kinks : int
        Kinks of the function that the steps of the table cross, whatever the verdict.
    calls : int
        How often f was called.
    """

    title: str
    verdict: str
    cause: str
    culprit: str | None
    message: str
    relative_error: float = float("nan")
    blocks: dict = field(default_factory=dict)
    kink_steps: tuple = ()
    slopes: tuple = ()
    steps: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))
    floor: float = 0.0
    calls: int = 0

    @property
    def passed(self):
        """True when the verdict is "pass"."""
        return self.verdict == "pass"

    @property
    def kinks(self):
        """How many kinks the steps of the table cross."""
        return len(self.kink_steps)

    @property
    def headline(self):
        """The test, its verdict and the cause."""
        cause = f" ({self.cause})" if self.cause else ""
        return f"{self.title}: {self.verdict}{cause}"

    @property
    def caption(self):
        """The words below a table or a plot of the report."""
        return f"{self.headline}. {self.message}"

    @property
    def hint(self):
        """Where to look and for which kind of mistake, without the answer; empty when passed."""
        if self.passed:
            return ""
        kind = LOOK_FOR[self.cause]
        if self.culprit:
            return f'Look at "{self.culprit}": {kind}.'
        return f"Look for {kind}."

    def __bool__(self):
        return self.passed

    def __str__(self):
        tables = [_aligned(header, rows) for header, rows in self._tables()]
        return "\n\n".join([self.headline, *tables, *self._notes(), self.message])

    __repr__ = __str__

    def _repr_markdown_(self):
        """Return the report as Markdown tables, for notebooks and for the site."""
        tables = [_markdown(header, rows) for header, rows in self._tables()]
        message = escape(self.message, quote=False)
        return "\n\n".join([f"**{self.headline}**", *tables, *self._notes(), message])

    def _notes(self):
        """Return the line on kinks and calls, if there is anything to tell."""
        notes = []
        if self.kinks:
            first = min(abs(step) for step in self.kink_steps)
            notes.append(f"Kinks that these steps cross: {self.kinks}, the first at {first:.2g}.")
        if self.calls:
            notes.append(f"Calls of f: {self.calls}.")
        return [" ".join(notes)] if notes else []

    def _tables(self):
        """Return header and rows of the tables that have any."""
        tables = (self._slope_table(), self._step_table())
        return [(header, rows) for header, rows in tables if rows]

    def _slope_table(self):
        """Return one row a block, of the direction that is furthest off."""
        worst = {}
        for s in self.slopes:
            block = "all" if s.block is None else s.block
            if block not in worst or s.relative_error > worst[block].relative_error:
                worst[block] = s
        rows = []
        for block, s in worst.items():
            slopes = f"{s.claimed:+.9g}", f"{s.line.slope:+.9g}", f"{s.difference:+.1e}"
            verdict = s.verdict.replace("_", " ")
            rows.append((block or "x", *slopes, f"{s.tolerance:.1e}", verdict))
        header = (
            "changed",
            "claimed slope",
            "measured slope",
            "difference",
            "error bar",
            "verdict",
        )
        return header, _shortened(rows)

    def _step_table(self):
        styles = (".3g", ".3e", ".3f", ".3e", ".3f")
        rows = [tuple(map(digits, row, styles)) for row in self._steps()[:PRINTED]]
        return ("step", "E0", "ratio", "E1", "ratio"), rows

    def _steps(self):
        """Return for each step t, E0, its ratio, E1, its ratio."""
        t, E0, E1 = self.steps.T
        return list(zip(t, E0, _ratios(E0), E1, _ratios(E1)))

    def to_csv(self, path=None):
        """Return all steps with both errors as CSV, or write it to `path`.

        A test that takes no step has its slopes instead. The last column is the verdict.

        Examples
        --------
        >>> from dlhw import gradient_test
        >>> report = gradient_test(np.exp, np.exp, np.array(0.5))
        >>> print(report.to_csv().splitlines()[0])
        step,zero order,zero order ratio,first order,first order ratio,report
        """
        header, rows = CSV_HEADER, [[digits(number) for number in row] for row in self._steps()]
        if not rows:
            header, rows = self._slope_table()
        return handed_over(as_csv(header, rows, self.headline), path)

    def to_latex(self, path=None):
        """Return the table of the steps for LaTeX, or write it to `path`; it needs no package.

        The caption is that of the report and says what the errors are. A test that takes no step
        has its slopes instead.

        Examples
        --------
        >>> from dlhw import gradient_test
        >>> report = gradient_test(np.exp, np.exp, np.array(0.5))
        >>> print(report.to_latex().splitlines()[1])
        \\centering
        """
        caption = as_latex(self.caption)
        if len(self.steps):
            caption += formulas(self.title)
        return handed_over(latex_table(caption, self._tables()[-1:]), path)

    def plot(self, ax=None):
        """Plot both errors against the step, with the floor and any kinks; return the axes.

        Both axes are logarithmic. The title says which test it is, and its verdict. A test that
        took no step has nothing to draw but its title.
        """
        if ax is None:
            from matplotlib import pyplot

            ax = pyplot.subplots(layout="constrained")[1]
        ax.set(title=self.headline, xlabel="step t", ylabel="error")
        if not len(self.steps):
            return ax
        t, E0, E1 = self.steps.T
        lowest = self.floor / 100
        guides = {"color": "gray", "linewidth": 0.8, "zorder": 0}
        curves = ((E0, 1, "o-", "zero order $E_0$"), (E1, 2, "s-", "first order $E_1$"))
        for E, power, marker, label in curves:
            guide = E[0] * (t / t[0]) ** power
            ax.loglog(t, np.maximum(E, lowest), marker, label=label)
            ax.loglog(t, np.where(guide > lowest, guide, np.nan), "--", **guides)
        ax.lines[-1].set_label("slopes 1 and 2")
        ax.axhline(self.floor, linestyle=":", color="gray", label="floor: round-off of f")
        if self.kinks:
            places, along_x = np.abs(self.kink_steps), ax.get_xaxis_transform()
            ax.vlines(places, 0, 0.06, transform=along_x, color="gray", label="kinks")
        ax.legend()
        return ax


def _shortened(rows):
    """Return the rows, or of too many the first, the wrong ones, and how many more there are."""
    if len(rows) <= PRINTED_BLOCKS:
        return rows
    together, *alone = rows
    shown = [row for row in alone if row[-1] != "pass"][:PRINTED_BLOCKS]
    more = Counter(row[-1] for row in alone) - Counter(row[-1] for row in shown)
    counted = [(f"{count} more", "", "", "", "", verdict) for verdict, count in more.items()]
    return [together, *shown, *counted]


def _ratios(errors):
    """Return how many times smaller each error is than the one before; NaN where it is zero."""
    ratios = [a / b if b > 0 else np.nan for a, b in zip(errors, errors[1:])]
    return [np.nan, *ratios]


def _aligned(header, rows):
    widths = [max(map(len, column)) for column in zip(header, *rows)]
    lines = []
    for first, *others in (header, *rows):
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:])]
        lines.append("  ".join(["", first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)


def _markdown(header, rows):
    body = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in body)
