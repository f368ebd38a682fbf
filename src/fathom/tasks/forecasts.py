"""Forecasts: the steps ahead of each series, with quantiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
QUANTILE = "quantile:"
LIST = pl.List(pl.Float64)
BETWEEN = " / "  # of the values that together name a series


@dataclass(frozen=True)
class Named:
    """Of which series and moments forecasts are.

    `names`: the columns that name a series; `series`: object [rows], their values with ` / ` between; `time`: the
    column of time; `stamps`: datetime64[us] [rows, steps]; `whole`: whether they stand for whole numbers.
    """

    names: tuple[str, ...]
    series: npt.NDArray[np.object_]
    time: str
    stamps: npt.NDArray[np.datetime64]
    whole: bool = False

    def take(self, rows: npt.NDArray[np.intp]) -> Named:
        """These rows only."""
        return replace(self, series=self.series[rows], stamps=self.stamps[rows])

    def columns(self, steps: int) -> list[pl.Series]:
        """The names and the times, a value for each row and step."""
        split = [str(name).split(BETWEEN, len(self.names) - 1) for name in self.series]
        found = [
            pl.Series(name, np.repeat([each[place] if place < len(each) else "" for each in split], steps).tolist())
            for place, name in enumerate(self.names)
        ]
        stamps = self.stamps.astype("datetime64[us]").ravel()
        return [*found, pl.Series(self.time, stamps.astype(np.int64) if self.whole else stamps)]


@dataclass(frozen=True)
class Forecasts:
    """What comes next in each window, step by step.

    `quantiles`: float64 [rows, steps, levels], ascending along the levels (`LEVELS`). `mean`: float64 [rows, steps],
    the expected value where the learner knows it better than the median. `named`: of which series and
    moments they are, where a model was asked.

    >>> said = Forecasts.of(np.array([[1.0, 2.0]]), np.zeros((1, 2, len(LEVELS))) + 3.0)
    >>> said.values.tolist(), said.mean.tolist(), said.frame()["prediction"].to_list()
    ([[3.0, 3.0]], [[1.0, 2.0]], [[3.0, 3.0]])
    """

    quantiles: Floats
    mean: Floats
    named: Named | None = None

    @classmethod
    def of(cls, mean: Floats | None, quantiles: Floats) -> Forecasts:
        """Forecasts with quantiles in order, whatever order they were said in; the median where there is no mean."""
        ordered = np.sort(quantiles, axis=2)
        return cls(ordered, ordered[:, :, LEVELS.index(0.5)] if mean is None else mean)

    def __len__(self) -> int:
        return len(self.quantiles)

    @property
    def values(self) -> Floats:
        """The medians, float64 [rows, steps]."""
        return self.quantiles[:, :, LEVELS.index(0.5)]

    def level(self, level: float) -> Floats:
        """One quantile, float64 [rows, steps]."""
        return self.quantiles[:, :, LEVELS.index(level)]

    def take(self, rows: npt.NDArray[np.intp]) -> Forecasts:
        """These rows only."""
        named = None if self.named is None else self.named.take(rows)
        return replace(self, quantiles=self.quantiles[rows], mean=self.mean[rows], named=named)

    def table(self) -> pl.DataFrame:
        """A row a series and step: its name, its time, `forecast` (the median), `mean` and `quantile:<level>`.

        Only of forecasts that are `named`, as those of a model are.
        """
        assert self.named is not None
        steps = self.quantiles.shape[1]
        columns = [*self.named.columns(steps), pl.Series("forecast", self.values.ravel())]
        columns += [pl.Series("mean", self.mean.ravel())]
        return pl.DataFrame(columns + [pl.Series(f"{QUANTILE}{level}", self.level(level).ravel()) for level in LEVELS])

    def records(self) -> list[dict[str, Any]]:
        """An object a series: its name by column, and `forecast`, an object for each step."""
        assert self.named is not None
        table, steps = self.table(), self.quantiles.shape[1]
        told = table.select(pl.exclude(self.named.names)).to_dicts()
        series = table.select(self.named.names).gather_every(steps).to_dicts() if self.named.names else [{}] * len(self)
        return [{**each, "forecast": told[row * steps : (row + 1) * steps]} for row, each in enumerate(series)]

    def frame(self) -> pl.DataFrame:
        """A row a window: `prediction` and `mean`, lists of steps, and a list for each `quantile:<level>`."""
        columns: dict[str, Any] = {"prediction": _lists(self.values), "mean": _lists(self.mean)}
        columns |= {f"{QUANTILE}{level}": _lists(self.level(level)) for level in LEVELS}
        return pl.DataFrame(columns, schema=dict.fromkeys(columns, LIST))


def is_forecasts(frame: pl.DataFrame) -> bool:
    """Whether `Forecasts.frame` wrote this."""
    return f"{QUANTILE}{LEVELS[0]}" in frame.columns


def read_forecasts(frame: pl.DataFrame) -> Forecasts:
    """The forecasts that `frame()` wrote."""
    steps = np.stack([_array(frame[f"{QUANTILE}{level}"]) for level in LEVELS], axis=2)
    return Forecasts(steps, _array(frame["mean"]))


def _lists(steps: Floats) -> pl.Series:
    return pl.Series(steps.tolist(), dtype=LIST)


def _array(lists: pl.Series) -> Floats:
    return np.array(lists.to_list(), dtype=np.float64).reshape(len(lists), -1)
