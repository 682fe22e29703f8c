"""Claimed and measured slopes along any direction, for each of the four tests."""

import numpy as np

from ..arrays import inner, map_arrays, map_paths, paths
from .calling import Stop, ask, call, like, number, precision, real
from .diagnosis import Slope
from .slopes import Line, measure, norm

ROUNDING = 100
"""How many units of round-off a claimed slope may be off."""

FLAT = 64e9
"""By how many times its noise a function may be steeper that seems constant."""


class Probe:
    """Claimed and measured slopes along any direction: what the four tests share."""

    noun = "The gradient"

    def __init__(self, x):
        self.x, self.swapped, self.trouble = x, set(), None
        self.blocks = {path: block for path, block in paths(x) if block.size}
        self.skipped = [path for path, block in paths(x) if not block.size]
        self.sizes = {path: norm(a) / a.size**0.5 or 1.0 for path, a in self.blocks.items()}

    def direction(self, rng, block=None):
        """Draw a normal direction, each array in the size of its parameter.

        It is zero outside of `block` where one is named.
        """

        def step(path, a):
            if block not in (None, path):
                return np.zeros(a.shape)
            return rng.standard_normal(a.shape) * self.sizes.get(path, 1.0)

        return map_paths(step, self.x)

    def widen(self, rng):
        """Take small parameters for zero, of size 1, where f does not notice them.

        It hardly changes when they change by their own size.
        """
        noticed = self.epsilon**0.5 * norm(self.start)
        for path, size in self.sizes.items():
            if size < 1:
                change = self.at(1.0, self.direction(rng, path)) - self.start
                if norm(change) <= noticed:
                    self.sizes[path] = 1.0

    def only(self, block, step):
        """Return a direction that is `step` in one block and zero in the others."""
        return map_paths(lambda path, a: step if path == block else np.zeros(a.shape), self.x)

    def at(self, t, d):
        """Return f(x + t d), in the number types of x.

        It is NaN where f fails there, as outside of its domain.
        """
        place = map_arrays(lambda a, step: (a + t * step).astype(a.dtype), self.x, d)
        try:
            return call(self.f, "f", self.read, place)
        except Stop as trouble:
            self.trouble = trouble
            return np.nan * self.start

    def central(self, d, line):
        """Return the slope of f along d by two central differences, with its error bar."""
        t = line.reach / 16
        coarse, fine = ((self.at(h, d) - self.at(-h, d)) / (2 * h) for h in (t, t / 4))
        return fine + (fine - coarse) / 15, np.abs(fine - coarse) + 32 * line.noise / t

    def slope(self, block, d):
        """Return the Slope along `d`.

        What looks wrong or kinked is measured again with other steps before it counts.
        """
        slope = self.aim(block, d)
        if slope.verdict in ("fail", "kink"):
            again = self.aim(block, map_arrays(lambda a: 0.7 * a, d))
            if again.verdict not in ("fail", "kink"):
                return again
        return slope

    def compare(self, block, d, phi, claimed, terms, hints, epsilon=0.0):
        """Measure phi, f along d, and set it beside the claimed slope, a sum of `terms`."""
        line = measure(phi, max(self.epsilon, epsilon))
        if np.isnan(line.slope):
            message = "f is not finite near x, however small the step."
            raise self.trouble or Stop("nonfinite", message, block)
        size = norm(np.concatenate([np.ravel(leaf) for _, leaf in paths(terms)]))
        if line.kinked:
            kink, gap = line.gap, 0.0
        else:
            kink, gap = 0.0, line.gap
        rounding = ROUNDING * line.epsilon * (size + abs(claimed) + line.curvature)
        tolerance = 3 * (line.error + gap) + rounding + line.noise * self.hidden(d, line)
        scale = max(abs(line.slope), size, line.secant / 8)
        return Slope(block, claimed, line, tolerance, scale, hints, kink)

    def hidden(self, d, line):
        """Return by how many times its noise f may be steeper at x than it looks.

        A rise that is over before the smallest step is taken for noise. It may be there where a
        direction moves entries by many times their own size, and where f seems constant.
        """
        if line.flat:
            return FLAT

        def times_its_size(a, step):
            entries = (a != 0) & (step != 0)
            if not np.any(entries):
                return 0.0
            return np.quantile(np.abs(step / a)[entries], 0.95)

        moved = map_arrays(times_its_size, self.x, d)
        return 8 * max(leaf for _, leaf in paths(moved))


def square_hints(product, x, block, to, onto):
    """Return what an identity path adds to <to, product(x, onto)>, and the other product's claim.

    There is no hint unless both vectors have the shape of the block.
    """
    to, onto = _block_of(to, block), _block_of(onto, block)
    if to is None or onto is None or to.shape != onto.shape:
        return {}
    hints = {"identity": float(np.sum(to * onto))}
    if block == "":
        hints["product"] = float(np.sum(onto * call(product, "the product", real, x, to)))
    return hints


def _block_of(vector, block):
    if isinstance(vector, np.ndarray):
        return vector
    return dict(paths(vector)).get(block)


class GradientProbe(Probe):
    """The slope of f against <grad, d>."""

    def __init__(self, f, grad, x):
        super().__init__(x)
        self.f, self.read, self.start = f, number, ask(f, "f", number, x)
        function = grad if callable(grad) else lambda _: grad
        self.gradient = ask(function, "grad", like(x, self.swapped), x)
        self.epsilon = precision(x, call(f, "f", real, x), self.gradient)

    def along(self, d):
        """Return f as a function of the step t along `d`."""
        return lambda t: self.at(t, d)

    def claim(self, d):
        """Return the slope that the gradient claims."""
        return inner(self.gradient, d)

    def aim(self, block, d):
        """Return the Slope along `d`."""
        claimed, terms = self.claim(d), map_arrays(np.multiply, self.gradient, d)
        return self.compare(block, d, self.along(d), claimed, terms, lambda: self.hints(block, d))

    def hints(self, block, d):
        """Return what other explanations would claim.

        They are another order of the entries, and a multiple of the parameter.
        """
        claim, parameter, step = (dict(paths(x))[block] for x in (self.gradient, self.x, d))
        hints = {"parameter": parameter}
        if claim.ndim == 2 and claim.shape[0] == claim.shape[1]:
            hints["transposed"] = claim.T
        elif claim.ndim == 2:
            hints["reordered"] = claim.ravel("C").reshape(claim.shape, order="F")
            hints["reordered back"] = claim.ravel("F").reshape(claim.shape)
        return {name: float(np.sum(hint * step)) for name, hint in hints.items()}

    def wrong_entries(self, block, line, rng, most):
        """Return which entries of the block are wrong.

        From slopes along single entries; where these are more than `most`, along rows and columns.
        None where even these are too many.
        """
        claim, size = dict(paths(self.gradient))[block], self.sizes[block]
        if claim.size > most and (claim.ndim != 2 or sum(claim.shape) > most):
            return None
        if claim.size <= most:
            masks = _single_entries(claim.shape)
        else:
            masks = _lines(claim.shape, rng)
        slopes = [self.central(self.only(block, size * mask), line) for mask in masks]
        found, errors = np.array(slopes).T
        claimed = np.array([size * np.sum(claim * mask) for mask in masks])
        wrong = np.abs(claimed - found) > 1e-5 * np.max(np.abs(found)) + errors
        if claim.size <= most:
            return wrong.reshape(claim.shape)
        return np.logical_and.outer(wrong[: claim.shape[0]], wrong[claim.shape[0] :])


class TransposeProbe(GradientProbe):
    """The slope of <f, u> against <J^T u, d>."""

    noun = "J^T u"

    def __init__(self, f, vjp, x, rng):
        Probe.__init__(self, x)
        values = ask(f, "f", real, x)
        self.u, self.vjp, read = rng.standard_normal(values.shape), vjp, like(values, set())

        def along_u(x):
            return np.sum(self.u * read(f(x), "f"))

        self.f, self.read = along_u, number
        self.start = float(np.sum(self.u * values))
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
        self.f, self.jvp, self.rng, self.start = f, jvp, rng, ask(f, "f", real, x)
        self.read, self.epsilon = like(self.start, set()), precision(x, self.start)

    def claim(self, d):
        """Return J d."""
        return ask(self.jvp, "jvp", like(self.start, self.swapped), self.x, d)

    def aim(self, block, d):
        """Return the Slope along `d`."""
        product, u = self.claim(d), self.rng.standard_normal(self.start.shape)
        phi, terms, epsilon = self.along(d, u), u * product, precision(product)

        def hints():
            return square_hints(self.jvp, self.x, block, u, d)

        return self.compare(block, d, phi, float(np.sum(terms)), terms, hints, epsilon)

    def along(self, d, u=None):
        """Return <u, f> as a function of the step t along `d`; for a new u where none is given."""
        if u is None:
            u = self.rng.standard_normal(self.start.shape)
        return lambda t: float(np.sum(u * self.at(t, d)))

    def wrong_entries(self, block, line, rng, most):
        """Return which entries of J v are wrong when the block alone changes."""
        d = self.direction(rng, block)
        found, errors = self.central(d, line)
        return np.abs(self.claim(d) - found) > 1e-5 * np.max(np.abs(found)) + errors


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
        line = Line(measured, 0.0, measured, measured, flat, 0.0, 0.0, 0.0, 0.0, np.nan)
        scale = max(abs(measured), norm(u * product), abs(claimed))
        return Slope(block, claimed, line, tolerance, scale, hints=dict)

    def wrong_entries(self, block, line, rng, most):
        """Return which entries of J^T u differ from <u, J e> for the unit vectors e of the block.

        None where they are too many.
        """
        _, u, back = self.products(self.direction(rng))
        claim = dict(paths(back))[block]
        if claim.size > most:
            return None
        found = []
        for unit in _single_entries(claim.shape):
            product = ask(self.jvp, "jvp", real, self.x, self.only(block, unit))
            found.append(np.sum(u * product))
        found = np.reshape(found, claim.shape)
        return np.abs(claim - found) > 1e-9 * np.max(np.abs(found))


def _single_entries(shape):
    """Return for every entry an array that is 1 there and zero elsewhere."""
    size = int(np.prod(shape))
    return np.eye(size).reshape(-1, *shape)


def _lines(shape, rng):
    """Return for every row, then every column, an array that is normal there and zero elsewhere."""
    grid, draw = np.indices(shape), rng.standard_normal(shape)
    return [(grid[axis] == i) * draw for axis in (0, 1) for i in range(shape[axis])]
