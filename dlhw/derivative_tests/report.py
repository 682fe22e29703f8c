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
        tables = [
            _aligned(header, rows)
            for header, rows in (self._slope_table(), self._step_table())
            if rows
        ]
        return "\n\n".join(
            [f"{self.title}: {self._headline()}", *tables, *self._kink_note(), self.message]
        )

    __repr__ = __str__

    def _repr_markdown_(self):
        """Return the report as Markdown tables, for notebooks and for the site."""
        tables = [
            _markdown(header, rows)
            for header, rows in (self._slope_table(), self._step_table())
            if rows
        ]
        return "\n\n".join(
            [
                f"**{self.title}: {self._headline()}**",
                *tables,
                *self._kink_note(),
                escape(self.message, quote=False),
            ]
        )

    def _kink_note(self):
        return (
            [
                f"Kinks that these steps cross: {self.kinks}, the first at {min(map(abs, self.kink_steps)):.2g}."
            ]
            if self.kinks
            else []
        )

    def _headline(self):
        return self.verdict + (f" ({self.cause})" if self.cause else "")

    def _slope_table(self):
        header = ("changed", "claimed slope", "measured slope", "difference", "error bar", "")
        shown = {}
        for s in self.slopes:
            key = s.block if s.block is not None else "all"
            if key not in shown or s.relative_error > shown[key].relative_error:
                shown[key] = s
        return header, [
            (
                key or "x",
                f"{s.claimed:+.9g}",
                f"{s.line.slope:+.9g}",
                f"{s.difference:+.1e}",
                f"{s.tolerance:.1e}",
                s.verdict.replace("_", " "),
            )
            for key, s in shown.items()
        ]

    def _step_table(self):
        ratio = lambda column, i: f"{column[i - 1] / column[i]:.3f}" if i and column[i] > 0 else ""
        t, E0, E1 = self.steps.T
        return ("step", "E0", "ratio", "E1", "ratio"), [
            (f"{t[i]:.3g}", f"{E0[i]:.3e}", ratio(E0, i), f"{E1[i]:.3e}", ratio(E1, i))
            for i in range(min(len(t), PRINTED))
        ]

    def plot(self, ax=None):
        """Plot E0 and E1 against the step, both axes logarithmic, with the floor and any kinks; return the axes."""
        if ax is None:
            from matplotlib import pyplot

            ax = pyplot.subplots(layout="constrained")[1]
        t, *errors = self.steps.T
        for power, (E, marker) in enumerate(zip(errors, "os"), 1):
            guide = E[0] * (t / t[0]) ** power
            ax.loglog(t, np.maximum(E, self.floor / 100), marker + "-", label=f"E{power - 1}")
            ax.loglog(
                t,
                np.where(guide > self.floor / 100, guide, np.nan),
                "--",
                color="gray",
                linewidth=0.8,
                zorder=0,
                label="slopes 1 and 2" if power == 2 else None,
            )
        ax.axhline(self.floor, linestyle=":", color="gray", label="floor: round-off of f")
        if self.kinks:
            ax.vlines(
                np.abs(self.kink_steps),
                0,
                0.06,
                transform=ax.get_xaxis_transform(),
                color="gray",
                label="kinks",
            )
        ax.set(xlabel="step t", ylabel="error")
        ax.legend()
        return ax


def _aligned(header, rows):
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    line = lambda row: "  ".join(
        cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))
    )
    return "\n".join("  " + line(row).rstrip() for row in (header, *rows))


def _markdown(header, rows):
    body = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in body)
