"""Seasons taken out of histories and put back into forecasts (classical decomposition), all histories at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import f as ratios

from fathom.classical.forecasting.past import Past

Floats = npt.NDArray[np.float64]
SURE = 0.99  # how sure a season must be
SMALLEST_SHARE, LARGEST_SHARE = 0.05, 20.0  # of the usual, that a place in the season can be


@dataclass(frozen=True)
class Seasons:
    """Histories without their season, and what it adds and multiplies at each place.

    `rest`: as the histories. `added`, `times`: float64 [rows, season], the first place that of the step after the
    origin; 0 and 1 where a row has no season that is sure.
    """

    rest: Past
    added: Floats
    times: Floats

    def back(self, steps: Floats) -> Floats:
        """Forecasts [rows, ahead] with their season again."""
        place = np.arange(steps.shape[1]) % self.added.shape[1]
        return steps * self.times[:, place] + self.added[:, place]

    def wider(self, deviation: Floats) -> Floats:
        """Standard deviations [rows, ahead] with their season again."""
        return deviation * self.times[:, np.arange(deviation.shape[1]) % self.added.shape[1]]


def seasons(held: Past, season: int) -> Seasons:
    """Take out the season: shares of the trend where a history is positive throughout, differences to it elsewhere.

    As M4's benchmarks do (Makridakis et al. 2020), where two whole seasons are there and an F test is 99 % sure of
    them; other histories are left as they are.
    """
    values, rows = held.values, len(held)
    added, times = np.zeros((rows, max(season, 1))), np.ones((rows, max(season, 1)))
    enough = np.flatnonzero(held.length >= 2 * season + 1) if season > 1 else np.zeros(0, dtype=np.intp)
    if not len(enough):
        return Seasons(held, added, times)
    y = values[enough]
    positive = (np.nan_to_num(y, nan=1.0) > 0).all(axis=1)
    trend = moving_mean(y, season)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares, away = by_place(y / trend, season), by_place(y - trend, season)
    indices_times, sure_times = _indices(shares, 1.0)
    indices_added, sure_added = _indices(away, 0.0)
    sound = (indices_times > SMALLEST_SHARE).all(axis=1) & (indices_times < LARGEST_SHARE).all(axis=1)
    by_share = positive & sound
    times[enough] = np.where((by_share & sure_times)[:, None], indices_times, 1.0)
    added[enough] = np.where((~by_share & sure_added)[:, None], indices_added, 0.0)
    place = (np.arange(values.shape[1]) - values.shape[1]) % season
    rest = (values - added[:, place]) / times[:, place]
    return Seasons(Past(rest, held.length), added, times)


def moving_mean(y: Floats, season: int) -> Floats:
    """The mean of a whole season around each value; NaN where that is not all there."""
    window = np.ones(season) if season % 2 else np.concatenate([[0.5], np.ones(season - 1), [0.5]])
    half = len(window) // 2
    there = np.isfinite(y)
    base = np.nan_to_num(y[:, [-1]])  # sums of what is near zero are exact enough
    total = np.cumsum(np.where(there, y - base, 0.0), axis=1)
    total = np.concatenate([np.zeros((len(y), 1)), total], axis=1)
    size = y.shape[1]
    mean = np.full_like(y, np.nan)
    at = np.arange(half, size - half)
    if season % 2:
        found = (total[:, at + half + 1] - total[:, at - half]) / season
    else:
        found = (total[:, at + half + 1] - total[:, at - half] + total[:, at + half] - total[:, at - half + 1]) / 2
        found = found / season
    mean[:, at] = np.where(there[:, at - half], found + base, np.nan)
    return mean


def by_place(y: Floats, season: int) -> Floats:
    """[rows, cycles, season], the last place that of the last value; NaN in front."""
    size = y.shape[1]
    cycles = -(-size // season)
    whole = np.concatenate([np.full((len(y), cycles * season - size), np.nan), y], axis=1)
    return np.where(np.isfinite(whole), whole, np.nan).reshape(len(y), cycles, season)


def _indices(placed: Floats, none: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The mean at each place, around `none`, float64 [rows, season], and whether places surely differ."""
    there = np.isfinite(placed)
    filled = np.where(there, placed, 0.0)
    count = there.sum(axis=1)
    mean = filled.sum(axis=1) / np.maximum(count, 1)
    number = count.sum(axis=1)
    whole = filled.sum(axis=(1, 2)) / np.maximum(number, 1)
    within = np.where(there, (placed - mean[:, None]) ** 2, 0.0).sum(axis=(1, 2))
    without = np.where(there, (placed - whole[:, None, None]) ** 2, 0.0).sum(axis=(1, 2))
    season = placed.shape[2]
    free = np.maximum(number - season, 1)
    gained = (without - within) / (season - 1)
    sure = (count > 0).all(axis=1) & (number > season) & (gained > ratios.ppf(SURE, season - 1, free) * within / free)
    middle = mean.mean(axis=1, keepdims=True)
    indices = mean / np.where(middle != 0, middle, 1.0) if none else mean - middle
    return indices, sure
