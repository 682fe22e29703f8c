"""Three rules on a quadratic, as the page shows them."""

import numpy as np
import pytest

from dlhw.pages.interactive import descent_data as room


def left(rule, rate, beta, condition, steps=2000):
    return np.abs(room.path(rule, rate, beta, condition, steps)[-1]).max()


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9, 0.98])
@pytest.mark.parametrize("rule", room.RULES)
def test_below_its_limit_a_rule_arrives_and_above_it_runs_away(rule, beta):
    limit = room.limits(beta)[rule]
    assert left(rule, 0.99 * limit, beta, condition=3) < 1e-6
    assert left(rule, 1.01 * limit, beta, condition=3) > 1e6


def test_a_path_begins_at_the_start_and_has_a_point_a_step():
    points = room.path("momentum", 0.1, 0.5, 7, steps=4)
    assert points.shape == (5, 2) and tuple(points[0]) == room.START


def test_momentum_without_a_share_is_plain_descent():
    assert np.array_equal(room.path("momentum", 0.3, 0.0, 5), room.path("descent", 0.3, 0.0, 5))


def test_at_first_the_task_is_not_done():
    momentum, descent = (left(rule, *room.OPENING.values(), 60) for rule in ("momentum", "descent"))
    assert momentum < descent


def test_the_last_task_is_for_a_velocity():
    condition, near = room.HARD.values()
    root = condition**0.5
    rate, beta = 4 / (1 + 1 / root) ** 2, ((root - 1) / (root + 1)) ** 2
    assert left("momentum", rate, beta, condition, room.STEPS) < near
    rates = np.arange(0.01, 2.0, 0.01)
    assert min(left("descent", rate, 0, condition, room.STEPS) for rate in rates) > 100 * near


def test_what_is_found_is_named_and_its_numbers_are_computed():
    text = room.tasks().markdown
    assert text.count("<li data-task=") == 4
    assert f"{room.STEPS} steps" in text and f"κ = {room.HARD['condition']}" in text


def test_the_still_tells_how_far_each_rule_is():
    text = room.still().text
    for rule, title in room.TITLES.items():
        end = np.linalg.norm(room.path(rule, **room.OPENING)[-1])
        assert f"{title} {end:.2g}" in text


def test_the_table_of_limits_has_a_line_a_rule():
    text = room.limits_table().markdown
    assert [f"| {title} |" in text for title in room.TITLES.values()] == [True] * 3
    assert "1.357" in text
