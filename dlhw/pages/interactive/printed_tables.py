"""Tables as programs print them, right and with a mistake: examples to paste."""

import numpy as np

from .. import figures
from ..derivatives.mistakes import graded
from ..derivatives.right_models import regression

STEPS = 0.5 ** np.arange(1, 15)


def along_a_direction(model, seed=0):
    """Return E0 and E1 of a model at all steps, f there, and the claimed slope.

    Examples
    --------
    >>> E0, E1, f, claim = along_a_direction(regression())
    >>> E1.shape, bool(np.all(E1 < E0))
    ((14,), True)
    """
    rng = np.random.default_rng(seed)
    d = {name: rng.standard_normal(p.shape) for name, p in model.x.items()}
    gradient, start = model.gradient(model.x), model.objective(model.x)
    claim = float(sum(np.sum(gradient[name] * d[name]) for name in d))

    def f_at(t):
        return model.objective({name: p + t * d[name] for name, p in model.x.items()})

    f = np.array([f_at(t) for t in STEPS])
    return np.abs(f - start), np.abs(f - start - STEPS * claim), f, claim


def examples():
    """Return texts to paste, by name: three of one kind, of which one is wrong, then other formats.

    Examples
    --------
    >>> list(examples())
    ['A', 'B', 'C', 'MATLAB', 'decimal commas']
    """
    right = regression()
    sign = graded(right, lambda g, Z: -g)
    twice = graded(right, lambda g, Z: 2 * g)
    forgotten = graded(right, lambda g, Z: 16 * g)
    return {
        "A": with_ratios(right, seed=1),
        "B": with_ratios(twice, seed=2),
        "C": with_ratios(right, seed=3),
        "MATLAB": as_matlab(sign, seed=4),
        "decimal commas": with_commas(forgotten, seed=5),
    }


def with_ratios(model, seed):
    """Return a table of t, E0, E1 and their ratios."""
    E0, E1, *_ = along_a_direction(model, seed)
    lines = ["step       E0          ratio  E1          ratio"]
    for i in range(1, len(STEPS)):
        ratios = E0[i - 1] / E0[i], E1[i - 1] / E1[i]
        lines.append(
            f"{STEPS[i]:.3e}  {E0[i]:.4e}  {ratios[0]:5.2f}  {E1[i]:.4e}  {ratios[1]:5.2f}"
        )
    return "\n".join(lines)


def as_matlab(model, seed):
    """Return t, f and the claimed slope as MATLAB's `format long` prints a matrix."""
    *_, f, claim = along_a_direction(model, seed)
    lines = ["ans =", ""]
    lines += [f"   {t:.15f}   {value:.15f}  {claim:.15f}" for t, value in zip(STEPS, f)]
    return "\n".join(lines)


def with_commas(model, seed):
    """Return E0 and E1 as a spreadsheet exports them where decimals have commas."""
    E0, E1, *_ = along_a_direction(model, seed)
    lines = [f"{a:.6E};{b:.6E}".replace(".", ",") for a, b in zip(E0, E1)]
    return "\n".join(["E0;E1", *lines])


def still(judged):
    """Return each example as text with what is said of it.

    Parameters
    ----------
    judged : callable
        From a text to two sentences, a verdict and what to try next.

    Examples
    --------
    >>> print(str(still(lambda text: ("It fits.", "Go on.")))[:22])
    **A.** It fits. Go on.
    """
    parts = []
    for name, text in examples().items():
        verdict, then = judged(text)
        parts.append(f"**{name}.** {verdict} {then}\n\n```text\n{text}\n```")
    return figures.Piece("\n\n".join(parts))
