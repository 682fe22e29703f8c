"""Nested arrays as one vector space.

The parameters of a model are an array, or a list, tuple or dict of arrays, nested as the model
likes. Two operations make such structures a vector space: `map_arrays` does arithmetic leaf by
leaf, `inner` is the inner product. `paths` gives every leaf a name, `map_paths` uses it.
"""

import numpy as np


def map_arrays(fn, x, *other):
    """Apply `fn` to every array of a nested structure, or to the corresponding arrays of two.

    Parameters
    ----------
    fn : callable
        Takes one array of each structure, returns one array.
    x : array or nested dict, list or tuple of arrays
        Its containers shape the result.
    *other : like `x`, at most one
        Lists and tuples interchange; the order of a dict's keys does not matter.

    Returns
    -------
    nested arrays
        The results of `fn`, in the containers of `x`.

    Raises
    ------
    ValueError
        If the structures differ.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"W": np.ones((2, 3)), "b": np.zeros((2, 1))}
    >>> halved = map_arrays(lambda p: p / 2, params)
    >>> float(halved["W"][0, 0])
    0.5
    >>> map_arrays(lambda p, q: p + q, [1.0, 2.0], (10.0, 20.0))
    [11.0, 22.0]
    """
    if other:
        return _map_pairs(fn, x, *other)
    return _map_pairs(lambda p, _: fn(p), x, x)


def paths(x, prefix=""):
    """List the leaves of a nested structure with their dotted paths, in order.

    Examples
    --------
    >>> paths({"W": 1.0, "layers": [2.0, 3.0]})
    [('W', 1.0), ('layers.0', 2.0), ('layers.1', 3.0)]
    >>> paths(4.0)
    [('', 4.0)]
    """
    if isinstance(x, dict):
        children = x.items()
    elif isinstance(x, (list, tuple)):
        children = enumerate(x)
    else:
        return [(prefix, x)]
    leaves = []
    for key, child in children:
        path = f"{prefix}.{key}" if prefix else str(key)
        leaves += paths(child, path)
    return leaves


def map_paths(fn, x, prefix=""):
    """Apply `fn` to the dotted path and the array of every leaf of a nested structure.

    Examples
    --------
    >>> map_paths(lambda path, p: path, {"W": 1.0, "layers": (2.0, 3.0)})
    {'W': 'W', 'layers': ('layers.0', 'layers.1')}
    """
    names = iter([path for path, _ in paths(x, prefix)])  # in the order in which map_arrays walks
    return map_arrays(lambda p: fn(next(names), p), x)


def inner(x, y):
    """Return the inner product of two nested structures: the sum over all products of entries.

    For arrays this is the Frobenius product <X, Y> = sum_ij X_ij Y_ij; for a structure, the sum
    over its arrays.

    Raises
    ------
    ValueError
        If the structures, or the shapes of two corresponding arrays, differ: nothing is broadcast.

    Examples
    --------
    >>> import numpy as np
    >>> G, D = np.array([[1.0, 2.0], [3.0, 4.0]]), np.eye(2)
    >>> inner(G, D)
    5.0
    >>> inner({"W": G, "b": 2.0}, {"b": 3.0, "W": D})
    11.0
    """
    products = map_arrays(_frobenius, x, y)
    return float(sum(product for _, product in paths(products)))


def outline(x):
    """Say in a few words what something is that may not be what was expected.

    Examples
    --------
    >>> outline({"W": 1.0}), outline([1.0, 2.0]), outline(np.zeros((2, 3))), outline(None)
    ("a dict with the keys ['W']", 'a list of 2', 'an array of shape (2, 3)', 'None')
    """
    if isinstance(x, dict):
        return f"a dict with the keys {list(x)}"
    if isinstance(x, (tuple, list)):
        return f"a {type(x).__name__} of {len(x)}"
    if isinstance(x, np.ndarray):
        said = f"an array of shape {x.shape}" if x.ndim else "a number"
        return said if x.dtype.kind in "biuf" else f"{said} of type {x.dtype}"
    if x is None:
        return "None"
    kind = type(x).__name__
    article = "an" if kind[0] in "aeiou" else "a"
    return f"{article} {kind}"


def _map_pairs(fn, x, y):
    if isinstance(x, dict):
        if not isinstance(y, dict) or y.keys() != x.keys():
            raise ValueError(f"expected a dict with the keys {list(x)}, got {outline(y)}")
        return {key: _map_pairs(fn, x[key], y[key]) for key in x}
    if isinstance(x, (list, tuple)):
        if not isinstance(y, (list, tuple)) or len(y) != len(x):
            raise ValueError(f"expected {len(x)} arrays in a list or tuple, got {outline(y)}")
        values = [_map_pairs(fn, p, q) for p, q in zip(x, y)]
        if hasattr(x, "_fields"):  # a named tuple takes them one by one
            return type(x)(*values)
        return type(x)(values)
    if isinstance(y, (dict, list, tuple)):
        raise ValueError(f"expected one array, got {outline(y)}")
    return fn(x, y)


def _frobenius(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError(f"expected two arrays of one shape, got {np.shape(a)} and {np.shape(b)}")
    return float(np.sum(np.multiply(a, b)))
