"""Submissions, most to the spec I.1, as students write them: right, mistaken, and misbehaving."""

from typing import NamedTuple

from dlhw.derivative_tests.report import LOOK_FOR

ALL = {"loss": 2, "loss of large scores": 1, "gradient in W": 3, "gradient in b": 2}
GRADIENTS = ("gradient in W", "gradient in b")

COLUMNS = """
import numpy as np

def probabilities(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)

def loss(W, b, X, C):
    Z = W @ X + b
    S = Z - Z.max(axis=0)
    L = S - np.log(np.exp(S).sum(axis=0))
    return -np.sum(C * L) / X.shape[1]

def gradient(W, b, X, C):
    m = X.shape[1]
    Z = W @ X + b
    D = (probabilities(Z) - C) / m
    dW = D @ X.T
    db = D.sum(axis=1, keepdims=True)
    return dW, db
"""
ROWS = """
import numpy as np

def probabilities(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)

def loss(W, b, X, C):
    Z = X @ W + b
    S = Z - Z.max(axis=1, keepdims=True)
    L = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    return -np.mean(np.sum(C * L, axis=1))

def gradient(W, b, X, C):
    D = (probabilities(X @ W + b) - C) / len(X)
    return X.T @ D, D.sum(axis=0, keepdims=True)
"""
SEPARATE = """
softmax_loss, softmax_gradient = loss, gradient
"""
DICT = """
def softmax_loss(p, X, C):
    return loss(p["W"], p["b"], X, C)

def softmax_gradient(p, X, C):
    dW, db = gradient(p["W"], p["b"], X, C)
    return {"b": db, "W": dW}
"""
LIST = """
def softmax_loss(params, X, C):
    W, b = params
    return loss(W, b, X, C)

def softmax_gradient(params, X, C):
    return list(gradient(*params, X, C))
"""
VECTOR = """
def split(theta, X, C):
    size = len(C) * len(X)
    return theta[:size].reshape(len(C), len(X)), theta[size:].reshape(len(C), 1)

def softmax_loss(theta, X, C):
    return loss(*split(theta, X, C), X, C)

def softmax_gradient(theta, X, C):
    dW, db = gradient(*split(theta, X, C), X, C)
    return np.concatenate([dW.ravel(), db.ravel()])
"""
BY_COLUMNS = VECTOR.replace("len(X)),", 'len(X), order="F"),').replace("dW.ravel()", "dW.T.ravel()")
S = "    S = Z"
LAYOUTS = (SEPARATE, DICT, LIST, VECTOR)
RIGHT = COLUMNS + SEPARATE


class Submission(NamedTuple):
    """A name, a program, which questions it earns, and words of the hints of the others."""

    name: str
    program: str
    earns: tuple = ()
    hints: tuple = ()


def right(name, program):
    return Submission(name, program, tuple(ALL))


def changed(program, old, new):
    assert program.count(old) == 1, old
    return program.replace(old, new)


def right_ones():
    return [
        right("separate arguments", RIGHT),
        right("a dict", COLUMNS + DICT),
        right("a list", COLUMNS + LIST),
        right("a flat vector", COLUMNS + VECTOR),
        right("samples in rows", ROWS + SEPARATE),
        right("a flat vector by columns", COLUMNS + BY_COLUMNS),
        right("rows, a dict", ROWS + DICT),
        right("rows, a list", ROWS + LIST),
        right("rows, flat biases", changed(ROWS, "axis=0, keepdims=True)\n", "axis=0)\n")
              + SEPARATE),
        right("with the package's tests", "from dlhw import gradient_test, load\n" + RIGHT),
        right("with the tests as one file", "from gradient_test import gradient_test\n" + RIGHT),
        right("prints megabytes", RIGHT + "print('x' * 20_000_000)\n"),
        right("prints in each call", changed(RIGHT, S, "    print('x' * 100_000)\n" + S)),
        right("writes files", RIGHT + "open('litter.txt', 'w').write('x' * 1000)\n"),
        right("runs as a program", RIGHT + "if __name__ == '__main__':\n    raise SystemExit\n"),
        right("guarded import", "try:\n    import dlhw_gpu\nexcept ImportError: pass\n" + RIGHT),
        right("leaves a process", "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c',"
              " 'import time; time.sleep(60)'])\n" + RIGHT),
    ]  # fmt: skip


OF_GRADIENT = [
    ("1/m forgotten", "- C) / m", "- C)", "scale"),
    ("1/m twice", "- C) / m", "- C) / m**2", "scale"),
    ("$C - P$", "(probabilities(Z) - C)", "(C - probabilities(Z))", "sign"),
    ("labels forgotten: $P/m$", "(probabilities(Z) - C)", "probabilities(Z)", "wrong"),
    ("only the true class: $C (P - C)/m$", "D @ X.T", "(C * D) @ X.T", "wrong"),
    ("softmax over the samples", "probabilities(Z) - C", "probabilities(Z.T).T - C", "wrong"),
    ("no softmax: $(Z - C)/m$", "(probabilities(Z) - C)", "(Z - C)", "wrong"),
    ("labels of another batch", "- C) / m", "- np.roll(C, 1, axis=1)) / m", "wrong"),
    ("$X G_Z^\\top$ for $G_Z X^\\top$", "D @ X.T", "X @ D.T", "transposed"),
    (
        "reshape along columns, ravel along rows",
        "D @ X.T",
        '(D @ X.T).ravel().reshape(W.shape, order="F")',
        "transposed",
    ),
    ("db a mean", "D.sum(axis=1, keepdims=True)", "D.mean(axis=1, keepdims=True)", "scale"),
    ("db never stored", "D.sum(axis=1, keepdims=True)", "np.zeros_like(b)", "missing_block"),
]
"""Of the gallery: a name, what stands in the right program, what in its place, the cause."""

OF_LOSS = [
    ("a mean over the classes, too", "/ X.shape[1]\n", "/ C.size\n", "scale"),
    ("regulariser in the loss alone", "/ X.shape[1]\n", "/ X.shape[1] + np.sum(W**2)\n", "wrong"),
    ("no return", "    return -np.sum", "    -np.sum", "return"),
    ("loss and gradient returned as a pair", "return -np", "return 0.0, -np", "a tuple of 2"),
    ("data scaled in place at every call", S, "    X /= 255\n    Z = W @ X + b\n" + S, "wrong"),
    ("samples centred in place", S, "    X -= X.mean()\n    Z = W @ X + b\n" + S, "wrong"),
    (
        "a new random batch at every call",
        S,
        "    some = np.random.permutation(10)[:6]\n    Z, C = Z[:, some], C[:, some]\n" + S,
        "wrong",
    ),
]  # fmt: skip


def mistakes():
    """Mistakes of the gallery, in the four layouts by turns."""
    found = []
    for number, (name, old, new, cause) in enumerate(OF_GRADIENT):
        program = changed(COLUMNS, old, new) + LAYOUTS[number % 4]
        earns = ["loss", "loss of large scores"]
        if old == "D @ X.T" or "roll" in new:  # of each class there are as many after a roll
            earns.append("gradient in b")
        if old.startswith("D.sum"):
            earns.append("gradient in W")
        found.append(Submission(name, program, tuple(earns), (LOOK_FOR[cause],)))
    for number, (name, old, new, cause) in enumerate(OF_LOSS):
        program = changed(COLUMNS, old, new) + LAYOUTS[number % 4]
        found.append(Submission(name, program, (), (LOOK_FOR.get(cause, cause),)))
    wrong_loss = changed(COLUMNS, "-np.sum(C * L) / X.shape[1]", "np.mean(Z**2)")
    wrong_loss = changed(wrong_loss, "(probabilities(Z) - C) / m", "2 * Z / Z.size")
    unshifted = changed(COLUMNS, "S = Z - Z.max(axis=0)", "S = Z")
    unsummed = changed(COLUMNS, "D.sum(axis=1, keepdims=True)", "D")
    most = ("loss", "gradient in W", "gradient in b")
    return [
        *found,
        Submission("the wrong loss, with its own right gradient", wrong_loss + SEPARATE, (),
                   ('It fits your "softmax_loss", but that is not the one asked for',)),
        Submission("softmax without shift, at large scores", unshifted + DICT, most,
                   (LOOK_FOR["nonfinite"],)),
        Submission("db not summed", unsummed + SEPARATE,
                   ("loss", "loss of large scores", "gradient in W"), (LOOK_FOR["shape"],)),
    ]  # fmt: skip


LAYER = """
import numpy as np

def forward(W, b, X):
    return np.tanh(W @ X + b)

def jvp(W, b, X, dW, db, dX):
    return (1 - forward(W, b, X)**2) * (dW @ X + db + W @ dX)

def vjp(W, b, X, U):
    D = (1 - forward(W, b, X)**2) * U
    return D @ X.T, D.sum(axis=1, keepdims=True), W.T @ D
"""
LAYER_LAYOUTS = {
    "separate": "layer, layer_jvp, layer_vjp = forward, jvp, vjp",
    "dict": """
def layer(p, X): return forward(p["W"], p["b"], X)
def layer_jvp(p, X, dp, dX): return jvp(p["W"], p["b"], X, dp["W"], dp["b"], dX)
def layer_vjp(p, X, U):
    dW, db, dX = vjp(p["W"], p["b"], X, U)
    return {"W": dW, "b": db}, dX
""",
    "list": """
def layer(p, X): return forward(*p, X)
def layer_jvp(p, X, dp, dX): return jvp(*p, X, *dp, dX)
def layer_vjp(p, X, U):
    *dp, dX = vjp(*p, X, U)
    return dp, dX
""",
    "vector": """
def apart(t): return t[:15].reshape(5, 3), t[15:].reshape(5, 1)
def layer(t, X): return forward(*apart(t), X)
def layer_jvp(t, X, dt, dX): return jvp(*apart(t), X, *apart(dt), dX)
def layer_vjp(t, X, U):
    dW, db, dX = vjp(*apart(t), X, U)
    return np.concatenate([dW.ravel(), db.ravel()]), dX
""",
    "rows": """
def layer(W, b, X): return forward(W.T, b.T, X.T).T
def layer_jvp(W, b, X, dW, db, dX): return jvp(W.T, b.T, X.T, dW.T, db.T, dX.T).T
def layer_vjp(W, b, X, U):
    return tuple(G.T for G in vjp(W.T, b.T, X.T, U.T))
""",
}


LOOP = "while True: pass\n"
OWN = "the package's own solution"


def misbehaving():
    """What no report is for: it ends, does not end, cannot be read, or is not the student's."""

    def before(name, start, *hints, earns=()):
        return Submission(name, start + RIGHT, earns, hints)

    def within(name, body, *hints, earns=(), of="def loss(W, b, X, C):\n"):
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        return Submission(name, changed(RIGHT, of, of + lines), earns, hints)

    losses, gradient = ("loss", "loss of large scores"), "def gradient(W, b, X, C):\n"
    solution = "softmax_loss = lambda W, b, X, C: cross_entropy(affine(W, b, X), C)\n"
    return [
        before("loops at once", LOOP, "Not finished after", "__main__"),
        within("loops in the loss", LOOP, "Not finished after"),
        within("loops in the gradient", LOOP, "Not finished after", earns=losses, of=gradient),
        before("exit at once", "exit()\n", "ended the program"),
        within("exit in the loss", "exit()", "ended the program"),
        before("os._exit at once", "import os; os._exit(0)\n", "ended the program"),
        within("os._exit in the gradient", "import os; os._exit(0)", "ended the program",
               earns=losses, of=gradient),
        within("abort in the gradient", "import os; os.abort()", "ended the program",
               earns=losses, of=gradient),
        before("interrupts itself", "raise KeyboardInterrupt\n", "ended the program"),
        Submission("a colon missing", RIGHT.replace("C):", "C)", 1), (),
                   ("SyntaxError in line 8",)),
        Submission("wrong indentation", RIGHT.replace("    m =", "   m ="), (),
                   ("IndentationError",)),
        Submission("empty", "", (), ("There is nothing of this name",)),
        Submission("another name", RIGHT.replace("softmax_loss", "softmaxLoss"), (),
                   ('is it "softmaxLoss"?',)),
        Submission("a number for a function", "softmax_loss = 3\nsoftmax_gradient = 4\n", (),
                   ("It is no function",)),
        before("a file that is not there", "open('Peaks.mat')\n", "FileNotFoundError in line 1"),
        before("a module that is not there", "import my_layers\n", "No module named 'my_layers'"),
        before("asks its reader", "input('?')\n", "EOFError"),
        within("an error of its own", "return undefined", "NameError in line 9"),
        within("too deep", "return loss(W, b, X, C)", "RecursionError"),
        within("too large", "np.empty(4 * 10**8)", "MemoryError"),
        within("a huge file", "with open('huge', 'wb') as f:\n    f.write(b'x' * 100_000_000)",
               "OSError"),
        before("imports the solution", "from dlhw.softmax import affine, cross_entropy\n", OWN),
        Submission("imports it through another room", "import numpy as np\n"
                   "from dlhw.datasets import softmax\n" + RIGHT, (), (OWN,)),
        Submission("imports it by its name", "from importlib import import_module\n"
                   "m = import_module('dlhw.softmax')\ncross_entropy, affine = m.cross_entropy,"
                   " m.affine\n" + solution, (), (OWN,)),
        within("imports it when it is called", "from dlhw.softmax import affine", OWN,
               earns=()),
    ]  # fmt: skip


def submissions():
    """Return all sixty and more, each with a name of its own."""
    return [*right_ones(), *mistakes(), *misbehaving()]
