"""Planted mistakes: the tests name cause and block of 95 %, and agree with the gallery."""

from functools import cache

import numpy as np
import pytest

from dlhw import gradient_test
from dlhw.arrays import map_arrays, map_paths, paths
from dlhw.network import residual_network, tanh_network
from dlhw.pages.derivatives.mistakes import gallery
from dlhw.pages.derivatives.right_models import TESTS, regression, squared_residual


@pytest.mark.parametrize("number", range(len(gallery())))
def test_each_test_says_what_the_gallery_expects(number):
    mistake = gallery()[number]
    assert tuple(report.cause for report in mistake.model.reports().values()) == mistake.causes
    assert mistake.why and len(mistake.causes) == len(TESTS)


def ridge():
    model = squared_residual()
    return (
        lambda p: model.objective(p) + 0.15 * np.sum(p["w"] ** 2),
        lambda p: {"w": model.gradient(p)["w"] + 0.3 * p["w"]},
        model.x,
    )


def softmax_regression():
    model = regression()
    return model.objective, model.gradient, model.x


def classifier(network):
    rng = np.random.default_rng(3)
    X, C = rng.standard_normal((2, 16)), np.eye(5)[:, rng.integers(0, 5, 16)]
    start = network.initialise(rng)
    params = map_arrays(lambda p: p + 0.1 * rng.standard_normal(p.shape), start)
    return lambda p: network.loss(p, X, C), lambda p: network.gradient(p, X, C), params


PROBLEMS = {
    "ridge": ridge,
    "softmax": softmax_regression,
    "tanh net": lambda: classifier(tanh_network([2, 7, 6, 5])),
    "residual net": lambda: classifier(residual_network(2, 6, 5, blocks=2, hidden=4)),
}


def entry(g, p):
    g = g.copy()
    g.flat[g.size // 2] *= 1.1
    return g


def row(g, p):
    g = g.copy()
    g[1] *= 0.8
    return g


def noisy(g, p):
    noise = np.random.default_rng(5).standard_normal(g.shape)
    return g + 0.1 * np.abs(g).mean() * noise


def second_is_nan(g, p):
    g = g.copy()
    g.flat[1] = np.nan
    return g


# The name of a mistake, the wrong block from (g, p), and the cause.
BLOCK_MISTAKES = {
    "one entry 10 % off": (entry, "wrong"),
    "one row 20 % off": (row, "wrong"),
    "a tenth of noise": (noisy, "wrong"),
    "rows rolled": (lambda g, p: np.roll(g, 1, axis=0), "wrong"),
    "squared": (lambda g, p: g * np.abs(g), "wrong"),
    "sign": (lambda g, p: -g, "sign"),
    "half": (lambda g, p: g / 2, "scale"),
    "1 % too large": (lambda g, p: 1.01 * g, "scale"),
    "16 times": (lambda g, p: 16 * g, "scale"),
    "missing": (lambda g, p: 0 * g, "missing_block"),
    "without regulariser": (lambda g, p: g - 0.3 * p, "missing_term"),
    "an entry too few": (lambda g, p: g.ravel()[:-1], "shape"),
    "NaN": (second_is_nan, "nonfinite"),
}
WHOLE_MISTAKES = {
    "sum for mean": (lambda g, p: 16 * g, "scale"),
    "sign": (lambda g, p: -g, "sign"),
    "all missing": (lambda g, p: 0 * g, "missing_block"),
}
BLOCKS = {
    "ridge": ["w"],
    "softmax": ["W", "b"],
    "tanh net": ["0.W", "1.W", "2.b"],
    "residual net": ["0.b", "1.W1", "2.W2", "3.W"],
}


def planted():
    """Yield problem, mistake, block or None, function of (g, p), cause."""
    for problem, blocks in BLOCKS.items():
        for block in blocks:
            for name, (wrong, cause) in BLOCK_MISTAKES.items():
                yield problem, name, block, wrong, cause
            if problem != "ridge" and block.split(".")[-1].startswith("W"):
                yield problem, "transposed", block, lambda g, p: g.T, "transposed"
        for name, (wrong, cause) in WHOLE_MISTAKES.items():
            yield problem, name, None, wrong, cause


def layer_mistakes():
    """Yield problem, mistake, the prefix of a layer whose blocks are all wrong, function, cause."""
    for problem, prefix in [("tanh net", "1."), ("residual net", "2.")]:
        yield problem, "layer doubled", prefix, lambda g, p: 2 * g, "scale"
        yield problem, "layer's sign", prefix, lambda g, p: -g, "sign"
        yield problem, "layer missing", prefix, lambda g, p: 0 * g, "missing_block"
        yield problem, "layer squared", prefix, lambda g, p: g * np.abs(g), "wrong"


def report_of(problem, wrong, is_wrong):
    """Return the report on a problem whose gradient is wrong in some blocks, and their paths."""
    f, grad, x = PROBLEMS[problem]()
    points = dict(paths(x))

    def claim(path, g):
        return wrong(g, points[path]) if is_wrong(path) else g

    report = gradient_test(f, map_paths(claim, grad(x)), x)
    return report, {path for path in points if is_wrong(path)}


@cache
def outcomes():
    """Run every planted mistake.

    Return for each its name, the cause and the block expected, and those found.
    """
    found = []
    for problem, name, block, wrong, cause in planted():
        report, _ = report_of(problem, wrong, lambda path, block=block: block in (None, path))
        expected = "w" if problem == "ridge" and block is None else block
        where = f"{problem}: {name} in {block}"
        found.append((where, cause, expected, report.cause, report.culprit))
    for problem, name, prefix, wrong, cause in layer_mistakes():
        report, whole = report_of(
            problem, wrong, lambda path, prefix=prefix: path.startswith(prefix)
        )
        failed = {path for path, block in report.blocks.items() if block.verdict == "fail"}
        if failed != whole:
            culprit = failed
        elif (report.culprit or "").startswith(prefix):
            culprit = prefix
        else:
            culprit = report.culprit
        found.append((f"{problem}: {name}", cause, prefix, report.cause, culprit))
    return found


def test_the_cause_of_planted_mistakes_is_right():
    wrong = [outcome for outcome in outcomes() if outcome[1] != outcome[3]]
    assert len(outcomes()) == 156 and not wrong, wrong


def test_the_block_of_planted_mistakes_is_right():
    wrong = [outcome for outcome in outcomes() if outcome[2] != outcome[4]]
    assert not wrong, wrong


if __name__ == "__main__":
    for name, *what in outcomes():
        if what[:2] != what[2:]:
            print(name, *what)
    causes = sum(expected == found for _, expected, _, found, _ in outcomes())
    blocks = sum(expected == found for _, _, expected, _, found in outcomes())
    print(f"{len(outcomes())} mistakes; {causes} causes right; {blocks} blocks right")
