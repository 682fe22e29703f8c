"""A diagram of the data flow has a box for each map, and every arrow has a way back."""

import pytest

pytest.importorskip("matplotlib")

from dlhw.pages.diagrams import chain  # noqa: E402
from dlhw.pages.figures import COLOURS, show  # noqa: E402

MAPS = [
    ("$H = \\tanh(W_1 X + b_1)$", "$W_1$, $b_1$", "$G_{W_1}$, $G_{b_1}$"),
    ("$S = X + H$", "", ""),
    ("$Z = W_2 S + b_2$", "$W_2$, $b_2$", "$G_{W_2}$, $G_{b_2}$"),
]
WIRES = [("$X$", "$G_X$"), ("$H$", "$G_H$"), ("$S$", "$G_S$"), ("$Z$", "$G_Z$")]
FORWARD, BACKWARD = COLOURS[:2]


def arrows(ax):
    """Return the arrows of a diagram: colour, start and end."""
    return [
        (text.arrowprops["color"], text.xyann, text.xy) for text in ax.texts if not text.get_text()
    ]


@pytest.fixture(scope="module")
def ax():
    return chain(MAPS, WIRES, skips=[(0, 1)]).axes[0]


def test_every_map_has_a_box_with_its_formula_from_top_to_bottom(ax):
    heights = [
        text.get_position()[1]
        for formula, *_ in MAPS
        for text in ax.texts
        if text.get_text() == formula
    ]
    assert len(heights) == len(ax.patches) == 3 and heights == sorted(heights, reverse=True)
    for box, height in zip(ax.patches, heights):
        assert box.get_y() < height < box.get_y() + box.get_height()


def test_every_wire_leads_down_on_the_left_and_back_up_on_the_right(ax):
    down = [(s, e) for colour, s, e in arrows(ax) if colour == FORWARD and s[0] == e[0] == -0.25]
    up = [(s, e) for colour, s, e in arrows(ax) if colour == BACKWARD and s[0] == e[0] == 0.25]
    assert len(down) == len(up) == len(WIRES)
    for (top, bottom), (low, high) in zip(down, up):
        assert top[1] > bottom[1] and low[1] < high[1]


def test_parameters_come_in_and_their_gradients_go_out_of_the_maps_that_have_some(ax):
    level = [
        (c, s, e) for c, s, e in arrows(ax) if s[1] == e[1] and max(abs(s[0]), abs(e[0])) > 1.5
    ]
    assert [colour for colour, *_ in level] == 2 * [FORWARD, BACKWARD]
    assert all(e[0] > s[0] for _, s, e in level)


def test_names_have_the_colour_of_their_direction(ax):
    colours = {text.get_text(): text.get_color() for text in ax.texts if text.get_text()}
    assert {colours[forward] for forward, _ in WIRES} == {FORWARD}
    assert {colours[backward] for _, backward in WIRES} == {BACKWARD}
    assert {colours[MAPS[i][1]] for i in (0, 2)} == {FORWARD}
    assert {colours[MAPS[i][2]] for i in (0, 2)} == {BACKWARD}


def test_a_skip_is_drawn_both_ways_and_ends_at_its_map(ax):
    assert [line.get_color() for line in ax.lines] == [FORWARD, BACKWARD]
    for line in ax.lines:
        box = ax.patches[1]
        assert box.get_y() < line.get_ydata()[-1] < box.get_y() + box.get_height()
        assert line.get_ydata()[0] > line.get_ydata()[-1]
    assert not chain(MAPS, WIRES).axes[0].lines


def test_nothing_lies_outside_of_the_picture_and_the_height_grows_with_the_maps(ax):
    low, high = ax.get_ylim()
    assert all(low <= y <= high for _, *ends in arrows(ax) for _, y in ends)
    (width, one), (_, two) = (
        chain(MAPS[:n], WIRES[: n + 1], width=3.5).get_size_inches() for n in (1, 2)
    )
    assert width == 3.5 and two > one + 1


def test_a_diagram_can_be_shown():
    assert "<svg" in show(chain(MAPS, WIRES), caption="A chain.", text="Three boxes.").markdown
