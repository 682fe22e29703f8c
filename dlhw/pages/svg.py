"""Figures as small SVG that follows the colours of its page and shares it with other figures."""

import base64
import hashlib
import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
from PIL import Image


def svg(fig, label, salt, ink):
    """Return a figure as the code of a small SVG that goes into a page.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    label : str
        What the figure shows, for those who cannot see it.
    salt : str
        What tells this figure from the others of a page.
    ink : str
        The colour that becomes the page's colour of text.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> svg(Figure(), label="Nothing", salt="", ink="#000000")[:35]
    '<svg viewBox="0 0 460.8 345.6" role'
    """
    with mpl.rc_context({"svg.hashsalt": salt}):
        out = io.StringIO()
        fig.savefig(out, format="svg", metadata={"Date": None})
    code = out.getvalue().replace(ink, "currentColor")
    root = ElementTree.fromstring(code)
    used = set(re.findall(r"#([\w-]+)", code))
    # Ids are shared by all figures of a page: each figure's begin with a digest of it.
    _simplify(root, used, prefix=f"f{hashlib.sha256(code.encode()).hexdigest()[:8]}-")
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
    """Shorten a node and all beneath it, and set a prefix before every id that is used."""
    node.tag = _local(node.tag)
    node.text, node.tail = (node.text or "").strip(), None
    attributes = {_local(name): value for name, value in node.items()}
    if attributes.get("id") not in used:
        attributes.pop("id", None)
    node.attrib = {
        name: _short(name, value, prefix)
        for name, value in attributes.items()
        if not value.startswith("rotate(-0 ")
    }
    for child in node:
        _simplify(child, used, prefix)
    node[:] = _worth_keeping(node)


def _local(name):
    """Return an XML name without its namespace."""
    return name.split("}")[-1]


def _worth_keeping(node):
    """Return the children of a node without those that draw nothing; a bare group gives its own."""
    children = []
    for child in node:
        if child.tag in ("metadata", "style") or child.get("style") == "fill:none":
            continue
        if child.tag == "g" and not child.attrib:
            children += child
        else:
            children.append(child)
    return children


def _short(name, value, prefix):
    """Return a shorter value of an attribute that looks the same."""
    if name == "id":
        return prefix + value
    value = re.sub(r"^#|(?<=url\()#", "#" + prefix, value)
    if name == "style":
        return _short_style(value)
    if name == "d":
        return _short_path(value)
    if value.startswith("data:image/png;base64,"):
        return _few_colours(value)
    if name == "href":
        return value
    return re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", value)


def _short_style(value):
    """Leave the font to the page, but for its size and slant."""
    font = r"font: ([^;]*?)([\d.]+px) [^;]*"
    value = re.sub(font, r"font-size: \2; font-style: \1", value)
    value = re.sub(r"; font-style: (?=;|$)|font-family: [^;]*; ", "", value)
    return value.replace("; ", ";").replace(": ", ":")


def _short_path(d):
    """Write coordinates to a tenth of a point, and a command only where it is a new one."""
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
    """Write a picture with 24 colours: it is a cloud of points, or a map of classes."""
    head, data = url.split(",", 1)
    image = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA")
    small = io.BytesIO()
    image.quantize(24, method=Image.Quantize.FASTOCTREE).save(small, format="png", optimize=True)
    return f"{head},{base64.b64encode(small.getvalue()).decode()}"
