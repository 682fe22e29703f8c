"""What the package does from the command line: `python -m dlhw check 6.1 mine.py`."""

import argparse
import sys

from .datasets import write_files
from .exercises.asking import check_file


def main(arguments=None):
    """Do what the command line says.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     main(["data", folder, "--seed", "1"])  # doctest: +ELLIPSIS
    wrote ...PeaksData.mat
    wrote ...GMMData.mat
    wrote ...SwissRollData.mat
    """
    parser = argparse.ArgumentParser(prog="python -m dlhw")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (add_arguments, do, what) in COMMANDS.items():
        command = commands.add_parser(name, help=what)
        add_arguments(command)
        command.set_defaults(do=do)
    options = parser.parse_args(arguments)
    return options.do(options)


def data_arguments(command):
    """Add what `data` takes."""
    command.add_argument("folder", nargs="?", default="data", help="where to (default: data)")
    command.add_argument("--seed", type=int, default=0, help="of the generated sets (default: 0)")


def data(options):
    """Write the data sets."""
    for path, written in write_files(options.folder, options.seed).items():
        print(f"wrote {path}" if written else f"kept {path}, which is there already")


def check_arguments(command):
    """Add what `check` takes."""
    command.add_argument("exercise", help="chapter and number, as in 6.1")
    command.add_argument("file", help="your answer, under the names that the exercise asks for")


def check(options):
    """Say what is right in a file; the exit status is 0 if all is."""
    try:
        return 0 if check_file(options.exercise, options.file) else 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


COMMANDS = {
    "data": (data_arguments, data, "write the generated data sets as .mat files"),
    "check": (check_arguments, check, "judge your answer to an exercise"),
}
"""By name: what adds its arguments, what does it, and what it is for."""


if __name__ == "__main__":
    sys.exit(main())
