"""Holidays by country, as a column that is known ahead."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fathom import catalog
from fathom.data.series.horizon import MONTHS, Stamps, parts
from fathom.errors import FathomError
from fathom.messages import phrase

HOLIDAY = "holiday:"  # what the column is called, before the country
DAYS = {"w": 7, "d": 1}


def check_country(country: str) -> None:
    """Raise a FathomError for a country whose holidays nobody knows, or where what knows them is not installed."""
    catalog.require("series", phrase("Holidays by country"))
    import holidays

    if country not in holidays.list_supported_countries():
        raise FathomError(
            phrase("The holidays of '{country}' are not known.", country=country),
            where="--holidays",
            remedy=phrase("Give a country as two letters, such as KR, US or DE."),
        )


def holidays_at(stamps: Stamps, step: str, country: str) -> npt.NDArray[np.float64]:
    """How many public holidays lie in each step that begins at these stamps; of a step within a day, of that day.

    >>> days = np.array(["2024-12-24", "2024-12-25"], "datetime64[us]")
    >>> holidays_at(days, "1d", "KR").tolist()
    [0.0, 1.0]
    """
    days = stamps.astype("datetime64[D]")
    if not len(days):
        return np.empty(0)
    count, unit = parts(step)
    if unit in MONTHS:
        month = days.astype("datetime64[M]").astype(np.int64)
        begin = (month // (count * MONTHS[unit]) * count * MONTHS[unit]).astype("datetime64[M]")
        end = (begin + count * MONTHS[unit]).astype("datetime64[D]")
        begin = begin.astype("datetime64[D]")
    else:
        begin, end = days, days + count * DAYS.get(unit, 1) if unit in DAYS else days + 1
    free = _free(country, int(str(begin.min())[:4]), int(str(end.max())[:4]))
    found: npt.NDArray[np.float64] = (np.searchsorted(free, end) - np.searchsorted(free, begin)).astype(np.float64)
    return found


@lru_cache(maxsize=8)
def _free(country: str, first: int, last: int) -> npt.NDArray[np.datetime64]:
    import holidays

    return np.array(sorted(holidays.country_holidays(country, years=range(first, last + 1))), dtype="datetime64[D]")
