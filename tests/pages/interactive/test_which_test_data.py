"""Verdicts of tests on planted mistakes."""

import pytest

from dlhw.pages.derivatives.right_models import TESTS, regression
from dlhw.pages.interactive import which_test_data as room


@pytest.fixture(scope="module")
def found():
    return room.all_verdicts()


def test_each_mistake_is_tested_in_each_setting_by_each_test(found):
    assert len(found["results"]) == len(found["mistakes"]) * 2 * 2 * 2
    assert all(tuple(result["tests"]) == TESTS for result in found["results"].values())


def test_a_verdict_is_the_tests_own(found):
    mistake = room.planted()[3]
    model = room.in_setting(mistake, "one sample", "the first matrix alone", "random parameters")
    assert list(model.x) == ["W"] and model.forward(model.x).shape[1] == 1
    result = found["results"][f"{mistake.name}|one sample|the first matrix alone|random parameters"]
    for test, report in model.reports().items():
        assert result["tests"][test] == (report.verdict, report.message)


def test_the_usual_setting_shows_every_mistake_but_the_wrong_loss(found):
    usual = "many samples|all blocks|random parameters"
    for mistake in found["mistakes"]:
        tests = found["results"][f"{mistake}|{usual}"]["tests"]
        seen = any(verdict == "fail" for verdict, _ in tests.values())
        assert seen == (mistake != "the wrong loss, with its own gradient")


@pytest.mark.parametrize("direction", ["normal", "rand"])
@pytest.mark.parametrize("seed", range(5))
def test_one_direction_tells_a_right_gradient_from_a_wrong_one(direction, seed):
    assert room.one_direction(regression(), direction, seed)[0] == "pass"
    assert room.one_direction(room.scaled(regression(), 1.5), direction, seed)[0] == "fail"


def test_a_direction_of_ones_sees_nothing_in_a_softmax(found):
    for factor in (1, -1, 16):
        wrong = room.scaled(regression(), factor)
        assert room.one_direction(wrong, "ones") == ("inconclusive", None)
