"""A submission loaded, and kept from the package's own solutions.

This is no sandbox: it stops what happens by accident or by an honest import.
"""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location

PACKAGE = __name__.partition(".")[0]
TOOLS = ("arrays", "datasets", "derivative_tests", "matfiles")
"""What a submission may import: data and tests. All else holds solutions."""

SOLUTION = (
    "It imports the package's own solution, {}, and so earns nothing: what is asked for is yours."
    " Data and derivative tests may stay."
)


class OwnSolution(ImportError):
    """A submission wanted what it should have written."""


class Refusal:
    """Refuses the imports of the package's solutions; once it is set up, they are out of reach.

    Examples
    --------
    >>> refusal = Refusal()
    >>> [refusal.refuses(name) for name in ("dlhw.softmax", "dlhw.derivative_tests", "numpy")]
    [True, False, False]
    """

    def __init__(self):
        self.refused = ""

    def refuses(self, name):
        """Say whether a module is one that holds solutions."""
        package, _, room = name.partition(".")
        return package == PACKAGE and room != "" and room.partition(".")[0] not in TOOLS

    def find_spec(self, name, path=None, target=None):
        """Raise OwnSolution where a module is refused; Python asks before it imports one."""
        if self.refuses(name):
            self.refused = name
            raise OwnSolution(SOLUTION.format(name))

    def set_up(self):
        """Let Python ask, and forget what is loaded already."""
        package = sys.modules[PACKAGE]
        for name in [name for name in sys.modules if self.refuses(name)]:
            del sys.modules[name]
            vars(package).pop(name.split(".")[1], None)
        sys.meta_path.insert(0, self)
        # The tests as the one file that the site offers: who used it need not take it out.
        sys.modules["gradient_test"] = import_module(f"{PACKAGE}.derivative_tests.four_tests")

    def borrowed(self, submission):
        """Return a name of the package's solution that a submission got all the same, or ""."""
        for name, value in vars(submission).items():
            if self.refuses(getattr(value, "__module__", None) or ""):
                return f"{value.__module__}.{name}"
        return self.refused


def load_submission(path):
    """Return a submission as a module; it is not run as a program.

    Raises
    ------
    Whatever the file raises.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "mine.py")
    ...     _ = file.write_text("x = 3")
    ...     load_submission(file).x
    3
    """
    spec = spec_from_file_location("submission", path)
    module = module_from_spec(spec)
    sys.modules["submission"] = module  # dataclasses look there for what they belong to
    spec.loader.exec_module(module)
    return module
