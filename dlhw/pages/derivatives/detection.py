"""What tests see and what hides from them: small errors, the gallery, four hiding places."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import NamedTuple

import numpy as np

from ...datasets import load, subset
from ...derivative_tests.four_tests import gradient_test
from ...softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient
from .. import figures
from .mistakes import changed, gallery, only
from .other_tools import TOOLS, disturbed
from .right_models import Model, regression

TEST_NAMES = {
    "gradient": "gradient",
    "jacobian": "$Jv$",
    "transpose": "$J^\\top u$",
    "adjoint": "adjoint",
}
"""How the gallery calls the tests of a model."""


class Problem(NamedTuple):
    """A function f(w) of a vector, its right gradient at w, and w."""

    f: Callable
    gradient: np.ndarray
    w: np.ndarray


def remembering(f):
    """Return f with a memory: each point is computed once, however many gradients are tested.

    Examples
    --------
    >>> def f(w):
    ...     print("computed")
    ...     return float(w @ w)
    >>> remembered = remembering(f)
    >>> for _ in range(2):
    ...     print(remembered(np.array([3.0, 4.0])))
    computed
    25.0
    25.0
    """
    known = {}

    def remembered(w):
        point = w.tobytes()
        if point not in known:
            known[point] = f(w)
        return known[point]

    return remembered


def peaks_problem(seed):
    """Return softmax regression on 64 random points of Peaks, at random weights.

    Examples
    --------
    >>> peaks_problem(0).gradient.shape
    (15,)
    """
    data, rng = load("peaks"), np.random.default_rng(seed)
    X, C = subset(data.X_train, data.C_train, size=64, rng=rng)
    w = rng.standard_normal(15)

    def scores(w):
        return affine(w[:10].reshape(5, 2), w[10:].reshape(5, 1), X)

    def loss(w):
        return float(cross_entropy(scores(w), C))

    dW, db, _ = affine_vjp(w[:10].reshape(5, 2), X, cross_entropy_gradient(scores(w), C))
    return Problem(remembering(loss), np.concatenate([dW, db], axis=None), w)


def accepted(rule, problems, shape, delta):
    """Return the share of gradients, each with an error of one shape and size, that a rule accepts.

    On one problem a rule walks along the same directions, whatever the error.

    Parameters
    ----------
    rule : Rule
    problems : list of Problem
    shape : {"scaled", "one entry", "noise"}
    delta : float
        Norm of the error, relative to the gradient.

    Examples
    --------
    >>> bowl = Problem(lambda w: float(w @ w), np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    >>> [accepted(TOOLS["dlhw"], [bowl], "scaled", delta) for delta in (0.0, 0.1)]
    [1.0, 0.0]
    """
    verdicts = []
    for number, (f, gradient, w) in enumerate(problems):
        of_the_error, of_the_rule = np.random.default_rng([number, 1]).spawn(2)
        wrong = disturbed(gradient, shape, delta, of_the_error)
        verdicts.append(rule.accepts(f, wrong, w, of_the_rule))
    return float(np.mean(verdicts))


def evaluations(rule, problem):
    """Return how often a rule evaluates the function of a problem.

    Examples
    --------
    >>> bowl = Problem(lambda w: float(w @ w), np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    >>> evaluations(TOOLS["JAX"], bowl)
    2
    """
    calls = []

    def counted(w):
        calls.append(w)
        return problem.f(w)

    rule.accepts(counted, problem.gradient, problem.w, np.random.default_rng(0))
    return len(calls)


def shares(by_rule, deltas):
    """Return a table of accepted shares, a row for each rule; `deltas` are zero or powers of ten.

    Examples
    --------
    >>> shares({"dlhw": [1.0, 0.25, 0.0]}, [0.0, 1e-8, 1e-7])
    | rule | 0 | $10^{-8}$ | $10^{-7}$ |
    | --- | --- | ---: | ---: |
    | dlhw | **1** | .25 | 0 |
    """
    powers = [f"$10^{{{np.log10(delta):.0f}}}$" if delta else "0" for delta in deltas]
    rows = [[name, *map(_share, row)] for name, row in by_rule.items()]
    return figures.table(rows, ["rule", *powers])


def _share(value):
    if value == 1:
        return "**1**"
    if value == 0:
        return "0"
    return f"{value:.2f}".lstrip("0")


def rules(problem):
    """Return a list of the rules: what each asks for, its source, and what it costs on a problem.

    Examples
    --------
    >>> bowl = Problem(lambda w: float(w @ w), np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    >>> print(str(rules(bowl)).splitlines()[0][:36])
    - **Meganet** (`checkDerivative.m`):
    """
    lines = [
        f"- **{name}** ({rule.source}): {rule.rule} {evaluations(rule, problem)} evaluations."
        for name, rule in TOOLS.items()
    ]
    return figures.Piece("\n".join(lines))


class Exhibit(NamedTuple):
    """A mistake after the four tests: who passes, the others' causes, and their first sentence."""

    name: str
    why: str
    passing: list
    causes: dict
    sentence: str


def exhibits():
    """Return every mistake of the gallery, tested.

    Examples
    --------
    >>> first = exhibits()[0]
    >>> first.name, first.causes, first.passing
    ('1/m forgotten', {'scale': ['gradient']}, ['$Jv$', '$J^\\\\top u$', 'adjoint'])
    """
    return [_exhibit(mistake) for mistake in gallery()]


def _exhibit(mistake):
    passing, causes, sentence = [], {}, ""
    for test, report in mistake.model.reports().items():
        if not report.cause:
            passing.append(TEST_NAMES[test])
            continue
        causes.setdefault(report.cause, []).append(TEST_NAMES[test])
        sentence = sentence or report.message
    return Exhibit(mistake.name, mistake.why, passing, causes, sentence)


def seen(exhibits):
    """Return tables of the mistakes that some test sees, one for each reason why others pass.

    Examples
    --------
    >>> causes = {"scale": ["gradient"]}
    >>> exhibit = Exhibit("half", "The loss alone.", ["adjoint"], causes, "It is half.")
    >>> seen([exhibit])
    **The loss alone.** So adjoint passes.
    <BLANKLINE>
    | mistake | seen by | the first of them says |
    | --- | --- | --- |
    | half | [scale](#scale): gradient | It is half. |
    """
    groups = {}
    for exhibit in exhibits:
        if exhibit.causes:
            groups.setdefault((exhibit.why, tuple(exhibit.passing)), []).append(_row(exhibit))
    tables = [
        f"**{why}** {_pass(passing)}\n\n"
        + str(figures.table(rows, ["mistake", "seen by", "the first of them says"]))
        for (why, passing), rows in groups.items()
    ]
    return figures.Piece("\n\n".join(tables))


def _row(exhibit):
    by = [f"[{cause}](#{cause}): {', '.join(tests)}" for cause, tests in exhibit.causes.items()]
    return [exhibit.name, "; ".join(by), escape(exhibit.sentence)]


def _pass(tests):
    if not tests:
        return ""
    return f"So {', '.join(tests)} {'pass' if len(tests) > 1 else 'passes'}."


def unseen(exhibits):
    """Return a table of the mistakes that no test sees.

    Examples
    --------
    >>> unseen([Exhibit("the wrong loss", "Nobody knows what you meant.", ["gradient"], {}, "")])
    | mistake | why no test can see it |
    | --- | --- |
    | the wrong loss | Nobody knows what you meant. |
    """
    rows = [[exhibit.name, exhibit.why] for exhibit in exhibits if not exhibit.causes]
    return figures.table(rows, ["mistake", "why no test can see it"])


def hiding_places():
    """Return rows of (mistake, where it hides, verdict, where it shows, cause).

    Examples
    --------
    >>> hiding_places()[0]
    ['db a mean', '$m = 1$', 'pass', '$m = 16$', 'scale']
    """
    averaged = _averaged(regression())
    forgetful, at_zero = _forgetful(regression()), _forgetful(regression(zero=True))
    return [
        ["db a mean", "$m = 1$", _said(_averaged(regression(m=1))), "$m = 16$", _said(averaged)],
        ["regulariser forgotten", "$W = 0$", _said(at_zero), "$W \\ne 0$", _said(forgetful)],
        [
            "db a mean",
            "$W$ alone tested",
            _said(only(averaged, "W")),
            "$b$ tested too",
            _said(averaged),
        ],
        ["transposed", "shapes, $W$ square", "pass", "slopes, $W$ square", _said(_turned())],
    ]


def _said(model):
    report = gradient_test(model.objective, model.gradient, model.x)
    return report.cause or report.verdict


def _averaged(model):
    """The model with a mean over the samples for the gradient in b."""
    return changed(model, b=lambda g, x, u: u.mean(axis=-1, keepdims=True))


def _forgetful(model):
    """The model with weight decay in its loss and not in its gradient."""
    return replace(model, forgotten=lambda x: 0.05 * np.sum(x["W"] ** 2))


def _turned():
    """A square W, whose gradient is transposed and so of the right shape."""
    A = np.random.default_rng(7).standard_normal((4, 4))
    return Model(
        x={"W": A / 2},
        forward=lambda x: A * np.tanh(x["W"]),
        jvp=lambda x, v: A * (1 - np.tanh(x["W"]) ** 2) * v["W"],
        vjp=lambda x, u: {"W": (A * (1 - np.tanh(x["W"]) ** 2) * u).T},
        loss=np.sum,
        loss_gradient=np.ones_like,
    )
