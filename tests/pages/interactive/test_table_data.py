"""A gradient test with an error planted, as the page shows it."""

import numpy as np
import pytest

from dlhw.pages.interactive import table_data as room


@pytest.fixture(scope="module")
def found():
    return room.everything()


def answers(found, samples, precision, error):
    return found["results"][f"{samples}|{precision}"]["asked"][error]


def test_every_setting_has_a_verdict(found):
    assert len(found["results"]) == len(room.SAMPLES) * len(room.PRECISIONS)
    for place in found["results"].values():
        assert len(place["rises"]) == room.ROWS and place["floor"] > 0
        for error in room.ERRORS:
            said = [answer["verdict"] for answer in place["asked"][error]]
            assert said[0] == "pass" and said[-1] == "fail" and len(said) == len(room.SIZES)


def test_the_gradient_is_right():
    problem = room.Problem(10, "float64")
    steps = 1e-6 * np.eye(problem.x.size)
    slopes = [(problem.loss(problem.x + h) - problem.loss(problem.x - h)) / 2e-6 for h in steps]
    assert np.allclose(problem.gradient, slopes, atol=1e-9)


@pytest.mark.parametrize("error", room.ERRORS)
def test_an_error_is_as_large_as_it_says(error):
    problem = room.Problem(10, "float64")
    off = problem.claimed(error, 0.01) - problem.gradient
    assert np.linalg.norm(off) == pytest.approx(0.01 * np.linalg.norm(problem.gradient))
    assert np.count_nonzero(np.abs(off) > 1e-12) == (1 if error == "one entry" else off.size)


def test_a_problem_is_computed_in_its_numbers():
    problem = room.Problem(10, "float32")
    assert problem.loss(problem.x + 0.5 * problem.d).dtype == np.float32
    assert problem.claimed("scaled", 0.1).dtype == np.float32


def test_a_quarter_of_a_step_is_two_halves():
    problem = room.Problem(10, "float64")
    halves, quarters = (room.table(problem, 1.0, factor) for factor in room.FACTORS)
    assert np.array_equal(halves[::2], quarters)
    assert np.array_equal(quarters[1:, 0] / quarters[:-1, 0], np.full(len(quarters) - 1, 0.25))


def test_a_right_gradient_divides_E1_by_four_and_a_wrong_one_by_two():
    problem = room.Problem(10, "float64")
    right, wrong = (
        room.table(problem, room.asked(problem, "scaled", size)["claimed"], 0.5)[8:12, 2]
        for size in (0.0, 1.0)
    )
    assert np.allclose(right[:-1] / right[1:], 4, atol=0.02)
    assert np.allclose(wrong[:-1] / wrong[1:], 2, atol=0.02)


def test_the_fixed_rule_misses_in_float64_what_the_test_sees_and_blames_what_is_right_in_float32(
    found,
):
    small = answers(found, 10, "float64", "scaled")[room.SIZES.index(1e-6)]
    assert small["verdict"] == "fail"
    assert not room.rejects(found["results"]["10|float64"], small["claimed"])
    right = answers(found, 10, "float32", "scaled")[0]
    assert right["verdict"] == "pass"
    assert room.rejects(found["results"]["10|float32"], right["claimed"])


def test_from_where_on_an_error_is_seen_is_in_the_table(found):
    lines = room.smallest_seen(found).markdown.splitlines()
    assert len(lines) == 2 + len(found["results"]) * len(room.ERRORS)
    for line in lines[2:]:
        samples, precision, words, by_rule, by_test = (c.strip() for c in line.split("|")[1:-1])
        error = next(name for name, text in room.ERRORS.items() if text == words)
        seen = room.SIZES.index(float(by_test))
        said = [answer["verdict"] for answer in answers(found, samples, precision, error)]
        assert said[seen - 1] == "pass" and set(said[seen:]) == {"fail"}
        assert (by_rule == "a right one too") == (precision == "float32")


def test_the_rule_and_the_first_rows_are_computed():
    assert "10^{-5}" in room.fixed_rule().markdown and "10^{-4}" in room.fixed_rule().markdown
    assert "| 0.5 |" in room.still().markdown
