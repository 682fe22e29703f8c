"""What pytest must know here: how to read doctests in Markdown, and which tests need a site.

The doctests of a page are what stands in its ```pycon fences; a prompt elsewhere is an error,
because nothing would run it. All fences of a page share their variables. One that needs an optional
package says so, and is left out where it is missing:

    <!-- needs torch -->
    ```pycon
    >>> import torch
    ```
"""

import doctest
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from dlhw.derivative_tests import four_tests

sys.modules["gradient_test"] = four_tests  # pages import from the file that the site offers

PEERS = ["torch", "jax", "sklearn", "dask"]
FENCE = re.compile(r"(`{3,}|~{3,})\s*(\w*)")
NEEDS = re.compile(r"<!-- needs (\w+) -->")

collect_ignore_glob = ["docs/*.py"]


def pytest_report_header():
    missing = [name for name in PEERS if not installed(name)]
    if missing:
        return f"not installed, so their comparisons are skipped: {', '.join(missing)}"
    return None


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).with_name("tests") / "site" in item.path.parents:
            item.add_marker(pytest.mark.site)


def installed(package):
    return importlib.util.find_spec(package) is not None


def doctests_only(page):
    """Return a page with every line blank that is not a doctest.

    So line numbers stay, and no fence is read as output.
    """
    kept, fence, language, before = [], "", "", ""
    for number, line in enumerate(page.splitlines(), 1):
        text = line.strip()
        runs = False
        if not fence and (opening := FENCE.match(text)):
            fence, language = opening.groups()
            if (needs := NEEDS.fullmatch(before)) and not installed(needs[1]):
                language = f"pycon without {needs[1]}"
        elif fence and text.strip(fence[0]) == "" and text.startswith(fence):
            fence = language = ""
        else:
            runs = language == "pycon"
            if text.startswith(">>>") and not language.startswith("pycon"):
                raise ValueError(
                    f"line {number}: a prompt outside a ```pycon fence is not run: {text}"
                )
        kept.append(line if runs else "")
        before = text
    return "\n".join(kept) + "\n"


def parse(self, string, name="<string>", parse=doctest.DocTestParser.parse):
    if name.endswith(".md"):
        string = doctests_only(string)
    return parse(self, string, name)


doctest.DocTestParser.parse = parse
