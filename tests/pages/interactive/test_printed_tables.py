"""Examples to paste."""

from dlhw.pages.interactive.pasted_table import read
from dlhw.pages.interactive.printed_tables import examples
from dlhw.pages.interactive.table_verdict import judge


def test_one_of_the_first_three_is_wrong_and_the_others_are_named():
    found = {name: judge(read(text)) for name, text in examples().items()}
    assert [name for name in "ABC" if found[name].verdict == "fail"] == ["B"]
    assert {found[name].verdict for name in "AC"} == {"pass"}
    assert found["B"].cause == "scale" and found["MATLAB"].cause == "sign"
    assert found["decimal commas"].cause in ("scale", "two")
