"""A training step and an evaluation done the original's way, in plain NumPy, for the benchmark.

Rows are samples. Every step draws its indices, computes the loss, copies the probabilities, and
evaluates tanh a second time on the way back; the exponential is not shifted. `X` is (m, n), `C` is
(m, l), `rng` a `numpy.random.RandomState`; the new weights replace the old ones in the lists that
hold them.
"""

from copy import deepcopy

import numpy as np


def softmax_step(rng, X, C, params, rate, batch):
    """Softmax regression with a bias feature, params = [W] with W (n, l)."""
    x, c = _draw(rng, X, C, batch)
    Z = x @ params[0]
    Z -= Z.max()
    P = (np.exp(Z).T / np.sum(np.exp(Z), axis=1)).T
    loss = -1 / batch * np.sum(np.sum(c * np.log(P)))
    gradient = -1 / batch * np.dot(x.T, c - P)
    params[0] = params[0] - rate * gradient
    return loss


def tanh_step(rng, X, C, params, rate, batch):
    """The standard network, params = [Ws, bs] with W (inputs, outputs)."""
    Ws, bs = params
    x, c = _draw(rng, X, C, batch)
    layers = _tanh_layers(x, Ws, bs)
    loss, V = _loss_and_score_gradient(layers[-1], c)
    dWs, dbs, dXs = [], [], [V]
    for i in reversed(range(len(Ws))):
        dWs.append(layers[i].T @ V)
        dbs.append(np.sum(V, axis=0))
        V = V @ Ws[i].T
        if i:
            V = (1 - np.tanh(layers[i - 1] @ Ws[i - 1] + bs[i - 1]) ** 2) * V
        dXs.append(V)
    for i, (dW, db) in enumerate(zip(dWs[::-1], dbs[::-1])):
        Ws[i] = Ws[i] - rate * dW
        bs[i] = bs[i] - rate * db
    return loss


def residual_step(rng, X, C, params, rate, batch):
    """The original's blocks relu(W2 x + tanh(W1 x + b1) + b2).

    params = [Ws, bs] with pairs [W1, W2] and [b1, b2].
    """
    Ws, bs = params
    x, c = _draw(rng, X, C, batch)
    layers, hidden, inner, outer = [x], x.T, [], []
    for (W1, W2), (b1, b2) in zip(Ws, bs):
        A = W1 @ hidden + b1.reshape(-1, 1)
        inner.append(W1 @ hidden + b1.reshape(-1, 1))
        outer.append(W2 @ hidden + np.tanh(A) + b2.reshape(-1, 1))
        S = W2 @ hidden + np.tanh(A) + b2.reshape(-1, 1)
        hidden = S * (S > 0)
        layers.append(hidden.T)
    loss, V = _loss_and_score_gradient(hidden.T, c)
    dWs, dbs, dXs = [], [], []
    for i in reversed(range(len(Ws))):
        (W1, W2), (b1, b2) = Ws[i], bs[i]
        mask = outer[i].T
        mask[mask < 0] = 0
        mask[mask > 0] = 1
        V = mask * V
        x = layers[i]
        A = W1 @ x.T + b1.reshape(-1, 1)
        slope = 1 - np.tanh(A) * np.tanh(A)
        dWs.append([(V.T * slope) @ x, (x.T @ V).T])
        dbs.append([(slope * V.T).sum(axis=1), np.sum(V, axis=0)])
        V = V @ W2 + (slope.T * V) @ W1
        dXs.append(V)
    for i, (dW, db) in enumerate(zip(dWs[::-1], dbs[::-1])):
        for k in (0, 1):
            bs[i][k] = bs[i][k] - rate * db[k]
            Ws[i][k] = Ws[i][k] - rate * dW[k]
    return loss


def tanh_evaluation(X, C, params):
    """Loss and accuracy of the standard network on all samples at once."""
    Z = _tanh_layers(X, *params)[-1]
    E = np.exp(deepcopy(Z))
    P = E / np.sum(E, axis=1, keepdims=True)
    agreements = np.argmax(P, axis=1) == np.argmax(C, axis=1)
    return -1 / len(C) * np.sum(C * np.log(P)), agreements.sum() / len(C)


def _tanh_layers(x, Ws, bs):
    layers = [x]
    for i, (W, b) in enumerate(zip(Ws, bs)):
        Z = layers[-1] @ W + b
        layers.append(Z if i == len(Ws) - 1 else np.tanh(Z))
    return layers


def _draw(rng, X, C, batch):
    indices = rng.randint(0, len(X), batch)
    return X[indices, :], C[indices, :]


def _loss_and_score_gradient(Z, c):
    m = len(c)
    E = np.exp(deepcopy(Z))
    P = E / np.sum(E, axis=1, keepdims=True)
    loss = -1 / m * np.sum(c * np.log(P))
    V = deepcopy(P)
    V[range(m), np.argmax(c, axis=1)] -= 1
    V /= m
    return loss, V
