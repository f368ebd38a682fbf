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


def decomposed(seen: Ready) -> Said:
    """What comes next by the last season and the smoothed rest, float64 [rows, ahead] each."""
    season, ahead = seen.horizon.season, seen.horizon.ahead
    middle, deviation = smoothed(seen)
    rows = np.flatnonzero(seen.whole.length >= 2 * season + 1) if season > 1 else np.zeros(0, dtype=np.intp)
    if not len(rows):
        return middle, deviation
    rest = seen.whole.values[rows].copy()
    over = np.empty((len(rows), season))
    for place in range(len(rows)):
        there = np.isfinite(rest[place])
        found = _library()(rest[place][there], period=season, seasonal=WIDTH, seasonal_deg=0).fit()
        rest[place][there] -= found.seasonal
        over[place] = found.seasonal[-season:]
    steps, spread = smoothing.ahead(smoothing.smooth(Past(rest, seen.whole.length[rows])), ahead)
    middle[rows] = steps + over[:, np.arange(ahead) % season]
    deviation[rows] = spread
    return middle, deviation


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        from statsmodels.tsa.seasonal import STL

    return STL
