"""What makes a point measured miss the learning curve: the test rows, the draw of training rows, the seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fathom.tasks.predictions import Floats

USUAL = 0.03  # the seed's standard deviation, as a share of the loss, where no repeat was measured
USUAL_WEIGHT = 3.0  # how many repeats that guess is worth
SHARED_WEIGHT = 4.0  # how many repeats of its own the noise of all contenders together is worth to one of them
SHRINKS = -0.25  # the exponent in rows of the seed's noise as a share of the loss


@dataclass(frozen=True)
class Sizes:
    """One contender's points, gathered by training size, as losses: 0 is perfect.

    `rows`: float64[S], growing; `losses`: float64[S], the mean of the repeats; `draws`: float64[R, S], what
    they may be on endless test rows, by resamples; `repeats`: float64[S]; `test`: float64[S, S], the covariance of the
    test rows' noise; `scale`: float64[S], the loss that noise is a share of; `squares`, `freedom`: the sum of squares
    between repeats beyond the test rows' noise, in units of `shape`, and its degrees of freedom.
    """

    rows: Floats
    losses: Floats
    draws: Floats
    repeats: Floats
    test: Floats
    scale: Floats
    squares: float
    freedom: float

    @property
    def shape(self) -> Floats:
        """The seed's standard deviation of one fit at each size, if it is 1 x the loss at the largest."""
        return seed_shape(self.rows, self.rows[-1], self.scale)


def seed_shape(rows: Floats, largest: float, losses: Floats | float) -> Floats:
    """The seed's standard deviation where it equals the loss at the largest size."""
    return np.asarray(losses * np.maximum(rows / largest, 1e-3) ** SHRINKS)


def grain(losses: Sequence[Floats], draws: Sequence[Floats]) -> float:
    """The loss that one wrong test row makes, from how the draws' variance grows with the loss; 0 if none varies."""
    loss = np.concatenate(losses)
    variance = np.concatenate([each.var(axis=0) for each in draws])
    told = (loss > 0) & (variance > 0)
    return float(np.median(variance[told] / loss[told])) if told.any() else 0.0


def plausible(losses: Floats, draws: Floats, one: float) -> Floats:
    """How far the losses on endless test rows may be from those measured: float64[R, P].

    A bootstrap tells how the score varies around the truth; that the truth varies around a score is skewed as much
    again, for a loss measured by chance too small has too small a spread (Efron, 1987, the acceleration). It matters
    where few test rows are wrong. Where none is, the draws do not vary at all: then as if half a row were, `one` being
    the loss that one makes (Jeffreys' prior).
    """
    away = draws - draws.mean(axis=0)
    spread = away.std(axis=0)
    varies = spread > 0
    if varies.any():
        unit = away[:, varies] / spread[varies]
        skew = float(np.clip((unit**3).mean(), -1, 1))
        away[:, varies] += skew * spread[varies] * (unit**2 + 2) / 6
    perfect = losses < one / 2
    if perfect.any():
        away[:, perfect] = one * np.random.default_rng(0).gamma(0.5, size=(len(draws), 1))
    return np.asarray(away)


def gather(rows: Floats, losses: Floats, draws: Floats, floor: float, one: float = 0.0) -> Sizes:
    """Points of one contender (`rows`, `losses`: [P], `draws`: [R, P]) as sizes.

    `floor`: the least scale of noise; `one`: the loss that a single wrong test row makes.

    >>> gather(np.array([10.0, 20.0]), np.array([0.4, 0.3]), np.array([[0.4, 0.3]]), 0.001).rows.tolist()
    [10.0, 20.0]
    """
    sizes, place = np.unique(rows, return_inverse=True)
    repeats = np.bincount(place).astype(float)
    member = (place[:, None] == np.arange(len(sizes))) / repeats
    mean = losses @ member
    away = plausible(losses, draws, one)
    centred = away - away.mean(axis=0)
    of_size = centred @ member
    covariance = of_size.T @ of_size / max(1, len(draws) - 1)
    ridge = 1e-3 * np.diag(covariance) + (1e-3 * floor) ** 2
    scale = np.maximum(mean, floor)
    unit = seed_shape(sizes, sizes[-1], scale)[place]
    between = ((losses - mean[place]) / unit) ** 2
    of_test = (((centred - of_size[:, place]) / unit) ** 2).mean(axis=0)
    freedom = float((repeats - 1).sum())
    squares = max(float(between.sum() - of_test.sum()), 0.1 * float(between.sum()))
    return Sizes(sizes, mean, mean + away @ member, repeats, covariance + np.diag(ridge), scale, squares, freedom)


def seed_noise(contenders: Sequence[Sizes]) -> list[tuple[float, float]]:
    """For each contender: the seed's standard deviation as a share of the loss at its largest size, and its freedom.

    Each borrows from the others, all of them from what is usual: with few repeats a contender's own spread says little.
    """
    squares, freedom = sum(each.squares for each in contenders), sum(each.freedom for each in contenders)
    shared = (USUAL_WEIGHT * USUAL**2 + squares) / (USUAL_WEIGHT + freedom)
    own = [(SHARED_WEIGHT * shared + each.squares) / (SHARED_WEIGHT + each.freedom) for each in contenders]
    weight = min(SHARED_WEIGHT, USUAL_WEIGHT + freedom)
    return [(float(np.sqrt(value)), weight + each.freedom) for value, each in zip(own, contenders, strict=True)]
