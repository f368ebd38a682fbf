"""Dates and times written as text, in the forms that people use, Korean ones among them."""

from __future__ import annotations

import re

import polars as pl

COMPACT = "%Y%m%d"
DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y. %m. %d.",
    "%Y. %m. %d",
    "%Y.%m.%d.",
    "%Y년 %m월 %d일",
    "%Y년%m월%d일",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    COMPACT,
)
CLOCKS = ("%H:%M:%S%.f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%p %I:%M:%S", "%p %I:%M")
ISO = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
FORMATS = (*DATES, *ISO[:4], "%Y-%m-%d %H:%M:%S%.f%#z", *(f"{date} {clock}" for date in DATES[:-1] for clock in CLOCKS))
EITHER_WAY = {"%d/%m/%Y": "%m/%d/%Y", "%d/%m/%y": "%m/%d/%y"}
SHAPE = r"^\D{0,4}\d{1,4}\D.*\d|^\d{8}$|^[A-Za-z]{3,9} \d"  # what no date lacks, so that few texts are tried
ZONED = "%#z"
LOCAL = "local "  # before a format: days of a zone, read as the dates that are written; their offset says nothing
OFFSET = re.compile(r"^([+-])(\d\d):(\d\d) ")  # before a format: what all times were written with, read as UTC
ENDING = r"\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
YEARS = (1000, 2999)  # a year outside them is a misread number


def parse(texts: pl.Series, format: str) -> pl.Series:
    """Trimmed texts as Datetime (microseconds, UTC where a zone is written); null where a text is no such time.

    Of days (`LOCAL`) the date is read that is written.

    >>> parse(pl.Series(["2024년 3월 1일", "soon"]), "%Y년 %m월 %d일").to_list()
    [datetime.datetime(2024, 3, 1, 0, 0), None]
    """
    if format.startswith(LOCAL):
        texts, format = texts.str.replace(ENDING, ""), format.replace(ZONED, "")
    format = plain(format)
    if "%p" in format:
        texts = texts.str.replace("오전", "AM", literal=True).str.replace("오후", "PM", literal=True)
    times = texts.str.to_datetime(format, time_unit="us", strict=False)
    return plausible(without_zone(times))


def without_zone(times: pl.Series, format: str = "") -> pl.Series:
    """Datetime (microseconds) in UTC, or of days (`LOCAL`) as they stand in their zone; without a zone."""
    if isinstance(times.dtype, pl.Datetime) and times.dtype.time_zone:
        if not format.startswith(LOCAL):
            times = times.dt.convert_time_zone("UTC")
        times = times.dt.replace_time_zone(None)
    return times.cast(pl.Datetime("us"))


def zone_of(local: pl.Series, utc: pl.Series) -> str:
    """What stands before a format for the zone of these times: `LOCAL`, an offset, or nothing.

    Times that are all at midnight, where they were written, are days. Others have the offset that all of them share.
    """
    there = local.is_not_null() & utc.is_not_null()
    local, utc = local.filter(there), utc.filter(there)
    if local.equals(utc):
        return ""
    if local.n_unique() > 1 and (local == local.dt.truncate("1d")).all():
        return LOCAL
    apart = (local - utc).dt.total_minutes().unique()
    if len(apart) != 1:
        return ""
    hours, minutes = divmod(abs(int(apart[0])), 60)
    return f"{'-' if apart[0] < 0 else '+'}{hours:02}:{minutes:02} "


def plain(format: str) -> str:
    """A format as people write it, without what stands before it for the zone."""
    return OFFSET.sub("", format.removeprefix(LOCAL), count=1)


def offset_of(format: str) -> int:
    """The microseconds that times of this format lay ahead of UTC where they were written; 0 where that is unknown.

    >>> offset_of("+09:00 %Y-%m-%dT%H:%M:%S%.f%#z") // 3_600_000_000, offset_of("%Y-%m-%d")
    (9, 0)
    """
    found = OFFSET.match(format)
    if found is None:
        return 0
    sign, hours, minutes = found.groups()
    return (-1 if sign == "-" else 1) * (int(hours) * 60 + int(minutes)) * 60_000_000


def plausible(times: pl.Series) -> pl.Series:
    """The times whose year a person could mean; null for the others."""
    return times.set(~times.dt.year().is_between(*YEARS), None)


def detect(texts: pl.Series, share: float = 0.95) -> str:
    """The format that reads at least this share of the texts; "" where none does.

    >>> detect(pl.Series(["1/2/2024", "25/12/2023"])), detect(pl.Series(["blue", "red"]))
    ('%d/%m/%Y', '')
    """
    total = texts.count()
    if not total or texts.str.contains(SHAPE).sum() < share * total:
        return ""
    best, most = "", 0
    for format in FORMATS:
        count = parse(texts, format).count()
        if count > most:
            best, most = format, count
        if count == total:
            break
    if most < share * total:
        return ""
    return zone_of(parse(texts, LOCAL + best), parse(texts, best)) + best if ZONED in best else best


def compact(texts: pl.Series) -> bool:
    """Whether eight digits each are dates of our times, "20240301", and not numbers.

    >>> compact(pl.Series(["20240301", "19991231"])), compact(pl.Series(["20240301", "20249999"]))
    (True, False)
    """
    if not len(texts) or not texts.str.contains(r"^(19|20)\d{6}$").all():
        return False
    return parse(texts, COMPACT).null_count() == 0


def ambiguous(texts: pl.Series, format: str) -> bool:
    """Whether day and month could as well be read the other way round."""
    other = EITHER_WAY.get(format.partition(" ")[0])
    if other is None:
        return False
    return parse(texts, format.replace(format.partition(" ")[0], other)).count() == texts.count()
