"""What there is to read on a page: its two parts, their words of prose, the minutes they take.

A heading with the class `further` begins what the coursework does not need; all above it is the
core. Prose is what is neither code, formula, table nor folded away by a box of hints and solutions.
This file knows nothing of the site generator.
"""

import re
from typing import NamedTuple

FURTHER = re.compile(r"^## .*\{.*\.further.*\}$", re.M)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)
FENCE = re.compile(r"^( *)(`{3,})(.*?)\n(.*?)^\1\2$", re.S | re.M)
FORMULA = re.compile(r"\$\$.*?\$\$", re.S)
TABLE = re.compile(r"^ *\|.*\n", re.M)
WORDS_A_MINUTE = 140  # of a text with formulas between them, read with a pencil
LINES_A_MINUTE = 12  # of code
FORMULA_MINUTES = 0.75
EXERCISE = re.compile(r"^\*\*\d\. ", re.M)
EXERCISE_MINUTES = 10


class Parts(NamedTuple):
    """The two parts of a page, as Markdown; the second is empty where the coursework needs all."""

    core: str
    further: str


def parts(text):
    """Return the parts of a page.

    >>> parts("# A page\\n\\n## Needed\\n\\n## Going further { .further }\\n\\nMore.").core
    '# A page\\n\\n## Needed\\n\\n'
    """
    text = FRONT_MATTER.sub("", text)
    found = FURTHER.search(text)
    end = found.start() if found else len(text)
    return Parts(text[:end], text[end:])


def words(text):
    """Return the number of words of prose in some Markdown.

    >>> words("Two words and $x$:\\n\\n| a | table |\\n\\n```py\\ncode\\n```\\n\\n$$ a + b $$\\n")
    4
    """
    prose = TABLE.sub("", FORMULA.sub("", FENCE.sub("", FRONT_MATTER.sub("", text))))
    return len(prose.split())


def minutes(text):
    """Return how long some Markdown takes to read and work through, in steps of five minutes."""
    code = sum(fence[4].count("\n") for fence in FENCE.finditer(text) if "hide" not in fence[3])
    took = words(text) / WORDS_A_MINUTE + code / LINES_A_MINUTE
    took += FORMULA_MINUTES * len(FORMULA.findall(text))
    took += EXERCISE_MINUTES * len(EXERCISE.findall(text))
    return max(5, 5 * round(took / 5))
