"""Execute chapters and hand them on as Markdown: of notebooks, and nothing of the site generator.

A chapter is a Markdown file with Jupytext front matter; its top-level `python` fences are cells.
What a run depends on is its key: the code of the cells, the package without docstrings, the data,
the groups of results that its front matter names, this folder, and the versions of what computes.
Runs are kept under their key, so that nothing runs twice and prose is rendered again without
running.
"""

import hashlib
import os
import platform
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent

import jupytext
import nbformat
import yaml
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from dlhw.study.source_code import without_docstrings  # noqa: E402
from dlhw.study.store import write_whole  # noqa: E402

CACHE = ROOT / ".cache" / "chapters"
CODE = ROOT / ".cache" / "code"
RESULTS = ROOT / "data" / "results"
INPUTS = ["dlhw", "data", "docs/_site"]
WORKERS = 2
SECONDS_A_CELL = 600
ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(CODE)]),
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
COLOUR_CODE = re.compile(r"\x1b\[[\d;]*m")


class ChapterError(Exception):
    """A chapter that cannot be published: which cell, and why.

    `details` is what the reader of a page should see.
    """

    def __init__(self, message, details=""):
        super().__init__(message)
        self.details = details or message


def holds_cells(path):
    """Say whether a page is to be executed: its front matter names a kernel."""
    return Path(path).read_text(encoding="utf-8").startswith("---\njupyter:\n")


def read(path):
    """Return the chapter as a notebook that has not run."""
    notebook = jupytext.read(path)
    front_matter = re.match(r"---\n(.*?)\n---\n", path.read_text(encoding="utf-8"), re.S)[1]
    cells = [cell for cell in notebook.cells if cell.cell_type != "raw"]
    notebook.cells = [_prose_unless_python(cell) for cell in cells]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
        "front_matter": yaml.safe_load(front_matter),
    }
    return notebook


def surroundings(root=ROOT):
    """Return a digest of all that a run depends on, but for its own cells."""
    machine = f"{platform.python_version()} {platform.system()} {platform.machine()}"
    digest = hashlib.sha256(machine.encode())
    for package in ("numpy", "scipy", "matplotlib"):
        digest.update(f" {package} {version(package)}".encode())
    for path in sorted(path for folder in INPUTS for path in (root / folder).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            if path.suffix == ".py":
                content = without_docstrings(content.decode()).encode()
            name = path.relative_to(root).as_posix()
            digest.update(f" {name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def key(notebook, surroundings, results=RESULTS):
    """Return the key under which a run of this notebook is kept: prose is not in it.

    The results that it reads are, file by file.
    """
    paths = [path for group in groups(notebook) for path in (results / group).glob("*.npz")]
    read = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths]
    cells = [cell.source for cell in _code(notebook)]
    whole = "\0".join([surroundings, *sorted(read), *cells])
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def groups(notebook):
    """Return the groups of results that a chapter names: `results: [peaks, gmm]`."""
    return notebook.metadata["front_matter"].get("results", [])


def execute(paths, say=print, cache=CACHE):
    """Execute chapters side by side, and keep each as soon as it is done.

    Parameters
    ----------
    paths : iterable of Path
        The chapters.
    say : callable
        Takes a line of progress.
    cache : Path
        The folder where runs are kept.

    Returns
    -------
    dict
        From path to notebook, or to the `ChapterError` that stopped it.
    """
    cache.mkdir(parents=True, exist_ok=True)
    around, running = surroundings(), {}
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = {path: pool.submit(_chapter, path, around, cache, say, running) for path in paths}
        try:
            return {path: future.result() for path, future in futures.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for client in list(running.values()):
                client.km.provisioner.process.kill()
            raise


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


def _chapter(path, around, cache, say, running):
    """Return the chapter, executed now or before; an error is a result like any other."""
    name = "-".join(path.with_suffix("").parts[-2:])
    try:
        notebook = read(path)
        kept = cache / f"{name}-{key(notebook, around)}.ipynb"
        if kept.exists():
            for cell, run in zip(_code(notebook), _code(nbformat.read(kept, as_version=4))):
                cell.outputs, cell.execution_count = run.outputs, run.execution_count
            return notebook
        say(f"{name}: running {len(_code(notebook))} cells")
        start = time.monotonic()
        _run(notebook, name, running)
        for old in cache.glob(f"{name}-" + 16 * "?" + ".ipynb"):
            old.unlink()
        write_whole(kept, nbformat.writes(notebook).encode())
        say(f"{name}: ran in {time.monotonic() - start:.1f} s")
        return notebook
    except ChapterError as error:
        return error


def _run(notebook, name, running):
    numbers = {cell.id: number for number, cell in enumerate(_code(notebook), start=1)}
    environment = {**os.environ, **ENVIRONMENT, "DLHW_GROUPS": " ".join(groups(notebook))}
    with TemporaryDirectory(prefix="dlhw-") as folder:
        client = running[name] = NotebookClient(
            notebook, km=_kernel(folder), timeout=SECONDS_A_CELL, record_timing=False
        )
        try:
            with client.setup_kernel(cwd=str(ROOT), env=environment, cleanup_kc=True):
                for index, cell in enumerate(notebook.cells):
                    if cell.cell_type == "code":
                        where = f"{name}, cell {numbers[cell.id]} (`{_first_line(cell.source)}`)"
                        _run_cell(client, cell, index, where)
        finally:
            del running[name]


def _kernel(folder):
    """Return the manager of a kernel that is talked to through files, where the system can.

    Over TCP everyone on the machine could listen, and the kernel says so at each start.
    """
    transport = "ipc" if os.name == "posix" else "tcp"
    file = str(Path(folder, "kernel.json"))
    return AsyncKernelManager(
        kernel_spec_manager=_ThisPython(), transport=transport, connection_file=file
    )


def _run_cell(client, cell, index, where):
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        message = f"{where} raises {error.ename}: {_first_line(error.evalue)}"
        raise ChapterError(message, COLOUR_CODE.sub("", str(error))) from None
    except CellTimeoutError:
        raise ChapterError(f"{where} takes more than {SECONDS_A_CELL} s") from None
    except DeadKernelError:
        raise ChapterError(f"{where} ends its Python") from None
    for output in cell.outputs:
        kinds = output.get("data", {})
        if output.output_type == "stream" and output.name == "stderr":
            last_line = output.text.strip().splitlines()[-1]
            raise ChapterError(f"{where} writes to stderr: {last_line}", output.text)
        if "text/markdown" not in kinds and any(kind.startswith("image/") for kind in kinds):
            raise ChapterError(
                f"{where} leaves an image without caption and text:"
                " end it with dlhw.pages.figures.show"
            )


class _ThisPython(KernelSpecManager):
    """Kernels are this interpreter without the user's start-up files, whatever the machine has."""

    def get_kernel_spec(self, kernel_name):
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        command.append(f"--IPKernelApp.ipython_dir={CACHE}")
        return KernelSpec(argv=command, display_name="Python 3", language="python")


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


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _first_line(text):
    return (text.strip().splitlines() or [""])[0]
