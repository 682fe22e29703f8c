"""Which code is a tool, and which is assessed."""

from importlib import import_module

import pytest

from dlhw.exercises.bodies import found
from dlhw.exercises.labels import ASSESSED, LEFT_OUT, SAYS, assessed, label


@pytest.mark.parametrize("room", ASSESSED)
def test_what_is_assessed_is_there(room):
    here = vars(import_module(f"dlhw.{room}"))
    assert all(callable(found(path, here)) for path in ASSESSED[room])
    assert all(name in here for name in LEFT_OUT.get(room, ()))


def test_code_with_one_assessed_name_is_assessed():
    assert label("layers", ["Activation", "tanh"]) == "assessed"
    assert label("layers", ["Activation"]) == label("network", ["xavier", "he"]) == "tool"
    assert label("layers", ["OriginalBlock"]) == "assessed"  # it shows how a residual block goes
    assert label("study.rooms", ["softmax"]) == "tool"  # a name counts in its own room
    assert {label("softmax", ["softmax"]), label("arrays", [])} == SAYS.keys()


def test_a_name_stands_for_all_its_bodies():
    assert assessed("layers", {"tanh"}) == ["tanh.slope_times"]
    assert len(assessed("layers", {"Dense", "shapes"})) == 3
