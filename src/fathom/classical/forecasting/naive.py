"""Seasonal naive: the last season over again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.normal import spread
from fathom.classical.forecasting.past import Past
from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import Foresight, stretches, windows
from fathom.tasks.forecasts import Forecasts

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SeasonalNaive:
    """The last season over again, and errors that grow with the root of the seasons ahead (a seasonal random walk).

    The error is the history's own. Where that is too short to have one, it is `doubt` of the last value's size: what is
    usual in training. A window without any history is told `usual`, the median of all training values.
    """

    horizon: Horizon
    usual: float
    doubt: float

    @classmethod
    def of(cls, problem: Foresight, train: Dataset) -> Self:
        """Look at the training series for what is usual."""
        assert problem.horizon is not None
        found = stretches(train, problem)
        values = np.concatenate([each.values for each in found] or [np.zeros(1)])
        values = values[np.isfinite(values)]
        shares = [_share(each.values) for each in found if np.isfinite(each.values).sum() > 1]
        usual = float(np.median(values)) if len(values) else 0.0
        return cls(problem.horizon, usual, float(np.median(shares)) if shares else 0.0)

    def forecasts(self, dataset: Dataset) -> Forecasts:
        """The last season over again, for every window."""
        seen = Past.of(windows(dataset, Posed(self.horizon)))
        steps = repeated(seen, self.horizon.season, self.horizon.ahead)
        steps = np.where(np.isfinite(steps), steps, self.usual)
        season = np.where(seen.length > self.horizon.season, self.horizon.season, 1)
        ahead = np.arange(1, self.horizon.ahead + 1)
        seasons = np.ceil(ahead / season[:, None])
        error = np.where(seen.length > 1, _errors(seen, season), self.doubt * np.abs(steps[:, -1]))
        return spread(steps, error[:, None] * np.sqrt(seasons))

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON data."""
        return {"horizon": self.horizon.to_json(), "usual": self.usual, "doubt": self.doubt}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `to_json` wrote."""
        return cls(Horizon.from_json(data["horizon"]), float(data["usual"]), float(data["doubt"]))


@dataclass(frozen=True)
class Posed:
    """As much of a problem as windows need."""

    horizon: Horizon | None
    target: str = ""


def repeated(seen: Past, season: int, ahead: int) -> Floats:
    """The last season over again, float64 [rows, ahead]; the last value where there is no whole season.

    >>> from fathom.classical.forecasting.past import past
    >>> repeated(past(np.array([[1.0, 2.0, 3.0], [np.nan, np.nan, 3.0]])), 2, 3).tolist()
    [[2.0, 3.0, 2.0], [3.0, 3.0, 3.0]]
    """
    cycle = seen.last(season)
    over = cycle[:, np.arange(ahead) % season]
    return np.where((seen.length >= season)[:, None], over, seen.last(1))


def _errors(seen: Past, season: npt.NDArray[np.int64]) -> Floats:
    """The root of the mean squared error of seasonal naive in each history."""
    found = np.zeros(len(seen))
    for each in np.unique(season):
        rows = season == each
        values = seen.values[rows]
        off = (values[:, each:] - values[:, :-each]) ** 2
        count = np.isfinite(off).sum(axis=1)
        found[rows] = np.sqrt(np.nansum(off, axis=1) / np.maximum(count, 1))
    return found


def _share(values: Floats) -> float:
    """How large a step from one value to the next is beside the values."""
    size = float(np.nanmean(np.abs(values)))
    return float(np.nanmean(np.abs(np.diff(values)))) / size if size > 0 else 0.0
