"""Say what is going on: one line that moves on a terminal, elsewhere a line for each thing done."""

import shutil
import sys

CLEARED = "\r\x1b[K"


class Progress:
    """Takes what is running and what is done, and shows the one or the other.

    Parameters
    ----------
    stream : text file, optional
        Where to; by default, stderr.
    """

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.moves = self.stream.isatty()

    def running(self, text):
        """Show a line that the next one replaces, on a terminal."""
        if self.moves:
            width = shutil.get_terminal_size().columns - 1
            self._write(CLEARED + text[:width])

    def done(self, text):
        """Add a line, where nothing moves."""
        if not self.moves:
            self._write(text + "\n")

    def end(self, text):
        """Replace what moved by a line that stays."""
        self._write(CLEARED * self.moves + text + "\n")

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()
