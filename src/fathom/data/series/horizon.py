"""A horizon: how series are looked at, and how far ahead."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Stamps = npt.NDArray[np.datetime64]
MONTHS = {"mo": 1, "q": 3, "y": 12}
MICROSECONDS = {"i": 1, "s": 10**6, "m": 60 * 10**6, "h": 3600 * 10**6, "d": 86400 * 10**6, "w": 7 * 86400 * 10**6}


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far ahead to look, in which steps, and what is known when.

    `ahead`: steps to forecast. `step`: from one value to the next, as Polars writes durations ("15m", "1h", "1d", "1w",
    "1mo", "1q", "1y"); "1b" are working days, "1i" whole numbers, kept as microseconds since 1970: they have no
    calendar. `season`: steps after which series repeat themselves, 1 where they do not. `context`: how many past steps
    a window holds at most. `time`: the column of stamps, "" where there is none; `series`: the columns whose values
    together name a series, none where there is one alone. `known`: columns of numbers that are known ahead (prices,
    holidays); `past`: those that are known only afterwards; `static`: those that hold one value for all of a series.
    `country`: whose holidays count, as a code of two letters, "" for none. `day`: of steps in months the day of the
    month that values lie on, 0 where that is its end or nobody knows.

    >>> Horizon(28, "1d", 7, 365, "date").to_json()["season"]
    7
    """

    ahead: int
    step: str
    season: int
    context: int
    time: str
    series: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    country: str = ""
    day: int = 0

    def stamps(self, origin: Stamps, first: int, last: int) -> Stamps:
        """The stamps from `first` to `last` steps after each origin, both included; datetime64[us] [rows, steps].

        The origin's own step is number 0, so the first that is forecast is 1.

        >>> Horizon(2, "1mo", 12, 24, "month").stamps(np.array(["2024-01-31"], "datetime64[us]"), 0, 2).astype("M8[D]")
        array([['2024-01-31', '2024-02-29', '2024-03-31']], dtype='datetime64[D]')

        A last day of a month is taken for its end, but where it is the `day` of the values or as near as can be.

        >>> monthly = Horizon(2, "1mo", 12, 24, "month", day=30)
        >>> monthly.stamps(np.array(["2023-02-28"], "datetime64[us]"), 1, 2).astype("M8[D]")
        array([['2023-03-30', '2023-04-30']], dtype='datetime64[D]')
        """
        count, unit = parts(self.step)
        steps = np.arange(first, last + 1)
        if unit in MICROSECONDS:
            moved: Stamps = origin[:, None] + (steps * count * MICROSECONDS[unit]).astype("timedelta64[us]")
            return moved
        if unit == "b":
            return _working(origin, steps * count)
        column = pl.Series("origin", origin.astype("datetime64[us]"))
        found = [column.dt.offset_by(f"{int(each) * count * MONTHS[unit]}mo").to_numpy() for each in steps]
        if not found:
            return np.empty((len(origin), 0), "datetime64[us]")
        return np.stack(_month_days(column, found, self.day), axis=1)

    def to_json(self) -> dict[str, Any]:
        """The horizon as plain JSON data."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Horizon:
        """The horizon that `to_json` described."""
        said: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**said)


def parts(step: str) -> tuple[int, str]:
    """The number and the unit of a duration such as 15m."""
    digits = len(step) - len(step.lstrip("0123456789"))
    return int(step[:digits]), step[digits:]


def _working(origin: Stamps, steps: npt.NDArray[np.int64]) -> Stamps:
    """Working days so many steps after each origin, at its time of the day."""
    days = origin.astype("datetime64[D]")
    whole = np.busday_offset(days[:, None], steps[None, :], roll="preceding").astype("datetime64[us]")
    moved: Stamps = whole + (origin - days)[:, None]
    return moved


def _month_days(origin: pl.Series, moved: list[Stamps], day: int) -> list[Stamps]:
    """Months that were counted from the end of one, on their own ends; or on this day, where the end is that day."""
    last = (origin.dt.month_end() == origin.dt.truncate("1d")).to_numpy()
    cut = last & (origin.dt.day() <= day).to_numpy()  # the day itself, or all that a short month has of it
    clock = (origin - origin.dt.truncate("1d")).to_numpy()
    found = []
    for each in moved:
        end = pl.Series(each).dt.month_end().to_numpy()
        begin = end.astype("datetime64[M]").astype("datetime64[D]")
        least = np.minimum(begin + (max(day, 1) - 1) * np.timedelta64(1, "D"), end.astype("datetime64[D]"))
        found.append(np.where(cut, least.astype("datetime64[us]") + clock, np.where(last, end + clock, each)))
    return found
