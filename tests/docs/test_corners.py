"""Corners of names, bundle and copying: what a slice must keep, and what a bundle must refuse."""

import pytest
from bundle import BundleError, printing
from test_bundle import bundled, package, shown  # noqa: F401
from test_copying import copied, listing, value

from dlhw.study.names import joined, slice_of, statements


@pytest.mark.parametrize(
    "code",
    [
        "y = 1\ny += 2",
        "y = 0\nfor i in range(3):\n    y += i",
        "n = 3\ny = 0\nwhile n:\n    y += n\n    n -= 1",
        "y = 1\nif False:\n    y = 2",
        "y = 1\nfor i in []:\n    y = 2",
        "i = 7\nfor i in []:\n    pass\ny = i",
        "b = 1\nif False:\n    b = 2\n    c = b\ny = b",
        "y = [1, 2]\ndel y[0]",
        "y = {}\ny.setdefault('a', []).append(1)",
        "x = [last := i for i in range(3)]\ny = last",
        "y = 0\ny = y + 1; y = y + 2",
        "y = 5\nlost = [y for y in range(3)]",  # from Python 3.12 on
    ],
)
def test_a_slice_keeps_the_value(code):
    whole, alone = {}, {}
    exec(code, whole)
    exec(joined(slice_of({"y"}, statements(code))), alone)
    assert alone["y"] == whole["y"]


def test_a_function_needs_the_global_that_it_counts_up():
    (statement,) = statements("def f():\n    global n\n    n += 1\n")
    assert statement.needs == {"n"}


def test_a_line_of_a_text_is_no_comment():
    assert statements('x = """\n# a"""\ny = 1\n')[1].text == "y = 1"


CHECK = "from dlhw.b import g\ng()"
ONE = "def g(): return 1\n"
RUNS = {
    "dotted import": ("import os.path\ndef g(): return os.path.basename('a/b')\n", CHECK, "b"),
    "call in a room": ("T = {}\nT.update(k=1)\ndef g(): return T['k']\n", CHECK, "1"),
    "comment behind the value": (ONE, CHECK + "  # one", "1"),
    "text over lines": ("def g(x): return len(x)\n", CHECK[:-1] + "'''a\nb''')", "3"),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_bundle_runs(package, tmp_path, name):  # noqa: F811
    room, check, out = RUNS[name]
    assert shown(bundled(package({"b": room}), check), tmp_path) == out + "\n"


A = "def f(): return 1\n"
READER = "def data_text(name): return open(name).read()\n"
RENAMED = "from .a import f as h\ndef g(): return h()\n"
LATE = "def g():\n    from .a import f\n    return f()\n"
LATE_CHECK = "def h():\n    from dlhw.b import g\n    return g()\nh()"
REFUSED = {
    "renamed in the check": ({"b": ONE}, "from dlhw.b import g as h\nh()"),
    "renamed in a room": ({"a": A, "b": RENAMED}, CHECK),
    "imported in a function of the check": ({"b": ONE}, LATE_CHECK),
    "imported in a function": ({"a": A, "b": LATE}, CHECK),
    "the package by its dotted name": ({"b": ONE}, "import dlhw.b\ndlhw.b.g()"),
    "nothing of this name": ({"a": "x = 1\n", "b": "from .a import f\ndef g(): f()\n"}, CHECK),
    "no such room": ({"b": ONE}, "from dlhw.c import g\ng()"),
    "data by a variable": ({"b": READER + "def g(n='x'): return data_text(n)\n"}, CHECK),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bundle_is_refused(package, name):  # noqa: F811
    rooms, check = REFUSED[name]
    with pytest.raises(BundleError):
        bundled(package(rooms), check)


@pytest.mark.parametrize("code, printed", [("x  # x", "print(x)  # x"), ("", ""), ("# x", "# x")])
def test_what_is_printed(code, printed):
    assert printing(code) == printed


def test_a_listing_whose_examples_all_raise():
    copied(listing(">>> 1 / 0\nTraceback (most recent call last):\nZeroDivisionError: no", "pycon"))


def page(*shown, cells):
    return value("y", copied(*map(listing, shown), cells=cells))


def test_a_function_that_is_there_is_not_the_same_where_what_it_needs_was_changed():
    f, use = "k = 1\ndef f():\n    return k", "y = f()"
    assert page(f, use, cells=[f, "k = 2", use]) == 2


def test_a_line_that_is_there_is_not_the_same_where_what_it_needs_was_changed():
    x, use = "k = 1\nx = k + 1", "y = x"
    assert page(x, use, cells=[x, "k = 2\nx = k + 1", use]) == 3


def test_an_example_does_not_change_what_a_function_of_the_cells_does():
    f, use = "k = 1\ndef f():\n    return k", "y = f()"
    texts = copied(listing(f), listing(">>> k = 5", "pycon"), listing(use), cells=[f, use])
    assert value("y", texts) == 1


def test_a_listing_that_is_no_cell_takes_no_cells_away():
    cells = ["k = 3", "y = k", "k = 4"]
    assert value("y", copied(listing("q = 7"), listing("y = k"), cells=cells)) == 3
