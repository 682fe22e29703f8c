"""Count the words of prose of the chapters, by part:

    python tests/measure/words.py                 as they stand
    python tests/measure/words.py REVISION        beside an earlier revision

The first part of a chapter is what the coursework needs, the second is marked `.further`.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_site"))

from reading import parts, words  # noqa: E402

CHAPTERS = sorted((ROOT / "docs" / "chapters").glob("*.md"))


def counted(text):
    """Return the words of the core, of what goes further, and of both."""
    core, further = parts(text)
    return words(core), words(further), words(core) + words(further)


def before(path, revision):
    """Return the text of a file at a revision, or nothing where it did not exist."""
    command = ["git", "show", f"{revision}:{path.relative_to(ROOT).as_posix()}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


def table(revision=None):
    """Return the lines of the table, with the sum of chapters 0 to 8 and of all."""
    rows = []
    for path in CHAPTERS:
        old = counted(before(path, revision))[2] if revision else 0
        rows.append((path.stem[:28], *counted(path.read_text("utf-8")), old))
    sums = [
        (title, *(sum(row[i] for row in chosen) for i in range(1, 5)))
        for title, chosen in (("chapters 0 to 8", rows[:9]), ("all", rows))
    ]
    header = f"{'chapter':28} {'core':>7} {'further':>7} {'all':>7}" + f" {'before':>7}" * bool(
        revision
    )
    lines = [
        f"{name:28} {core:7} {further:7} {both:7}" + f" {old:7}" * bool(revision)
        for name, core, further, both, old in [*rows, *sums]
    ]
    return [header, *lines]


if __name__ == "__main__":
    print("\n".join(table(*sys.argv[1:2])))
