"""From an answer to its sentence: not filled in, right, a known mistake, or what a test says of it.

An answer is a function that a reader wrote, or a value that a reader found. What it makes of data
of the exercise's own is its outcome. Answers are compared by their outcomes, in shape and to eight
digits: so a mistake is known by what comes out of it, however it is written.
"""

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import NamedTuple

import numpy as np

from ..arrays import paths

RIGHT = "right"
EMPTY = "not filled in yet"
PACKAGE = __name__.partition(".")[0]
NEAR = 1e-8
"""Outcomes that differ by less, of their size, are the same: far above round-off, far below any
mistake."""


def itself(answer):
    """Return the answer: the outcome of one that is a value."""
    return answer


class Part(NamedTuple):
    """One thing that is asked for, and what is known of answers to it.

    Attributes
    ----------
    name : str
        What the reader's function or value is called.
    wrong : dict
        Known mistakes: what to say, and an answer that makes the mistake.
    outcome : callable
        answer -> what it makes of the exercise's data, nested arrays; of a value, the value.
    right : callable, optional
        () -> the outcome of a right answer, found in another way than the reader's.
    test : callable, optional
        answer -> the report of a derivative test: it decides where no outcome is known.
    refused : tuple of str
        Functions of the package that would answer in the reader's place.
    """

    name: str
    wrong: dict
    outcome: Callable = itself
    right: Callable | None = None
    test: Callable | None = None
    refused: tuple = ()


class Empty(Exception):
    """Something has not been filled in."""


class Refused(Exception):
    """The answer leaves to the package what the reader was asked to write."""


def judge(part, answer, known=None):
    """Return the sentence that is due to an answer.

    Parameters
    ----------
    part : Part
    answer : object
        A function or a value.
    known : dict, optional
        Fingerprints by their sentences, where the answers that they come from are not at hand;
        without it, those of the part.

    Examples
    --------
    >>> half = Part("half", {"That is its reciprocal.": 2}, right=lambda: 0.5)
    >>> judge(half, ...), judge(half, 2.0), judge(half, 1 / 2)
    ('not filled in yet', 'That is its reciprocal.', 'right')
    >>> judge(half, 0.51)
    'not right yet: expected another value'
    """
    changed = []
    try:
        came = fingerprint(_of_the_reader(part, _watched(answer, changed)))
    except (Empty, NotImplementedError):
        return EMPTY
    except Refused as refusal:
        return str(refusal)
    except (Exception, SystemExit) as error:
        return _stopped(error, answer)
    known = known or known_outcomes(part)
    for sentence, outcome in known.items():
        if alike(came, outcome):
            return _unless_changed(sentence, changed)
    if part.test is None:
        return _difference(came, known[RIGHT])
    report = part.test(answer)
    return _unless_changed(RIGHT, changed) if report.passed else report.message


def known_outcomes(part):
    """Return the fingerprints of the right answer and of the known mistakes, by their sentences."""
    found = {RIGHT: fingerprint(part.right())} if part.right else {}
    with np.errstate(all="ignore"):
        for sentence, answer in part.wrong.items():
            found[sentence] = fingerprint(part.outcome(answer))
    return found


# ---- outcomes ------------------------------------------------------------------------------------


def fingerprint(outcome):
    """Return what an outcome is known by: of an array its shape and two sums, of others themselves.

    Examples
    --------
    >>> fingerprint({"W": np.array([[3.0, -4.0]]), "name": "flat"})  # doctest: +ELLIPSIS
    {'W': ((1, 2), 7.0, 0.83879...), 'name': 'flat'}
    """
    return {path: _mark(value) for path, value in paths(outcome)}


def alike(came, known):
    """Say whether two fingerprints are of the same outcome."""
    return came.keys() == known.keys() and all(
        _alike_marks(came[path], known[path]) for path in known
    )


def _mark(value):
    if value is None or value is ...:
        raise Empty
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return str(value)
    flat = array.ravel().astype(float)
    waves = np.cos(np.arange(flat.size) ** 2)  # a sum that another order of the entries changes
    with np.errstate(invalid="ignore"):
        return array.shape, np.abs(flat).sum().item(), (waves * flat).sum().item()


def _alike_marks(came, known):
    if isinstance(came, str) or isinstance(known, str):
        return came == known
    with np.errstate(invalid="ignore"):
        near = np.allclose(came[1:], known[1:], 0, NEAR * known[1], equal_nan=True)
    return came[0] == known[0] and near


def _of_the_reader(part, answer):
    """Return the outcome of an answer that is the reader's own."""
    if answer is None or answer is ...:
        raise Empty
    name = getattr(answer, "__name__", "")
    if name in part.refused and answer.__module__.startswith(PACKAGE):
        raise Refused(f"this is the package's own {name}: write {part.name} yourself")
    called = []
    before = sys.getprofile()
    if part.refused:
        sys.setprofile(_note_calls(part.refused, called))
    try:
        with np.errstate(all="ignore"):
            outcome = part.outcome(answer)
    finally:
        sys.setprofile(before)
    if called:
        raise Refused(f"it calls the package's own {called[0]}: write {part.name} yourself")
    return outcome


def _watched(answer, changed):
    """Return a reader's function that notes which of its arguments it has changed."""
    if not isinstance(answer, FunctionType):
        return answer
    names = answer.__code__.co_varnames

    @wraps(answer)
    def watched(*arguments, **named):
        given = {**dict(zip(names, arguments)), **named}
        before = [(path, np.copy(leaf)) for path, leaf in paths(given) if _is_array(leaf)]
        result = answer(*arguments, **named)
        after = dict(paths(given))
        changed.extend(path for path, old in before if not _unchanged(after.get(path), old))
        return result

    return watched


def _is_array(leaf):
    return isinstance(leaf, np.ndarray)


def _unchanged(now, before):
    return _is_array(now) and np.array_equal(now, before, equal_nan=before.dtype.kind == "f")


def _unless_changed(sentence, changed):
    """Return a sentence, or instead of "right" that the answer spoils what it was given."""
    if sentence != RIGHT or not changed:
        return sentence
    return f"not right yet: it changes {changed[0]}, which it is given; make a new array"


def _note_calls(refused, called):
    """Return a profiler that notes which functions the reader's code takes from other files."""

    def note(frame, event, argument):
        code, caller = frame.f_code, frame.f_back
        if event != "call" or code.co_name not in refused or _of_the_package(caller):
            return
        if code.co_filename != caller.f_code.co_filename:
            called.append(code.co_name)

    return note


def _of_the_package(frame):
    return frame.f_globals.get("__name__", "").partition(".")[0] == PACKAGE


# ---- sentences -----------------------------------------------------------------------------------


def _stopped(error, answer):
    """Return what to say of an answer that stops: the error, and the reader's own line."""
    where, code = "", getattr(answer, "__code__", None)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if code and frame.f_code.co_filename == code.co_filename:
            where = f", from line {line} of {frame.f_code.co_name}"
    return f"it stops with {type(error).__name__}{where}: {error}"


def _difference(came, right):
    """Say in which way an outcome is not the right one."""
    if came.keys() != right.keys():
        return f"not right yet: expected {_listed(right)}, got {_listed(came)}"
    path = next(path for path in right if not _alike_marks(came[path], right[path]))
    place = f" in {path!r}" if path else ""
    if path.isdigit():
        place = f" in case {int(path) + 1}"
    got, expected = came[path], right[path]
    if isinstance(got, str) or isinstance(expected, str) or got[0] == expected[0] == ():
        return f"not right yet: expected another value{place}"
    if got[0] != expected[0]:
        return f"not right yet: expected the shape {expected[0]}{place}, got {got[0]}"
    return f"not right yet: the shape{place} is right, the numbers are others"


def _listed(found):
    return ", ".join(path or "one value" for path in found) or "nothing"
