"""Chapter 6: what of a gradient passes a tanh unit."""

import numpy as np

from ...layers import tanh
from ..questions import Choice, Question


def what_passes():
    """Return the question how much of a gradient passes a unit that is nearly saturated."""
    y, change = np.array(0.9), np.array(1.0)
    passes = tanh.slope_times(y, change)
    linear, twice = 1 - y, 1 - np.tanh(y) ** 2
    return Question(
        "6-passes",
        f"**Predict.** A unit answers $y = \\tanh z = {y}$. The loss sends a gradient of 1 back to"
        " $y$. How much of it arrives at $z$?",
        Choice(f"{passes:.2f}", f"The slope of $\\tanh$ is $1 - y^2$, here $1 - {y}^2$."),
        [
            Choice(f"{linear:.2f}", "That is $1 - y$: the square is missing."),
            Choice(f"{twice:.2f}", "That is $1 - \\tanh^2 y$: $\\tanh$ was applied twice."),
            Choice(f"{change:.2f}", "So it would be without the $\\tanh$: its slope is forgotten."),
        ],
    )
