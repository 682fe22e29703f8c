"""Ask a reader's functions, safely, for claimed and measured slopes.

Each function is called with copies, its result is checked before it is used, and what is wrong with it ends the test with a
named cause. A probe then gives, for any direction, the slope that the derivative claims and the one that was measured.
"""

import numpy as np

from .arrays import inner, map_arrays, map_paths, paths
from .diagnosis import Slope
from .taylor import Line, measure, norm

ROUNDING = 100
"""How many units of round-off a claimed slope may be off."""


class Stop(Exception):
    """Ends a test: a cause, a sentence, and the path of the block it was found in."""

    def __init__(self, cause, message, culprit=None):
        super().__init__(message)
        self.cause, self.message, self.culprit = cause, message, culprit


def as_point(x):
    """Return `x` as nested arrays of floats; integers become float64. Raise a ValueError where it cannot be tested."""
    def leaf(path, value):
        array = np.asarray(value)
        name = f'x["{path}"]' if path else "x"
        if array.dtype.kind not in "iuf":
            raise ValueError(f"expected {name} to hold real numbers, got {array.dtype}")
        if not np.isfinite(array).all():
            raise ValueError(f"expected {name} to be finite, got NaN or infinity")
        return np.array(array, dtype=float if array.dtype.kind in "iu" else None)

    return map_paths(leaf, x)


def call(function, name, *arguments):
    """Call a reader's function with copies; return its result and whether it changed what it was given."""
    given = [map_arrays(lambda a: np.array(a)[()], argument) for argument in arguments]
    with np.errstate(all="ignore"):
        try:
            result = function(*given)
        except Exception as error:
            raise Stop("raises", f"{name} raised {type(error).__name__}: {error}") from error
    if result is None:
        raise Stop("shape", f"{name} returned None. Is there a return at its end?")
    return result, any(_differ(a, b) for a, b in zip(given, arguments))


def ask(function, name, convert, *arguments):
    """Return the converted result of a reader's function, once it is known to be fit for a test."""
    result, changed = call(function, name, *arguments)
    value = convert(result, name)
    for path, leaf in paths(value):
        if not np.isfinite(leaf).all():
            raise Stop("nonfinite", f"{name} is not finite{_at(path)}: it holds NaN or infinity.", path or None)
    if changed:
        raise Stop("mutates_input", f"{name} changes the array that it is given. Work on a copy, or write x = x + ... for x += ...")
    again = convert(call(function, name, *arguments)[0], name)
    gap = max(np.max(np.abs(a - b), initial=0) for (_, a), (_, b) in zip(paths(value), paths(again)))
    size = max(np.max(np.abs(a), initial=0) for _, a in paths(value))
    if not gap <= 64 * precision(value) * size:
        raise Stop("not_deterministic", f"{name} gives another result when it is called again. Fix the seed of what is random in it.")
    return value


def number(result, name):
    """Convert what a scalar function returned to a float."""
    pair = isinstance(result, (tuple, list)) and len(result) != 1
    array = np.empty(2) if pair else real(result, name)
    if array.size != 1:
        hint = f" Pass lambda x: {name}(x)[0] if the first is meant." if pair else ""
        raise Stop("shape", f"expected one number from {name}, got {_outline(result, array)}.{hint}")
    return float(array.reshape(()))


def real(result, name):
    """Convert a result to a new array of real numbers."""
    result = result.detach() if hasattr(result, "detach") else result
    try:
        array = np.array(result)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        raise Stop("shape", f"expected real numbers from {name}, got {_outline(result, array)}.")
    return array if array.dtype.kind == "f" else array.astype(float)


def like(x, swapped):
    """Return a converter to the structure and the shapes of `x`; paths of blocks that had to be transposed go to `swapped`."""
    def leaf(array, result, name, path):
        result = real(result, name)
        if result.shape != array.shape:
            if result.ndim != 2 or result.T.shape != array.shape:
                raise Stop("shape", f"expected {name} to have the shape {array.shape}{_at(path)}, got {result.shape}.", path or None)
            swapped.add(path)
        return result.T if result.shape != array.shape else result

    def match(x, result, name, path=""):
        if not isinstance(x, (dict, list, tuple)):
            return leaf(x, result, name, path)
        keys = list(x) if isinstance(x, dict) else list(range(len(x)))
        got = list(result) if isinstance(result, dict) else list(range(len(result))) if hasattr(result, "__len__") else None
        if got is None or set(got) != set(keys) or isinstance(x, dict) != isinstance(result, dict):
            found = f"a dict with the keys {got}" if isinstance(result, dict) else f"{type(result).__name__} of {got and len(got)}"
            raise Stop("shape", f"expected {name} to hold {keys}{_at(path)}, as x does, got {found}.", path or None)
        children = [match(x[key], result[key], name, f"{path}.{key}" if path else str(key)) for key in keys]
        return dict(zip(keys, children)) if isinstance(x, dict) else children

    return lambda result, name: match(x, result, name)


def precision(*nested):
    """Return the coarsest machine epsilon among the number types of nested arrays."""
    arrays = [np.asarray(leaf.detach() if hasattr(leaf, "detach") else leaf) for x in nested for _, leaf in paths(x)]
    return max(float(np.finfo(array.dtype if array.dtype.kind == "f" else float).eps) for array in arrays)


class Probe:
    """Claimed and measured slopes along any direction: what the four tests share."""

    noun = "The gradient"

    def __init__(self, x):
        self.x, self.swapped = x, set()
        self.blocks = {path: block for path, block in paths(x) if block.size}
        self.skipped = [path for path, block in paths(x) if not block.size]

    def direction(self, rng, block=None):
        """Draw a normal direction, each array in the size of its parameter; zero outside of `block` where one is named."""
        overall = max(1.0, _rms(*self.blocks.values()))
        return map_paths(lambda path, a: (rng.standard_normal(a.shape) * (_rms(a) or overall)
                                          if block in (None, path) else np.zeros(a.shape)), self.x)

    def moved(self, t, d):
        """Return x + t d in the number types of x."""
        return map_arrays(lambda a, step: (a + t * step).astype(a.dtype), self.x, d)

    def slope(self, block, d):
        """Return the Slope along `d`. What looks wrong or kinked is measured again with other steps before it counts."""
        slope = self.aim(block, d)
        if slope.verdict in ("fail", "kink"):
            again = self.aim(block, map_arrays(lambda a: 0.7 * a, d))
            slope = slope if again.verdict in ("fail", "kink") else again
        return slope

    def compare(self, block, phi, claimed, terms, hints, epsilon=0.0):
        """Measure phi and set it beside the claimed slope, a sum of `terms`."""
        line = measure(phi, max(self.epsilon, epsilon))
        if np.isnan(line.slope):
            raise Stop("nonfinite", "f is not finite near x, however small the step.", block)
        size = norm(np.concatenate([np.ravel(leaf) for _, leaf in paths(terms)]))
        tolerance = 3 * (line.error + (0.0 if line.kinked else abs(line.right - line.left))) + ROUNDING * line.epsilon * (size + abs(claimed) + line.curvature)
        return Slope(block, claimed, line, tolerance, max(abs(line.slope), size, line.secant / 8), hints)


def square_hints(product, x, block, to, onto):
    """Return what an identity path adds to <to, product(x, onto)>, and what the other of the two products would claim.

    There is no hint unless both vectors have the shape of the block.
    """
    to, onto = (vector if isinstance(vector, np.ndarray) else dict(paths(vector)).get(block) for vector in (to, onto))
    if to is None or onto is None or to.shape != onto.shape:
        return {}
    hints = {"identity": float(np.sum(to * onto))}
    if block == "":
        hints["product"] = float(np.sum(onto * real(call(product, "the product", x, to)[0], "the product")))
    return hints


class GradientProbe(Probe):
    """The slope of f against <grad, d>."""

    def __init__(self, f, grad, x):
        super().__init__(x)
        self.f, self.start = f, ask(f, "f", number, x)
        self.gradient = ask(grad if callable(grad) else lambda _: grad, "grad", like(x, self.swapped), x)
        self.epsilon = precision(x, call(f, "f", x)[0], self.gradient)

    def value(self, point):
        """Return f at a point; NaN where f fails there, as outside of its domain."""
        try:
            return number(call(self.f, "f", point)[0], "f")
        except Stop:
            return np.nan

    def along(self, d):
        """Return f as a function of the step t along `d`."""
        return lambda t: self.value(self.moved(t, d))

    def aim(self, block, d):
        """Return the Slope along `d`."""
        terms = map_arrays(np.multiply, self.gradient, d)
        return self.compare(block, self.along(d), inner(self.gradient, d), terms, lambda: self.hints(block, d))

    def hints(self, block, d):
        """Return what other explanations would claim: another order of the entries, a multiple of the parameter."""
        claim, parameter, step = (dict(paths(x))[block] for x in (self.gradient, self.x, d))
        hints = {"parameter": float(np.sum(parameter * step))}
        if claim.ndim == 2:
            if claim.shape[0] == claim.shape[1]:
                hints["transposed"] = float(np.sum(claim.T * step))
            hints["reordered"] = float(np.sum(claim.ravel("C").reshape(claim.shape, order="F") * step))
            hints["reordered back"] = float(np.sum(claim.ravel("F").reshape(claim.shape) * step))
        return hints

    def change(self, d):
        """Return the rise of f along `d` as a function of the step, and the claimed slope."""
        phi = self.along(d)
        return lambda t: phi(t) - self.start, inner(self.gradient, d)

    def wrong_entries(self, block, line, rng, most):
        """Return which entries of the block are wrong, from slopes along single entries; where there are too many, along rows
        and columns. None where even these are too many."""
        claim, size = dict(paths(self.gradient))[block], _rms(self.blocks[block]) or max(1.0, _rms(*self.blocks.values()))
        if claim.size <= most:
            masks = np.eye(claim.size).reshape(-1, *claim.shape)
        elif claim.ndim == 2 and sum(claim.shape) <= most:
            grid, draw = np.indices(claim.shape), rng.standard_normal(claim.shape)
            masks = [(grid[axis] == i) * draw for axis in (0, 1) for i in range(claim.shape[axis])]
        else:
            return None
        found, errors = np.array([self.central(block, size * mask, line) for mask in masks]).T
        claimed = np.array([size * np.sum(claim * mask) for mask in masks])
        wrong = np.abs(claimed - found) > 1e-5 * np.max(np.abs(found)) + errors
        if claim.size <= most:
            return wrong.reshape(claim.shape)
        return np.logical_and.outer(wrong[: claim.shape[0]], wrong[claim.shape[0] :])

    def central(self, block, step, line):
        """Return the slope along one step of one block by two central differences, with its error bar."""
        phi, t = self.along(map_paths(lambda path, a: step if path == block else np.zeros(a.shape), self.x)), line.reach / 16
        coarse, fine = (np.array([1, -1]) @ [phi(h), phi(-h)] / (2 * h) for h in (t, t / 4))
        return fine + (fine - coarse) / 15, abs(fine - coarse) + 32 * line.noise / t


class TransposeProbe(GradientProbe):
    """The slope of <f, u> against <J^T u, d>."""

    noun = "J^T u"

    def __init__(self, f, vjp, x, rng):
        Probe.__init__(self, x)
        values = ask(f, "f", real, x)
        self.u, self.vjp = rng.standard_normal(values.shape), vjp
        self.f, self.start = lambda x: np.sum(self.u * real(f(x), "f")), float(np.sum(self.u * values))
        self.gradient = ask(vjp, "vjp", like(x, self.swapped), x, self.u)
        self.epsilon = precision(x, values, self.gradient)

    def hints(self, block, d):
        """Add what an identity path contributes, and what J u would claim."""
        return {**square_hints(self.vjp, self.x, block, d, self.u), **super().hints(block, d)}


class JacobianProbe(Probe):
    """The slope of <u, f> against <u, J v>, with a new u for every v."""

    noun = "J v"

    def __init__(self, f, jvp, x, rng):
        super().__init__(x)
        self.f, self.jvp, self.rng = f, jvp, rng
        self.start = ask(f, "f", real, x)
        self.epsilon = precision(x, self.start)

    def product(self, d):
        """Return J d."""
        return ask(self.jvp, "jvp", like(self.start, self.swapped), self.x, d)

    def values(self, t, d):
        """Return f(x + t d); NaN where f fails there."""
        try:
            values = real(call(self.f, "f", self.moved(t, d))[0], "f")
            return values if values.shape == self.start.shape else np.full(self.start.shape, np.nan)
        except Stop:
            return np.full(self.start.shape, np.nan)

    def aim(self, block, d):
        """Return the Slope along `d`."""
        product, u = self.product(d), self.rng.standard_normal(self.start.shape)
        phi = lambda t: float(np.sum(u * self.values(t, d)))
        hints = lambda: square_hints(self.jvp, self.x, block, u, d)
        return self.compare(block, phi, float(np.sum(u * product)), u * product, hints, precision(product))

    def along(self, d):
        """Return <u, f> as a function of the step t along `d`, for one new u."""
        u = self.rng.standard_normal(self.start.shape)
        return lambda t: float(np.sum(u * self.values(t, d)))

    def change(self, d):
        """Return the change of f along `d` as a function of the step, and the claimed J d."""
        return lambda t: self.values(t, d) - self.start, self.product(d)

    def wrong_entries(self, block, line, rng, most):
        """Return which entries of J v are wrong when the block alone changes."""
        d, t = self.direction(rng, block), line.reach / 16
        coarse, fine = ((self.values(h, d) - self.values(-h, d)) / (2 * h) for h in (t, t / 4))
        found, errors = fine + (fine - coarse) / 15, np.abs(fine - coarse) + 32 * line.noise / t
        return np.abs(self.product(d) - found) > 1e-5 * np.max(np.abs(found)) + errors


class AdjointProbe(Probe):
    """<u, J v> against <J^T u, v>, with a new u for every v."""

    noun = "J^T u (if J v is right)"

    def __init__(self, jvp, vjp, x, rng):
        super().__init__(x)
        self.jvp, self.vjp, self.rng = jvp, vjp, rng

    def products(self, d):
        """Return J d, a new u, and J^T u."""
        product = ask(self.jvp, "jvp", real, self.x, d)
        u = self.rng.standard_normal(product.shape)
        return product, u, ask(self.vjp, "vjp", like(self.x, self.swapped), self.x, u)

    def aim(self, block, d):
        """Return <u, J d> as the slope measured and <J^T u, d> as the one claimed."""
        product, u, back = self.products(d)
        measured, claimed = float(np.sum(u * product)), inner(back, d)
        size = norm(u * product) + inner(back, back) ** 0.5 * inner(d, d) ** 0.5
        tolerance = 10 * ROUNDING * precision(product, back) * size
        flat = not product.any() and claimed == 0
        line = Line(measured, 0.0, measured, measured, flat, *[0.0] * 4, np.nan)
        return Slope(block, claimed, line, tolerance, max(abs(measured), norm(u * product), abs(claimed)), dict)

    def wrong_entries(self, block, line, rng, most):
        """Return which entries of J^T u differ from <u, J e> for the unit vectors e of the block; None where they are too many."""
        zero = map_arrays(np.zeros_like, self.x)
        _, u, back = self.products(self.direction(rng))
        claim = dict(paths(back))[block]
        if claim.size > most:
            return None
        units = np.eye(claim.size).reshape(-1, *claim.shape)
        found = np.array([np.sum(u * ask(self.jvp, "jvp", real, self.x, map_paths(lambda path, a: unit if path == block else a, zero)))
                          for unit in units]).reshape(claim.shape)
        return np.abs(claim - found) > 1e-9 * np.max(np.abs(found))



def _rms(*arrays):
    count = sum(a.size for a in arrays)
    return float(np.sqrt(sum(np.sum(np.square(a, dtype=float)) for a in arrays) / count)) if count else 0.0


def _differ(a, b):
    try:
        return any(not equal for _, equal in paths(map_arrays(lambda p, q: bool(np.array_equal(p, q)), a, b)))
    except ValueError:
        return True


def _at(path):
    return f' at "{path}"' if path else ""


def _outline(result, array):
    if isinstance(result, (tuple, list)):
        return f"a {type(result).__name__} of {len(result)}"
    return f"an array of shape {array.shape}" if array.dtype.kind in "biufc" and array.ndim else type(result).__name__
