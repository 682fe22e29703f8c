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
import hashlib
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
SITE = ROOT / "site"
CACHE = ROOT / ".cache"
# What the site is built from, and the variables that tell the build more.
SOURCES = ["docs", "dlhw", "data", ".cache/records", "mkdocs.yml", "requirements.lock"]
SOURCES += ["pyproject.toml", "README.md", "LICENSE"]
TOLD = ["SITE_URL", "REPOSITORY"]
# One thread a process, and no banner of Material's.
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NO_MKDOCS_2_WARNING": "1",
}


def main():
    options, extra = arguments()
    try:
        return options.command(options, extra)
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except (OSError, subprocess.SubprocessError) as error:
        return "tasks.py: %s" % error


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
    status = run("-m", "dlhw.study.commands", "site")
    sources, stamp, fresh = sources_of_site(), CACHE / "built-from", CACHE / "site"
    up_to_date = SITE.exists() and stamp.exists() and stamp.read_text("utf-8") == sources
    if status == 0 and not up_to_date:
        stamp.unlink(missing_ok=True)
        status = run("-m", "mkdocs", "build", "--strict", "--site-dir", fresh)
        if status == 0:
            swap(fresh, SITE)
            stamp.write_text(sources, "utf-8")
    if status == 0:
        say("the site is complete: open " + (SITE / "index.html").as_uri())
    return status


def serve(options, extra):
    """Show the site on this machine, built again on every change; more arguments go to mkdocs.

    It trains nothing: pages say which results they miss.
    """
    prepare()
    speak_up(options)
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
    made = [SITE, CACHE, ROOT / ".pytest_cache", ROOT / "__pycache__"] + [VENV] * options.all
    for source in ("dlhw", "tests", "docs"):
        made += (ROOT / source).rglob("__pycache__")
    for folder in filter(Path.exists, made):
        shutil.rmtree(folder)
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
    if PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    try:
        import ensurepip  # noqa: F401 (Debian leaves it out)
        import venv
    except ImportError:
        sys.exit(
            "tasks.py: this Python cannot make environments: install its venv module "
            "(Debian, Ubuntu: apt install python3-venv)"
        )
    say("making the environment .venv (once, about a minute)")
    stamp.unlink(missing_ok=True)
    venv.create(VENV, clear=True, with_pip=True)
    install()
    packages = sysconfig.get_path("purelib", "venv", {"base": str(VENV)})
    Path(packages, "dlhw.pth").write_text(os.path.relpath(ROOT, packages), "utf-8")
    stamp.write_text(wanted, "utf-8")


def install():
    """Install what the lock names, each file checked against its hash."""
    total = sum(line[0].isalnum() for line in LOCK.read_text("utf-8").splitlines())
    command = [PYTHON, "-m", "pip", "install", "-r", LOCK]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--retries=3"]
    output = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines, seen = [], 0
    with subprocess.Popen(command, cwd=ROOT, **output) as pip:
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


def run(*arguments):
    """Run the environment's Python in the repository; return its exit status."""
    command = [PYTHON] + [str(argument) for argument in arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ, **SETTINGS))
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The child was told too: let it end by itself.
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def swap(fresh, old):
    """Put a fresh folder in an old one's place."""
    aside = fresh.with_name(old.name + "-old")
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.rename(aside)
    fresh.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


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
