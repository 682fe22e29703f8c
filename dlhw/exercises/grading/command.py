"""`python -m dlhw grade`: submissions graded two at a time, what was earned printed and written."""

import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from glob import glob
from pathlib import Path

from .alone import Grader
from .guards import load_submission
from .outputs import as_csv, as_gradescope, as_text
from .references import with_references
from .spec import SpecError, shipped, spec_text

AT_ONCE = 2  # processes: more would take time from each other, and time is limited


def add_arguments(parser):
    """Say what the command takes."""
    names = ", ".join(shipped())
    parser.add_argument("spec", metavar="SPEC", help=f"a TOML file, or one of {names}")
    parser.add_argument("files", metavar="FILE", nargs="*", help="none: print the spec")
    parser.add_argument("--csv", metavar="F", help="write a row for each file and question")
    parser.add_argument("--gradescope", metavar="F", help="write results.json, of one file")
    parser.add_argument(
        "--reference", metavar="FILE", help="print the spec with the numbers of your own solution"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=(), help="new ones, for these")


def run(options):
    """Do what the command line says; what cannot be done ends the program with a sentence."""
    try:
        _run(options)
    except SpecError as error:
        sys.exit(f"grade: {error}")


def _run(options):
    text = spec_text(options.spec)
    # Where the shell does not do it, a * is followed here.
    options.files = [name for file in options.files for name in sorted(glob(file)) or [file]]
    _check(options)
    if options.reference:
        print(with_references(text, load_submission(options.reference), options.seeds), end="")
    elif options.files:
        graded = {}
        try:
            grade_all(Grader(text), options.files, graded)
        except KeyboardInterrupt:
            left = len(options.files) - len(graded)
            print(f"stopped: {left} of {len(options.files)} files not graded", file=sys.stderr)
        _hand_over(options, graded)
    else:
        print(text, end="")


def _check(options):
    """Hold before anything is graded that all can be read and written."""
    for file in filter(None, [*options.files, options.reference]):
        if not Path(file).is_file() or Path(file).suffix != ".py":
            raise SpecError(f"expected Python files, got {file}")
    for file in filter(None, [options.csv, options.gradescope]):
        if not Path(file).parent.is_dir():
            raise SpecError(f"expected a file in a folder that is there, got {file}")
    if options.gradescope and len(options.files) != 1:
        raise SpecError(f"expected one file for --gradescope, got {len(options.files)}")
    if options.seeds and not options.reference:
        raise SpecError("expected --reference with --seeds: new seeds need new numbers")


def grade_all(grader, files, graded):
    """Grade files, two at a time; what is done goes into `graded` at once.

    Parameters
    ----------
    grader : Grader
    files : sequence of path
    graded : dict
        From file to verdicts.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    begun = {pool.submit(grader.grade, file): file for file in files}
    try:
        for done in _shown(as_completed(begun), len(begun)):
            graded[begun[done]] = done.result()
    finally:
        grader.stop()
        pool.shutdown(cancel_futures=True)


def _hand_over(options, graded):
    """Print and write what was graded, in the order of the files."""
    graded = {file: graded[file] for file in options.files if file in graded}
    for file, verdicts in graded.items():
        print(as_text(file, verdicts))
    if options.csv:
        Path(options.csv).write_text(as_csv(graded), encoding="utf-8")
    if options.gradescope and graded:
        (verdicts,) = graded.values()
        Path(options.gradescope).write_text(as_gradescope(verdicts), encoding="utf-8")


def _shown(done, total):
    """Show on a terminal how far it is: with a bar, where tqdm is there."""
    try:
        from tqdm import tqdm
    except ImportError:
        return _counted(done, total)
    return tqdm(done, total=total, unit="file", leave=False, disable=None)


def _counted(done, total):
    for number, one in enumerate(done, start=1):
        if sys.stderr.isatty():
            print(f"\r{number} of {total} files", end="\r", file=sys.stderr, flush=True)
        yield one
