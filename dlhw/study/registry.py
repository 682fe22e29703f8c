"""Every experiment of the course as data: by name, and in groups that a chapter reads whole.

An evaluation costs up to half an epoch. So `every` is as small as the curves that are shown want.
"""

from functools import partial

from .experiment import Experiment

GRID = [(batch, lr) for batch in (16, 32, 128, 256) for lr in (0.0001, 0.001, 0.01, 0.1)]
ORIGINAL_GRID = [
    (16, 0.001),
    (32, 0.001),
    (128, 0.001),
    (256, 0.001),
    (16, 0.01),
    (128, 0.01),
    (256, 0.01),
    (32, 0.1),
    (32, 0.01),
    (32, 0.0001),
]
VARIANTS = ("sgd", "momentum", "nesterov")

# Compounding, the factor of epoch 30 is 5e-22: no weight moves any more.
COMPOUNDING = {"schedule": "compounding", "decay": 0.9, "epochs": 30}
EXPONENTIAL = {"schedule": "exponential", "decay": 0.9, "epochs": 50}


def decaying(decay):
    """Return the settings of an exponential schedule."""
    return {"schedule": "exponential", "decay": decay}


def softmax():
    """Softmax regression: three variants, rates by batch sizes, fresh draws of the data."""
    make = partial(Experiment, "softmax", model="softmax", dtype="float64", every=50)
    main = partial(make, batch=32, lr=0.001, every=1)
    for dataset in ("peaks", "gmm"):
        for optimizer in VARIANTS:
            shown = partial(main, dataset=dataset, optimizer=optimizer, weights=True)
            yield shown(**COMPOUNDING)
            yield shown(test=optimizer == "momentum", **EXPONENTIAL)
        for batch, lr in GRID:
            if (batch, lr) != (32, 0.001):
                yield make(dataset=dataset, batch=batch, lr=lr, **EXPONENTIAL)
        yield make(dataset=dataset, optimizer="momentum", redraw=True, seeds=20, **EXPONENTIAL)
    for batch, lr in ORIGINAL_GRID:
        if (batch, lr) != (32, 0.001):
            yield make(dataset="peaks", batch=batch, lr=lr, **COMPOUNDING)
            yield make(dataset="peaks", batch=batch, lr=lr, optimizer="momentum", **COMPOUNDING)
            yield make(dataset="peaks", batch=batch, lr=lr, optimizer="momentum", **EXPONENTIAL)
    yield main(dataset="peaks", dtype="float32", **EXPONENTIAL)
    yield main(dataset="peaks", lr=0.1, epochs=50)


def peaks():
    """Networks on Peaks: the original's, its settings one by one, then what it could have tried."""
    original = partial(Experiment, "peaks", "peaks", "tanh", width=50, epochs=150, **decaying(0.99))
    yield original(depth=4, init="uniform", lr=0.1, batch=16, test=True, weights=True)
    yield original(depth=4, init="uniform", lr=0.1, batch=8, every=25)
    yield original(depth=4, init="uniform", lr=0.1, batch=32, every=25)
    yield original(depth=4, init="uniform", lr=0.01, batch=16, seeds=20)
    yield original(depth=4, init="uniform", lr=0.001, batch=16, weights=True)
    yield original(depth=2, init="uniform", lr=0.1, batch=16, every=25, weights=True)
    yield original(depth=2, init="uniform", lr=0.01, batch=16, every=25)
    yield original(depth=4, init="xavier", lr=0.1, batch=16)
    yield original(depth=4, init="xavier", lr=0.001, batch=16, weights=True)
    short = partial(
        Experiment, "peaks", "peaks", init="xavier", epochs=25, every=5, **decaying(0.9)
    )
    for depth in (2, 3, 4, 6):
        for width in (5, 10, 50):
            tested, shown = (depth, width) == (4, 50), (depth, width) in [(2, 5), (4, 50), (6, 50)]
            yield short("tanh", depth, width, lr=0.1, test=tested, weights=shown)
    yield short("tanh", 3, 10, lr=0.1, dtype="float64")
    yield short("tanh", 4, 50, lr=0.01, optimizer="momentum")
    yield short("tanh", 4, 50, lr=0.01, optimizer="nesterov")
    yield short("tanh", 4, 50, lr=0.1, redraw=True)
    yield short("residual", 4, 20, lr=0.1, test=True)
    yield short("original, open", 3, 20, lr=0.1, weights=True)


def gmm():
    """Networks on GMM: the original's three sizes, other rates, another start, other networks."""
    original = partial(
        Experiment,
        "gmm",
        "gmm",
        "original",
        init="uniform",
        epochs=150,
        every=10,
        **decaying(0.999),
    )
    yield original(depth=2, width=100, lr=0.001)
    yield original(depth=3, width=20, lr=0.001, test=True, weights=True)
    yield original(depth=4, width=10, lr=0.001, seeds=20)
    yield original(depth=3, width=30, lr=0.001)
    yield original(depth=4, width=20, lr=0.001)
    yield original(depth=3, width=20, lr=0.01, weights=True)
    centred = partial(
        Experiment, "gmm", "gmm", depth=3, width=20, init="xavier", epochs=60, **decaying(0.98)
    )
    yield centred("original, open", lr=0.05, test=True, weights=True)
    yield centred("original", lr=0.05, seeds=20, weights=True)
    short = partial(Experiment, "gmm", "gmm", init="xavier", epochs=25, every=25, **decaying(0.9))
    for depth in (2, 3, 4):
        for width in (10, 50):
            yield short("tanh", depth, width, lr=0.1)
    yield short("tanh", 4, 50, lr=0.2, test=True, weights=True)
    yield short("tanh", 2, 10, lr=0.1, dtype="float64")
    yield short("tanh", 3, 50, lr=0.01, optimizer="momentum")
    yield short("tanh", 3, 50, lr=0.1, redraw=True)
    yield short("residual", 3, 20, lr=0.1, test=True)
    yield short("residual", 4, 20, lr=0.1)


def small():
    """Two hundred samples of GMM: the original's sizes, and what might beat nearest neighbours."""
    make = partial(
        Experiment, "small", "gmm", batch=8, epochs=300, train_size=200, seeds=20, every=100
    )
    slow, fast = decaying(0.999), decaying(0.99)
    for depth, width in [(2, 100), (3, 20), (4, 10)]:
        for lr in (0.01, 0.05, 0.1):
            drawn = (depth, lr) == (2, 0.1)
            shown = partial(make, every=10 if drawn else 100, weights=drawn or lr == 0.01)
            yield shown("original", depth, width, "uniform", lr=lr, **slow)
    yield make("original", 2, 100, "uniform", lr=0.01, dtype="float64", **slow)
    best = partial(make, weights=True, **fast)
    yield best("tanh", 2, 100, "xavier", lr=0.1)
    yield best("tanh", 2, 100, "he", lr=0.1)
    yield best("tanh", 3, 100, "he", lr=0.05, test=True)
    yield best("residual", 3, 50, "xavier", lr=0.05)
    yield best("original, open", 3, 50, "he", lr=0.05, test=True)
    copied = partial(make, batch=32, epochs=30, copies=40, **decaying(0.9))
    for jitter in (0.0, 0.1, 0.2, 0.3):
        shown = jitter == 0.2
        best = partial(copied, jitter=jitter, test=shown, weights=shown)
        yield best("original, open", 3, 50, "he", lr=0.1)


def failures():
    """Training that fails, each beside the run that differs in its cause alone."""
    make = partial(
        Experiment, "failures", "gmm", batch=8, epochs=60, train_size=200, seeds=40, every=60
    )
    make = partial(make, init="uniform", lr=0.01, dtype="float64", **decaying(0.999))
    for depth, width in [(2, 100), (3, 20), (4, 10)]:
        for model in ("original, unshifted", "original"):
            yield make(model, depth, width, epochs=20)
        yield make("original, unshifted", depth, width, epochs=20, dtype="float32")
    yield make("original, unshifted", 4, 20)
    yield make("original, unshifted", 4, 20, dtype="float32")
    for init in ("uniform", "xavier"):
        for model in ("original", "original, open"):
            yield make(model, 4, 20, init=init)
    yield make("original", 4, 20, lr=0.001, every=3)
    yield make("original, open", 4, 10, init="xavier", lr=0.1, every=3)
    yield make("original, open", 4, 10, init="xavier", lr=0.01, every=3)


def swissroll():
    """Both kinds of network on SwissRoll, beside softmax regression."""
    make = partial(
        Experiment, "swissroll", "swissroll", init="xavier", epochs=40, every=4, **decaying(0.93)
    )
    yield make("softmax", lr=0.1)
    yield make("tanh", 3, 50, lr=0.1, weights=True)
    yield make("tanh", 3, 50, lr=0.3, batch=16, test=True, weights=True)
    yield make("residual", 4, 20, lr=0.1, test=True, weights=True)
    yield make("original, open", 3, 20, lr=0.1)


GROUPS = (softmax, peaks, gmm, small, failures, swissroll)
EXPERIMENTS = {experiment.name: experiment for group in GROUPS for experiment in group()}
"""Every experiment by its name."""
