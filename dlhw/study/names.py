"""What a statement of Python binds and needs, and which statements some code cannot do without."""

import ast
import symtable
from typing import NamedTuple

from .source_code import is_text

PERHAPS = (ast.If, ast.For, ast.While, ast.Try, ast.Match)  # what these bind may be bound above


class Statement(NamedTuple):
    """A top-level statement with the comment above, and the names it binds, needs, changes."""

    text: str
    node: ast.stmt
    binds: frozenset
    needs: frozenset
    changes: frozenset


def statements(code):
    """Split code into its top-level statements; a text below an assignment belongs to it.

    Examples
    --------
    >>> first, second = statements("x = [1]  # a list\\nx.append(y)\\n")
    >>> first.text, sorted(first.binds), sorted(second.needs), sorted(second.changes)
    ('x = [1]  # a list', ['x'], ['x', 'y'], ['x'])
    """
    lines, found, end = code.splitlines(), [], 0
    nodes = ast.parse(code).body
    shared = {b.lineno for a, b in zip(nodes, nodes[1:]) if a.end_lineno == b.lineno}  # a; b
    for node in nodes:
        first = (
            min(
                [
                    node.lineno,
                    *(decorator.lineno for decorator in getattr(node, "decorator_list", [])),
                ]
            )
            - 1
        )
        if found and is_text(node) and isinstance(found[-1].node, ast.Assign | ast.AnnAssign):
            text = "\n".join(lines[first : node.end_lineno])
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{text}")
            end = node.end_lineno
            continue
        if {node.lineno, node.end_lineno} & shared:
            found.append(_statement(ast.get_source_segment(code, node), node))
            continue
        while first > end and lines[first - 1].startswith("#"):
            first -= 1
        end = node.end_lineno
        found.append(_statement("\n".join(lines[first:end]), node))
    return found


def needs_of(code):
    """Return the names that statements, run in order, need from elsewhere.

    Examples
    --------
    >>> loop = "for i in z:\\n    j = i\\n    x.append(j)\\n    k = k + 1\\n"
    >>> sorted(needs_of(statements("x = [y]\\n" + loop)))
    ['k', 'y', 'z']
    """
    needs, bound = set(), set()
    for statement in code:
        needs |= statement.needs - bound
        bound |= statement.binds
    return needs


def joined(code):
    """Return statements as one text, with blank lines round functions and classes."""
    text, last = "", None
    for statement in code:
        kinds = {_kind(statement.node), last} - {None}
        text += "\n\n" if text and "block" in kinds else "\n" if len(kinds) > 1 else ""
        text += statement.text + "\n"
        last = _kind(statement.node)
    return text.strip("\n")


def _kind(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return "block"
    return "import" if isinstance(node, ast.Import | ast.ImportFrom) else "line"


def slice_of(needs, before, given=frozenset()):
    """Return the statements without which the names would not be what they are after `before`.

    A function's own needs are met when it is called, so they count wherever it stands. Names that
    are `given` are not followed.

    Examples
    --------
    >>> code = "a = 1\\nb = 2\\ndef f(): return c\\nc = b\\na = 3\\n"
    >>> [statement.text for statement in slice_of({"f"}, statements(code))]
    ['b = 2', 'def f(): return c', 'c = b']
    """
    later = set(needs) - given
    imported = {
        name
        for statement in before
        if isinstance(statement.node, ast.Import | ast.ImportFrom)
        for name in statement.binds
    }
    while True:
        wanted, taken = set(later), []
        for statement in reversed(before):
            if (statement.binds | statement.changes - imported) & wanted:
                taken.append(statement)
                sure = frozenset() if isinstance(statement.node, PERHAPS) else statement.binds
                wanted = (wanted - sure) | (statement.needs - given)
        called = {
            name
            for statement in taken
            if _is_called_later(statement.node)
            for name in statement.needs
        } - given
        if called <= later:
            return taken[::-1]
        later |= called


def root(node):
    """Return the name at the root of `name.attribute[index]`, or None."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _statement(text, node):
    table = symtable.symtable(text, "<code>", "exec")
    binds = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    needs = {s.get_name() for s in table.get_symbols() if s.is_referenced()} | _globals(table)
    inner, outer = _comprehended(node)
    binds, needs = binds - (inner - outer), needs - (inner - outer)
    binds, needs = binds | _named(node), needs | _counted(node)
    needs -= binds if isinstance(node, ast.FunctionDef | ast.ClassDef) else _bound_first(node)
    needs = {name for name in needs if name in text}  # not those that only the compiler needs
    return Statement(
        text, node, frozenset(binds), frozenset(needs), frozenset(_changes(node) - {None})
    )


def _comprehended(node):
    """Return the names that comprehensions bind, and those outside: Python 3.12 mixes them."""
    inner, outer, waiting = set(), set(), [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.comprehension):
            inner |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting += node.generators
            continue
        outer |= {node.id} if isinstance(node, ast.Name) else set()
        waiting += (
            [node.iter] if isinstance(node, ast.comprehension) else ast.iter_child_nodes(node)
        )
    return inner, outer


def _own(node):
    """Yield what a statement consists of outside of functions and classes in it."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _own(child)


def _named(node):
    """Return the names of `(x := ...)`, which a comprehension binds outside of itself."""
    return {n.target.id for n in _own(node) if isinstance(n, ast.NamedExpr)}


def _counted(node):
    """Return the names of `x += ...`, which the table of symbols does not call referenced."""
    targets = [n.target for n in _own(node) if isinstance(n, ast.AugAssign)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _globals(table):
    """Return the global names that the scopes within a scope refer to."""
    names = set()
    for scope in table.get_children():
        names |= {
            s.get_name()
            for s in scope.get_symbols()
            if s.is_global() and (s.is_referenced() or s.is_assigned())
        } | _globals(scope)
    return names


def _bound_first(node):
    """Return the names that a statement binds before it reads them, as a loop's body may."""
    first = {}
    for name in _in_order(node):
        first.setdefault(name.id, name.ctx)
    return {name for name, context in first.items() if isinstance(context, ast.Store)}


def _in_order(node):
    """Yield the names in a statement as it comes to them: values before what they are bound to."""
    if isinstance(node, ast.Name):
        yield node
        if isinstance(node.ctx, ast.Store):
            return
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        children.sort(key=lambda child: child is not node.value)
    if isinstance(node, ast.For | ast.comprehension):
        children.sort(key=lambda child: child is not node.iter)
    if isinstance(node, ast.AugAssign):
        yield from (
            ast.Name(id=child.id, ctx=ast.Load())
            for child in ast.walk(node.target)
            if isinstance(child, ast.Name)
        )
    for child in children:
        yield from _in_order(child)


def _changes(node):
    """Return the names that a statement changes in place: `x[0] = ...`, `x.append(...)`."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return set()
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return (
            {root(node.value.func.value)} if isinstance(node.value.func, ast.Attribute) else set()
        )
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(
        node.ctx, ast.Store | ast.Del
    ):
        return {root(node)}
    return {name for child in ast.iter_child_nodes(node) for name in _changes(child)}


def _is_called_later(node):
    return any(isinstance(child, ast.FunctionDef | ast.Lambda) for child in ast.walk(node))
