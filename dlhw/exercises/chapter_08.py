"""The exercises of chapter 8: the loop backward, three reports and their lines, shared weights."""

import numpy as np

from ..arrays import map_arrays
from ..derivative_tests.four_tests import gradient_test
from ..network import residual_network, tanh_network
from ..softmax import cross_entropy_gradient
from .judging import Part


def problem(network, m=5):
    """Return parameters of which none is zero, samples and labels."""
    rng = np.random.default_rng(8)
    params = map_arrays(lambda p: p + 0.1 * rng.normal(size=p.shape), network.initialise(rng))
    outputs = network.layers[-1].outputs
    labels = np.arange(m) % outputs
    return params, rng.normal(size=(network.layers[0].inputs, m)), np.eye(outputs)[:, labels]


# ---- 8.1: the loop backward ----------------------------------------------------------------------

CHAIN = tanh_network([3, 7, 5, 6, 4])
PARAMS, X, C = problem(CHAIN)


def inputs_and_gradient(params):
    """Return what goes into each layer, and the gradient of the loss in the scores."""
    Z, memories = CHAIN.forward(params, X)
    return [X_in for X_in, _ in memories], cross_entropy_gradient(Z, C)


def by_kind(params):
    """Return the arrays of all layers as a list of weights and a list of biases."""
    return {name: [p[name] for p in params] for name in ("W", "b")}


def by_layer(arrays):
    """Return a list of weights and a list of biases as one dict a layer."""
    return [{"W": W, "b": b} for W, b in zip(arrays["W"], arrays["b"], strict=True)]


def loss_of(arrays):
    return CHAIN.loss(by_layer(arrays), X, C)


def sent_back(backward, arrays=None):
    """Return what the reader's loop makes of a network with three hidden layers."""
    arrays = arrays or by_kind(PARAMS)
    return backward(arrays["W"], *inputs_and_gradient(by_layer(arrays)))


def report_of_the_loop(backward):
    return gradient_test(loss_of, lambda arrays: sent_back(backward, arrays), by_kind(PARAMS))


def summed(dZ):
    return dZ.sum(axis=1, keepdims=True)


def loop(W, Y, dZ, product=np.matmul, bias=summed, slope=lambda Y: 1 - Y * Y):
    """The loop backward, with parts that can be wrong."""
    dW, db = [], []
    for i in reversed(range(len(W))):
        dW.insert(0, product(dZ, Y[i].T))
        db.insert(0, bias(dZ))
        dZ = slope(Y[i]) * (W[i].T @ dZ)
    return {"W": dW, "b": db}


def no_slope(Y):
    return 1


def slope_again(Y):
    return 1 - np.tanh(Y) ** 2


def bias_as_a_mean(dZ):
    return dZ.mean(axis=1, keepdims=True)


def loop_without_slope(W, Y, dZ):
    return loop(W, Y, dZ, slope=no_slope)


def loop_with_a_mean(W, Y, dZ):
    return loop(W, Y, dZ, bias=bias_as_a_mean)


def loop_with_tanh_again(W, Y, dZ):
    return loop(W, Y, dZ, slope=slope_again)


def loop_the_wrong_way_round(W, Y, dZ):
    return {name: arrays[::-1] for name, arrays in loop(W, Y, dZ).items()}


def loop_that_averages_again(W, Y, dZ):
    return loop(W, Y, dZ / Y[0].shape[1])


BACKWARD = Part(
    "backward",
    {
        "The last layer is right, all others are not: what is handed on has passed no tanh.": (
            loop_without_slope
        ),
        "The weights are right. db is what b sends to every sample, collected.": loop_with_a_mean,
        "Y[i] is a tanh already: its slope needs no other one.": loop_with_tanh_again,
        "The numbers are right, their order is not: list the first layer first.": (
            loop_the_wrong_way_round
        ),
        "All is 1/m of what it should be: the mean is in dZ already.": loop_that_averages_again,
    },
    sent_back,
    right=lambda: by_kind(CHAIN.gradient(PARAMS, X, C)),
    test=report_of_the_loop,
    refused=("affine_vjp", "vjp", "gradient", "loss_and_gradient"),
)

# ---- 8.2: three reports and their lines ----------------------------------------------------------


def product_as_a_mean(dZ, Y_T):
    return dZ @ Y_T / dZ.shape[1]


def slip(letter, W, Y, dZ):
    """Return the gradients of the loop with a slip in the line of this letter."""
    if letter == "A":
        return loop(W, Y, dZ * dZ.shape[1])
    parts = {
        "B": {"product": product_as_a_mean},
        "C": {"bias": bias_as_a_mean},
        "D": {"slope": no_slope},
    }
    return loop(W, Y, dZ, **parts[letter])


REPORTS = {"first": "D", "second": "C", "third": "A"}


def printed_reports():
    """Return what gradient tests say of the three slips: rows of a table."""
    rows = []
    for name, letter in REPORTS.items():
        report = gradient_test(
            lambda params: CHAIN.loss(params, X, C),
            lambda params, letter=letter: by_layer(
                slip(letter, by_kind(params)["W"], *inputs_and_gradient(params))
            ),
            PARAMS,
        )
        wrong = [f"`{path}`" for path, block in report.blocks.items() if block.verdict == "fail"]
        rows.append([name, report.verdict, f"`{report.cause}`", " ".join(wrong)])
    return rows


FIRST = Part(
    "first",
    {
        "A comes before every layer: a slip there spoils the last one, too. It is right.": "A",
        "B is in every layer, also in the last, whose weights are right here.": "B",
        "C makes biases alone, and here weights are wrong as well.": "C",
    },
    right=lambda: REPORTS["first"],
)
SECOND = Part(
    "second",
    {
        "A comes before everything: the weights would be wrong, too.": "A",
        "B makes weights alone, and all of them are right here.": "B",
        "D hands on what weights and biases are made of: both would be wrong.": "D",
    },
    right=lambda: REPORTS["second"],
)
THIRD = Part(
    "third",
    {
        "B makes weights alone, and here biases are wrong as well.": "B",
        "C makes biases alone, and here weights are wrong as well.": "C",
        "After a slip in D the last layer is right. Here it is as wrong as the others.": "D",
    },
    right=lambda: REPORTS["third"],
)

# ---- 8.3: shared weights -------------------------------------------------------------------------

TIED = residual_network(3, 7, 4, blocks=2, hidden=5)


def tied_point():
    """Return a first layer, the block that is used twice, a last layer; samples, labels."""
    (first, block, _, last), X, C = problem(TIED, m=6)
    return [first, block, last], X, C


def spread(p):
    return [p[0], p[1], p[1], p[2]]


def gathered(shared):
    """Return what the reader makes of the gradient of the network that shares nothing."""
    p, X, C = tied_point()
    return shared(TIED.gradient(spread(p), X, C))


def report_of_shared(shared):
    p, X, C = tied_point()
    return gradient_test(
        lambda p: TIED.loss(spread(p), X, C),
        lambda p: shared(TIED.gradient(spread(p), X, C)),
        p,
    )


def only_the_first(g):
    return [g[0], g[1], g[3]]


def only_the_second(g):
    return [g[0], g[2], g[3]]


def averaged(g):
    return [g[0], map_arrays(lambda a, b: (a + b) / 2, g[1], g[2]), g[3]]


SHARED = Part(
    "shared",
    {
        "That is what the block's first use sends back. It is used twice.": only_the_first,
        "That is what the block's second use sends back. It is used twice.": only_the_second,
        "A change of the block changes the loss at both places, not half of it at each.": averaged,
    },
    gathered,
    test=report_of_shared,
)

EXERCISES = {"8.1": (BACKWARD,), "8.2": (FIRST, SECOND, THIRD), "8.3": (SHARED,)}
