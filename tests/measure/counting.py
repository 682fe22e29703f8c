"""Many seeds on all cores, with a bar; interrupted, what was done so far is told."""

import argparse
import multiprocessing
from contextlib import suppress

from tqdm import tqdm

CHUNK = 8
"""Seeds that are sent to a process together: sending takes far less than working."""


def arguments(description, count):
    """Read --count and --seed; return the seeds.

    Examples
    --------
    >>> import sys
    >>> sys.argv = ["power.py", "--count", "3", "--seed", "10"]
    >>> arguments("How small an error is seen.", count=40)
    range(10, 13)
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--count", type=int, default=count, help=f"how many seeds ({count})")
    parser.add_argument("--seed", type=int, default=0, help="the first of them (0)")
    given = parser.parse_args()
    return range(given.seed, given.seed + given.count)


def on_all_cores(function, seeds):
    """Return what a function of a seed gives for each of the seeds, in order.

    Ctrl-C ends the count early, with the results so far.
    """
    results = []
    with multiprocessing.get_context("spawn").Pool() as pool, suppress(KeyboardInterrupt):
        running = pool.imap(function, seeds, chunksize=CHUNK)
        for result in tqdm(running, total=len(seeds), leave=False, disable=None):
            results.append(result)
    if len(results) < len(seeds):
        print(f"interrupted: the first {len(results)} of {len(seeds)} seeds")
    return results


def share(part, whole):
    """Say a count as a share.

    Examples
    --------
    >>> share(199, 200)
    '199 of 200 (99.50 %)'
    """
    if not whole:
        return "none of none"
    return f"{part} of {whole} ({100 * part / whole:.2f} %)"
