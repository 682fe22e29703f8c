"""Figures of a page: small, in the page's own colours, and apart from each other."""

import re
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure

from dlhw.pages.svg import svg

INK = "#123456"


def drawn(salt="", size=(4, 3)):
    fig = Figure(figsize=size)
    ax = fig.subplots()
    ax.plot([0, 1, 2], [0.123456, 1, 0.5], color=INK, clip_on=True)
    ax.imshow([[0, 1], [2, 3]], rasterized=True)
    return svg(fig, "a label", salt, INK)


def test_it_is_one_element_with_a_label_that_is_read_aloud():
    root = ElementTree.fromstring(drawn())
    assert root.tag == "svg" and root.get("role") == "img"
    assert root.get("aria-label") == "a label"


def test_it_is_as_wide_as_the_figure():
    assert "width:500px" in ElementTree.fromstring(drawn(size=(5, 3))).get("style")


def test_ink_follows_the_page():
    assert "currentColor" in drawn() and INK not in drawn()


def test_the_page_chooses_the_font():
    with mpl.rc_context({"svg.fonttype": "none"}):
        code = drawn()
    assert "font-size:" in code and "font-family:" not in code


def test_every_id_is_used_and_every_reference_has_its_id():
    code = drawn()
    ids = re.findall(r'id="([^"]+)"', code)
    assert ids and set(ids) == set(re.findall(r'(?:url\(|href=")#([^")]+)', code))


def test_figures_share_no_ids():
    first, second = (set(re.findall(r'id="([^"]+)"', drawn(salt))) for salt in "ab")
    assert first.isdisjoint(second)


def test_nothing_hangs_on_chance():
    assert drawn() == drawn()


def test_settings_stay():
    before = dict(mpl.rcParams)
    drawn()
    assert dict(mpl.rcParams) == before
