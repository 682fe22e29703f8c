"""Four tests of derivatives, each of which names the mistake.

gradient_test(f, grad, x)             the slope of f along d          is  <grad f(x), d>
jacobian_test(f, jvp, x)              the slope of <u, f> along v     is  <u, J v>
jacobian_transpose_test(f, vjp, x)    the slope of <f, u> along d     is  <J^T u, d>
adjoint_test(jvp, vjp, x)             <u, J v>                        is  <J^T u, v>
"""

from .examination import examine
from .probes import GradientProbe
from .products import AdjointProbe, JacobianProbe, TransposeProbe


def gradient_test(f, grad, x, *, seed=0, tolerance=0):
    """Test the gradient of a scalar function against measured slopes of the function.

    Parameters
    ----------
    f : callable
        f(x) -> float; any number or array of size 1.
    grad : callable or nested arrays
        grad(x), or its value at `x`: like `x`, each array of its parameter's shape.
    x : array or nested dict, list or tuple of arrays
        Where to test. Integers become float64; empty blocks are skipped.
    seed : int
        Seed of the random directions.
    tolerance : float
        A relative error up to this is accepted, and the report says so.

    Returns
    -------
    Report
        It prints as a table with a verdict and one sentence. A wrong or raising function gets a
        report, too.

    Raises
    ------
    ValueError
        If `x` holds NaN, infinities, complex numbers or objects.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> gradient_test(lambda x: np.sum(x**2), lambda x: 2 * x, x).passed
    True
    >>> report = gradient_test(lambda x: np.sum(x**2), lambda x: x, x)
    >>> report.cause
    'scale'
    >>> report.message[:63]
    'The gradient is 0.5 times the true one in every direction. Look'
    """
    return examine("Gradient test", GradientProbe, f, grad, x, seed, tolerance)


def jacobian_test(f, jvp, x, *, seed=0, tolerance=0):
    """Test a Jacobian-vector product against measured slopes of the function.

    Parameters
    ----------
    f : callable
        f(x) -> ndarray of any shape.
    jvp : callable
        jvp(x, v) -> J v, with v like `x` and the result like f(x).
    x, seed, tolerance
        As in `gradient_test`.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.3, -1.0, 2.0])
    >>> jacobian_test(np.tanh, lambda x, v: (1 - np.tanh(x) ** 2) * v, x).passed
    True
    """
    return examine("Jacobian test", JacobianProbe, f, jvp, x, seed, tolerance)


def jacobian_transpose_test(f, vjp, x, *, seed=0, tolerance=0):
    """Test a transposed Jacobian-vector product: the gradient of x -> <f(x), u>, for a random u.

    Parameters
    ----------
    f : callable
        f(x) -> ndarray of any shape.
    vjp : callable
        vjp(x, u) -> J^T u, with u like f(x) and the result like `x`.
    x, seed, tolerance
        As in `gradient_test`.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    >>> jacobian_transpose_test(lambda x: A @ x, lambda x, u: A.T @ u, np.ones(3)).passed
    True
    """
    return examine("Transposed Jacobian test", TransposeProbe, f, vjp, x, seed, tolerance)


def adjoint_test(jvp, vjp, x, *, seed=0, tolerance=0):
    """Test that two products belong to one Jacobian: <u, J v> = <J^T u, v>, to round-off.

    It takes no step and needs no f, so it has no floor and sees no kink; but two products of one
    wrong Jacobian pass.

    Parameters
    ----------
    jvp : callable
        jvp(x, v) -> J v.
    vjp : callable
        vjp(x, u) -> J^T u, with u like J v and the result like `x`.
    x, seed, tolerance
        As in `gradient_test`.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    >>> adjoint_test(lambda x, v: A @ v, lambda x, u: A.T @ u, np.ones(3)).passed
    True
    """
    return examine("Adjoint test", AdjointProbe, jvp, vjp, x, seed, tolerance)
