"""Run the cells of a notebook, in a fresh Python each. What stands here, a run depends on."""

import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).parents[2]
CODE = ROOT / ".cache" / "code"  # the files that pages offer: their cells can import them
START_UP = ROOT / ".cache" / "ipython"
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
LINE_OF_CELL = re.compile(r"Cell In\[\d+\], line (\d+)")


class ChapterError(Exception):
    """A chapter that cannot be published: which line of which file, and why.

    `details` is what the reader of a page should see.
    """

    def __init__(self, message, details=""):
        super().__init__(message)
        self.details = details or message


class Place(NamedTuple):
    """Where a cell stands: its file, the line of its first line, its number, that line's text."""

    path: Path
    line: int
    number: int
    text: str

    def said(self, line=1):
        """Return the place of a line of the cell, in words."""
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path}:{self.line + line - 1}: cell {self.number} (`{self.text}`)"


def run(notebook, places, groups, started):
    """Run the cells of a notebook, and put their outputs into it.

    Parameters
    ----------
    notebook : NotebookNode
    places : dict
        Where its cells stand: from id to `Place`.
    groups : iterable of str
        The groups of results that they may read.
    started : callable
        Is given the client that runs them.

    Raises
    ------
    ChapterError
        At the first cell that fails, or whose outputs cannot be published.
    """
    environment = {**os.environ, **ENVIRONMENT, "DLHW_GROUPS": " ".join(groups)}
    START_UP.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="dlhw-") as folder:
        client = NotebookClient(
            notebook, km=_kernel(folder), timeout=SECONDS_A_CELL, record_timing=False
        )
        started(client)
        with client.setup_kernel(cwd=str(ROOT), env=environment, cleanup_kc=True):
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type == "code":
                    _run_cell(client, cell, index, places[cell.id])


def _kernel(folder):
    """Return the manager of a kernel that is talked to through files, where the system can.

    Over TCP everyone on the machine could listen, and the kernel says so at each start.
    """
    transport = "ipc" if os.name == "posix" else "tcp"
    file = str(Path(folder, "kernel.json"))
    return AsyncKernelManager(
        kernel_spec_manager=_ThisPython(), transport=transport, connection_file=file
    )


def _run_cell(client, cell, index, place):
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        details = COLOUR_CODE.sub("", str(error))
        line = LINE_OF_CELL.search(details)
        where = place.said(int(line[1]) if line else 1)
        message = f"{where} raises {error.ename}: {first_line(error.evalue)}"
        raise ChapterError(message, details) from None
    except CellTimeoutError:
        raise ChapterError(f"{place.said()} takes more than {SECONDS_A_CELL} s") from None
    except DeadKernelError:
        raise ChapterError(f"{place.said()} ends its Python") from None
    for output in cell.outputs:
        kinds = output.get("data", {})
        if output.output_type == "stream" and output.name == "stderr":
            last_line = output.text.strip().splitlines()[-1]
            raise ChapterError(f"{place.said()} writes to stderr: {last_line}", output.text)
        if "text/markdown" not in kinds and any(kind.startswith("image/") for kind in kinds):
            raise ChapterError(
                f"{place.said()} leaves an image without caption and text:"
                " end it with dlhw.pages.figures.show"
            )


class _ThisPython(KernelSpecManager):
    """Kernels are this interpreter without the user's start-up files, whatever the machine has."""

    def get_kernel_spec(self, kernel_name):
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        command.append(f"--IPKernelApp.ipython_dir={START_UP}")
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def first_line(text):
    """Return the first line of a text, which may be empty."""
    return (text.strip().splitlines() or [""])[0]
