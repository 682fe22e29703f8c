"""The plot to hand in is a report's of a right gradient; the other is of the same loss."""

import numpy as np

from dlhw.derivative_tests.four_tests import gradient_test
from dlhw.pages.coursework import two_plots


def test_the_gradient_of_both_plots_is_right():
    rng = np.random.default_rng(3)
    point = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=(4, 1))}
    assert gradient_test(*two_plots.loss_and_gradient(), point).passed


def test_only_the_good_plot_has_slopes_and_a_title_that_a_test_gave():
    good, bad = two_plots.good().markdown, two_plots.sent_back().markdown
    assert "slopes 1 and 2" in good and "slopes 1 and 2" not in bad
    assert "Successful gradient test" in bad and "Successful" not in good
