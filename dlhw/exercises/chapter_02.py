"""The exercises of chapter 2: an error from both sides, a table to read, products that agree."""

import numpy as np

from ..arrays import inner, map_arrays
from ..derivative_tests.four_tests import adjoint_test, gradient_test, jacobian_test
from ..softmax import affine, affine_vjp, cross_entropy, cross_entropy_gradient
from .judging import Part

# ---- 2.1: from both sides ------------------------------------------------------------------------


def sum_of_sines(x):
    return float(np.sum(np.sin(x)))


def for_right_and_wrong_gradients(E2):
    """Return the errors for a right gradient and for one that claims too much, so that signs show.

    Each call gets arrays of its own.
    """
    x, d = np.random.default_rng(0).normal(size=(2, 2, 3))
    return [E2(sum_of_sines, factor * np.cos(x), x.copy(), d, 0.1) for factor in (1.0, 3.0, -3.0)]


def from_both_sides(f, g, x, d, t):
    return abs(signed(f, g, x, d, t))


def signed(f, g, x, d, t):
    return f(x + t * d) - f(x - t * d) - 2 * t * inner(g, d)


def with_one_step(f, g, x, d, t):
    return abs(f(x + t * d) - f(x - t * d) - t * inner(g, d))


def from_one_side(f, g, x, d, t):
    return abs(f(x + t * d) - f(x) - t * inner(g, d))


def with_one_step_back_in_place(f, g, x, d, t):
    return abs(f(x + t * d) - f(x) - 2 * t * inner(g, d))


def fall():
    """Return by which factor the error falls, for a smooth function and its right slope."""
    one, zero = np.array(1.0), np.array(0.0)
    large, small = [from_both_sides(np.exp, one, zero, one, t) for t in (0.1, 0.05)]
    return round(float(large / small))


FROM_BOTH_SIDES = Part(
    "E2",
    {
        "From x - td to x + td the step is longer than t.": with_one_step,
        "That is E1: it steps to one side only.": from_one_side,
        "Your second value is f(x). Is x changed in place, and stepped back once?": (
            with_one_step_back_in_place
        ),
        "The size of an error has no sign.": signed,
    },
    for_right_and_wrong_gradients,
    right=lambda: for_right_and_wrong_gradients(from_both_sides),
)
FALLS = Part(
    "falls",
    {
        "So E1 falls. From both sides more cancels than the slope.": 4,
        "So it falls where g is wrong.": 2,
        "There is no even power of t in a difference from both sides.": 16,
    },
    right=fall,
)

# ---- 2.2: read a table ---------------------------------------------------------------------------

FACTORS = {"A": 1.5, "B": 0.5}
"""Both leave half of the slope, to either side, so that E1/E0 is the same."""
LAST_STEP = 1e-6  # so small that E1/E0 has settled, so large that round-off does not show


def parameters():
    rng = np.random.default_rng(2)
    return {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=(3, 1))}


def samples():
    rng = np.random.default_rng(1)
    return rng.normal(size=(2, 5)), np.eye(3)[:, [0, 2, 1, 1, 0]]


def loss(p):
    X, C = samples()
    return cross_entropy(affine(p["W"], p["b"], X), C)


def gradient(p):
    X, C = samples()
    dW, db, _ = affine_vjp(p["W"], X, cross_entropy_gradient(affine(p["W"], p["b"], X), C))
    return {"W": dW, "b": db}


def claims():
    """Return the three gradients that are claimed, by their letters."""
    right = gradient(parameters())
    found = {name: {"W": k * right["W"], "b": k * right["b"]} for name, k in FACTORS.items()}
    return {**found, "C": {**right, "b": np.zeros((3, 1))}}


def directions():
    """Return a direction that changes both blocks, and its parts in one of them."""
    rng = np.random.default_rng(3)
    d = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=(3, 1))}
    nothing = map_arrays(np.zeros_like, d)
    return {
        "both": d,
        "`W` alone": {**d, "b": nothing["b"]},
        "`b` alone": {**d, "W": nothing["W"]},
    }


def moved(d, t):
    return loss(map_arrays(lambda p, v: p + t * v, parameters(), d))


def measured(d, t=1e-5):
    return (moved(d, t) - moved(d, -t)) / (2 * t)


def printed():
    """Return the table of the exercise: its rows, and its header.

    Examples
    --------
    >>> rows, header = printed()
    >>> header
    ['changed', 'measured', 'A claims', 'B claims', 'C claims']
    """
    rows = []
    for name, d in directions().items():
        slopes = [measured(d), *[inner(claim, d) for claim in claims().values()]]
        rows.append([name, *[f"{slope:.4f}" for slope in slopes]])
    rise = moved(directions()["both"], LAST_STEP) - loss(parameters())
    last = ["$E_1/E_0$, both", ""]
    for claim in claims().values():
        E1 = abs(rise - LAST_STEP * inner(claim, directions()["both"]))
        last.append(f"{E1 / abs(rise):.2f}")
    return [*rows, last], ["changed", "measured", *[f"{name} claims" for name in claims()]]


def cause_of_the_third():
    return gradient_test(loss, claims()["C"], parameters()).cause


FIRST = Part(
    "A",
    {
        "That is E1/E0, which is the same for B. Divide claimed by measured.": 0.5,
        "That is measured by claimed: turn it over.": 1 / FACTORS["A"],
        "Yes, it is a factor. Which one?": "scale",
    },
    right=lambda: FACTORS["A"],
)
SECOND = Part(
    "B",
    {
        "B claims less than what is measured, not more.": 1.5,
        "That is measured by claimed: turn it over.": 1 / FACTORS["B"],
        "Yes, it is a factor. Which one?": "scale",
    },
    right=lambda: FACTORS["B"],
)
THIRD = Part(
    "C",
    {
        "A factor would be the same in all rows. Divide in the last two.": "scale",
        "True, but a simpler name fits. Look at the row of b.": "wrong",
        "That would be a multiple of the parameter itself. Look at the row of b.": "missing_term",
        "The function does change, in every row: there is something to test.": "vacuous",
    },
    right=cause_of_the_third,
)

# ---- 2.3: products that agree --------------------------------------------------------------------


def verdicts(pair):
    """Return what two tests say of a pair of products for y = tanh(A x)."""
    jvp, vjp = pair
    A = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    x = np.array([0.1, -0.2, 0.3])
    for product, argument in ((jvp, x), (vjp, A @ x)):
        made = product(A, x, argument)
        if made is None or made is ...:
            raise NotImplementedError

    def along(x, v):
        return jvp(A, x, v)

    def back(x, u):
        return vjp(A, x, u)

    alone = jacobian_test(lambda x: np.tanh(A @ x), along, x)
    return {"adjoint": adjoint_test(along, back, x).verdict, "jacobian": alone.verdict}


def right_jvp(A, x, v):
    return (1 - np.tanh(A @ x) ** 2) * (A @ v)


def right_vjp(A, x, u):
    return A.T @ ((1 - np.tanh(A @ x) ** 2) * u)


def straight_jvp(A, x, v):
    return A @ v


def straight_vjp(A, x, u):
    return A.T @ u


def zero_jvp(A, x, v):
    return 0 * (A @ v)


def zero_vjp(A, x, u):
    return 0 * (A.T @ u)


PAIR = Part(
    "pair",
    {
        "Both tests pass: this pair is right. Put one mistake into both.": (right_jvp, right_vjp),
        "Both tests fail: the two products do not have the same mistake.": (
            straight_jvp,
            right_vjp,
        ),
        "Jv is right, and so passes. It is the one that must be wrong, too.": (
            right_jvp,
            straight_vjp,
        ),
        "Products that are zero give the adjoint test nothing to compare.": (zero_jvp, zero_vjp),
    },
    verdicts,
    right=lambda: verdicts((straight_jvp, straight_vjp)),
)

EXERCISES = {
    "2.1": (FROM_BOTH_SIDES, FALLS),
    "2.2": (FIRST, SECOND, THIRD),
    "2.3": (PAIR,),
}
