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
    lines = code.splitlines(keepends=True)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            first, last = node.body[0].lineno - 1, node.body[0].end_lineno
            while last < len(lines) and not lines[last].strip():
                last += 1
            lines[first:last] = [""] * (last - first)
    return "".join(lines)


def bare(code):
    """Return source code without docstrings, comments and blank lines: the same on every Python.

    Examples
    --------
    >>> bare('def f(x):\\n    "Square."\\n\\n    # not x + x\\n    return x * x  # kept\\n')
    'def f(x):\\n    return x * x\\n'
    """
    code = without_docstrings(code)
    lines = code.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return "".join(line.rstrip() + "\n" for line in lines if line.strip())
