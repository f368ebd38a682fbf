"""Windows cut out of series: what was known at each origin, what came next, what the season before would have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.series.horizon import Horizon, Stamps
from fathom.data.series.panel import NAME, Panel
from fathom.data.series.steps import Grid
from fathom.data.series.windows import HISTORY, KNOWN, ORIGIN, PAST, SERIES, VALUES

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
BLOCK = 4_000_000  # values cut at once


@dataclass(frozen=True)
class Track:
    """One series on its even grid.

    `stamps`: datetime64[us] [n]; `values`: float64 [n] without gaps; `seen`: bool [n], False where one was filled in.
    `known`: float64 [n or more, columns], reaching into the future as far as it is known; `past`: float64 [n, columns];
    `static`: the values of the columns that say something of the series as a whole.
    """

    name: str
    stamps: Stamps
    values: Floats
    seen: npt.NDArray[np.bool_]
    known: Floats
    past: Floats
    static: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, stamps: Stamps, values: Floats) -> Track:
        """A series without gaps and without other columns."""
        nothing = np.empty((len(values), 0))
        stamps = stamps.astype("datetime64[us]")
        return cls(name, stamps, values, np.isfinite(values), nothing, nothing)

    def panel(self, static: Sequence[str]) -> Panel:
        """The series as a panel of one."""
        steps = max(len(self.values), len(self.known))

        def longer(values: npt.NDArray[Any], rest: Any) -> npt.NDArray[Any]:
            missing = np.full((steps - len(values), *values.shape[1:]), rest, dtype=values.dtype)
            return np.concatenate([values, missing])

        return Panel(
            Grid("", np.zeros(1, np.int64)),
            np.array([self.name], dtype=object),
            np.array([0, steps]),
            np.array([len(self.values)]),
            np.zeros(1, np.int64),
            longer(self.stamps, np.datetime64("NaT")),
            longer(self.values, np.nan),
            longer(self.seen, False),
            longer(self.known, np.nan),
            longer(self.past, np.nan),
            pl.DataFrame({NAME: [self.name]} | {name: [self.static.get(name)] for name in static}),
        )


def cut(track: Track, horizon: Horizon, origins: Sequence[int], target: str) -> pl.DataFrame:
    """A row for each origin, a position in the series: 0 where its first value is the last that is known.

    The column to predict is null where nothing of what came next was seen.

    >>> track = Track.of("a", np.arange("2024-01-01", "2024-01-07", dtype="datetime64[D]"), np.arange(6.0))
    >>> rows = cut(track, Horizon(2, "1d", 1, 3, "day"), [3, 5], "sold")
    >>> rows["history"].to_list(), rows["sold"].struct.field("future").to_list()
    ([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]], [[4.0, 5.0], None])
    """
    places = np.asarray(origins, dtype=np.int64)
    return cut_all(track.panel(horizon.static), horizon, np.zeros(len(places), np.int64), places, target)


def cut_all(panel: Panel, horizon: Horizon, series: Places, origins: Places, target: str) -> pl.DataFrame:
    """A row for each series (its number) and origin (a position in it), as `cut` makes them; int64 [rows] each."""
    size = max(BLOCK // (horizon.context + horizon.ahead), 1)
    pieces = [
        _cut(panel, horizon, series[start : start + size], origins[start : start + size], target)
        for start in range(0, max(len(series), 1), size)
    ]
    return pl.concat(pieces)


def _cut(panel: Panel, horizon: Horizon, series: Places, origins: Places, target: str) -> pl.DataFrame:
    start, context, ahead = panel.offsets[series], horizon.context, horizon.ahead
    behind = origins[:, None] + np.arange(1 - context, 1)
    through = origins[:, None] + np.arange(1 - context, ahead + 1)
    length = np.minimum(origins + 1, context)
    history = _at(panel.values, start, behind, None)
    columns = [
        pl.Series(SERIES, panel.names[series].tolist(), dtype=pl.String),
        pl.Series(ORIGIN, panel.stamps[start + origins].astype("datetime64[us]")),
        _lists(HISTORY, history, length),
    ]
    end = np.diff(panel.offsets)[series]
    for number, name in enumerate(horizon.known):
        columns.append(_lists(KNOWN + name, _at(panel.known[:, number], start, through, end), length + ahead))
    for number, name in enumerate(horizon.past):
        columns.append(_lists(PAST + name, _at(panel.past[:, number], start, behind, end), length))
    coming = origins[:, None] + np.arange(1, ahead + 1)
    seen = np.where(panel.seen, panel.values, np.nan)
    came, held = _at(seen, start, coming, panel.length[series]), _at(seen, start, behind, None)
    columns.append(_futures(target, came, history, held, length, horizon))
    return pl.DataFrame([*columns, *(panel.static[name][series] for name in horizon.static)])


def _at(values: Floats, start: Places, places: Places, end: Places | None) -> Floats:
    """The values at these places of each row's series; NaN before it and from `end` on."""
    missing = places < 0
    if end is not None:
        missing |= places >= end[:, None]
    at = np.where(missing, 0, start[:, None] + places)
    return np.where(missing, np.nan, values[at]) if len(values) else np.full(places.shape, np.nan)


def _lists(name: str, values: Floats, length: Places) -> pl.Series:
    """The last values of each row as a list; null for NaN."""
    width = values.shape[1]
    flat = pl.Series(name, values.ravel()).fill_nan(None)
    if not len(values) or not width:
        return pl.Series(name, [[]] * len(values), dtype=VALUES)
    lists = flat.reshape((len(values), width)).arr.to_list()
    if (length == width).all():
        return lists
    frame = pl.DataFrame([lists, pl.Series("\0length", length)])
    return frame.select(pl.col(name).list.tail(pl.col("\0length")))[name]


def _futures(target: str, came: Floats, history: Floats, held: Floats, length: Places, horizon: Horizon) -> pl.Series:
    """What came next, with what the season before says, and how far off that is in the history.

    `held`: the history as it was seen, NaN where it was filled in: a filling is the season before, and never off.
    """
    known = np.isfinite(came).any(axis=1)
    full = np.full(len(came), horizon.ahead)
    naive = np.full(came.shape, np.nan)
    error, square = np.full(len(came), np.nan), np.full(len(came), np.nan)
    for season in {horizon.season, 1}:
        rows = np.flatnonzero(np.where(length >= horizon.season, horizon.season, 1) == season)
        naive[rows] = history[rows[:, None], horizon.context - season + np.arange(horizon.ahead) % season]
        rows = np.flatnonzero(np.where(length > horizon.season, horizon.season, 1) == season)
        error[rows], square[rows] = _errors(held[rows], season)
    parts = pl.DataFrame(
        [
            _lists("future", came, full),
            _lists("naive", naive, full),
            pl.Series("error", error).fill_nan(None),
            pl.Series("square", square).fill_nan(None),
            pl.Series("known", known),
        ]
    )
    fields = pl.struct("future", "naive", "error", "square")
    return parts.select(pl.when("known").then(fields).otherwise(None).alias(target))[target]


def _errors(history: Floats, season: int) -> tuple[Floats, Floats]:
    """Mean absolute and mean squared error of the season before, float64 [rows] each; NaN where it is never off."""
    off = history[:, season:] - history[:, :-season] if season < history.shape[1] else np.empty((len(history), 0))
    there = np.isfinite(off)
    count = there.sum(axis=1)
    off = np.where(there, off, 0.0)
    none = (count == 0) | ~off.any(axis=1)
    count = np.maximum(count, 1)
    return np.where(none, np.nan, np.abs(off).sum(axis=1) / count), np.where(none, np.nan, (off**2).sum(axis=1) / count)


def seasonal_naive(history: Floats, season: int, ahead: int) -> Floats:
    """The last season over again, float64 [ahead]; the last value where there is no whole season.

    >>> seasonal_naive(np.array([1.0, 2.0, 3.0]), 2, 3).tolist()
    [2.0, 3.0, 2.0]
    """
    season = season if len(history) >= season else 1
    return history[len(history) - season + np.arange(ahead) % season]


def naive_errors(history: Floats, season: int) -> tuple[float | None, float | None]:
    """How far off seasonal naive is in the history: mean absolute and mean squared error, None where that is nothing.

    These are the units of MASE (Hyndman and Koehler 2006) and of an RMSSE with a season; steps that are NaN are not
    counted.

    >>> naive_errors(np.array([1.0, 2.0, 4.0]), 1)
    (1.5, 2.5)
    """
    season = season if len(history) > season else 1
    error, square = _errors(history[None, :], season)
    return (float(error[0]), float(square[0])) if np.isfinite(error[0]) else (None, None)
