"""The training loop: against PyTorch and its own single runs, interrupted, and with failures."""

import platform
import re
import subprocess
import sys
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest

from dlhw import training
from dlhw.arrays import map_arrays, paths
from dlhw.optimizers import compounding, exponential, momentum, nesterov, sgd
from dlhw.training import (
    AffineModel,
    batches,
    evaluate,
    least_squares,
    softmax_regression,
    squared_error,
    train,
)

RULES = [sgd, momentum, nesterov]


def blobs(m=300, n=2, l=5, seed=0):
    """Five overlapping classes: X (n, m) and one-hot C (l, m), for training and for validation."""
    rng = np.random.default_rng(seed)
    centres = 2 * rng.standard_normal((n, l))
    labels = rng.integers(l, size=2 * m)
    X, C = centres[:, labels] + rng.standard_normal((n, 2 * m)), np.eye(l)[:, labels]
    return X[:, :m], C[:, :m], X[:, m:], C[:, m:]


def start(*stack, n=2, l=5, seed=1):
    rng = np.random.default_rng(seed)
    return {
        "W": 0.1 * rng.standard_normal((*stack, l, n)),
        "b": 0.1 * rng.standard_normal((*stack, l, 1)),
    }


class TanhModel:
    """A network with one hidden layer, its parameters a list of dicts.

    It has what the loop asks of a model, and nothing more.
    """

    def scores(self, params, X):
        hidden, last = params
        return last["W"] @ np.tanh(hidden["W"] @ X + hidden["b"]) + last["b"]

    def gradient(self, params, X, C):
        hidden, last = params
        H = np.tanh(hidden["W"] @ X + hidden["b"])
        dZ = training.cross_entropy_gradient(last["W"] @ H + last["b"], C)
        dH = (1 - H * H) * (last["W"].mT @ dZ)
        return [
            {"W": dH @ X.mT, "b": dH.sum(axis=-1, keepdims=True)},
            {"W": dZ @ H.mT, "b": dZ.sum(axis=-1, keepdims=True)},
        ]


class UnshiftedSoftmax(AffineModel):
    """Softmax regression whose exponential overflows above 709.78."""

    def gradient(self, params, X, C):
        E = np.exp(self.scores(params, X))
        dZ = (E / E.sum(axis=-2, keepdims=True) - C) / X.shape[-1]
        return {"W": dZ @ X.mT, "b": dZ.sum(axis=-1, keepdims=True)}


def network(params, s):
    return map_arrays(lambda p: p[s], params)


def same(params, other):
    equal = map_arrays(np.array_equal, params, other)
    return all(leaf for _, leaf in paths(equal))


def start_of_two_layers(*stack):
    return [start(*stack, n=2, l=7), start(*stack, n=7, l=5)]


CASES = {
    "softmax regression": (softmax_regression, start),
    "tanh network": (TanhModel(), start_of_two_layers),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("replace", [True, False], ids=["drawn", "shuffled"])
def test_a_stack_equals_its_single_runs(case, rule, replace):
    model, begin = CASES[case]
    data, params, rates = blobs(m=1100), begin(3), [0.05, 0.1, 0.2]
    settings = dict(epochs=4, batch=16, replace=replace, every=2)
    settings |= dict(optimizer=rule, schedule=exponential(0.9))
    stacked = train(model, params, data, lr=rates, seed=[5, 6, 7], **settings)
    for s in range(3):
        single = train(model, network(params, s), data, lr=rates[s], seed=5 + s, **settings)
        assert same(network(stacked.params, s), single.params)
        for curve in "train_accuracy", "val_accuracy":
            assert np.array_equal(getattr(stacked, curve)[:, s], getattr(single, curve))
        for curve in "train_loss", "val_loss":
            assert np.abs(getattr(stacked, curve)[:, s] - getattr(single, curve)).max() < 1e-12


def test_each_network_of_a_stack_may_have_its_own_samples():
    parts = [blobs(seed=s) for s in range(3)]
    data = [np.stack(arrays) for arrays in zip(*parts)]
    params = start(3)
    for batch in 16, None:
        settings = dict(epochs=3, lr=0.1, batch=batch)
        stacked = train(softmax_regression, params, data, seed=[5, 6, 7], **settings)
        for s in range(3):
            alone = network(params, s)
            single = train(softmax_regression, alone, parts[s], seed=5 + s, **settings)
            assert same(network(stacked.params, s), single.params)
            assert np.array_equal(stacked.val_accuracy[:, s], single.val_accuracy)


def test_the_full_batch_is_shared_by_a_stack():
    data, params = blobs(), start(2)
    stacked = train(softmax_regression, params, data, epochs=5, lr=[0.1, 0.2], batch=None)
    single = train(softmax_regression, network(params, 1), data, epochs=5, lr=0.2, batch=None)
    assert same(network(stacked.params, 1), single.params)


@pytest.mark.parametrize("replace", [True, False], ids=["drawn", "shuffled"])
def test_the_loop_equals_pytorchs(replace):
    """The same batches, drawn here by hand, through torch's own loss, derivatives and optimiser."""
    torch = pytest.importorskip("torch")
    X, C, *val = blobs()
    settings = dict(epochs=3, lr=0.1, batch=16, seed=4, replace=replace, optimizer=momentum)
    ours = train(softmax_regression, start(), (X, C, *val), **settings)
    rng = np.random.default_rng(4)
    w = {k: torch.tensor(p, requires_grad=True) for k, p in start().items()}
    optimizer = torch.optim.SGD(w.values(), lr=0.1, momentum=0.9)

    def loss(Z, C):
        return torch.nn.functional.cross_entropy(Z.T, torch.tensor(C.argmax(axis=0)))

    for _ in range(3):
        drawn = rng.integers(300, size=(18, 16)) if replace else rng.permutation(300)[:288]
        for batch in drawn.reshape(18, 16):
            optimizer.zero_grad()
            loss(w["W"] @ torch.tensor(X[:, batch]) + w["b"], C[:, batch]).backward()
            optimizer.step()
    assert all(np.abs(ours.params[k] - w[k].detach().numpy()).max() < 1e-12 for k in w)
    Z = torch.tensor(ours.params["W"] @ val[0] + ours.params["b"])
    assert abs(loss(Z, val[1]).item() - ours.val_loss[-1]) < 1e-12
    assert (Z.argmax(dim=0).numpy() == val[1].argmax(axis=0)).mean() == ours.val_accuracy[-1]


@pytest.mark.parametrize("rule", RULES)
def test_the_line_fit_reaches_the_least_squares_solution(rule):
    rng = np.random.default_rng(3)
    x = np.linspace(-1, 2, 20)
    y = 3 * x - 1 + 0.3 * rng.standard_normal(20)
    params = {"W": np.array([[0.3]]), "b": np.array([[0.2]])}
    settings = dict(epochs=10, steps=100, lr=0.1, batch=None, optimizer=rule)
    history = train(least_squares, params, (x[None], y[None]), **settings)
    slope, intercept = np.polyfit(x, y, 1)
    assert abs(history.params["W"].item() - slope) < 1e-12
    assert abs(history.params["b"].item() - intercept) < 1e-12
    assert abs(history.train_loss[-1] - np.mean((slope * x + intercept - y) ** 2)) < 1e-12
    assert np.isnan(history.train_accuracy).all() and np.isnan(history.val_loss).all()


def test_every_chunk_is_evaluated_and_weighed_by_its_width(monkeypatch):
    X, C, *_ = blobs(m=611)
    Z = softmax_regression.scores(start(), X)
    for width in 1, 100, 611, 1000:
        monkeypatch.setattr(training, "CHUNK", width)
        loss, accuracy = evaluate(softmax_regression, start(), X, C)
        assert abs(loss - softmax_regression.criterion(Z, C)) < 1e-13
        assert accuracy == (Z.argmax(axis=0) == C.argmax(axis=0)).mean()


@pytest.mark.parametrize("replace", [True, False], ids=["drawn", "shuffled"])
def test_the_size_of_a_block_changes_nothing(replace, monkeypatch):
    results = []
    settings = dict(epochs=2, lr=0.1, seed=[1, 2], replace=replace)
    for size in 1, 4000, 10**6:
        monkeypatch.setattr(training, "BLOCK", size)
        results.append(train(softmax_regression, start(2), blobs(), **settings))
    assert same(results[0].params, results[1].params) and same(results[0].params, results[2].params)


def test_an_epoch_has_as_many_steps_as_the_samples_make_batches():
    def steps(**settings):
        taken = []

        def spy(gradient, w, v, lr):
            taken.append(lr)
            return w, v

        train(softmax_regression, start(), blobs(), epochs=1, lr=0.1, optimizer=spy, **settings)
        return len(taken)

    assert steps(batch=16) == 18  # of 300 samples
    assert steps(batch=300) == 1
    assert steps(batch=16, steps=40) == 40
    assert steps(batch=None) == 1
    assert steps(batch=None, steps=3) == 3


def test_batches_are_the_columns_that_the_generator_draws():
    X, C, *_ = blobs()
    for replace in True, False:
        rng, copy = np.random.default_rng(4), np.random.default_rng(4)
        drawn = copy.integers(300, size=(5, 16)) if replace else copy.permutation(300)[:80]
        got = list(batches(X, C, rng, 16, 5, replace))
        assert len(got) == 5
        for (x, c), columns in zip(got, drawn.reshape(5, 16)):
            assert np.array_equal(x, X[:, columns]) and np.array_equal(c, C[:, columns])
        assert rng.random() == copy.random()


def test_a_batch_is_drawn_from_all_samples_unless_one_says_otherwise():
    X, C, *_ = blobs()
    rngs = np.random.default_rng(4), np.random.default_rng(4)
    said, usual = batches(X, C, rngs[0], 16, 1, replace=True), batches(X, C, rngs[1], 16, 1)
    assert same(*next(zip(said, usual)))


def test_the_layout_of_the_samples_changes_no_batch():
    X, C, *_ = blobs()
    columns = [np.asfortranarray(a) for a in (X, C)]
    for x, y in zip(
        batches(X, C, np.random.default_rng(4), 16, 5),
        batches(*columns, np.random.default_rng(4), 16, 5),
    ):
        assert same(x, y) and all(a.flags.c_contiguous for a in (*x, *y))


def test_a_shuffled_epoch_takes_every_sample_once():
    seen = []

    class Recorder(AffineModel):
        def gradient(self, params, X, C):
            seen.append(X.copy())
            return super().gradient(params, X, C)

    X, C, *_ = blobs(m=96)
    settings = dict(epochs=2, lr=0.1, batch=16, seed=0, replace=False)
    train(Recorder(*softmax_regression), start(), (X, C), **settings)
    assert len(seen) == 12
    first, second = np.concatenate(seen[:6], axis=1), np.concatenate(seen[6:], axis=1)
    for epoch in first, second:
        assert np.array_equal(np.sort(epoch), np.sort(X))
    assert not np.array_equal(first, second) and not np.array_equal(first, X)


def test_the_history_holds_what_was_evaluated_when():
    data = blobs()
    history = train(softmax_regression, start(), data, epochs=7, lr=0.1, every=3)
    assert history.epoch.tolist() == [0, 3, 6, 7]
    before = softmax_regression.loss(start(), *data[:2])
    assert history.train_loss[0] == pytest.approx(before, abs=1e-13)
    train_loss, train_accuracy = evaluate(softmax_regression, history.params, *data[:2])
    val_loss, val_accuracy = evaluate(softmax_regression, history.params, *data[2:])
    assert history.train_loss[-1] == train_loss < history.train_loss[0]
    assert history.train_accuracy[-1] == train_accuracy
    assert history.val_loss[-1] == val_loss
    assert history.val_accuracy[-1] == val_accuracy
    assert history.failed == {} and not history.interrupted


def test_the_schedule_begins_at_the_full_rate():
    rates = []

    def spy(gradient, w, v, lr):
        rates.append(lr)
        return w, v

    settings = dict(epochs=4, lr=0.5, steps=2, optimizer=spy, schedule=compounding(0.5))
    train(softmax_regression, start(), blobs(), **settings)
    assert rates == [0.5, 0.5, 0.25, 0.25, 0.0625, 0.0625, 0.5**7, 0.5**7]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_schedule_may_have_a_factor_for_each_network(dtype):
    """As alone, in either number type: a factor of type float64 widens nothing."""
    decays = [0.9, 1.0, 0.3]

    def each(epoch):
        return [decay**epoch for decay in decays]

    params, settings = map_arrays(dtype, start(3)), dict(epochs=4, lr=0.1, optimizer=momentum)
    together = dict(schedule=each, seed=[5, 6, 7])
    stacked = train(softmax_regression, params, blobs(), **together, **settings)
    for s, decay in enumerate(decays):
        alone = dict(schedule=exponential(decay), seed=5 + s)
        single = train(softmax_regression, network(params, s), blobs(), **alone, **settings)
        assert same(network(stacked.params, s), single.params)
    assert stacked.params["W"].dtype == dtype


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries learn nothing from a freed array"
)
def test_a_stack_asks_for_its_memory_once():
    """In a process of its own, since what is freed in this one has taught it to keep."""

    def asked(kept):
        command = [sys.executable, "-c", PAGES.format(kept)]
        folder = Path(training.__file__).parents[1]
        return int(subprocess.check_output(command, cwd=folder))

    assert asked(training.KEPT) < asked(0) / 10


PAGES = """
import resource
import numpy as np
from dlhw import training
from dlhw.network import tanh_network

training.KEPT = {}
network, rng = tanh_network([2, 50, 50, 5]), np.random.default_rng(0)
X, C = rng.random((2, 1000), np.float32), np.eye(5, dtype=np.float32)[:, rng.integers(5, size=1000)]
params = network.initialise(list(range(40)))
for layer in params:
    layer.update((name, p.astype(np.float32)) for name, p in layer.items())

def run():
    training.train(network, params, (X, C), epochs=1, lr=0.1, seed=list(range(40)))

run()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
run()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    runs = [
        train(softmax_regression, start(), blobs(), epochs=2, lr=0.1, seed=seed)
        for seed in (3, 3, 4)
    ]
    assert same(runs[0].params, runs[1].params) and not same(runs[0].params, runs[2].params)


def test_the_start_is_not_changed():
    params = start(2)
    train(softmax_regression, params, blobs(), epochs=1, lr=0.1, seed=[0, 1])
    assert same(params, start(2))


def test_everything_is_computed_in_the_number_type_of_the_parameters():
    params = map_arrays(lambda p: p.astype(np.float32), start(2))
    types = set()

    class Recorder(AffineModel):
        def gradient(self, params, X, C):
            types.update(a.dtype for a in (params["W"], params["b"], X, C))
            return super().gradient(params, X, C)

    model = Recorder(*softmax_regression)
    settings = dict(epochs=1, lr=[0.1, 0.2], seed=[0, 1], optimizer=nesterov)
    history = train(model, params, blobs(), **settings)
    assert types == {np.dtype(np.float32)} and history.params["W"].dtype == np.float32
    assert history.train_loss.dtype == history.val_loss.dtype == np.float64


@pytest.mark.parametrize(
    "moment", np.random.default_rng(0).choice(np.arange(1, 44), size=10, replace=False)
)
def test_ctrl_c_returns_the_history_so_far(moment):
    """It comes in one of the 27 steps, or of the 16 chunks of the evaluations around them."""
    full = train(softmax_regression, start(), blobs(), epochs=3, lr=0.1)
    calls = 0

    class Interrupting(AffineModel):
        def scores(self, params, X):
            nonlocal calls
            calls += 1
            if calls == moment:
                raise KeyboardInterrupt
            return super().scores(params, X)

    history = train(Interrupting(*softmax_regression), start(), blobs(), epochs=3, lr=0.1)
    seen = len(history.epoch)
    assert history.interrupted
    assert np.array_equal(history.val_loss, full.val_loss[:seen])
    assert np.array_equal(history.epoch, full.epoch[:seen])
    if seen < 2:
        assert same(history.params, start())
    else:
        val_loss, _ = evaluate(softmax_regression, history.params, *blobs()[2:])
        assert val_loss == history.val_loss[-1]


def test_progress_wraps_the_epochs():
    seen = []

    def progress(epochs):
        for epoch in epochs:
            seen.append(epoch)
            yield epoch

    train(softmax_regression, start(), blobs(), epochs=3, lr=0.1, progress=progress)
    assert seen == [1, 2, 3]


def test_a_network_that_diverges_stops_and_its_stack_goes_on():
    data = blobs()
    model = AffineModel(squared_error, training.squared_error_gradient)
    rates = [0.1, 1000.0, 0.05]
    with pytest.warns(RuntimeWarning) as caught:
        history = train(model, start(3), data, epochs=12, lr=rates, seed=[0, 1, 2])
    assert [str(w.message) for w in caught] == [history.failed[1]] and history.failed.keys() == {1}
    when = r"network 1 turned non-finite in epoch (\d+), step (\d+), "
    message = when + ".* learning rate is too large"
    epoch, step = map(int, re.fullmatch(message, history.failed[1]).groups())
    assert np.isnan(history.val_loss[epoch:, 1]).all()
    assert np.isnan(history.val_accuracy[epoch:, 1]).all()
    assert not np.isnan(history.val_loss[:epoch, 1]).any() and 1 <= step <= 9
    assert all(np.isnan(p).all() for _, p in paths(network(history.params, 1)))
    for s in 0, 2:
        single = train(model, network(start(3), s), data, epochs=12, lr=rates[s], seed=s)
        assert same(network(history.params, s), single.params) and len(single.epoch) == 13


def test_the_named_step_is_the_one_that_fails():
    """Full batches: the same walk by hand."""
    data = blobs()
    with pytest.warns(RuntimeWarning) as caught:
        history = train(least_squares, start(), data, epochs=9, steps=50, lr=1.0, batch=None)
    w, step = start(), 0
    with np.errstate(all="ignore"):
        while all(np.isfinite(p).all() for p in w.values()):
            w, _ = sgd(lambda p: least_squares.gradient(p, *data[:2]), w, None, 1.0)
            step += 1
    epoch, rest = divmod(step - 1, 50)
    when = f"network 0 turned non-finite in epoch {epoch + 1}, step {rest + 1}, "
    assert str(caught[0].message).startswith(when)
    assert caught[0].filename == __file__  # the line that trains is to blame
    assert history.epoch[-1] == epoch + 1 and np.isnan(history.val_loss[-1])


def test_an_overflow_inside_the_model_is_told_from_a_large_learning_rate():
    X, C, *_ = blobs()
    message = "epoch 1, step 1, with no parameter beyond .*overflows inside the model"
    with pytest.warns(RuntimeWarning, match=message):
        train(UnshiftedSoftmax(*softmax_regression), start(), (10000 * X, C), epochs=3, lr=0.001)


@pytest.mark.parametrize(
    "first, last, cause",
    [
        (1.0, 2.0**10, "had grown from 1 to 1.02e\\+03: its learning rate is too large"),
        (1.0, 2.0**9, "with no parameter beyond 512: a number overflows inside the model"),
        (2.0**-9, 2.0**9, "with no parameter beyond 512: a number overflows inside the model"),
        (4.0, 2.0**11, "with no parameter beyond 2.05e\\+03: a number overflows"),
    ],
)
def test_a_thousandfold_growth_before_the_failure_blames_the_learning_rate(first, last, cause):
    """A parameter below 1 may grow to 1 first."""

    def doubling(gradient, w, v, lr):
        return map_arrays(lambda p: np.where(p < last, 2 * p, np.inf), w), v

    w = {"W": np.full((5, 2), first), "b": np.full((5, 1), first)}
    with pytest.warns(RuntimeWarning, match=cause):
        train(softmax_regression, w, blobs(), epochs=9, lr=0.1, optimizer=doubling)


@pytest.mark.parametrize("replace", [True, False], ids=["drawn", "shuffled"])
def test_networks_that_fail_together_are_told_what_each_would_be_alone(replace):
    """The steps are found by walking the batches here, one network at a time."""
    model = AffineModel(squared_error, training.squared_error_gradient)
    data = blobs()
    seeds, rates = [4, 5], [700.0, 1000.0]
    settings = dict(epochs=12, replace=replace, batch=16)
    with pytest.warns(RuntimeWarning):
        failed = train(model, start(2), data, lr=rates, seed=seeds, **settings).failed
    epochs = set()
    for s in range(2):
        w, step, rng = network(start(2), s), 0, np.random.default_rng(seeds[s])
        with np.errstate(all="ignore"):
            while all(np.isfinite(p).all() for p in w.values()):
                if step % 18 == 0:
                    epoch = batches(*data[:2], rng, 16, 18, replace)
                largest = max(np.abs(p).max() for p in w.values())
                w, _ = training.take_step(model, sgd, w, None, rates[s], *next(epoch))
                step += 1
        when = f"network {s} turned non-finite in epoch {(step - 1) // 18 + 1}, "
        assert failed[s].startswith(f"{when}step {(step - 1) % 18 + 1}, ")
        assert f" to {largest:.3g}: its learning rate" in failed[s]
        epochs.add((step - 1) // 18)
    assert len(epochs) == 1


def test_a_criterion_gets_labels_of_the_scores_shape():
    """Also where a stack shares its samples."""

    def strict(function):
        def checked(Z, C):
            assert Z.shape == C.shape
            return function(Z, C)

        return checked

    model = AffineModel(*map(strict, softmax_regression))
    for batch in 16, None:
        train(model, start(2), blobs(), epochs=1, lr=0.1, batch=batch, seed=[0, 1])


def test_two_classes_have_an_accuracy_and_one_score_has_none():
    X, C, *_ = blobs(l=2)
    assert evaluate(softmax_regression, start(l=2), X, C)[1] > 0
    assert np.isnan(evaluate(least_squares, start(l=1), X, C[:1])[1])


def test_memory_stays_bounded(monkeypatch):
    """Sixteen networks on 20,000 samples.

    An epoch's batches would be 18 MB, the scores of all samples 13 MB. The array that is never
    filled takes no memory, but `tracemalloc` would count it.
    """
    monkeypatch.setattr(training, "KEPT", 0)
    data = blobs(m=20000)
    settings = dict(epochs=1, lr=0.1, seed=list(range(16)))
    train(softmax_regression, start(16), data, **settings)
    tracemalloc.start()
    train(softmax_regression, start(16), data, **settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6


@pytest.mark.parametrize(
    "change, message",
    [
        (dict(seed=0), "a list of 2 seeds"),
        (dict(seed=[0, 1, 2]), "a list of 2 seeds"),
        (dict(lr=[0.1, 0.2, 0.3]), "one for each of 2 networks"),
        (dict(schedule=lambda epoch: [1.0, 0.9, 0.8]), "one for each of 2 networks"),
        (dict(batch=301), "expected batch to be at most 300, the number of samples, got 301"),
        (dict(replace=False, steps=19), "expected 1 to 18 batches of 16"),
        (dict(data=blobs()[:3]), "X_train, C_train"),
        (dict(data=[a.T for a in blobs()]), "samples in columns"),
        (dict(data=[np.stack([a] * 3) for a in blobs()]), "for all or each of 2 networks"),
        (dict(data=[a * np.nan for a in blobs()]), "finite"),
        (dict(params={"W": np.zeros((2, 5, 2)), "b": np.zeros((5, 1))}), "'b': \\(5, 1\\)"),
        (dict(params=np.zeros(5)), "'an array': \\(5,\\)"),
        (dict(params=np.zeros((3, 2, 5, 2))), "'an array': \\(3, 2, 5, 2\\)"),
    ],
)
def test_what_does_not_fit_is_refused_with_one_sentence(change, message):
    settings = dict(params=start(2), data=blobs(), epochs=1, lr=0.1, batch=16, seed=[0, 1]) | change
    with pytest.raises(ValueError, match=message):
        train(softmax_regression, **settings)


def test_ordinary_training_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(softmax_regression, start(), blobs(), epochs=1, lr=0.1)


def test_no_epoch_leaves_the_parameters_and_a_batch_is_32_unless_said():
    X, C, *val = blobs()
    none = train(softmax_regression, start(), (X, C, *val), epochs=0, lr=0.1)
    assert same(none.params, start())
    usual, said = (
        train(softmax_regression, start(), (X, C, *val), epochs=1, lr=0.1, **batch)
        for batch in ({}, {"batch": 32})
    )
    assert same(usual.params, said.params)


def test_a_batch_has_32_samples_unless_one_says_otherwise():
    sizes = []

    class Watched(AffineModel):
        def gradient(self, params, X, C):
            sizes.append(X.shape[-1])
            return super().gradient(params, X, C)

    X, C = np.ones((1, 70)), np.zeros((1, 70))
    start = {"W": np.zeros((1, 1)), "b": np.zeros((1, 1))}
    train(Watched(*least_squares), start, (X, C), epochs=1, lr=0.1)
    assert sizes == [32, 32]


def test_losses_say_scores_before_labels():
    for function in training.squared_error, training.squared_error_gradient:
        with pytest.raises(ValueError, match=r"got an array of shape \(1, 4\) and .* \(1, 3\)"):
            function(np.ones((1, 4)), np.ones((1, 3)))
