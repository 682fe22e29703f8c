"""The task runner: what it says when it cannot work, and that it never loses what was there."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """The task runner, in a repository of its own whose environment is this one."""
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("VENV", "LOCK", "SITE", "CACHE"):
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
        page(tasks.CACHE / "site", "new")
        return 0

    page(tasks.SITE, "old")
    monkeypatch.setattr(tasks, "run", build)
    assert command("site") == 0
    assert (tasks.SITE / "index.html").read_text("utf-8") == "new"
    assert not (tasks.CACHE / "site").exists()
    assert (tasks.SITE / "index.html").as_uri() in capsys.readouterr().out


def test_a_site_is_built_again_only_from_other_sources(tasks, command, monkeypatch):
    builds = []

    def build(*arguments):
        if "mkdocs" in arguments:
            builds.append(arguments)
            page(tasks.CACHE / "site", "new")
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
    ]
    assert command("site") == 0
    built = []
    for change in changes:
        change()
        before = len(builds)
        assert command("site") == 0
        built.append(len(builds) - before)
    assert built == [0, 1, 0, 1, 1]


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
        page(tasks.CACHE / "site", "half")
        return end()

    page(tasks.SITE, "old")
    monkeypatch.setattr(tasks, "run", build)
    assert command("site") == status
    assert (tasks.SITE / "index.html").read_text("utf-8") == "old"


def test_exit_status_of_a_child_is_passed_on(tasks):
    assert tasks.run("-c", "raise SystemExit(7)") == 7


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


def page(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(text, "utf-8")
