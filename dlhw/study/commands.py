"""What `tasks.py` does with results: train them, publish them, train some of them again.

    python -m dlhw.study.commands train [GROUP or NAME ...] [--fresh]
    python -m dlhw.study.commands site       train what is missing, publish all, train some again
    python -m dlhw.study.commands publish    publish those that are there

What is published lies in `RECORDS`; which results were trained again, in `SAMPLE`.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from difflib import get_close_matches

from threadpoolctl import threadpool_limits

from ..datasets import IN_REPOSITORY
from .agreement import NOT, agreement
from .experiment import run
from .progress import Progress, minutes
from .registry import EXPERIMENTS, GROUPS
from .results import FOLDER, RECORDS, publish
from .rooms import PACKAGE, ROOT
from .store import load_result, trouble, write_whole
from .sweep import cores, sweep, work

SAMPLE = IN_REPOSITORY.parent / ".cache" / "sample.json"
SHORT = 3  # seconds of one core: an experiment that may be trained again at every build
SAMPLED = 8  # seconds of one core: some experiments, and still below 20 where a core is slower
DAY = 24 * 60 * 60


def train_results(names=(), fresh=False):
    """Train results, and say how far old and new agree.

    Of all, or of some experiments and groups by name, those that are missing or of other code;
    `fresh`: those that are kept, too.
    """
    wanted = chosen(names)
    missing = [e for e in wanted if fresh or trouble(e, FOLDER)]
    if not missing:
        say(f"nothing to train: {count(wanted)} kept")
        return
    before = {e.name: previous(e) for e in missing}
    expected = {e.name: seconds(e, before[e.name]) for e in missing}
    cost = minutes(sum(expected.values()) / cores())
    groups = Counter(e.group for e in missing)
    parts = ", ".join(f"{group} {number}" for group, number in groups.items())
    say(f"training {count(missing)} ({parts}): {cost} on {cores()} cores")
    found = []

    def compare(result):
        old = before[result.experiment.name]
        if old:
            found.append(agreement(old, result))

    start = time.monotonic()
    try:
        sweep(missing, FOLDER, fresh=True, progress=Progress(expected, cores()), stored=compare)
        say(f"trained {count(missing)} in {minutes(time.monotonic() - start)}")
    finally:
        for each in sorted(found, key=lambda each: -each.errors):
            say(str(each))


def sample():
    """Train some of the short results again, others each time, and say how far they agree.

    Nothing is trained where nothing can have changed: today, with this code, it was done.

    Returns
    -------
    str
        What is wrong: which results do not agree, if any.
    """
    if _holds_still(SAMPLE) and time.time() - SAMPLE.stat().st_mtime < DAY:
        say("no sample trained again: nothing has changed since the last")
        return ""
    found, start = [], time.process_time()
    for kept in _some():
        with threadpool_limits(1):
            found.append(agreement(kept, run(kept.experiment)))
        if time.process_time() - start > 1.5 * SAMPLED:
            break
    described = [
        {"name": each.name, "seconds": round(each.seconds, 1), "agreement": each.verdict}
        for each in found
    ]
    SAMPLE.parent.mkdir(parents=True, exist_ok=True)
    write_whole(SAMPLE, (json.dumps(described, indent=1) + "\n").encode())
    verdicts = Counter(each.verdict for each in found)
    parts = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items())
    say(f"trained {len(found)} results again, chosen at random: {parts or 'none is kept'}")
    wrong = [each.name for each in found if each.verdict == NOT]
    if wrong:
        SAMPLE.unlink()  # it is looked at again
        return f"kept results that do not agree with the code: {', '.join(wrong)}"
    return ""


def _some():
    """Return some of the short kept results, chosen at random."""
    found, spent = [], 0.0
    experiments = list(EXPERIMENTS.values())
    random.SystemRandom().shuffle(experiments)
    for experiment in experiments:
        if trouble(experiment, FOLDER):
            continue
        kept = load_result(experiment, FOLDER)
        if kept.seconds <= min(SHORT, SAMPLED - spent):
            spent += kept.seconds
            found.append(kept)
    return found


def _holds_still(path):
    """Say whether a file of JSON is whole, and newer than all code, data and results."""
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    written = path.stat().st_mtime_ns
    files = [*(ROOT / PACKAGE).rglob("*.py"), *IN_REPOSITORY.rglob("*.*")]
    return all(file.stat().st_mtime_ns < written for file in files)


def chosen(names):
    """Return the experiments of some names and groups; of none, all.

    Examples
    --------
    >>> len(chosen([])) > len(chosen(["peaks"])) > 1
    True
    """
    groups = [group.__name__ for group in GROUPS]
    found = []
    for name in names:
        if name not in groups and name not in EXPERIMENTS:
            near = get_close_matches(name, [*groups, *EXPERIMENTS], 1)
            hint = f": is it {near[0]}?" if near else ""
            raise ValueError(
                f"expected a group ({', '.join(groups)}) or an experiment, got {name}{hint}"
            )
        found += [e for e in EXPERIMENTS.values() if name in (e.group, e.name)]
    return found or list(EXPERIMENTS.values())


def previous(experiment):
    """Return the result that is kept, also one of other code, or None."""
    try:
        found = load_result(experiment, FOLDER, any_key=True)
    except FileNotFoundError:
        return None
    if found.history.val_loss.shape[1:] != (experiment.seeds,):
        return None
    return found


def seconds(experiment, before):
    """Return the seconds of one core that an experiment should take."""
    return before.seconds if before else work(experiment) / 1e6


def count(experiments):
    """Return how many there are, in words."""
    return f"{len(experiments)} result{'s' * (len(experiments) != 1)}"


def say(line):
    """Print a line at once, whoever reads."""
    print(line, flush=True)


def main():
    """Run a command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m dlhw.study.commands")
    parser.add_argument("command", choices=["train", "site", "publish"])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    try:
        if options.command != "publish":
            train_results(options.names, options.fresh)
        publish(RECORDS)
        wrong = sample() if options.command == "site" else ""
        return wrong or 0
    except (ValueError, OSError) as error:
        return f"dlhw: {error}"
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
