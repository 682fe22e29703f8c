"""Time a training step of dlhw beside its peers, on one core: `python3 tasks.py bench`.

    --json FILE    write the results as a list: item, stack, dtype, implementation,
                   us_per_network_step and over_dlhw
    --publish      write data/bench.json, which the site shows: the results, how the cost grows,
                   the machine and the date
    --rounds N     how often everything is timed (default: 21)
    --quick        a trial: three rounds, short epochs, stacks of 1 and 16, nothing about growth

W1 softmax regression on Peaks, batch 32. W2 the tanh network 2-50-50-50-5 on Peaks, batch 16. W3
the original's residual network 5-20-20-5 on GMM, batch 32. W4 loss and accuracy of W2's network on
25,000 samples. A step draws a batch with replacement, goes forward and back and updates. All
implementations of an item run in turn, round by round; the times are CPU times of the process.
`over_dlhw` is the time over that of dlhw with a stack of 1, 16, ... in the same round.

To have the peers, run this file with a Python that has torch, jax and scikit-learn beside the
packages of the lock.
"""

import os

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"
os.environ.update(
    JAX_PLATFORMS="cpu",
    XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
)

import argparse  # noqa: E402
import json  # noqa: E402
import platform  # noqa: E402
import time  # noqa: E402
from datetime import date  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
from peers import IMPLEMENTATIONS, Dlhw, Jax, OriginalStyle, Torch, Work, installed  # noqa: E402

from dlhw import load  # noqa: E402
from dlhw.network import original_network, tanh_network  # noqa: E402

PUBLISHED = Path(__file__).parents[2] / "data" / "bench.json"
STACKS = {1: 800, 2: 400, 4: 400, 8: 400, 16: 400, 32: 200, 64: 200}  # networks: steps of an epoch
DEPTHS = (0, 1, 2, 4, 8)
WIDTHS = (10, 25, 50, 100, 200, 400)
BATCHES = (4, 16, 64, 256, 1024)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    parser.add_argument("--publish", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=21, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    rounds, stacks = (3, {1: 200, 16: 100}) if options.quick else (options.rounds, STACKS)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    there = [peer for peer in IMPLEMENTATIONS if installed(peer)]
    missing = sorted({peer.package for peer in IMPLEMENTATIONS} - {peer.package for peer in there})
    print(f"not installed, so left out: {', '.join(missing)}" if missing else "all peers are there")
    results = []
    for work in works():
        agree(work, there)
        results += item(work, there, stacks, rounds)
        print(table(work, results), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), "utf-8")
    if options.quick:
        return
    growing = growth(there, rounds)
    print(growth_table(growing))
    if options.publish:
        published = {
            "machine": machine(there),
            "date": date.today().isoformat(),
            "results": results,
            "growth": growing,
        }
        PUBLISHED.write_text(json.dumps(published, indent=1) + "\n", "utf-8")


def works():
    """Return the items that are timed."""
    peaks, gmm, tanh = load("peaks"), load("gmm"), tanh_network([2, 50, 50, 50, 5])
    return [
        Work("W1", tanh_network([2, 5]), peaks, 32),
        Work("W2", tanh, peaks, 16),
        Work("W3", original_network([5, 20, 20, 5]), gmm, 32),
        Work("W4", tanh, peaks, 16),
    ]


def agree(work, implementations):
    """Run every implementation on the same few batches; stop if its losses are not dlhw's."""
    for dtype, tolerance in (("float64", 1e-9), ("float32", 1e-4)):
        for stack in (1, 3):
            rng = np.random.default_rng(0)
            X, C = work.samples(dtype)
            size = (5, stack, work.batch) if stack > 1 else (5, work.batch)
            batches = []
            for index in rng.integers(X.shape[1], size=size):
                batches.append([np.moveaxis(a[:, index], 0, -2) for a in (X, C)])
            ours = Dlhw(work, stack, dtype, 1)
            losses, evaluation = ours.losses(batches), ours.evaluate()
            for peer in implementations:
                if not peer.applies(work, stack):
                    continue
                theirs = peer(work, stack, dtype, 1)
                name = f"{work.item} {peer.name}"
                _assert_close(theirs.losses(batches), losses, tolerance, name)
                if work.item == "W4":
                    _assert_close(theirs.evaluate(), evaluation, max(tolerance, 1e-4), name)


def _assert_close(theirs, ours, tolerance, name):
    np.testing.assert_allclose(theirs, ours, rtol=tolerance, err_msg=name)


def item(work, implementations, stacks, rounds):
    """Time an item in every implementation, stack and number type; return its results."""
    cases = {
        (dtype, stack, peer): peer(work, stack, dtype, steps)
        for dtype in ("float64", "float32")
        for stack, steps in stacks.items()
        for peer in implementations
        if peer.applies(work, stack) and (work.item != "W4" or stack in (1, 16))
    }
    if work.item == "W4":
        times = measure({case: it.evaluate for case, it in cases.items()}, rounds)
        each = {case: samples / case[1] for case, samples in times.items()}
    else:
        times = measure({case: it.run for case, it in cases.items()}, rounds)
        each = {case: samples / case[1] / stacks[case[1]] for case, samples in times.items()}
    return [
        {
            "item": work.item,
            "stack": stack,
            "dtype": dtype,
            "implementation": peer.name,
            "us_per_network_step": spread(samples, 3),
            "over_dlhw": {
                str(s): spread(samples / each[dtype, s, Dlhw], 4)
                for s in stacks
                if (dtype, s, Dlhw) in each
            },
        }
        for (dtype, stack, peer), samples in each.items()
    ]


def growth(implementations, rounds):
    """Time one float64 network while its depth, width or batch grows; the others stay W2's."""
    peaks, results = load("peaks"), []

    def work(depth=3, width=50, batch=16):
        return Work("W2", tanh_network([2, *depth * [width], 5]), peaks, batch)

    axes = {
        "depth": [(depth, work(depth=depth)) for depth in DEPTHS],
        "width": [(width, work(width=width)) for width in WIDTHS],
        "batch": [(batch, work(batch=batch)) for batch in BATCHES],
    }
    for axis, works in axes.items():
        cases = {
            (value, peer): peer(work, 1, "float64", 100).run
            for value, work in works
            for peer in implementations
            if peer in (Dlhw, OriginalStyle, Torch, Jax)
        }
        for (value, peer), samples in measure(cases, rounds).items():
            results.append(
                {
                    "axis": axis,
                    "value": value,
                    "implementation": peer.name,
                    "us_per_network_step": spread(samples / 100, 3),
                }
            )
    return results


def measure(cases, rounds):
    """Return the CPU time in us of every case, an array over the rounds.

    Each round runs all cases in an order of its own.
    """
    names, order = list(cases), np.random.default_rng(0)
    times = np.empty((len(names), rounds))
    for run in cases.values():
        run()
    for r in range(rounds):
        for i in order.permutation(len(names)):
            start = time.process_time()
            cases[names[i]]()
            times[i, r] = (time.process_time() - start) * 1e6
    return dict(zip(names, times))


def spread(samples, digits):
    statistics = {"min": samples.min(), "median": np.median(samples), "max": samples.max()}
    return {name: float(f"{value:.{digits}g}") for name, value in statistics.items()}


def table(work, results):
    """Return an item's results as text: medians, with the spread over the rounds.

    Beside the times stands how many times as long they are as dlhw's.
    """
    what = "evaluation" if work.item == "W4" else "step"
    lines = []
    for dtype in ("float64", "float32"):
        lines.append(
            f"\n{work.item} {dtype:24} us a network-{what}"
            f"      over dlhw alone [min, max]    over dlhw, stack of 16"
        )
        for r in results:
            if (r["item"], r["dtype"]) == (work.item, dtype):
                us, over = r["us_per_network_step"], r["over_dlhw"]
                times = f"{us['median']:12.4g} [{us['min']:.4g}, {us['max']:.4g}]"
                line = f"  {r['implementation']:15}{r['stack']:4}{times}".ljust(52)
                for o in (over["1"], over["16"]):
                    line += f"{o['median']:10.3g} [{o['min']:.3g}, {o['max']:.3g}]".ljust(30)
                lines.append(line)
    return "\n".join(lines)


def growth_table(results):
    names = list(dict.fromkeys(r["implementation"] for r in results))
    title = "\nW2 float64, one network: us a step as one size grows"
    lines = [title + "".join(f"{name:>14}" for name in names)]
    for axis, value in dict.fromkeys((r["axis"], r["value"]) for r in results):
        medians = {
            r["implementation"]: r["us_per_network_step"]["median"]
            for r in results
            if (r["axis"], r["value"]) == (axis, value)
        }
        times = "".join(f"{medians[name]:14.4g}" for name in names)
        lines.append(f"  {axis} {value}".ljust(52) + times)
    return "\n".join(lines)


def machine(implementations):
    """Describe what the times were measured on."""
    described = {
        "processor": _processor(),
        "system": platform.system(),
        "python": platform.python_version(),
    }
    for name in sorted({peer.package for peer in implementations} - {"dlhw"}):
        described[name] = version("scikit-learn" if name == "sklearn" else name)
    return described


def _processor():
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        for line in cpu.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return platform.processor()


if __name__ == "__main__":
    main()
