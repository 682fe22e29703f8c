"""What a report becomes in a coursework: lines of CSV, a table of LaTeX."""

import csv
import io
import re
from pathlib import Path

import numpy as np

ERROR_FORMULAS = {
    "Gradient test": ("|", "f(x + t d) - f(x)", r"t \langle \nabla f(x), d \rangle"),
    "Jacobian test": (r"\|", "f(x + t d) - f(x)", "t J d"),
    "Transposed Jacobian test": (
        "|",
        r"\langle f(x + t d) - f(x), u \rangle",
        r"t \langle J^\top u, d \rangle",
    ),
}
"""For each test that takes steps: its bars, the change of the function, the change claimed."""

CSV_HEADER = ("step", "zero order", "zero order ratio", "first order", "first order ratio")
LATEX_HEADER = {"step": "step $t$", "E0": "zero order $E_0$", "E1": "first order $E_1$"}
LATEX_CHARACTERS = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
    }
)


def as_csv(header, rows, report):
    """Return a table as CSV; its last column is what the report says, in one row at least."""
    nothing = [""] * len(header)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*header, "report"])
    writer.writerows([*row, report] for row in rows or [nothing])
    return text.getvalue()


def digits(number, style=""):
    """Return a number as text, and nothing for NaN."""
    return "" if np.isnan(number) else f"{number:{style}}"


def formulas(test):
    """Return in LaTeX what the two errors of a test are.

    Examples
    --------
    >>> print(formulas("Jacobian test")[:45])
     Zero order: $E_0 = \\|f(x + t d) - f(x)\\|$. F
    """
    bar, change, claim = ERROR_FORMULAS[test]
    zero_order = f" Zero order: $E_0 = {bar}{change}{bar}$."
    return f"{zero_order} First order: $E_1 = {bar}{change} - {claim}{bar}$."


def latex_table(caption, tables):
    """Return a table of LaTeX, of header and rows, below its caption."""
    lines = [line for table in tables for line in _tabular(*table)]
    top = [r"\begin{table}[htbp]", r"\centering", rf"\caption{{{caption}}}"]
    return "\n".join([*top, *lines, r"\end{table}"]) + "\n"


def _tabular(header, rows):
    """Return the lines of a LaTeX table."""
    titles = [LATEX_HEADER.get(title, as_latex(title)) for title in header]
    body = [" & ".join(map(as_latex, row)) + r" \\" for row in rows]
    return [
        rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
        r"\hline",
        " & ".join(titles) + r" \\",
        r"\hline",
        *body,
        r"\hline",
        r"\end{tabular}",
    ]


def as_latex(text):
    """Return plain text, its lines joined, as LaTeX sets it."""
    plain = " ".join(text.split()).translate(LATEX_CHARACTERS)
    return re.sub('"([^"]*)"', r"``\1''", plain)


def handed_over(text, path):
    """Return the text, or write it where a path is given."""
    if path is None:
        return text
    Path(path).write_text(text, encoding="utf-8", newline="\n")
