"""Chapter 8: where a mistake shows, what a gradient costs, what a kink does, blocks in a row."""

import numpy as np

from ...arrays import paths
from ...derivative_tests.four_tests import gradient_test
from ...layers import ResidualBlock, relu
from ...network import Network, tanh_network
from ...softmax import cross_entropy_gradient
from ..questions import Choice, Question

SPOILS = 3  # the layer whose code has the mistake, of four


def where_it_shows():
    """Return the question which layers a mistake in what is handed back spoils."""
    own, start = _spoilt("its weights"), _spoilt("the loss")
    onwards = list(range(SPOILS, 5))
    return Question(
        "8-place",
        f"**Predict.** A network has four layers. In the code of layer {SPOILS}, the gradient that"
        " it hands back is twice as large as it should be; the rest is right. Which layers'"
        " gradients does a test find wrong?",
        Choice(
            _listed(_spoilt("what it hands back")),
            "The mistake travels back with what is handed on, to every layer before.",
        ),
        [
            Choice(
                _listed(own), f"So it would be if only layer {SPOILS}'s own weights' were wrong."
            ),
            Choice(_listed(start), "So it would be if the gradient of the loss were wrong."),
            Choice(_listed(onwards), "It travels back: later layers had their turn before."),
        ],
    )


def what_it_costs():
    """Return the question how many runs through a network its whole gradient takes."""
    network = tanh_network([2, 50, 50, 50, 5])
    parameters = sum(p.size for _, p in paths(network.initialise(seed=0)))
    runs, layers = _runs_of_the_gradient(network), len(network.layers)
    return Question(
        "8-cost",
        f"**Question.** This network has {layers} layers and {parameters} parameters. How often"
        " must you run through it, forward or backward, for the gradient in all of them?",
        Choice(f"{runs} times", "Once forward, once backward: the loss is a single number."),
        [
            Choice(
                f"{layers + 1} times",
                "Once forward, then back once a layer? One way back passes all of them.",
            ),
            Choice(f"{parameters} times", "So it would be with a run of $J v$ for each parameter."),
            Choice(f"{parameters + 1} times", "So it would be with differences of the loss."),
        ],
    )


def what_a_kink_does():
    """Return the question what ratios mean that are wrong at the largest steps alone."""
    report = _test_with_kinks()
    ratios = ", ".join(f"{ratio:.1f}" for ratio in _ratios(report))
    answers = {
        "pass": "Right: large steps crossed kinks",
        "fail": "Wrong: each ratio should be 4",
    }
    other = "fail" if report.passed else "pass"
    return Question(
        "8-kink",
        "**Question.** You test a network of ReLU layers, halve the step each time, and divide each"
        f" $E_1$ by the next: {ratios}. What is the gradient?",
        Choice(
            answers[report.verdict],
            "Below the kink the loss is smooth, and there the ratios are 4: believe those.",
        ),
        [
            Choice(
                answers[other],
                "With a wrong gradient $E_1$ falls like the step, and the last ratios would be 2.",
            ),
            Choice(
                "Unknown: round-off rules here",
                "Round-off spoils the smallest steps first. Here the smallest are the good ones.",
            ),
        ],
    )


def two_blocks():
    """Return the question of chapter 7 again, for two blocks in a row."""
    lower, upper, both = _two_in_a_row()
    branches = lower - 1, upper - 1
    return Question(
        "8-again",
        f"**Question.** In chapter 7 a gradient of 1 came out of a block as {lower:.2f}. Put a"
        f" second one on top of it, which makes {upper:.2f} of 1. How much comes out at the bottom"
        " of both?",
        Choice(f"{both:.2f}", "The chain multiplies: $(1 + j_1)(1 + j_2)$."),
        [
            Choice(f"{1 + sum(branches):.2f}", "The path through both branches is missing."),
            Choice(f"{lower + upper:.2f}", "Blocks in a row multiply; paths side by side add."),
            Choice(f"{np.prod(branches):.2f}", "So it would be without the identity paths."),
        ],
    )


def _spoilt(what):
    """Return which layers' gradients change if something is doubled."""
    right, wrong = _way_back(""), _way_back(what)
    return [i for i in sorted(right) if not np.allclose(right[i], wrong[i])]


def _way_back(doubled):
    """Return the gradient in each layer's weights, with one thing doubled at layer 3 or above."""
    network = tanh_network([3, 7, 5, 6, 4])
    params, X = network.initialise(seed=8), np.random.default_rng(8).normal(size=(3, 5))
    Z, memories = network.forward(params, X)
    dX = cross_entropy_gradient(Z, np.eye(4)[:, [0, 1, 2, 3, 1]])
    if doubled == "the loss":
        dX = 2 * dX
    grads = {}
    for i in (4, 3, 2, 1):
        dp, dX = network.layers[i - 1].vjp(params[i - 1], memories[i - 1], dX)
        grads[i] = dp["W"]
        if i == SPOILS and doubled == "its weights":
            grads[i] = 2 * grads[i]
        if i == SPOILS and doubled == "what it hands back":
            dX = 2 * dX
    return grads


def _listed(layers):
    return f"Layer{'s' * (len(layers) > 1)} {', '.join(map(str, layers))}"


def _two_in_a_row():
    """Return what passes the block of chapter 7's prediction, the same above it, and both."""
    block, zero, one = ResidualBlock(1, 1), np.zeros((1, 1)), np.ones((1, 1))
    params = {"W1": 0.5 * one, "b1": zero, "W2": one, "b2": zero}
    network = Network([block, block])
    _, memories = network.forward([params, params], 2 * np.arctanh(0.8) * one)
    alone = [block.vjp(params, memory, one)[1].item() for memory in memories]
    return *alone, network.vjp([params, params], memories, one)[1].item()


def _runs_of_the_gradient(network):
    """Count the runs through a network that its gradient takes."""
    runs = []

    class Counted(Network):
        def forward(self, params, X):
            runs.append("forward")
            return super().forward(params, X)

        def vjp(self, *args, **options):
            runs.append("backward")
            return super().vjp(*args, **options)

    counted = Counted(network.layers)
    counted.gradient(counted.initialise(seed=0), np.ones((2, 3)), np.eye(5)[:, :3])
    return len(runs)


def _test_with_kinks():
    rng = np.random.default_rng(5)  # a draw whose kinks show
    network = tanh_network([3, 7, 5, 4], activation=relu)
    params, X, C = (
        network.initialise(rng),
        rng.normal(size=(3, 6)),
        np.eye(4)[:, [0, 1, 2, 3, 1, 2]],
    )
    return gradient_test(
        lambda p: network.loss(p, X, C), lambda p: network.gradient(p, X, C), params
    )


def _ratios(report):
    """Return how $E_1$ falls over the first halvings of the step."""
    E1 = report.steps[:6, 2]
    return E1[:-1] / E1[1:]
