"""Builds of one source: the same bytes each time, by MkDocs and with nothing in between."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("mkdocs")

import execute
import taking
import write

pytestmark = pytest.mark.site
ROOT = Path(__file__).resolve().parents[2]
QUICK = [ROOT / "docs" / "chapters" / f"{name}.md" for name in ("00-derivatives", "03-descent")]


def build(folder, *options):
    """Build a site with MkDocs; return its files by place."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    settings = {**os.environ, "SITE_URL": "https://here/", "SOURCE_DATE_EPOCH": taking.EPOCH}
    run = subprocess.run(
        [*command, *options], cwd=ROOT, env=settings, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def differing(one, other):
    return {place for place in one.keys() | other.keys() if one.get(place) != other.get(place)}


def test_two_builds_give_the_same_bytes(tmp_path):
    one = build(tmp_path / "one")
    assert len(one) > 100 and differing(one, build(tmp_path / "other")) == set()


def test_the_written_folder_is_a_site_without_the_hook(tmp_path):
    hooked = build(tmp_path / "hooked")
    alone = build(tmp_path / "alone", "-f", str(write.PAGES / "mkdocs.yml"))
    pages = {place for place in hooked if place.endswith(".html")}
    assert differing(hooked, alone) <= pages and hooked.keys() == alone.keys()


def kernels():
    """Return the processes that run cells of this repository's pages."""
    found = set()
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_text()
        except OSError:
            continue  # it has ended meanwhile
        if "ipykernel_launcher" in words and str(ROOT) in words:
            found.add(command.parent.name)
    return found


def wait_until(holds):
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    assert holds()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs the /proc of Linux")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended_leaves_no_kernel(end):
    others = kernels()
    command = [sys.executable, "tasks.py", "chapter", QUICK[1].stem]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # "&" leaves it ignored
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    run = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **output)
    signal.signal(signal.SIGINT, before)
    try:
        wait_until(lambda: kernels() - others)
        os.killpg(run.pid, end) if end == signal.SIGINT else run.send_signal(end)
        out, errors = run.communicate(timeout=30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
    if end != signal.SIGKILL:
        assert out == "interrupted\n" and errors == ""
    wait_until(lambda: not kernels() - others)


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.stem)
def test_cells_put_out_the_same_each_time(path, tmp_path):
    runs = []
    for name in ("one", "other"):
        notebook = execute.execute([path], cache=tmp_path / name)[path]
        runs.append(write.nbformat.writes(taking.portable(notebook)))
    assert runs[0] == runs[1]
