"""Chapters are executed once, kept whole, and say where they fail."""

import io
import re
from pathlib import Path

import pytest

pytest.importorskip("nbclient")

import execute  # noqa: E402
from kernels import ChapterError  # noqa: E402
from progress import Progress  # noqa: E402

CHAPTER = """---
jupyter:
  kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A chapter

Words.

```python tags=["hide"]
x = 3
```

More words.

```python title="A sum"
y = x + 4

print(y)
```
"""


@pytest.fixture
def run(tmp_path):
    """From the text of a chapter to its run, and what was said meanwhile."""

    def of(text=CHAPTER, **options):
        path = tmp_path / "01-chapter.md"
        path.write_text(text, "utf-8")
        said = io.StringIO()
        runs = execute.execute([path], Progress(said), tmp_path / "kept", **options)
        return runs[path], said.getvalue()

    return of


def kept(tmp_path):
    return sorted((tmp_path / "kept").iterdir())


def test_a_chapter_runs_once(run, tmp_path):
    first, said = run()
    assert "01-chapter, 2 cells in" in said and "1 ran in" in said
    assert "\n```{ .text .output }\n7\n```" in execute.markdown(first).replace("``` {", "```{")
    (before,) = kept(tmp_path)
    again, said = run(CHAPTER.replace("More words", "Other words"))
    assert said == "" and kept(tmp_path) == [before]
    assert "Other words" in execute.markdown(again)
    assert execute.markdown(again).replace("Other", "More") == execute.markdown(first)
    assert again.metadata["run"] == first.metadata["run"]
    assert {"seconds", "date", "versions", "machine"} <= first.metadata["run"].keys()


def test_a_chapter_runs_again_when_asked_and_when_its_code_changes(run, tmp_path):
    run()
    before = kept(tmp_path)
    assert "1 ran" in run(again=True)[1] and kept(tmp_path) == before
    assert "1 ran" in run(CHAPTER.replace("x = 3", "x = 4"))[1]
    assert len(kept(tmp_path)) == 1 and kept(tmp_path) != before


@pytest.mark.parametrize("left", [0, 10, 500, -1])
def test_a_run_that_was_cut_short_counts_as_missing(run, tmp_path, left):
    run()
    (path,) = kept(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:left])
    assert "1 ran" in run()[1]
    assert len(kept(tmp_path)) == 1 and execute.nbformat.read(path, as_version=4).cells


FAULTS = {
    "print(y)": ("print(z)", ":19: cell 2 .* raises NameError: name 'z'"),
    "x = 3": ("import sys\nsys.stderr.write('oh')\nx = 3", ":11: cell 1 .* writes to stderr: oh"),
    "y = x": ("import os\nos._exit(1)", ":17: cell 2 .* ends its Python"),
}


@pytest.mark.parametrize("old", FAULTS)
def test_a_chapter_that_fails_says_where(run, tmp_path, old):
    new, message = FAULTS[old]
    error, said = run(CHAPTER.replace(old, new))
    assert isinstance(error, ChapterError) and "failed" in said
    assert re.search("01-chapter.md" + message, str(error))
    assert kept(tmp_path) == []


UNUSABLE = {
    "\n---\n\n# A": ("\n\n# A", ":1: expected front matter between"),
    "name: python3}": ("name: python3", ":3: expected YAML: expected ',' or '}'"),
    "\n---\n\n": ("\nresults: [peaks, gm]\n---\n\n", r":4: .* groups .*gmm.* got .*'gm'"),
    "\n---\n\n#": ("\nresults: peaks\n---\n\n#", r":4: .* list of groups .* got peaks"),
    "---\n\n# A": ("modules: [layer]\n---\n\n# A", r":4: .* rooms of dlhw, got \['layer'\]"),
    "# A chapter": ("A chapter", ":5: expected a title"),
    "print(y)\n```": ("print(y)", ":11: expected a fence that ends"),
}


@pytest.mark.parametrize("old", UNUSABLE)
def test_a_chapter_that_cannot_be_used_is_an_error_with_its_line(run, tmp_path, old):
    new, message = UNUSABLE[old]
    assert CHAPTER.count(old) == 1
    error, _ = run(CHAPTER.replace(old, new))
    assert isinstance(error, ChapterError) and "\n" not in str(error)
    assert re.search("01-chapter.md" + message, str(error))
    assert execute.read_all([tmp_path / "01-chapter.md"]).keys() and kept(tmp_path) == []


def test_every_cell_of_a_chapter_has_its_place():
    for path in sorted(Path(execute.ROOT, "docs", "chapters").glob("*.md")):
        lines = path.read_text("utf-8").splitlines()
        notebook = execute.read(path)
        for place in execute.places(path, notebook).values():
            assert lines[place.line - 1].strip() == place.text


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    "stream, shown",
    [(Terminal(), "\r\x1b[K1 of 2\r\x1b[Kall\n"), (io.StringIO(), "one\nall\n")],
)
def test_a_terminal_sees_a_line_that_moves_and_others_a_line_each(stream, shown):
    progress = Progress(stream)
    progress.running("1 of 2")
    progress.done("one")
    progress.end("all")
    assert stream.getvalue() == shown
