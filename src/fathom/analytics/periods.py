"""Times cut into periods of one length, so that there are few enough to look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Times = npt.NDArray[np.datetime64]
MOST = 36  # periods
FEWEST = 3
DAY, WEEK, MONTH, QUARTER, YEAR = "day", "week", "month", "quarter", "year"
MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
MONDAY = 4  # days from a Thursday, where counting begins, to a Monday


@dataclass(frozen=True)
class Periods:
    """The periods from the first to the last time, empty ones too, and the one that each document is in."""

    length: str  # "day", "week", "month", "quarter", "year"
    starts: tuple[str, ...]  # ISO dates
    of: Ints  # -1 where a document has no time


def periods(times: Times) -> Periods | None:
    """The times in the shortest periods of which there are at most 36; None where they are no three.

    >>> times = np.array(["2024-01-03", "2024-01-09", "2024-03-20", "NaT"], dtype="datetime64[us]")
    >>> found = periods(times)
    >>> found.length, len(found.starts), found.of.tolist()
    ('week', 12, [0, 1, 11, -1])
    """
    known = ~np.isnat(times)
    if not known.any():
        return None
    days = times.astype("datetime64[D]")
    for length in (DAY, WEEK, MONTH, QUARTER, YEAR):
        place = _places(days, length)
        first, last = int(place[known].min()), int(place[known].max())
        if last - first < MOST or length == YEAR:
            break
    if last - first + 1 < FEWEST:
        return None
    starts = tuple(str(_start(at, length)) for at in range(first, last + 1))
    return Periods(length, starts, np.where(known, place - first, -1))


def _places(days: Times, length: str) -> Ints:
    """The number of each day's period, counted from 1970."""
    if length in MONTHS:
        return np.asarray(days.astype("datetime64[M]").astype(np.int64) // MONTHS[length])
    count = days.astype(np.int64)
    return count if length == DAY else (count + 7 - MONDAY) // 7


def _start(place: int, length: str) -> np.datetime64:
    if length in MONTHS:
        return np.datetime64(str(np.datetime64(place * MONTHS[length], "M")), "D")
    return np.datetime64(place if length == DAY else place * 7 - 7 + MONDAY, "D")
