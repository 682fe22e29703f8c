"""The contents of the original, item by item, each with the chapter that holds its counterpart."""

from ..figures import Piece, table
from ..result_tables import share
from .error_tables import in_short
from .printed import THE_ORIGINAL

ITEMS = THE_ORIGINAL["item"]
FEW = 4  # more accuracies than these would fill the cell
HERE = "13-the-original.md"


def contents(accuracies, ours):
    """Return a table a section: what the original shows, its figure, ours, the chapter.

    `ours` holds the text that stands beside the original's: for each item with `data` under that
    name, such as "line_fit.a", for each with a `value` under what it calls `ours`.

    Raises
    ------
    KeyError
        If a text is missing.
    """
    sections = {}
    for item in ITEMS:
        shows = item["shows"].replace("E1", "$E_1$").replace("E0", "$E_0$")
        row = [shows, *beside(item, accuracies, ours), link(item["here"])]
        sections.setdefault(item["section"], []).append(row)
    header = ["the original shows", "its figure", "ours", "chapter"]
    tables = [f"**{name}**\n\n{table(rows, header)}" for name, rows in sections.items()]
    return Piece("\n\n".join(tables))


def beside(item, accuracies, ours):
    """Return what the original has for an item, and what we have.

    Examples
    --------
    >>> beside({"shows": "code"}, [], {})
    ('–', '–')
    >>> beside({"value": [4, 2], "ours": "ratios"}, [], {"ratios": "4.0; 2.0"})
    ('4; 2', '4.0; 2.0')
    """
    if "data" in item:
        return printed(item["data"]), ours[item["data"]]
    if "value" in item:
        return "; ".join(f"{value:g}" for value in item["value"]), ours[item["ours"]]
    if "runs" in item:
        return _accuracies(item, accuracies)
    return "–", "–"


def printed(data):
    """Write in short what the original prints in a table.

    Examples
    --------
    >>> printed("line_fit.a")
    '1.000537 ..'
    >>> printed("softmax_gradient_test.E1")
    '0.0092 ..; 4.01 .. 4.00'
    """
    name, _, column = data.partition(".")
    if name == "line_fit":
        return f"{THE_ORIGINAL[name][f'{column}_sgd'][0]} .."
    return in_short(THE_ORIGINAL[name][column])


def _accuracies(item, accuracies):
    found = [
        a
        for a in accuracies
        if a.entry["section"] == item["section"] and a.entry["heading"] in item["runs"]
    ]
    if not found:
        raise ValueError(f"expected accuracies for {item}")
    if len(found) > FEW:
        return f"{len(found)} accuracies", "beside each"
    theirs = [share(a.entry[a.part]) for a in found]
    ours = [" or ".join(share(mean) for mean in a.means()) for a in found]
    return "; ".join(theirs), "; ".join(ours)


def link(here):
    """Return the link to a counterpart, named by the number of its chapter.

    Examples
    --------
    >>> link("03-descent.md#the-check-a-line")
    '[3](03-descent.md#the-check-a-line)'
    >>> link("13-the-original.md#descent")
    '[here](#descent)'
    """
    chapter, _, anchor = here.partition("#")
    if chapter == HERE:
        return f"[here](#{anchor})"
    number = chapter.partition("-")[0].lstrip("0")
    return f"[{number}]({here})"


def summary(accuracies):
    """Return what there is, in numbers."""
    shows = [item["shows"] for item in ITEMS]
    listings, plots = (sum(word in text for text in shows) for word in ("code", "plot"))
    tables, numbers = (sum(key in item for item in ITEMS) for key in ("data", "value"))
    return Piece(
        f"{len(ITEMS)} entries: {listings} listings, {plots} plots, {tables} tables, "
        f"{len(accuracies)} accuracies, {numbers} other numbers. A test holds `data/original.toml` "
        "to it: no table and no accuracy without its line here."
    )
