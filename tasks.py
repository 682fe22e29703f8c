"""Everything there is to run in this repository, on a bare machine with Python 3.11 or newer:

    python3 tasks.py site          build the site into site/
    python3 tasks.py serve         build it, show it on this machine, build again on every change
    python3 tasks.py chapter 06    run the cells of one chapter, without the site
    python3 tasks.py test          run the tests and every doctest (more arguments go to pytest)
    python3 tasks.py test --site   run the tests that need a built site or a browser
    python3 tasks.py train         train results that are missing (or GROUP or NAME; --fresh: all)
    python3 tasks.py lint          check the style of the code (--fix: mend what can be mended)
    python3 tasks.py bench         time dlhw against its peers (more arguments go to the script)
    python3 tasks.py data          write the generated data sets into data/ (--seed, --folder)
    python3 tasks.py clean         delete site/ and the caches (--all: the environment too)

The packages this needs go into .venv, from requirements.lock, the first time and whenever the lock
changes.
"""
# Old Pythons must be able to read this file, so that it can say what it needs: no f-strings, no
# keyword-only arguments.

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "tasks.py needs Python 3.11 or newer, and this is Python %d.%d:"
        " try python3.11 tasks.py, or install a newer one" % sys.version_info[:2]
    )

import argparse
import contextlib
import ctypes
import hashlib
import os
import runpy
import shutil
import signal
import subprocess
import sysconfig
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
CHILD = "--child"  # the first word of a call that runs another program, see `child`
SITE = ROOT / "site"
# Beside it, since a folder cannot be renamed into another file system: the next one, the last one.
FRESH, ASIDE = ROOT / "site.part", ROOT / "site-old.part"
CACHE = ROOT / ".cache"
# What the site is built from, and the variables that tell the build more.
SOURCES = ["docs", "dlhw", "data", ".cache/records", "mkdocs.yml", "requirements.lock"]
SOURCES += ["pyproject.toml", "README.md", "LICENSE"]
TOLD = ["SITE_URL", "REPOSITORY"]
# Seconds that a child has to end, once it was told. So long also waits who wants what another call
# holds: that may have been killed just now.
PATIENCE = 10
# One thread a process, and no banner of Material's.
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NO_MKDOCS_2_WARNING": "1",
}


class Terminated(KeyboardInterrupt):
    """SIGTERM: like Ctrl-C, but no child was told."""


def main():
    if sys.argv[1:2] == [CHILD]:
        return be_child(int(sys.argv[2]), sys.argv[3:])
    options, extra = arguments()
    signal.signal(signal.SIGTERM, terminated)
    try:
        return options.command(options, extra)
    except KeyboardInterrupt:
        progress("\r\033[K")
        say("interrupted")
        return 130
    except (OSError, subprocess.SubprocessError) as error:
        return "tasks.py: %s" % error


def terminated(number, frame):
    raise Terminated


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="python3 tasks.py COMMAND",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True, help=argparse.SUPPRESS)
    parsers = {}
    for command in (site, serve, chapter, test, train, lint, bench, data, clean):
        name, says = command.__name__, command.__doc__
        parsers[command] = commands.add_parser(name, description=says, allow_abbrev=False)
        parsers[command].set_defaults(command=command)
    for command in (site, serve):
        parsers[command].add_argument("-v", "--verbose", action="store_true", help="say everything")
    parsers[chapter].add_argument("chapter", help="its number, or the name of its file")
    parsers[test].add_argument("--site", action="store_true", help="those that need a built site")
    parsers[train].add_argument("names", nargs="*", help="groups and experiments (default: all)")
    parsers[train].add_argument("--fresh", action="store_true", help="those too that are kept")
    parsers[data].add_argument("--seed", type=int, default=0, help="(default: 0)")
    parsers[data].add_argument(
        "--folder", type=Path, default=ROOT / "data", help="(default: data/)"
    )
    parsers[clean].add_argument("--all", action="store_true", help="delete the environment too")
    options, extra = parser.parse_known_args()
    if extra and options.command not in (serve, test, lint, bench):
        parsers[options.command].error("unknown arguments: " + " ".join(extra))
    return options, extra


# ---- the commands: each returns an exit status --------------------------------------------------


def site(options, extra):
    """Train the results that are missing, then build the site into site/.

    A build that fails leaves the old one in place, and where nothing has changed since, so does
    one that need not be.
    """
    prepare()
    speak_up(options)
    with alone("building the site"):
        put_back()
        status = run("-m", "dlhw.study.commands", "site") or build()
    if status == 0:
        say("the site is complete: open " + (SITE / "index.html").as_uri())
    return status


def serve(options, extra):
    """Show the site on this machine, built again on every change; more arguments go to mkdocs.

    It trains nothing: pages say which results they miss.
    """
    prepare()
    speak_up(options)
    with alone("serving the site"):
        status = run("-m", "dlhw.study.commands", "publish")
        return status or run("-m", "mkdocs", "serve", "--dirty", *extra)


def chapter(options, extra):
    """Run the cells of one chapter again, and say how long they take or what is wrong."""
    prepare()
    return run(ROOT / "docs" / "_site" / "write.py", options.chapter)


def test(options, extra):
    """Run the tests and every doctest; more arguments go to pytest."""
    if options.site and not SITE.exists():
        return "tasks.py: there is no site to test: build it with python3 tasks.py site"
    prepare()
    command = ["-m", "pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal"]
    if options.site:
        command += ["-m", "site", "tests"]
    return run(*(command + extra))


def train(options, extra):
    """Train results that are missing, and say how far old and new ones agree."""
    prepare()
    return run("-m", "dlhw.study.commands", "train", *(options.names + ["--fresh"] * options.fresh))


def lint(options, extra):
    """Check the style of the code with ruff; more arguments go to ruff check."""
    prepare()
    if "--fix" in extra:
        return run("-m", "ruff", "check", *extra) or run("-m", "ruff", "format")
    return run("-m", "ruff", "check", *extra) or run("-m", "ruff", "format", "--check")


def bench(options, extra):
    """Time dlhw against its peers; more arguments go to tests/measure/bench.py."""
    script = ROOT / "tests" / "measure" / "bench.py"
    if not script.exists():
        return "tasks.py: there is no tests/measure/bench.py to run"
    prepare()
    return run(script, *extra)


def data(options, extra):
    """Write the generated data sets as .mat files in the course's format, never over a file."""
    prepare()
    return run("-m", "dlhw", "data", options.folder.absolute(), "--seed", options.seed)


def clean(options, extra):
    """Delete site/ and the caches, and with --all the environment; data sets stay."""
    made = [SITE, FRESH, ASIDE, ROOT / ".pytest_cache", ROOT / "__pycache__"]
    made += [VENV] * options.all
    for source in ("dlhw", "tests", "docs"):
        made += (ROOT / source).rglob("__pycache__")
    with alone("cleaning"):
        for folder in filter(Path.exists, made):
            shutil.rmtree(folder)
    shutil.rmtree(CACHE)
    return 0


def sources_of_site():
    """Return a digest of all that a site is built from: files, and what the build is told."""
    digest = hashlib.sha256(repr([os.environ.get(name) for name in TOLD]).encode())
    paths = [ROOT / name for name in SOURCES]
    for folder in filter(Path.is_dir, list(paths)):
        paths += folder.rglob("*")
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def build():
    """Build the site if its sources have changed; return an exit status."""
    sources, stamp = sources_of_site(), CACHE / "built-from"
    if SITE.exists() and holds(stamp, sources):
        return 0
    stamp.unlink(missing_ok=True)
    try:
        status = run("-m", "mkdocs", "build", "--strict", "--site-dir", FRESH)
        if status == 0:
            replace_site()
            stamp.write_bytes(sources.encode())
        return status
    finally:
        shutil.rmtree(FRESH, ignore_errors=True)


def replace_site():
    """Put the fresh site in the old one's place: there is a whole one at every moment."""
    if SITE.exists() and not exchange(FRESH, SITE):
        SITE.rename(ASIDE)
    try:
        if not SITE.exists():
            FRESH.rename(SITE)
    finally:
        put_back()


def exchange(one, other):
    """Exchange two folders in one step; say whether this system can."""
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if not hasattr(libc, "renameat2"):
        return False
    here, exchanging = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return libc.renameat2(here, os.fsencode(one), here, os.fsencode(other), exchanging) == 0


def put_back():
    """Put the old site back where a call that was killed has moved it aside."""
    if ASIDE.exists() and not SITE.exists():
        ASIDE.rename(SITE)
    shutil.rmtree(ASIDE, ignore_errors=True)


def speak_up(options):
    """Let the build say all that it can say, if that is wanted."""
    if options.verbose:
        SETTINGS["DLHW_VERBOSE"] = "1"
        del SETTINGS["NO_MKDOCS_2_WARNING"]


# ---- the environment ----------------------------------------------------------------------------


def prepare():
    """Make the environment, unless the one that is there was made from this lock by this Python."""
    stamp = VENV / "stamp"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest() + " Python " + sys.version
    if PYTHON.exists() and holds(stamp, wanted):
        return
    with alone("making the environment"):
        if not (PYTHON.exists() and holds(stamp, wanted)):
            make_environment()
            stamp.write_bytes(wanted.encode())


def make_environment():
    try:
        import ensurepip  # noqa: F401 (Debian leaves it out)
        import venv
    except ImportError:
        sys.exit(
            "tasks.py: this Python cannot make environments: install its venv module "
            "(Debian, Ubuntu: apt install python3-venv)"
        )
    say("making the environment .venv (once, about a minute)")
    venv.create(VENV, clear=True, with_pip=True)
    install()
    packages = sysconfig.get_path("purelib", "venv", {"base": str(VENV)})
    Path(packages, "dlhw.pth").write_text(os.path.relpath(ROOT, packages), "utf-8")


def install():
    """Install what the lock names, each file checked against its hash."""
    total = sum(line[0].isalnum() for line in LOCK.read_text("utf-8").splitlines())
    command = ["-m", "pip", "install", "-r", LOCK]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--retries=3"]
    output = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines, seen = [], 0
    with child(command, **output) as pip, pip.stdout:
        for line in pip.stdout:
            lines.append(line.strip())
            if line.startswith(("Collecting ", "Processing ", "Ignoring ")):
                seen += 1
                progress("%d of %d packages" % (seen, total))
            elif line.startswith("Installing "):
                progress("unpacking them        ")
    progress("\n")
    if pip.returncode:
        sys.exit("tasks.py: " + trouble(lines))


def trouble(lines):
    """Say what went wrong, from what pip printed."""
    if any("Retrying (" in line for line in lines):
        return "the package index cannot be reached: check the network, then run this again"
    errors = [line for line in lines if line.startswith("ERROR")]
    return "pip failed: " + (errors + lines[-1:])[0]


# ---- children, and other calls ------------------------------------------------------------------


def run(*arguments):
    """Run the environment's Python in the repository; return its exit status."""
    with child(arguments) as process:
        pass
    return process.returncode


@contextlib.contextmanager
def child(arguments, **output):
    """Give a process of the environment's Python, which has ended afterwards."""
    command = [PYTHON, Path(__file__).resolve(), CHILD, os.getpid()] + list(arguments)
    command = [str(word) for word in command]
    settings = dict(os.environ, **SETTINGS)
    process = subprocess.Popen(command, cwd=ROOT, env=settings, close_fds=False, **output)
    try:
        yield process
        process.wait()
    except KeyboardInterrupt as error:
        # Ctrl-C was told to the child too: let it end by itself.
        if isinstance(error, Terminated):
            process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def be_child(parent, arguments):
    """Run `-m MODULE` or a file as Python does, but end when the parent ends or Ctrl-C says so."""
    # At a KeyboardInterrupt MkDocs says something, and pytest stops at nothing else.
    interrupted = leave if arguments[:2] == ["-m", "mkdocs"] else signal.default_int_handler
    signal.signal(signal.SIGTERM, interrupted)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupted)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    try:
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            sys.path.insert(0, str(Path(arguments[0]).parent))
            runpy.run_path(arguments[0], run_name="__main__")
    except KeyboardInterrupt:
        return 130


def leave(number, frame):
    sys.exit(130)


def end_with(parent):
    """Take the end of the parent as SIGTERM. On Windows a process cannot see it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(130)


@contextlib.contextmanager
def alone(doing):
    """Keep other calls from doing meanwhile what must not be done twice at once.

    If another holds it, end, and say which. The children of a call hold it too, so that it stays
    held if they outlive the call.
    """
    CACHE.mkdir(exist_ok=True)
    with open(str(CACHE / "lock"), "a+") as file:
        end = time.monotonic() + PATIENCE
        while not lock(file):
            if time.monotonic() > end:
                file.seek(0)
                sys.exit("tasks.py: wait, or end it: another call is " + file.read())
            time.sleep(0.1)
        os.set_inheritable(file.fileno(), True)
        file.truncate(0)
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        file.write("%s, as process %d, since %s" % (doing, os.getpid(), since))
        file.flush()
        yield


def lock(file):
    """Lock a file until it is closed, here and in the children; say whether nobody else has it."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(1000)  # what is locked cannot be read by others
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def holds(path, text):
    """Say whether a file holds this text and nothing else."""
    return path.exists() and path.read_bytes() == text.encode()


def progress(message):
    """Write over the last line of a terminal; elsewhere be silent."""
    if sys.stdout.isatty():
        sys.stdout.write("\r  " + message)
        sys.stdout.flush()


def say(message):
    print(message)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
