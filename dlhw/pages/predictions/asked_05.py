"""Chapter 5: what the settings are worth, what a choice of epochs adds, what no rule can reach."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from ...datasets import RULES
from ...study.results import ceiling
from ..questions import Choice, Question
from ..result_tables import share
from ..training.order_and_choice import EPOCHS_TO_SETTLE
from ..training.softmax_runs import at_a_constant_rate, kept, samples, sum_of_rates


def catching_up():
    """Return the question which change makes SGD end where momentum does."""
    mine, friends = (kept("peaks", rule, "exponential") for rule in ("sgd", "momentum"))
    same = kept("peaks", "sgd", "exponential", lr=10 * mine.experiment.lr)
    low, high, level = (share(_accuracy(run)) for run in (mine, friends, same))

    def becomes(**changed):
        total = sum_of_rates(replace(mine.experiment, **changed))
        return f"The sum of your learning rates becomes {total:.3g}; your friend's steps add up to"

    friend = f"{sum_of_rates(friends.experiment):.3g}"
    e = mine.experiment
    return Question(
        "5-catch-up",
        f"**Predict.** Peaks, {e.epochs} epochs in batches of {e.batch}, a rate of {e.lr:g} that"
        f" falls by a tenth every epoch: SGD ends at {low}, a friend's momentum with $\\beta = .9$"
        f" at {high}. What would have taken you there?",
        Choice(
            "a learning rate ten times as large",
            f"{becomes(lr=10 * e.lr)} {friend}. That run ends at {level}.",
        ),
        [
            Choice(
                "ten times as many epochs",
                f"{becomes(epochs=10 * e.epochs)} {friend}. The rate is gone before they begin.",
            ),
            Choice(
                "a batch ten times as large",
                f"{becomes(batch=10 * e.batch)} {friend}. A larger batch makes fewer steps.",
            ),
            Choice(
                "nothing: its minimum is better",
                "Then the loss would have two minima. It is convex, and has one: both of you are on"
                " the way to it.",
            ),
        ],
    )


def twice_the_batch():
    """Return the question which rate keeps an epoch the same walk when the batch is doubled."""
    m, batch, lr = 25_000, 50, Fraction(1, 10)
    found = {name: float(rate) for name, rate in _rates_for_twice(batch, lr).items()}
    steps = m // (2 * batch)

    def leads(rate):
        share_of_walk = steps * rate / (m // batch * float(lr))
        return f"{share_of_walk:.2g} times as far"

    return Question(
        "5-twice",
        f"**Question.** Batches of {batch} at $\\eta = {float(lr):g}$. You double the batch. Which"
        " rate gives the same walk in an epoch, with the same noise?",
        Choice(
            f"{found['same ratio']:.2g}",
            f"$\\eta / B$ is the same: {steps} steps of twice the length.",
        ),
        [
            Choice(
                f"{found['root']:.3f}",
                "The gradient's error falls by $\\sqrt 2$, but the steps are half as many: an epoch"
                f" would lead {leads(found['root'])}.",
            ),
            Choice(
                f"{found['same']:.2g}",
                "A batch's gradient is the same on average, but the steps are half as many: an"
                f" epoch would lead {leads(found['same'])}.",
            ),
            Choice(
                f"{found['of a sum']:.2g}",
                "So it would be if the loss were the *sum* over a batch. It is the mean: an epoch"
                f" would lead {leads(found['of a sum'])}.",
            ),
        ],
    )


def luck_of_the_best_epoch():
    """Return the question by how much the best epoch is above the last."""
    run = at_a_constant_rate()
    curve, M = run.history.val_accuracy, samples("peaks").X_val.shape[-1]
    last, best = curve[-1].mean(), curve.max(axis=0).mean()
    over_seeds = curve[-1].std(ddof=1)
    moves = curve[EPOCHS_TO_SETTLE:].std(axis=0, ddof=1).mean()
    of_a_sample = np.sqrt(last * (1 - last) / M)
    return Question(
        "5-best-epoch",
        f"**Question.** SGD on Peaks at a constant rate of {run.experiment.lr:g}. In the last of"
        f" {run.experiment.epochs} epochs it is right on {share(last)} of {M:,} validation"
        " samples, the mean of ten seeds. By how much is it better if you report each seed's best"
        " epoch instead?",
        Choice(
            share(best - last),
            f"From one epoch to the next it moves by ± {share(moves)}, and you took the luckiest.",
        ),
        [
            Choice(
                share(of_a_sample),
                "That is the standard error of a validation part of this size, for one epoch. You"
                f" took the best of {run.experiment.epochs}.",
            ),
            Choice(
                share(over_seeds / np.sqrt(curve.shape[1])),
                "That is the standard error of the mean over seeds: chance that averages out."
                " A maximum does not average.",
            ),
            Choice(
                "nothing",
                "So it would be if the run had settled. At a constant rate it never does.",
            ),
        ],
    )


def out_of_reach():
    """Return the question how many of the misses on GMM no rule can avoid: back to chapter 4."""
    misses = 1 - _accuracy(kept("gmm", "momentum", "exponential"))
    unavoidable, rule = 1 - ceiling("gmm"), RULES["gmm"]
    changed = rule.redrawn * (1 - 1 / rule.classes)
    return Question(
        "5-out-of-reach",
        f"**Question.** Softmax regression misses {share(misses)} of the validation samples of"
        " GMM. The best rule of [chapter 4](04-data.md#the-best-rule) knows the densities. What"
        " share does that one miss?",
        Choice(
            share(unavoidable),
            f"Redrawn labels and overlap, no more. The other {share(misses - unavoidable)} are what"
            " straight borders and this loss leave.",
        ),
        [
            Choice(share(0), "So it would be without label noise, and if no Gaussians overlapped."),
            Choice(
                share(changed),
                "So many labels were changed. But some of the Gaussians overlap as well.",
            ),
            Choice(
                share(misses),
                "Then straight borders would be the best there is. Other borders do far better.",
            ),
        ],
    )


def _accuracy(run):
    return run.last("val_accuracy").mean()


def _rates_for_twice(batch, lr):
    """Return what people set when they double a batch, and why."""
    return {
        "same ratio": lr / batch * (2 * batch),
        "root": float(lr) * np.sqrt(2),
        "same": lr,
        "of a sum": lr * batch / (2 * batch),
    }
