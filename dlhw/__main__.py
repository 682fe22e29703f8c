"""What the package does from the command line: `python -m dlhw check`, `grade`, `data`."""

import argparse
import sys

from .datasets import write_files
from .exercises.asking import check_file
from .exercises.grading import command as grading


def data_arguments(parser):
    """Say what the command `data` takes."""
    parser.add_argument("folder", nargs="?", default="data", help="where to (default: data)")
    parser.add_argument("--seed", type=int, default=0, help="of the generated sets (default: 0)")


def write_data(options):
    """Write the data sets, and say which were there already."""
    for path, written in write_files(options.folder, options.seed).items():
        print(f"wrote {path}" if written else f"kept {path}, which is there already")


def check_arguments(parser):
    """Say what the command `check` takes."""
    parser.add_argument("exercise", help="chapter and number, as in 6.1")
    parser.add_argument("file", help="your answer, under the names that the exercise asks for")


def check(options):
    """Judge a file, and return the exit status: 0 if all is right, 2 if it cannot be judged."""
    try:
        return 0 if check_file(options.exercise, options.file) else 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


COMMANDS = {
    "data": ("write the generated data sets as .mat files", data_arguments, write_data),
    "check": ("judge your answer to an exercise", check_arguments, check),
    "grade": ("grade files by a spec", grading.add_arguments, grading.run),
}
"""By name: what a command does, what says which arguments it takes, and what does it."""


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
    for name, (text, add_arguments, run) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        add_arguments(command)
        command.set_defaults(run=run)
    options = parser.parse_args(arguments)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())
