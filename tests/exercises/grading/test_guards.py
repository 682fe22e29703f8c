"""The package's own solutions are out of a submission's reach; its tools are not."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from dlhw.exercises.grading.guards import Refusal, load_submission
from dlhw.softmax import softmax


def run(program):
    """Run a program after the refusal is set up; return what it prints."""
    start = """
import dlhw.network, dlhw.exercises.grading.alone
from dlhw.exercises.grading.guards import OwnSolution, Refusal
refusal = Refusal()
refusal.set_up()
"""
    command = [sys.executable, "-c", start + program]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "solution",
    [
        "import dlhw.softmax",
        "from dlhw.softmax import softmax",
        "from dlhw import network",
        "import importlib; importlib.import_module('dlhw.layers')",
        "from dlhw.pages.derivatives.right_models import regression",
        "from dlhw.exercises.chapter_01 import EXERCISES",
        "__import__('dlhw.training')",
    ],
)
def test_solutions_are_refused_even_where_they_were_loaded(solution):
    program = f"try:\n    {solution}\nexcept OwnSolution: print('refused', refusal.refused)"
    assert run(program).startswith("refused dlhw.")


def test_a_room_that_was_loaded_is_no_attribute_any_more():
    assert run("import dlhw; print(hasattr(dlhw, 'softmax'), hasattr(dlhw, 'load'))") == (
        "False True\n"
    )


def test_data_and_tests_still_work():
    program = """
import numpy as np
from dlhw import gradient_test, load
from gradient_test import gradient_test as alone
assert alone is gradient_test
assert gradient_test(lambda x: np.sum(x**2), lambda x: 2 * x, np.ones(3)).passed
print(load("gmm").X_val.shape)
"""
    assert run(program) == "(5, 6250)\n"


def test_what_was_got_in_another_way_is_known_by_its_room():
    refusal = Refusal()
    assert refusal.borrowed(SimpleNamespace(mine=run, number=3)) == ""
    assert refusal.borrowed(SimpleNamespace(f=softmax)) == "dlhw.softmax.f"


def test_a_submission_is_loaded_and_not_run_as_a_program(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from dataclasses import dataclass\n"
        "@dataclass\nclass Layer:\n    width: int\n"
        "if __name__ == '__main__': raise SystemExit\n"
    )
    assert load_submission(path).Layer(3).width == 3
