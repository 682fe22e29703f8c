"""Deep networks with planted mistakes: is the right block named?

    python tests/measure/deep_nets.py --count 2000 --seed 0

Every seed gives a network of 2 to 8 layers (tanh, sigmoid, ReLU, or residual ones), its parameters
in a list, tuple or dict, and three gradients of it:

- one mistake in one layer: the culprit must be the wrong block that is nearest to the output;
- a plain mistake, and a guard in the loss: sign, scale and transposition must be named all the same
  (every fourth seed);
- two plain mistakes in two blocks: both must be told, and no right block called wrong (every
  fourth seed).

Which blocks are wrong is found by comparing the wrong gradient with the right one.
"""

import re
import sys
from collections import Counter, defaultdict

import numpy as np
from counting import arguments, on_all_cores, share
from planted_mistakes import MISTAKES, Unfit, draw

from dlhw.arrays import map_paths, paths
from dlhw.softmax import softmax

LEAST = {"one mistake": 0.95, "guard": 0.99, "two mistakes": 0.95}
"""The share of gradients of each kind that must be told rightly."""

EACH = {"one mistake": 1, "guard": 4, "two mistakes": 4}
"""Of how many seeds one gives a gradient of this kind."""

SEEN, UNSEEN = 1e-6, 1e-12
"""Relative errors of a block that make it wrong, or leave it right; none may lie between."""

MISSES = 12
"""Examples that are printed."""


def wrong_blocks(wrong, right):
    """Return the paths of the blocks that differ; None where a difference can hardly be seen."""
    found = []
    for (path, a), (_, b) in zip(paths(wrong), paths(right)):
        error = np.inf
        if a.shape == b.shape:
            error = np.linalg.norm(a - b) / np.linalg.norm(b)
        if not (error < UNSEEN or error > SEEN):
            return None
        if error > SEEN:
            found.append(path)
    return found


def nearest_to_output(found, x):
    """Return the path with the largest numbers, and of these the last in x."""
    order = [path for path, _ in paths(x)]

    def place(path):
        return [int(number) for number in re.findall(r"\d+", path)], order.index(path)

    return max(found, key=place)


def with_one_mistake(rng):
    """Draw a network with a mistake that can be seen: case, mistake, wrong gradient, its blocks."""
    while True:
        case = draw(rng)
        mistake, place = list(MISTAKES)[rng.integers(len(MISTAKES))], rng.integers(len(case.layers))
        try:
            wrong = case.pack(case.network.gradient(case.layers, mistake, place))
        except Unfit:
            continue
        with np.errstate(all="ignore"):
            found = wrong_blocks(wrong, case.right())
        if found:
            return case, mistake, wrong, found


def spoilt(rng, right, samples, count):
    """Plant plain mistakes in some blocks: return the cause of each, and the wrong gradient."""
    blocks, causes = dict(paths(right)), {}
    for path in rng.choice(list(blocks), size=count, replace=False).tolist():
        block = blocks[path]
        mistakes = {"sign": -block, "scale": samples * block}
        if block.shape[0] == block.shape[1]:
            mistakes["transposed"] = block.T
        causes[path] = list(mistakes)[rng.integers(len(mistakes))]
        blocks[path] = mistakes[causes[path]]
    return causes, map_paths(lambda path, _: blocks[path], right)


def with_plain_mistakes(rng, count):
    """Draw a network and plain mistakes in some blocks: case, cause of each block, gradient."""
    while True:
        case = draw(rng)
        right = case.right()
        causes, wrong = spoilt(rng, right, case.network.X.shape[1], count)
        with np.errstate(all="ignore"):
            found = wrong_blocks(wrong, right)
        if found is not None and set(found) == set(causes):
            return case, causes, wrong


def everywhere(rng):
    """Draw a network whose whole gradient has the wrong sign, or lacks the division by m."""
    case = draw(rng)
    cause, factor = (("sign", -1.0), ("scale", case.network.X.shape[1]))[rng.integers(2)]
    return case, {None: cause}, map_paths(lambda path, block: factor * block, case.right())


def names(path, message):
    """Say whether a message names the block."""
    return re.search(rf"(?<![\w.]){re.escape(path)}(?!\w|\.\w)", message) is not None


def judge_one_mistake(seed):
    """Say what the report of one mistake is like: kinds, whether right, what was found."""
    rng = np.random.default_rng([seed, 0])
    case, mistake, wrong, found = with_one_mistake(rng)
    report, wanted = case.report(wrong, seed), nearest_to_output(found, wrong)
    layer = dict(paths(case.pack([(i, i) for i in range(len(case.layers))])))
    same = layer.get(report.culprit) == layer[wanted]
    kinds = mistake, *shape_of(case), "in the right layer" if same else "in another layer"
    text = f"seed {seed}: {kinds}: {wanted} of {found}, got {report.culprit}: {report.message}"
    return kinds, report.verdict == "fail" and report.culprit == wanted, text


def judge_guard(seed):
    """Say whether a plain mistake is named though the loss has a guard."""
    rng = np.random.default_rng([seed, 1])
    if rng.integers(2):
        case, causes, wrong = everywhere(rng)
    else:
        case, causes, wrong = with_plain_mistakes(rng, count=1)
    P = softmax(case.network.forward(case.layers)[0][-1])
    case.network.guard = float(P.min() * 10.0 ** rng.uniform(-8, -4))
    report, ((path, cause),) = case.report(wrong, seed), causes.items()
    in_blocks = path is not None and report.blocks[path].cause == cause
    kinds = f"{cause}, one block" if path else f"{cause}, everywhere", *shape_of(case)
    got = f"got {report.cause} of {report.culprit}: {report.message}"
    text = f"seed {seed}: {kinds}: {cause} of {path}, {got}"
    return kinds, report.verdict == "fail" and (report.cause == cause or in_blocks), text


def judge_two_mistakes(seed):
    """Say whether two wrong blocks are told, and no right one."""
    rng = np.random.default_rng([seed, 2])
    case, causes, wrong = with_plain_mistakes(rng, count=2)
    report = case.report(wrong, seed)
    accused = {path for path, block in report.blocks.items() if block.verdict == "fail"}
    nearest = nearest_to_output(causes, wrong)
    told = all(path == report.culprit or names(path, report.message) for path in causes)
    kinds = " and ".join(sorted(causes.values())), *shape_of(case)
    text = f"seed {seed}: {kinds}: {causes}, got {accused}, {report.culprit}: {report.message}"
    return kinds, report.culprit == nearest and told and accused == set(causes), text


def shape_of(case):
    """Say of what kind a network is, for the tables."""
    kind = case.network.activation
    if any(case.network.identities):
        kind += ", residual"
    return kind, f"{len(case.layers)} layers", case.container


JUDGES = {
    "one mistake": judge_one_mistake,
    "guard": judge_guard,
    "two mistakes": judge_two_mistakes,
}


def judged(seed):
    """Return what the judges say of a seed."""
    return {name: judge(seed) for name, judge in JUDGES.items() if seed % EACH[name] == 0}


def print_table(results):
    """Print how many are right, by what was planted, by network, depth and container."""
    counts, total = defaultdict(Counter), len(results)
    for kinds, right, _ in results:
        for column, kind in enumerate(kinds):
            counts[column, kind].update([right])
    for (_, kind), count in sorted(counts.items()):
        print(f"  {kind:34s} {share(count[True], count.total())}")
    misses = [text for _, right, text in results if not right]
    print(*[f"  miss, {text}" for text in misses[:MISSES]], sep="\n")
    return len(misses), total


def main():
    """Print the tables, and examples of what was not told."""
    seeds = arguments("Plant mistakes in deep networks.", count=200)
    results, few = on_all_cores(judged, seeds), False
    for name, least in LEAST.items():
        mine = [result[name] for result in results if name in result]
        print(f"{name}: ")
        misses, total = print_table(mine)
        print(f"{name}: {share(total - misses, total)} told rightly, {100 * least:.0f} % wanted\n")
        few |= total - misses < least * total
    sys.exit(few)


if __name__ == "__main__":
    main()
