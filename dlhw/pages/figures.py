"""Tables, figures and listings of the pages.

Each object renders itself as Markdown. Importing this module sets Matplotlib's style for the process: figures have no ground
of their own, and what is not data has one neutral colour, which `show` hands over to the text colour of the page.
"""

import base64
import hashlib
import inspect
import io
import re
from html import escape
from textwrap import dedent, indent
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

from ..study.source_code import without_docstrings

INK = "#7b7b7d"
COLOURS = ["#2f7fc1", "#cf5a2c", "#2a9470", "#b0589f", "#9a7d10", "#7d74d6"]
MARKERS = ["o", "s", "^", "D", "v", "P"]

mpl.rcdefaults()
mpl.rcParams.update(
    {
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
)


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
        Numbers, shown with four significant digits, or text, shown as it is (Markdown and `$formulas$` included).
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
    number = re.compile(r"[-+±−]?\.?\d|nan|inf|$")
    rules = [
        "---:" if cells and all(number.match(cell) for cell in column) else "---"
        for column in zip(*cells)
    ]
    lines = [[_cell(title) for title in header], rules or ["---"] * len(header), *cells]
    return Piece("\n".join(f"| {' | '.join(line)} |" for line in lines))


def axes(rows=1, columns=1, size=None, **options):
    """Return a figure and its axes, drawn without pyplot.

    Parameters
    ----------
    rows, columns : int
        Number of panels.
    size : tuple of float, optional
        Width and height in inches; 100 px an inch on the page. Up to 4.9 wide fits a phone, 6.9 the page.
    **options
        As for `matplotlib.figure.Figure.subplots`.

    Examples
    --------
    >>> fig, (left, right) = axes(1, 2, size=(6.9, 3.0), sharey=True)
    >>> line = left.plot([1, 2, 3], [1.0, 0.5, 0.25], label="loss")
    """
    fig = Figure(figsize=size)
    return fig, fig.subplots(rows, columns, **options)


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
    svg, png = _svg(fig, " ".join(text.split()), caption + text), io.BytesIO()
    fig.savefig(png, format="png", facecolor="white")
    html = (
        f'<figure class="plot"><div>{svg}</div><figcaption>{_inline(caption)}</figcaption></figure>'
    )
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
    fences = [
        f'```py title="{title}"\n' + "\n\n\n".join(parts) + "\n```"
        for title, parts in listings.items()
    ]
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
    return Piece(
        "".join(
            f'=== "{title}"\n\n{indent(block._repr_markdown_(), "    ")}\n\n'
            for title, block in blocks.items()
        )[:-1]
    )


def _cell(value):
    if isinstance(value, str):
        return value.replace("|", "\\|").replace("\n", " ")
    text = str(value) if isinstance(value, (bool, int)) else format(value, ".4g")
    return re.sub(r"e([-+])0?(\d)", lambda e: "e" + e[1].strip("+") + e[2], text)


def _inline(text):
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
    return re.sub(r"\$([^$]+)\$", r'<span class="arithmatex">\\(\1\\)</span>', text)


def _svg(fig, label, salt):
    with mpl.rc_context({"svg.hashsalt": salt}):
        out = io.StringIO()
        fig.savefig(out, format="svg", metadata={"Date": None})
    code = out.getvalue().replace(INK, "currentColor")
    used, prefix = (
        set(re.findall(r"#([\w-]+)", code)),
        "f" + hashlib.sha256(code.encode()).hexdigest()[:8] + "-",
    )
    root = ElementTree.fromstring(code)
    _simplify(root, used, prefix)
    width = fig.get_figwidth()
    root.attrib = {
        "viewBox": root.get("viewBox"),
        "role": "img",
        "aria-label": label,
        "font-family": "sans-serif",
        "stroke-linejoin": "round",
        "style": f"width:{100 * width:.0f}px;min-width:{70 * width:.0f}px",
        "data-search-exclude": "",
    }
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _simplify(node, used, prefix):
    node.tag, node.text, node.tail = node.tag.split("}")[-1], (node.text or "").strip(), None
    attributes = {
        key.split("}")[-1]: value
        for key, value in node.items()
        if not value.startswith("rotate(-0 ")
    }
    if attributes.get("id") not in used:
        attributes.pop("id", None)
    for key, value in attributes.items():
        value = prefix + value if key == "id" else re.sub(r"^#|(?<=url\()#", "#" + prefix, value)
        if key == "style":
            value = re.sub(
                r"font: ([^;]*?)([\d.]+px) [^;]*", r"font-size: \2; font-style: \1", value
            )
            value = (
                re.sub(r"; font-style: (?=;|$)|font-family: [^;]*; ", "", value)
                .replace("; ", ";")
                .replace(": ", ":")
            )
        elif value.startswith("data:image/png;base64,"):
            value = _few_colours(value)
        elif key == "d":
            value = _short_path(value)
        elif key != "href":
            value = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", value)
        attributes[key] = value
    node.attrib = attributes
    for child in list(node):
        _simplify(child, used, prefix)
    node[:] = [
        inner
        for child in node
        if child.tag not in ("metadata", "style") and child.get("style") != "fill:none"
        for inner in (child if child.tag == "g" and not child.attrib else [child])
    ]


def _short_path(d):
    """Write coordinates to a tenth of a point, and a command only where it is another than the last."""
    kept, last = [], ""
    for word in d.split():
        if word.isalpha():
            if word != last:
                kept.append(word)
            last = "L" if word == "M" else word
        else:
            kept.append(f"{float(word):.1f}".removesuffix(".0"))
    return " ".join(kept)


def _few_colours(url):
    head, data = url.split(",", 1)
    image = (
        Image.open(io.BytesIO(base64.b64decode(data)))
        .convert("RGBA")
        .quantize(24, method=Image.Quantize.FASTOCTREE)
    )
    small = io.BytesIO()
    image.save(small, format="png", optimize=True)
    return f"{head},{base64.b64encode(small.getvalue()).decode()}"
