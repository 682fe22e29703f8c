"""A listing is copied with all that it needs and that nothing above it has pasted, and no more."""

import re
from html import escape, unescape

import pytest
from copying import completed, meanings, statements_of, without_prompts

from dlhw.study.names import statements


def listing(code, language="python", title=""):
    head = f'<span class="filename">{title}</span>' if title else ""
    return (
        f'<div class="language-{language} highlight">{head}<pre><span></span><code>'
        f"{escape(code)}\n</code></pre></div>"
    )


def copied(*listings, cells=(), room=None):
    """Return what the buttons of a page's listings copy, in order."""
    html = completed("\n<p>Words.</p>\n".join(listings), cells, room)
    found = re.findall(
        r'<div class="language-\w+ highlight"(.*?)>.*?<code>(.*?)</code>', html, re.S
    )
    texts = []
    for marks, shown in found:
        other = re.search('data-copy="(.*?)"', marks, re.S)
        texts.append(unescape(other[1] if other else shown).strip("\n"))
    return texts


def value(name, texts):
    """Paste texts one below the other; return what a name is in the end."""
    space = {}
    exec("\n\n\n".join(texts), space)
    return space[name]


def test_a_listing_gets_what_hidden_cells_hold():
    cells = [
        "import math\nlost = 1\nk = 2",
        "def f(x):\n    return k * math.floor(x)",
        "y = f(1.5)",
    ]
    (text,) = copied(listing(cells[2]), cells=cells)
    assert value("y", [text]) == 2 and "lost" not in text


def test_a_listing_gets_nothing_that_is_there_already():
    cells = ["import math", "x = math.pi", "y = x + math.e", "z = 1"]
    first, second, third = copied(*map(listing, cells[1:]), cells=cells)
    assert first == "import math\n\nx = math.pi"
    assert (second, third) == ("import math\n\ny = x + math.e", "z = 1")  # imports always


def test_the_html_stays_but_for_what_a_button_copies():
    html = f"<h1>Title</h1>\n{listing('y = 1 < k')}\n<p>End.</p>"
    assert completed(html, ["y = 1 < k"]) == html
    marked = completed(html, ["k = 2", "y = 1 < k"])
    assert marked.replace(' data-copy="k = 2\n\ny = 1 &lt; k"', "") == html
    coloured = html.replace("y = 1", '<span class="n">y</span> = 1')
    assert 'data-copy="k = 2\n\ny = 1 &lt; k"' in completed(coloured, ["k = 2", "y = 1 < k"])


def test_what_a_hidden_cell_changes_since_is_made_anew():
    for change in ("x.append(2)", "x = [1, 2]", "x += [2]", "x[1:] = [2]", "k = 2\nx.append(k)"):
        cells = ["x = [1]", change, "y = sum(x)"]
        assert value("y", copied(listing(cells[0]), listing(cells[2]), cells=cells)) == 3, change


def test_what_a_listing_changes_itself_is_not_made_anew():
    cells = ["x = [1]", "x[0] = 2", "y = sum(x)"]
    assert copied(*map(listing, cells), cells=cells) == cells


def test_cells_do_not_see_the_names_of_examples():
    cells = ["k = 1", "y = k"]
    texts = copied(listing(">>> k = 5\n>>> k\n5", "pycon"), listing(cells[1]), cells=cells)
    assert texts[0] == "k = 5\nprint(k)" and value("y", texts) == 1
    texts = copied(
        *map(listing, cells[:1]), listing(">>> k = 5", "pycon"), listing("y = k"), cells=cells
    )
    assert texts[2] == "k = 1\n\ny = k"


def test_examples_get_what_earlier_examples_hold_and_not_what_cells_hold():
    texts = copied(
        listing(">>> k = 5", "pycon"),
        listing("k = 1\ny = k"),
        listing(">>> z = k + 1\n>>> z\n6", "pycon"),
        cells=["k = 1\ny = k"],
    )
    assert texts[2] == "k = 5\n\nz = k + 1\nprint(z)" and value("z", texts) == 6


def test_examples_that_raise_are_left_out_and_lines_that_go_on_are_kept():
    text = ">>> x = 1\n>>> x.y\nTraceback (most recent call last):\n    ...\nAttributeError: no\n"
    text += ">>> if x:\n...     x = 2\n>>> print('a')\na"
    assert without_prompts(text) == "x = 1\nif x:\n    x = 2\nprint('a')"


def test_a_function_of_the_package_is_copied_with_the_rest_of_its_room():
    code = "def cross_entropy_gradient(Z, C):\n    return (softmax(Z) - C) / C.shape[-1]"
    texts = copied(listing(code, "py", "dlhw/softmax.py"), listing("z = 1"), cells=["z = 1"])
    assert texts[0].startswith("import numpy as np\n\n\ndef softmax") and texts[1] == "z = 1"
    assert "def affine" not in texts[0] and '"""' not in texts[0]
    texts = copied(*[listing(code, "py", "dlhw/softmax.py")] * 2)
    assert texts[1] == texts[0]  # what stands on the page in between may use these names


def test_the_examples_of_a_room_import_its_names():
    (text,) = copied(listing(">>> affine(1, 2, 3)", "pycon"), room="softmax")
    assert text == "from dlhw.softmax import affine\n\nprint(affine(1, 2, 3))"
    (text,) = copied(listing(">>> table([[np.pi]], 'a')", "pycon"), room="pages.result_tables")
    assert text.startswith("import numpy as np\n")


def test_a_self_check_stands_alone_and_joins_nothing():
    cells = ["k = 1", "y = k"]
    check = listing("k = 7", "python", "Check yourself")
    texts = copied(check, listing(cells[1]), cells=cells)
    assert texts == ["k = 7", "k = 1\n\ny = k"]


def test_a_listing_that_needs_a_package_says_which():
    html = completed(f"<!-- needs torch -->\n{listing('>>> import torch', 'pycon')}")
    assert 'data-needs="torch"' in html and "data-needs" not in completed(listing("x = 1"))


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("import math as m", "import math as m  # again", True),
        ("from math import pi as m", "from math import tau as m", False),
        ("m = 1", "m = 1  # one", False),
        ("m = [1]", "m = [1]\nm.append(2)", False),
        ("import math as m", "import math as m\nm.pi = 3", True),
    ],
)
def test_a_name_means_what_bound_it_and_what_changed_it_since(one, other, same):
    first, second = (meanings(statements(code))["m"] for code in (one, other))
    assert (first == second) == same


def test_a_room_is_its_imports_and_its_code_without_docstrings():
    texts = [statement.text for statement in statements_of("pages.diagrams")]
    assert "import dlhw.pages.figures as figures" in texts
    assert any(text.startswith("def chain") and '"""' not in text for text in texts)
    imports = [statement.text for statement in statements_of("pages.diagrams", imported=True)]
    assert "from dlhw.pages.diagrams import chain" in imports
