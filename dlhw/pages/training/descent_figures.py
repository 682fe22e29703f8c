"""The figures of chapter 3: what a step removes, a fit of a line, losses, paths and clouds."""

import numpy as np

from ...optimizers import sgd
from .. import figures

STYLES = ["-", "--", "-."]
ROUND_OFF = 1e-16  # of a loss: what is below says nothing
FASTEST = 1e-9  # a mode that does not converge is drawn at the bottom of the picture


def modes(beta, limits):
    """Return the values of learning rate times eigenvalue at which curves are drawn: all bends too.

    Parameters
    ----------
    beta : float
    limits : iterable of float
        Where the rules stop converging.

    Examples
    --------
    >>> x = modes(0.9, [2.0])
    >>> bool(np.all(np.diff(x) >= 0)), float(x.max()), 2.0 in x
    (True, 4.5, True)
    """
    root = beta**0.5
    borders = [(1 - root) ** 2, (1 + root) ** 2, ((1 - beta) / (1 + beta)) ** 2, 1]
    drops = [share * limit for limit in limits for share in (0.999, 1)]
    return np.sort([*np.geomspace(1e-4, 4.5, 60), *borders, *drops])


def removed_of_a_mode(x, curves):
    """Draw the share of a mode that a step removes.

    Parameters
    ----------
    x : sequence of float
        Learning rate times eigenvalue.
    curves : dict
        Title of a rule -> the shares, one for each x.

    Examples
    --------
    >>> picture = removed_of_a_mode([0.1, 1.0, 3.0], {"gradient descent": [0.1, 1.0, -1.0]})
    >>> "gradient descent" in picture.markdown
    True
    """
    fig, ax = figures.axes()
    for (title, shares), style in zip(curves.items(), STYLES):
        ax.loglog(x, np.maximum(shares, FASTEST), style, label=title)
    ax.set(ylim=(5e-5, 1.5))
    ax.set(xlabel="learning rate times eigenvalue", ylabel="share of the error removed a step")
    ax.grid(True)
    ax.minorticks_off()
    ax.legend(loc="upper left")
    return figures.show(
        fig,
        caption="What a step removes of a mode, $1 - \\rho$, at $\\beta = .9$. On the left, in the "
        "flat modes, a velocity is ten times faster. On the right each curve drops to nothing "
        "where its mode stops converging.",
        text="Three curves over the learning rate times the eigenvalue, both axes logarithmic. "
        "Gradient descent rises with slope one up to 1 and drops at 2. Momentum and Nesterov rise "
        "ten times higher up to a kink; from there momentum is level and drops last of all, "
        "Nesterov rises to 1 and drops first.",
    )


def removed_by_condition(titles, kappas, lines, results):
    """Draw the share of the error that a step removes, over the condition number.

    Parameters
    ----------
    titles : dict
        Rule -> title.
    kappas : sequence of float
        Where the lines have their points.
    lines : dict
        Rule -> shares derived at each of these: with the best settings, with fixed ones.
    results : pair of dict
        (rule, condition number) -> share derived, share measured: for both settings.

    Examples
    --------
    >>> lines, measured = {sgd: ([0.2, 0.02], [0.1, 0.01])}, {(sgd, 10): (0.2, 0.19)}
    >>> picture = removed_by_condition({sgd: "SGD"}, [10, 100], lines, (measured, measured))
    >>> "fixed settings" in picture.markdown
    True
    """
    fig, ax = figures.axes(size=(4.9, 3.6))
    for (rule, title), colour, marker in zip(titles.items(), figures.COLOURS, figures.MARKERS):
        best, fixed = lines[rule]
        ax.loglog(kappas, best, color=colour, label=title)
        ax.loglog(kappas, fixed, "--", color=colour)
        for found, face in zip(results, (colour, "none")):
            marks = [(kappa, share) for (of, kappa), (_, share) in found.items() if of is rule]
            ax.loglog(*zip(*marks), marker, color=colour, markerfacecolor=face)
    ax.plot([], [], color=figures.INK, label="best settings")
    ax.plot([], [], "--", color=figures.INK, label="fixed settings")
    ax.set(xlabel="condition number", ylabel="share of the error removed a step")
    ax.grid(True)
    ax.minorticks_off()
    ax.legend(loc="lower left")
    return figures.show(
        fig,
        caption="Derived (lines) and measured (marks; hollow for the fixed settings).",
        text="The share of the error that a step removes over the condition number, both axes "
        "logarithmic. Gradient descent falls with slope minus one, tuned momentum and Nesterov "
        "with slope minus one half, momentum above. With fixed settings momentum and Nesterov "
        "are level at first and then fall with slope minus one, ten times above gradient descent. "
        "All marks lie on their lines.",
    )


def line_fit(x, y, a, b):
    """Draw samples of a line, and the line a x + b that gradient descent has found.

    Examples
    --------
    >>> line_fit(np.array([1.0, 2.0]), np.array([1.1, 1.9]), 0.8, 0.3)
    Dots along the diagonal from 1 to 49, and a straight line through them.
    """
    fig, ax = figures.axes()
    ax.plot(x, y, figures.MARKERS[0], markersize=3, rasterized=True, label="noisy line")
    ax.plot(x, a * x + b, label="fit after 50,000 steps")
    ax.set(xlabel="$x$", ylabel="$y$")
    ax.legend()
    return figures.show(
        fig,
        caption="The first trial: the samples, and the line that gradient descent has found.",
        text="Dots along the diagonal from 1 to 49, and a straight line through them.",
    )


def early_and_late_losses(early, late, least, steps):
    """Draw the mean loss of several trials: the first steps, and then what is above the minimum.

    Parameters
    ----------
    early, late : dict
        Title of a rule -> a `History`: evaluated after each step, and after every so many.
    least : float
        The minimum of the mean loss.
    steps : int
        Steps in an epoch of `late`.

    Examples
    --------
    >>> from dlhw.training import least_squares, train
    >>> x, start = np.ones((2, 1, 3)), {"W": np.zeros((2, 1, 1)), "b": np.zeros((2, 1, 1))}
    >>> run = train(least_squares, start, (x, x), epochs=2, lr=0.1, batch=None)
    >>> picture = early_and_late_losses({"descent": run}, {"descent": run}, least=0.0, steps=1)
    >>> "loss above its minimum" in picture.markdown
    True
    """
    fig, (left, right) = figures.axes(1, 2, size=(6.9, 3.0))
    for title, style in zip(early, STYLES):
        left.semilogy(early[title].epoch, _mean_loss(early[title]), style, label=title)
        k = np.unique(np.geomspace(1, late[title].epoch[-1], 60).astype(int))
        above = np.maximum(_mean_loss(late[title])[k] - least, ROUND_OFF)
        right.loglog(steps * late[title].epoch[k], above, style)
    left.set(xlabel="step", ylabel="loss")
    right.set(xlabel="step", ylabel="loss above its minimum", yticks=[1e2, 1e-4, 1e-10, 1e-16])
    left.legend()
    for ax in (left, right):
        ax.grid(axis="y")
        ax.minorticks_off()
    return figures.show(
        fig,
        caption="Mean loss of the ten trials. Left, what the original shows: the first 100 steps. "
        "Right, all of them, and only what is left to gain; $10^{-16}$ is round-off.",
        text="Left: the loss of gradient descent falls at once and stays; the two others fall and "
        "swing. Right: the loss above its minimum on logarithmic axes. Gradient descent falls "
        "slowly to about a hundredth, momentum and Nesterov together down to round-off.",
    )


def _mean_loss(history):
    return history.train_loss.mean(axis=1)


def paths_to_the_mean(y, rng, steps=70, batch=4):
    """Return w after each step on the way from 5 to the mean of y, for three learning rates.

    Examples
    --------
    >>> paths = paths_to_the_mean(np.zeros(10), np.random.default_rng(0), steps=2)
    >>> paths[0.5]
    [5.0, 2.5, 1.25]
    """

    def gradient_of_a_batch(w):
        return w - y[rng.integers(len(y), size=batch)].mean()

    paths = {0.5: [5.0], 0.1: [5.0], 0.02: [5.0]}
    for lr, path in paths.items():
        for _ in range(steps):
            w, _ = sgd(gradient_of_a_batch, path[-1], 0.0, lr)
            path.append(float(w))
    return paths


def paths_and_clouds(paths, centre, lrs, formulas, rates, measured):
    """Draw runs with batches on their way to the minimum, and how far they keep wandering there.

    Parameters
    ----------
    paths : dict
        Learning rate -> w after each step.
    centre : float
        Where the loss is least.
    lrs, rates : sequence of float
        Learning rates of the formulas, and of the measurements.
    formulas, measured : dict
        (title of a rule, batch size) -> variances.

    Examples
    --------
    >>> formulas, measured = {("SGD", 4): [0.1, 1]}, {("SGD", 4): [0.5]}
    >>> picture = paths_and_clouds({0.5: [5, 2, 1]}, 0.0, [0.1, 1], formulas, [0.5], measured)
    >>> "batch 4" in picture.markdown
    True
    """
    fig, (left, right) = figures.axes(1, 2, size=(6.9, 3.2))
    for (lr, path), colour, style in zip(paths.items(), figures.COLOURS[3:], STYLES):
        left.plot(path, style, color=colour, linewidth=1.2, label=f"$\\eta = {lr}$")
    left.axhline(centre, color=figures.INK, linewidth=0.8)
    left.set(xlabel="step", ylabel="$w$")
    left.legend()
    _clouds(right, lrs, formulas, rates, measured)
    return figures.show(
        fig,
        caption="Left: three learning rates with batches of 4, on the way from 5 to the mean of "
        "the numbers. Right: how far $w$ keeps wandering; formulas (lines) and 300 chains each "
        "(marks).",
        text="Left: three paths. The one with the largest learning rate arrives first and wanders "
        "most, the one with the smallest is smooth and slow. Right: the variance grows in "
        "proportion to the learning rate and falls with the batch; momentum lies a factor of ten "
        "above SGD. Marks lie on the lines.",
    )


def _clouds(ax, lrs, formulas, rates, measured):
    titles, batches = (list(dict.fromkeys(part)) for part in zip(*formulas))
    for title, batch in formulas:
        colour = figures.COLOURS[titles.index(title)]
        marker = figures.MARKERS[batches.index(batch)]
        ax.loglog(lrs, formulas[title, batch], color=colour, linewidth=1)
        ax.loglog(rates, measured[title, batch], marker, color=colour)
    for batch, marker in zip(batches, figures.MARKERS):
        ax.plot([], [], marker, color=figures.INK, label=f"batch {batch}")
    for title, colour in zip(titles, figures.COLOURS):
        ax.plot([], [], color=colour, label=title)
    ax.set(xlabel="learning rate", ylabel="variance of $w$ in the end")
    ax.legend(fontsize=7.5)
    ax.grid(axis="y")
    ax.minorticks_off()
