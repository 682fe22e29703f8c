"""What is read to whoever cannot see a figure holds no number that somebody typed.

Settings and names may stand there (width 5, classes 0 to 4); what was measured is put in, or said
in words: it changes with every training.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CELL = re.compile(r"^```python[^\n]*\n(.*?)^```$", re.M | re.S)
MEASURED = re.compile(r"\d*\.\d|\d\s*%")


def typed(node):
    """Yield what is typed of a text: not what an f-string puts in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (part.value for part in node.values if isinstance(part, ast.Constant))


def texts(code):
    """Return the typed parts of each figure's text in some code."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    keywords = [keyword for call in calls for keyword in call.keywords if keyword.arg == "text"]
    return [part for keyword in keywords for part in typed(keyword.value)]


def test_no_text_of_a_figure_holds_a_typed_measurement():
    sources = [
        code
        for page in (ROOT / "docs").rglob("*.md")
        for code in CELL.findall(page.read_text("utf-8"))
    ]
    sources += [path.read_text("utf-8") for path in (ROOT / "dlhw" / "pages").rglob("*.py")]
    found = [text for code in sources for text in texts(code)]
    assert len(found) > 50
    assert [text for text in found if MEASURED.search(text)] == []


def test_what_is_put_in_is_not_typed():
    code = 'show(fig, text=f"It falls to {low:.2f} at {n} steps, from .9.")'
    assert texts(code) == ["It falls to ", " at ", " steps, from .9."]
