"""What trees are told of a step ahead: last values, the same place of earlier seasons, calendar, what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.classical.forecasting.past import Past
from fathom.classical.forecasting.scale import Scale
from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon, Stamps
from fathom.data.series.windows import SERIES, Windows

Floats = npt.NDArray[np.float64]
LAGS = 8  # last values, each by itself
SEASONS = 3  # the same place in so many seasons before
FARTHEST = 1e4  # units of a window
STEPS_A_DAY_OR_LESS = ("s", "m", "h")
MONDAY = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True)
class SeriesFeatures:
    """A row for each window and step ahead; values in units of the window, away from its last value.

    `static`: for each static column the values that training had, as text, in order; () for a column of numbers.
    """

    horizon: Horizon
    static: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, horizon: Horizon, train: Dataset) -> Self:
        """Learn which values static columns have."""
        found = {}
        for name in horizon.static:
            column = train.frame[name]
            words = () if column.dtype.is_numeric() else column.cast(pl.String).drop_nulls().unique().sort().to_list()
            found[name] = tuple(words)
        return cls(horizon, found)

    @property
    def names(self) -> list[str]:
        """The columns of the matrix, in order."""
        horizon = self.horizon
        found = ["step", *(f"lag {lag + 1}" for lag in range(self._lags))]
        found += [f"season {back + 1}" for back in range(self._seasons)]
        found += ["season mean", *(f"mean of {width}" for width in self._widths), "slope", "spread", "level"]
        found += [f"calendar {part}" for part in parts(horizon.step)]
        found += [f"{name} ahead" for name in horizon.known] + [f"{name} change" for name in horizon.known]
        found += [f"{name} last" for name in horizon.past]
        return found + [f"{name} of series" for name in self.static]

    def told(self, seen: Windows, static: Floats, scale: Scale) -> npt.NDArray[np.float32]:
        """The matrix float32 [rows x ahead, columns], a window's steps one after the other; NaN what is not known."""
        horizon, rows = self.horizon, len(seen)
        held = Past.of(seen)
        units = np.clip(scale.down(held.values), -FARTHEST, FARTHEST)
        steps = np.tile(np.arange(1.0, horizon.ahead + 1), (rows, 1))
        columns = [steps, *self._of_windows(units, held, scale), *self._calendar(seen)]
        seasons = self._same_place(units)
        at = 1 + self._lags
        columns[at:at] = [*seasons, _mean(np.stack(seasons, axis=2)) if seasons else np.full_like(steps, np.nan)]
        ahead = seen.known[:, -horizon.ahead :]
        columns += [ahead[:, :, each] for each in range(ahead.shape[2])]
        columns += [ahead[:, :, each] - seen.known[:, [-horizon.ahead - 1], each] for each in range(ahead.shape[2])]
        columns += [np.broadcast_to(seen.past[:, -1:, each], steps.shape) for each in range(seen.past.shape[2])]
        columns += [np.broadcast_to(static[:, [each]], steps.shape) for each in range(static.shape[1])]
        matrix = np.stack([each.astype(np.float32) for each in columns], axis=2)
        return matrix.reshape(rows * horizon.ahead, len(columns))

    def statics(self, frame: pl.DataFrame) -> Floats:
        """Static columns as numbers, float64 [rows, columns]: NaN what is missing or was not in training."""
        found = [np.empty((frame.height, 0))]
        for name, words in self.static.items():
            if words:
                places = {word: float(place) for place, word in enumerate(words)}
                column = frame[name].cast(pl.String).replace_strict(places, default=None, return_dtype=pl.Float64)
            else:
                column = frame[name].cast(pl.Float64, strict=False)
            values = column.fill_null(float("nan")).to_numpy()[:, None]
            found.append(np.where(np.isfinite(values), values, np.nan))
        return np.concatenate(found, axis=1)

    def by_series(self, train: Dataset, series: npt.NDArray[np.object_]) -> Floats:
        """The statics of these series as the training rows have them."""
        first = train.frame.unique(SERIES, keep="first", maintain_order=True)
        places = {name: place for place, name in enumerate(first[SERIES].to_list())}
        table = self.statics(first)
        return table[[places[name] for name in series]] if len(series) else table[:0]

    @property
    def _lags(self) -> int:
        return min(max(LAGS, min(self.horizon.season, 2 * LAGS)), self.horizon.context)

    @property
    def _seasons(self) -> int:
        return SEASONS if self.horizon.season > 1 and self.horizon.context >= self.horizon.season else 0

    @property
    def _widths(self) -> list[int]:
        season = self.horizon.season
        found = {3, 7, 28, season, 4 * season} if season > 1 else {3, 6, 12, 24, 52}
        return sorted(width for width in found if 1 < width <= self.horizon.context)

    def _of_windows(self, units: Floats, held: Past, scale: Scale) -> list[Floats]:
        """What is the same for all steps of a window."""
        ahead, width = self.horizon.ahead, units.shape[1]
        found = [units[:, width - 1 - lag] if lag < width else np.full(len(units), np.nan) for lag in range(self._lags)]
        found += [_mean(units[:, -each:]) for each in self._widths]
        recent = units[:, -max(2 * self.horizon.season, 12) :]
        half = recent.shape[1] // 2
        found.append(_mean(recent[:, half:]) - _mean(recent[:, :half]))
        found.append(np.sqrt(np.maximum(_mean(recent**2) - _mean(recent) ** 2, 0.0)))
        found.append(np.clip(scale.centre / scale.unit, -FARTHEST, FARTHEST)[:, 0])
        return [np.repeat(each[:, None], ahead, axis=1) for each in found]

    def _same_place(self, units: Floats) -> list[Floats]:
        """The values at each step's place in the last seasons, float64 [rows, ahead] each, the last season first."""
        season, width = self.horizon.season, units.shape[1]
        place = np.arange(self.horizon.ahead) % season
        found = []
        for back in range(1, self._seasons + 1):
            at = width - back * season + place
            found.append(np.where(at >= 0, units[:, np.maximum(at, 0)], np.nan))
        return found

    def _calendar(self, seen: Windows) -> list[Floats]:
        if not parts(self.horizon.step):
            return []
        return calendar(self.horizon.stamps(seen.origin, 1, self.horizon.ahead), self.horizon.step)

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON data."""
        static = {name: list(words) for name, words in self.static.items()}
        return {"horizon": self.horizon.to_json(), "static": static}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `to_json` wrote."""
        static = {str(name): tuple(map(str, words)) for name, words in data["static"].items()}
        return cls(Horizon.from_json(data["horizon"]), static)


def parts(step: str) -> tuple[str, ...]:
    """What the calendar says of steps so long.

    >>> parts("1h"), parts("1mo"), parts("1i")
    (('month', 'day', 'weekday', 'hour'), ('month',), ())
    """
    unit = step.lstrip("0123456789")
    if unit in ("mo", "q"):
        return ("month",)
    if unit == "w":
        return ("month", "week")
    if unit in ("d", "b"):
        return ("month", "day", "weekday")
    return ("month", "day", "weekday", "hour") if unit in STEPS_A_DAY_OR_LESS else ()


def calendar(stamps: Stamps, step: str) -> list[Floats]:
    """The parts of the calendar at these stamps, float64 [rows, steps] each; NaN where there is no stamp."""
    missing = np.isnat(stamps)
    moments = np.where(missing, np.datetime64(0, "us"), stamps)
    days, months = moments.astype("datetime64[D]"), moments.astype("datetime64[M]")
    whole: dict[str, npt.NDArray[Any]] = {
        "month": months.astype(np.int64) % 12 + 1,
        "day": (days - months).astype(np.int64) + 1,
        "week": (days - moments.astype("datetime64[Y]")).astype(np.int64) // 7 + 1,
        "weekday": (days.astype(np.int64) + MONDAY) % 7,
        "hour": (moments - days).astype("timedelta64[m]").astype(np.int64) / 60,
    }
    return [np.where(missing, np.nan, whole[part]) for part in parts(step)]


def _mean(values: Floats) -> Floats:
    """The mean over the last axis of what is there; NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axis=-1)
    total = np.where(there, values, 0.0).sum(axis=-1)
    mean: Floats = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    return mean
