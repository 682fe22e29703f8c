"""Tables, figures and listings of the pages.

Each object renders itself as Markdown. Figures have no ground of their own, and what is not data
has one neutral colour, which `show` hands over to the text colour of the page.
"""

import inspect
import io
import re
from html import escape
from textwrap import dedent, indent

import matplotlib as mpl
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..study.source_code import without_docstrings
from .svg import svg

INK = "#7b7b7d"
COLOURS = ["#2f7fc1", "#cf5a2c", "#2a9470", "#b0589f", "#9a7d10", "#7d74d6"]
MARKERS = ["o", "s", "^", "D", "v", "P"]
STYLE = {
    "figure.figsize": (4.9, 3.2),
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "axes.axisbelow": True,
    "font.size": 9,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "grid.color": INK,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "patch.edgecolor": INK,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "savefig.facecolor": "none",
    "savefig.dpi": 144,
    "svg.fonttype": "none",
}

in_style = style.context(STYLE, after_reset=True)
"""Decorates what draws. Matplotlib looks its settings up while it draws, not when a figure is made:
there it finds these, and the reader's own again afterwards."""


def _styled(kind, names):
    """Return a kind of figure or axes of which these methods draw in the style of the pages."""
    return type(kind.__name__, (kind,), {name: in_style(getattr(kind, name)) for name in names})


PLOTS = [name for name in vars(Axes) if inspect.isfunction(getattr(Axes, name)) and name[0] != "_"]
StyledAxes = _styled(Axes, [*PLOTS, "grid", "tick_params"])
StyledFigure = _styled(Figure, ["subplots", "legend", "colorbar", "suptitle", "text"])


class Piece:
    """A piece of a page: Markdown that Jupyter and the site render."""

    def __init__(self, markdown):
        self.markdown = markdown

    def _repr_markdown_(self):
        return self.markdown

    def __repr__(self):
        return self.markdown


class Picture(Piece):
    """A figure: Markdown for the site, PNG for notebooks, its text for terminals."""

    def __init__(self, markdown, png, text):
        super().__init__(markdown)
        self.png, self.text = png, text

    def _repr_png_(self):
        return self.png

    def __repr__(self):
        return self.text


def table(rows, header):
    """Return a table; columns of numbers stand on the right.

    Parameters
    ----------
    rows : iterable of sequences
        Numbers, shown with four significant digits, or text, shown as it is (Markdown and
        `$formulas$` included).
    header : sequence of str
        One title a column.

    Raises
    ------
    ValueError
        If a row has not as many cells as the header.

    Examples
    --------
    >>> table([["SGD", 0.51234567], ["Nesterov", 2e-9]], ["method", "error"])
    | method | error |
    | --- | ---: |
    | SGD | 0.5123 |
    | Nesterov | 2e-9 |
    """
    cells = [[_cell(value) for value in row] for row in rows]
    for row in cells:
        if len(row) != len(header):
            raise ValueError(
                f"expected {len(header)} cells a row, as in the header, got {len(row)}: {row}"
            )
    titles = [_cell(title) for title in header]
    rules = [_alignment(column) for column in zip(*cells)] or ["---"] * len(header)
    return Piece("\n".join(f"| {' | '.join(line)} |" for line in (titles, rules, *cells)))


@in_style
def axes(rows=1, columns=1, size=None, **options):
    """Return a figure and its axes, in the style of the pages and drawn without pyplot.

    Parameters
    ----------
    rows, columns : int
        Number of panels.
    size : tuple of float, optional
        Width and height in inches; 100 px an inch on the page. Up to 4.9 wide fits a phone, 6.9
        the page.
    **options
        As for `matplotlib.figure.Figure.subplots`. What the axes draw has the style of the pages;
        a patch that you make yourself has it once you name its colours.

    Examples
    --------
    >>> fig, (left, right) = axes(1, 2, size=(6.9, 3.0), sharey=True)
    >>> line = left.plot([1, 2, 3], [1.0, 0.5, 0.25], label="loss")
    """
    fig = StyledFigure(figsize=size)
    return fig, fig.subplots(rows, columns, subplot_kw={"axes_class": StyledAxes}, **options)


@in_style
def show(fig, *, caption, text):
    """Return a figure for the page: inline SVG that follows the page's colours, with its caption.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Of `axes`, or of a report's `plot`. Draw large clouds of points with `rasterized=True`.
    caption : str
        What the reader should see in it; may hold `code` and `$formulas$`.
    text : str
        What the figure shows, in words, for those who cannot see it.

    Raises
    ------
    ValueError
        If the caption or the text is empty.

    Examples
    --------
    >>> fig, ax = axes()
    >>> show(fig, caption="Nothing yet.", text="Empty axes from 0 to 1.")
    Empty axes from 0 to 1.
    """
    if not caption.strip() or not text.strip():
        raise ValueError(f"expected a caption and a text, got caption={caption!r}, text={text!r}")
    label = " ".join(text.split())
    drawing = svg(fig, label, salt=caption + text, ink=INK)
    png = io.BytesIO()
    fig.savefig(png, format="png", facecolor="white")
    below = f"<figcaption>{_inline(caption)}</figcaption>"
    html = f'<figure class="plot"><div>{drawing}</div>{below}</figure>'
    return Picture(html, png.getvalue(), text)


def source(*objects):
    """Return the source of functions or classes as one listing a module, docstrings left out.

    Examples
    --------
    >>> from dlhw.softmax import affine
    >>> source(affine)
    ```py title="dlhw/softmax.py"
    def affine(W, b, X):
        return W @ X + b
    ```
    """
    listings = {}
    for item in objects:
        path = inspect.getmodule(item).__name__.replace(".", "/") + ".py"
        listing = without_docstrings(dedent(inspect.getsource(item))).strip()
        listings.setdefault(path, []).append(listing)
    fences = []
    for path, parts in listings.items():
        code = "\n\n\n".join(parts)
        fences.append(f'```py title="{path}"\n{code}\n```')
    return Piece("\n\n".join(fences))


def tabs(blocks):
    """Return content tabs, one for each item of a dict from title to block.

    Examples
    --------
    >>> tabs({"Peaks": table([[1]], ["a"])})
    === "Peaks"
    <BLANKLINE>
        | a |
        | ---: |
        | 1 |
    <BLANKLINE>
    """
    shown = []
    for title, block in blocks.items():
        inside = indent(block._repr_markdown_(), "    ")
        shown.append(f'=== "{title}"\n\n{inside}\n')
    return Piece("\n".join(shown))


def _cell(value):
    if isinstance(value, str):
        return value.replace("|", "\\|").replace("\n", " ")
    if isinstance(value, (bool, int)):
        return str(value)
    return re.sub(r"e\+?(-?)0?(\d)", r"e\1\2", format(value, ".4g"))


def _alignment(column):
    number = re.compile(r"[-+±−]?\.?\d|nan|inf|$")
    if all(number.match(cell) for cell in column):
        return "---:"
    return "---"


def _inline(text):
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
    return re.sub(r"\$([^$]+)\$", r'<span class="arithmatex">\\(\1\\)</span>', text)
