"""One training step in several libraries, each as its users write it, for tests/measure/bench.py.

The model, the start, the batches and the rule are the same.

Every implementation is a class. `applies(work, stack)` says whether it can do a `Work` with so
many networks at once; an object is made from a work, a stack, a number type and the steps of an
epoch. It has

    run()             an epoch on batches of its own, drawn with replacement: what is timed
    losses(batches)   the losses of every network (steps, stack) on given batches (X, C), with a
                      step after each: what is compared
    evaluate()        loss and accuracy on all samples (W4)
"""

from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import original_style

from dlhw import training
from dlhw.arrays import map_arrays
from dlhw.layers import Dense
from dlhw.network import Network
from dlhw.optimizers import sgd

RATE = 0.01


class Work(NamedTuple):
    """A network, the samples it is trained on, and the batch."""

    item: str
    network: Network
    data: Any
    batch: int

    def samples(self, dtype):
        """Return X (n, M) and C (l, M)."""
        return [np.ascontiguousarray(a, dtype) for a in self.data[:2]]

    def start(self, stack, dtype):
        """Return the parameters to start from; more than one network have a leading axis."""
        seeds = list(range(stack)) if stack > 1 else 0
        return map_arrays(lambda p: p.astype(dtype), self.network.initialise(seeds))


class Dlhw:
    name, package = "dlhw", "dlhw"

    @staticmethod
    def applies(work, stack):
        return True

    def __init__(self, work, stack, dtype, steps):
        self.model, self.w = work.network, work.start(stack, dtype)
        if len(self.w) == 1:
            self.model, self.w = training.softmax_regression, self.w[0]
        self.X, self.C = work.samples(dtype)
        # As `train` lays them out: the numbers of a sample side by side.
        self.columns = [np.asfortranarray(a) for a in (self.X, self.C)]
        self.batch, self.steps, self.rate = work.batch, steps, np.asarray(RATE, dtype)
        rngs = [np.random.default_rng(seed) for seed in range(stack)]
        self.rng = rngs if stack > 1 else rngs[0]

    def run(self):
        for X, C in training.batches(*self.columns, self.rng, self.batch, self.steps):
            self.step(X, C)

    def step(self, X, C):
        self.w, _ = training.take_step(self.model, sgd, self.w, None, self.rate, X, C)

    def losses(self, batches):
        losses = []
        for X, C in batches:
            losses.append(np.reshape(self.model.loss(self.w, X, C), -1))
            self.step(X, C)
        return np.array(losses)

    def evaluate(self):
        return training.evaluate(self.model, self.w, self.X, self.C)


class OriginalStyle:
    name, package = "original-style", "numpy"

    @staticmethod
    def applies(work, stack):
        return stack == 1

    def __init__(self, work, stack, dtype, steps):
        self.rng, self.batch, self.steps = np.random.RandomState(0), work.batch, steps
        self.X, self.C = (np.ascontiguousarray(a.T) for a in work.samples(dtype))
        w, self.bias = work.start(1, dtype), len(work.network.layers) == 1
        if self.bias:
            self.step = original_style.softmax_step
            self.params = [np.hstack([w[0]["W"], w[0]["b"]]).T]
            self.X = self._with_bias(self.X)
        elif "W" in w[0]:
            self.step = original_style.tanh_step
            self.params = [[p["W"].T for p in w], [p["b"][:, 0] for p in w]]
        else:
            self.step = original_style.residual_step
            weights = [[p["W1"], p["W2"]] for p in w]
            self.params = [weights, [[p["b1"][:, 0], p["b2"][:, 0]] for p in w]]

    def run(self):
        for _ in range(self.steps):
            self.step(self.rng, self.X, self.C, self.params, RATE, self.batch)

    def losses(self, batches):
        class InOrder:
            """A generator that draws every sample once, in order."""

            @staticmethod
            def randint(low, high, size):
                return np.arange(size)

        losses = []
        for X, C in batches:
            x = self._with_bias(X.T) if self.bias else X.T
            losses.append([self.step(InOrder, x, C.T, self.params, RATE, len(x))])
        return np.array(losses)

    def evaluate(self):
        return original_style.tanh_evaluation(self.X, self.C, self.params)

    def _with_bias(self, X):
        return np.hstack([X, np.ones((len(X), 1), X.dtype)])


class Torch:
    """PyTorch, eager: modules, autograd and torch.optim.SGD."""

    name, package = "torch", "torch"

    @staticmethod
    def applies(work, stack):
        return stack == 1

    def __init__(self, work, stack, dtype, steps):
        import torch

        torch.set_num_threads(1)
        self.torch, self.shape = torch, (steps, work.batch)
        self.X, self.y = self.tensors(*work.samples(dtype))
        self.model = torch_module(torch, work.network, work.start(1, dtype))
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=RATE)

    def tensors(self, X, C):
        x = np.ascontiguousarray(np.swapaxes(X, -1, -2))
        return self.torch.tensor(x), self.torch.tensor(C.argmax(axis=-2))

    def step(self, x, y):
        loss = self.loss(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward(self.torch.ones_like(loss))
        self.optimizer.step()
        return loss

    def run(self):
        for index in self.torch.randint(len(self.X), self.shape):
            self.step(self.X[index], self.y[index])

    def losses(self, batches):
        return np.array(
            [self.step(*self.tensors(X, C)).detach().numpy().reshape(-1) for X, C in batches]
        )

    def evaluate(self):
        with self.torch.no_grad():
            scores = self.model(self.X)
            hits = scores.argmax(dim=1) == self.y
            return self.loss(scores, self.y).item(), hits.double().mean().item()


def torch_module(torch, network, params):
    """Return the network in modules of PyTorch, with these parameters."""
    act = {"tanh": torch.nn.Tanh(), "relu": torch.nn.ReLU(), "identity": torch.nn.Identity()}

    def linear(W, b):
        layer = torch.nn.utils.skip_init(
            torch.nn.Linear, W.shape[1], W.shape[0], dtype=torch.tensor(W).dtype
        )
        layer.load_state_dict({"weight": torch.tensor(W), "bias": torch.tensor(b[:, 0])})
        return layer

    class Block(torch.nn.Module):
        def __init__(self, layer, p):
            super().__init__()
            self.inner = linear(p["W1"], p["b1"])
            self.outer = linear(p["W2"], p["b2"])
            self.act = act[layer.outer.name]

        def forward(self, x):
            return self.act(self.outer(x) + torch.tanh(self.inner(x)))

    modules = []
    for layer, p in zip(network.layers, params):
        if isinstance(layer, Dense):
            modules += [linear(p["W"], p["b"]), act[layer.activation.name]]
        else:
            modules.append(Block(layer, p))
    needed = [module for module in modules if not isinstance(module, torch.nn.Identity)]
    return torch.nn.Sequential(*needed)


def rows(affine, tanh, relu, network, params, x):
    """Return the scores (..., m, l) of samples in rows, written in functions."""
    act = {"tanh": tanh, "relu": relu, "identity": lambda z: z}
    for layer, p in zip(network.layers, params):
        if isinstance(layer, Dense):
            x = act[layer.activation.name](affine(x, p["W"], p["b"]))
        else:
            h = tanh(affine(x, p["W1"], p["b1"]))
            x = act[layer.outer.name](affine(x, p["W2"], p["b2"]) + h)
    return x


class TorchStack(Torch):
    """PyTorch for a stack of networks: batched products, and the sum of their losses."""

    name = "torch-bmm"

    @staticmethod
    def applies(work, stack):
        return stack > 1 and work.item != "W4"

    def __init__(self, work, stack, dtype, steps):
        import torch

        torch.set_num_threads(1)
        self.torch, self.shape = torch, (steps, stack, work.batch)
        self.X, self.y = self.tensors(*work.samples(dtype))

        def transposed(p):
            return torch.tensor(np.ascontiguousarray(p.mT), requires_grad=True)

        def affine(x, W, b):
            return torch.baddbmm(b, x, W)

        params = map_arrays(transposed, work.start(stack, dtype))
        self.model = partial(rows, affine, torch.tanh, torch.relu, work.network, params)
        self.optimizer = torch.optim.SGD([p for layer in params for p in layer.values()], lr=RATE)

    def loss(self, scores, y):
        each = self.torch.nn.functional.cross_entropy(
            scores.flatten(0, 1), y.flatten(), reduction="none"
        )
        return each.reshape(y.shape).mean(dim=1)


class Jax:
    """JAX: an epoch compiled as one scan over its steps."""

    name, package = "jax-scan", "jax"

    @staticmethod
    def applies(work, stack):
        return stack == 1

    def __init__(self, work, stack, dtype, steps):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        self.jax, self.rng = jax, np.random.default_rng(0)
        self.shape = (steps, *self.axes(stack), work.batch)

        def affine(x, W, b):
            return x @ W + b[0]

        scores = partial(rows, affine, jnp.tanh, jax.nn.relu, work.network)

        def loss(params, x, c):
            return -jnp.mean(jnp.sum(c * jax.nn.log_softmax(scores(params, x)), axis=-1))

        def step(params, x, c):
            value, gradient = jax.value_and_grad(loss)(params, x, c)
            return jax.tree.map(lambda p, g: p - RATE * g, params, gradient), value

        def evaluate(params, x, c):
            hits = scores(params, x).argmax(axis=-1) == c.argmax(axis=-1)
            return loss(params, x, c), jnp.mean(hits)

        step = self.vectorised(step, (0, 0, 0))
        evaluate = self.vectorised(evaluate, (0, None, None))

        def epoch(params, X, C, indices):
            return jax.lax.scan(lambda p, i: (step(p, X[i], C[i])[0], None), params, indices)[0]

        self.step, self.epoch, self.evaluation = jax.jit(step), jax.jit(epoch), jax.jit(evaluate)
        self.params = map_arrays(
            lambda p: jnp.asarray(np.swapaxes(p, -1, -2)), work.start(stack, dtype)
        )
        self.X, self.C = (jnp.asarray(a.T) for a in work.samples(dtype))

    def axes(self, stack):
        return ()

    def vectorised(self, function, axes):
        return function

    def run(self):
        indices = self.rng.integers(len(self.X), size=self.shape, dtype=np.int32)
        self.params = self.jax.block_until_ready(self.epoch(self.params, self.X, self.C, indices))

    def losses(self, batches):
        losses = []
        for X, C in batches:
            self.params, loss = self.step(self.params, *(np.swapaxes(a, -1, -2) for a in (X, C)))
            losses.append(np.reshape(loss, -1))
        return np.array(losses)

    def evaluate(self):
        return self.jax.block_until_ready(self.evaluation(self.params, self.X, self.C))


class JaxStack(Jax):
    """The same for a stack of networks: the step under vmap."""

    name = "jax-scan-vmap"

    @staticmethod
    def applies(work, stack):
        return stack > 1

    def axes(self, stack):
        return (stack,)

    def vectorised(self, function, axes):
        return self.jax.vmap(function, in_axes=axes)


class Sklearn:
    """scikit-learn: MLPClassifier, a call of partial_fit an epoch. It knows no residual block."""

    name, package = "sklearn", "sklearn"

    @staticmethod
    def applies(work, stack):
        return stack == 1 and all(isinstance(layer, Dense) for layer in work.network.layers)

    def __init__(self, work, stack, dtype, steps):
        from sklearn.neural_network import MLPClassifier

        self.rng, self.size = np.random.default_rng(0), steps * work.batch
        X, C = work.samples(dtype)
        self.X, self.y = np.ascontiguousarray(X.T), C.argmax(axis=0)
        self.model = MLPClassifier(
            [layer.outputs for layer in work.network.layers[:-1]],
            activation="tanh",
            solver="sgd",
            alpha=0,
            batch_size=work.batch,
            shuffle=False,
            learning_rate_init=RATE,
            momentum=0,
            nesterovs_momentum=False,
        )
        self.model.partial_fit(self.X[: work.batch], self.y[: work.batch], classes=range(len(C)))
        for W, b, p in zip(self.model.coefs_, self.model.intercepts_, work.start(1, dtype)):
            W[...], b[...] = p["W"].T, p["b"][:, 0]

    def run(self):
        index = self.rng.integers(len(self.X), size=self.size)
        self.model.partial_fit(self.X[index], self.y[index])

    def losses(self, batches):
        return np.array([[self.model.partial_fit(X.T, C.argmax(axis=0)).loss_] for X, C in batches])

    def evaluate(self):
        P = self.model.predict_proba(self.X)
        return -np.mean(np.log(P[np.arange(len(P)), self.y])), np.mean(P.argmax(axis=1) == self.y)


IMPLEMENTATIONS = [Dlhw, OriginalStyle, Torch, TorchStack, Jax, JaxStack, Sklearn]


def installed(implementation):
    return find_spec(implementation.package) is not None
