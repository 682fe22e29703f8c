"""A table that some program printed, read: its columns, its numbers, and how well they are known.

Rules are few, since a page's script follows the same ones: a row is a line with two numbers or
more; words above it name the columns; without such words the columns tell themselves.
"""

import re
from collections import Counter
from typing import NamedTuple

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?(?:nan|inf)", re.I)
SCALED = re.compile(r"\s*(\S+)\s*\*\s*")
NAMES = {
    "t": "t h eps epsilon step steps alpha delta",
    "E0": "e0 err0 error0 zeroth",
    "E1": "e1 err1 error1 first",
    "f": "f fx ft fxtd loss value phi",
    "claim": "claim claimed slope gd gtd dot grad gradient derivative",
    "": "ratio ratio0 ratio1 r0 r1 factor order rate k i n it iter row number",
}
TWO_GRADIENTS = ("numer", "analy")
"""How words begin above a table that compares two gradients entry by entry, in many languages."""
MEANS = {word: name for name, words in NAMES.items() for word in words.split()}
NEARLY = 0.02
"""How far a printed ratio may be from that of its neighbours."""
LEAST = 1.5
"""Ratios worth a column are 2 and 4; below this they are chance."""
FEWEST = 4
"""Rows of a table: with fewer no plateau is seen."""
CONSTANT = 1e-6
"""How far numbers that are the same may be apart: six digits are printed."""


class Table(NamedTuple):
    """Columns by name, as many numbers in each as there are rows; `units` are half a last digit."""

    columns: dict
    units: dict
    skipped: int


class Row(NamedTuple):
    """The numbers of a line, half a unit of each one's last digit, and the words around them."""

    numbers: list
    units: list
    words: list


def read(text):
    """Read a table.

    Parameters
    ----------
    text : str
        What a program printed: columns `t, f, claim`, `t, E0, E1` or `E0, E1`, ratios beside them
        or not, in any language's format.

    Returns
    -------
    Table
        Steps that are not given are halved from 1.

    Raises
    ------
    ValueError
        If there are fewer than four rows, or more than one table, or the columns cannot be told; if
        it is no table over steps.

    Examples
    --------
    >>> table = read("t E0 E1\\n0,8; 1; 1\\n0,4; ,5; ,2\\n0,2; ,3; 6D-2\\n0,1; ,1; 2E-02")
    >>> table.columns
    {'t': [0.8, 0.4, 0.2, 0.1], 'E0': [1.0, 0.5, 0.3, 0.1], 'E1': [1.0, 0.2, 0.06, 0.02]}
    """
    rows, header, scale, lengths = [], [], 1.0, [0]
    for line in plain(text).splitlines():
        factor = SCALED.fullmatch(line)
        if factor and NUMBER.fullmatch(factor[1]):
            scale = float(factor[1])
            continue
        row = read_line(line, scale)
        if len(row.numbers) > 1:
            rows.append(row)
            lengths[-1] += 1
        elif row.words:
            header = header if rows else row.words
            lengths.append(0)
    tables = sum(length >= FEWEST for length in lengths)
    if tables > 1:
        raise ValueError(f"expected one table, got {tables}: paste them one by one")
    if compares_entries(header + [word for row in rows[:1] for word in row.words]):
        raise ValueError(
            "expected a table over steps, got two gradients entry by entry: along one direction d"
            " print t, f(x + td) and the slope that your gradient claims"
        )
    width = most_common([len(row.numbers) for row in rows])
    kept = [row for row in rows if len(row.numbers) == width]
    if len(kept) < FEWEST:
        raise ValueError(f"expected at least four rows of numbers, got {len(kept)}")
    names = named(header, width) or named(kept[0].words, width) or guessed(columns(kept))
    if not names:
        raise ValueError(
            f"expected columns t, f, claim, or t, E0, E1, or E0, E1, got {width} that do not tell"
            " what they are: name them in a line above"
        )
    table = named_table(kept, names, len(rows) - len(kept))
    steps = table.columns["t"]
    if len(set(steps)) < len(steps):
        raise ValueError("expected each step once: paste one table, of one direction")
    return table


def plain(text):
    """Return a text with points for decimal commas, e for Fortran's D, and blanks between columns.

    Examples
    --------
    >>> plain("0,5; 1D-3"), plain("0.5,1e-3"), plain("| 1 & 2 |")
    ('0.5  1e-3', '0.5 1e-3', '  1   2  ')
    """
    text = text.replace("\u2212", "-")
    points = re.search(r"\d\.|\.\d", text)
    if not points and re.search(r"[;\t|&]|\d[ ]+[-+,]?\d", text):
        text = re.sub(r"(\d?),(\d)", r"\1.\2", text)
    text = re.sub(r"(\d\.?)[dD]([-+]?\d)", r"\1e\2", text)
    return re.sub(r"[;,|&=:\t\\\[\]()]", " ", text)


def read_line(line, scale=1.0):
    """Return what stands in a line.

    Examples
    --------
    >>> read_line("k 1 E0 0.25")
    Row(numbers=[1.0, 0.25], units=[0.0, 0.005], words=['k', 'E0'])
    """
    numbers, units, words = [], [], []
    for token in line.split():
        if NUMBER.fullmatch(token):
            numbers.append(scale * float(token))
            units.append(scale * half_a_unit(token))
        else:
            words.append(token)
    return Row(numbers, units, words)


def half_a_unit(token):
    """Return half of what the last digit of a number stands for; whole numbers are exact.

    Examples
    --------
    >>> half_a_unit("0.25"), half_a_unit("3e-2"), half_a_unit("3"), half_a_unit("nan")
    (0.005, 0.005, 0.0, 0.0)
    """
    if "n" in token.lower() or re.fullmatch(r"[-+]?\d+", token):
        return 0.0
    digits, _, exponent = token.lower().partition("e")
    decimals = len(digits.partition(".")[2])
    return 0.5 * 10.0 ** (int(exponent or 0) - decimals)


def most_common(values):
    """Return the value that is most often there, the first of such; 0 of none."""
    return Counter(values).most_common(1)[0][0] if values else 0


def columns(rows):
    """Return the columns of rows."""
    return [list(column) for column in zip(*[row.numbers for row in rows])]


# ---- what the columns are ------------------------------------------------------------------------


def named(words, width):
    """Return the names of columns from words above them; none if these are not understood."""
    names = [MEANS.get(re.sub(r"[^a-z0-9]", "", word.lower())) for word in words]
    if len(names) != width or None in names or not is_known(names):
        return []
    return names


def compares_entries(words):
    """Say whether words name a gradient by differences and one by formula.

    Examples
    --------
    >>> compares_entries(["numerical:", "analytic:", "relative", "error"])
    True
    """
    return all(any(word.lower().startswith(begin) for word in words) for begin in TWO_GRADIENTS)


def is_known(names):
    """Say whether columns with these names can be judged."""
    known = set(names) - {""}
    return known in ({"t", "f", "claim"}, {"t", "E0", "E1"}, {"E0", "E1"})


def guessed(columns):
    """Return the names of columns from their numbers: "" for counters and ratios; none if unclear.

    Examples
    --------
    >>> guessed([[1, 2, 3, 4], [8, 4, 2, 1], [0, 2, 2, 2], [64, 16, 4, 1]])
    ['', 'E0', '', 'E1']
    >>> guessed([[8, 4, 2, 1], [3, 2, 1, 0], [5, 5, 5, 5]])
    ['t', 'f', 'claim']
    """
    errors = columns[1:] if is_geometric(columns[0]) else columns
    errors = [column for column in errors if not is_constant(column)]
    left = [
        i
        for i, column in enumerate(columns)
        if not (len(columns) > 2 and counts(column))
        and not any(are_ratios(column, other) for other in errors if other is not column)
    ]
    names = [""] * len(columns)
    constant = [is_constant(columns[i]) for i in left]
    kinds = {
        (False, False): ["E0", "E1"],
        (False, False, False): ["t", "E0", "E1"],
        (False, False, True): ["t", "f", "claim"],
        (False, True, False): ["t", "claim", "f"],
    }
    for i, name in zip(left, kinds.get(tuple(constant), [])):
        names[i] = name
    return names if any(names) else []


def counts(column):
    """Say whether a column counts: each number is one more than that above."""
    return all(b - a == 1 for a, b in zip(column, column[1:]))


def is_geometric(column):
    """Say whether each number is the one above times the same, as steps are."""
    return all(
        abs(a * c - b * b) <= CONSTANT * b * b for a, b, c in zip(column, column[1:], column[2:])
    )


def are_ratios(column, other):
    """Say whether most numbers of a column are the ratios of neighbours in another."""
    hits = 0
    for ratio, before, here in zip(column[1:], other, other[1:]):
        hits += ratio > LEAST and here != 0 and abs(ratio - before / here) <= NEARLY * ratio
    return 2 * hits > len(column) - 1


def is_constant(column):
    """Say whether a column says the same in each row."""
    return all(abs(value - column[0]) <= CONSTANT * abs(column[0]) for value in column)


def named_table(rows, names, skipped):
    """Return the table of rows whose columns have names, with steps where none are given.

    Errors that were printed with their signs lose them.
    """
    found, units = {}, {}
    for i, name in enumerate(names):
        if name:
            found[name] = [row.numbers[i] for row in rows]
            units[name] = [row.units[i] for row in rows]
    for name in {"E0", "E1"} & found.keys():
        found[name] = list(map(abs, found[name]))
    if "t" in found:
        units["t"] = [0.0 if is_round(t) else unit for t, unit in zip(found["t"], units["t"])]
    else:
        found = {"t": [0.5**k for k in range(len(rows))], **found}
        units = {"t": [0.0] * len(rows), **units}
    return Table(found, units, skipped)


def is_round(number):
    """Say whether one digit says a number: a step of .1 or 5e-3 is exactly that.

    Examples
    --------
    >>> is_round(0.005), is_round(0.0125)
    (True, False)
    """
    return float(f"{number:.0e}") == number
