"""Submissions that misbehave cost their own points, and nothing else."""

import os
import sys
import time

import pytest
from submissions import ALL, LAYER, LAYER_LAYOUTS, RIGHT, changed, misbehaving, right_ones

from dlhw.exercises.grading.alone import Grader
from dlhw.exercises.grading.command import grade_all
from dlhw.exercises.grading.spec import SpecError, spec_text

SUBMISSIONS = {s.name: s for s in [*right_ones()[9:], *misbehaving()]}
LIMITED = ("too large", "a huge file")  # by what only some systems limit


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The verdicts on all of them, by name; the folder has nothing in it but their files."""
    folder = tmp_path_factory.mktemp("submissions")
    files = {folder / f"{number}.py": name for number, name in enumerate(SUBMISSIONS)}
    for file, name in files.items():
        file.write_text(SUBMISSIONS[name].program)
    found = {}
    grade_all(Grader(spec_text("I.1")), list(files), found)
    assert sorted(folder.iterdir()) == sorted(files)
    return {files[file]: {v.question: v for v in verdicts} for file, verdicts in found.items()}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_each_earns_what_it_should_and_is_told_why_not(graded, name):
    if name in LIMITED and sys.platform != "linux":
        pytest.skip("this system does not limit that")
    found, submission = graded[name], SUBMISSIONS[name]
    assert {question: verdict.of for question, verdict in found.items()} == ALL
    earned = {question for question, verdict in found.items() if verdict.points}
    assert earned == set(submission.earns)
    said = " ".join(verdict.hint for verdict in found.values())
    assert all(words in said for words in submission.hints), said


def test_what_does_not_hang_on_a_lost_function_is_graded(tmp_path):
    file = tmp_path / "mine.py"
    jvp = "def jvp(W, b, X, dW, db, dX):\n"
    program = changed(LAYER, jvp, jvp + "    import os; os._exit(0)\n")
    file.write_text(program + LAYER_LAYOUTS["separate"])
    assert [verdict.points for verdict in Grader(spec_text("II.1")).grade(file)] == [1, 0, 2, 1]


def test_what_a_submission_began_ends_with_it(tmp_path):
    file, alive = tmp_path / "mine.py", tmp_path / "alive"
    later = f"import time; time.sleep(3); open({str(alive)!r}, 'w')"
    file.write_text(f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {later!r}])")
    Grader(spec_text("I.1")).grade(file)
    if os.name == "posix":
        time.sleep(4)
        assert not alive.exists()


def test_it_runs_in_a_folder_of_its_own(tmp_path):
    file, told = tmp_path / "mine.py", tmp_path / "told"
    file.write_text(f"import os\nopen({str(told)!r}, 'w').write(os.getcwd())\n" + RIGHT)
    (tmp_path / "numpy.py").write_text("raise ValueError")
    assert all(not verdict.hint for verdict in Grader(spec_text("I.1")).grade(file))
    assert not os.path.exists(told.read_text()) and told.read_text() != os.getcwd()


def test_a_grader_that_was_stopped_begins_nothing(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(RIGHT)
    grader = Grader(spec_text("I.1"))
    grader.stop()
    assert grader.grade(file) == []


def test_values_must_be_there():
    text = spec_text("I.1")
    (line,) = [line for line in text.splitlines() if line.startswith("values = [2")]
    with pytest.raises(SpecError, match="expected values in 'loss', got none"):
        Grader(text.replace(line, "values = []"))
