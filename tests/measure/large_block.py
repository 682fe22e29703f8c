"""One block of a million entries: seconds and memory. `python tests/measure/large_block.py`."""

import time
import tracemalloc

import numpy as np

from dlhw import gradient_test

ENTRIES = 1_000_000


def f(x):
    """Sum of cosh."""
    return np.sum(np.cosh(x))


def one_entry_off(x):
    """The gradient with one entry wrong."""
    g = np.sinh(x)
    g[len(g) // 3] += 1.0
    return g


def noisy(x):
    """The gradient with a per mille of noise in every entry."""
    return np.sinh(x) * (1 + 1e-3 * np.sin(np.arange(len(x))))


GRADIENTS = {
    "right": np.sinh,
    "3 times": lambda x: 3 * np.sinh(x),
    "one entry off": one_entry_off,
    "noisy": noisy,
}


def measured(gradient, entries):
    """Return the report, the seconds it took, and its peak of memory in units of x.

    Memory is counted in a run of its own, since counting takes time.
    """
    x = np.random.default_rng(0).standard_normal(entries)
    start = time.perf_counter()
    report = gradient_test(f, gradient, x)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    gradient_test(f, gradient, x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return report, seconds, peak / x.nbytes


def main():
    """Print what each gradient costs."""
    for name, gradient in GRADIENTS.items():
        report, seconds, peak = measured(gradient, ENTRIES)
        found = f"{report.verdict} {report.cause}".strip()
        print(f"{name:14s} {found:20s} {seconds:5.1f} s, peak {peak:4.1f} times the size of x")


if __name__ == "__main__":
    main()
