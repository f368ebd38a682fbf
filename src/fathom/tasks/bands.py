"""Bands of forecasts that hold what they promise: how much wider or narrower validation windows want them.

By conformal risk control (Angelopoulos et al. 2024). The loss of a window is the share of its steps outside the band,
which only falls as the band widens; the factor is the smallest with n/(n+1) of the mean loss + 1/(n+1) at most the
share that may lie outside. Then, if a new window is exchangeable with the validation windows, that share of its steps
lies outside on average at most. Steps within a window may depend on one another as they like. What is not promised:
for windows of another time after the series has changed, for one certain series or step, and for fewer validation
windows than the share needs (9 for the band of 90 %): such a band stays as the learner said it. Windows whose steps
overlap count together as many as their steps would fill without. The windows are those that learners were stopped and
chosen by, so the promise is a little too bold for the one that was chosen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.tasks.forecasts import LEVELS, Forecasts

Floats = npt.NDArray[np.float64]
PAIRS = tuple((level, round(1 - level, 2)) for level in LEVELS if level < 0.5)  # from the widest band inwards
PARTS = 3  # of the steps ahead, each with its own factor: bands are too narrow near and too wide far, or otherwise
FEWEST = 4  # windows; a factor of fewer would follow chance, even for the innermost band
WIDEST = 1e6  # a factor beyond is none: the band had next to no width
MIDDLE = LEVELS.index(0.5)


def learned(truth: npt.NDArray[Any], said: Forecasts) -> dict[str, float]:
    """The factor of each band's distance from the median, by part of the horizon; of a part with too few none.

    >>> from fathom.data.series.windows import futures
    >>> truth = np.zeros(99, dtype=[("future", "f8", (1,))])
    >>> truth["future"][:, 0] = np.arange(99) - 49
    >>> wide = np.zeros((99, 1, 1)) + np.arange(-5.0, 6.0)
    >>> learned(truth, Forecasts.of(None, wide))["band:90:1"]
    9.0
    """
    future = truth["future"]
    apart = _apart(said)
    found = {}
    for (low, high), (part, steps) in product(PAIRS, _parts(future.shape[1])):
        away = _away(future[:, steps], said, steps, low, high)
        factor = _factor(away, 2 * low, apart)
        if factor is not None:
            found[_name(low, high, part)] = factor
    return found


def fitted(said: Forecasts, factors: Mapping[str, float]) -> Forecasts:
    """The forecasts with each band's distance from the median multiplied; inner bands stay within outer ones."""
    if not any(name.startswith("band:") for name in factors):
        return said
    quantiles = said.quantiles.copy()
    middle = said.values
    for part, steps in _parts(quantiles.shape[1]):
        below = above = np.zeros((len(said), len(range(*steps.indices(quantiles.shape[1])))))
        for low, high in reversed(PAIRS):
            factor = factors.get(_name(low, high, part), 1.0)
            inner, outer = LEVELS.index(low), LEVELS.index(high)
            below = np.maximum(below, factor * (middle[:, steps] - said.quantiles[:, steps, inner]))
            above = np.maximum(above, factor * (said.quantiles[:, steps, outer] - middle[:, steps]))
            quantiles[:, steps, inner] = middle[:, steps] - below
            quantiles[:, steps, outer] = middle[:, steps] + above
    return Forecasts(quantiles, said.mean)


def _name(low: float, high: float, part: int) -> str:
    return f"band:{round(100 * (high - low))}:{part}"


def _parts(ahead: int) -> Iterator[tuple[int, slice]]:
    """The parts of the horizon that have steps, numbered from 1."""
    edges = [math.ceil(ahead * part / PARTS) for part in range(PARTS + 1)]
    return ((part + 1, slice(edges[part], edges[part + 1])) for part in range(PARTS) if edges[part] < edges[part + 1])


def _away(future: Floats, said: Forecasts, steps: slice, low: float, high: float) -> Floats:
    """How far each step is from the median, in units of the band's reach on that side; NaN where it says nothing.

    A band without width, of a series that never moved, holds whatever factor it has or none: it says nothing.
    """
    middle = said.values[:, steps]
    up = future >= middle
    reach = np.where(up, said.level(high)[:, steps] - middle, middle - said.level(low)[:, steps])
    away: Floats = np.divide(np.abs(future - middle), reach, out=np.full(future.shape, np.nan), where=reach > 0)
    return away


def _apart(said: Forecasts) -> float:
    """The share of all steps that are left where no step of a series counts twice; 1 where nobody says which are."""
    if said.named is None or not said.named.stamps.size:
        return 1.0
    steps = said.named.stamps.shape[1]
    frame = pl.DataFrame({"at": said.named.stamps.ravel(), "of": np.repeat(said.named.series.astype(str), steps)})
    return frame.n_unique() / frame.height


def _factor(away: Floats, outside: float, apart: float = 1.0) -> float | None:
    """The smallest factor that keeps the share outside as promised; None where there are too few windows."""
    away = away[np.isfinite(away).any(axis=1)]
    windows = len(away) * apart
    allowed = (outside * (windows + 1) - 1) / apart  # how many windows' worth of steps may lie outside
    if allowed < -1e-9 or windows < FEWEST:
        return None
    there = np.isfinite(away)
    weight = np.broadcast_to(1 / there.sum(axis=1, keepdims=True), away.shape)[there]
    order = np.argsort(-away[there], kind="stable")
    beyond = np.cumsum(weight[order])  # of windows, with a factor just below this step's
    last = int(np.searchsorted(beyond, allowed + 1e-9, side="right"))
    if last >= len(order):
        return None
    factor = float(away[there][order][last])
    return factor if 0 < factor < WIDEST and math.isfinite(factor) else None
