"""Softmax regression: scores, probabilities, loss, and every derivative of them.

Columns are samples: X is (n, m), the scores Z and the one-hot labels C are (l, m). Every array may
carry leading stack axes.
"""

from functools import lru_cache

import numpy as np


def log_softmax(Z):
    """Return the logarithm of the softmax of each column of scores.

    log p_i = (z_i - max z) - log sum_k exp(z_k - max z). The shift by the column's own maximum
    changes nothing in exact arithmetic, and keeps every exponent at or below zero.

    Parameters
    ----------
    Z : ndarray
        Scores, shape (..., l, m).

    Returns
    -------
    ndarray
        Log-probabilities, shape (..., l, m), each at most 0.

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax(np.array([[1000.0], [0.0]])).ravel()
    array([    0., -1000.])
    """
    Z = as_scores(Z)
    shifted = Z - Z.max(axis=-2, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-2, keepdims=True))


def softmax(Z):
    """Return the probabilities p_i = exp(z_i) / sum_k exp(z_k) of each column of scores.

    Parameters
    ----------
    Z : ndarray
        Scores, shape (..., l, m).

    Returns
    -------
    ndarray
        Probabilities, shape (..., l, m); each column sums to 1.

    Examples
    --------
    >>> import numpy as np
    >>> softmax(np.array([[0.0, 1000.0], [0.0, 1000.0]]))
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    Z = as_scores(Z)
    E = np.exp(Z - Z.max(axis=-2, keepdims=True))
    return E / E.sum(axis=-2, keepdims=True)


def cross_entropy(Z, C):
    """Return the mean over samples of the cross-entropy of scores Z with labels C.

    F = -1/m sum_j <c_j, log softmax(z_j)>

    Parameters
    ----------
    Z : ndarray
        Scores, shape (..., l, m).
    C : ndarray
        One-hot labels, shape (..., l, m).

    Returns
    -------
    float or ndarray
        The loss, in nats; one for each network of a stack.

    Raises
    ------
    ValueError
        If scores and labels do not have one shape.

    Examples
    --------
    Without any knowledge all classes are equally likely, and the loss is the logarithm of their
    number.

    >>> import numpy as np
    >>> C = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    >>> bool(cross_entropy(np.zeros((3, 2)), C) == np.log(3))
    True
    """
    Z = as_scores(Z)
    check_labels(Z, C)
    return -np.sum(C * log_softmax(Z), axis=(-2, -1)) / Z.shape[-1]


def cross_entropy_gradient(Z, C):
    """Return the gradient of `cross_entropy` in the scores: dZ = (softmax(Z) - C) / m.

    Parameters
    ----------
    Z, C : ndarray
        Scores and one-hot labels, shape (..., l, m).

    Returns
    -------
    ndarray
        dZ, shape (..., l, m); its columns sum to zero.

    Examples
    --------
    >>> import numpy as np
    >>> 6 * cross_entropy_gradient(np.zeros((3, 2)), np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]))
    array([[-2.,  1.],
           [ 1.,  1.],
           [ 1., -2.]])
    """
    Z = as_scores(Z)
    check_labels(Z, C)
    return (softmax(Z) - C) / Z.shape[-1]


def affine(W, b, X):
    """Return the scores Z = W X + b, with b added to every column.

    Parameters
    ----------
    W : ndarray
        Weights, shape (..., l, n).
    b : ndarray
        Biases, shape (..., l, 1).
    X : ndarray
        Samples in columns, shape (..., n, m).

    Returns
    -------
    ndarray
        Z, shape (..., l, m).

    Examples
    --------
    >>> import numpy as np
    >>> affine(np.array([[1.0, 2.0]]), np.array([[10.0]]), np.array([[1.0, 1.0], [0.0, 2.0]]))
    array([[11., 15.]])
    """
    return W @ X + b


def affine_jvp(W, X, dW, db, dX):
    """Return the Jacobian-vector product of `affine`: the change of Z with W, b and X.

    dZ = dW X + db + W dX, shape (..., l, m).

    Examples
    --------
    >>> import numpy as np
    >>> W, X = np.array([[1.0, 2.0]]), np.array([[1.0, 1.0], [0.0, 2.0]])
    >>> affine_jvp(W, X, dW=np.array([[1.0, 0.0]]), db=np.array([[3.0]]), dX=np.zeros((2, 2)))
    array([[4., 4.]])
    """
    return dW @ X + db + W @ dX


def affine_vjp(W, X, dZ, need_dX=True):
    """Return the transposed products of `affine`: the gradients in W, b and X that dZ sends back.

    dW = dZ X^T, db = dZ 1, dX = W^T dZ, where 1 is a column of m ones, so that db is the sum of
    the columns of dZ. Each has the shape of what it is the gradient of.

    Parameters
    ----------
    W : ndarray
        Weights, shape (..., l, n).
    X : ndarray
        Samples in columns, shape (..., n, m).
    dZ : ndarray
        Gradient in the scores, shape (..., l, m).
    need_dX : bool
        Where X are samples, nobody needs dX: without it, None stands in its place.

    Returns
    -------
    dW : ndarray
        Shape (..., l, n).
    db : ndarray
        Shape (..., l, 1).
    dX : ndarray or None
        Shape (..., n, m).

    Examples
    --------
    >>> import numpy as np
    >>> W, X = np.array([[1.0, 2.0]]), np.array([[1.0, 1.0], [0.0, 2.0]])
    >>> dW, db, dX = affine_vjp(W, X, dZ=np.array([[1.0, 10.0]]))
    >>> dW, db
    (array([[11., 20.]]), array([[11.]]))
    >>> dX
    array([[ 1., 10.],
           [ 2., 20.]])
    """
    dW = dZ @ X.mT
    db = dZ @ _ones(dZ.shape[-1], dZ.dtype)  # faster than a sum over the columns
    dX = W.mT @ dZ if need_dX else None
    return dW, db, dX


@lru_cache
def _ones(m, dtype):
    return np.ones((m, 1), dtype)


# ---- arguments -----------------------------------------------------------------------------------


def as_scores(Z):
    """Return scores as floats, since the differences of other numbers wrap around.

    Complex numbers stay: a step in the imaginary direction measures a slope.

    Examples
    --------
    >>> as_scores(np.array([[3], [5]], np.uint8)).ravel()
    array([3., 5.])
    """
    try:
        array = np.asarray(Z)
    except Exception:  # rows of different lengths, or what another library makes of the attempt
        array = np.asarray(None)
    if array.dtype.kind not in "biufc":
        raise ValueError(f"expected scores that are numbers, got {_outlined(Z)}")
    if array.ndim < 2 or not array.shape[-2]:
        raise ValueError(f"expected scores in columns, shape (..., l, m), got {_outlined(array)}")
    return array if array.dtype.kind in "fc" else array.astype(float)


def check_labels(Z, C):
    """Refuse labels that do not have the scores' shape; a stack may share them.

    One-hot they need not be: samples may have weights, and labels may be soft.
    """
    fits = isinstance(C, np.ndarray) and C.dtype.kind in "biufc" and Z.size > 0
    if not fits or not (Z.shape == C.shape or _end_alike(Z.shape, C.shape)):
        came = f"{_outlined(Z)} and {_outlined(C)}"
        raise ValueError(f"expected scores and labels of one shape (..., l, m), got {came}")


def _outlined(x):
    return f"an array of shape {x.shape}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"


def _end_alike(shape, other):
    axes = min(len(shape), len(other))
    return axes > 1 and shape[-axes:] == other[-axes:]
