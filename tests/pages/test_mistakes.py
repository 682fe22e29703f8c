"""Planted mistakes: the tests name the cause and the block of at least 95 % of them, and say what the gallery expects of them."""

from functools import cache

import numpy as np
import pytest

from dlhw import gradient_test
from dlhw.arrays import map_paths, paths
from dlhw.network import residual_network, tanh_network
from dlhw.pages.mistakes import gallery
from dlhw.pages.right_models import TESTS, squared_residual, regression


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
    params = map_paths(
        lambda path, p: p + 0.1 * rng.standard_normal(p.shape), network.initialise(rng)
    )
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


BLOCK_MISTAKES = {  # name: the wrong block from (g, p), and the cause
    "one entry 10 % off": (entry, "wrong"),
    "one row 20 % off": (row, "wrong"),
    "a tenth of noise": (
        lambda g, p: g + 0.1 * np.abs(g).mean() * np.random.default_rng(5).standard_normal(g.shape),
        "wrong",
    ),
    "rows rolled": (lambda g, p: np.roll(g, 1, axis=0), "wrong"),
    "squared": (lambda g, p: g * np.abs(g), "wrong"),
    "sign": (lambda g, p: -g, "sign"),
    "half": (lambda g, p: g / 2, "scale"),
    "1 % too large": (lambda g, p: 1.01 * g, "scale"),
    "16 times": (lambda g, p: 16 * g, "scale"),
    "missing": (lambda g, p: 0 * g, "missing_block"),
    "without regulariser": (lambda g, p: g - 0.3 * p, "missing_term"),
    "an entry too few": (lambda g, p: g.ravel()[:-1], "shape"),
    "NaN": (lambda g, p: np.where(np.arange(g.size).reshape(g.shape) == 1, np.nan, g), "nonfinite"),
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


@cache
def outcomes():
    """Run every planted mistake; return for each its name, the cause and block expected, and those found."""
    found = []
    for problem, name, block, wrong, cause in planted():
        f, grad, x = PROBLEMS[problem]()
        points = dict(paths(x))
        claim = map_paths(
            lambda path, g: wrong(g, points[path]) if block in (None, path) else g, grad(x)
        )
        report = gradient_test(f, claim, x)
        expected = "w" if problem == "ridge" and block is None else block
        found.append(
            (f"{problem}: {name} in {block}", cause, expected, report.cause, report.culprit)
        )
    for problem, name, prefix, wrong, cause in layer_mistakes():
        f, grad, x = PROBLEMS[problem]()
        points = dict(paths(x))
        claim = map_paths(
            lambda path, g: wrong(g, points[path]) if path.startswith(prefix) else g, grad(x)
        )
        report = gradient_test(f, claim, x)
        culprit = prefix if (report.culprit or "").startswith(prefix) else report.culprit
        failed = {path for path, b in report.blocks.items() if b.verdict == "fail"}
        culprit = (
            culprit if failed == {path for path in points if path.startswith(prefix)} else failed
        )
        found.append((f"{problem}: {name}", cause, prefix, report.cause, culprit))
    return found


def test_the_cause_of_planted_mistakes_is_right():
    wrong = [o for o in outcomes() if o[1] != o[3]]
    assert len(outcomes()) >= 60 and len(wrong) <= 0.05 * len(outcomes()), wrong


def test_the_block_of_planted_mistakes_is_right():
    wrong = [o for o in outcomes() if o[2] != o[4]]
    assert len(wrong) <= 0.05 * len(outcomes()), wrong


if __name__ == "__main__":
    for name, *what in outcomes():
        if what[:2] != what[2:]:
            print(name, *what)
    causes, blocks = (sum(o[i] == o[i + 2] for o in outcomes()) for i in (1, 2))
    print(f"{len(outcomes())} mistakes; {causes} causes right; {blocks} blocks right")
