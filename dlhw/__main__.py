"""What the package does from the command line: `python -m dlhw data` writes the data sets."""

import argparse

from .datasets import write_files


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
    data = commands.add_parser("data", help="write the generated data sets as .mat files")
    data.add_argument("folder", nargs="?", default="data", help="where to (default: data)")
    data.add_argument("--seed", type=int, default=0, help="of the generated sets (default: 0)")
    options = parser.parse_args(arguments)
    for path, written in write_files(options.folder, options.seed).items():
        print(f"wrote {path}" if written else f"kept {path}, which is there already")


if __name__ == "__main__":
    main()
