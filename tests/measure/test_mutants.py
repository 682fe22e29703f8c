"""Changes of code, tried: `python tests/measure/mutants.py` tries some hundred of the package."""

import ast

import mutants
import pytest

SOURCE = '''"""Doctests stay: >>> 1 < 2"""
import numpy as np


def half(x: float = 2.0, up=True):
    """Return half."""
    if not x:
        raise ValueError(f"expected a number but {0}, got {x}")
    kept["é"] = x
    x += 1
    print(x, up, sep="")
    return x / 2 if up and x > 1 else -x
'''


@pytest.fixture(scope="module")
def changed():
    return mutants.mutants("room", SOURCE)


def test_each_change_is_code_and_is_one_place(changed):
    assert len({mutant.source for mutant in changed}) == len(changed)
    for mutant in changed:
        ast.parse(mutant.source)
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(SOURCE))
        lines = zip(SOURCE.splitlines(), mutant.source.splitlines(), strict=True)
        assert [old for old, new in lines if old != new] == [SOURCE.splitlines()[mutant.line - 1]]


def test_every_kind_of_change_is_made(changed):
    after = {mutant.after for mutant in changed}
    for line in (
        "def half(x: float = (20.0), up=True):",
        "def half(x: float = 2.0, up=(False)):",
        "if (x):",
        "pass",
        "(print(up, x, sep=''))",
        "(print(x, up))",
        "return (x * 2) if up and x > 1 else -x",
        "return x / 2 if (up or x > 1) else -x",
        "return x / 2 if up and (x >= 1) else -x",
        "return x / 2 if up and x > 1 else (x)",
        "return (-x if up and x > 1 else x / 2)",
        "return None",
    ):
        assert line in after


def test_texts_imports_and_messages_stay(changed):
    lines = {mutant.line for mutant in changed}
    assert lines == {5, 7, 9, 10, 11, 12}


def test_the_sample_of_a_room_is_the_same_whatever_other_rooms_there_are(changed):
    others = mutants.mutants("other", SOURCE)
    some = mutants.sample(changed, 0.5, seed=0)
    assert 0 < len(some) < len(changed)
    assert [m for m in mutants.sample(others + changed, 0.5, seed=0) if m in changed] == some
    assert mutants.sample(changed, 0.5, seed=1) != some


def test_what_is_kept_holds_until_the_room_changes(tmp_path, monkeypatch, changed):
    (tmp_path / "room").write_text(SOURCE)
    (tmp_path / "tests").mkdir()
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "KEPT", tmp_path / "kept" / "mutants.jsonl")
    monkeypatch.setattr(mutants, "own_tests", lambda room: [room])
    first, second, *_ = changed
    mutants.keep(first, "test_a.py::test_b")
    mutants.keep(second, "")
    outcomes = mutants.kept_outcomes()
    assert outcomes == {mutants.name_of(first): "test_a.py::test_b", mutants.name_of(second): ""}
    lines = mutants.summary(changed, outcomes, {})
    assert lines[0] == f"{second}\n    NOT EXPLAINED"
    assert lines[-1].split() == ["room", "0", "1", "1", "0"]
    reason = {("room", second.before, second.after): "It is the same."}
    assert mutants.summary(changed, outcomes, reason)[0].endswith("It is the same.")
    (tmp_path / "room").write_text(SOURCE + "\n")
    assert mutants.name_of(first) not in outcomes
