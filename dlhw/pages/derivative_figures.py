"""Figures of derivatives: the two errors of a test, and the size of a gradient on its way back."""

import numpy as np

from ..arrays import inner, map_arrays
from ..derivative_tests.slopes import convergence
from . import figures

SMALLEST_ERROR = 1e-17
"""Where an error of zero is drawn: a logarithmic axis has no place for it."""

SMALLEST_NORM = 1e-60
"""Norms below it are not drawn: they would press the other curves together."""


def errors(report, caption, text):
    """Return the errors E0 and E1 of a report as a figure.

    Examples
    --------
    >>> from dlhw import gradient_test
    >>> report = gradient_test(np.exp, np.exp, np.array(0.5))
    >>> errors(report, caption="Both errors.", text="Two lines that fall.")
    Two lines that fall.
    """
    fig, ax = figures.axes()
    report.plot(ax)
    return figures.show(fig, caption=caption, text=text)


def two_errors(loss, gradient, params, rng):
    """Return a figure of E0 and E1: what they are, and how they fall for two gradients.

    Parameters
    ----------
    loss, gradient : callable
        params -> float, and params -> nested like params.
    params : dict of arrays
    rng : numpy.random.Generator
        Draws the direction.

    Examples
    --------
    >>> def loss(p):
    ...     return np.sum(np.exp(p["w"]))
    >>> def gradient(p):
    ...     return {"w": np.exp(p["w"])}
    >>> str(two_errors(loss, gradient, {"w": np.zeros(3)}, np.random.default_rng(0)))[:33]
    'Above, a curve with its tangent a'
    """
    fig, (top, bottom) = figures.axes(2, 1, size=(4.9, 6.2))
    _tangent(top)
    direction = map_arrays(lambda p: rng.standard_normal(p.shape), params)
    _falling(bottom, loss, gradient(params), params, direction)
    return figures.show(
        fig,
        caption="Above: $E_0$ is the distance to the level, $E_1$ the distance to the tangent. "
        "Below: the same two for the softmax loss. The right gradient's $E_1$ falls with slope 2 "
        "down to the floor; that of a gradient 0.1 % too large bends off to slope 1.",
        text="Above, a curve with its tangent at zero and two arrows at t: E0 from the level of "
        "f(x) up to the curve, E1 from the tangent to the curve. Below, three lines on logarithmic "
        "axes: E0 with slope 1, E1 of the right gradient with slope 2 down to a dotted floor, E1 "
        "of the wrong gradient first with slope 2, then slope 1.",
    )


def _tangent(ax):
    level, slope = 0.35, 0.5
    t = np.linspace(-0.2, 1.1, 30)
    ax.plot(t, level + slope * t + 0.6 * t**2, label="$\\varphi(t)$")
    ax.axline(
        (0, level),
        slope=slope,
        linestyle="--",
        color=figures.COLOURS[1],
        label="tangent, slope $s$",
    )
    ax.axhline(level, color=figures.INK, linewidth=0.8)
    _arrow(ax, 0.8, level, level + slope * 0.8 + 0.6 * 0.8**2, "$E_0$", aside=-0.1)
    _arrow(
        ax, 0.84, level + slope * 0.84, level + slope * 0.84 + 0.6 * 0.84**2, "$E_1$", aside=0.03
    )
    ax.set(xlabel="$t$", ylim=(0.1, 1.5))
    ax.set_xticks([0, 0.82], ["0", "$t$"])
    ax.set_yticks([level], ["$f(x)$"])
    ax.legend(loc="upper left")


def _arrow(ax, at, low, high, name, aside):
    arrow = figures.mpl.patches.FancyArrowPatch(
        (at, low), (at, high), arrowstyle="<->", mutation_scale=8, color=figures.INK
    )
    ax.add_patch(arrow)
    ax.text(at + aside, (low + high) / 2, name)


def _falling(ax, loss, gradient, params, direction):
    def rise(t):
        return loss(map_arrays(lambda p, d: p + t * d, params, direction)) - loss(params)

    slope = inner(gradient, direction)
    for claimed, label, style in [
        (slope, "$E_1$, right", "-"),
        (1.001 * slope, "$E_1$, 0.1 % off", "--"),
    ]:
        steps, E0, E1 = convergence(rise, claimed, 0.5, 0.0, rows=30).T
        ax.loglog(steps, np.maximum(E1, SMALLEST_ERROR), style, label=label)
    ax.loglog(steps, E0, "-.", label="$E_0$")
    floor = 4 * np.finfo(float).eps * abs(loss(params))
    ax.axhline(floor, linestyle=":", color=figures.INK, label="floor")
    ax.set(xlabel="step $t$", ylim=(SMALLEST_ERROR, 10))
    ax.set(xticks=[1e-8, 1e-4, 1], yticks=[1e-16, 1e-8, 1])
    ax.minorticks_off()
    ax.legend()


def norms_going_back(start, curves):
    """Return a figure of the norm of a gradient over the layers that it has passed.

    Parameters
    ----------
    start : str
        How the weights were drawn.
    curves : dict
        Kind of layer -> norms relative to the top, shape (layers + 1, networks).

    Examples
    --------
    >>> norms_going_back("Xavier", {"tanh layer": 0.9 ** np.array([[0, 0], [1, 1], [2, 2]])})
    Curves over the number of layers gone back, for weights Xavier: tanh layer.
    """
    fig, ax = figures.axes()
    for (kind, norms), colour, style in zip(curves.items(), figures.COLOURS, ["-", "--", ":"]):
        shown = np.where(norms > SMALLEST_NORM, norms, np.nan)
        low, middle, high = np.percentile(shown, [25, 50, 75], axis=1)
        ax.plot(middle, style, color=colour, label=kind)
        ax.fill_between(range(len(norms)), low, high, color=colour, alpha=0.2)
    ax.set(yscale="log", xlabel="layers gone back", ylabel="norm of the gradient")
    ax.grid(True)
    ax.legend()
    networks = norms.shape[1]
    return figures.show(
        fig,
        caption=f"Norm of the gradient, relative to the top; weights {start}. "
        f"Line: median of {networks} networks; band: their quartiles.",
        text=f"Curves over the number of layers gone back, for weights {start}: "
        f"{', '.join(curves)}.",
    )
