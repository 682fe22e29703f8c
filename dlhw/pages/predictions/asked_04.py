"""Chapter 4: what label noise leaves, what a prefix holds, how far chance goes, steepness."""

import numpy as np

from ...datasets import RULES, load
from ...study.results import ceiling
from ..questions import Choice, Question
from ..result_tables import share


def right_about_labels():
    """Return the question how often a rule that knows most classes is right about labels."""
    right, r, l = 0.9, 0.2, 5
    found = (1 - r) * right + r / l
    return Question(
        "4-labels",
        f"**Predict.** A rule names the class of {right:.0%} of the samples rightly. Now one label"
        f" in {1 / r:.0f} is drawn anew, at random from all {l} classes. On how many of the labels"
        " is it right?",
        Choice(
            f"{found:.0%}",
            f"It keeps {1 - r:.0%} of its {right:.0%}, and hits one in {l} of the redrawn labels.",
        ),
        [
            Choice(
                f"{(1 - r) * right:.0%}",
                "So it would be if it were wrong on each redrawn label. But some of them come out"
                " as the rule says.",
            ),
            Choice(
                f"{right - r:.0%}",
                "Too much is taken off: of the redrawn labels some were wrong before, and some come"
                " out as the rule says.",
            ),
            Choice(
                f"{right:.0%}",
                "So it stays for the classes. But what you can count are labels.",
            ),
        ],
    )


def in_a_prefix():
    """Return the question how many of the first 200 columns of Peaks are of one class."""
    C = load("peaks").C_train[:, :200]
    size, classes = C.shape[1], len(C)
    most = int(C.sum(axis=1).max())
    return Question(
        "4-prefix",
        f"**Question.** `X[:, :{size}]` of Peaks, as a training set of {size} samples. How many of"
        f" its labels are those of class {C.sum(axis=1).argmax()}?",
        Choice(f"{most}", "The file is sorted by class. The others are label noise."),
        [
            Choice(
                f"{size // classes}",
                f"So it is in the mean for {size} random columns, one in {classes}.",
            ),
            Choice(f"{size}", "All their classes are the same, but some labels were redrawn."),
        ],
    )


def by_chance():
    """Return the question what the standard error of a validation accuracy is."""
    A, m = ceiling("peaks"), RULES["peaks"].sizes[1]
    return Question(
        "4-chance",
        f"**Question.** The best possible rule is right on {share(A)} of the {m:,} validation"
        " samples of Peaks. On another validation part of this size it will not be the same. What"
        " is the standard deviation of its accuracy?",
        Choice(
            f"{np.sqrt(A * (1 - A) / m):.4f}",
            "It is $\\sqrt{A (1 - A) / m}$. Differences of two or three of these are chance.",
        ),
        [
            Choice(
                f"{1 / np.sqrt(m):.4f}",
                "That is $1 / \\sqrt m$: so a single number of variance 1 would behave. A hit has"
                " the variance $A (1 - A)$.",
            ),
            Choice(
                f"{1 / m:.4f}",
                "That is one sample more or less. But every sample may be a hit or not.",
            ),
            Choice(
                f"{A * (1 - A) / m:.5f}", "That is the variance. Take its root to compare digits."
            ),
        ],
    )


def ten_times_the_features():
    """Return the question how a rate's limit follows the features: back to chapter 3."""
    X = load("peaks").X_train
    steepest, scaled = (np.linalg.eigvalsh(A @ A.T)[-1] for A in (X, 10 * X))
    fall = scaled / steepest
    return Question(
        "4-features",
        "**Question.** Least squares on the features of Peaks, without a bias. You multiply all"
        " features by 10. By what must you divide the largest learning rate that"
        " [chapter 3](03-descent.md#a-quadratic-mode-by-mode) allows?",
        Choice(
            f"{fall:.0f}", "The Hessian holds products of two features, and $\\eta < 2/\\lambda_p$."
        ),
        [
            Choice(
                f"{np.sqrt(fall):.0f}",
                "So it would be if a feature stood in the Hessian once. It is"
                " $\\tfrac2m X X^\\top$.",
            ),
            Choice(
                "1",
                "Then the limit would not depend on the samples. But they make the eigenvalues.",
            ),
            Choice(
                f"{fall * 10:.0f}",
                "So it would be if three features met in the Hessian. It is $\\tfrac2m X X^\\top$.",
            ),
        ],
    )
