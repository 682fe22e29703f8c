"""The task runner: what it says when it cannot work, and that it never loses what was there."""

import ast
import contextlib
import hashlib
import importlib.util
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """The task runner, in a repository of its own whose environment is this one."""
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("VENV", "LOCK", "SITE", "FRESH", "ASIDE", "CACHE"):
        monkeypatch.setattr(module, name, tmp_path / getattr(module, name).relative_to(ROOT))
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    module.LOCK.write_text("numpy==2.0\n", "utf-8")
    return module


@pytest.fixture
def command(tasks, monkeypatch):
    """Run a command of a task runner that has its environment; return its exit status."""
    monkeypatch.setattr(tasks, "prepare", lambda: None)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["tasks.py", *words])
        return tasks.main()

    return call


def test_old_pythons_are_told_what_is_needed():
    source = (ROOT / "tasks.py").read_text("ascii")
    guard = next(node for node in ast.parse(source).body if isinstance(node, ast.If))
    program = "import sys; sys.version_info = (3, 8, 18)\n" + ast.unparse(guard)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "needs Python 3.11" in done.stderr and "Python 3.8" in done.stderr


NEW = "JoinedStr NamedExpr AnnAssign AsyncFunctionDef Match Nonlocal YieldFrom"


def test_old_pythons_can_read_the_whole_file():
    new = tuple(getattr(ast, kind) for kind in NEW.split())
    tree = ast.parse((ROOT / "tasks.py").read_text("ascii"), feature_version=(3, 4))
    for node in ast.walk(tree):
        assert not isinstance(node, new), f"line {node.lineno}: Python 2.7 and 3.5 cannot read this"
        if isinstance(node, ast.FunctionDef):
            assert not node.args.kwonlyargs and not node.returns
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            assert not any(isinstance(element, ast.Starred) for element in node.elts)
        if isinstance(node, ast.Dict):
            assert None not in node.keys
        if isinstance(node, ast.Raise):
            assert node.cause is None
        if isinstance(node, ast.Call):
            assert not any(isinstance(argument, ast.Starred) for argument in node.args[:-1])


def test_missing_venv_is_one_line(tasks, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        tasks.prepare()
    assert not tasks.VENV.exists()


OFFLINE = "WARNING: Retrying (Retry(total=2)) after connection broken by NewConnectionError"
CHANGED = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"


@pytest.mark.parametrize(
    "last, expected", [(OFFLINE, "check the network"), (CHANGED, "DO NOT MATCH THE HASHES")]
)
def test_failed_installation_is_one_line(tasks, monkeypatch, tmp_path, last, expected):
    pip = tmp_path / "pip.py"
    pip.write_text(f"import sys; print('Collecting numpy'); print({last!r}); sys.exit(1)", "utf-8")
    start = subprocess.Popen

    def start_ours(command, **options):
        return start([sys.executable, str(pip)], **options)

    monkeypatch.setattr(subprocess, "Popen", start_ours)
    with pytest.raises(SystemExit) as stop:
        tasks.install()
    assert expected in stop.value.code and "\n" not in stop.value.code


def test_environment_is_made_once_and_again_when_the_lock_changes(tasks, monkeypatch):
    made = []

    def create(folder, clear, with_pip):
        (folder / "lib").mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr(tasks.sysconfig, "get_path", lambda *arguments: str(folder / "lib"))

    monkeypatch.setattr("venv.create", create)
    monkeypatch.setattr(tasks, "install", lambda: made.append(tasks.LOCK.read_text("utf-8")))
    tasks.prepare()
    tasks.prepare()
    assert made == ["numpy==2.0\n"]
    tasks.LOCK.write_text("numpy==2.1\n", "utf-8")
    tasks.prepare()
    assert made[1:] == ["numpy==2.1\n"]
    leads_to = (tasks.VENV / "lib" / "dlhw.pth").read_text("utf-8")
    assert (tasks.VENV / "lib" / leads_to).resolve() == tasks.ROOT


def test_half_made_environment_is_made_again(tasks, monkeypatch):
    made = []

    def fail():
        made.append("tried")
        raise KeyboardInterrupt

    monkeypatch.setattr("venv.create", lambda folder, clear, with_pip: folder.mkdir(exist_ok=True))
    monkeypatch.setattr(tasks, "install", fail)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            tasks.prepare()
    assert len(made) == 2


def test_a_build_that_succeeds_replaces_the_site(tasks, command, monkeypatch, capsys):
    def build(*arguments):
        page(tasks.FRESH, "new")
        return 0

    page(tasks.SITE, "old")
    monkeypatch.setattr(tasks, "run", build)
    assert command("site") == 0
    assert site_now(tasks) == "new" and left(tasks) == []
    assert (tasks.SITE / "index.html").as_uri() in capsys.readouterr().out


def test_a_site_is_built_again_only_from_other_sources(tasks, command, monkeypatch):
    builds = []

    def build(*arguments):
        if "mkdocs" in arguments:
            builds.append(arguments)
            page(tasks.FRESH, "new")
        return 0

    monkeypatch.setattr(tasks, "run", build)
    source = tasks.ROOT / "docs" / "index.html"
    page(source.parent, "old")
    changes = [
        lambda: None,
        lambda: page(source.parent, "new"),
        lambda: page(tasks.ROOT / "dlhw" / "__pycache__", "compiled"),
        lambda: monkeypatch.setenv("SITE_URL", "https://here/"),
        lambda: tasks.shutil.rmtree(tasks.SITE),
        lambda: (tasks.CACHE / "built-from").write_bytes(b"\xff"),
    ]
    assert command("site") == 0
    built = []
    for change in changes:
        change()
        before = len(builds)
        assert command("site") == 0
        built.append(len(builds) - before)
    assert built == [0, 1, 0, 1, 1, 1]


def test_a_build_that_failed_is_tried_again(tasks, command, monkeypatch):
    statuses = [0, 3, 0, 3]
    monkeypatch.setattr(tasks, "run", lambda *arguments: statuses.pop(0))
    page(tasks.SITE, "old")
    assert [command("site"), command("site")] == [3, 3]


def test_a_build_says_everything_only_when_asked(tasks, command, monkeypatch):
    settings = []
    monkeypatch.setattr(tasks, "run", lambda *arguments: settings.append(dict(tasks.SETTINGS)) or 1)
    assert [command("serve"), command("serve", "-v")] == [1, 1]
    quiet, loud = settings
    assert "NO_MKDOCS_2_WARNING" in quiet and "DLHW_VERBOSE" not in quiet
    assert "NO_MKDOCS_2_WARNING" not in loud and "DLHW_VERBOSE" in loud


def test_one_chapter_is_run_by_its_number(tasks, command, monkeypatch):
    calls = []
    monkeypatch.setattr(tasks, "run", lambda *arguments: calls.append(arguments) or 4)
    assert command("chapter", "06") == 4
    assert [call[1:] for call in calls] == [("06",)] and calls[0][0].name == "write.py"


def fails():
    return 3


def interrupt():
    raise KeyboardInterrupt


def full_disk():
    raise OSError("full")


@pytest.mark.parametrize(
    "end, status", [(fails, 3), (interrupt, 130), (full_disk, "tasks.py: full")]
)
def test_a_build_that_fails_leaves_the_old_site(tasks, command, monkeypatch, end, status):
    def build(*arguments):
        if "mkdocs" not in arguments:
            return 0
        page(tasks.FRESH, "half")
        return end()

    page(tasks.SITE, "old")
    monkeypatch.setattr(tasks, "run", build)
    assert command("site") == status
    assert site_now(tasks) == "old" and left(tasks) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs renameat2")
def test_two_sites_are_exchanged_in_one_step(tasks, monkeypatch):
    monkeypatch.setattr(Path, "rename", None)
    page(tasks.SITE, "old")
    page(tasks.FRESH, "new")
    tasks.replace_site()
    assert site_now(tasks) == "new"


@pytest.fixture
def in_two_steps(tasks, monkeypatch):
    """From what befalls the second of the two steps of a replacement, to both tried."""

    def replace(what):
        rename = Path.rename

        def second_fails(path, target):
            if path == tasks.FRESH:
                raise what
            return rename(path, target)

        page(tasks.SITE, "old")
        page(tasks.FRESH, "new")
        with monkeypatch.context() as patch, pytest.raises(what):
            patch.setattr(tasks, "exchange", lambda one, other: False)
            patch.setattr(Path, "rename", second_fails)
            if what is SystemExit:  # nothing is put back after a kill
                patch.setattr(tasks, "put_back", lambda: None)
            tasks.replace_site()

    return replace


def test_where_it_takes_two_steps_and_the_second_fails_the_old_site_comes_back(tasks, in_two_steps):
    in_two_steps(OSError)
    assert site_now(tasks) == "old" and not tasks.ASIDE.exists()


def test_what_was_killed_between_two_steps_the_next_call_mends(
    tasks, command, monkeypatch, in_two_steps
):
    in_two_steps(SystemExit)
    assert not tasks.SITE.exists()
    monkeypatch.setattr(tasks, "run", lambda *arguments: 3)
    assert command("site") == 3 and site_now(tasks) == "old"
    in_two_steps(SystemExit)
    page(tasks.SITE, "newer")
    assert command("site") == 3 and site_now(tasks) == "newer" and not tasks.ASIDE.exists()


def test_a_cache_on_another_file_system_is_no_trouble(tasks, command, monkeypatch):
    memory = Path("/dev/shm")
    if not memory.exists() or memory.stat().st_dev == tasks.ROOT.stat().st_dev:
        pytest.skip("there is no other file system")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        tasks.CACHE.symlink_to(folder)
        monkeypatch.setattr(tasks, "run", lambda *_: page(tasks.FRESH, "new") or 0)
        assert command("site") == 0 and site_now(tasks) == "new"


def test_exit_status_of_a_child_is_passed_on(tasks, tmp_path):
    (tmp_path / "seven.py").write_text("raise SystemExit(7)", "utf-8")
    assert tasks.run(tmp_path / "seven.py") == 7


# ---- calls that are killed, and two at once ------------------------------------------------------

BUILDS = """
import os, sys, time
from pathlib import Path

site = Path(sys.argv[-1])
site.mkdir(exist_ok=True)
(site / "index.html").write_text("new")
Path("started").write_text(str(os.getpid()))
try:
    time.sleep(%d)
except SystemExit:
    time.sleep(0.5)
    if not site.exists():
        Path("disturbed").touch()
    raise
except KeyboardInterrupt:  # MkDocs does so
    sys.exit("Aborted!")
"""


@pytest.fixture
def start(tmp_path):
    """From a command to a call of it, in a repository whose build sleeps; and from seconds."""
    if os.name != "posix":
        pytest.skip("needs signals")
    source = (ROOT / "tasks.py").read_text("utf-8").replace("PATIENCE = 10", "PATIENCE = 3")
    (tmp_path / "tasks.py").write_text(source, "utf-8")
    (tmp_path / "requirements.lock").touch()
    page(tmp_path / "site", "old")
    for module in ("mkdocs/__main__.py", "dlhw/study/commands.py"):
        (tmp_path / module).parent.mkdir(parents=True)
        (tmp_path / module).touch()
    for package in ("mkdocs", "dlhw", "dlhw/study"):  # or those that are installed come first
        (tmp_path / package / "__init__.py").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    stamp = hashlib.sha256(b"").hexdigest() + " Python " + sys.version
    (tmp_path / ".venv" / "stamp").write_bytes(stamp.encode())
    calls = []

    def of(seconds=60):
        (tmp_path / "started").unlink(missing_ok=True)
        (tmp_path / "mkdocs" / "__main__.py").write_text(BUILDS % seconds, "utf-8")
        command = [sys.executable, str(tmp_path / "tasks.py"), "site"]
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # "&" leaves it ignored
        calls.append(subprocess.Popen(command, start_new_session=True, **output))
        signal.signal(signal.SIGINT, before)
        return calls[-1]

    yield of
    for call in calls:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(call.pid, signal.SIGKILL)
        call.communicate()


def builder(folder):
    """Return the process that builds, once it does."""
    wait_until(lambda: (folder / "started").exists() and (folder / "started").read_text())
    return int((folder / "started").read_text())


def wait_until(holds):
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    assert holds()


def ended(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("end", ["Ctrl-C", "SIGTERM", "SIGKILL"])
def test_a_call_that_is_ended_leaves_the_old_site_and_no_process(start, tmp_path, end):
    call = start()
    child = builder(tmp_path)
    if end == "Ctrl-C":
        os.killpg(call.pid, signal.SIGINT)
    else:
        call.send_signal(getattr(signal, end))
    said = call.communicate(timeout=20)
    assert said == ("" if end == "SIGKILL" else "interrupted\n", "")
    wait_until(lambda: ended(child))
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "old"
    again = start(seconds=0)
    assert again.wait(20) == 0
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "new"
    assert not list(tmp_path.glob("*.part"))


def test_a_second_call_names_the_first_and_leaves_it_alone(start, tmp_path):
    first = start()
    builder(tmp_path)
    said = start().communicate(timeout=20)
    expected = r"tasks.py: .* another call is building the site, as process (\d+), since 20.*\n"
    assert re.fullmatch(expected, said[1])[1] == str(first.pid) and said[0] == ""
    assert first.poll() is None and (tmp_path / "site" / "index.html").read_text() == "old"


def test_a_call_waits_for_what_a_killed_one_has_left(start, tmp_path):
    first = start()
    builder(tmp_path)
    first.kill()
    assert start(seconds=0).wait(20) == 0
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "new"
    time.sleep(1)  # by now the rest would have seen another call at its files
    assert not (tmp_path / "disturbed").exists()


def test_what_is_held_is_free_afterwards(tasks, monkeypatch):
    monkeypatch.setattr(tasks, "PATIENCE", 0)
    with tasks.alone("one"), pytest.raises(SystemExit, match="call is one"), tasks.alone("two"):
        pass
    with tasks.alone("three"):
        pass


def test_more_arguments_go_to_pytest_but_not_to_clean(command, tasks, monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(tasks, "run", lambda *arguments: calls.append(arguments) or 0)
    assert command("test", "-k", "softmax", "--site-like") == 0
    assert calls[0][-3:] == ("-k", "softmax", "--site-like")
    with pytest.raises(SystemExit):
        command("clean", "everything")
    assert "unknown arguments: everything" in capsys.readouterr().err


def test_site_tests_ask_for_a_site(command):
    assert "tasks.py site" in command("test", "--site")


def test_data_are_written_where_they_are_asked_for(tasks, command, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "run", lambda *arguments: asked.append(arguments) or 0)
    assert command("data", "--folder", "here", "--seed", "3") == 0
    assert asked == [("-m", "dlhw", "data", Path("here").absolute(), "--seed", 3)]


def test_results_are_trained_by_train_and_site_and_not_by_serve(tasks, command, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "run", lambda *arguments: asked.append(arguments) or 1)
    commands = ("-m", "dlhw.study.commands")
    assert command("train", "peaks", "small", "--fresh") == 1
    assert command("train") == command("site") == command("serve") == 1
    assert asked == [
        (*commands, "train", "peaks", "small", "--fresh"),
        (*commands, "train"),
        (*commands, "site"),
        (*commands, "publish"),
    ]


def test_clean_keeps_data_and_the_environment(tasks, command):
    data, compiled = tasks.ROOT / "data", tasks.ROOT / "dlhw" / "__pycache__"
    for folder in (tasks.SITE, tasks.CACHE, tasks.VENV, data, compiled):
        page(folder, "x")
    assert command("clean") == 0
    left = {path.name for path in tasks.ROOT.iterdir()}
    assert left == {".venv", "data", "dlhw", "requirements.lock"}
    assert not compiled.exists()
    assert command("clean", "--all") == 0
    assert not tasks.VENV.exists()


def test_readme_ci_and_workflow_run_the_same_commands():
    for path in ("README.md", ".ci/run"):
        text = (ROOT / path).read_text("utf-8")
        assert "python3 tasks.py test\n" in text and "python3 tasks.py site\n" in text, path
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "course.yml").read_text("utf-8")


def site_now(tasks):
    return (tasks.SITE / "index.html").read_text("utf-8")


def left(tasks):
    """Return what a build has left beside the site."""
    return [path for path in tasks.ROOT.iterdir() if path.suffix == ".part"]


def page(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(text, "utf-8")
