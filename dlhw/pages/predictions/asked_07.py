"""Chapter 7: what passes a residual block, an outer ReLU, and which test sees a lost identity."""

import numpy as np

from ...derivative_tests.four_tests import jacobian_transpose_test
from ...layers import ResidualBlock, relu, tanh
from ..derivatives.mistakes import ForgetfulBlock, sloped
from ..questions import Choice, Question

ANSWER = 0.8
"""What the tanh unit of the branch answers: nearly saturated, with a slope that is easily found."""


def what_passes():
    """Return the question how much of a gradient passes a residual block of one unit."""
    weight = 0.5
    passes = _sent_through_a_block(weight)
    return Question(
        "7-passes",
        f"**Predict.** A block adds a tanh unit to its input: $y = x + \\tanh({weight} x)$. At"
        f" this $x$ the unit answers {ANSWER}. The loss sends a gradient of 1 back to $y$. How much"
        " of it arrives at $x$?",
        Choice(
            f"{passes:.2f}",
            f"1 by the identity, and through the branch ${weight}\\,(1 - {ANSWER}^2)$ more.",
        ),
        [
            Choice(
                f"{passes - 1:.2f}", "That is the branch alone: the identity path is forgotten."
            ),
            Choice(f"{1.0:.2f}", "That is the identity path alone: the branch is forgotten."),
            Choice(f"{1 + weight:.2f}", "The slope of $\\tanh$ in the branch is forgotten."),
        ],
    )


def what_the_mask_is():
    """Return the question what an outer ReLU lets pass on the identity path."""
    x, branch = np.array(-1.0), np.array(3.0)
    y, one = relu.value(x + branch), np.array(1.0)
    arrives = relu.slope_times(y, one)
    of_the_input, its_value = relu.slope_times(relu.value(x), one), y * one
    return Question(
        "7-mask",
        f"**Question.** $y = \\operatorname{{relu}}(x + b)$ with the input $x = {x:.0f}$ and the"
        f" branch $b = {branch:.0f}$. A gradient of 1 comes to $y$. How much of it goes on to"
        " $x$ by the identity path?",
        Choice(f"{arrives:.0f}", "The ReLU stands on the sum, and the sum is positive."),
        [
            Choice(f"{of_the_input:.0f}", "That is the mask of the input. The ReLU sees the sum."),
            Choice(f"{its_value:.0f}", "That is the ReLU of the sum, in the place of its slope."),
        ],
    )


def who_sees_it():
    """Return the question what a test in the parameters alone says of a lost identity path."""
    lost = ForgetfulBlock(3, 4, tanh, relu)
    straight = ResidualBlock(3, 4, sloped(lambda Y, V: V), relu)
    unmasked = ResidualBlock(3, 4, tanh)
    return Question(
        "7-lost",
        "**Question.** On the way back you forget the identity path. You test the block in $W_1$,"
        " $b_1$, $W_2$ and $b_2$, and hold $X$ still. What does the test say?",
        Choice(
            _test_in_parameters(lost),
            "These four gradients are right: the path goes to $X$, and past them.",
        ),
        [
            Choice(_test_in_parameters(straight), "So it would be without the inner slope."),
            Choice(_test_in_parameters(unmasked), "So it would be without the outer mask."),
        ],
    )


def two_units():
    """Return the question of chapter 6 again, for two units in a row."""
    y, one = np.array(0.9), np.array(1.0)
    once = tanh.slope_times(y, one)
    twice = tanh.slope_times(y, once)
    return Question(
        "7-again",
        f"**Question.** In chapter 6 a unit that answers {y} let {once:.2f} of the gradient pass."
        f" Two such units stand in a row, joined by a weight of 1, and each answers {y}. How much"
        " passes both?",
        Choice(f"{twice:.3f}", "A slope times a slope. Ten such units let hardly anything pass."),
        [
            Choice(f"{once:.3f}", "That is one of the slopes. The gradient passes two."),
            Choice(f"{2 * once:.3f}", "That is their sum. Units in a row multiply."),
            Choice(f"{one:.3f}", "So it would be if $\\tanh$ had the slope 1."),
        ],
    )


def _sent_through_a_block(weight):
    """Return how much of a gradient of 1 passes y = x + tanh(weight x) where tanh is ANSWER."""
    block, zero, x = ResidualBlock(1, 1), np.zeros((1, 1)), np.arctanh(ANSWER) / weight
    params = {"W1": np.array([[weight]]), "b1": zero, "W2": np.array([[1.0]]), "b2": zero}
    _, memory = block.forward(params, np.array([[x]]))
    return block.vjp(params, memory, np.ones((1, 1)))[1].item()


def _test_in_parameters(way_back):
    """Return what the transposed test says of a block's way back, in its parameters alone."""
    block, rng = ResidualBlock(3, 4, tanh, relu), np.random.default_rng(7)
    params = {name: rng.normal(size=shape) for name, shape in block.shapes.items()}
    X = rng.normal(size=(3, 5))
    report = jacobian_transpose_test(
        lambda p: block.forward(p, X)[0],
        lambda p, u: way_back.vjp(p, block.forward(p, X)[1], u)[0],
        params,
    )
    wrong = [f"`{name}`" for name, b in report.blocks.items() if b.verdict == "fail"]
    if not wrong:
        return f"{report.verdict} in every block"
    return f"{report.verdict} in {', '.join(wrong)}"
