"""A slice of code holds what a name depends on: run alone, it gives the name the same value."""

import pytest

from dlhw.study.names import joined, needs_of, root, slice_of, statements


def only(code):
    (statement,) = statements(code)
    return statement


@pytest.mark.parametrize(
    "code, binds, needs, changes",
    [
        ("import numpy as np", "np", "", ""),
        ("from math import sin, cos as c", "sin c", "", ""),
        ("a, (b, *c) = d", "a b c", "d", ""),
        ("x: int = y", "x", "int y", ""),
        ("x = x + 1", "x", "x", ""),
        ("x[i] = y", "", "x i y", "x"),
        ("x.a.b[0] += 1", "", "x", "x"),
        ("x[0].append(y)", "", "x y", "x"),
        ("for i in z:\n    x.append(i)", "i", "x z", "x"),
        ("for x in x:\n    y = x", "x y", "x", ""),
        ("with open(p) as f:\n    text = f.read()", "f text", "open p", ""),
        ("if (n := len(x)) > 1:\n    y = n", "n y", "len x", ""),
        ("y = [i * n for i in x]", "y", "n x", ""),
        ("y = {k: v for k, v in x.items() if v > k}", "y", "x", ""),
        ("f = lambda x: x + c", "f", "c", ""),
        ("try:\n    x = f()\nexcept E:\n    x = None", "x", "f E", ""),
        ("def f(x, y=d):\n    z = x\n    return z + g(y) + f(x)", "f", "d g", ""),
        ("def f():\n    def g():\n        return c\n    return g", "f", "c", ""),
        ("@wrap\nclass A(B):\n    k = n\n    def m(self): return c", "A", "wrap B n c", ""),
        ("def f():\n    x.append(1)", "f", "x", ""),
        ("assert x == f'{y:{w}}'", "", "x y w", ""),
    ],
)
def test_a_statement_binds_needs_and_changes(code, binds, needs, changes):
    found = only(code)
    assert found.binds == set(binds.split())
    assert found.needs == set(needs.split())
    assert found.changes == set(changes.split())


def test_a_comment_above_and_a_text_below_belong_to_a_statement():
    code = (
        '# why\n# so\n@wrap\ndef f(): pass\n\n# far\n\nX = 1  # one\n"""What it is."""\n"apart"\n'
    )
    assert [statement.text for statement in statements(code)] == [
        "# why\n# so\n@wrap\ndef f(): pass",
        'X = 1  # one\n"""What it is."""\n"apart"',
    ]


def test_what_statements_bind_is_not_needed_by_those_below():
    assert needs_of(statements("y = x\nx = 1\nz = x + y\n")) == {"x"}


CODE = {
    "a loop": "n = 3\nxs = []\nfor i in range(n):\n    xs.append(i)\nlost = 4\ny = len(xs)",
    "one value of several": "y = 1\ny = 2\nlost = y\ny = 3",
    "its own old value": "y = 1\nlost = y\ny = y + 1\ny = 2 * y",
    "a swap": "y, z = 1, 2\nlost = 5\ny, z = z, y",
    "an item": "y = {}\nlost = {}\nlost['a'] = 1\ny['a'] = 1",
    "an item counted up": "y = {'a': 1}\nlost = 2\ny['a'] += 2",
    "an attribute": "class A: pass\ny = A()\nlost = A()\nlost.k = 1\ny.k = 2\ny = y.k",
    "a method in a branch": "y = []\nlost = 0\nif True:\n    y.append(1)",
    "a function called later": "k = 1\ndef f(): return k + m\nlost = f\nk = 2\nm = 3\ny = f()",
    "functions that call each other": "def f(n): return n and g(n)\nlost = 1\n"
    "def g(n): return f(n - 1)\ny = f(4)",
    "an old function under a new name": "def f(x): return x + 1\nold = f\nlost = f\n"
    "def f(x): return 2 * old(x)\ny = f(3)",
    "a function with a default": "k = 2\ndef f(a=k): return a\nlost = k\nk = 3\ny = f()",
    "a lambda": "f = lambda: c\nlost = 1\nc = 2\ny = f()",
    "a class": "a = 1\nclass A:\n    b = a\n    def m(self): return c\nlost = 1\nc = 4\n"
    "y = A().m() + A.b",
    "a decorator": "def twice(f): return lambda: 2 * f()\nlost = 0\n@twice\ndef f(): return 1\n"
    "y = f()",
    "a comprehension": "i = 5\nn = 2\ny = [i * n for i in range(3)]\nlost = i",
    "a name that a comprehension has too": "y = 5\nlost = [y for y in range(3)]",
    "a name bound around a comprehension": "y = lost = 5\ny = [y for y in range(3)]",
    "a walrus": "x = 3\nlost = 1\nif (n := x) > 2:\n    y = n",
    "a context": "import io\nlost = 1\nwith io.StringIO('a') as f:\n    y = f.read()",
    "an attempt": "lost = 1\ntry:\n    import nothing_of_this_name as m\n"
    "except ImportError:\n    m = None\ny = m",
    "a pattern": "v = [3, 4]\nlost = v\nmatch v:\n    case [a, *b]:\n        y = b",
}


@pytest.mark.parametrize("name", CODE)
def test_a_slice_gives_the_same_value_without_what_it_does_not_need(name):
    whole, alone = {}, {}
    exec(CODE[name], whole)
    exec(joined(slice_of({"y"}, statements(CODE[name]))), alone)
    assert alone["y"] == whole["y"]
    assert "lost" in whole and "lost" not in alone


def test_a_value_that_was_replaced_is_not_taken():
    found = slice_of({"y"}, statements("y = 1\ny[0] = 2\ny = 3\ny[0] = 4\n"))
    assert [statement.text for statement in found] == ["y = 3", "y[0] = 4"]


def test_given_names_are_not_followed():
    code = statements("import math\na = math.pi\nb = a + 1\nc = a + b\n")
    found = slice_of({"c"}, code, given=frozenset({"a"}))
    assert [statement.text for statement in found] == ["b = a + 1", "c = a + b"]
    assert slice_of({"a"}, code, given=frozenset({"a"})) == []


def test_settings_of_an_imported_module_are_not_what_its_name_needs():
    code = statements("import random\nrandom.seed(0)\nx = random.random()\n")
    assert [s.text for s in slice_of({"x"}, code)] == ["import random", "x = random.random()"]


def test_statements_are_joined_with_blank_lines_round_blocks():
    code = "import os\nx = 1\ny = 2\ndef f():\n    pass\nz = 3\n"
    assert joined(statements(code)) == (
        "import os\n\nx = 1\ny = 2\n\n\ndef f():\n    pass\n\n\nz = 3"
    )


def test_the_root_of_a_place_is_its_name():
    places = [only(code).node.value for code in ("a", "a.b", "a[0].b[1]", "(a + b).c")]
    assert [root(place) for place in places] == ["a", "a", "a", None]


def test_statements_that_share_a_line_are_parted_also_after_one_of_several_lines():
    first, second = statements("x = (1,\n     2); y = 3")
    assert (first.text, second.text) == ("x = (1,\n     2)", "y = 3")


def test_a_name_that_is_bound_deep_in_an_expression_is_bound():
    assert "y" in only("print([1, (y := 3)])").binds
    assert "y" not in only("f = lambda: (y := 3)").binds
