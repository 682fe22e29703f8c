"""Which code of the package some names can reach: all that their results can depend on.

Names are followed from statement to statement, through all rooms; nothing is run. Where use is
unsure, it counts as used: all of a class, both ways of a branch, every default. Two things may be
taken in part, by whoever says which keys are asked for:

- **A table**, a dict at the top of a room whose keys are texts (`RULES`, `MODELS`): only the
  entries with these keys count, as long as nothing but `TABLE[key]` and `key in TABLE` uses it.
- **A room** that is imported as a whole (`optimizers`): of it count what is spelled out, as in
  `optimizers.sgd`, and where it is used in another way, as in `getattr(optimizers, key)`, the names
  that are asked for.

Code that is reached asks for the keys that it spells out. What comes out is the same on every
Python and system, and whatever the ends of lines are.
"""

import ast
import hashlib
from functools import cache
from typing import NamedTuple

from .names import statements
from .rooms import PACKAGE, ROOT, Room, imports_of, path_of, read_room
from .source_code import bare, is_text

READ = (".json", ".toml")  # of `data/` the package reads no others by itself


class UsedCode(NamedTuple):
    """The code that some names can reach.

    Attributes
    ----------
    text : str
        Its statements, room by room, bare of docstrings, comments and blank lines.
    files : tuple of str
        The files of `data/` whose names stand in it.
    digest : str
        Of the text and of what these files hold.
    """

    text: str
    files: tuple
    digest: str


class Use(NamedTuple):
    """What a statement takes: a name, `name.a.b`, and whether only as `name[key]`."""

    name: str
    attributes: tuple = ()
    looked_up: bool = False


class Part(NamedTuple):
    """A statement, or one entry of a table: bare text, what it uses, which texts it spells out."""

    text: str
    uses: frozenset
    words: frozenset


def used_code(roots=(), code="", keys=None, root=ROOT):
    """Return the code of the package that some names can reach.

    Parameters
    ----------
    roots : iterable of (str, str)
        Rooms and names in them; "a.b" is the room b in the folder a, "" the package itself.
    code : str
        A program, such as the cells of a chapter: what it imports and uses is followed too. It is
        no part of what comes out.
    keys : iterable of str, optional
        What is asked for of tables and of whole rooms; by default, everything.
    root : Path
        The folder that holds the package.

    Returns
    -------
    UsedCode

    Raises
    ------
    LookupError
        If there is no such room, or it has nothing of this name.

    Examples
    --------
    >>> print(used_code([("optimizers", "constant")]).text, end="")
    # optimizers
    def constant():
        return lambda epoch: 1.0
    >>> used_code(code="import dlhw\\ndlhw.load('gmm')", keys=()).files
    ('gmm_mixture.json',)
    """
    asked = None if keys is None else frozenset(keys)
    search = _Search(roots, code, asked, root)
    while asked is not None and not search.words <= asked:
        asked |= search.words
        search = _Search(roots, code, asked, root)
    text = search.text()
    files = _files(search.words, root)
    digest = hashlib.sha256(text.encode())
    for name, path in files.items():
        content = path.read_text(encoding="utf-8")
        digest.update(f"\n# {name} {len(content)}\n{content}".encode())
    return UsedCode(text, tuple(files), digest.hexdigest())


def _files(words, root):
    """Return the files of `data/` that words name, in the repository or in an installed package."""
    found = {}
    for folder in (root / "data", root / PACKAGE / "data"):
        for word in sorted(words):
            if word.endswith(READ) and (folder / word).is_file():
                found[word] = folder / word
    return found


class _Search:
    """Follows names, each to all that its value can depend on."""

    def __init__(self, roots, code, asked, root):
        self.asked, self.root = asked, root
        self.rooms, self.lines, self.words = {}, set(), set()
        ahead = self._start(roots) + self._program(code)
        seen = set()
        while ahead:
            step = ahead.pop()
            if step not in seen:
                seen.add(step)
                ahead += self._follow(*step)

    def text(self):
        """Return the code that was found, in the order in which it stands in each room."""
        rooms = {}
        for room, _, _, line in sorted(self.lines):
            rooms.setdefault(room, [f"# {room}\n"]).append(line.strip("\n") + "\n")
        return "".join(line for lines in rooms.values() for line in lines)

    def _start(self, roots):
        for room, name in roots:
            if not path_of(room, self.root):
                raise LookupError(f"expected a room of {PACKAGE}, got {room!r}")
            here = self._room(room)
            if name not in here.imports and not any(name in s.binds for s in here.definitions):
                raise LookupError(f"expected a name in the room {room!r}, got {name!r}")
        return [(room, Use(name)) for room, name in roots]

    def _program(self, code):
        """Return what a program uses; it gets a room of its own, which no import finds."""
        imports, found = {}, statements(code)
        for statement in found:
            imports |= imports_of(statement.node, root=self.root)
        self.rooms[None] = Room("", [], imports, {})
        parts = [_part(statement) for statement in found]
        self.words.update(*(part.words for part in parts))
        return [(None, use) for part in parts for use in part.uses]

    def _room(self, room):
        if room not in self.rooms:
            self.rooms[room] = read_room(room, self.root)
        return self.rooms[room]

    def _follow(self, room, use):
        """Take what gives a name of a room its value; return what that uses."""
        here, found = self._room(room), []
        for place in here.givers.get(use.name, []):
            for number, part in self._taken(here.definitions[place], use):
                self.lines.add((room, place, number, part.text))
                self.words |= part.words
                found += [(room, inner) for inner in part.uses]
        for name, source in here.imports.items():
            if name.partition(".")[0] == use.name:
                if room is not None:
                    where = ".".join(filter(None, [source.module, source.name]))
                    self.lines.add((room, -1, 0, f"{name} = {where}"))
                if source.inside:
                    found += self._imported(name, source, use)
        return found

    def _taken(self, statement, use):
        """Return the parts of a statement that count, numbered: of a table perhaps not all."""
        entries = _entries(statement)
        if self.asked is None or not entries or not use.looked_up:
            return [(0, _part(statement))]
        return [(n, part) for n, (key, part) in enumerate(entries) if key in self.asked]

    def _imported(self, name, source, use):
        """Return what a name stands for that comes from another room, or is another room."""
        if source.name is not None:
            return [(source.module, use._replace(name=source.name))]
        room, attributes = source.module, list(use.attributes)
        if "." in name:  # `import dlhw.a` binds `dlhw`
            room = ""
        while attributes and path_of(f"{room}.{attributes[0]}".strip("."), self.root):
            room = f"{room}.{attributes.pop(0)}".strip(".")
        if attributes:
            return [(room, Use(attributes[0], tuple(attributes[1:]), use.looked_up))]
        names = {name for statement in self._room(room).definitions for name in statement.binds}
        if self.asked is not None:
            names &= self.asked
        return [(room, Use(name)) for name in names]


@cache
def _part(statement):
    return Part(bare(statement.text), _uses(statement), frozenset(_words(statement.node)))


@cache
def _entries(statement):
    """Return the entries of a table as (key, part), of another statement none."""
    node = statement.node
    if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Dict):
        return []
    text = bare(statement.text)
    table = ast.parse(text).body[0].value
    if not all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in table.keys):
        return []
    found = []
    for key, value in zip(table.keys, table.values):
        shown = ast.get_source_segment(text, value)
        (entry,) = statements(f"({shown})")
        part = _part(entry)._replace(text=f"{ast.get_source_segment(text, key)}: {shown}")
        found.append((key.value, part))
    return found


def _uses(statement):
    """Return how a statement uses the names that it needs."""
    parents = {}
    for node in ast.walk(statement.node):
        for child in ast.iter_child_nodes(node):
            parents[child] = node
    found = set()
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Name) and node.id in statement.needs:
            found.add(_use(node, parents))
    return frozenset(found)


def _use(node, parents):
    name, attributes = node.id, []
    while isinstance(parents.get(node), ast.Attribute):
        node = parents[node]
        attributes.append(node.attr)
    return Use(name, tuple(attributes), _is_looked_up(node, parents))


def _is_looked_up(node, parents):
    """Say whether a use is `node[key]` or `key in node`, or makes a message, which is no result."""
    parent = parents.get(node)
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    if isinstance(parent, ast.Compare):
        return node is not parent.left and isinstance(parent.ops[0], ast.In | ast.NotIn)
    while parent is not None and not isinstance(parent, ast.Raise):
        parent = parents.get(parent)
    return parent is not None


def _words(node):
    """Yield the texts that code spells out, but for messages and what is only compared."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.Raise) or is_text(node):
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Compare) and _is_plain(child)):
            yield from _words(child)


def _is_plain(node):
    """Say whether an expression is a constant, or a list of them."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return all(isinstance(element, ast.Constant) for element in node.elts)
    return isinstance(node, ast.Constant)
