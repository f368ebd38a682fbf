"""Steps of time: how far values lie apart, and the place of each stamp on an even grid."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.series.horizon import MICROSECONDS, MONTHS, Stamps, parts

Places = npt.NDArray[np.int64]
DAY = MICROSECONDS["d"]
ORIGIN = {"w": 4 * DAY}  # weeks are counted from a Monday
UNITS = ("w", "d", "h", "m", "s")
MOSTLY = 0.9  # share of stamps on one day of the month, or on last days, from which they are months
WORKING = 0.005  # share of values on weekends up to which days are working days
SEASONS = {"1d": 7, "1b": 5, "1w": 52, "2w": 26, "1mo": 12, "2mo": 6, "1q": 4, "6mo": 2, "1y": 1}
CYCLES = {"d": 365, "b": 260, "w": 52, "mo": 12, "q": 4}
USUAL = {"1b": 20, "1d": 28, "1w": 13, "1mo": 12, "1q": 8, "1y": 6}  # steps ahead, where nobody says


def season_of(step: str) -> int:
    """Steps after which series usually repeat themselves: a day of hours, a week of days, a year of months.

    >>> season_of("1h"), season_of("15m"), season_of("1d"), season_of("1i")
    (24, 96, 7, 1)
    """
    count, unit = parts(step)
    if unit in ("h", "m", "s"):
        whole = DAY if unit != "s" else MICROSECONDS["m"]
        return max(whole // (count * MICROSECONDS[unit]), 1)
    return SEASONS.get(step, 1)


def cycle(step: str) -> int:
    """The steps of the longest cycle worth looking back on: a week of hours and less, a year of days and more."""
    count, unit = parts(step)
    if unit in ("h", "m", "s"):
        return max(7 * DAY // (count * MICROSECONDS[unit]), 1)
    return CYCLES.get(unit, 1) // count or 1


def usual_ahead(step: str) -> int:
    """How many steps ahead people usually want to know."""
    return USUAL.get(step) or max(season_of(step), 12)


@dataclass(frozen=True)
class Grid:
    """The even grid that stamps are put on.

    `step`: as in `Horizon`. `phase`: int64, one a series: microseconds that its stamps lie after the whole step (of
    months and working days: the time of day). Of months `month` says which of the step's, `day` which of its days, 0
    for the last; int64, one a series, none for other steps.
    """

    step: str
    phase: Places
    month: Places = field(default_factory=lambda: np.empty(0, np.int64))
    day: Places = field(default_factory=lambda: np.empty(0, np.int64))

    def only(self, series: Places) -> Grid:
        """The grid of the series with these numbers."""
        if not len(self.day):
            return replace(self, phase=self.phase[series])
        return replace(self, phase=self.phase[series], month=self.month[series], day=self.day[series])

    def usual_day(self) -> int:
        """The day of the month that most series which are not counted from its end lie on; 0 where all are, or none.

        >>> Grid("1mo", np.zeros(3, np.int64), np.zeros(3, np.int64), np.array([0, 30, 30])).usual_day()
        30
        """
        days = self.day[self.day > 0]
        return int(np.bincount(days).argmax()) if len(days) else 0

    def places(self, stamps: Stamps, series: Places) -> Places:
        """Which step each stamp falls in, counted from 1970; int64 [rows]. `series`: the number of each row's."""
        count, unit = parts(self.step)
        if unit in MONTHS:
            return month_of(stamps) // (count * MONTHS[unit])
        shifted = stamps.astype(np.int64) - self.phase[series]
        if unit == "b":
            days = (shifted // DAY).astype("datetime64[D]")
            return np.busday_count("1970-01-01", days).astype(np.int64)  # a weekend counts as the Monday after it
        whole: Places = (shifted - ORIGIN.get(unit, 0)) // (count * MICROSECONDS[unit])
        return whole

    def stamps(self, places: Places, series: Places) -> Stamps:
        """The stamps of steps, datetime64[us] [rows]."""
        count, unit = parts(self.step)
        if unit in MONTHS:
            first = (places * count * MONTHS[unit] + self.month[series]).astype("datetime64[M]")
            length = (first + 1).astype("datetime64[D]").astype(np.int64) - first.astype("datetime64[D]").astype(
                np.int64
            )
            day = np.where(self.day[series] == 0, length, np.minimum(self.day[series], length))
            whole = first.astype("datetime64[D]").astype("datetime64[us]").astype(np.int64) + (day - 1) * DAY
        elif unit == "b":
            days = np.busday_offset("1970-01-01", places, roll="forward")
            whole = days.astype("datetime64[us]").astype(np.int64)
        else:
            whole = places * count * MICROSECONDS[unit] + ORIGIN.get(unit, 0)
        found: Stamps = (whole + self.phase[series]).astype("datetime64[us]")
        return found


def grid_of(stamps: Stamps, series: Places, step: str) -> Grid:
    """The grid of this step that most stamps of each series lie on. `series`: int64 [rows], from 0."""
    count, unit = parts(step)
    whole = stamps.astype(np.int64)
    if unit in MONTHS:
        month = _usual(month_of(stamps) % (count * MONTHS[unit]), series)
        return Grid(step, _usual(whole % DAY, series), month, _days_of_month(stamps, series)[0])
    length = DAY if unit == "b" else count * MICROSECONDS[unit]
    return Grid(step, _usual((whole - ORIGIN.get(unit, 0)) % length, series))


def step_of(stamps: Stamps, series: Places) -> str:
    """The step between values that most of them lie apart, from stamps sorted by series and time; "" for none.

    >>> days = np.array(["2024-01-31", "2024-02-29", "2024-03-31"], "datetime64[us]")
    >>> step_of(days, np.zeros(3, np.int64))
    '1mo'
    """
    same = series[1:] == series[:-1]
    apart = np.diff(stamps.astype(np.int64))[same]
    apart = apart[apart > 0]
    if not len(apart):
        return ""
    lengths, times = np.unique(apart, return_counts=True)
    length = int(lengths[times.argmax()])
    days = length / DAY
    if 28 <= days <= 366 and (calendar := _calendar(stamps, series)):
        return calendar
    if length == DAY and _working(stamps):
        return "1b"
    for unit in UNITS:
        if length % MICROSECONDS[unit] == 0:
            return f"{length // MICROSECONDS[unit]}{unit}"
    return f"{max(length // MICROSECONDS['s'], 1)}s"


def month_of(stamps: Stamps) -> Places:
    """Months since 1970, int64 [rows]."""
    months: Places = stamps.astype("datetime64[M]").astype(np.int64)
    return months


def _days_of_month(stamps: Stamps, series: Places) -> tuple[Places, npt.NDArray[np.bool_]]:
    """The day of the month of each series, 0 for the last, int64 [series]; and which stamps lie on it, bool [rows]."""
    days = stamps.astype("datetime64[D]")
    last = (days + 1).astype("datetime64[M]") > days.astype("datetime64[M]")
    of_month = days.astype(np.int64) - days.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 1
    usual = _usual(of_month, series)
    ends = np.bincount(series, last, len(usual)) >= MOSTLY * np.maximum(np.bincount(series, minlength=len(usual)), 1)
    found: Places = np.where(ends, 0, usual)
    fits = np.where(ends[series], last, (of_month == usual[series]) | (last & (of_month < usual[series])))
    return found, fits


def _calendar(stamps: Stamps, series: Places) -> str:
    """The step in months, where stamps lie on one day of the month, or on its last; "" where they do not."""
    if _days_of_month(stamps, series)[1].mean() < MOSTLY:
        return ""
    months = np.diff(month_of(stamps))[series[1:] == series[:-1]]
    months = months[months > 0]
    usual = int(np.bincount(months).argmax())
    return {3: "1q", 12: "1y"}.get(usual, f"{usual}mo")


def _working(stamps: Stamps) -> bool:
    """Whether hardly any of daily stamps lies on a weekend."""
    weekend = ~np.is_busday(stamps.astype("datetime64[D]"))
    return len(stamps) > 5 and float(weekend.mean()) <= WORKING


def _usual(phases: Places, series: Places) -> Places:
    """The most frequent phase of each series, int64 [series]."""
    if not len(phases):
        return np.zeros(0, np.int64)
    if (phases == phases[0]).all():
        return np.full(int(series.max()) + 1, phases[0])
    counted = pl.DataFrame({"series": series, "phase": phases}).group_by("series", "phase").len()
    best = counted.sort("series", "len", "phase", descending=[False, True, False]).unique("series", keep="first")
    found = np.zeros(int(series.max()) + 1, np.int64)
    found[best["series"].to_numpy()] = best["phase"].to_numpy()
    return found
