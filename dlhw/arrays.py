"""Nested arrays as one vector space.

The parameters of a model are an array, or a list, tuple or dict of arrays, nested as the model likes. Two operations make
such structures a vector space: `map_arrays` does arithmetic leaf by leaf, `inner` is the inner product.
`paths` gives every leaf a name, `map_paths` uses it.
"""

import numpy as np


def map_arrays(fn, x, *others):
    """Apply `fn` to corresponding arrays of one or more nested structures.

    Parameters
    ----------
    fn : callable
        Takes one array of each structure, returns one array.
    x : array or nested dict, list or tuple of arrays
        Its containers shape the result.
    *others : like `x`
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
    if isinstance(x, dict):
        for o in others:
            if not isinstance(o, dict) or o.keys() != x.keys():
                raise ValueError(f"expected a dict with the keys {list(x)}, got {_outline(x, others)}")
        return {key: map_arrays(fn, x[key], *[o[key] for o in others]) for key in x}
    if isinstance(x, (list, tuple)):
        for o in others:
            if not isinstance(o, (list, tuple)) or len(o) != len(x):
                raise ValueError(f"expected {len(x)} arrays in a list or tuple, got {_outline(x, others)}")
        values = [map_arrays(fn, *children) for children in zip(x, *others)]
        return type(x)(*values) if hasattr(x, "_fields") else type(x)(values)
    for o in others:
        if isinstance(o, (dict, list, tuple)):
            raise ValueError(f"expected one array, got {_outline(x, others)}")
    return fn(x, *others)


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
    return [leaf for key, child in children for leaf in paths(child, f"{prefix}.{key}" if prefix else str(key))]


def map_paths(fn, x, prefix=""):
    """Apply `fn` to the dotted path and the array of every leaf of a nested structure.

    Examples
    --------
    >>> map_paths(lambda path, p: path, {"W": 1.0, "layers": (2.0, 3.0)})
    {'W': 'W', 'layers': ('layers.0', 'layers.1')}
    """
    names = iter([path for path, _ in paths(x, prefix)])
    return map_arrays(lambda p: fn(next(names), p), x)


def inner(x, y):
    """Return the inner product of two nested structures: the sum over all entries of their products.

    For arrays this is the Frobenius product <X, Y> = sum_ij X_ij Y_ij; for a structure, the sum over its arrays.

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
    return float(sum(product for _, product in paths(map_arrays(_frobenius, x, y))))


def _frobenius(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError(f"expected two arrays of one shape, got {np.shape(a)} and {np.shape(b)}")
    return float(np.sum(np.multiply(a, b)))


def _outline(x, others):
    kind = lambda o: f"a dict with the keys {list(o)}" if isinstance(o, dict) else (
        f"a {type(o).__name__} of {len(o)}" if isinstance(o, (list, tuple)) else f"a {type(o).__name__}")
    return ", ".join(kind(o) for o in others if kind(o) != kind(x))
