"""What was earned, handed over."""

import csv
import io
import json

from dlhw.exercises.grading.marking import Verdict
from dlhw.exercises.grading.outputs import as_csv, as_gradescope, as_text

VERDICTS = [
    Verdict("loss", 2, 2),
    Verdict("in W", 0, 3, 'g: Look at "W":\na sign, or so.'),
    Verdict("in b", 0, 1.5, 'g: Look at "W":\na sign, or so.'),
]


def test_text_says_each_hint_once():
    assert as_text("a.py", VERDICTS).startswith("a.py: 2 of 6.5\n  in W, in b: g: Look")
    assert as_text("a.py", VERDICTS).count("a sign") == 1


def test_csv_has_a_row_for_each_file_and_question_whatever_stands_in_a_hint():
    rows = list(csv.DictReader(io.StringIO(as_csv({"a, b.py": VERDICTS, "c.py": VERDICTS}))))
    assert [row["file"] for row in rows] == 3 * ["a, b.py"] + 3 * ["c.py"]
    assert rows[1]["hint"] == VERDICTS[1].hint and float(rows[2]["of"]) == 1.5


def test_gradescope_gets_scores_that_add_up():
    held = json.loads(as_gradescope(VERDICTS))
    assert held["score"] == sum(test["score"] for test in held["tests"]) == 2
    assert [test["max_score"] for test in held["tests"]] == [2, 3, 1.5]
    assert held["tests"][1]["output"] == VERDICTS[1].hint
