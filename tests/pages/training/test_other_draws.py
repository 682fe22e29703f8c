"""Draws of the data and figures of the original, on results that nobody trained."""

import numpy as np
import pytest
from read_tables import lines

from dlhw.pages.training import other_draws
from dlhw.pages.training.softmax_runs import main_settings, on_files

pytestmark = pytest.mark.usefixtures("made_up_results")


def test_a_finite_set_of_groups_that_are_all_right_or_all_wrong_has_no_noise():
    by_group, independent = other_draws.finite_set(np.repeat([True, False], 50), groups=2)
    assert by_group == 0 and independent == pytest.approx(0.05)


def test_what_remains_is_the_training_set():
    draws = other_draws.Draws(np.array([0.4, 0.5]), 0.03, 0.04, 0.05)
    assert draws.deviation**2 == pytest.approx(0.005)
    assert draws.training_set == ".0500"
    assert draws._replace(batches=0.1).training_set == "too small to tell"


def test_draws_are_read_from_both_results():
    draws = other_draws.draws("gmm")
    assert len(draws.accuracies) == 20 and 0 < draws.validation_set <= draws.independent < 0.01
    assert lines(other_draws.draws_table({"GMM": draws}))[0].startswith("| GMM |")


def test_differences_to_the_course_files_are_counted_in_deviations():
    draws, runs = other_draws.draws("peaks"), main_settings("peaks")
    gaps = [abs(run.last("val_accuracy").mean() - on_files(run)["val"]) for run in runs]
    strict = other_draws.strict_difference(runs, draws)
    assert strict == pytest.approx(max(gaps) / np.sqrt(2) / draws.deviation)
    assert len(lines(other_draws.on_course_files(runs, draws))) == len(runs)


def test_every_figure_of_the_original_has_two_runs_beside_it():
    said = other_draws.said_by_the_original()
    assert all(len(entry.runs) == 2 and len(entry.ours) == 4 for entry in said)
    exact = said[0]._replace(figure=on_files(said[0].runs[1])["val"])
    assert "momentum" in exact.fits and not exact._replace(figure=0.9).fits
    assert len(lines(other_draws.said_table(said))) == len(said)
