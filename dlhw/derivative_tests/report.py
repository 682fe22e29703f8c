"""What a test of a derivative found: a verdict, its evidence, and how to show them."""

from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

import numpy as np

PRINTED = 10
"""Steps that are printed; the plot shows all."""


class Block(NamedTuple):
    """The verdict on one block of the parameters."""

    verdict: str
    cause: str
    relative_error: float


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
        Dotted path of the worst block; None for a bare array, or when all blocks are wrong alike.
    message : str
        One sentence on what was found and what to look at next.
    relative_error : float
        The largest difference between claimed and measured slope, relative to a typical slope.
    blocks : dict
        Path -> Block(verdict, cause, relative_error).
    kinks : int
        Kinks of the function that the steps of the table cross, whatever the verdict.
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

    @property
    def passed(self):
        """True when the verdict is "pass"."""
        return self.verdict == "pass"

    @property
    def kinks(self):
        """How many kinks the steps of the table cross."""
        return len(self.kink_steps)

    def __bool__(self):
        return self.passed

    def __str__(self):
        headline = f"{self.title}: {self._headline()}"
        tables = [_aligned(header, rows) for header, rows in self._tables()]
        return "\n\n".join([headline, *tables, *self._kink_note(), self.message])

    __repr__ = __str__

    def _repr_markdown_(self):
        """Return the report as Markdown tables, for notebooks and for the site."""
        headline = f"**{self.title}: {self._headline()}**"
        tables = [_markdown(header, rows) for header, rows in self._tables()]
        message = escape(self.message, quote=False)
        return "\n\n".join([headline, *tables, *self._kink_note(), message])

    def _headline(self):
        if self.cause:
            return f"{self.verdict} ({self.cause})"
        return self.verdict

    def _kink_note(self):
        if not self.kinks:
            return []
        first = min(abs(step) for step in self.kink_steps)
        return [f"Kinks that these steps cross: {self.kinks}, the first at {first:.2g}."]

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
        return ("changed", "claimed slope", "measured slope", "difference", "error bar", ""), rows

    def _step_table(self):
        t, E0, E1 = self.steps.T
        rows = [
            (f"{t[i]:.3g}", f"{E0[i]:.3e}", _ratio(E0, i), f"{E1[i]:.3e}", _ratio(E1, i))
            for i in range(min(len(t), PRINTED))
        ]
        return ("step", "E0", "ratio", "E1", "ratio"), rows

    def plot(self, ax=None):
        """Plot E0 and E1 against the step, with the floor and any kinks; return the axes.

        Both axes are logarithmic.
        """
        if ax is None:
            from matplotlib import pyplot

            ax = pyplot.subplots(layout="constrained")[1]
        t, E0, E1 = self.steps.T
        lowest = self.floor / 100
        guides = {"color": "gray", "linewidth": 0.8, "zorder": 0}
        for E, power, marker, label in ((E0, 1, "o-", None), (E1, 2, "s-", "slopes 1 and 2")):
            guide = E[0] * (t / t[0]) ** power
            ax.loglog(t, np.maximum(E, lowest), marker, label=f"E{power - 1}")
            ax.loglog(t, np.where(guide > lowest, guide, np.nan), "--", label=label, **guides)
        ax.axhline(self.floor, linestyle=":", color="gray", label="floor: round-off of f")
        if self.kinks:
            places, along_x = np.abs(self.kink_steps), ax.get_xaxis_transform()
            ax.vlines(places, 0, 0.06, transform=along_x, color="gray", label="kinks")
        ax.set(xlabel="step t", ylabel="error")
        ax.legend()
        return ax


def _ratio(errors, i):
    """Return how much smaller an error is than the one before, as text."""
    if i == 0 or not errors[i] > 0:
        return ""
    return f"{errors[i - 1] / errors[i]:.3f}"


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
