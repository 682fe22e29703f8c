"""Runs of softmax regression are found; their sums of rates are those of all their steps."""

import pytest

from dlhw.pages.training.softmax_runs import (
    BETA,
    SCHEDULES,
    all_settings,
    along,
    at_a_constant_rate,
    kept,
    main_settings,
    on_files,
    other_settings,
    sum_of_rates,
)

pytestmark = pytest.mark.usefixtures("made_up_results")


def test_settings_are_those_of_the_chapter():
    assert len(main_settings("gmm")) == 6 and len(other_settings()) == 36
    assert at_a_constant_rate().experiment.schedule == "constant"
    assert {run.experiment.schedule for run in all_settings()} == set(SCHEDULES)


def test_the_sum_of_rates_is_that_of_all_steps():
    plain, heavy = (kept("peaks", rule, "exponential") for rule in ("sgd", "momentum"))
    walked = sum(0.001 * 0.9**epoch for epoch in range(50) for _ in range(25_000 // 32))
    assert sum_of_rates(plain.experiment) == pytest.approx(walked)
    assert sum_of_rates(heavy.experiment) == pytest.approx(walked / (1 - BETA))


def test_along_the_flow_times_are_logarithmic():
    e = kept("peaks", "sgd", "exponential").experiment
    tau = sum_of_rates(e)
    assert along([1.0, 3.0], [tau / 10, 10 * tau], e) == pytest.approx(2.0)


def test_every_compared_run_has_a_figure_on_the_course_files():
    assert all("std" in on_files(run) for run in main_settings("peaks") + other_settings())
