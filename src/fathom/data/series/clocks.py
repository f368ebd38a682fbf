"""Clocks that are put forward and back: the hour that never is in spring, and the one that is twice in autumn."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from fathom.data.series.horizon import MICROSECONDS, parts

NAME, TIME = "name", "time"
WITHIN = ("h", "m", "s")  # units of steps
SUNDAY = 6
NIGHT = 4  # o'clock until which clocks change
MOSTLY = 0.9  # share of the series that have values around, in which an hour is missing or doubled
HALF = 0.5  # of the changes that the data covers, which must be seen
ENOUGH = 2  # changes that no chance makes; of fewer, half of all that is doubled or missing must be theirs


@dataclass(frozen=True)
class Rule:
    """When clocks change: month and which Sunday, -1 for its last; forward, where an hour is missing, and back."""

    forward: tuple[int, int]
    back: tuple[int, int]


RULES = (
    Rule((3, -1), (10, -1)),  # Europe since 1996
    Rule((3, 2), (11, 1)),  # North America since 2007
    Rule((10, 1), (4, 1)),  # Australia since 2008
    Rule((9, -1), (4, 1)),  # New Zealand since 2007
)


@dataclass(frozen=True)
class Changes:
    """Hours that never were and hours that were twice, whole hours ascending.

    What panels make of them: `rows`, those that were one too many; `steps`, those that had to be filled; `only`, how
    many series have no other gap.
    """

    never: tuple[datetime, ...] = ()
    twice: tuple[datetime, ...] = ()
    rows: int = 0
    steps: int = 0
    only: int = 0

    def __len__(self) -> int:
        return len(self.never) + len(self.twice)


def changes(names: pl.Series, times: pl.Series, step: str) -> Changes:
    """The hours at which the clocks of the place were changed, by the rule that most of them keep; none where none is.

    `names`, `times`: of the series and the moment of each row. Of steps longer than an hour nothing can be told.
    """
    count, unit = parts(step)
    first, last = times.min(), times.max()
    if unit not in WITHIN or count * MICROSECONDS[unit] > MICROSECONDS["h"]:
        return Changes()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return Changes()
    rows = pl.DataFrame({NAME: names, TIME: times})
    years = range(first.year, last.year + 1)
    found = [_by_rule(rows, rule, years) for rule in RULES]
    return max(found, key=len)


def _by_rule(rows: pl.DataFrame, rule: Rule, years: range) -> Changes:
    forward = [sunday(year, *rule.forward) for year in years]
    back = [sunday(year, *rule.back) for year in years]
    at = pl.col(TIME).dt
    nights = rows.filter(at.date().is_in([*forward, *back]) & (at.hour() <= NIGHT)).select(
        NAME, pl.col(TIME).cast(pl.Datetime("us"))
    )
    covered = set(nights[TIME].dt.date().unique().to_list())
    never = _alike([hour for day in forward if day in covered for hour in _never(nights, day)])
    twice = _alike([hour for day in back if day in covered for hour in _twice(nights, day)])
    expected = len(covered & set(forward)) + len(covered & set(back))
    if len(never) + len(twice) < HALF * expected:
        return Changes()
    return Changes(tuple(never), tuple(twice))


def _never(nights: pl.DataFrame, day: date) -> list[datetime]:
    """The one hour of this night that series lack which have the hours around it."""
    there = (
        nights.filter(pl.col(TIME).dt.date() == day).group_by(NAME).agg(pl.col(TIME).dt.hour().unique().alias("hours"))
    )
    found = []
    for hour in range(1, NIGHT):
        around = there.filter(pl.col("hours").list.contains(hour - 1) & pl.col("hours").list.contains(hour + 1))
        lacking = around.filter(~pl.col("hours").list.contains(hour))
        if around.height and lacking.height >= MOSTLY * around.height:
            found.append(_at(day, hour))
    return found if len(found) == 1 else []


def _twice(nights: pl.DataFrame, day: date) -> list[datetime]:
    """The one hour of this night whose every stamp series have twice."""
    stamps = nights.filter(pl.col(TIME).dt.date() == day).group_by(NAME, TIME).agg(pl.len().alias("rows"))
    hours = stamps.group_by(NAME, pl.col(TIME).dt.hour().alias("hour")).agg((pl.col("rows") == 2).all().alias("twice"))
    shares = hours.group_by("hour").agg(pl.col("twice").mean()).filter(pl.col("twice") >= MOSTLY)
    found = [_at(day, hour) for hour in shares["hour"].to_list() if hour < NIGHT]
    return found if shares.height == 1 else []


def _alike(found: list[datetime]) -> list[datetime]:
    """Those of the hour of the day that most are: the clocks of a place change at the same one every year."""
    usual = Counter(moment.hour for moment in found).most_common(1)
    return [moment for moment in found if moment.hour == usual[0][0]]


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour)


def sunday(year: int, month: int, which: int) -> date:
    """A Sunday of a month, the first being 1, the last -1.

    >>> sunday(2024, 10, -1), sunday(2024, 3, 2)
    (datetime.date(2024, 10, 27), datetime.date(2024, 3, 10))
    """
    days = monthrange(year, month)[1]
    first = 1 + (SUNDAY - date(year, month, 1).weekday()) % 7
    found = [date(year, month, first) + timedelta(days=7 * week) for week in range(5) if first + 7 * week <= days]
    return found[which if which < 0 else which - 1]
