"""Which code of the course is a tool to use, and which is what a coursework assesses."""

ASSESSED = {
    "softmax": (
        "log_softmax",
        "softmax",
        "cross_entropy",
        "cross_entropy_gradient",
        "affine",
        "affine_jvp",
        "affine_vjp",
    ),
    "optimizers": ("sgd", "momentum", "nesterov"),
    "training": (
        "squared_error",
        "squared_error_gradient",
        "AffineModel.gradient",
        "take_step",
        "batches",
        "evaluate",
        "train",
    ),
    "layers": (
        "tanh.slope_times",
        "relu.slope_times",
        "Dense.forward",
        "Dense.jvp",
        "Dense.vjp",
        "ResidualBlock.forward",
        "ResidualBlock.jvp",
        "ResidualBlock.vjp",
    ),
    "network": (
        "Network.forward",
        "Network.jvp",
        "Network.vjp",
        "Network.scores",
        "Network.loss",
        "Network.gradient",
        "Network.loss_and_gradient",
    ),
}
"""What a coursework asks to write, by room. Everything else is a tool."""

LEFT_OUT = {"layers": ("OriginalBlock",), "network": ("original_network",)}
"""Nobody is asked for it, and it shows how the assessed bodies go: a starter has none of it."""

SAYS = {
    "tool": "Tool: use it, and cite it.",
    "assessed": (
        "Assessed: read it, close it, write your own. Your course's rules win, also on help by "
        "machines."
    ),
}


def assessed(room, names):
    """Return the assessed bodies of a room that belong to some of its names.

    Examples
    --------
    >>> assessed("layers", ["Activation", "tanh", "Dense"])
    ['tanh.slope_times', 'Dense.forward', 'Dense.jvp', 'Dense.vjp']
    """
    return [path for path in ASSESSED.get(room, ()) if path.partition(".")[0] in names]


def label(room, names):
    """Return the label of code that defines some names of a room: "tool" or "assessed".

    Examples
    --------
    >>> label("softmax", ["affine"]), label("arrays", ["inner"])
    ('assessed', 'tool')
    """
    if assessed(room, names) or set(names) & set(LEFT_OUT.get(room, ())):
        return "assessed"
    return "tool"
