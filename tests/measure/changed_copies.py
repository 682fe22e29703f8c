"""Copies of the project in which something is changed, and what their tests say."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parents[2]
SECONDS = 900
"""After which a run counts as failing: a change may make a loop endless."""


def copy_of_the_project(folder):
    """Copy what is known to git into a folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@contextmanager
def written(path, text):
    """Let a file hold another text for a while."""
    before = path.read_text("utf-8")
    path.write_text(text, "utf-8")
    try:
        yield
    finally:
        path.write_text(before, "utf-8")


def in_copies(attempt, todo, copies):
    """Yield each thing to do with what `attempt(thing, copy)` returns, as many at once as copies.

    Whoever stops asking, or Ctrl-C, cancels what has not begun.

    Examples
    --------
    >>> list(in_copies(lambda thing, copy: thing + copy, [1, 2, 3], [10]))
    [(1, 11), (2, 12), (3, 13)]
    """
    free = Queue()
    for copy in copies:
        free.put(copy)

    def one(thing):
        copy = free.get()
        try:
            return thing, attempt(thing, copy)
        finally:
            free.put(copy)

    pool = ThreadPoolExecutor(len(copies))
    try:
        yield from pool.map(one, todo)
    finally:
        pool.shutdown(cancel_futures=True)


def failing(folder, *options, seconds=SECONDS):
    """Return the output of the tests if some fail, or do not end in time; else an empty text."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", *options]
    settings = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(folder)}
    try:
        run = subprocess.run(
            command, cwd=folder, env=settings, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return "no end"
    return (run.stdout or run.stderr or "no output") if run.returncode else ""


def first_failure(output):
    """Return the line of pytest's output that names a test, or its last line.

    Examples
    --------
    >>> first_failure("FAILED tests/test_a.py::test_b - assert 1 == 2")
    'test_a.py::test_b'
    >>> first_failure("")
    ''
    """
    for line in output.splitlines():
        if line.startswith(("FAILED", "ERROR")):
            return line.split(" - ")[0].rpartition("/")[2]
    return output.strip().rpartition("\n")[2]
