"""What the package does from the command line: `python -m dlhw data` writes the data sets."""

import argparse

from .datasets import write_files
from .exercises.grading import command as grading


def data_arguments(parser):
    """Say what the command `data` takes."""
    parser.add_argument("folder", nargs="?", default="data", help="where to (default: data)")
    parser.add_argument("--seed", type=int, default=0, help="of the generated sets (default: 0)")


def write_data(options):
    """Write the data sets, and say which were there already."""
    for path, written in write_files(options.folder, options.seed).items():
        print(f"wrote {path}" if written else f"kept {path}, which is there already")


COMMANDS = {
    "data": ("write the generated data sets as .mat files", data_arguments, write_data),
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
    options.run(options)


if __name__ == "__main__":
    main()
