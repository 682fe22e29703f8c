"""Descent: gradient descent, momentum and Nesterov's method as update rules, and schedules.

A rule takes the gradient function, the parameters w, the velocity v and the learning rate, and
returns the next w and v:

    sgd                                       w <- w - lr grad(w)
    momentum     v <- beta v + lr grad(w)             w <- w - v
    nesterov     v <- beta v + lr grad(w - beta v)    w <- w - v

`grad` may be the gradient over all samples (gradient descent) or over a batch (stochastic gradient
descent). w and v are nested arrays, alike; v begins at zero: `map_arrays(np.zeros_like, w)`. No
rule changes the arrays that it is given. In a stack of S networks, `lr` and `beta` may be arrays
of shape (S, 1, 1), one value a network.

The velocity here holds the learning rate, as in Sutskever et al., "On the importance of
initialization and momentum in deep learning" (2013), whose v is ours with the sign turned: the two
always walk the same path. PyTorch keeps it outside, buf <- beta buf + grad, w <- w - lr buf:

- `momentum` at a constant rate: the same path, v = lr buf.
- `momentum` while the rate changes: not the same. Ours carries on a step taken at the old rate as
  it was; PyTorch rescales it to the new rate. PyTorch walks our path if its momentum at step t is
  set to beta lr[t-1] / lr[t].
- `nesterov` at a constant rate: PyTorch's w is our w - beta v, the point where we take the
  gradient.
- `nesterov` while the rate changes: no momentum, constant or set at each step, makes the two the
  same.
"""

from .arrays import map_arrays


def sgd(gradient, w, v, lr):
    """Take a step against the gradient: w <- w - lr grad(w). The velocity is passed on as it is.

    Parameters
    ----------
    gradient : callable
        Takes parameters like `w`, returns the gradient there, like `w`.
    w, v : nested arrays
        Parameters and velocity.
    lr : float or ndarray
        Learning rate, or one a network, of shape (S, 1, 1).

    Returns
    -------
    w, v : nested arrays
        The next parameters and velocity, new arrays.

    Examples
    --------
    Half the squared distance from 3 has the gradient w - 3.

    >>> sgd(lambda w: w - 3, w=0.0, v=0.0, lr=0.5)
    (1.5, 0.0)
    """
    return map_arrays(lambda p, g: p - lr * g, w, gradient(w)), v


def momentum(gradient, w, v, lr, beta=0.9):
    """Take a step of the heavy-ball method: v <- beta v + lr grad(w), w <- w - v.

    A gradient that stays the same is summed to lr / (1 - beta) times itself: at beta = .9, ten
    times the learning rate.

    Parameters
    ----------
    gradient, w, v, lr
        As in `sgd`.
    beta : float or ndarray
        The share of the velocity that is kept, 0 <= beta < 1.

    Returns
    -------
    w, v : nested arrays
        The next parameters and velocity, new arrays.

    References
    ----------
    Polyak, "Some methods of speeding up the convergence of iteration methods" (1964).

    Examples
    --------
    >>> w, v = momentum(lambda w: w - 3, w=0.0, v=0.0, lr=0.5, beta=0.5)
    >>> momentum(lambda w: w - 3, w, v, lr=0.5, beta=0.5)
    (3.0, -1.5)
    """
    v = map_arrays(lambda u, g: beta * u + lr * g, v, gradient(w))
    return map_arrays(lambda p, u: p - u, w, v), v


def nesterov(gradient, w, v, lr, beta=0.9):
    """Take a step of Nesterov's method: v <- beta v + lr grad(w - beta v), w <- w - v.

    The gradient is taken where the velocity alone would lead.

    Parameters
    ----------
    gradient, w, v, lr, beta
        As in `momentum`.

    Returns
    -------
    w, v : nested arrays
        The next parameters and velocity, new arrays.

    References
    ----------
    Nesterov, "A method for solving the convex programming problem with convergence rate O(1/k^2)"
    (1983), in the form of Sutskever et al. (2013).

    Examples
    --------
    >>> w, v = nesterov(lambda w: w - 3, w=0.0, v=0.0, lr=0.5, beta=0.5)
    >>> nesterov(lambda w: w - 3, w, v, lr=0.5, beta=0.5)
    (2.625, -1.125)
    """
    ahead = map_arrays(lambda p, u: p - beta * u, w, v)
    v = map_arrays(lambda u, g: beta * u + lr * g, v, gradient(ahead))
    return map_arrays(lambda p, u: p - u, w, v), v


def constant():
    """Return the schedule that leaves the learning rate as it is.

    A schedule is a function of the epoch 0, 1, 2, ... that returns the factor of the learning rate
    in that epoch.

    Examples
    --------
    >>> constant()(7)
    1.0
    """
    return lambda epoch: 1.0


def exponential(decay):
    """Return the schedule decay^epoch: every epoch, the learning rate is multiplied by `decay`.

    Examples
    --------
    >>> schedule = exponential(0.5)
    >>> [schedule(epoch) for epoch in range(4)]
    [1.0, 0.5, 0.25, 0.125]
    """
    return lambda epoch: decay**epoch


def compounding(decay):
    """Return the schedule decay^(epoch (epoch + 1) / 2): `exponential`, applied again and again.

    This is what the line `lr = lr * decay**epoch` does inside the loop over the epochs, where
    `lr * decay**epoch` is often what was meant: all epochs together are worth only a few at the
    full rate.

    Examples
    --------
    >>> schedule, lr = compounding(0.5), 1.0
    >>> for epoch in range(4):
    ...     lr = lr * 0.5**epoch
    ...     print(lr, schedule(epoch))
    1.0 1.0
    0.5 0.5
    0.125 0.125
    0.015625 0.015625
    """
    return lambda epoch: decay ** (epoch * (epoch + 1) // 2)
