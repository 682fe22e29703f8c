"""The bodies of the whole network, and mistakes in them."""

import numpy as np

from ..derivative_tests.four_tests import gradient_test, jacobian_test, jacobian_transpose_test
from ..network import Network, tanh_network
from ..softmax import cross_entropy, cross_entropy_gradient, softmax
from .bodies import attempted, body, numbers

# ---- what a body is given ------------------------------------------------------------------------


def network_of_three():
    return tanh_network([3, 5, 4, 2])


def network_point(start=1):
    """Return parameters and samples of the network, none of them zero."""
    params = []
    for layer in network_of_three().layers:
        shapes = layer.shapes.items()
        params.append({name: numbers(*shape, start) for name, shape in shapes})
        start += 20
    return params, numbers(3, 6, start)


def labels_of_six():
    return np.eye(2)[:, [0, 1, 1, 0, 1, 1]]


def scores_and_what_follows(forward):
    """Return the scores, and what the way back makes of the memories."""
    network, (params, X) = network_of_three(), network_point()
    Z, memories = forward(network, params, X)
    change = attempted(network.layers[0].jvp, params[0], memories[0], params[0], X)
    return {"Z": Z, "layers": len(memories), "change in the first": change}


def scores_through(scores):
    return scores(network_of_three(), *network_point())


def change_of_scores(jvp):
    network, (params, X) = network_of_three(), network_point()
    _, memories = network.forward(params, X)
    return jvp(network, params, memories, *network_point(100))


def sent_back(vjp):
    network, (params, X) = network_of_three(), network_point()
    _, memories = network.forward(params, X)
    return vjp(network, params, memories, numbers(2, 6, 100))


def with_labels(function):
    return function(network_of_three(), *network_point(), labels_of_six())


# ---- derivative tests ----------------------------------------------------------------------------


def network_map(x):
    return network_of_three().forward(*x)[0]


def report_of_network_jvp(jvp):
    def product(x, v):
        return jvp(network_of_three(), x[0], network_of_three().forward(*x)[1], *v)

    return jacobian_test(network_map, product, network_point())


def report_of_network_vjp(vjp):
    def product(x, u):
        return vjp(network_of_three(), x[0], network_of_three().forward(*x)[1], u)

    return jacobian_transpose_test(network_map, product, network_point())


def report_of_network_gradient(function):
    params, X = network_point()
    C = labels_of_six()

    def loss(p):
        return network_of_three().loss(p, X, C)

    def gradient(p):
        return function(network_of_three(), p, X, C)

    return gradient_test(loss, gradient, params)


# ---- mistakes ------------------------------------------------------------------------------------


def memories_turned(network, params, X):
    Z, memories = Network.forward(network, params, X)
    return Z, memories[::-1]


def stops_before_last(network, params, X):
    memories = []
    for layer, p in zip(network.layers[:-1], params):
        X, memory = layer.forward(p, X)
        memories.append(memory)
    return X, memories


def scores_with_memories(network, params, X):
    return Network.forward(network, params, X)


def shares_of_scores(network, params, X):
    return softmax(Network.scores(network, params, X))


def change_of_parameters(network, params, memories, dparams, dX):
    return Network.jvp(network, params, memories, dparams, np.zeros_like(dX))


def change_of_samples(network, params, memories, dparams, dX):
    still = [{name: 0 * change for name, change in dp.items()} for dp in dparams]
    return Network.jvp(network, params, memories, still, dX)


def last_layer_first(network, params, memories, dZ, need_dX=True):
    dparams, dX = Network.vjp(network, params, memories, dZ)
    return dparams[::-1], dX


def gradients_alone(network, params, memories, dZ, need_dX=True):
    return Network.vjp(network, params, memories, dZ)[0]


def loss_of_probabilities(network, params, X, C):
    return cross_entropy(softmax(Network.scores(network, params, X)), C)


def loss_added_up(network, params, X, C):
    return Network.loss(network, params, X, C) * X.shape[1]


def gradient_from(network, params, X, dZ_of):
    Z, memories = Network.forward(network, params, X)
    return Network.vjp(network, params, memories, dZ_of(Z))[0]


def gradient_of_sum(network, params, X, C):
    return gradient_from(network, params, X, lambda Z: softmax(Z) - C)


def gradient_from_scores(network, params, X, C):
    return gradient_from(network, params, X, lambda Z: Z)


def gradient_with_samples(network, params, X, C):
    Z, memories = Network.forward(network, params, X)
    return Network.vjp(network, params, memories, cross_entropy_gradient(Z, C))


def gradient_before_loss(network, params, X, C):
    return Network.gradient(network, params, X, C), Network.loss(network, params, X, C)


def loss_with_gradient_of_sum(network, params, X, C):
    return Network.loss(network, params, X, C), gradient_of_sum(network, params, X, C)


FORWARD = {
    "The memories are in the wrong order: that of the first layer comes first.": memories_turned,
    "The last layer is missing.": stops_before_last,
}
SCORES = {
    "You return the memories, too: only the scores.": scores_with_memories,
    "These are probabilities: the scores are what softmax is taken of.": shares_of_scores,
}
JVP = {
    "The change of X is missing: it enters the first layer.": change_of_parameters,
    "The changes of the parameters are missing.": change_of_samples,
}
VJP = {
    "The gradients are in the wrong order: you walk from the last layer to the first, but the "
    "first layer's comes first.": last_layer_first,
    "The gradient in X is missing: return both.": gradients_alone,
}
LOSS = {
    "You take softmax twice: cross_entropy wants the scores.": loss_of_probabilities,
    "That is the sum over the samples: the loss is their mean.": loss_added_up,
}
GRADIENT = {
    "The loss is a mean: 1/m is missing.": gradient_of_sum,
    "You send the scores back: send back the gradient of the loss in the scores.": (
        gradient_from_scores
    ),
    "You return the gradient in X, too: only that in the parameters.": gradient_with_samples,
}
LOSS_AND_GRADIENT = {
    "The loss comes first, then the gradient.": gradient_before_loss,
    "The loss is a mean: 1/m is missing in its gradient.": loss_with_gradient_of_sum,
}

BODIES = (
    body("Network.forward", Network.forward, scores_and_what_follows, FORWARD),
    body("Network.jvp", Network.jvp, change_of_scores, JVP, report_of_network_jvp),
    body("Network.vjp", Network.vjp, sent_back, VJP, report_of_network_vjp),
    body("Network.scores", Network.scores, scores_through, SCORES),
    body("Network.loss", Network.loss, with_labels, LOSS),
    body("Network.gradient", Network.gradient, with_labels, GRADIENT, report_of_network_gradient),
    body(
        "Network.loss_and_gradient",
        Network.loss_and_gradient,
        with_labels,
        LOSS_AND_GRADIENT,
    ),
)
