"""Figures of chapter 5: all runs on the gradient flow, learning curves, straight borders."""

import dataclasses

import numpy as np

from ...datasets import peaks, peaks_grid
from ...study.registry import VARIANTS
from ...study.results import ceiling
from ...training import evaluate, softmax_regression
from ..figures import COLOURS, INK, axes, show
from ..result_tables import curves, regions, share
from .softmax_runs import NAMES, TITLES, all_settings, kept, samples, sum_of_rates

ROW_HEIGHTS = {"height_ratios": [1, 8, 8]}  # a strip for the ceiling, accuracy, loss
BATCH_COLOURS = {16: COLOURS[0], 32: COLOURS[1], 128: COLOURS[2], 256: COLOURS[3]}
CURVES = ("accuracy", "loss")
STYLES = {"sgd": "-", "momentum": "-", "nesterov": "--"}
ACCURACIES = {"peaks": (0.455, 0.585), "gmm": (0.455, 0.505)}  # where the learning curves are
FEW_EPOCHS = [*range(9), 10, 12, 15, 20, 30, 40, 50]  # every one while the curves bend, then some


def least_loss_line(ax, name, lowest, curve):
    """Draw what the least loss reaches on the validation part."""
    loss, accuracy = evaluate(softmax_regression, lowest, *samples(name)[2:])
    reached = {"loss": loss, "accuracy": accuracy}[curve]
    ax.axhline(reached, color=INK, linewidth=0.8, linestyle="--")


def ceiling_strip(ax, name):
    """Draw the best possible accuracy, as the part above a broken axis."""
    best = ceiling(name)
    ax.axhline(best, color=INK, linewidth=1)
    ax.set(ylim=(best - 0.01, best + 0.01), yticks=[best], yticklabels=[share(best)])
    ax.tick_params(axis="x", bottom=False)
    ax.spines["bottom"].set_visible(False)


def pieces(ax, left, right, low, high, **options):
    """Draw one line of many pieces, each from (left, low) to (right, high)."""
    gap = np.full(len(low), np.nan)
    x = np.stack([left, right, gap], axis=1).ravel()
    y = np.stack([low, high, gap], axis=1).ravel()
    ax.plot(x, y, **options)


def ends(ax, runs, curve, colour, half, width):
    """Draw where runs end: a mark at the sum of their rates, in the accuracy with a bar.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    runs : list of Result
    curve : {"accuracy", "loss"}
    colour : str
    half, width : float
        Half the length of a mark, as a share of the sum of the rates, and its line width.

    Examples
    --------
    >>> fig, ax = axes()
    >>> ends(ax, [], "loss", INK, 0.25, 1.3)
    """
    if not runs:
        return
    taus = np.array([sum_of_rates(run.experiment) for run in runs])
    values = np.array([run.last(f"val_{curve}") for run in runs])
    means = values.mean(axis=1)
    if curve == "accuracy":
        pieces(ax, taus, taus, values.min(axis=1), values.max(axis=1), color=colour, linewidth=1)
    style = {"color": colour, "linewidth": width, "solid_capstyle": "round"}
    pieces(ax, taus * (1 - half), taus * (1 + half), means, means, **style)


def all_on_one_curve(flows, times, lowest):
    """Return the figure of all settings at their sum of rates, on the gradient flow.

    `flows` has, for each set, validation loss and accuracy at the `times`; `lowest` the parameters
    of least loss.
    """
    runs = all_settings()
    fig, panels = axes(3, 2, size=(4.9, 4.9), sharex=True, gridspec_kw=ROW_HEIGHTS)
    for (name, title), (top, upper, lower) in zip(TITLES.items(), panels.T):
        ceiling_strip(top, name)
        top.set_title(title)
        loss, accuracy = flows[name]
        for ax, line, curve in ((upper, accuracy, "accuracy"), (lower, loss, "loss")):
            ax.semilogx(times, line, color=INK, linewidth=1)
            least_loss_line(ax, name, lowest[name], curve)
            _all_ends(ax, [run for run in runs if run.experiment.dataset == name], curve)
        lower.set_xlabel(r"sum of the rates $\tau$")
        lower.set_xticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1000"])
        lower.minorticks_off()
    _legends_of_one_curve(panels)
    return show(
        fig,
        caption=r"Every setting at its $\tau$: the mean over the seeds is a dot (SGD) or a dash "
        "(momentum, Nesterov), in the accuracy with a bar from the lowest to the highest. "
        "Dashed: least loss. At the top, above a broken axis: the best possible.",
        text="Four panels over the sum of the rates, logarithmic. All marks lie on one line in "
        "each panel, whatever their batch or rule. The loss falls and is level from about "
        "a hundred on. The accuracy rises, passes its highest point before the loss is level, and "
        "comes down a little. The ceiling lies far above.",
    )


def _all_ends(ax, runs, curve):
    for batch, colour in BATCH_COLOURS.items():
        some = [run for run in runs if run.experiment.batch == batch]
        plain = [run for run in some if run.experiment.optimizer == "sgd"]
        heavy = [run for run in some if run.experiment.optimizer != "sgd"]
        ends(ax, plain, curve, colour, 1e-3, 5)
        ends(ax, heavy, curve, colour, 0.25, 1.3)


def _legends_of_one_curve(panels):
    left, right = panels[2]
    panels[1, 0].set_ylabel("validation accuracy")
    left.set_ylabel("validation loss")
    for batch, colour in BATCH_COLOURS.items():
        left.plot([], [], "s", color=colour, label=f"batch {batch}")
    right.plot([], [], "o", color=INK, label="SGD")
    dash = {"marker": [(-2, 0), (2, 0)], "markersize": 9, "markeredgewidth": 1.3}
    right.plot([], [], color=INK, linestyle="", label="momentum", **dash)
    right.plot([], [], color=INK, linewidth=1, label="gradient flow")
    for ax in panels[2]:
        ax.legend(fontsize=7.5, loc="upper right", borderpad=0, handlelength=1)


def fewer(run):
    """Return the run with every epoch while the curves bend, then with some."""
    some = np.isin(run.history.epoch, FEW_EPOCHS)
    names = ["epoch", *(f"{part}_{curve}" for part in ("train", "val") for curve in CURVES)]
    kept_curves = {name: getattr(run.history, name)[some] for name in names}
    return run._replace(history=dataclasses.replace(run.history, **kept_curves))


def learning_curves(name, lowest):
    """Return the figure of the variants, with the original's schedule and the one it meant."""
    fig, panels = axes(3, 2, size=(4.9, 4.7), sharex="col", sharey="row", gridspec_kw=ROW_HEIGHTS)
    titles = {"compounding": "compounding", "exponential": r"$.9^{\,i}$"}
    for (schedule, title), (top, upper, lower) in zip(titles.items(), panels.T):
        ceiling_strip(top, name)
        top.set_title(title)
        for ax, curve in ((upper, "accuracy"), (lower, "loss")):
            least_loss_line(ax, name, lowest, curve)
            for rule, colour in zip(VARIANTS, COLOURS):
                _learning_curve(ax, fewer(kept(name, rule, schedule)), curve, colour)
        lower.set_xlabel("epoch")
    panels[1, 0].set(ylabel="accuracy", ylim=ACCURACIES[name])
    panels[2, 0].set_ylabel("loss")
    panels[2, 0].plot([], [], ":", color=INK, label="training")
    panels[2, 0].legend(fontsize=7.5)
    return show(
        fig,
        caption=f"{TITLES[name]}. Mean of ten seeds on the validation part, band from the lowest "
        "to the highest (in the loss thinner than the lines), dotted the training part. Nesterov "
        "lies on momentum. Dashed grey: least loss. At the top, above a broken axis: the best "
        "possible.",
        text="Two columns of panels, accuracy above and loss below, over the epochs. On the left "
        "all curves are level after about ten epochs, SGD far from the dashed line of the least "
        "loss. On the right SGD is still away from that line at the end, and momentum and Nesterov "
        "reach it.",
    )


def _learning_curve(ax, run, curve, colour):
    rule, epoch = run.experiment.optimizer, run.history.epoch
    style = {"linestyle": STYLES[rule], "linewidth": 1.3}
    if curve == "accuracy":
        curves(ax, run, "val_accuracy", NAMES[rule], colour, **style)
    else:  # the band would be thinner than the line
        loss = run.history.val_loss.mean(axis=1)
        ax.plot(epoch, loss, color=colour, label=NAMES[rule], **style)
    if rule != "nesterov":  # its training curves lie on those of momentum
        training = getattr(run.history, f"train_{curve}").mean(axis=1)
        ax.plot(epoch, training, ":", color=colour, linewidth=1.1)


def borders(rules, accuracies):
    """Return the figure of the bands of Peaks, and of where rules with straight borders put them.

    Parameters
    ----------
    rules : dict
        From title to parameters; three of them.
    accuracies : sequence of float
        Of each of these rules.

    Examples
    --------
    >>> zero = {"W": np.zeros((5, 2)), "b": np.zeros((5, 1))}
    >>> str(borders({"one": zero, "two": zero, "three": zero}, [0.2, 0.2, 0.2]))[:12]
    'Four squares'
    """
    fig, panels = axes(2, 2, size=(4.9, 4.9), sharex=True, sharey=True)
    _, thresholds, _ = peaks_grid()

    def bands(X):
        return np.digitize(peaks(*X), thresholds)

    _map(panels.flat[0], "the bands", bands)
    for ax, (title, params), value in zip(panels.flat[1:], rules.items(), accuracies):

        def answers(X, params=params):
            return softmax_regression.scores(params, X).argmax(axis=0)

        _map(ax, f"{title}: {share(value)}", answers)
    return show(
        fig,
        caption="Which class is answered where, and the accuracy on 100,000 fresh samples. Top "
        "left the true bands, in the same colours.",
        text="Four squares. The first shows curved bands with two peaks and hollows. The others "
        "are cut by straight lines into four or five cells; the rule of most hits has narrower "
        "cells at the peaks than that of least loss.",
    )


def _map(ax, title, rule):
    regions(ax, rule, limit=3, size=100)
    ax.set_title(title)
    ax.label_outer()
