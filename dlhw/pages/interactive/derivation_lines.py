"""The examples by hand of chapters 1, 6 and 7, line by line, and mistakes in single lines."""

from typing import NamedTuple


class Line(NamedTuple):
    """One array: its name, its formula, how an entry is made, and where the package does so.

    In `formula`, names of arrays stand in brackets. `rule` is a word and what it reads: "sum" of
    products of arrays (a prime transposes, 1 is a column of ones, a minus sign subtracts), "mean"
    for such a sum divided by the number of samples, or the name of a function. `code` lists
    functions of the package, each with its line.
    """

    name: str
    formula: str
    rule: tuple
    code: tuple = ()


class Mistake(NamedTuple):
    """A slip: its key in addresses, its name, and the lines that it changes."""

    key: str
    name: str
    lines: tuple


class Example(NamedTuple):
    """What is given and tested, the lines forward and back as they are computed, and mistakes."""

    title: str
    chapter: str
    given: dict
    tested: tuple
    forward: tuple
    backward: tuple
    mistakes: tuple


SYMBOLS = {
    "W_out": r"W_{\text{out}}",
    "b_out": r"b_{\text{out}}",
    "Z_out": r"Z_{\text{out}}",
    "W1": "W_1",
    "b1": "b_1",
    "W2": "W_2",
    "b2": "b_2",
}
"""How an array stands in formulas, where its name will not do."""


def symbol(name):
    """Return the letter of an array in formulas; a gradient `dW` is G with the letter below.

    Examples
    --------
    >>> symbol("Z"), symbol("dW2")
    ('Z', 'G_{W_2}')
    """
    if name.startswith("d"):
        return f"G_{{{symbol(name[1:])}}}"
    return SYMBOLS.get(name, name)


AFFINE = ("affine", "return W @ X + b")
TIMES_X = ("affine_vjp", "dW = dZ @ X.mT")
TIMES_ONES = (
    "affine_vjp",
    "db = dZ @ _ones(dZ.shape[-1], dZ.dtype)  # faster than a sum over the columns",
)
TIMES_W = ("affine_vjp", "dX = W.mT @ dZ if need_dX else None")
TANH = ("tanh", 'tanh = Activation("tanh", np.tanh, lambda Y, V: V * (1.0 - Y * Y))')
RELU = (
    "relu",
    'relu = Activation("relu", lambda Z: np.maximum(Z, 0.0), lambda Y, V: V * (Y > 0))',
)
HIDDEN = ("forward", 'H = self.activation.value(affine(params["W1"], params["b1"], X))')
SUM = ("forward", 'Y = self.outer.value(X + affine(params["W2"], params["b2"], H))')
BACK_2 = ("vjp", 'dW2, db2, dH = affine_vjp(params["W2"], H, dS)')
BACK_1 = ("vjp", 'dW1, db1, dX = affine_vjp(params["W1"], X, dZ, need_dX)')


def affine_line(Z, W, b, X):
    """The line of an affine map."""
    return Line(
        Z, rf"[{Z}] = [{W}] [{X}] + [{b}]\,\mathbf 1^\top", ("sum", f"{W} {X}", b), (AFFINE,)
    )


def affine_back(W, b, X, dZ, dX, call=()):
    """The three lines of its way back."""
    return (
        Line(f"d{W}", rf"[d{W}] = [{dZ}] [{X}]^\top", ("sum", f"{dZ} {X}'"), (*call, TIMES_X)),
        Line(f"d{b}", rf"[d{b}] = [{dZ}] \mathbf 1", ("sum", f"{dZ} 1"), (*call, TIMES_ONES)),
        Line(dX, rf"[{dX}] = [{W}]^\top [{dZ}]", ("sum", f"{W}' {dZ}"), (*call, TIMES_W)),
    )


def loss_lines(Z):
    """The lines from scores to the loss."""
    summed = "return -np.sum(C * log_softmax(Z), axis=(-2, -1)) / Z.shape[-1]"
    divided = "return E / E.sum(axis=-2, keepdims=True)"
    return (
        Line(
            "P", rf"[P] = \operatorname{{softmax}} [{Z}]", ("softmax", Z), (("softmax", divided),)
        ),
        Line(
            "F",
            r"[F] = -\tfrac1m \langle [C], \log [P] \rangle",
            ("loss", "C", "P"),
            (("cross_entropy", summed),),
        ),
    )


def loss_back(dZ):
    """The line from the loss back to the scores."""
    code = ("cross_entropy_gradient", "return (softmax(Z) - C) / Z.shape[-1]")
    return Line(dZ, rf"[{dZ}] = \tfrac1m ([P] - [C])", ("mean", "P", "-C"), (code,))


def tanh_back(dZ, Y, dY, code):
    """The line back through tanh."""
    formula = rf"[{dZ}] = (1 - [{Y}] \odot [{Y}]) \odot [{dY}]"
    return Line(dZ, formula, ("slope", Y, dY), code)


def loss_mistakes(dZ):
    """Mistakes in the line from the loss back to the scores."""
    no_mean = Line(dZ, f"[{dZ}] = [P] - [C]", ("sum", "P", "-C"))
    sign = Line(dZ, rf"[{dZ}] = \tfrac1m ([C] - [P])", ("mean", "C", "-P"))
    return (
        Mistake("no-mean", "1/m forgotten", (no_mean,)),
        Mistake("sign", "C − P for P − C", (sign,)),
    )


def db_a_mean(**biases):
    """The gradients of biases as means over the samples; each bias with what its sum is over."""
    lines = tuple(
        Line(f"d{b}", rf"[d{b}] = \tfrac1m [{dZ}] \mathbf 1", ("mean", f"{dZ} 1"))
        for b, dZ in biases.items()
    )
    return Mistake("db-mean", "db a mean", lines)


SAMPLES = {"X": [[1.0, 1.0], [0.0, 2.0]], "C": [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]}

SOFTMAX = Example(
    title="softmax regression",
    chapter="01-softmax-regression",
    given={**SAMPLES, "W": [[0.0, 0.0]] * 3, "b": [[0.0]] * 3},
    tested=("W", "b"),  # at W = 0 nothing depends on X
    forward=(affine_line("Z", "W", "b", "X"), *loss_lines("Z")),
    backward=(loss_back("dZ"), *affine_back("W", "b", "X", "dZ", "dX")),
    mistakes=(*loss_mistakes("dZ"), db_a_mean(b="dZ")),
)

TANH_UNIT = Example(
    title="a tanh unit",
    chapter="06-tanh-layer",
    given={
        **SAMPLES,
        "W": [[0.5, 0.25]],
        "b": [[0.0]],
        "W_out": [[1.0], [0.0], [-1.0]],
        "b_out": [[0.0]] * 3,
    },
    tested=("W", "b", "W_out", "b_out", "X"),
    forward=(
        affine_line("Z", "W", "b", "X"),
        Line("Y", r"[Y] = \tanh [Z]", ("tanh", "Z"), (TANH,)),
        affine_line("Z_out", "W_out", "b_out", "Y"),
        *loss_lines("Z_out"),
    ),
    backward=(
        loss_back("dZ_out"),
        *affine_back("W_out", "b_out", "Y", "dZ_out", "dY"),
        tanh_back("dZ", "Y", "dY", (TANH,)),
        *affine_back("W", "b", "X", "dZ", "dX"),
    ),
    mistakes=(
        Mistake("no-slope", "no slope", (Line("dZ", "[dZ] = [dY]", ("sum", "dY")),)),
        *loss_mistakes("dZ_out"),
        db_a_mean(b_out="dZ_out", b="dZ"),
    ),
)

BLOCK = Example(
    title="a residual block",
    chapter="07-residual-block",
    given={
        "X": SAMPLES["X"],
        "W1": [[0.5, 0.25]],
        "b1": [[0.0]],
        "W2": [[1.0], [-1.0]],
        "b2": [[0.0], [0.0]],
        "dY": [[1.0, 0.0], [0.0, 1.0]],
    },
    tested=("W1", "b1", "W2", "b2", "X"),
    forward=(
        affine_line("Z", "W1", "b1", "X")._replace(code=(HIDDEN, AFFINE)),
        Line("H", r"[H] = \tanh [Z]", ("tanh", "Z"), (HIDDEN, TANH)),
        Line(
            "S",
            r"[S] = [X] + [W2] [H] + [b2]\,\mathbf 1^\top",
            ("sum", "X", "W2 H", "b2"),
            (SUM, AFFINE),
        ),
        Line("Y", r"[Y] = \operatorname{relu} [S]", ("relu", "S"), (SUM, RELU)),
        Line("F", r"[F] = \langle [dY], [Y] \rangle", ("inner", "dY", "Y")),
    ),
    backward=(
        Line(
            "dS",
            r"[dS] = ([Y] > 0) \odot [dY]",
            ("mask", "Y", "dY"),
            (("vjp", "dS = self.outer.slope_times(Y, dY)"), RELU),
        ),
        *affine_back("W2", "b2", "H", "dS", "dH", (BACK_2,)),
        tanh_back("dZ", "H", "dH", (("vjp", "dZ = self.activation.slope_times(H, dH)"), TANH)),
        *affine_back("W1", "b1", "X", "dZ", "dX", (BACK_1,))[:2],
        Line(
            "dX",
            r"[dX] = [dS] + [W1]^\top [dZ]",
            ("sum", "dS", "W1' dZ"),
            (BACK_1, TIMES_W, ("vjp", "dX = dS + dX")),
        ),
    ),
    mistakes=(
        Mistake(
            "no-identity",
            "no identity path",
            (Line("dX", r"[dX] = [W1]^\top [dZ]", ("sum", "W1' dZ")),),
        ),
        Mistake(
            "relu-for-mask",
            "ReLU of the sum for its mask",
            (Line("dS", r"[dS] = [Y] \odot [dY]", ("times", "Y", "dY")),),
        ),
        Mistake(
            "overwritten",
            "S for X, overwritten in place (X += ...)",
            (Line("dW1", r"[dW1] = [dZ] [S]^\top", ("sum", "dZ S'")),),
        ),
        Mistake(
            "jvp",
            "J v for Jᵀu",
            (
                Line("dH", "[dH] = [W1] [dS]", ("sum", "W1 dS")),
                Line("dX", "[dX] = [dS] + [W2] [dZ]", ("sum", "dS", "W2 dZ")),
            ),
        ),
        Mistake("no-slope", "no slope", (Line("dZ", "[dZ] = [dH]", ("sum", "dH")),)),
        db_a_mean(b2="dS", b1="dZ"),
    ),
)

EXAMPLES = {"softmax": SOFTMAX, "tanh": TANH_UNIT, "block": BLOCK}
