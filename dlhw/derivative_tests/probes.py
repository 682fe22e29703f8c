"""Claimed and measured slopes along any direction, for each of the four tests."""

from functools import partial

import numpy as np

from ..arrays import inner, map_arrays, map_paths, paths
from .calling import Stop, ask, call, like, number, precision, scalar
from .diagnosis import SMALL, Slope, name_mistake
from .entries import covered, locate, notable, parts
from .kinks import largest_jump
from .sentences import sentence
from .slopes import RATIO, STEPS, VISIBLE, measure, norm

ROUND_OFF = 64
"""How many units of round-off a claim may be off that is computed in an ordinary way."""

OWN = 1e-8
"""How far a claim may be off, relative to its terms, whatever it is computed by: the gradient of a
solve with a matrix of condition 1e11 is, and grad itself gives no sign of it."""

LOST = 1e-7
"""The largest round-off, relative to its terms, by which a claim that loses it is still tested."""

NEIGHBOURS = 8
"""By how much the claim at x may be worse than its difference to that one round-off away."""

FAR = 8.0
"""How many times its own size a parameter is moved to see if f depends on it at all."""

LOOKS = 4
"""Directions in which jumps are looked for far away: a solver may take as many steps all along."""

STRETCHED = 8.0
"""By how many noises a slope may be off where entries are moved by their own size: a rise that is
over before the smallest step is taken for noise, the more so the further they are moved."""

SHARE = 0.01
"""What part of a direction's slope a block must have to count in it."""

NEARER = 8.0
"""By how much smaller parameters are where a clip or an underflow of now is none any more."""


class Probe:
    """Claimed and measured slopes along any direction: what the four tests share."""

    noun = "The gradient"

    def __init__(self, x):
        self.x, self.swapped, self.trouble = x, set(), None
        self.calls, self.accepted, self.jump = 0, 0.0, 0.0
        self.blocks = {path: block for path, block in paths(x) if block.size}
        self.skipped = [path for path, block in paths(x) if not block.size]
        self.sizes = {path: norm(a) / a.size**0.5 or 1.0 for path, a in self.blocks.items()}

    def count(self, f):
        """Return f, counting its calls."""

        def counted(x):
            self.calls += 1
            return f(x)

        return counted if callable(f) else f

    def direction(self, rng, block=None, own=False):
        """Draw a normal direction: each array in the size of its parameter.

        Or each entry in its `own`. It is zero outside of `block` where one is named.
        """

        def step(path, a):
            if block not in (None, path) or not a.size:
                return np.zeros(a.shape)
            size = np.abs(a) if own and a.any() else self.sizes[path]
            return rng.standard_normal(a.shape) * size

        return map_paths(step, self.x)

    def only(self, block, step):
        """Return a direction that is `step` in one block and zero in the others."""
        return map_paths(lambda path, a: step if path == block else np.zeros(a.shape), self.x)

    def moved(self, t, d):
        """Return x + t d in the number types of x."""
        return map_arrays(lambda a, step: (a + t * step).astype(a.dtype, copy=False), self.x, d)

    def at(self, t, d):
        """Return f(x + t d). It is NaN where f fails there, as outside of its domain."""
        try:
            return call(self.f, "f", self.read, self.moved(t, d))
        except Stop as trouble:
            self.trouble = trouble
            return np.nan * self.start

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

    def independent(self, rng, block):
        """Say whether f seems flat along a block from a second point, far away, as well."""
        far, step = (self.direction(rng, block=which) for which in (None, block))
        here = self.at(FAR, far)
        there = self.at(1.0, map_arrays(lambda a, b: FAR * (a + b), far, step))
        noise = self.epsilon * max(norm(here), norm(there), norm(self.start))
        return bool(norm(there - here) <= VISIBLE * noise)

    def along(self, rng, block=None, own=False):
        """Return the Slope along a new direction."""
        return self.aim(block, self.direction(rng, block, own))

    def look_for_jumps(self, rng, block, own, noise):
        """Say whether f jumps near x: from then on slopes are measured across many jumps."""
        for top in (STEPS[1], *LOOKS * [STEPS[0]]):
            line = self.line(self.direction(rng, block, own))
            self.jump = largest_jump(line, top)
            if self.jump > VISIBLE * noise:
                return True
        self.jump = 0.0
        return False

    def name(self, block, slopes):
        """Return the finding of a block from slopes that have failed."""
        parameter = self.blocks[block]
        squares = (parameter / self.sizes[block]) ** 2
        spread = np.sum(squares) ** 2 / np.sum(squares**2) if parameter.any() else 0.0
        return name_mistake(slopes, parameter.size, spread)

    def place(self, block, slopes, rng):
        """Say in words where the block is wrong: only at this x, or in which entries."""
        if max(s.relative_error for s in slopes) > SMALL and self.right_near_zero(block, rng):
            return "cut off"
        return locate(self.wrong_entries(block, slopes[0].line, rng))

    def right_near_zero(self, block, rng):
        """Say whether the derivative is right at smaller parameters."""
        nearer = map_arrays(lambda a: (a / NEARER).astype(a.dtype), self.x)
        try:
            probe = self.elsewhere(nearer, rng)
        except Stop:
            return False
        right = all(probe.along(rng, block, own).verdict == "pass" for own in (False, True))
        self.calls += probe.calls
        return right

    def sentence(self, finding, block, error):
        """Say what is wrong with a block, or with all of them alike."""
        place = f' in "{block}"' if block else ""
        return sentence(finding, self.noun + place, error, self.lengths())

    def lengths(self):
        """Return, for each length of an axis of x, what there are so many of."""
        names = {}
        for path, a in self.blocks.items():
            axes = ("rows", "columns") if a.ndim > 1 else ("entries",)
            for length, axis in zip(a.shape[-2:], axes):
                names.setdefault(length, f"{axis} of {path or 'x'}")
        return names

    def weighty(self):
        """Return the blocks that count in a direction that changes all."""
        return []

    def stretch(self, d):
        """Return by how many times its own size most of what a direction moves is moved."""

        def times(a, step):
            own = a != 0
            return np.quantile(np.abs(step[own] / a[own]), 0.95) if own.any() else 0.0

        return max(leaf for _, leaf in paths(map_arrays(times, self.x, d)))

    def compare(self, block, d, phi, claimed, size, growth, lost, epsilon, hints):
        """Measure phi, f along a direction, and set it beside the claimed slope.

        `size` is that of the terms that the claim is the sum of, `growth` what phi changes by when
        all that it depends on is doubled, `lost` the round-off of the terms and `epsilon` that of
        their numbers.
        """
        line = measure(phi, self.epsilon, growth, self.jump)
        own = max(min(lost, LOST * size), OWN * size) + ROUND_OFF * epsilon * size
        own += STRETCHED * line.noise * self.stretch(d)
        return Slope(block, claimed, line, size, own, lost, self.accepted, hints)


def size_of(x):
    """Return the norm of nested arrays."""
    return norm(np.array([norm(leaf) for _, leaf in paths(x)]))


def one_unit_away(x):
    """Return x with every entry changed by one unit of round-off."""
    return map_arrays(lambda a: np.nextafter(a, np.inf, dtype=a.dtype), x)


class GradientProbe(Probe):
    """The slope of f against <grad, d>."""

    def __init__(self, f, grad, x, rng):
        super().__init__(x)
        self.f, self.read = self.count(f), number
        start = ask(self.f, "f", scalar, x)
        self.start, self.epsilon = float(start), precision(x, start)
        self.take(grad if callable(grad) else lambda _: grad, "grad", rng)

    def take(self, gradient, name, rng):
        """Ask for the gradient at x, and for the one beside, which tells how well it is known."""
        read = like(self.x, self.swapped)
        elsewhere = self.direction(rng)
        self.gradient = ask(gradient, name, read, self.x, between=lambda: self.at(1.0, elsewhere))
        beside = call(gradient, name, read, one_unit_away(self.x))
        self.unsure = map_arrays(np.subtract, beside, self.gradient)
        self.growths = dict(paths(map_arrays(_size_of_products, self.gradient, self.x)))

    def line(self, d):
        """Return f as a function of the step t along `d`."""
        return lambda t: self.at(t, d)

    def claim(self, d):
        """Return the slope that the gradient claims."""
        return inner(self.gradient, d)

    def aim(self, block, d):
        """Return the Slope along `d`."""
        size, lost = (size_of(map_arrays(np.multiply, g, d)) for g in (self.gradient, self.unsure))
        moved = self.blocks if block is None else [block]
        growth = norm(np.array([self.growths[path] for path in moved]))
        phi, claimed, epsilon = self.line(d), self.claim(d), precision(self.gradient)
        hints = partial(self.hints, block, d)
        lost *= NEIGHBOURS
        return self.compare(block, d, phi, claimed, size, growth, lost, epsilon, hints)

    def weighty(self):
        """Return the blocks that count in a direction that changes all."""
        shares = {path: norm(g) * self.sizes.get(path, 0) for path, g in paths(self.gradient)}
        least = SHARE * max(shares.values())
        return [path for path in self.blocks if shares[path] >= least]

    def hints(self, block, d):
        """Return what other explanations would claim.

        They are another order of the entries, and a multiple of the parameter.
        """
        claim, parameter, step = (dict(paths(x))[block] for x in (self.gradient, self.x, d))
        hints = {"parameter": parameter, **reordered("result", claim)}
        return {name: float(np.sum(hint * step)) for name, hint in hints.items()}

    def wrong_entries(self, block, line, rng):
        """Return which entries of the block are wrong: single ones, rows and columns, stretches."""
        claim, parameter = dict(paths(self.gradient))[block], self.blocks[block]
        step = np.where(parameter != 0, np.abs(parameter), self.sizes[block])
        step *= rng.standard_normal(claim.shape)
        d, t, off = np.zeros(claim.shape), line.reach / RATIO, []
        along = self.only(block, d)
        for part in parts(claim.shape):
            d.flat[part] = step.flat[part]
            found = (self.at(t, along) - self.at(-t, along)) / (2 * t)
            off.append(abs(np.sum(claim.flat[part] * d.flat[part]) - found))
            d.flat[part] = 0.0
        return covered(claim.shape, notable(np.array(off), line.noise / t))


def _size_of_products(a, b):
    return norm(a * b)


def reordered(name, a):
    """Return an array with its entries in other orders: the slips of ravel and reshape."""
    if a.ndim != 2 or 1 in a.shape:
        return {}
    if a.shape[0] == a.shape[1]:
        return {"transposed" if name == "result" else name: a.T}
    return {
        name: a.ravel("C").reshape(a.shape, order="F"),
        f"{name} back": a.ravel("F").reshape(a.shape),
    }
