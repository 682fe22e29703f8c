"""The bodies of a starter: what to say of each, and how many are right.

A body is a function or a method that a reader writes where a starter has a blank. It is judged like
an answer. One that is not right, and that calls another that is not right, waits for that one.
"""

import sys

import numpy as np

from .judging import EMPTY, RIGHT, Part, judge

NOT_WRITTEN = "not written yet"
RETURNS_NOTHING = "it returns nothing, or a blank: end it with return"
NOT_THERE = "not to be found: keep the name that the starter gave it"


def body(path, right, outcome, wrong, test=None):
    """Return the part that judges a body.

    Parameters
    ----------
    path : str
        Its name, or class and method: "Dense.forward".
    right : callable
        The package's own body.
    outcome : callable
        body -> what it makes of some data, nested arrays.
    wrong : dict
        Known mistakes: what to say, and a body that makes the mistake.
    test : callable, optional
        body -> the report of a derivative test.

    Examples
    --------
    >>> def of_three(double):
    ...     return double(3)
    >>> part = body("double", lambda x: 2 * x, of_three, {"That is the square.": lambda x: x * x})
    >>> judge(part, lambda x: x**2)
    'That is the square.'
    """
    return Part(path, wrong, outcome, lambda: outcome(right), test)


def found(path, namespace):
    """Return what stands under a name, or under a method of a name; None where nothing does.

    Examples
    --------
    >>> found("upper", {}), found("text.upper", {"text": "a"})()
    (None, 'A')
    """
    name, _, attribute = path.partition(".")
    thing = namespace.get(name)
    return getattr(thing, attribute, None) if attribute else thing


def sentences(parts, namespace, known):
    """Return what to say of each body, by its name.

    Parameters
    ----------
    parts : sequence of Part
    namespace : dict
        Where the bodies stand, by name.
    known : dict
        By body, the fingerprints of the right outcome and of the known mistakes, by sentence.

    Returns
    -------
    dict

    Examples
    --------
    >>> part = Part("one", {}, lambda one: one())
    >>> known = {"one": {"right": {"": ((), 1.0, 1.0)}}}
    >>> sentences([part], {"one": lambda: 1.0}, known)
    {'one': 'right'}
    """
    bodies = {part.name: found(part.name, namespace) for part in parts}
    said, called = {}, {}
    for part in parts:
        calls = called[part.name] = set()
        said[part.name] = _said(part, bodies[part.name], known[part.name], bodies, calls)
    return {name: _waits(name, said, called) or said[name] for name in said}


def what_is_right(parts, namespace, known):
    """Return a line for each body, and how many are right."""
    said = sentences(parts, namespace, known)
    lines = [f"{name}: {sentence}" for name, sentence in said.items()]
    right = sum(sentence == RIGHT for sentence in said.values())
    return "\n".join([*lines, "", f"{right} of {len(said)} are right."])


def numbers(rows, columns, start=1):
    """Return numbers between -1 and 1 without a pattern, the same with every version of NumPy.

    Examples
    --------
    >>> numbers(1, 2).round(2)
    array([[ 0.54, -0.65]])
    """
    k = start + np.arange(rows * columns)
    return np.cos(k**2).reshape(rows, columns)


def attempted(function, *arguments):
    """Return what a function makes of arguments, or that it stops: that, too, is an outcome."""
    try:
        return function(*arguments)
    except Exception as error:
        return f"stops with {type(error).__name__}"


# ---- one body ------------------------------------------------------------------------------------


def _said(part, answer, known, bodies, calls):
    """Return what to say of one body; note which bodies were called meanwhile."""
    if answer is None:
        return NOT_THERE
    if _is_blank(answer):
        return NOT_WRITTEN
    before = sys.getprofile()
    sys.setprofile(_noting(bodies, calls))
    try:
        sentence = judge(part, answer, known)
    finally:
        sys.setprofile(before)
    return RETURNS_NOTHING if sentence == EMPTY else sentence


def _is_blank(answer):
    """Say whether nothing stands in a body but the line that the starter put there."""
    code = getattr(answer, "__code__", None)
    return code is not None and code.co_names == ("NotImplementedError",)


def _noting(bodies, calls):
    """Return a profiler that notes which bodies are called."""
    names = {}
    for name, function in bodies.items():
        names[getattr(function, "__code__", None)] = name

    def note(frame, event, argument):
        if event == "call" and frame.f_code in names:
            calls.add(names[frame.f_code])

    return note


def _waits(name, said, called):
    """Say which other body must be right first, if one that is not right was called."""
    if said[name] in (RIGHT, NOT_WRITTEN, NOT_THERE):
        return None
    for other, sentence in said.items():
        if other != name and other in called[name] and sentence != RIGHT:
            return f"needs {other} first"
    return None
