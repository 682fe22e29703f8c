"""Figures of derivatives: their shapes, the two errors of a test, and gradients going back."""

import numpy as np

from ...arrays import inner, map_arrays
from ...derivative_tests.slopes import convergence
from .. import figures

SMALLEST_ERROR = 1e-17
"""Where an error of zero is drawn: a logarithmic axis has no place for it."""

SMALLEST_NORM = 1e-60
"""Norms below it are not drawn: they would press the other curves together."""

LABELS = 5
"""Of a logarithmic axis, at most: each is set as a formula, which takes most of a figure's time."""


def jacobian_of_a_product(X, outputs):
    """Return a figure of the Jacobian of Z = W X in W, for both orders of stringing out an array.

    Parameters
    ----------
    X : ndarray
        Positive samples, shape (n, m).
    outputs : int
        Rows of W.

    Examples
    --------
    >>> str(jacobian_of_a_product(np.ones((3, 4)), outputs=2))[:32]
    'Two grids of 8 rows and 6 column'
    """
    fig, (left, right) = figures.axes(1, 2, size=(4.9, 3.3))
    _pattern(left, X, outputs, "C", "rows strung together")
    _pattern(right, X, outputs, "F", "columns stacked (vec)")
    n, m = X.shape
    left.set_ylabel(f"{outputs * m} outputs")
    return figures.show(
        fig,
        caption="The Jacobian of $Z = W X$ in $W$, a mark for each entry that is not zero: squares "
        "belong to the first output of each sample, diamonds to the second. Both pictures show the "
        "same numbers: every entry of $X$, $l$ times over. All the rest is zeros.",
        text=f"Two grids of {outputs * m} rows and {outputs * n} columns. On the left two full "
        "blocks on the diagonal, one an output. On the right the same entries, spread out like "
        "the fields of a chessboard. In both, half of the grid is empty.",
    )


def jacobian(X, outputs, order):
    """Return the Jacobian of Z = W X in W for arrays strung out in the order "C" or "F".

    Examples
    --------
    >>> jacobian(np.array([[2.0], [3.0]]), outputs=2, order="C")
    array([[2., 3., 0., 0.],
           [0., 0., 2., 3.]])
    """
    units = np.eye(outputs * len(X))
    changes = [unit.reshape((outputs, len(X)), order=order) @ X for unit in units]
    return np.stack([change.ravel(order=order) for change in changes], axis=1)


def _pattern(ax, X, outputs, order, title):
    J = jacobian(X, outputs, order)
    rows, columns = J.shape
    owner = np.arange(rows).reshape((outputs, -1), order=order)
    for i in range(outputs):
        own, of = np.nonzero(J * np.isin(np.arange(rows), owner[i])[:, None])
        ax.scatter(of, own, s=240 * J[own, of] ** 2, marker="sD"[i], color=figures.COLOURS[i])
    ax.set(title=title, xlabel=f"{columns} weights", xticks=[], yticks=[], aspect="equal")
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    ax.hlines(np.arange(0.5, rows - 1), -0.5, columns - 0.5, color=figures.INK, linewidth=0.3)
    ax.vlines(np.arange(0.5, columns - 1), -0.5, rows - 0.5, color=figures.INK, linewidth=0.3)


def clouds(by_gradient):
    """Return a figure of foretold and true changes, a panel for each gradient.

    Parameters
    ----------
    by_gradient : dict
        Title -> dict from step to points, shape (2, count): foretold and true changes per step.
        The first is of the right gradient; the smallest step comes last.

    Examples
    --------
    >>> points = {0.1: np.array([[1.0, 2.0], [1.1, 2.2]])}
    >>> str(clouds({"right": points, "wrong": points}))[:24]
    'Two clouds of dots aroun'
    """
    fig, panels = figures.axes(1, 2, size=(4.9, 3.1), sharex=True, sharey=True)
    for ax, (title, by_step) in zip(panels, by_gradient.items()):
        ax.axline((0, 0), slope=1, color=figures.INK, linewidth=0.8)
        for (t, points), colour, marker in zip(
            by_step.items(), figures.COLOURS[1:], figures.MARKERS
        ):
            ax.plot(*points, marker, color=colour, markersize=2.2, rasterized=True)
            ax.plot([], [], marker, color=colour, markersize=2.2, label=f"t = {t:g}")
        ax.set(title=title, xlabel="foretold, ⟨G, d⟩", aspect="equal")
    smallest_step = list(by_gradient.values())[0][t]
    span = 1.1 * np.abs(smallest_step).max()
    panels[0].set(ylabel="true change / t", xlim=(-span, span), ylim=(-span, span))
    fig.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside upper center",
        ncols=3,
        handletextpad=0,
        markerscale=2,
    )
    return figures.show(
        fig,
        caption="Each dot is a random direction. With smaller steps the dots of a right gradient "
        "fall onto the diagonal. Those of a wrong one come to rest beside it, and no smaller step "
        "helps.",
        text="Two clouds of dots around a diagonal. On the left the cloud shrinks onto the "
        "diagonal as t falls. On the right the dots for the smallest t remain "
        "scattered about the diagonal.",
    )


def simplex(paths):
    """Return a figure of predictions for three classes, each with its arrow p - c from the label.

    Parameters
    ----------
    paths : sequence of ndarray
        Probabilities along descent, shape (3, steps) each; the first column is the prediction.

    Examples
    --------
    >>> str(simplex([np.array([[0.2, 0.6], [0.5, 0.3], [0.3, 0.1]])]))[:48]
    'A triangle whose corners are the three classes. '
    """
    corners = np.array([[0.0, 1.0, 0.5], [0.0, 0.0, 0.75**0.5]])
    fig, ax = figures.axes(size=(4.2, 3.5))
    ax.fill(*corners, facecolor="none", edgecolor=figures.INK, linewidth=1)
    for path, colour in zip(paths, figures.COLOURS):
        points = corners @ path
        ax.plot(*points, ".", color=colour, markersize=3.5)
        ax.plot(*points[:, :1], "o", color=colour, markersize=7)
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.4}
        ax.annotate("", points[:, 0], corners[:, 0], arrowprops=arrow)
    names = ["class 0, the label", "class 1", "class 2"]
    for name, corner, lift in zip(names, corners.T, [-12, -12, 6]):
        ax.annotate(
            name, corner, xytext=(0, lift), textcoords="offset points", ha="center", fontsize=9
        )
    ax.set_aspect("equal")
    ax.axis("off")
    return figures.show(
        fig,
        caption="Three predictions (large dots) and their arrows $p - c$. Small dots: the same "
        "predictions after gradient steps on the scores.",
        text="A triangle whose corners are the three classes. From the corner of class 0 an arrow "
        "runs to each of three predictions; from each prediction a curve of dots runs back to the "
        "corner, slower and slower.",
    )


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
    ax.minorticks_off()
    ax.locator_params(numticks=LABELS)
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
    ax.minorticks_off()
    ax.yaxis.get_major_locator().set_params(numticks=LABELS)
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
