"""Seasonal-trend decomposition by loess (Cleveland et al. 1990), by statsmodels, and smoothing of what is left."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting import smoothing
from fathom.classical.forecasting.alone import Ready, Said, smoothed
from fathom.classical.forecasting.past import Past
from fathom.classical.forecasting.seasonal import Seasons
from fathom.classical.theta import Theta
from fathom.data.dataset import Dataset
from fathom.tasks.forecasts import Forecasts

Floats = npt.NDArray[np.float64]
WIDTH = 11  # seasons that the season's own change is smoothed over, as MSTL (Bandara et al. 2021) has it


@dataclass
class SeasonalTrend(Theta):
    """A season that changes slowly is taken out of each history; trend and rest go on by exponential smoothing.

    The last season is repeated. Histories of fewer than two seasons and a bit are smoothed as they are.
    """

    def predict(self, dataset: Dataset) -> Forecasts:
        """What comes next in each window."""
        return self.alone_.said(self.alone_.ready(dataset), decomposed)

    def seasons(self, seen: Ready) -> Seasons:
        """The last season of each history, and the histories without theirs."""
        rows, found = by_loess(seen)
        added, times, rest = seen.parted.added.copy(), seen.parted.times.copy(), seen.parted.rest.values.copy()
        if len(rows):
            added[rows], times[rows], rest[rows] = found.added, found.times, found.rest.values
        return Seasons(Past(rest, seen.whole.length), added, times)


def decomposed(seen: Ready) -> Said:
    """What comes next by the last season and the smoothed rest, float64 [rows, ahead] each."""
    middle, deviation = smoothed(seen)
    rows, found = by_loess(seen)
    if len(rows):
        steps, spread = smoothing.ahead(smoothing.smooth(found.rest), seen.horizon.ahead)
        middle[rows], deviation[rows] = found.back(steps), spread
    return middle, deviation


def by_loess(seen: Ready) -> tuple[npt.NDArray[np.intp], Seasons]:
    """The rows with two seasons and a bit, and theirs: the rest without the season as it changed, its last places."""
    season = seen.horizon.season
    rows = np.flatnonzero(seen.whole.length >= 2 * season + 1) if season > 1 else np.zeros(0, dtype=np.intp)
    rest = seen.whole.values[rows].copy()
    over = np.zeros((len(rows), season))
    for place in range(len(rows)):
        there = np.isfinite(rest[place])
        found = _library()(rest[place][there], period=season, seasonal=WIDTH, seasonal_deg=0).fit()
        rest[place][there] -= found.seasonal
        over[place] = found.seasonal[-season:]
    return rows, Seasons(Past(rest, seen.whole.length[rows]), over, np.ones_like(over))


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        from statsmodels.tsa.seasonal import STL

    return STL
