"""Four tests of derivatives, each of which names the mistake.

gradient_test(f, grad, x)             the slope of f along d          is  <grad f(x), d>
jacobian_test(f, jvp, x)              the slope of <u, f> along v     is  <u, J v>
jacobian_transpose_test(f, vjp, x)    the slope of <f, u> along d     is  <J^T u, d>
adjoint_test(jvp, vjp, x)             <u, J v>                        is  <J^T u, v>
"""

import re
from collections import Counter

import numpy as np

from .calling import Stop, as_point
from .diagnosis import Finding, inconclusive, locate, name_mistake, sentence, summarise
from .probes import AdjointProbe, GradientProbe, JacobianProbe, TransposeProbe
from .report import Block, Report
from .slopes import convergence, find_kinks

NUMBER = re.compile(r"\d+")
NAMED = 6  # wrong blocks that a sentence names: more are a list, and the report has it
JOINT = 3  # directions that change all blocks
ALONE = 2  # directions that change one block
MORE = 3  # further directions for a block that has failed
ENTRIES = 400  # entries of a block that are looked at singly


def gradient_test(f, grad, x, *, seed=0):
    """Test the gradient of a scalar function against measured slopes of the function.

    Parameters
    ----------
    f : callable
        f(x) -> float; any number or array of size 1.
    grad : callable or nested arrays
        grad(x), or its value at `x`: like `x`, each array of its parameter's shape.
    x : array or nested dict, list or tuple of arrays
        Where to test. Integers become float64; empty blocks are skipped.
    seed : int
        Seed of the random directions.

    Returns
    -------
    Report
        It prints as a table with a verdict and one sentence. A wrong or raising function gets a
        report, too.

    Raises
    ------
    ValueError
        If `x` holds NaN, infinities, complex numbers or objects.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> gradient_test(lambda x: np.sum(x**2), lambda x: 2 * x, x).passed
    True
    >>> report = gradient_test(lambda x: np.sum(x**2), lambda x: x, x)
    >>> report.cause
    'scale'
    >>> report.message[:63]
    'The gradient is 0.5 times the true one in every direction. Look'
    """
    return _report("Gradient test", x, seed, lambda x, rng: GradientProbe(f, grad, x))


def jacobian_test(f, jvp, x, *, seed=0):
    """Test a Jacobian-vector product against measured slopes of the function.

    Parameters
    ----------
    f : callable
        f(x) -> ndarray of any shape.
    jvp : callable
        jvp(x, v) -> J v, with v like `x` and the result like f(x).
    x, seed
        As in `gradient_test`.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.3, -1.0, 2.0])
    >>> jacobian_test(np.tanh, lambda x, v: (1 - np.tanh(x) ** 2) * v, x).passed
    True
    """
    return _report("Jacobian test", x, seed, lambda x, rng: JacobianProbe(f, jvp, x, rng))


def jacobian_transpose_test(f, vjp, x, *, seed=0):
    """Test a transposed Jacobian-vector product: the gradient of x -> <f(x), u>, for a random u.

    Parameters
    ----------
    f : callable
        f(x) -> ndarray of any shape.
    vjp : callable
        vjp(x, u) -> J^T u, with u like f(x) and the result like `x`.
    x, seed
        As in `gradient_test`.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    >>> jacobian_transpose_test(lambda x: A @ x, lambda x, u: A.T @ u, np.ones(3)).passed
    True
    """
    return _report(
        "Transposed Jacobian test", x, seed, lambda x, rng: TransposeProbe(f, vjp, x, rng)
    )


def adjoint_test(jvp, vjp, x, *, seed=0):
    """Test that two products belong to one Jacobian: <u, J v> = <J^T u, v>, to round-off.

    It takes no step and needs no f, so it has no floor and sees no kink; but two products of one
    wrong Jacobian pass.

    Parameters
    ----------
    jvp : callable
        jvp(x, v) -> J v.
    vjp : callable
        vjp(x, u) -> J^T u, with u like J v and the result like `x`.
    x, seed
        As in `gradient_test`.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    >>> adjoint_test(lambda x, v: A @ v, lambda x, u: A.T @ u, np.ones(3)).passed
    True
    """
    return _report("Adjoint test", x, seed, lambda x, rng: AdjointProbe(jvp, vjp, x, rng))


def _report(title, x, seed, probe_at):
    x, rng = as_point(x), np.random.default_rng(seed)
    try:
        with np.errstate(all="ignore"):
            return _examine(title, probe_at(x, rng), rng)
    except Stop as stop:
        return Report(
            title,
            "inconclusive" if stop.cause == "vacuous" else "fail",
            stop.cause,
            stop.culprit,
            stop.message,
        )


def _examine(title, probe, rng):
    blocks = list(probe.blocks)
    if not blocks:
        raise Stop("vacuous", "x has no entries, so nothing was tested.")
    plan = (
        JOINT * [None] + [block for block in blocks for _ in range(ALONE)]
        if len(blocks) > 1
        else (JOINT + 1) * blocks
    )

    def along(kinds):
        return [probe.slope(kind, probe.direction(rng, kind)) for kind in kinds]

    if hasattr(probe, "f"):
        probe.widen(rng)
    first = probe.direction(rng)
    slopes, findings = _pooled([probe.slope(plan[0], first), *along(plan[1:])]), {}
    for block in blocks:
        if any(s.verdict == "fail" for s in slopes if s.block == block):
            slopes = _pooled(slopes + along(MORE * [block]))
            like = [s for s in slopes if s.block == block]
            if summarise([s.verdict for s in like]) == "fail":
                findings[block] = _find(probe, block, like, rng)
    return _conclude(title, probe, first, slopes, findings)


def _pooled(slopes):
    """Compare directions of one kind.

    A single error bar may be small by luck, and of several kinks the jumps may cancel.
    """
    pooled = []
    for s in slopes:
        like = [other for other in slopes if other.block == s.block]
        lines = [other.line for other in (slopes if s.block is None else like)]
        kink = max(line.gap for line in lines) if any(line.kinked for line in lines) else 0.0
        pooled.append(
            s._replace(
                kink=kink,
                tolerance=max(s.tolerance, float(np.median([other.tolerance for other in like]))),
            )
        )
    return pooled


def _find(probe, block, slopes, rng):
    finding = name_mistake(slopes)
    if finding.cause == "wrong" and not finding.where:
        wrong = probe.wrong_entries(block, slopes[0].line, rng, ENTRIES)
        if wrong is not None and wrong.any():
            return finding._replace(where=locate(wrong))
    return finding


def _conclude(title, probe, first, slopes, findings):
    for path in probe.swapped & set(probe.blocks):
        findings[path] = Finding("shape" if path in findings else "transposed", where="transposed")
    found = {
        block: summarise([s.verdict for s in slopes if s.block == block])
        for block in {s.block: None for s in slopes}
    }

    def error(block):
        return max(s.relative_error for s in slopes if block in (None, s.block))

    blocks = {
        path: Block(*_outcome(found[path], findings.get(path)), error(path))
        for path in probe.blocks
    }
    blocks |= {path: Block("skipped", "", 0.0) for path in probe.skipped}
    kinks, steps, floor = _trace(probe, first, slopes[0].line)
    if findings:
        first_wrong = _nearest_to_output(findings, blocks)
        alike = _alike(findings, blocks)
        verdict, cause = "fail", findings[first_wrong].cause
        culprit = None if alike else first_wrong or None
        place = f' in "{culprit}"' if culprit else ""
        message = sentence(findings[first_wrong], probe.noun + place)
        if culprit:
            message += _others([path for path in blocks if path in findings and path != culprit])
    else:
        culprit, (verdict, cause) = None, _outcome(summarise(list(found.values())))
        message = inconclusive(cause) if cause else _praise(probe, slopes, blocks)
    return Report(
        title,
        verdict,
        cause,
        culprit,
        message,
        error(None),
        blocks,
        kinks,
        tuple(slopes),
        steps,
        floor,
    )


def _outcome(found, finding=None):
    if finding:
        return "fail", finding.cause
    if found == "pass":
        return "pass", ""
    return "inconclusive", "low_precision" if found == "doubt" else found


def _nearest_to_output(findings, blocks):
    """Return the wrong block to mend first: that of the last layer, since a mistake travels back.

    Layers are told by the numbers in paths, where several paths differ in nothing else: "W1" and
    "W2", "0.W" and "1.W". Where they tell nothing, it is the block with the largest error.
    """
    kinds = Counter(NUMBER.sub("#", path) for path in blocks)
    layers = [path for path in findings if kinds[NUMBER.sub("#", path)] > 1]

    def place(path):
        numbers = [int(number) for number in NUMBER.findall(path)] if layers else []
        return numbers, blocks[path].relative_error

    return max(layers or findings, key=place)


def _others(paths):
    """Say which other blocks are wrong: the reader must not think that one repair is all."""
    if not paths:
        return ""
    names = [f'"{path}"' for path in paths[:NAMED]] + ["..."] * (len(paths) > NAMED)
    return (
        f" Wrong too: {', '.join(names)}. Mend this one, then test again: "
        "the others may be spoilt by it, or have a mistake of their own."
    )


def _alike(findings, blocks):
    if len(findings) < 2 or any(block.verdict == "pass" for block in blocks.values()):
        return False
    first, *others = findings.values()
    return all(
        f.cause == first.cause and abs(f.factor - first.factor) <= 1e-3 * abs(first.factor)
        for f in others
    )


def _trace(probe, first, line):
    if not hasattr(probe, "f"):
        return (), np.empty((0, 3)), 0.0
    top = min(0.25, 64 * line.reach)
    kinks = (
        find_kinks(probe.along(first), top, line.noise) if line.kinked or line.reach < top else ()
    )
    table = convergence(
        lambda t: probe.at(t, first) - probe.start, probe.claim(first), top, 4 * line.noise
    )
    return tuple(kinks), table, 4 * line.noise


def _praise(probe, slopes, blocks):
    worst = max(s.relative_error for s in slopes)
    agreement = f"{worst:.0e} of a typical slope" if worst else "the last digit"
    text = f"Claimed and measured slopes agree in every direction, to {agreement}."
    if all(abs(s.line.slope) <= 10 * s.tolerance for s in slopes):
        text += (
            " All slopes are zero here, where a wrong factor cannot show: test at another x, too."
        )
    idle = [path for path, block in blocks.items() if block.cause == "vacuous"]
    return text + (f" Nothing depends on {', '.join(idle)} here." if idle else "")
