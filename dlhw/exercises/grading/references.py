"""The numbers of a spec, made from a teacher's own solution: the spec itself holds no code."""

import json
import re
from functools import partial

from ...derivative_tests.calling import Stop, call, real
from .layouts import restored
from .marking import Examination
from .spec import SpecError, read_spec

DIGITS = 12
"""Of a reference: far more than two right programs differ by, and still read."""

SEEDS = re.compile(r"^seeds *=.*$", re.M)
VALUES = re.compile(r"^values *=.*$", re.M)


def with_references(text, solution, seeds=()):
    """Return the text of a spec with the numbers that a solution returns.

    Every `values = ...` of a question stands in a line of its own, and so does `seeds = ...`.

    Parameters
    ----------
    text : str
        A spec; its values may be missing: `values = []`.
    solution : module
        Or whatever has the functions as attributes. They are taken as right.
    seeds : sequence of int
        New seeds, for a spec that nobody knows; by default those of the text.

    Returns
    -------
    str

    Raises
    ------
    SpecError
        If a function fails, or the spec has no line of its own for a number.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> text = '''title = "A square"
    ... seeds = [0]
    ... inputs.x = {values = [[3.0]]}
    ... [[question]]
    ... name = "value"
    ... kind = "values"
    ... function = "square"
    ... points = 1
    ... arguments = ["x"]
    ... values = []'''
    >>> solution = SimpleNamespace(square=lambda x: float(x[0, 0] ** 2))
    >>> print(with_references(text, solution, seeds=[4, 5]).splitlines()[-1])
    values = [9.0, 9.0]
    """
    if seeds:
        line = f"seeds = {json.dumps(list(seeds))}"
        text, count = SEEDS.subn(line, VALUES.sub("values = []", text))
        if count != 1:
            raise SpecError(f"expected one line `seeds = ...`, got {count}")
    spec = read_spec(text)
    asked = [question for question in spec.questions if question.kind == "values"]
    lines = [f"values = {json.dumps(_values(spec, question, solution))}" for question in asked]
    if len(VALUES.findall(text)) != len(lines):
        raise SpecError(
            f"expected {len(lines)} lines `values = ...`, got {len(VALUES.findall(text))}"
        )
    found = iter(lines)
    text = VALUES.sub(lambda _: next(found), text)
    _check(read_spec(text), solution)
    return text


def _check(spec, solution):
    """Hold that the solution earns all points of its own spec."""
    examination = Examination(spec, solution)
    for question in spec.questions:
        verdict = examination.verdict(question)
        if verdict.hint:
            raise SpecError(f"expected a right solution, got in {question.name!r}: {verdict.hint}")


def _values(spec, question, solution):
    """Return what the solution returns, in the first layout in which it does."""
    examination = Examination(spec, solution)
    troubles = []
    for layout in examination.layouts(question):
        values = []
        try:
            for inputs in examination.points:
                asked = partial(examination.returned, question, layout)
                values.append(call(asked, question.function, real, inputs))
        except Stop as stop:
            troubles.append(f"{layout}: {stop.message}")
            continue
        return [_reference(restored(layout, value, value.shape)) for value in values]
    raise SpecError("expected a solution that works in some layout, got\n" + "\n".join(troubles))


def _reference(value):
    """Return an array as lists of numbers; one number, however it is wrapped, as itself."""
    return _rounded(value.squeeze() if value.size == 1 else value)


def _rounded(value):
    """Return an array as lists of numbers with `DIGITS` digits."""
    if value.ndim == 0:
        return float(f"{value:.{DIGITS}g}")
    return [_rounded(entry) for entry in value]
