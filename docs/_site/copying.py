"""Listings that run where they are pasted: what a listing needs is copied with it.

Pasted one below the other, the listings of a page are one program. A page shows less than it runs:
imports and small helpers stay in hidden cells, examples and cells have names of their own, a
listing of the package is one function of many. So each listing carries, in the attribute that the
copy button reads, the statements that it needs and that nothing above it has pasted; imports, and
what a listing of the package needs, it always carries. Its last value is printed, as a notebook
would show it.
This file knows the HTML of listings, and nothing of the site generator.
"""

import doctest
import re
from collections import defaultdict
from html import escape, unescape

from bundle import READER, printing, returns_nothing

from dlhw.study.names import joined, needs_of, slice_of, statements
from dlhw.study.rooms import Source, imports_of, read_room
from dlhw.study.source_code import without_docstrings

LISTING = re.compile(
    r"(?:<!-- needs (\w+) -->\s*)?"
    r'<div class="language-(py|python|pycon) highlight">(.*?)<code>(.*?)</code></pre></div>',
    re.S,
)
TITLE = re.compile(r'<span class="filename">(.*?)</span>')
ROOM = re.compile(r"dlhw/([\w/]+)\.py(?: · \w+)?")  # a listing of the package, and its label
APART = ("Check yourself", "Given")  # no part of the page's program: it stands alone, or is wrong


def completed(html, cells=(), room=None, read=read_room):
    """Return a page whose listings are copied with what they need.

    Parameters
    ----------
    html : str
    cells : iterable of str
        The code that the page ran, shown or not, in order.
    room : str, optional
        The room of the package that the page documents.
    read : callable, optional
        How a room is read: an edition without solutions has rooms with blanks.
    """
    page = Page(cells, room, read)
    return LISTING.sub(lambda match: page.complete(*match.groups(), match[0]), html)


class Page:
    """What has run above a place on a page, for its cells and its examples, and what was pasted."""

    def __init__(self, cells, room, read=read_room):
        self.hidden, self.ran, self.pasted, self.read = list(cells), [], [], read
        self.examples = statements_of(room, imported=True) if room is not None else []

    def complete(self, package, language, head, code, html):
        """Return a listing's HTML with the text to copy, where that is not what it shows."""
        title, shown = TITLE.search(head), unescape(re.sub("<.*?>", "", code)).strip("\n")
        if title and title[1] in APART:
            return html
        text = without_prompts(shown) if language == "pycon" else shown
        own, room = statements(text), title and ROOM.fullmatch(title[1])
        silent = {"print", *(s.node.name for s in self.pasted + own if returns_nothing(s.node))}
        if room:
            before, given = statements_of(room[1].replace("/", "."), read=self.read), frozenset()
        else:
            before = self.before_example(own) if language == "pycon" else self.before_cell(text)
            given = self.given(before)
        lacking = slice_of(needs_of(own), before, given)
        self.pasted += [*lacking, *own]
        if language == "pycon":
            program = without_prompts(shown, lambda source: printing(source, silent))
        else:
            program = printing(text, silent)
        copied = "\n\n".join(filter(None, [joined(lacking), program]))
        marks = f' data-needs="{package}"' if package else ""
        marks += f' data-copy="{escape(copied)}"' if copied != shown else ""
        return html.replace(' highlight"', f' highlight"{marks}', 1)

    def before_example(self, own):
        """Return what the examples above have run."""
        before, self.examples = self.examples, self.examples + own
        return before

    def before_cell(self, text):
        """Return what the cells above have run, hidden ones too."""
        if text.strip() not in map(str.strip, self.hidden):  # a fence that is no cell
            return self.ran
        while (cell := self.hidden.pop(0)).strip() != text.strip():
            self.ran += statements(cell)
        before, self.ran = self.ran, self.ran + statements(text)
        return before

    def given(self, before):
        """Return the names that mean the same here as in `before`, but for imports."""
        here, there = meanings(before), meanings(self.pasted)
        imported = {name for s in before for name in imports_of(s.node)}
        needs = {name: set() for name in here}
        for statement in before:
            for name in statement.binds | statement.changes - imported:
                needs[name] |= statement.needs - {name}
        same = {name for name in here if here[name] == there[name]}
        while changed := {name for name in same if not needs[name] & here.keys() <= same}:
            same -= changed
        return frozenset(same - imported)


def meanings(ran):
    """Return, by name, what gave it its value: what bound it, and what changed it since."""
    found = defaultdict(tuple)
    for statement in ran:
        origin = imports_of(statement.node)
        for name in statement.changes:
            if not any(isinstance(reason, Source) for reason in found[name]):
                found[name] += (statement.text,)
        for name in statement.binds:
            found[name] = (origin.get(name, statement.text),)
    return found


def statements_of(room, imported=False, read=read_room):
    """Return a room's statements, without docstrings, or imports that give a file its names."""
    here, found = read(room), []
    for name, source in here.imports.items():
        module = ".".join(filter(None, ["dlhw" if source.inside else "", source.module]))
        renamed = "" if name in (source.name, source.module) else f" as {name}"
        what = f"from {module} import {source.name}" if source.name else f"import {module}"
        found += statements(what + renamed)
    if imported:
        names = sorted(name for statement in here.definitions for name in statement.binds)
        lines = [f"from dlhw.{room} import {name}" for name in names if name != "__all__"]
    else:
        lines = [without_docstrings(definition.text).strip() for definition in here.definitions]
        reads = any(READER in definition.binds for definition in here.definitions)
        lines += [f"from dlhw.{room} import {READER}"] * reads  # it finds files by its own place
    return found + [statement for line in lines for statement in statements(line)]


def without_prompts(text, change=str):
    """Return the code of a listing of examples, each changed; those that raise are left out."""
    examples = doctest.DocTestParser().get_examples(text)
    kept = [change(example.source) for example in examples if example.exc_msg is None]
    return "".join(kept).strip("\n")
