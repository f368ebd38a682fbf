"""Windows in a unit of their own, so that series of any size are learned from alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.past import Past

Floats = npt.NDArray[np.float64]
SMALLEST = 1e-9  # of a window's largest value: a unit below it is noise of the arithmetic


@dataclass(frozen=True)
class Scale:
    """A centre and a unit for each window, float64 [rows, 1] each.

    The centre is the last value. The unit is what seasonal naive is off in the history, which is the unit of MASE as
    well; where that is nothing, the spread of the history; where that is nothing too, its size, or one.
    """

    centre: Floats
    unit: Floats
    moving: npt.NDArray[np.bool_]  # [rows, 1]: whether seasonal naive is ever off

    @classmethod
    def of(cls, seen: Past, season: int) -> Scale:
        """The scale of each history."""
        values = seen.values
        width = values.shape[1]
        naive = np.where(seen.length > season, _mean_step(values, season), _mean_step(values, 1))
        largest = np.nan_to_num(np.fmax.reduce(np.abs(values), axis=1, initial=0.0)) if width else np.zeros(len(seen))
        spread = _spread(values, seen.length)
        unit = np.where(naive > SMALLEST * largest, naive, np.where(spread > SMALLEST * largest, spread, largest))
        centre = np.nan_to_num(values[:, -1]) if width else np.zeros(len(seen))
        moving = naive > SMALLEST * largest
        return cls(centre[:, None], np.where(unit > 0, unit, 1.0)[:, None], moving[:, None])

    def down(self, values: Floats) -> Floats:
        """Values [rows, steps] in the window's own unit."""
        return (values - self.centre) / self.unit

    def up(self, values: Floats) -> Floats:
        """Values [rows, steps] in the series' unit again."""
        return values * self.unit + self.centre


def _mean_step(values: Floats, season: int) -> Floats:
    if values.shape[1] <= season:
        return np.zeros(len(values))
    off = np.abs(values[:, season:] - values[:, :-season])
    mean: Floats = np.nansum(off, axis=1) / np.maximum(np.isfinite(off).sum(axis=1), 1)
    return mean


def _spread(values: Floats, length: npt.NDArray[np.int64]) -> Floats:
    count = np.maximum(length, 1)
    mean = np.nansum(values, axis=1) / count
    spread: Floats = np.sqrt(np.nansum((values - mean[:, None]) ** 2, axis=1) / count)
    return spread
