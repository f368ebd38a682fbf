"""Windows cut out of series: what was known at each origin, what came next, what the season before would have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.series.horizon import Horizon, Stamps
from fathom.data.series.windows import FUTURE, HISTORY, KNOWN, ORIGIN, PAST, SERIES, VALUES

Floats = npt.NDArray[np.float64]


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


def cut(track: Track, horizon: Horizon, origins: Sequence[int], target: str) -> pl.DataFrame:
    """A row for each origin, a position in the series: 0 where its first value is the last that is known.

    The column to predict is null where nothing of what came next was seen.

    >>> track = Track.of("a", np.arange("2024-01-01", "2024-01-07", dtype="datetime64[D]"), np.arange(6.0))
    >>> rows = cut(track, Horizon(2, "1d", 1, 3, "day"), [3, 5], "sold")
    >>> rows["history"].to_list(), rows["sold"].struct.field("future").to_list()
    ([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]], [[4.0, 5.0], None])
    """
    rows = [_row(track, horizon, int(origin)) for origin in origins]
    schema: dict[str, Any] = {SERIES: pl.String, ORIGIN: pl.Datetime("us"), HISTORY: VALUES}
    schema |= {KNOWN + name: VALUES for name in horizon.known} | {PAST + name: VALUES for name in horizon.past}
    frame = pl.DataFrame(rows, schema={**schema, target: FUTURE}, orient="row")
    return frame.with_columns(pl.lit(track.static.get(name)).alias(name) for name in horizon.static)


def _row(track: Track, horizon: Horizon, origin: int) -> tuple[Any, ...]:
    start = max(0, origin + 1 - horizon.context)
    before, ahead = slice(start, origin + 1), slice(origin + 1, origin + 1 + horizon.ahead)
    through = slice(start, origin + 1 + horizon.ahead)
    known = [_whole(track.known[through, each], through.stop - start) for each in range(len(horizon.known))]
    past = [track.past[before, each].tolist() for each in range(len(horizon.past))]
    history = track.values[before]
    return (
        track.name,
        track.stamps[origin].astype("datetime64[us]").item(),
        history.tolist(),
        *known,
        *past,
        _future(track, horizon, history, ahead),
    )


def _whole(values: Floats, length: int) -> list[float | None]:
    """The values, and nothing after them up to this length; what is missing is null."""
    found = [None if np.isnan(value) else float(value) for value in values]
    return found + [None] * (length - len(found))


def _future(track: Track, horizon: Horizon, history: Floats, ahead: slice) -> dict[str, Any] | None:
    came = np.where(track.seen[ahead], track.values[ahead], np.nan)
    if not np.isfinite(came).any():
        return None
    error, square = naive_errors(history, horizon.season)
    return {
        "future": _whole(came, horizon.ahead),
        "naive": seasonal_naive(history, horizon.season, horizon.ahead).tolist(),
        "error": error,
        "square": square,
    }


def seasonal_naive(history: Floats, season: int, ahead: int) -> Floats:
    """The last season over again, float64 [ahead]; the last value where there is no whole season.

    >>> seasonal_naive(np.array([1.0, 2.0, 3.0]), 2, 3).tolist()
    [2.0, 3.0, 2.0]
    """
    season = season if len(history) >= season else 1
    return history[len(history) - season + np.arange(ahead) % season]


def naive_errors(history: Floats, season: int) -> tuple[float | None, float | None]:
    """How far off seasonal naive is in the history: mean absolute and mean squared error, None where that is nothing.

    These are the units of MASE (Hyndman and Koehler 2006) and RMSSE (Makridakis et al. 2022).

    >>> naive_errors(np.array([1.0, 2.0, 4.0]), 1)
    (1.5, 2.5)
    """
    season = season if len(history) > season else 1
    off = history[season:] - history[:-season]
    if not len(off) or not np.abs(off).any():
        return None, None
    return float(np.abs(off).mean()), float((off**2).mean())
