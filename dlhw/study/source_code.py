"""Source code without docstrings, for pages; without comments too, to see if it does the same."""

import ast
import io
import tokenize

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def without_docstrings(code):
    """Return source code without the docstrings of its module, classes and functions.

    Examples
    --------
    >>> code = 'def f(x):\\n    "Square."\\n\\n    return x * x  # kept\\n'
    >>> print(without_docstrings(code), end="")
    def f(x):
        return x * x  # kept
    """
    documented = [node for node in ast.walk(ast.parse(code)) if isinstance(node, DOCUMENTED)]
    return _without(
        [node.body[0] for node in documented if ast.get_docstring(node) is not None], code
    )


def bare(code):
    """Return source code without comments, blank lines and texts that only explain.

    The same on every Python and system.

    Examples
    --------
    >>> bare('def f(x):\\n    "Square."\\n\\n    # not x + x\\n    return x * x  # kept\\n')
    'def f(x):\\n    return x * x\\n'
    """
    code = code.replace("\r\n", "\n")
    code = _without([node for node in ast.walk(ast.parse(code)) if is_text(node)], code)
    lines, within = code.split("\n"), set()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        (row, column), (last, _) = token.start, token.end
        within |= set(range(row, last))
        if token.type == tokenize.COMMENT:
            lines[row - 1] = lines[row - 1][:column]
    kept = []
    for number, line in enumerate(lines, start=1):
        if number in within:  # a text goes on below, and its blanks count
            kept.append(line)
        elif line.strip():
            kept.append(line.rstrip())
    return "".join(line + "\n" for line in kept)


def _without(texts, code):
    """Return code without statements that are texts, and without the blank lines below them."""
    lines = code.splitlines(keepends=True)
    for node in texts:
        first, last = node.lineno - 1, node.end_lineno
        if lines[first][: node.col_offset].strip():
            continue  # def f(): "Say."
        while last < len(lines) and not lines[last].strip():
            last += 1
        lines[first:last] = [""] * (last - first)
    return "".join(lines)


def is_text(node):
    """Say whether a statement is a text that only explains."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
