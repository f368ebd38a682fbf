"""Dates as people write them, in English and Korean, as ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime

from dateutil import parser

from fathom.records.shapes import Shape, matching

NAMED = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
DATES = re.compile(
    r"\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b|\b\d{1,2}[-./]\d{1,2}[-./]\d{4}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)? {NAMED},? \d{{4}}\b|\b{NAMED} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b"
    r"|(?:\d{2,4}년\s?)?\d{1,2}월\s?\d{1,2}일"
)
KOREAN = re.compile(r"(?:(\d{2,4})년\s*)?(\d{1,2})월\s*(\d{1,2})일")
LEADING = re.compile(r"(\d{4})[-./ ]+(\d{1,2})[-./ ]+(\d{1,2})\.?")
LEAP = 2000  # a year that has every day
ELSEWHERE = 1972  # another one, by which a year that was not written is told


def normal(piece: str, month_first: bool = False) -> tuple[str, bool]:
    """A date as 2024-05-03, or --05-03 where no year is written; valid where there is such a day.

    >>> normal("3 May 2024"), normal("2024년 2월 30일"), normal("May 3"), normal("03/05/2024", month_first=True)
    (('2024-05-03', True), ('2024년 2월 30일', False), ('--05-03', True), ('2024-03-05', True))
    """
    piece = " ".join(piece.split())
    if found := KOREAN.fullmatch(piece) or LEADING.fullmatch(piece):
        year = None if found[1] is None else int(found[1]) + (2000 if len(found[1]) == 2 else 0)
        return _written(piece, year, int(found[2]), int(found[3]))
    try:
        first, second = (
            parser.parse(piece, dayfirst=not month_first, default=datetime(year, 1, 1)) for year in (LEAP, ELSEWHERE)
        )
    except (ValueError, OverflowError):
        return piece, False
    year = first.year if first.year == second.year else None
    return _written(piece, year, first.month, first.day)


def _written(piece: str, year: int | None, month: int, day: int) -> tuple[str, bool]:
    try:
        known = date(LEAP if year is None else year, month, day)
    except ValueError:
        return piece, False
    return (f"--{known:%m-%d}" if year is None else known.isoformat()), True


def shape(region: str) -> Shape:
    """Dates; in the United States 03/05 is the fifth of March."""
    return Shape("date", matching(DATES), lambda piece: normal(piece, region == "US"), strong=False)
