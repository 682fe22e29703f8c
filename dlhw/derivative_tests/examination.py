"""From a probe to a report: what is measured of it, in which order, and what that comes to.

All blocks are changed together, then each alone, in the block's size and in each entry's own. Only
what fails is looked at closer, as far as the calls of f reach that are set aside for it.
"""

import re
from functools import partial

import numpy as np

from ..arguments import generator, real_array
from .calling import Stop, as_point
from .diagnosis import Finding, name_mistake, summarise, verdicts
from .kinks import find_kinks
from .report import Block, Report
from .sentences import IDLE, INCONCLUSIVE, others, praise, unsure
from .slopes import SAFE, convergence

NUMBER = re.compile(r"\d+")

MORE = 3
"""Further directions for what has failed: with one or two before, enough to name a mistake by."""

BUDGET = 1000
"""Calls of f that are spent on what is wrong, beyond those that find all right."""

ROUGH = 0.1
"""Below this error it may be f that is rough: a solver with a tolerance of 1e-3, say."""

SEARCH = 330
"""Calls of f that it takes to name one mistake and to find its entries."""

LOOK = 650
"""Calls of f that it takes to look for jumps."""

TABLE = 512
"""How many times the reach of the slope the first step of the table is: there f still bends."""

COMMON = ("sign", "scale", "missing_block")
"""Causes that all blocks may have alike."""


def examine(title, kind, f, derivative, x, seed, tolerance):
    """Test what one kind of probe claims of f at x; return the report, whatever f does."""
    x, rng = as_point(x), generator("seed", seed)
    tolerance = real_array("tolerance", tolerance)
    if tolerance.ndim or not 0 <= tolerance < 1:
        raise ValueError(f"expected tolerance to be a number from 0 to below 1, got {tolerance}")
    try:
        with np.errstate(all="ignore"):
            probe = kind(f, derivative, x, rng)
            probe.accepted = float(tolerance)
            probe.elsewhere = partial(kind, f, derivative)
            return _measured(title, probe, rng)
    except Stop as stop:
        return Report(title, "fail", stop.cause, stop.culprit or None, stop.message)


def _measured(title, probe, rng):
    """Measure along all blocks together, then along each, and look closer at what is wrong."""
    blocks = list(probe.blocks)
    if not blocks:
        message = "x has no entries, so nothing was tested."
        return Report(title, "inconclusive", "vacuous", None, message)
    probe.widen(rng)
    first = probe.direction(rng)
    joint = [probe.aim(None if len(blocks) > 1 else blocks[0], first)]
    findings = _common(probe, joint, rng)
    measured = {}
    for block in blocks:
        if block not in findings:
            measured[block] = {own: [probe.along(rng, block, own)] for own in (False, True)}
    if len(blocks) == 1:
        measured[blocks[0]][False] = joint + measured[blocks[0]][False]
    lines = [s.line for kinds in measured.values() for s in kinds[False] + kinds[True]]
    if lines and all(np.isnan(line.slope) for line in lines):
        raise probe.trouble or Stop("nonfinite", "f is not finite near x, however small the step.")
    allowed = probe.calls + BUDGET
    for block in from_output(measured):
        finding = _find(probe, block, measured[block], rng, allowed - probe.calls)
        if finding:
            findings[block] = finding
    return _conclude(title, probe, rng, first, joint, measured, findings)


def _common(probe, joint, rng):
    """Return the one factor by which all blocks are wrong alike, for each of them, or nothing.

    Blocks that hardly count in the whole are left to be looked at alone.
    """
    if len(probe.blocks) == 1 or verdicts(joint) != ["fail"]:
        return {}
    joint += [probe.along(rng) for _ in range(MORE)]
    if set(verdicts(joint)) != {"fail"}:
        return {}
    finding = name_mistake([s._replace(hints=dict) for s in joint])
    if finding.cause not in COMMON:
        return {}
    return {block: finding for block in probe.weighty()}


def _find(probe, block, slopes, rng, calls):
    """Return the finding of a block that has failed, or None if it has not, or by mere chance.

    Of a kind of direction that failed more are measured, until there are enough to tell, and what
    has no name gets a place; all this where so many `calls` are left.
    """
    kinds = [own for own, like in slopes.items() if "fail" in verdicts(like)]
    if not kinds or "staircase" in verdicts(sum(slopes.values(), [])):
        return None
    own = kinds[-1] if probe.blocks[block].all() else kinds[0]
    worst = max(slopes[own], key=lambda s: s.relative_error)
    rough = worst.relative_error < ROUGH and calls > LOOK + SEARCH
    if rough and probe.look_for_jumps(rng, block, own, worst.line.noise):
        slopes[own] = [probe.along(rng, block, own)]
    if calls > SEARCH:
        slopes[own] += [probe.along(rng, block, own) for _ in range(MORE)]
        if summarise(verdicts(slopes[own])) != "fail":
            return None
    failed = [s for kind in kinds for s in slopes[kind] if not s.line.unresolved]
    finding = probe.name(block, failed)
    if finding.where == "flat" and not probe.independent(rng, block):
        return None
    if calls > SEARCH and finding.cause in ("wrong", "small") and not finding.where:
        place = probe.place(block, failed, rng)
        if place and (finding.cause == "wrong" or place.startswith(("entry", "row", "column"))):
            return Finding("wrong", place)
    return finding


def _conclude(title, probe, rng, first, joint, measured, findings):
    for path in probe.swapped & set(probe.blocks):
        findings[path] = Finding("shape" if path in findings else "transposed", "transposed")
    slopes = {block: sum(kinds.values(), []) for block, kinds in measured.items()}
    blocks = {}
    for path in probe.blocks:
        like = slopes.get(path, joint)
        found = _found(probe.blocks[path], measured[path]) if path in measured else "fail"
        blocks[path] = _block(probe, rng, path, like, found, findings.get(path))
    kinks, steps, floor = _trace(probe, first, joint[0].line)
    counted = [block for block in blocks.values() if block.sentence != IDLE]
    error = max((block.relative_error for block in counted), default=0.0)
    zero = all(s.zero for like in slopes.values() for s in like)
    outcome = _verdict(probe, blocks, findings, zero)
    blocks |= {path: Block("skipped", "", 0.0) for path in probe.skipped}
    slopes = (*(joint if len(blocks) > 1 else ()), *sum(slopes.values(), []))
    return Report(title, *outcome, error, blocks, kinks, slopes, steps, floor, probe.calls)


def _found(parameter, kinds):
    """Return the verdict on a block. Entries of zero do not move in their own size."""
    found = summarise(verdicts(sum(kinds.values(), [])))
    if found == "pass" and not parameter.all():
        return summarise(verdicts(kinds[False]))
    return found


def _block(probe, rng, path, slopes, found, finding):
    """Return what is said of one block."""
    error = max((s.relative_error for s in slopes if not s.line.unresolved), default=np.inf)
    if finding:
        return Block("fail", finding.cause, error, probe.sentence(finding, path, error))
    if found == "pass":
        return Block("pass", "", error)
    if found == "vacuous" and probe.independent(rng, path):
        return Block("inconclusive", "vacuous", 0.0, IDLE)
    if found == "fail":
        found = "low_precision"
    like = [s for s in slopes if s.verdict == found] or slopes
    said = unsure(found, min(like, key=lambda s: s.known))
    return Block("inconclusive", found, error, f'In "{path}": {said}' if path else said)


def _verdict(probe, blocks, findings, zero):
    """Return the verdict of the whole, its cause, the culprit and the message."""
    if findings:
        culprit, *rest = from_output([path for path in blocks if path in findings])
        block = blocks[culprit]
        if _alike(findings, blocks):
            return (
                "fail",
                block.cause,
                None,
                probe.sentence(findings[culprit], "", block.relative_error),
            )
        wrong_too = others([path for path in blocks if path in rest])
        return "fail", block.cause, culprit or None, block.sentence + wrong_too
    idle = [path for path, block in blocks.items() if block.sentence == IDLE]
    if len(idle) == len(blocks):
        return "inconclusive", "vacuous", None, INCONCLUSIVE["vacuous"]
    for cause in INCONCLUSIVE:
        for path, block in blocks.items():
            if block.cause == cause and path not in idle:
                return "inconclusive", cause, None, block.sentence
    errors = [block.relative_error for path, block in blocks.items() if path not in idle]
    return "pass", "", None, praise(errors, zero, probe.accepted, idle)


def from_output(paths):
    """Return paths in the order of their layers, the one nearest to the output first.

    A mistake travels back from there. Layers are told by the numbers in the paths, and what is in
    one layer by its place.

    Examples
    --------
    >>> from_output(["W1", "W2", "b1", "b2"])
    ['b2', 'W2', 'b1', 'W1']
    """
    places = {path: place for place, path in enumerate(paths)}

    def layer(path):
        return [int(number) for number in NUMBER.findall(path)], places[path]

    return sorted(paths, key=layer, reverse=True)


def _alike(findings, blocks):
    """Say whether all blocks are wrong by one factor."""
    if len(findings) < 2 or any(block.verdict == "pass" for block in blocks.values()):
        return False
    first, *others = findings.values()
    if first.cause not in COMMON:
        return False
    return all(
        f.cause == first.cause and abs(f.factor - first.factor) <= 1e-3 * abs(first.factor)
        for f in others
    )


def _trace(probe, first, line):
    """Return the kinks that the steps of the table cross, the table, and its floor."""
    if not hasattr(probe, "f") or np.isnan(line.slope):
        return (), np.empty((0, 3)), 0.0
    top, floor, kinks = min(0.25, TABLE * line.reach), SAFE * line.noise, ()
    if line.kinked or line.reach < top:
        kinks = find_kinks(probe.line(first), top, line.noise)
    table = convergence(lambda t: probe.at(t, first) - probe.start, probe.claim(first), top, floor)
    return tuple(kinks), table, floor
