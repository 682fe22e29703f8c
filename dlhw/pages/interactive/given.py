"""Data handed from a page's cell to its script."""

import json

from ..figures import Piece


def given(name, data):
    """Return what a script reads as `dlhw.given(name)`; nothing of it is shown.

    Parameters
    ----------
    name : str
        By which the script asks.
    data : dict or list
        Of strings, numbers, lists, dicts. Arrays come as lists: `A.tolist()`.

    Raises
    ------
    ValueError
        If a number is not finite: JSON has no word for it.

    Examples
    --------
    >>> given("ratios", {"E0": [0.5, 0.25]})
    <script type="application/json" id="ratios">{"E0":[0.5,0.25]}</script>
    """
    text = json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", r"\u003c")  # a "</script>" in a text would end the element
    return Piece(f'<script type="application/json" id="{name}">{text}</script>')
