"""Studies with known true curves: a wider class than the forecast's families, a finite test set, seeds that matter."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from fathom.protocol.curves.forecast import Measured

RESAMPLES = 200
AHEAD = 2.0 ** np.arange(0, 6.1, 0.125)  # where the truth is known, times the rows of the study

Truth = Callable[[np.ndarray], np.ndarray]


@dataclass
class Simulated:
    measured: list[Measured]
    rows: float
    truths: list[Truth]  # expected losses
    seeds: list[Truth]  # the seed's standard deviation
    kind: str
    generator: np.random.Generator

    @property
    def options(self):
        lower = {"bounds": (0.0, np.inf), "higher_is_better": False}
        higher = {"bounds": (0.0, 1.0), "higher_is_better": True}
        return {"rows": self.rows, "margin": 0.005, **(higher if self.kind == "accuracy" else lower)}

    def score(self, loss):
        return 1 - loss if self.kind == "accuracy" else loss

    def trained(self, one, rows):
        """The score on endless test rows of one model newly trained on so many."""
        rows = np.asarray(rows, dtype=float)
        chance = self.generator.standard_normal(rows.shape)
        return self.score(np.abs(self.truths[one](rows) + self.seeds[one](rows) * chance))

    def lead(self):
        """By how much the best deep contender is expected to be in front, at AHEAD."""
        loss = np.array([truth(self.rows * AHEAD) for truth in self.truths])
        deep = np.array([each.family == "deep" for each in self.measured])
        return loss[~deep].min(axis=0) - loss[deep].min(axis=0)


def wiggle(generator, size):
    """A smooth deviation over the logarithm of rows, of standard deviation `size`."""
    waves = generator.uniform(0.15, 0.9, 6)  # per doubling: a period of 7 to 40 doublings / 2 pi
    phases = generator.uniform(0, 2 * np.pi, 6)
    return lambda rows: size * np.sqrt(2 / 6) * np.cos(np.log2(rows)[..., None] * waves + phases).sum(axis=-1)


def learned(generator, middle):
    """How the reducible loss falls, about 1 at `middle` rows: mixtures, broken powers, late risers, logarithms."""
    one, two = np.exp(generator.normal(np.log(0.45), 0.5, 2))
    kind = generator.integers(5)
    share = generator.uniform(0.2, 0.8)
    if kind == 0:
        return lambda rows: share * (rows / middle) ** -one + (1 - share) * (rows / middle) ** -two
    if kind == 1:
        knee = middle * 2 ** generator.uniform(-4, 4)
        return lambda rows: (rows / middle) ** -one * ((1 + rows / knee) / (1 + middle / knee)) ** (one - two)
    if kind == 2:
        start = middle * 2 ** generator.uniform(-6, 1)
        return lambda rows: (1 + (middle / start) ** (2 * one)) / (1 + (rows / start) ** (2 * one))
    if kind == 3:
        long = generator.uniform(0.3, 2)
        return lambda rows: (
            share * np.exp(-long * ((rows / middle) ** (one / 2) - 1)) + (1 - share) * (rows / middle) ** -two
        )
    return lambda rows: (np.log(5 + middle) / np.log(5 + rows)) ** (6 * one)


def truth(generator, rows, level, chance):
    """One contender's expected loss: floor, reducible part, deviations, never above that of guessing."""
    floor = level * generator.beta(1.5, 1.5)
    falls, deviates = learned(generator, rows), wiggle(generator, abs(generator.normal(0, 0.012)))
    ceiling = level * generator.uniform(0.97, 1.0)

    def loss(size):
        size = np.asarray(size, dtype=float)
        free = (floor + (ceiling - floor) * falls(size)) * np.exp(deviates(size))
        return chance * (1 - np.exp(-((free / chance) ** 3))) ** (1 / 3)

    return loss


def bumped(generator, smooth, rows, most):
    """The same with a peak of the loss within the measured sizes, by 30 to 120 % of it."""
    at, height = rows * 2.0 ** -generator.uniform(0.5, 2.5), generator.uniform(0.3, 1.2)
    wide = generator.uniform(0.5, 0.9)
    return lambda size: np.minimum(smooth(size) * (1 + height * np.exp(-((np.log2(size / at) / wide) ** 2) / 2)), most)


def level_off(level, rows):
    """A curve that has hardly anything left to learn."""
    return lambda size: level * (1 + 0.05 / (1 + np.asarray(size) / rows * 16))


def seeds_spread(curve, size, rows, falls):
    """The seed's standard deviation at some sizes: a share of the loss, which falls with the rows."""
    return lambda at: size * curve(at) * (np.asarray(at) / rows) ** -falls


def draw_points(generator, kind, sizes, losses, unlike, tests):
    """Losses of every test row at every point: float[tests, P], the points alike as far as `unlike` lets them."""
    shared, own, single = unlike
    noise = np.sqrt(shared[1]) * shared[0][:, None] + np.sqrt(own[1]) * own[0][:, None]
    noise = noise + np.sqrt(single) * generator.standard_normal((tests, len(sizes)))
    if kind == "accuracy":
        return (noise < ndtri(np.clip(losses, 1e-6, 1 - 1e-6))).astype(float)
    return losses * np.exp(0.8 * noise - 0.32)


def simulate(seed, *, kind="accuracy", peaking=False, flat=False, noisy=False, apart=0.25):
    """A study of two classical and two deep contenders. `apart`: how far their losses at its rows are apart."""
    generator = np.random.default_rng(seed)
    rows = float(int(np.exp(generator.uniform(np.log(400), np.log(50_000)))))
    tests = int(generator.choice([300, 1000, 3000, 6000]) if not peaking else 6000)
    fewest = int(generator.integers(3, 7))
    chance = float(generator.choice([0.5, 0.8, 0.9])) if kind == "accuracy" else 1.0
    middle = np.exp(generator.uniform(np.log(0.01), np.log(0.5 * chance)))
    steps = 2.0 ** np.arange(-fewest, 1)
    sizes = np.concatenate(
        [np.repeat(int(rows * step), 1 if step > 0.3 else 1 + (rows * step < 2000)) for step in steps]
    )
    taken = generator.integers(tests, size=(RESAMPLES, tests))
    weights = np.array([np.bincount(each, minlength=tests) for each in taken]) / tests
    shared = generator.standard_normal(tests)
    measured, truths, seeds = [], [], []
    for index, family in enumerate(("classical", "classical", "deep", "deep")):
        level = min(middle * np.exp(generator.normal(0, apart)), 0.9 * chance)
        curve = truth(generator, rows, level, chance)
        if flat:
            curve = level_off(level, rows)
        if peaking and index == 2:
            curve = bumped(generator, curve, rows, chance)
        size = np.exp(generator.normal(np.log(0.06 if noisy else 0.02), 0.5))
        falls = generator.uniform(0.1, 0.5)
        spread = seeds_spread(curve, size, rows, falls)
        lost = np.abs(curve(sizes) + spread(sizes) * generator.standard_normal(len(sizes)))
        alike = ((shared, 0.6), (generator.standard_normal(tests), 0.2), 0.2)
        each = draw_points(generator, kind, sizes, np.minimum(lost, 0.97), alike, tests)
        if kind == "accuracy":
            each = 1 - each
        seconds = 0.01 * sizes**1.1
        measured.append(Measured(f"{family}-{index}", family, sizes, each.mean(axis=0), weights @ each, seconds))
        truths.append(curve)
        seeds.append(spread)
    return Simulated(measured, rows, truths, seeds, kind, generator)
