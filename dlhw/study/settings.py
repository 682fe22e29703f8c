"""What the settings of an experiment may be: each is one that there is, and they fit each other."""

from ..arguments import unknown, whole_number

TYPES = ("float32", "float64")
LEAST = {
    "depth": 1,
    "width": 0,
    "batch": 1,
    "epochs": 0,
    "train_size": 0,
    "copies": 1,
    "seeds": 1,
    "every": 1,
}


def check_settings(experiment):
    """Refuse settings that mean nothing, and those without which another would mean nothing.

    Examples
    --------
    >>> from dlhw.study.experiment import Experiment
    >>> try:
    ...     Experiment("demo", "gmm", "tanh", depth=3)
    ... except ValueError as error:
    ...     print(error)
    expected hidden layers of a width, at least 1, with depth=3, got 0
    """
    if experiment.dtype not in TYPES:
        raise unknown("the number types", experiment.dtype, TYPES)
    for name, least in LEAST.items():
        whole_number(name, getattr(experiment, name), least)
    if experiment.depth > 1 and not experiment.width:
        depth = experiment.depth
        raise ValueError(
            f"expected hidden layers of a width, at least 1, with depth={depth}, got 0"
        )
    if experiment.schedule == "constant" and experiment.decay != 1:
        decay = experiment.decay
        raise ValueError(f"expected a schedule that decays with decay={decay}, got constant")
