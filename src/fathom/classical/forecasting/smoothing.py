"""Exponential smoothing of all histories at once, over a grid of parameters that are weighed by their evidence.

No parameter is searched for: every candidate of the grid runs through the history, and forecasts are averaged with
Akaike weights (Burnham and Anderson 2002). That is a few array operations a step for thousands of series, and a series
alone is told the same as among others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.past import Past

Floats = npt.NDArray[np.float64]
CELLS = 250_000  # histories times candidates at once: what a core's cache holds
LEAST = 1e-10  # of the mean squared step: errors below it are noise of the arithmetic
FEWEST = 10  # values that a line is drawn through: of fewer its slope follows chance
LONGEST = 600  # last values that are smoothed: older ones hardly count

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999)
DAMPED = tuple(product((0.1, 0.3, 0.5, 0.7, 0.85, 0.999), (0.03, 0.1, 0.2, 0.4), (0.82, 0.9, 0.98)))


@dataclass(frozen=True)
class Smoothed:
    """What each candidate knows at the origins: float64 [rows, candidates] each; `weight` sums to 1."""

    level: Floats
    trend: Floats
    error: Floats  # mean squared, one step ahead
    weight: Floats


@dataclass(frozen=True)
class Candidates:
    """Parameters, float64 [candidates] each; `drift`: 1 where the trend begins as the history's mean step."""

    alpha: Floats
    beta: Floats
    phi: Floats
    drift: Floats
    count: Floats  # of parameters, that evidence is asked for


def _candidates() -> Candidates:
    plain = [(alpha, 0.0, 1.0, 0.0, 2.0) for alpha in ALPHAS]
    drifting = [(alpha, 0.0, 1.0, 1.0, 3.0) for alpha in ALPHAS]
    damped = [(alpha, alpha * share, phi, 0.0, 4.0) for alpha, share, phi in DAMPED]
    return Candidates(*np.array([*plain, *drifting, *damped]).T)


GRID = _candidates()
COARSE = Candidates(*(np.array(each)[: len(ALPHAS)] for each in vars(GRID).values()))  # plain smoothing alone
PLAIN = slice(0, len(ALPHAS))


def smooth(held: Past, grid: Candidates = GRID) -> Smoothed:
    """Run every candidate through every history (Holt 1957; Gardner and McKenzie 1985 for damped trends)."""
    width = min(held.values.shape[1], LONGEST)
    values = held.values[:, held.values.shape[1] - width :]
    length = np.minimum(held.length, width)
    rows, size = len(values), max(CELLS // len(grid.alpha), 1)
    parts = [_run(values[at : at + size], length[at : at + size], grid) for at in range(0, rows, size)]
    if not parts:
        nothing = np.zeros((0, len(grid.alpha)))
        return Smoothed(nothing, nothing, nothing, nothing)
    return Smoothed(*(np.concatenate([getattr(part, name) for part in parts]) for name in Smoothed.__annotations__))


def _run(values: Floats, length: npt.NDArray[np.int64], grid: Candidates) -> Smoothed:
    order = np.argsort(-length, kind="stable")  # the longest first: those that have begun are the first rows
    y, length = np.nan_to_num(values[order]), length[order]
    rows, width = y.shape
    level, trend, error = (np.zeros((rows, len(grid.alpha))) for _ in range(3))
    drift = (y[:, -1] - y[np.arange(rows), np.minimum(width - length, width - 1)]) / np.maximum(length - 1, 1)
    begun = 0
    for step in range(width):
        now = int(np.searchsorted(-length, step - width, side="right"))  # rows with length >= width - step
        past = slice(0, begun)
        if begun:
            moved = grid.phi * trend[past]
            off = y[past, step, None] - level[past] - moved
            error[past] += off * off
            level[past] += moved + grid.alpha * off
            trend[past] = moved + grid.beta * off
        if now > begun:
            level[begun:now] = y[begun:now, step, None]
            trend[begun:now] = drift[begun:now, None] * grid.drift
            begun = now
    count = np.maximum(length - 1, 1)[:, None]
    error = error / count
    steps = np.where(np.arange(1, width) > (width - length)[:, None], np.diff(y, axis=1) ** 2, 0.0)
    error = np.maximum(error, LEAST * steps.sum(axis=1, keepdims=True) / count + 1e-300)
    weight = evidence(error, count, grid.count)
    back = np.empty(rows, dtype=np.intp)
    back[order] = np.arange(rows)
    return Smoothed(level[back], trend[back], error[back], weight[back])


def evidence(error: Floats, count: npt.NDArray[np.int64], parameters: Floats) -> Floats:
    """Akaike weights, float64 [rows, candidates], corrected for few values (Hurvich and Tsai 1989)."""
    few = parameters + parameters * (parameters + 1) / np.maximum(count - parameters - 1, 0.5)
    against = count / 2 * np.log(error) + few
    weight = np.exp(-(against - against.min(axis=1, keepdims=True)))
    shares: Floats = weight / weight.sum(axis=1, keepdims=True)
    return shares


def ahead(found: Smoothed, steps: int, grid: Candidates = GRID) -> tuple[Floats, Floats]:
    """The weighted mean of all candidates and its standard deviation, float64 [rows, steps] each."""
    powers = np.cumsum(grid.phi[:, None] ** np.arange(1, steps + 1), axis=1)  # [candidates, steps]
    heavier = grid.alpha[:, None] + grid.beta[:, None] * powers  # how an error lives on
    grows = 1 + np.cumsum(np.concatenate([np.zeros((len(powers), 1)), heavier[:, :-1] ** 2], axis=1), axis=1)
    weighted = found.weight * found.trend
    level = (found.weight * found.level).sum(axis=1, keepdims=True)
    middle = level + weighted @ powers
    # second moments about the level, so that what candidates differ by widens the bands
    off = found.level - level
    second = (found.weight * off**2).sum(axis=1, keepdims=True) + 2 * (weighted * off) @ powers
    second = second + (weighted * found.trend) @ powers**2 - (middle - level) ** 2
    variance = (found.weight * found.error) @ grows + np.maximum(second, 0.0)
    return middle, np.sqrt(variance)


def theta(held: Past, found: Smoothed, steps: int, grid: Candidates = GRID) -> Floats:
    """The Theta method (Assimakopoulos and Nikolopoulos 2000): plain smoothing, and half of the line's slope.

    As Hyndman and Billah 2003 have it. The weights are those among the plain candidates.
    """
    weight = found.weight[:, PLAIN] / np.maximum(found.weight[:, PLAIN].sum(axis=1, keepdims=True), 1e-300)
    poor = found.weight[:, PLAIN].sum(axis=1) < 1e-200
    if poor.any():
        count = np.maximum(held.length[poor] - 1, 1)[:, None]
        weight[poor] = evidence(found.error[poor, PLAIN], count, grid.count[PLAIN])
    alpha = grid.alpha[PLAIN]
    length = np.minimum(held.length, LONGEST)[:, None]
    begun = (weight * (1 - (1 - alpha) ** length) / alpha).sum(axis=1, keepdims=True)
    level = (weight * found.level[:, PLAIN]).sum(axis=1, keepdims=True)
    slope = np.where(held.length >= FEWEST, _slope(held), 0.0)[:, None]
    said: Floats = level + slope / 2 * (np.arange(steps) + begun)
    return said


def _slope(held: Past) -> Floats:
    """The slope of the straight line through each history, by least squares."""
    values = held.values[:, -LONGEST:]
    there = np.isfinite(values)
    count = np.maximum(there.sum(axis=1, keepdims=True), 1)
    place = np.where(there, np.arange(values.shape[1]), 0.0)
    place = np.where(there, place - place.sum(axis=1, keepdims=True) / count, 0.0)
    last = np.nan_to_num(values[:, -1:])
    spread = (place**2).sum(axis=1)
    slope: Floats = (place * np.where(there, values - last, 0.0)).sum(axis=1) / np.where(spread > 0, spread, 1.0)
    return slope
