"""What a submission earns, and what it is told."""

from types import SimpleNamespace

import numpy as np
import pytest
from submissions import ALL, COLUMNS, LAYER, LAYER_LAYOUTS, SEPARATE, changed, mistakes, right_ones

from dlhw.derivative_tests.report import LOOK_FOR
from dlhw.exercises.grading.marking import SUBMISSION, Examination, difference
from dlhw.exercises.grading.spec import read_spec, spec_text
from dlhw.pages.derivatives.mistakes import gallery

NETWORK = """
import numpy as np

def forward(params, X):
    kept = [X]
    for i in range(0, len(params), 2):
        Z = params[i] @ kept[-1] + params[i + 1]
        kept.append(np.tanh(Z) if i + 2 < len(params) else Z)
    return kept

def loss(params, X, C):
    Z = forward(params, X)[-1]
    return np.mean(np.log(np.exp(Z).sum(axis=0)) - (C * Z).sum(axis=0))

def gradient(params, X, C):
    kept = forward(params, X)
    P = np.exp(kept[-1])
    D = (P / P.sum(axis=0) - C) / X.shape[1]
    found = []
    for i in range(len(params) - 2, -1, -2):
        found = [D @ kept[i // 2].T, D.sum(axis=1, keepdims=True)] + found
        D = (params[i].T @ D) * (1 - kept[i // 2]**2)
    return found
"""
NETWORK_LAYOUTS = {
    "list": "network_loss, network_gradient = loss, gradient",
    "dict": """
def network_loss(p, X, C): return loss(list(p.values()), X, C)
def network_gradient(p, X, C): return dict(zip(p, gradient(list(p.values()), X, C)))
""",
    "separate": """
def network_loss(*a): return loss(a[:-2], *a[-2:])
def network_gradient(*a): return gradient(a[:-2], *a[-2:])
""",
    "vector": """
SHAPES = [(5, 3), (5, 1), (6, 5), (6, 1), (4, 6), (4, 1)]
def apart(t):
    found, at = [], 0
    for l, n in SHAPES:
        found.append(t[at:at + l * n].reshape(l, n))
        at += l * n
    return found
def network_loss(t, X, C): return loss(apart(t), X, C)
def network_gradient(t, X, C):
    return np.concatenate([g.ravel() for g in gradient(apart(t), X, C)])
""",
    "rows": """
def network_loss(p, X, C): return loss([q.T for q in p], X.T, C.T)
def network_gradient(p, X, C): return [g.T for g in gradient([q.T for q in p], X.T, C.T)]
""",
}


def verdicts(name, program):
    """Return the verdicts on a program, by question."""
    held = {}
    exec(compile(program, SUBMISSION, "exec"), held)
    spec = read_spec(spec_text(name))
    examination = Examination(spec, SimpleNamespace(**held))
    return {question.name: examination.verdict(question) for question in spec.questions}


def hints(name, program):
    return {key: verdict.hint for key, verdict in verdicts(name, program).items()}


@pytest.mark.parametrize("submission", right_ones()[:9], ids=lambda s: s.name)
def test_right_ones_earn_all_in_every_layout(submission):
    found = verdicts("I.1", submission.program)
    assert {name: v.points for name, v in found.items()} == ALL


def test_the_mistakes_are_those_of_the_gallery():
    assert {mistake.name for mistake in mistakes()} <= {mistake.name for mistake in gallery()}


@pytest.mark.parametrize("submission", mistakes(), ids=lambda s: s.name)
def test_mistakes_are_named_by_their_kind_and_earn_what_is_right(submission):
    found = verdicts("I.1", submission.program)
    assert tuple(name for name, v in found.items() if v.points) == tuple(
        name for name in ALL if name in submission.earns
    )
    said = " ".join(verdict.hint for verdict in found.values())
    assert all(words in said for words in submission.hints), said
    assert "@" not in said and "X.T" not in said  # no formula


@pytest.mark.parametrize("layout", LAYER_LAYOUTS)
def test_a_layer_is_right_in_every_layout(layout):
    assert set(hints("II.1", LAYER + LAYER_LAYOUTS[layout]).values()) == {""}


@pytest.mark.parametrize("layout", NETWORK_LAYOUTS)
def test_a_network_is_right_in_every_layout(layout):
    assert set(hints("II.3", NETWORK + NETWORK_LAYOUTS[layout]).values()) == {""}


@pytest.mark.parametrize("layout", LAYER_LAYOUTS)
@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("D = (1 - forward(W, b, X)**2) * U", "D = U", {"W and b", "X"}),
        ("return (1 - forward(W, b, X)**2) * (", "return (", {"Jacobian"}),
        ("W @ dX", "0 * db", {"Jacobian"}),
        ("D.sum(axis=1, keepdims=True)", "D.mean(axis=1, keepdims=True)", {"W and b"}),
        ("W.T @ D", "-W.T @ D", {"X"}),
    ],
)
def test_a_mistake_in_a_layer_costs_its_own_questions(layout, old, new, wrong):
    assert LAYER.count(old) == 1
    found = hints("II.1", LAYER.replace(old, new) + LAYER_LAYOUTS[layout])
    names = {name.removeprefix("transposed product in ").split("-")[0] for name in found}
    failed = {
        name.removeprefix("transposed product in ").split("-")[0]
        for name, hint in found.items()
        if hint
    }
    assert wrong <= names and failed == wrong


def test_products_of_a_wrong_layer_earn_nothing():
    found = hints("II.1", LAYER.replace("np.tanh(W @ X + b)", "np.tanh(W @ X - b)")
                  .replace("dX)", "dX)").replace("+ db", "- db")
                  .replace("D.sum(axis=1, keepdims=True)", "-D.sum(axis=1, keepdims=True)")
                  + LAYER_LAYOUTS["dict"])  # fmt: skip
    assert "a formula or an index" in found.pop("forward")
    assert all("not the one asked for" in hint for hint in found.values())


def test_only_the_spoilt_layer_of_a_network_loses_its_points():
    program = NETWORK.replace("(1 - kept[i // 2]**2)", "(1 - kept[i // 2])")
    found = hints("II.3", program + NETWORK_LAYOUTS["list"])
    assert found["gradient of the last layer"] == "" and found["loss"] == ""
    assert 'Look at "' in found["gradient of all layers"]


def test_sgd_may_end_near_the_best():
    right = """
import numpy as np
def least_squares_loss(w, A, y): return np.mean((A @ w - y)**2)
def least_squares_gradient(w, A, y): return 2 * A.T @ (A @ w - y) / len(y)
def least_squares_sgd(A, y):
    rng, w = np.random.default_rng(0), np.zeros((3, 1))
    for step in range(8000):
        i = rng.integers(len(y), size=4)
        w -= 10 / (100 + step) * least_squares_gradient(w, A[i], y[i])
    return w
"""
    assert set(hints("I.2", right).values()) == {""}
    short = hints("I.2", right.replace("8000", "20"))
    assert short["gradient"] == "" and short["where SGD ends"]


def numbers_of(**functions):
    spec = read_spec(spec_text("II.5"))
    (question,) = spec.questions
    return Examination(spec, SimpleNamespace(**functions)).verdict(question)


def test_numbers_earn_within_their_range():
    assert numbers_of(gmm_200_accuracy=0.9).points == 3
    assert "drawn at random" in numbers_of(gmm_200_accuracy=0.2).hint
    assert "how many were used" in numbers_of(gmm_200_accuracy=0.99).hint
    assert "got a tuple of 2" in numbers_of(gmm_200_accuracy=(0.9, 0.9)).hint


def test_a_number_may_come_of_a_function_that_gets_the_data():
    def columns(X_train, C_train, X_val, C_val):
        assert X_train.shape == C_train.shape == (5, 25000) and X_val.shape == (5, 6250)
        return np.float32(0.9)

    def rows(X_train, C_train, X_val, C_val):
        if X_train.shape != (25000, 5):
            raise ValueError("rows are samples")
        return 0.9

    assert numbers_of(gmm_200_accuracy=columns).points == 3
    assert numbers_of(gmm_200_accuracy=rows).points == 3


def test_a_call_may_return_the_loss_and_its_gradient():
    text = """
title = "both"
seeds = [1, 2]
inputs.x = {values = [[1.0], [2.0], [4.0]]}
[[question]]
name = "loss"
kind = "values"
function = "both"
points = 1
part = 0
arguments = ["x"]
values = [21.0, 21.0]
[[question]]
name = "gradient"
kind = "gradient"
function = "both"
points = 1
part = 1
of = "loss"
"""
    spec = read_spec(text)

    def earned(both):
        examination = Examination(spec, SimpleNamespace(both=both))
        return [examination.verdict(question).points for question in spec.questions]

    assert earned(lambda x: (np.sum(x**2), 2 * x)) == [1, 1]
    assert earned(lambda x: (np.sum(x**2), x)) == [1, 0]
    assert earned(lambda x: np.sum(x**2)) == [0, 0]


def test_layouts_can_be_restricted():
    text = spec_text("I.1").replace("seeds =", 'layout = "dict"\nseeds =', 1)
    spec = read_spec(text)
    assert {layout.packing for layout in spec.layouts(spec.questions[0])} == {"dict"}
    spec = read_spec(spec_text("I.1").replace("seeds =", 'samples = "rows"\nseeds =', 1))
    assert {layout.samples for layout in spec.layouts(spec.questions[0])} == {"rows"}


def test_an_error_is_told_in_the_layout_that_got_furthest():
    program = right_ones()[2].program.replace(
        "    Z = W @ X + b\n    S", "    Z = W @ X + c\n    S"
    )
    found = verdicts("I.1", program)["loss"].hint
    assert "NameError" in found and "called as: list, samples in columns" in found


@pytest.mark.parametrize(("guard", "hint"), [("1e-8", ""), ("1e-3", "a formula or an index")])
def test_a_guard_in_a_logarithm_is_let_through_if_it_is_small(guard, hint):
    guarded = changed(COLUMNS, "C * L", f"C * np.log(probabilities(Z) + {guard})")
    found = hints("I.1", guarded + SEPARATE)["loss"]
    assert hint in found and bool(found) == bool(hint)


def test_numbers_are_compared_over_all_seeds():
    right = np.array([1.0, 2.0, -3.0])
    assert difference(right * (1 + 1e-7), right, 1e-6) == ""
    assert difference(right * (1 + 1e-5), right, 1e-6) == "scale"
    assert difference(right[::-1], right, 1e-6) == "wrong"
    assert difference(np.array([2.0]), np.array([1.0]), 1e-6) == "wrong"  # one number: no factor
    assert difference(np.array([np.nan, 1, 1]), right, 1e-6) == "nonfinite"
    assert {"scale", "sign", "wrong", "nonfinite"} <= set(LOOK_FOR)
