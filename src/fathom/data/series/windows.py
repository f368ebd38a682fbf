"""Windows: a series at one moment, as a row: what was known there, and what came next.

A dataset of windows has one row for each series and origin (the last moment that is known), with these columns:

- `series` (category): the series' name; "" where there is one alone
- `origin` (time): the stamp of the last known value
- `history` (series): the values up to the origin, oldest first, at most `Horizon.context`, without gaps
- `known:NAME` (series): a column that is known ahead, for the steps of the history and those to forecast
- `past:NAME` (series): a column that is known afterwards, for the steps of the history
- static columns under their own names
- the column to predict: what came next (`FUTURE`), null where nobody knows yet

Rows that train follow one another without overlap, so that they can be stitched together again (`stretches`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon, Stamps

Floats = npt.NDArray[np.float64]
SERIES, ORIGIN, HISTORY = "series", "origin", "history"
KNOWN, PAST = "known:", "past:"
VALUES = pl.List(pl.Float64)
FUTURE = pl.Struct({"future": VALUES, "naive": VALUES, "error": pl.Float64, "square": pl.Float64})


class Foresight(Protocol):
    """What windows need to know of a problem."""

    @property
    def target(self) -> str:
        """The column to predict."""

    @property
    def horizon(self) -> Horizon | None:
        """How far ahead to look."""


@dataclass(frozen=True)
class Windows:
    """Windows as arrays: `rows` of them, C past steps, H steps ahead.

    `series`: names, object [rows]; `origin`: datetime64[us] [rows]. `history`: float64 [rows, C], aligned at the
    origin: NaN before a series begins. `length`: int64 [rows], how many past values there are. `known`: float64
    [rows, C + H, columns]; `past`: float64 [rows, C, columns]; NaN where nothing is known.
    """

    horizon: Horizon
    series: npt.NDArray[np.object_]
    origin: Stamps
    history: Floats
    length: npt.NDArray[np.int64]
    known: Floats
    past: Floats

    def __len__(self) -> int:
        return len(self.origin)


@dataclass(frozen=True)
class Stretch:
    """A stretch of one series without gaps, stitched together from windows.

    `values`: float64 [n]; `start`: stamp of the first. `known`: float64 [n, columns]; `past`: float64 [n, columns].
    `first`: position of the first value to learn to forecast; those before it are only looked back at.
    """

    series: str
    start: np.datetime64
    values: Floats
    known: Floats
    past: Floats
    first: int


def windows(dataset: Dataset, problem: Foresight) -> Windows:
    """The rows as arrays; the column to predict need not be there."""
    horizon = _horizon(problem)
    frame = dataset.frame
    return Windows(
        horizon,
        frame[SERIES].to_numpy().astype(object),
        frame[ORIGIN].to_numpy().astype("datetime64[us]"),
        padded(frame[HISTORY], horizon.context),
        frame[HISTORY].list.len().fill_null(0).to_numpy().astype(np.int64),
        _stacked(frame, KNOWN, horizon.known, horizon.context + horizon.ahead),
        _stacked(frame, PAST, horizon.past, horizon.context),
    )


def futures(target: pl.Series, ahead: int) -> npt.NDArray[Any]:
    """What came next, as a structured array [rows].

    Fields: `future` float64 [ahead], NaN where nobody knows; `naive` float64 [ahead], what the season before says;
    `error` and `square`: mean absolute and mean squared error of that in the history, the units of MASE and RMSSE.

    >>> row = {"future": [3.0, None], "naive": [1.0, 2.0], "error": 1.0, "square": 2.0}
    >>> futures(pl.Series("y", [row, None], dtype=FUTURE), 2)["future"].tolist()
    [[3.0, nan], [nan, nan]]
    """
    found = np.full(len(target), np.nan, dtype=_dtype(ahead))
    parts = target.struct.unnest()
    for name in ("future", "naive"):
        found[name] = padded(parts[name], ahead)
    for name in ("error", "square"):
        found[name] = parts[name].cast(pl.Float64).to_numpy()
    return found


def stretches(dataset: Dataset, problem: Foresight) -> list[Stretch]:
    """The training rows stitched together, by series and time; one stretch where no row is missing in between."""
    horizon = _horizon(problem)
    if not len(dataset):
        return []
    frame = dataset.frame.sort(SERIES, ORIGIN)
    seen = windows(Dataset(frame, dataset.columns), problem)
    future = futures(frame[problem.target], horizon.ahead)["future"]
    following = horizon.stamps(seen.origin, horizon.ahead, horizon.ahead)[:, 0]
    broken = (seen.series[1:] != seen.series[:-1]) | (seen.origin[1:] != following[:-1])
    starts = [0, *(np.flatnonzero(broken) + 1).tolist(), len(frame)]
    return [_stitched(seen, future, np.arange(start, stop)) for start, stop in pairwise(starts)]


def padded(lists: pl.Series, width: int) -> Floats:
    """Lists of numbers as float64 [rows, width], aligned at their ends; NaN before a shorter one and for nulls.

    >>> padded(pl.Series([[1.0, 2.0, 3.0], [4.0], None]), 2).tolist()
    [[2.0, 3.0], [nan, 4.0], [nan, nan]]
    """
    found = np.full((len(lists), width), np.nan)
    cut = lists.cast(VALUES).list.tail(width)
    lengths = cut.list.len().fill_null(0).to_numpy().astype(np.int64)
    values = cut.drop_nulls().explode(empty_as_null=False).cast(pl.Float64).to_numpy()
    rows = np.repeat(np.arange(len(lists)), lengths)
    places = np.arange(len(values)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    found[rows, places + width - lengths[rows]] = values
    return found


def _dtype(ahead: int) -> np.dtype[np.void]:
    return np.dtype([("future", "f8", (ahead,)), ("naive", "f8", (ahead,)), ("error", "f8"), ("square", "f8")])


def _horizon(problem: Foresight) -> Horizon:
    assert problem.horizon is not None
    return problem.horizon


def _stacked(frame: pl.DataFrame, prefix: str, names: tuple[str, ...], width: int) -> Floats:
    if not names:
        return np.empty((frame.height, width, 0))
    return np.stack([padded(frame[prefix + name], width) for name in names], axis=2)


def _stitched(seen: Windows, future: Floats, rows: npt.NDArray[np.int64]) -> Stretch:
    """The stretch that these rows of one series, one after the other, make."""
    horizon, first = seen.horizon, int(rows[0])
    length = int(seen.length[first])
    before = slice(horizon.context - length, None)
    values = np.concatenate([seen.history[first, before], future[rows].ravel()])
    known = np.concatenate([seen.known[first, before], *seen.known[rows[1:], -horizon.ahead :]])
    later = [seen.past[row, -horizon.ahead :] for row in rows[1:]]  # a row's past tells of the future of the row before
    last = np.full((horizon.ahead, seen.past.shape[2]), np.nan)
    past = np.concatenate([seen.past[first, before], *later, last])
    start = horizon.stamps(seen.origin[[first]], 1 - length, 1 - length)[0, 0]
    return Stretch(str(seen.series[first]), start, values, known, past, length)
