"""Chapter 11: which rule does best from 200 samples, and what labels and columns allow."""

import numpy as np

from ...datasets import RULES, load, subset
from ...study.experiment import stream
from ..networks.few_samples import nearest_sample, originals, parameters, size_of
from ..questions import Choice, Question
from ..result_tables import share, signed

SUBSETS = 5


def what_does_best():
    """Return the prediction: three networks beside a rule that looks up the nearest sample."""
    rules = {"the nearest sample's label": (_looked_up(), "Then training would be worth it.")}
    runs = originals()
    for depth in (2, 3, 4):
        run = runs[depth, 0.01]
        title = f"{size_of(run.experiment)}, {parameters(run)} parameters"
        why = "Then a network would find out by itself that near means alike."
        rules[title] = run.last("val_accuracy").mean(), why
    best = max(rules, key=lambda title: rules[title][0])
    wrong = [Choice(t, f"{why} It has {share(a)}.") for t, (a, why) in rules.items() if t != best]
    return Question(
        "11-best",
        "**Predict.** From 200 random samples of GMM you train the original's networks of 2, 3 and"
        " 4 layers (layers/width). Beside them stands a rule that repeats the label of the nearest"
        " of the 200. Which has most new samples right?",
        Choice(best, f"It has {share(rules[best][0])}."),
        wrong,
    )


def _looked_up():
    data, right = load("gmm"), []
    for s in range(SUBSETS):
        X, C = subset(data.X_train, data.C_train, size=200, rng=stream("subset", s))
        said = nearest_sample(X, C, data.X_val)
        right.append(np.mean(said == data.C_val.argmax(axis=0)))
    return np.mean(right)


def what_a_perfect_fit_is():
    """Return the question how many labels a rule that knows the classes has right."""
    rule = RULES["gmm"]
    q = rule.redrawn * (1 - 1 / rule.classes)
    return Question(
        "11-fit",
        f"**Question.** {rule.redrawn:.0%} of the labels were redrawn, evenly among"
        f" {rule.classes} classes. Which training accuracy has a rule that knows every class, on"
        " average?",
        Choice(
            f"{1 - q:.3f}", "A redrawn label may be the old one. More than this is learnt by heart."
        ),
        [
            Choice(f"{1:.3f}", "Then every wrong label would have been learnt by heart."),
            Choice(
                f"{1 - rule.redrawn:.3f}", "So it would be if no redrawn label were the old one."
            ),
        ],
    )


def what_the_first_columns_teach():
    """Return the question how a network does that has seen the first 200 columns alone."""
    C_val, run = load("gmm").C_val, originals()[2, 0.01]
    one_class, random = C_val[0].mean(), run.last("val_accuracy").mean()
    fitted = run.last("train_accuracy").mean()
    return Question(
        "11-first",
        "**Question.** You train on `X[:, :200]` of the file. About how much of the validation part"
        " does the network get right?",
        Choice(f"{one_class:.2f}", "The file is sorted: it has seen one class, and says that one."),
        [
            Choice(f"{random:.2f}", "So it is for 200 samples at random."),
            Choice(f"{fitted:.2f}", "That is a training accuracy, from 200 samples at random."),
        ],
    )


def the_rate_once_more():
    """Return the question that brings back chapter 10: ten times the rate, from 200 samples."""
    runs = originals()
    gain = {}
    for depth in (2, 4):
        slow, fast = (runs[depth, lr].last("val_accuracy").mean() for lr in (0.01, 0.1))
        gain[depth] = fast - slow
    return Question(
        "11-rate",
        "**Question.** In chapter 10 you predicted what gains most from all samples: ten times the"
        " rate. Take 4/10, on 200 samples each, from the rate .01 to .1. What does it gain?",
        Choice(
            signed(gain[4]),
            "From this start .1 is too much for four layers: more is not always better.",
        ),
        [
            Choice(signed(gain[2]), "So it is for two layers of width 100."),
            Choice(signed(0), "Then 300 epochs would have been enough at either rate."),
        ],
    )
