"""Figures look the same whatever the reader has set, and leave those settings alone."""

import subprocess
import sys

import matplotlib as mpl
import pytest

from dlhw.pages import figures


def drawn():
    fig, (left, right) = figures.axes(1, 2, size=(6.9, 3.0))
    left.plot([1, 2, 3], [1.0, 0.5, 0.25], "o-", label="loss")
    left.axhline(0.3)
    left.grid(axis="y")
    left.set(xlabel="epoch", title="one")
    left.legend()
    right.scatter([1, 2], [1, 2])
    right.text(1, 1, "here")
    right.bar([1, 2], [2, 1])
    fig.colorbar(right.imshow([[0, 1]]), ax=right, label="share")
    fig.legend()
    return figures.show(fig, caption="A caption.", text="A text.")


OTHERS = {
    "figure.facecolor": "red",
    "axes.prop_cycle": mpl.cycler(color=["k"]),
    "axes.titlecolor": "red",
    "font.size": 20,
    "grid.color": "red",
    "legend.frameon": True,
    "lines.linewidth": 7,
    "savefig.dpi": 30,
    "svg.fonttype": "path",
    "text.color": "red",
    "xtick.color": "red",
}


def test_a_figure_does_not_depend_on_the_readers_settings():
    ours = drawn()
    with mpl.rc_context(OTHERS):
        theirs = drawn()
    assert theirs.markdown == ours.markdown and theirs.png == ours.png


def test_drawing_leaves_the_readers_settings():
    with mpl.rc_context(OTHERS):
        before = dict(mpl.rcParams)
        drawn()
        assert dict(mpl.rcParams) == before


def test_importing_sets_nothing():
    program = """
import matplotlib
before = dict(matplotlib.rcParams)
import dlhw.pages.figures
assert dict(matplotlib.rcParams) == before
"""
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.parametrize("said", [{"caption": " ", "text": "A."}, {"caption": "A.", "text": ""}])
def test_a_figure_without_words_is_refused(said):
    with pytest.raises(ValueError, match="caption"):
        figures.show(figures.axes()[0], **said)


def test_a_row_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="2 cells a row"):
        figures.table([[1, 2], [3]], ["a", "b"])


def test_columns_of_numbers_stand_on_the_right():
    lines = str(figures.table([["a", "−.5", 1e-12], ["b", "", True]], "xyz")).splitlines()
    assert lines[1:] == ["| --- | ---: | --- |", "| a | −.5 | 1e-12 |", "| b |  | True |"]
