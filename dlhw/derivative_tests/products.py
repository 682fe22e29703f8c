"""Claimed and measured slopes for the products with a Jacobian: J v, J^T u, and both."""

import numpy as np

from ..arrays import inner, paths
from .calling import ask, call, like, number, precision, real
from .diagnosis import Slope
from .entries import covered, notable, parts
from .probes import (
    NEIGHBOURS,
    ROUND_OFF,
    GradientProbe,
    Probe,
    one_unit_away,
    reordered,
    size_of,
)
from .slopes import RATIO, Line, norm


class TransposeProbe(GradientProbe):
    """The slope of <f, u> against <J^T u, d>."""

    noun = "J^T u"

    def __init__(self, f, vjp, x, rng):
        Probe.__init__(self, x)
        values = ask(self.count(f), "f", real, x)
        self.u, self.vjp, read = rng.standard_normal(values.shape), vjp, like(values, set())

        def along_u(x):
            return np.sum(self.u * read(f(x), "f"))

        self.f, self.read = self.count(along_u), number
        self.start = float(np.sum(self.u * values))
        self.take(lambda x: call(vjp, "vjp", as_given, x, self.u), "vjp", rng)
        self.epsilon = precision(x, values)

    def hints(self, block, d):
        """Add what an identity path contributes, what J u would claim, and u in another order."""
        hints = square_hints(self.vjp, self.x, block, d, self.u) | super().hints(block, d)
        for name, u in reordered("argument", self.u).items():
            hints[name] = inner(call(self.vjp, "vjp", like(self.x, set()), self.x, u), d)
        return hints


def as_given(result, name):
    """Return what a function returned as it is."""
    return result


class JacobianProbe(Probe):
    """The slope of <u, f> against <u, J v>, with a new u for every v."""

    noun = "J v"

    def __init__(self, f, jvp, x, rng):
        super().__init__(x)
        self.f, self.jvp, self.rng = self.count(f), jvp, rng
        self.start = ask(self.f, "f", real, x)
        self.read, self.epsilon = like(self.start, set()), precision(x, self.start)

    def claim(self, d):
        """Return J d."""
        read = like(self.start, self.swapped)
        return ask(self.jvp, "jvp", read, self.x, d, between=lambda: self.at(1.0, d))

    def aim(self, block, d):
        """Return the Slope along `d`."""
        product, u = self.claim(d), self.rng.standard_normal(self.start.shape)
        read = like(self.start, set())
        beside = call(self.jvp, "jvp", read, one_unit_away(self.x), d)
        terms = u * product

        def hints():
            hints = square_hints(self.jvp, self.x, block, u, d)
            hints |= {name: np.sum(u * r) for name, r in reordered("result", product).items()}
            for name, v in reordered("argument", dict(paths(d))[block]).items():
                product_of = call(self.jvp, "jvp", read, self.x, self.only(block, v))
                hints[name] = np.sum(u * product_of)
            return {name: float(hint) for name, hint in hints.items()}

        claimed, epsilon = float(np.sum(terms)), precision(product)
        phi, size = self.line(d, u), norm(terms)
        lost = NEIGHBOURS * norm(u * beside - terms)
        return self.compare(block, d, phi, claimed, size, size, lost, epsilon, hints)

    def line(self, d, u=None):
        """Return <u, f> as a function of the step t along `d`; for a new u where none is given."""
        if u is None:
            u = self.rng.standard_normal(self.start.shape)
        return lambda t: float(np.sum(u * self.at(t, d)))

    def wrong_entries(self, block, line, rng):
        """Return which entries of J v are wrong when the block alone changes."""
        d, t = self.direction(rng, block), line.reach / RATIO
        found = (self.at(t, d) - self.at(-t, d)) / (2 * t)
        return notable(np.abs(self.claim(d) - found), line.noise / t)


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


class AdjointProbe(Probe):
    """<u, J v> against <J^T u, v>, with a new u for every v."""

    noun = "J^T u (if J v is right)"

    def __init__(self, jvp, vjp, x, rng):
        super().__init__(x)
        self.jvp, self.vjp, self.rng = jvp, vjp, rng

    def widen(self, rng):
        """Nothing is measured, so no parameter is too small."""

    def look_for_jumps(self, rng, block, own, noise):
        """No f is called that could jump."""
        return False

    def right_near_zero(self, block, rng):
        """Two products have nothing that could be cut off."""
        return False

    def independent(self, rng, block):
        """Say that nothing depends on a block along which both products vanish."""
        return True

    def products(self, d):
        """Return J d, a new u, and J^T u."""
        product = ask(self.jvp, "jvp", real, self.x, d)
        u = self.rng.standard_normal(product.shape)
        return product, u, ask(self.vjp, "vjp", like(self.x, self.swapped), self.x, u)

    def aim(self, block, d):
        """Return <u, J d> as the slope measured and <J^T u, d> as the one claimed."""
        product, u, back = self.products(d)
        measured, claimed = float(np.sum(u * product)), inner(back, d)
        size = norm(u * product) + size_of(back) * size_of(d)
        own = 10 * ROUND_OFF * precision(product, back) * size
        rise = np.array([[measured], [-measured]])
        line = Line(measured, 0.0, 0.0, 0.0, 0.0, 1.0, (), False, np.ones(1), rise)
        size = max(norm(u * product), abs(claimed))
        return Slope(block, claimed, line, size, own, own, self.accepted)

    def wrong_entries(self, block, line, rng):
        """Return which entries of J^T u differ from <u, J e> for the unit vectors e of the block.

        None where they are too many.
        """
        _, u, back = self.products(self.direction(rng))
        claim, off = dict(paths(back))[block], []
        for part in parts(claim.shape):
            d = np.zeros(claim.shape)
            d.flat[part] = rng.standard_normal(len(part))
            product = ask(self.jvp, "jvp", real, self.x, self.only(block, d))
            off.append(abs(np.sum(u * product) - np.sum(claim * d)))
        return covered(claim.shape, notable(np.array(off)))
