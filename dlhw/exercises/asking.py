"""The exercises by their numbers: `check("6.1", slope_times=slope_times)`."""

import re
import runpy
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from .judging import RIGHT, judge


def check(number, /, **answers):
    """Say of each answer to an exercise whether it is right, and if not, what it is.

    Parameters
    ----------
    number : str
        Chapter and exercise, "6.1".
    **answers
        What the exercise asks for, by name: functions or values. `...` is not filled in.

    Raises
    ------
    ValueError
        If there is no such exercise, or it asks for something else.

    Examples
    --------
    >>> check("6.1", slope_times=...)
    6.1 slope_times: not filled in yet
    >>> check("6.1", slope_times=lambda Y, V: V * Y * (1 - Y))
    6.1 slope_times: right
    """
    parts = exercise(number)
    names = [part.name for part in parts]
    if sorted(answers) != sorted(names):
        raise ValueError(f"exercise {number} asks for {', '.join(names)}, got {list(answers)}")
    _print_each(number, parts, answers)


def check_file(number, path):
    """Run a file, print what is to be said of its answers, and return whether all are right.

    Raises
    ------
    ValueError
        If there is no such exercise or file, or the file does not run, or lacks a name.
    """
    parts, path = exercise(number), Path(path)
    if not path.is_file():
        raise ValueError(f"expected a file with your answer, found none called {path}")
    try:
        given = runpy.run_path(str(path), run_name="answers")
    except (Exception, SystemExit) as error:
        raise ValueError(f"{path} does not run: {type(error).__name__}: {error}") from None
    missing = [part.name for part in parts if part.name not in given]
    if missing:
        raise ValueError(f"exercise {number} asks for {', '.join(missing)}: not found in {path}")
    return _print_each(number, parts, given)


def _print_each(number, parts, answers):
    """Print a line for each part of an exercise, and return whether all are right."""
    said = []
    for part in parts:
        said.append(judge(part, answers[part.name]))
        print(f"{number} {part.name}: {said[-1]}")
    return all(sentence == RIGHT for sentence in said)


def exercise(number):
    """Return the parts of an exercise.

    Raises
    ------
    ValueError
        If there is none of this number.
    """
    number = str(number)  # 6.1 will do for "6.1"
    found = re.fullmatch(r"(\d+)\.(\d)", number)
    room = f"{__package__}.chapter_{int(found[1]):02}" if found else ""
    if not room or not find_spec(room):
        raise ValueError(f"expected a chapter and an exercise, as in 6.1, got {number!r}")
    known = import_module(room).EXERCISES
    if number not in known:
        raise ValueError(f"expected one of {', '.join(known)}, got {number}")
    return known[number]
