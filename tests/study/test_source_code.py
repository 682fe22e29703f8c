"""Code loses its docstrings, and for keys its comments too, and does the same as before."""

import ast

import pytest

from dlhw.study.source_code import bare, without_docstrings

CODE = '''"""A room.

With a second paragraph.
"""

import math


class Shape:
    """A shape."""

    sides = 4
    """How many: a text below an assignment is no docstring."""

    def area(self, x):
        """Return the area.

        >>> Shape().area(2)
        4
        """

        # The comment stays.
        return x * x  # so does this one


async def later(text="# no comment"):  # but this is one
    "Say it later."
    return f"""{text} # no comment either

    and a blank line that counts"""
'''


def test_docstrings_go_and_comments_and_other_texts_stay():
    code = without_docstrings(CODE)
    for gone in ("A room", "second paragraph", "A shape", "Return the area", ">>>", "Say it"):
        assert gone not in code
    for kept in ("# The comment stays.", "# so does this one", "How many", "import math"):
        assert kept in code


def test_the_blank_lines_below_a_docstring_go_with_it():
    assert (
        without_docstrings('def f():\n    "Say."\n\n\n    return 1\n') == "def f():\n    return 1\n"
    )


def test_code_without_docstrings_does_the_same():
    spaces = {}, {}
    exec(CODE, spaces[0])
    exec(bare(CODE), spaces[1])
    assert spaces[0]["Shape"]().area(3) == spaces[1]["Shape"]().area(3) == 9
    assert spaces[1]["later"].__doc__ is None and spaces[0]["later"].__doc__


def test_a_docstring_on_the_line_of_its_function_stays_with_it():
    assert bare('def f(x=1): "Say."\n') == 'def f(x=1): "Say."\n'


def test_bare_code_has_no_comment_and_no_blank_line():
    code = bare(CODE)
    for gone in ("comment stays", "so does", "but this"):
        assert gone not in code
    assert '"# no comment"' in code and "# no comment either" in code
    assert bare(code) == code


@pytest.mark.parametrize(
    "same",
    [
        CODE.replace("A shape.", "Another."),
        CODE.replace("# so does this one", "# changed"),
        CODE.replace("        # The comment stays.\n", ""),
        CODE.replace("import math\n", "import math\n\n\n"),
        CODE.replace("How many", "The number"),
        CODE.replace("\n", "\r\n"),
    ],
)
def test_prose_does_not_change_bare_code(same):
    assert same != CODE and bare(same) == bare(CODE)


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("sides = 4", "sides = 5"),
        CODE.replace("x * x", "x + x"),
        CODE.replace('"# no comment"', '"# another"'),
        CODE.replace("no comment either", "none either"),
        CODE.replace("either\n\n    and", "either\n\n\n    and"),
        CODE.replace("either\n", "either \n"),
    ],
)
def test_every_formula_and_text_changes_bare_code(other):
    assert other != CODE and bare(other) != bare(CODE)


def test_a_nested_function_loses_its_docstring_too():
    code = (
        'def f():\n    """Outer."""\n    def g():\n        """Inner."""\n'
        "        return 1\n    return g\n"
    )
    assert ast.unparse(ast.parse(without_docstrings(code))) == (
        "def f():\n\n    def g():\n        return 1\n    return g"
    )


def test_a_text_at_the_very_end_goes_with_the_blank_lines_that_are_there():
    assert without_docstrings("x = 1\n\n\ndef f():\n    'Say.'\n").startswith("x = 1")
    assert bare("x = 1\n\n") == "x = 1\n"


def test_blanks_within_a_text_count_and_those_outside_do_not():
    assert bare("x = 1   \n\ny = '''a   \n\nb'''   \n") == "x = 1\ny = '''a   \n\nb'''\n"
