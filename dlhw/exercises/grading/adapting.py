"""A derivative in a student's layout as the tests want it: a function of arrays by name."""

import numpy as np

from ...arrays import outline
from ...derivative_tests.calling import Stop
from ...derivative_tests.report import LOOK_FOR
from .layouts import arranged, packed, restored, unpacked


class Adapted:
    """A student's derivative, and the function that it belongs to.

    Parameters
    ----------
    question, base : Question
        Which derivative it is; which function.
    layout : Layout
    inputs : dict
        All inputs of the spec, by name.
    derivative : callable
        As the student wrote it.
    function : callable
        inputs -> what the student's function returns.

    Examples
    --------
    >>> from dlhw.exercises.grading.layouts import Layout
    >>> from dlhw.exercises.grading.spec import Question
    >>> base = Question("f", "values", "f", 1, arguments=["A", "x"], values=[[[0.0], [0.0]]])
    >>> question = Question("back", "vjp", "back", 1, of="f", by=["x"])
    >>> inputs = {"A": np.array([[1.0, 2.0, 3.0], [0.0, 4.0, 0.0]]), "x": np.ones((3, 1))}
    >>> def back(A, x, u):
    ...     return u @ x.T, A.T @ u
    >>> adapted = Adapted(question, base, Layout("separate"), inputs, back, None)
    >>> adapted.vjp({"x": np.ones((3, 1))}, np.array([[1.0], [10.0]]))["x"].ravel()
    array([ 1., 42.,  3.])
    """

    def __init__(self, question, base, layout, inputs, derivative, function):
        self.question, self.base, self.layout = question, base, layout
        self.inputs, self.derivative, self.function = inputs, derivative, function
        self.shapes = {name: array.shape for name, array in inputs.items()}
        self.answers = base.arguments
        if question.kind == "gradient":
            self.answers = base.parameters or question.by or base.arguments
        self.by = question.by or self.answers

    @property
    def point(self):
        """The arrays that are differentiated by, by name."""
        return {name: self.inputs[name] for name in self.by}

    def value(self, x):
        """Return the function's value with some of its arguments changed."""
        return self._turned(self.function({**self.inputs, **x}))

    def gradient(self, x):
        """Return the gradient by name."""
        return self._named(self.derivative(*self._arguments(x)))

    def jvp(self, x, v):
        """Return the product with the Jacobian; what v does not name does not change."""
        still = {name: np.zeros(self.shapes[name]) for name in self.base.arguments}
        changes = self._packed({**still, **v})
        return self._turned(self.derivative(*self._arguments(x), *changes))

    def vjp(self, x, u):
        """Return the products with the transposed Jacobian, by name."""
        u = arranged(self.layout, np.asarray(u))
        return self._named(self.derivative(*self._arguments(x), u))

    def _arguments(self, x):
        return self._packed({**self.inputs, **x})

    def _packed(self, arrays):
        return packed(self.layout, arrays, self.base.arguments, self.base.parameters)

    def _turned(self, result):
        return restored(self.layout, result, np.shape(self.base.values[0]))

    def _named(self, result):
        """Return by name what is differentiated by; what does not fit as it is, for the report."""
        result = part_of(self.question, result)
        found = unpacked(self.layout, result, self.shapes, self.answers, self.base.parameters)
        if isinstance(found, dict) and set(self.by) <= set(found):
            return {name: found[name] for name in self.by}
        return found


def part_of(question, result):
    """Return the part of a result that a question means."""
    if question.part is None:
        return result
    if not isinstance(result, (tuple, list)) or len(result) <= question.part:
        raise other_shape(result)
    return result[question.part]


def other_shape(result):
    """Return what ends a test where a result is of another shape."""
    return Stop("shape", f"Look for {LOOK_FOR['shape']}: it is {outline(result)}.")
