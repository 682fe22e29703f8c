"""A line that says how far a training is: experiments, minutes left, what it is doing."""

import shutil
import sys
import time

EVERY = 1.0  # seconds from a line to the next on a terminal, where it is written over
IN_A_LOG = 30.0  # elsewhere, where every line stays
ENOUGH = 0.05  # of all the work: from then on what was measured says more than the estimate


class Progress:
    """Counts experiments and their work, and says now and then how much is left.

    Parameters
    ----------
    expected : dict
        By the name of each experiment, the seconds of one core that it should take.
    cores : int
    out : file, optional
        By default stderr.
    clock : callable
        Returns seconds.

    Examples
    --------
    >>> progress = Progress({"a": 120, "b": 360}, cores=2, clock=iter([0, 60, 90]).__next__)
    >>> progress.line(["a"], 5, 10)
    '0 of 2 experiments, about 7 minutes left; epoch 5 of 10 of a'
    >>> progress.finish("a")
    >>> progress.line(["b"], 1, 4)
    '1 of 2 experiments, about 2 minutes left; epoch 1 of 4 of b'
    """

    def __init__(self, expected, cores, out=None, clock=time.monotonic):
        self.expected, self.cores, self.clock = dict(expected), cores, clock
        self.out = sys.stderr if out is None else out
        self.done = dict.fromkeys(expected, 0.0)  # by name, the share of its epochs
        self.finished = set()
        self.start, self.said = clock(), None

    def epoch(self, names, epoch, epochs):
        """Note an epoch of a stack of experiments, and say so if nothing was said just now."""
        line = self.line(names, epoch, epochs)
        on_terminal = self.out.isatty()
        now = time.monotonic()
        if self.said is not None and now - self.said < (EVERY if on_terminal else IN_A_LOG):
            return
        self.said = now
        if on_terminal:
            line = line[: shutil.get_terminal_size().columns - 1]
        self.out.write(f"\r\033[K{line}" if on_terminal else f"{line}\n")
        self.out.flush()

    def line(self, names, epoch, epochs):
        """Return what there is to say when a stack has finished an epoch."""
        self.done.update(dict.fromkeys(names, epoch / epochs))
        finished = len(self.finished)
        count = f"{finished} of {len(self.done)} experiments"
        doing = names[0]
        if len(names) > 1:
            doing += f" and {len(names) - 1} like it"
        return f"{count}, {minutes(self.left())} left; epoch {epoch} of {epochs} of {doing}"

    def finish(self, name):
        """Note that an experiment is finished."""
        self.done[name] = 1.0
        self.finished.add(name)

    def left(self):
        """Return the seconds that are left, by the pace until now once there is one."""
        total = sum(self.expected.values())
        done = sum(share * self.expected[name] for name, share in self.done.items())
        if done < ENOUGH * total:
            return (total - done) / self.cores
        return (self.clock() - self.start) * (total - done) / done

    def close(self):
        """End the line on a terminal."""
        if self.said is not None and self.out.isatty():
            self.out.write("\r\033[K")
            self.out.flush()


def minutes(seconds):
    """Write a time as one says it.

    Examples
    --------
    >>> [minutes(seconds) for seconds in (3, 64, 150, 600)]
    ['some seconds', 'about 60 seconds', 'about 2 minutes', 'about 10 minutes']
    """
    if seconds < 10:
        return "some seconds"
    if seconds < 95:
        return f"about {10 * round(seconds / 10)} seconds"
    return f"about {round(seconds / 60)} minutes"
