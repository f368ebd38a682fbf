"""Learning curves that agree with what was measured, drawn at random.

A curve is level x (1 - reducible + reducible x remaining(rows)) plus a smooth deviation, for no real curve keeps to a
formula. Given a shape the level and the deviation are Gaussian, so that every shape of a grid is weighed exactly and
nothing is iterated. Draws of level and deviation are a prior draw corrected by what was measured (Matheron's rule,
Wilson et al., 2021); the test rows' noise in it is that of a bootstrap resample, so that contenders' draws are paired.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from fathom.protocol.curves.families import BELIEF, NAMES, SHAPES, Integers, remaining, shapes
from fathom.protocol.curves.noise import Sizes, seed_shape
from fathom.tasks.predictions import Floats

# Standard deviation of the smooth deviation as a share of the loss, and how probable each is beforehand.
WIGGLES = ((0.003, 0.3), (0.01, 0.35), (0.025, 0.25), (0.06, 0.1))
STEADY = 0.015  # the last value is a family only for curves that deviate less
SEEDS = ((0.6, 0.25), (1.0, 0.5), (1.7, 0.25))  # the seed's noise may be off by these factors
REACH = 1.5  # doublings over which a deviation lasts
DRIFT = 0.15  # how far the reducible loss goes astray per doubling beyond what was measured, as a share of itself
EARLY = 0.5  # how much the fit to all sizes but the largest two counts in a family's weight


@dataclass(frozen=True)
class Drawn:
    """Curves drawn at random.

    `curve`: float64[D, Q], the expected loss at the sizes asked for; `fitted`: float64[D, Q], that of one trained
    model, with its seed's noise; `limit`: float64[D], what it tends to; `families`: their weights.
    """

    curve: Floats
    fitted: Floats
    limit: Floats
    families: dict[str, float]


def kernel(one: Floats, other: Floats) -> Floats:
    """How alike the deviations at two sizes are: Matern 3/2 in doublings."""
    apart = np.sqrt(3) * np.abs(np.log2(one[:, None] / other[None, :])) / REACH
    return np.asarray((1 + apart) * np.exp(-apart))


def _variants(sizes: Sizes, noise: float) -> tuple[Floats, Floats]:
    """The covariance under each guess of noise, [H, S, S], and the guesses: float64[H, 3], wiggle, seed, belief."""
    guesses = np.array([(wiggle, noise * seed, p * q) for wiggle, p in WIGGLES for seed, q in SEEDS])
    smooth = kernel(sizes.rows, sizes.rows) * np.outer(sizes.scale, sizes.scale)
    own = np.diag(sizes.shape**2 / sizes.repeats)
    return sizes.test + guesses[:, 0, None, None] ** 2 * smooth + guesses[:, 1, None, None] ** 2 * own, guesses


def evidence(losses: Floats, curves: Floats, covariance: Floats) -> Floats:
    """The logarithm of the evidence for each curve, its level unknown: `curves` float64[T, S], `covariance` [H, S, S].

    Returns float64[H, T].
    """
    root = np.linalg.cholesky(covariance)
    whiten = np.linalg.inv(root)
    target, basis = whiten @ losses, whiten @ curves.T
    length = np.einsum("hst,hst->ht", basis, basis)
    along = np.einsum("hs,hst->ht", target, basis)
    missed = (target**2).sum(axis=1, keepdims=True) - along**2 / length
    known = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1, keepdims=True)
    return np.asarray(-0.5 * (missed + np.log(length)) - known)


def weigh(sizes: Sizes, curves: Floats, covariance: Floats, guesses: Floats) -> Floats:
    """The probability of every guess of noise with every shape: float64[H, T], adding up to 1.

    The sizes but the largest two count half in a family's weight: what is asked is how it goes on, so a family that
    told the largest sizes from the smaller ones goes before one that merely lies close to the small ones.
    """
    log = evidence(sizes.losses, curves, covariance) + np.log(guesses[:, 2])[:, None]
    log += np.repeat(np.log(BELIEF), SHAPES)
    early = len(sizes.rows) - 2
    if early >= 2:
        before = evidence(sizes.losses[:early], curves[:, :early], covariance[:, :early, :early])
        of_family = logsumexp(before.reshape(len(covariance), len(NAMES), SHAPES), axis=2)
        log -= (1 - EARLY) * np.repeat(of_family, SHAPES, axis=1)
    # A constant that deviates much would explain any curve, and then call it back to its average.
    log[guesses[:, 0] > STEADY, :SHAPES] = -np.inf
    return np.asarray(np.exp(log - logsumexp(log)))


def _pick(weight: Floats, count: int, generator: np.random.Generator) -> tuple[Integers, Integers]:
    """Cells of a table [H, T] drawn by weight, evenly spread (systematic resampling) and then shuffled."""
    total = np.cumsum(weight)
    at = (np.arange(count) + generator.random()) / count * total[-1]
    cell = generator.permutation(np.minimum(np.searchsorted(total, at), weight.size - 1))
    return cell // weight.shape[1], cell % weight.shape[1]


def draw(sizes: Sizes, noise: float, rows: Floats, count: int, generator: np.random.Generator) -> Drawn:
    """Draw `count` curves at sizes `rows`, float64[Q]; draw d carries the test rows' noise of resample d mod R.

    `noise`: the seed's standard deviation as a share of the loss at the largest size measured.
    """
    grid, largest = shapes(), float(sizes.rows[-1])
    covariance, guesses = _variants(sizes, noise)
    left = remaining(grid.family, grid.a, grid.b, sizes.rows, largest)
    every = 1 - grid.reducible[:, None] * (1 - left)
    weight = weigh(sizes, every, covariance, guesses)
    guess, shape = _pick(weight, count, generator)
    wiggle, seed = guesses[guess, 0, None], guesses[guess, 1, None]

    together = np.concatenate([sizes.rows, rows])
    root = np.linalg.cholesky(kernel(together, together) + 1e-9 * np.eye(len(together)))
    free = wiggle * (generator.standard_normal((count, len(together))) @ root.T)
    measured, asked = np.split(free, [len(sizes.rows)], axis=1)
    luck = seed * sizes.shape / np.sqrt(sizes.repeats) * generator.standard_normal((count, len(sizes.rows)))
    seen = sizes.draws[np.arange(count) % len(sizes.draws)] - luck - sizes.scale * measured

    basis, inverse = every[shape], np.linalg.inv(covariance)[guess]
    toward = np.einsum("ds,dst->dt", basis, inverse)
    level = np.maximum(np.einsum("dt,dt->d", toward, seen) / np.einsum("dt,dt->d", toward, basis), 0)[:, None]
    correction = np.einsum("dst,dt->ds", inverse, seen - level * basis) * sizes.scale
    deviation = asked + wiggle**2 * (correction @ kernel(sizes.rows, rows))

    beyond = np.maximum(np.log2(rows / largest), 0)
    steps = np.sqrt(np.diff(beyond, prepend=0.0).clip(0)) * generator.standard_normal((count, len(rows)))
    astray = np.exp(DRIFT * np.cumsum(steps, axis=1))
    share = grid.reducible[shape, None]
    ahead = remaining(grid.family[shape], grid.a[shape], grid.b[shape], rows, largest)
    smooth = level * (1 - share + share * ahead * astray)
    curve = np.maximum(smooth * (1 + deviation), 0)
    chance = generator.standard_normal((count, len(rows)))
    fitted = np.maximum(curve + seed * seed_shape(rows, largest, smooth) * chance, 0)
    found = weight.sum(axis=0).reshape(len(NAMES), SHAPES).sum(axis=1)
    limit = (level * (1 - share))[:, 0]
    return Drawn(curve, fitted, limit, {name: round(float(value), 4) for name, value in zip(NAMES, found, strict=True)})
