"""Rooms are read as they are now: what they define, and where their other names come from."""

import os

import pytest

from dlhw.study.rooms import Source, home_of, path_of, read_room


@pytest.fixture
def package(tmp_path):
    """From the code of rooms to a folder with their package; `folder.room` is in a folder."""

    def of(rooms):
        for name, code in {"__init__": "", **rooms}.items():
            path = tmp_path / "dlhw" / f"{name.replace('.', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.parent.name != "dlhw":
                (path.parent / "__init__.py").touch()
            path.write_text(code, "utf-8")
        return tmp_path

    return of


def test_rooms_have_files(package):
    root = package({"a": "", "inner.side": "x = 1\n"})
    assert path_of("inner.side", root).name == "side.py" and path_of("none", root) is None
    assert path_of("", root) == root / "dlhw" / "__init__.py"
    assert path_of("inner", root) == root / "dlhw" / "inner" / "__init__.py"


IMPORTS = """
import math
import os.path
from json import dumps as write

import dlhw.a
from . import a
from .a import x
from ..a import y
from dlhw.inner import side
"""


def test_imports_say_where_names_come_from(package):
    root = package({"a": "", "inner.side": IMPORTS.replace("from .a", "from ..a")})
    assert read_room("inner.side", root).imports == {
        "math": Source(False, "math", None),
        "os.path": Source(False, "os.path", None),
        "write": Source(False, "json", "dumps"),
        "dlhw.a": Source(True, "a", None),
        "a": Source(True, "inner", "a"),
        "x": Source(True, "a", "x"),
        "y": Source(True, "a", "y"),
        "side": Source(True, "inner.side", None),
    }


def test_a_room_is_read_again_when_its_file_changes(package):
    root = package({"a": "x = 1\n"})
    assert [s.text for s in read_room("a", root).definitions] == ["x = 1"]
    path = path_of("a", root)
    path.write_text("x = 2\n", "utf-8")
    os.utime(path, ns=(0, 0))
    assert [s.text for s in read_room("a", root).definitions] == ["x = 2"]


def test_a_name_is_found_in_its_room(package):
    root = package({"a": "x = 1\n", "inner.side": "y = 1\n"})
    assert (home_of("x", root), home_of("y", root)) == ("a", "inner.side")
    with pytest.raises(LookupError, match="no room of dlhw defines z"):
        home_of("z", root)
