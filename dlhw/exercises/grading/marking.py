"""One submission asked the questions of a spec, and what it earns.

Feedback says where to look and for which kind of mistake, never the repair.
"""

from difflib import get_close_matches
from functools import partial
from inspect import signature
from operator import attrgetter
from traceback import extract_tb
from typing import NamedTuple

import numpy as np

from ...derivative_tests.calling import Stop, call, real, scalar
from ...derivative_tests.four_tests import gradient_test, jacobian_test, jacobian_transpose_test
from ...derivative_tests.report import LOOK_FOR
from .adapting import Adapted, other_shape, part_of
from .layouts import packed, restored
from .spec import DERIVATIVES, draw

SUBMISSION = "submission.py"
"""The name under which a submission runs."""

ENDED = "It ended the program: look for exit(), os._exit() or a crash."

MISTAKEN = (TypeError, KeyError, IndexError, AttributeError)
"""What Python says of a dict that is taken for a list, or the like."""

CLOSE = 1e-6
"""Values that differ by this, relatively, are the same: a guard of 1e-8 in a logarithm is let
through, a sum over one sample more is not."""


class Verdict(NamedTuple):
    """What a submission earned with a question, of how many points, and what to look at."""

    question: str
    points: float
    of: float
    hint: str = ""


class Trial(NamedTuple):
    """What came of a function called in one layout: "" where it is right, else a cause."""

    layout: tuple
    cause: str
    message: str = ""
    reached: tuple = ()


class Examination:
    """A submission under examination.

    Parameters
    ----------
    spec : Spec
    submission : module
        Or whatever has the functions as attributes.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from dlhw.exercises.grading.spec import Question, Spec
    >>> question = Question("size", "number", "size", 2, range=[1, 3], low="Look for more.")
    >>> spec = Spec("demo", [question])
    >>> Examination(spec, SimpleNamespace(size=2)).verdict(question)
    Verdict(question='size', points=2, of=2, hint='')
    >>> Examination(spec, SimpleNamespace(size=0)).verdict(question).hint
    'size: It is 0. Look for more.'
    """

    def __init__(self, spec, submission):
        self.spec, self.submission = spec, submission
        self.points = [draw(spec, seed) for seed in spec.seeds]
        self.tried = {}

    def verdict(self, question):
        """Return what the submission earns with a question."""
        try:
            hint = self._hint(question)
        except Stop as stop:
            hint = stop.message
        if not hint:
            return Verdict(question.name, question.points, question.points)
        if not hint.startswith(question.function):
            hint = f"{question.function}: {hint}"
        return Verdict(question.name, 0, question.points, hint)

    def fitting(self, question):
        """Return the trials of the layouts that come nearest to the values of a question."""
        if question.name not in self.tried:
            trials = [self._trial(question, layout) for layout in self.layouts(question)]
            self.tried[question.name] = _nearest(trials)
        return self.tried[question.name]

    def layouts(self, question):
        """Return the layouts that differ for a question's arguments."""
        shapes = [self.points[0][name].shape for name in question.arguments]
        some_flat = any(1 in shape for shape in shapes)
        return [layout for layout in self.spec.layouts(question) if some_flat or not layout.flat]

    def returned(self, question, layout, inputs):
        """Return what a question's function returns for some inputs, as it is."""
        arguments = packed(layout, inputs, question.arguments, question.parameters)
        result = self._function(question)(*arguments)
        return part_of(question, result)

    def _function(self, question):
        name = question.function
        if hasattr(self.submission, name):
            return getattr(self.submission, name)
        near = get_close_matches(name, dir(self.submission), n=1)
        asked = f': is it "{near[0]}"?' if near else "."
        raise Stop("raises", f"There is nothing of this name{asked}")

    def _hint(self, question):
        if question.kind in DERIVATIVES:
            return self._derivative_hint(question)
        if question.kind == "number":
            return self._number_hint(question)
        trial = self.fitting(question)[0]
        if trial.cause == "":
            return ""
        return _hint(trial.cause, trial.message)

    def _trial(self, question, layout):
        """Compare with the numbers of the spec, at the points of all seeds."""
        function = self._function(question)
        arguments = packed(layout, self.points[0], question.arguments, question.parameters)
        if not _takes(function, len(arguments)):
            message = _count(function, len(arguments))
            return Trial(layout, "raises", message, ([], False))
        found = []
        try:
            for inputs, value in zip(self.points, question.values):
                asked = partial(self.returned, question, layout)
                found.append(call(asked, question.function, partial(_like, layout, value), inputs))
        except Stop as stop:
            return _failed(layout, stop)
        expected = np.concatenate([np.ravel(value) for value in question.values])
        close = max(CLOSE, question.tolerance)
        return Trial(layout, difference(np.concatenate(found), expected, close))

    def _number_hint(self, question):
        number = float(scalar(self._number(question), question.function))
        low, high = question.range
        if low <= number <= high:
            return ""
        if number > high:
            advice = question.high or "That is more than was expected."
        else:
            advice = question.low or "That is less than was expected."
        return f"It is {number:.4g}. {advice}"

    def _number(self, question):
        held = self._function(question)
        if not callable(held):
            return held
        trials = []
        for layout in self.layouts(question):
            asked = partial(self.returned, question, layout)
            try:
                return call(asked, question.function, scalar, self.points[0])
            except Stop as stop:
                trials.append(_failed(layout, stop))
        nearest = _nearest(trials)[0]
        raise Stop(nearest.cause, nearest.message)

    def _derivative_hint(self, question):
        base = self.spec.question(question.of)
        self._function(question)
        trials = self.fitting(base)
        if trials[0].cause in ("raises", "shape"):
            return f'It can be tested once "{base.function}" returns what is asked for.'
        reports = []
        for trial in trials:
            reports.append(self._report(question, base, trial.layout))
            if reports[-1].passed:
                break
        if not reports[-1].passed:
            return _hint(reports[0].cause, reports[0].message, reports[0].hint)
        if trials[0].cause:
            return f'It fits your "{base.function}", but that is not the one asked for: mend it.'
        return ""

    def _report(self, question, base, layout):
        """Return the report of the test of a derivative, in the terms of the spec."""
        parts = self._function(question), partial(self.returned, base, layout)
        adapted = Adapted(question, base, layout, self.points[0], *parts)
        test, derivative = {
            "gradient": (gradient_test, adapted.gradient),
            "jvp": (jacobian_test, adapted.jvp),
            "vjp": (jacobian_transpose_test, adapted.vjp),
        }[question.kind]
        return test(adapted.value, derivative, adapted.point, tolerance=question.tolerance)


def difference(found, expected, close):
    """Return how numbers differ from what they should be, as the cause of a report; "" if not.

    Parameters
    ----------
    found, expected : ndarray
        Shape (n,).
    close : float
        A relative difference up to this is none.

    Examples
    --------
    >>> right = np.array([1.0, 2.0])
    >>> [difference(factor * right, right, 1e-6) for factor in (1, -1, 5)]
    ['', 'sign', 'scale']
    >>> difference(right + 1, right, 1e-6)
    'wrong'
    """
    if not np.isfinite(found).all():
        return "nonfinite"
    if _close(found, expected, close):
        return ""
    factor = np.sum(found * expected) / np.sum(expected**2)
    if len(expected) == 1 or factor == 0 or not _close(found, factor * expected, close):
        return "wrong"
    return "sign" if _close(found, -expected, close) else "scale"


def _close(found, expected, close):
    return np.max(np.abs(found - expected)) <= close * np.max(np.abs(expected))


def _hint(cause, message, hint=""):
    """Say what to look for; errors and shapes are those of the submission."""
    if cause == "raises" or (cause == "shape" and not hint):
        return message
    return hint or f"Look for {LOOK_FOR[cause]}."


def _failed(layout, stop):
    """Return the trial of a function that failed."""
    message, error = stop.message, stop.__cause__
    if isinstance(error, SystemExit):
        message = ENDED
    elif stop.cause == "raises":
        message = f"{message} (called as: {layout})"
    frames = extract_tb(error.__traceback__) if error else []
    lines = [frame.lineno for frame in frames if frame.filename.endswith(SUBMISSION)]
    return Trial(layout, stop.cause, message, (lines, not isinstance(error, MISTAKEN)))


def _nearest(trials):
    """Return the trials that come nearest to what is right: those of the layout that was meant.

    Of those that raise it is the one that gets furthest: down the lines of the outer function,
    then of what that calls.
    """
    for causes in ({""}, set(LOOK_FOR) - {"shape", "raises"}, {"shape"}):
        found = [trial for trial in trials if trial.cause in causes]
        if found:
            return found
    return [max(trials, key=attrgetter("reached"))]


def _like(layout, value, result, name):
    """Convert what a function returned to the entries of an array like a reference."""
    array = real(result, name)
    if np.size(value) == array.size == 1:  # a number, however it is wrapped
        return array.ravel()
    array = restored(layout, array, np.shape(value))
    if array.shape != np.shape(value):
        raise other_shape(result)
    return array.ravel()


def _takes(function, count):
    """Say whether a function takes so many arguments; where that is not known, it may."""
    try:
        signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _count(function, count):
    if not callable(function):
        return "It is no function."
    return f"It does not take the arguments that the spec names, here {count}."
