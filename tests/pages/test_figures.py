"""Tables line up, figures speak to who cannot see them, listings are the real source."""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from dlhw.pages.figures import COLOURS, INK, Piece, axes, show, source, table, tabs  # noqa: E402
from dlhw.softmax import affine, softmax  # noqa: E402


def lines(table):
    return str(table).splitlines()


def test_a_column_of_numbers_stands_on_the_right_and_one_of_words_on_the_left():
    rules = lines(table([["SGD", 1, "-.5", ""], ["GMM", 2.5, "12 × 3", "7"]], "abcd"))[1]
    assert rules == "| --- | ---: | ---: | ---: |"
    assert lines(table([[1], ["one"]], "a"))[1] == "| --- |"


def test_numbers_are_shown_with_four_digits_and_counts_in_full():
    row = lines(table([[0.123456, 123456, np.float64(2e-10), 1.5e6, True]], "abcde"))[2]
    assert row == "| 0.1235 | 123456 | 2e-10 | 1.5e6 | True |"


def test_text_cannot_break_a_table():
    assert lines(table([["a|b\nc"]], ["|x|"])) == ["| \\|x\\| |", "| --- |", "| a\\|b c |"]


def test_a_table_without_rows_has_its_header():
    assert lines(table([], ["a", "b"])) == ["| a | b |", "| --- | --- |"]


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="expected 2 cells a row"):
        table([[1, 2], [3]], "ab")


def drawn(caption="The `loss` falls: $e^{-t}$ & more.", text="A line that falls."):
    fig, ax = axes()
    ax.plot([0, 1, 2], [1.0, 0.5, 0.25], label="loss")
    ax.legend()
    return show(fig, caption=caption, text=text)


def svg(picture):
    return ElementTree.fromstring(re.search(r"<svg.*?</svg>", picture.markdown, re.S)[0])


def test_a_figure_has_a_caption_and_words_for_who_cannot_see_it():
    picture = drawn()
    root = svg(picture)
    assert root.get("role") == "img" and root.get("aria-label") == "A line that falls."
    assert repr(picture) == "A line that falls."
    assert "<code>loss</code>" in picture.markdown and "&amp; more" in picture.markdown
    assert r'<span class="arithmatex">\(e^{-t}\)</span>' in picture.markdown


@pytest.mark.parametrize("words", [{"caption": " "}, {"text": ""}])
def test_a_figure_without_words_is_refused(words):
    with pytest.raises(ValueError, match="expected a caption and a text"):
        drawn(**words)


def test_what_is_not_data_takes_the_colour_of_the_page():
    markdown = drawn().markdown
    assert "currentColor" in markdown and INK not in markdown and COLOURS[0] in markdown


def test_two_figures_on_a_page_share_no_identifier_and_every_reference_leads_somewhere():
    first, second = (svg(drawn(caption=caption)) for caption in ("First.", "Second."))
    names = [{node.get("id") for node in root.iter()} - {None} for root in (first, second)]
    assert names[0] and not names[0] & names[1]
    used = re.findall(r"(?:url\(#|href=\"#)([\w-]+)", ElementTree.tostring(first, "unicode"))
    assert used and set(used) <= names[0]


def test_the_same_figure_is_drawn_in_the_same_bytes():
    assert drawn().markdown == drawn().markdown


def test_a_cloud_of_points_is_a_small_picture_in_the_drawing():
    from PIL import Image

    fig, ax = axes(size=(3, 2))
    ax.plot(np.arange(9), "o", rasterized=True)
    picture = show(fig, caption="Points.", text="Points.")
    assert "data:image/png;base64," in picture.markdown
    assert Image.open(io.BytesIO(picture._repr_png_())).size == (432, 288)


def test_a_listing_is_the_source_without_docstrings_one_block_a_module():
    listing = str(source(affine, softmax, table))
    assert re.findall(r'title="(.*?)"', listing) == ["dlhw/softmax.py", "dlhw/pages/figures.py"]
    assert listing.index("def affine") < listing.index("def softmax") < listing.index("def table")
    assert "return W @ X + b" in listing and "Examples" not in listing


def test_tabs_hold_their_blocks_indented():
    markdown = tabs({"Peaks": Piece("one\n\ntwo"), "GMM": Piece("three")})._repr_markdown_()
    assert re.findall(r'^=== "(.*)"$', markdown, re.M) == ["Peaks", "GMM"]
    assert "    one\n\n    two\n" in markdown
