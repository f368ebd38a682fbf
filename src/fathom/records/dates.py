"""Dates as people write them, in English and Korean, as ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime

from dateutil import parser

from fathom.records.shapes import Shape, matching

NAMED = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
GERMAN = (
    *("januar", "februar", "märz", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "dezember"),
)
MONTH, DAY = "(?:0?[1-9]|1[0-2])", "(?:[12]\\d|3[01]|0?[1-9])"
DATES = re.compile(
    rf"\b(?:19|20)\d{{2}}\. {MONTH}\. {DAY}(?:\.(?!\d)|(?![\w-]|[.,]\d))"
    r"|\b\d{4}[-./]\d{1,2}[-./]\d{1,2}(?![A-Za-z\d_])|\b\d{1,2}[-./]\d{1,2}[-./]\d{4}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)? {NAMED},? \d{{4}}\b|\b{NAMED} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b"
    rf"|\b\d{{1,2}}\.? (?:{'|'.join(each.title() for each in GERMAN)}) \d{{4}}\b"
    r"|(?:\d{2,4}년\s?)?\d{1,2}월\s?\d{1,2}일"
)
# in Korea the year stands first
SHORT = r"(?<![\w.,-])\d{2}\.(?:0[1-9]|1[0-2])\.(?:0[1-9]|[12]\d|3[01])(?![A-Za-z\d_-]|[.,]\d)"
KOREAN = re.compile(r"(?:(\d{2,4})년\s*)?(\d{1,2})월\s*(\d{1,2})일")
LEADING = re.compile(r"(\d{4})[-./ ]+(\d{1,2})[-./ ]+(\d{1,2})\.?")
SHORTLY = re.compile(r"(\d{2})\.\s?(\d{1,2})\.\s?(\d{1,2})\.?")
DAY_FIRST = re.compile(rf"(\d{{1,2}})\.? ({'|'.join(GERMAN)}) (\d{{4}})", re.IGNORECASE)
TURN = 69  # two digits from here on are years of the last century, as POSIX has it
LEAP = 2000  # a year that has every day
ELSEWHERE = 1972  # another one, by which a year that was not written is told


def normal(piece: str, month_first: bool = False, year_first: bool = False) -> tuple[str, bool]:
    """A date as 2024-05-03, or --05-03 where no year is written; valid where there is such a day.

    `year_first`: 26.03.05 is the fifth of March, as in Korea.

    >>> normal("3 May 2024"), normal("2024년 2월 30일"), normal("May 3"), normal("03/05/2024", month_first=True)
    (('2024-05-03', True), ('2024년 2월 30일', False), ('--05-03', True), ('2024-03-05', True))
    """
    piece = " ".join(piece.split())
    short = SHORTLY.fullmatch(piece) if year_first else None
    if found := KOREAN.fullmatch(piece) or LEADING.fullmatch(piece) or short:
        year = None if found[1] is None else _year(found[1])
        return _written(piece, year, int(found[2]), int(found[3]))
    if found := DAY_FIRST.fullmatch(piece):
        return _written(piece, int(found[3]), GERMAN.index(found[2].lower()) + 1, int(found[1]))
    try:
        first, second = (
            parser.parse(piece, dayfirst=not month_first, default=datetime(year, 1, 1)) for year in (LEAP, ELSEWHERE)
        )
    except (ValueError, OverflowError):
        return piece, False
    year = first.year if first.year == second.year else None
    return _written(piece, year, first.month, first.day)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) != 2 else year + (1900 if year >= TURN else 2000)


def _written(piece: str, year: int | None, month: int, day: int) -> tuple[str, bool]:
    try:
        known = date(LEAP if year is None else year, month, day)
    except ValueError:
        return piece, False
    return (f"--{known:%m-%d}" if year is None else known.isoformat()), True


def shape(region: str) -> Shape:
    """Dates; in the United States 03/05 is the fifth of March, and in Korea 26.03.05."""
    korean = region == "KR"
    dates = re.compile(f"{SHORT}|{DATES.pattern}") if korean else DATES
    return Shape("date", matching(dates), lambda piece: normal(piece, region == "US", korean), strong=False)
