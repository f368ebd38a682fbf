"""What a calendar says of each moment: the place in the day, the week, the month and the year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fathom.data.series.horizon import MICROSECONDS, MONTHS, Stamps

Floats = npt.NDArray[np.float32]

DAY = MICROSECONDS["d"]
WEEKEND = 5  # the first day of a week that is no working day, from Monday's 0
MONDAY = 3  # 1970-01-01 was a Thursday
NUMBERS, WORKING = "i", "b"  # units of steps: whole numbers, which have no calendar, and working days
YEAR = 365.2425
LONGEST_MONTH = 31
LENGTHS = {"day": DAY, "week": 7 * DAY, "month": YEAR / 12 * DAY, "year": YEAR * DAY}
REPEATED = 2  # times that a cycle was gone through before its places tell more than dates


def cycles(step: str) -> tuple[str, ...]:
    """The cycles that steps of this length go through.

    >>> cycles("1h"), cycles("1w"), cycles("1y")
    (('day', 'week', 'month', 'year'), ('year',), ())
    """
    unit = step.lstrip("0123456789")
    count = int(step.removesuffix(unit))
    if unit == NUMBERS:
        return ()
    if unit in MONTHS:
        return ("year",) if count * MONTHS[unit] < MONTHS["y"] else ()
    length = count * MICROSECONDS["d" if unit == WORKING else unit]
    ends = (("day", DAY), ("week", 7 * DAY), ("month", 7 * DAY), ("year", YEAR * DAY))
    return tuple(name for name, end in ends if length < end)


def repeated(step: str, span: np.timedelta64) -> tuple[str, ...]:
    """Those of the cycles that so long a time goes through twice: places in others are dates, and learned by heart.

    >>> repeated("1h", np.timedelta64(365, "D"))
    ('day', 'week', 'month')
    """
    length = span.astype("timedelta64[us]").astype(np.int64)
    return tuple(name for name in cycles(step) if length >= REPEATED * LENGTHS[name])


def width(found: Sequence[str]) -> int:
    """How many figures a calendar of these cycles says of a moment."""
    return 2 * len(found) + ("week" in found)


def calendar(stamps: Stamps, found: Sequence[str]) -> Floats:
    """Places in cycles as sine and cosine, and whether it is a weekend: float32 [..., figures].

    >>> calendar(np.array(["2024-01-06"], "datetime64[us]"), cycles("1d")).shape
    (1, 7)
    """
    moments = np.where(np.isnat(stamps), np.datetime64(0, "us"), stamps.astype("datetime64[us]"))
    days = moments.astype("datetime64[D]")
    since = moments.astype(np.int64)
    weekday = (days.astype(np.int64) + MONDAY) % 7
    of_day = (since % DAY) / DAY
    places = {
        "day": of_day,
        "week": (weekday + of_day) / 7,
        "month": (days - moments.astype("datetime64[M]")).astype(np.int64) / LONGEST_MONTH,
        "year": (days - moments.astype("datetime64[Y]")).astype(np.int64) / YEAR,
    }
    parts = []
    for name in found:
        angle = 2 * np.pi * places[name]
        parts += [np.sin(angle), np.cos(angle)]
    if "week" in found:
        parts.append((weekday >= WEEKEND).astype(np.float64))
    if not parts:
        return np.zeros((*stamps.shape, 0), dtype=np.float32)
    return np.stack(parts, axis=-1).astype(np.float32)
