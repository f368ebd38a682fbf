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
MONTHS = ("%Y-%m", "%Y/%m", "%Y년 %m월", "%Y년%m월", "%b %Y", "%B %Y", "%b-%Y", "%m/%Y")  # their first day is meant
EVEN, UNEVEN = 1.25, 3.0  # the longest of steps in the shortest: of months at most, and of what are no steps at least
COMPACT_MONTH = "%Y%m"
QUARTER = "%Y-Q%q"  # and the other ways to write one: 2024 Q1, Q1 2024, 2024년 1분기
QUARTERS = r"^(?:(\d{4})년?[-_/ .]*(?:[Qq]([1-4])|([1-4])분기)|[Qq]([1-4])[-_/ ]*(\d{4}))$"
COUNTED = {"%s": 1_000_000, "%s ms": 1_000, "%s us": 1}  # since 1970, with the microseconds of one
CLOCKS = ("%H:%M:%S%.f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%p %I:%M:%S", "%p %I:%M")
ISO = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
MONTHLY = (*MONTHS, COMPACT_MONTH, QUARTER)
FORMATS = (
    *DATES,
    *MONTHLY,
    *ISO[:4],
    "%Y-%m-%d %H:%M:%S%.f%#z",
    *(f"{date} {clock}" for date in DATES[:-1] for clock in CLOCKS),
)
EITHER_WAY = {"%d/%m/%Y": "%m/%d/%Y", "%d/%m/%y": "%m/%d/%y"}
# what no date lacks, so that few texts are tried
SHAPE = r"^\D{0,4}\d{1,4}\D.*\d|^\d{6}$|^\d{8}$|^[A-Za-z]{3,9}-\d{4}$|^[A-Za-z]{3,9} \d"
ZONED = "%#z"
LOCAL = "local "  # before a format: days of a zone, read as the dates that are written; their offset says nothing
OFFSET = re.compile(r"^([+-])(\d\d):(\d\d) ")  # before a format: what all times were written with, read as UTC
ENDING = r"\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
YEARS = (1000, 2999)  # a year outside them is a misread number
MONTHS_OF = (1900, 2099)  # years that months and quarters are of: 1234-05 names a part
FEWEST_MONTHS = 6  # different ones, so that six digits each are no numbers


def parse(texts: pl.Series, format: str) -> pl.Series:
    """Trimmed texts as Datetime (microseconds, UTC where a zone is written); null where a text is no such time.

    Of days (`LOCAL`) the date is read that is written; of a month or a quarter (`MONTHLY`) its first day.

    >>> parse(pl.Series(["2024년 3월 1일", "soon"]), "%Y년 %m월 %d일").to_list()
    [datetime.datetime(2024, 3, 1, 0, 0), None]
    >>> parse(pl.Series(["2024 Q3"]), QUARTER).to_list(), parse(pl.Series(["86400"]), "%s").to_list()
    ([datetime.datetime(2024, 7, 1, 0, 0)], [datetime.datetime(1970, 1, 2, 0, 0)])
    """
    if format.startswith(LOCAL):
        texts, format = texts.str.replace(ENDING, ""), format.replace(ZONED, "")
    format = plain(format)
    if format in COUNTED:
        whole = (texts.cast(pl.Float64, strict=False) * COUNTED[format]).round().cast(pl.Int64, strict=False)
        return plausible(whole.cast(pl.Datetime("us")))
    if format in MONTHLY:
        return _months(texts, format)
    if "%p" in format:
        texts = texts.str.replace("오전", "AM", literal=True).str.replace("오후", "PM", literal=True)
    times = texts.str.to_datetime(format, time_unit="us", strict=False)
    return plausible(without_zone(times))


def _months(texts: pl.Series, format: str) -> pl.Series:
    """The first days of months, or of quarters, however these are written."""
    if format == QUARTER:
        parts = texts.str.extract_groups(QUARTERS).struct.unnest()
        year, *quarters = parts.select(pl.coalesce("1", "5"), "2", "3", "4").get_columns()
        quarter = quarters[0].fill_null(quarters[1]).fill_null(quarters[2]).cast(pl.Int64)
        texts, format = year + "-" + (3 * quarter - 2).cast(pl.String), MONTHS[0]
    days = (texts + " 1").str.to_datetime(f"{format} %d", time_unit="us", strict=False)
    return days.set(~days.dt.year().is_between(*MONTHS_OF), None)


def counted(values: pl.Series) -> str:
    """How numbers count time from 1970 on, by their size: seconds, or thousandths or millionths of one.

    >>> counted(pl.Series([1_700_000_000.0])), counted(pl.Series([1_700_000_000_000.0]))
    ('%s', '%s ms')
    """
    largest = abs(float(values.cast(pl.Float64).abs().max() or 0.0))  # type: ignore[arg-type]
    return next(format for format, most in zip(COUNTED, (1e11, 1e14, float("inf")), strict=True) if largest < most)


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
    """Whether eight digits each are dates of our times, "20240301", or six digits months, and not numbers.

    >>> compact(pl.Series(["20240301", "19991231"])), compact(pl.Series(["20240301", "20249999"]))
    (True, False)
    """
    if len(texts) and texts.str.contains(r"^(19|20)\d{2}(0[1-9]|1[0-2])$").all():
        return texts.n_unique() >= FEWEST_MONTHS
    if not len(texts) or not texts.str.contains(r"^(19|20)\d{6}$").all():
        return False
    return parse(texts, COMPACT).null_count() == 0


def ambiguous(texts: pl.Series, format: str) -> bool:
    """Whether day and month could as well be read the other way round."""
    other = EITHER_WAY.get(format.partition(" ")[0])
    if other is None:
        return False
    return parse(texts, format.replace(format.partition(" ")[0], other)).count() == texts.count()


def evener(texts: pl.Series, format: str) -> str:
    """The format that reads day and month the other way round, where even steps tell that this is meant; else "".

    >>> evener(pl.Series([f"{month:02}/01/{year}" for year in (2023, 2024) for month in range(1, 13)]), "%d/%m/%Y")
    '%m/%d/%Y'
    """
    day = format.partition(" ")[0]
    other = format.replace(day, EITHER_WAY[day])
    return other if _unevenness(texts, other) <= EVEN and _unevenness(texts, format) > UNEVEN else ""


def _unevenness(texts: pl.Series, format: str) -> float:
    """How many times the longest step between these times is the shortest; of few as uneven as can be."""
    steps = parse(texts, format).drop_nulls().unique().sort().diff().drop_nulls().dt.total_seconds().to_numpy()
    return float(steps.max() / steps.min()) if len(steps) >= FEWEST_MONTHS else float("inf")
