"""What is asked of a submission, as data: a TOML file with functions, inputs and numbers.

A spec holds no code and no formula, so that it can be handed out: what a function must return is
given as numbers, and a derivative is tested against the submission's own function.
"""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from ...datasets import RULES, data_text, load
from ...matfiles import Data
from .layouts import PACKINGS, Layout, layouts

DERIVATIVES = ("gradient", "jvp", "vjp")
KINDS = ("values", "number", *DERIVATIVES)
TAKES = {
    "values": {"arguments", "parameters", "values", "part"},
    "number": {"arguments", "parameters", "range", "low", "high"},
    "gradient": {"of", "by", "part"},
    "jvp": {"of", "by"},
    "vjp": {"of", "by"},
}
"""What a question of each kind may say, besides what each may."""

ALL_TAKE = {"name", "kind", "function", "points", "tolerance"}

NEEDS = {"values": {"arguments", "values"}, "number": {"range"}}
"""What a question of each kind must say; a derivative must say `of`."""

SHIPPED = (
    "grading/I.1.toml",
    "grading/I.2.toml",
    "grading/I.3.toml",
    "grading/II.1.toml",
    "grading/II.2.toml",
    "grading/II.3.toml",
    "grading/II.4.toml",
    "grading/II.5.toml",
)
"""In full, so that what shows one is made anew when it changes."""

DRAWN_AS = ("shape", "labels", "data", "values")


class SpecError(ValueError):
    """A spec that says something else than was expected."""


@dataclass(frozen=True)
class Question:
    """One function, what it is given, and what it must return.

    Attributes
    ----------
    name, kind, function : str
        The kind is one of `KINDS`.
    points : float
    arguments, parameters : list of str
        Names of inputs, in the order of the function; those that a layout may pack into one.
    values : list
        What "values" must return, one entry a seed.
    range : list
        Smallest and largest "number"; `low` and `high` say what to look for outside.
    of : str
        The question whose function a derivative belongs to.
    by : list of str
        What is differentiated by; by default the parameters, for products all arguments.
    part : int or None
        Which part of a tuple is meant, where the function returns one.
    tolerance : float
        A relative error up to this is accepted.
    """

    name: str
    kind: str
    function: str
    points: float
    arguments: list = field(default_factory=list)
    parameters: list = field(default_factory=list)
    values: list = field(default_factory=list)
    range: list = field(default_factory=list)
    low: str = ""
    high: str = ""
    of: str = ""
    by: list = field(default_factory=list)
    part: int | None = None
    tolerance: float = 0.0


@dataclass(frozen=True)
class Spec:
    """What is to be written, inputs by name, questions, limits.

    Attributes
    ----------
    title, task : str
        What is to be written, for those who write it.
    ask : list of str
        What an examiner would ask them.
    seeds : list of int
        Inputs are drawn once for each.
    seconds, megabytes : float
        Limits of one submission.
    layout, samples : str
        Restrict the layouts that are tried: one of `PACKINGS`, and "columns" or "rows".
    """

    title: str
    questions: list
    task: str = ""
    inputs: dict = field(default_factory=dict)
    seeds: list = field(default_factory=lambda: [0])
    seconds: float = 10.0
    megabytes: float = 2000.0
    layout: str = ""
    samples: str = ""
    ask: list = field(default_factory=list)

    def question(self, name):
        """Return the question of a name."""
        return next(question for question in self.questions if question.name == name)

    def asked_with(self, question):
        """Return the question that names a question's arguments: a derivative's is its function."""
        return self.question(question.of) if question.kind in DERIVATIVES else question

    def layouts(self, question):
        """Return the layouts in which a question's function may want its arguments."""
        packed = bool(self.asked_with(question).parameters)
        return [
            layout
            for layout in (layouts(packed) if question.arguments else [Layout("separate")])
            if self.layout in ("", layout.packing) or not packed
            if self.samples in ("", layout.samples)
        ]


def shipped():
    """Return the specs that come with the package, from name to place in its data.

    Examples
    --------
    >>> list(shipped())[:2]
    ['I.1', 'I.2']
    """
    return {Path(place).stem: place for place in SHIPPED}


def spec_text(name):
    """Return the text of a spec: a file, or the name of one that comes with the package.

    Raises
    ------
    SpecError
        If there is neither.

    Examples
    --------
    >>> spec_text("I.1").splitlines()[0][:5]
    'title'
    """
    if name in shipped():
        return data_text(shipped()[name])
    if not Path(name).is_file():
        raise SpecError(f"expected a spec's file, or one of {', '.join(shipped())}, got {name}")
    return Path(name).read_text(encoding="utf-8")


def read_spec(text):
    """Return a spec from its TOML.

    Parameters
    ----------
    text : str

    Returns
    -------
    Spec

    Raises
    ------
    SpecError
        If something is missing, unknown or does not fit.

    Examples
    --------
    >>> spec = read_spec('''
    ... title = "A square"
    ... inputs.x = {shape = [3, 1]}
    ... [[question]]
    ... name = "value"
    ... kind = "values"
    ... function = "square"
    ... points = 1
    ... arguments = ["x"]
    ... values = [2.5]
    ... ''')
    >>> spec.questions[0].function, spec.seeds
    ('square', [0])
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"expected TOML, got something else: {error}") from None
    questions = said.pop("question", [])
    _known(said, Spec, "the spec")
    _needs(said, {"title"}, "the spec")
    if not questions:
        raise SpecError("expected at least one [[question]], got none")
    spec = Spec(**said, questions=[_question(table) for table in questions])
    _check(spec)
    return spec


def draw(spec, seed):
    """Return a spec's inputs for one seed, by name: two-dimensional arrays.

    Each has a stream of its own, so that an input that is added at the end changes no other.

    Examples
    --------
    >>> spec = Spec("demo", [], inputs={"C": {"labels": [3, 5]}, "X": {"shape": [2, 5]}})
    >>> {name: array.shape for name, array in draw(spec, seed=1).items()}
    {'C': (3, 5), 'X': (2, 5)}
    """
    arrays = {}
    for place, (name, how) in enumerate(spec.inputs.items()):
        # Unlike `default_rng`, its numbers are promised to stay the same in every NumPy.
        stream = np.random.RandomState([seed, place])
        arrays[name] = _drawn(how, stream)
    return arrays


def _drawn(how, stream):
    if "values" in how:
        return np.array(how["values"], dtype=float)
    if "data" in how:
        dataset, _, part = how["data"].partition(".")
        return getattr(load(dataset), part)
    if "labels" in how:
        classes, samples = how["labels"]
        return np.eye(classes)[:, stream.permutation(samples) % classes]
    return how.get("scale", 1.0) * stream.standard_normal(how["shape"])


def _question(table):
    name = table.get("name", "without a name")
    _known(table, Question, f"question {name!r}")
    _needs(table, ALL_TAKE - {"tolerance"}, f"question {name!r}")
    kind = table["kind"]
    if kind not in KINDS:
        raise SpecError(f"expected a kind among {', '.join(KINDS)} in {name!r}, got {kind!r}")
    _needs(table, NEEDS.get(kind, {"of"}), f"question {name!r}")
    foreign = set(table) - ALL_TAKE - TAKES[kind]
    if foreign:
        raise SpecError(f"a question of kind {kind!r} takes no {sorted(foreign)[0]}: {name!r}")
    return Question(**table)


def _known(table, holder, place):
    known = {f.name for f in fields(holder)} - {"questions"}
    for key in table:
        if key not in known:
            raise SpecError(f"expected one of {', '.join(sorted(known))} in {place}, got {key!r}")


def _needs(table, keys, place):
    for key in sorted(keys):
        if key not in table:
            raise SpecError(f"expected {key!r} in {place}, got none")


def _check(spec):
    """Hold that names lead somewhere, and that there is a value for every seed."""
    names = [question.name for question in spec.questions]
    if len(set(names)) < len(names):
        raise SpecError(f"expected names that all differ, got {', '.join(names)}")
    if spec.layout not in ("", *PACKINGS):
        raise SpecError(f"expected a layout among {', '.join(PACKINGS)}, got {spec.layout!r}")
    if spec.samples not in ("", "columns", "rows"):
        raise SpecError(f'expected samples in "columns" or "rows", got {spec.samples!r}')
    for name, how in spec.inputs.items():
        if not isinstance(how, dict) or len(set(how) & set(DRAWN_AS)) != 1:
            raise SpecError(f"expected one of {', '.join(DRAWN_AS)} for input {name}, got {how}")
        dataset, _, part = how.get("data", "peaks.X_train").partition(".")
        if dataset not in RULES or part not in Data._fields:
            raise SpecError(f"expected such as peaks.X_train for input {name}, got {how['data']}")
    for question in spec.questions:
        _check_question(spec, question)


def _check_question(spec, question):
    place = f"question {question.name!r}"
    if question.kind in DERIVATIVES:
        functions = {q.name: q.arguments for q in spec.questions if q.kind == "values"}
        if question.of not in functions:
            raise SpecError(f"expected a question of values after `of` in {place}")
        allowed = functions[question.of]
    else:
        allowed = spec.inputs
    for name in [*question.arguments, *question.by]:
        if name not in allowed:
            raise SpecError(f"expected inputs among {', '.join(allowed)} in {place}, got {name}")
    for name in question.parameters:
        if name not in question.arguments:
            raise SpecError(f"expected parameters among the arguments in {place}, got {name}")
    if question.kind == "values" and len(question.values) not in (0, len(spec.seeds)):
        raise SpecError(
            f"expected {len(spec.seeds)} values in {place}, one a seed, got {len(question.values)}"
        )
    if question.kind == "number" and len(question.range) != 2:
        raise SpecError(f"expected two numbers as the range of {place}, got {question.range}")
