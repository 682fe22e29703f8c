"""A bundle is one file that stands alone: what was asked for and what that needs, and no more."""

import re
import subprocess
import sys

import pytest
from bundle import (
    BundleError,
    gather,
    localised,
    merged,
    printing,
    public,
    reading_order,
    written,
)

from dlhw.study.rooms import Source


@pytest.fixture
def package(tmp_path):
    """From the code of rooms to a folder with their package; `folder.room` is in a folder."""

    def of(rooms, data=()):
        (tmp_path / "LICENSE").write_text("MIT License\n\nDo.\n", "utf-8")
        for name, code in {"__init__": "", **rooms}.items():
            path = tmp_path / "dlhw" / f"{name.replace('.', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.parent.name != "dlhw":
                (path.parent / "__init__.py").touch()
            path.write_text(f'"""The room {name}."""\n\n{code}', "utf-8")
        for name, text in dict(data).items():
            (tmp_path / "data").mkdir(exist_ok=True)
            (tmp_path / "data" / name).write_text(text, "utf-8")
        return tmp_path

    return of


def bundled(root, check="", wanted=(), order=()):
    return written(gather(wanted, check, root), "A file.", order, root)


def shown(text, folder):
    """Run a bundle where it finds nothing else; return what it prints."""
    path = folder / "alone" / "one.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    run = subprocess.run([sys.executable, "-I", path], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    examples = [sys.executable, "-I", "-m", "doctest", path]
    assert subprocess.run(examples, capture_output=True).returncode == 0
    return run.stdout


ROOMS = {
    "a": "import math\n\n# A half of what is whole.\nHALF = 0.5\nLOST = 1\n\n\n"
    'def half(x):\n    """Return a half.\n\n    >>> half(2.0)\n    1.0\n    """\n'
    "    return HALF * _same(x)  # a product\n\n\ndef _same(x):\n    return math.fabs(x)\n",
    "b": "from .a import half\n\n\ndef quarter(x):\n    return half(half(x))\n\n\n"
    "def lost(x):\n    return missing(x)\n",
}
CHECK = "import json\n\nfrom dlhw.b import quarter\n\ntext = json.dumps([quarter(8.0)])\ntext"


def test_a_name_is_followed_through_rooms_to_all_that_it_needs(package, tmp_path):
    text = bundled(package(ROOMS), CHECK)
    assert shown(text, tmp_path) == "[2.0]\n"
    assert re.findall(r"^(?:def )?(\w+)(?:\(.*:| = .*)$", text, re.M) == [
        *("HALF", "half", "_same", "quarter", "main")
    ]
    assert "dlhw" not in text.replace('"""A file."""', "") and "lost" not in text


def test_docstrings_comments_and_the_licence_are_kept(package):
    text = bundled(package(ROOMS), CHECK)
    assert text.startswith('"""A file.\n"""\n\nimport json\nimport math\n')
    assert "# A half of what is whole.\nHALF" in text and "# a product" in text
    assert "Return a half." in text and "# The room a." in text
    assert text.endswith("# MIT License\n#\n# Do.\n")


def test_rooms_stand_in_order_behind_what_they_import(package):
    rooms = {**ROOMS, "c": "def third(x):\n    return x / 3\n"}
    root = package(rooms)
    assert reading_order(["c", "b", "a"], root) == ["c", "a", "b"]
    text = bundled(root, "", [("b", "quarter"), ("c", "third")], ["c", "b"])
    assert re.findall(r"^# ---- (\S+)", text, re.M) == ["c.py", "a.py", "b.py"]
    assert re.findall(r"^# -.*", text, re.M) == [
        line for line in text.splitlines() if "---" in line
    ]


def test_relative_imports_are_followed_up_and_down(package, tmp_path):
    rooms = {
        "top": "K = 3\n",
        "inner.side": "from ..top import K\n\n\ndef f():\n    return K\n",
        "inner.other": "from .side import f\n\n\ndef g():\n    return f() + 1\n",
    }
    text = bundled(package(rooms), "from dlhw.inner.other import g\ng()")
    assert shown(text, tmp_path) == "4\n"
    assert re.findall(r"^# ---- (\S+)", text, re.M) == ["top.py", "inner/side.py", "inner/other.py"]


USE = "from dlhw.b import g\ng()"
REFUSED = {
    "k is one thing in [ab], another in": (
        {
            "a": "def f(): return k\nk = 1\n",
            "b": "from .a import f\nk = 2\ndef g(): return f() + k\n",
        },
        USE,
    ),
    "pi is one thing in math, another in b": (
        {
            "a": "from math import pi\ndef f(): return pi\n",
            "b": "from .a import f\npi = 3\ndef g(): return f() + pi\n",
        },
        USE,
    ),
    "m comes from c?math and from c?math": (
        {
            "a": "import math as m\ndef f(): return m.pi\n",
            "b": "import cmath as m\nfrom .a import f\ndef g(): return f() + m.pi\n",
        },
        USE,
    ),
    "b imports the room a whole": (
        {"a": "def f(): return 1\n", "b": "from . import a\ndef g(): return a.f()\n"},
        USE,
    ),
    "takes f from the package and gives it a new meaning": (
        {"a": "f = 1\n"},
        "from dlhw.a import f\nf = 2\nf",
    ),
    "the room a has nothing called g": ({"a": "f = 1\n"}, "from dlhw.a import g\ng"),
    "the room a has nothing called h": ({"a": "f = 1\n"}, "from dlhw import a\na.h"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_become_one_file_is_refused(package, why):
    rooms, check = REFUSED[why]
    with pytest.raises(BundleError, match=why):
        gather([], check, package(rooms))


def test_one_import_in_two_rooms_is_no_clash_and_stands_once(package, tmp_path):
    rooms = {
        "a": "import math\nfrom os import path\ndef f(): return math.pi, path\n",
        "b": "import math\nfrom os import sep\nfrom .a import f\n"
        "def g(): return math.floor(f()[0]), sep\n",
    }
    text = bundled(package(rooms), "from dlhw.b import g\nprint(g()[0])")
    assert shown(text, tmp_path) == "3\n"
    assert text.count("import math") == 1 and "from os import path, sep" in text


def test_the_standard_library_stands_first():
    imports = {
        "np": Source(False, "numpy", None),
        "json": Source(False, "json", None),
        "b": Source(False, "math", "pi"),
        "a": Source(False, "math", "e"),
    }
    assert merged(imports) == "import json\nfrom math import e as a, pi as b\n\nimport numpy as np"


def test_what_an_example_uses_is_in_the_file_and_its_import_is_not(package, tmp_path):
    rooms = {
        "a": "def helper(x):\n    return 2 * x\n\n\ndef other():\n    return 5\n",
        "b": 'def f(x):\n    """Say.\n\n    >>> from dlhw.a import helper\n'
        '    >>> f(helper(other()))\n    11\n    """\n'
        "    return x + 1\n\n\ndef other():\n    return 5\n",
    }
    text = bundled(package(rooms), "", [("b", "f")])
    shown(text, tmp_path)
    assert "def helper" in text and "def other" in text and "from dlhw" not in text


def test_statements_that_change_what_is_bound_come_along(package, tmp_path):
    rooms = {"a": "T = {}\nT['k'] = 4\nU = {}\nU['k'] = 5\n\n\ndef f():\n    return T['k']\n"}
    text = bundled(package(rooms), "from dlhw.a import f\nf()")
    assert shown(text, tmp_path) == "4\n" and "U" not in re.findall(r"^\w", text, re.M)


def test_the_texts_of_the_data_that_the_file_reads_are_carried(package, tmp_path):
    reader = (
        "from pathlib import Path\n\n\ndef data_text(name):\n    return Path(name).read_text()\n"
    )
    rooms = {"d": reader, "a": 'from .d import data_text\ndef f(): return data_text("one.txt")\n'}
    root = package(rooms, {"one.txt": 'quo"tes\n', "two.txt": "other"})
    text = bundled(root, "from dlhw.a import f\nf()")
    assert shown(text, tmp_path) == 'quo"tes\n' and "other" not in text and "pathlib" not in text


@pytest.mark.parametrize(
    "code, printed",
    [
        ("x = 1\nx", "x = 1\nprint(x)"),
        ("f(\n    1,\n)", "print(f(\n    1,\n))"),
        ("print(x)", "print(x)"),
        ("x = 1", "x = 1"),
        ("é = 'ü'; é + 'é'", "é = 'ü'; print(é + 'é')"),
    ],
)
def test_the_last_value_of_a_check_is_printed_once(code, printed):
    assert printing(code) == printed


def test_a_check_reads_as_if_the_names_stood_in_its_file(package):
    root = package(ROOMS)
    code, asked, imports = localised(
        "import json\nfrom dlhw import a\n\né = a.half(a.HALF)\n", root
    )
    assert code == "é = half(HALF)" and set(asked) == {("a", "half"), ("a", "HALF")}
    assert list(imports) == ["json"]


def test_a_file_of_the_site_is_the_package_under_another_name(package, tmp_path):
    root = package(ROOMS)
    check = "from course import half, quarter\nhalf(quarter(8.0))"
    assert shown(bundled(root, check), tmp_path) == "1.0\n"
    with pytest.raises(LookupError, match="no room of dlhw defines nothing"):
        gather([], "from course import nothing\nnothing", root)


def test_what_a_room_offers_is_public(package):
    assert public("a", package(ROOMS)) == ["HALF", "LOST", "half"]
