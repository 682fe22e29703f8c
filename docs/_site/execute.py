"""Execute chapters and hand them on as Markdown: of notebooks, and nothing of the site generator.

A chapter is a Markdown file with Jupytext front matter; its top-level `python` fences are cells.
Runs are kept under their keys (`keys.py`), so that nothing runs twice, and prose is rendered again
without running.
"""

import re
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import jupytext  # noqa: E402
import nbformat  # noqa: E402
import yaml  # noqa: E402
from jupyter_core.utils import ensure_event_loop  # noqa: E402
from kernels import ChapterError, Place, first_line, run  # noqa: E402
from keys import groups, key  # noqa: E402
from progress import Progress  # noqa: E402

from dlhw.study.origin import origin, versions  # noqa: E402
from dlhw.study.registry import GROUPS  # noqa: E402
from dlhw.study.rooms import path_of  # noqa: E402
from dlhw.study.store import write_whole  # noqa: E402

CACHE = ROOT / ".cache" / "chapters"
WORKERS = 2
FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n", re.S)
TITLE = re.compile(r"\n*# .")
RESULTS, MODULES = re.compile(r"^results:", re.M), re.compile(r"^modules:", re.M)


def holds_cells(path):
    """Say whether a page is to be executed: its front matter names a kernel."""
    path = Path(path)
    return path.suffix == ".md" and path.read_text("utf-8").startswith("---\njupyter:\n")


def read_all(paths):
    """Return notebooks that have not run by path, or for a page without use its `ChapterError`."""
    found = {}
    for path in paths:
        try:
            found[path] = read(path)
        except ChapterError as error:
            found[path] = error
    return found


def read(path):
    """Return the chapter as a notebook that has not run.

    Raises
    ------
    ChapterError
        If no build can use it: which line is wrong, and what was expected there.
    """
    text = path.read_text(encoding="utf-8")
    about = _front_matter(path, text)
    notebook = jupytext.reads(text, fmt="md")
    cells = [cell for cell in notebook.cells if cell.cell_type != "raw"]
    notebook.cells = [_prose_unless_python(cell) for cell in cells]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        "front_matter": about,
    }
    return notebook


def _front_matter(path, text):
    """Return what the front matter of a chapter says, if it and the title are as they must be."""
    found = FRONT_MATTER.match(text)
    if not found:
        raise _unusable(path, text, 0, "expected front matter between two lines ---, found one")
    try:
        about = yaml.safe_load(found[1])
    except yaml.MarkedYAMLError as error:
        wrong = found.start(1) + error.problem_mark.index
        raise _unusable(path, text, wrong, f"expected YAML: {error.problem}") from None
    named, known = about.get("results", []), [group.__name__ for group in GROUPS]
    if not isinstance(named, list) or not all(group in known for group in named):
        expected = f"expected a list of groups of results ({', '.join(known)}), got {named}"
        raise _unusable(path, text, RESULTS.search(text).start(), expected)
    rooms = about.get("modules", [])
    if not isinstance(rooms, list) or not all(path_of(room, ROOT) for room in rooms):
        expected = f"expected a list of rooms of dlhw, got {rooms}"
        raise _unusable(path, text, MODULES.search(text).start(), expected)
    if not TITLE.match(text, found.end()):
        raise _unusable(path, text, found.end(), "expected a title, a line '# ...', found none")
    return about


def _unusable(path, text, place, why):
    """Return the error of a chapter that is wrong at a place of its text."""
    line = text.count("\n", 0, place) + 1
    path = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return ChapterError(f"{path}:{line}: {why}")


def execute(paths, progress=None, cache=CACHE, again=False):
    """Execute those chapters that must run, side by side, and keep each as soon as it is done.

    Parameters
    ----------
    paths : iterable of Path
        The chapters.
    progress : Progress, optional
        Is told what runs.
    cache : Path
        The folder where runs are kept.
    again : bool
        Run them all, whatever is kept.

    Returns
    -------
    dict
        From path to notebook, or to the `ChapterError` that stopped it. The metadata `run` of a
        notebook say when it ran, how long, and with what.
    """
    cache.mkdir(parents=True, exist_ok=True)
    found, missing = {}, {}
    for path, notebook in read_all(paths).items():
        found[path] = notebook
        if isinstance(notebook, ChapterError):
            continue
        kept = cache / f"{name_of(path)}-{key(notebook)}.ipynb"
        if again or not _recall(notebook, kept):
            missing[path] = notebook, kept
    if missing:
        found |= _execute(missing, progress or Progress())
    return found


def name_of(path):
    """Return the short name of a page, from its file and folder."""
    return "-".join(path.with_suffix("").parts[-2:])


def _recall(notebook, kept):
    """Give a notebook what its kept run put out; say whether there is a whole one."""
    try:
        run = nbformat.read(kept, as_version=4)
        pairs = list(zip(_code(notebook), _code(run), strict=True))
        notebook.metadata["run"] = run.metadata["run"]
    except (OSError, ValueError, KeyError):  # none, or cut short
        return False
    for cell, its_run in pairs:
        cell.outputs, cell.execution_count = its_run.outputs, its_run.execution_count
    return True


def _execute(missing, progress):
    """Run notebooks and keep each at its place; return them, or what stopped them, by path."""
    start, running, found = time.monotonic(), {}, {}
    with ThreadPoolExecutor(WORKERS) as pool:
        left = {
            pool.submit(_chapter, path, notebook, kept, running): path
            for path, (notebook, kept) in missing.items()
        }
        try:
            while left:
                progress.running(f"pages: {len(found)} of {len(missing)} ran; {_now(running)}")
                for future in wait(left, timeout=1, return_when=FIRST_COMPLETED).done:
                    path = left.pop(future)
                    found[path] = future.result()
                    progress.done(_line(path, found[path]))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while any(future.running() for future in left):
                for client, _ in list(running.values()):
                    _end(client)
                time.sleep(0.1)
            raise
    progress.end(f"pages: {len(found)} ran in {time.monotonic() - start:.0f} s")
    return found


def _end(client):
    """End the Python of a client at once, if it has started already."""
    provisioner = client.km.provisioner
    if provisioner and provisioner.process:
        provisioner.process.kill()


def _now(running):
    """Return what runs now and since when, as a part of a line."""
    return ", ".join(
        f"{name} {time.monotonic() - since:.0f} s" for name, (_, since) in list(running.items())
    )


def _line(path, run):
    """Return a line on a run that has ended."""
    if isinstance(run, ChapterError):
        return f"pages: {name_of(path)} failed"
    return f"pages: {name_of(path)}, {len(_code(run))} cells in {run.metadata['run']['seconds']} s"


def markdown(notebook):
    """Return the executed notebook as one Markdown text: prose, code and outputs.

    A cell tagged `hide` shows its outputs alone; the code of a cell tagged `fold` is folded away
    beneath them.
    """
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        info = "python"
        for name in ("title", "hl_lines"):
            if name in cell.metadata:
                info += f' {name}="{cell.metadata[name]}"'
        code = fence(cell.source, info)
        outputs = [_output(output) for output in cell.outputs]
        tags = cell.metadata.get("tags", [])
        if "fold" in tags:
            outputs.append('??? code "The code for this"\n\n' + indent(code, "    "))
        if "fold" not in tags and "hide" not in tags:
            parts.append(code)
        parts += outputs
    return "\n\n".join(parts) + "\n"


def _chapter(path, notebook, kept, running):
    """Return the chapter, executed and kept; an error is a result like any other."""
    name, start = name_of(path), time.monotonic()

    def started(client):
        running[name] = client, start

    try:
        run(notebook, places(path, notebook), groups(notebook), started)
    except ChapterError as error:
        return error
    finally:
        running.pop(name, None)
        ensure_event_loop().close()  # this thread's: it would keep its sockets
    notebook.metadata["run"] = {
        **origin(),
        "versions": f"{versions()}, Matplotlib {version('matplotlib')}",
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "seconds": round(time.monotonic() - start, 1),
    }
    for old in kept.parent.glob(f"{name}-" + 16 * "?" + ".ipynb"):
        old.unlink()
    write_whole(kept, nbformat.writes(notebook).encode())
    return notebook


def places(path, notebook):
    """Return where the cells of a chapter stand, by their ids."""
    page, end, found = path.read_text(encoding="utf-8"), 0, {}
    for number, cell in enumerate(_code(notebook), start=1):
        first = page.find(f"\n{cell.source}\n```", end) + 1
        if not first:
            raise _unusable(path, page, end, "expected a fence that ends with ``` after this line")
        end = first + len(cell.source)
        line = page.count("\n", 0, first) + 1
        found[cell.id] = Place(path, line, number, first_line(cell.source))
    return found


def _prose_unless_python(cell):
    """Jupytext makes cells of fences in some other languages too: a `bash` fence is prose here."""
    if cell.cell_type == "code" and cell.source.startswith("%%"):
        language, _, code = cell.source[2:].partition("\n")
        return nbformat.v4.new_markdown_cell(fence(code, language))
    return cell


def _output(output):
    if output.output_type == "stream":
        return fence(output.text, "{ .text .output }")
    if "text/markdown" in output.data:
        return output.data["text/markdown"]
    return fence(output.data["text/plain"], "{ .text .output }")


def fence(text, info):
    """Return text as a fence that is longer than those inside it; `info` says what it holds."""
    ticks = max([3, *(len(run) + 1 for run in re.findall("`{3,}", text))]) * "`"
    if info.startswith("{"):
        info = " " + info
    return f"{ticks}{info}\n{text.rstrip()}\n{ticks}"


def codes(notebook):
    """Return the code of the cells of a notebook."""
    return [cell.source for cell in _code(notebook)]


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
