"""A teacher's own set: what a few usual networks make of it, trained when its page is built.

Its density is not known, so nothing is said of the best that is possible.
"""

import hashlib

import numpy as np

from ..datasets import IN_REPOSITORY
from ..matfiles import load_mat
from ..optimizers import exponential
from ..study.evidence import spread
from ..study.experiment import MODELS, stream
from ..training import train
from . import figures
from .result_tables import share

SEEDS, EPOCHS, BATCH, LR, DECAY = range(5), 20, 32, 0.1, 0.9
NETWORKS = {
    "softmax regression": ("softmax", []),
    "tanh, 3 layers, width 50": ("tanh", [50, 50]),
    "residual, 3 layers, width 50": ("residual", [50, 50]),
}


def digest(path):
    """Return what a file's content is known by.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = IN_REPOSITORY.__class__(folder, "a.mat")
    ...     _ = path.write_bytes(b"content")
    ...     digest(path)
    'ed7002b439e9ac84'
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def read(file, digest_of_file, folder=IN_REPOSITORY):
    """Return the set in a file that has this digest.

    Raises
    ------
    ValueError
        If the file is of another format, or has another content than the page was written for.
    FileNotFoundError
        If it is not there.
    """
    path = folder / file
    data = load_mat(path)
    if digest(path) != digest_of_file:
        raise ValueError(f"expected {file} as it was when the page was written, got another")
    return data


def trained(data):
    """Return the last accuracies of each network, by its name: training and validation, (S,) each.

    Examples
    --------
    >>> from dlhw.datasets import load, subset
    >>> X, C = subset(*load("peaks")[:2], size=320, rng=0)
    >>> found = trained(type(load("peaks"))(X, C, X, C))
    >>> list(found)[0], found["softmax regression"][0].shape
    ('softmax regression', (5,))
    """
    n, l, found = len(data.X_train), len(data.C_train), {}
    batch = min(BATCH, data.X_train.shape[1])
    for name, (model, hidden) in NETWORKS.items():
        network = MODELS[model]([n, *hidden, l])
        params = network.initialise([stream("start", s) for s in SEEDS])
        history = train(
            network,
            params,
            data,
            epochs=EPOCHS,
            batch=batch,
            lr=LR,
            schedule=exponential(DECAY),
            seed=[stream("batches", s) for s in SEEDS],
            every=EPOCHS,
        )
        found[name] = history.train_accuracy[-1], history.val_accuracy[-1]
    return found


def table(file, digest_of_file, folder=IN_REPOSITORY):
    """Return what the networks reach, beside always saying the most frequent class."""
    data = read(file, digest_of_file, folder)
    most = np.argmax(data.C_train.sum(axis=1))
    rows = [
        ["the most frequent class", *(share(C[most].mean()) for C in (data.C_train, data.C_val))]
    ]
    rows += [[name, *map(spread, both)] for name, both in trained(data).items()]
    return figures.table(rows, header=["", "training accuracy", "validation accuracy"])
