"""What stands in a text file instead of a table, or in front of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from fathom.errors import DataError
from fathom.messages import phrase

LINES = 20  # a title or remarks are no longer than this
OTHER = {
    b"PK\x03\x04": phrase("a zip archive or an Excel file (.xlsx)"),
    b"PAR1": phrase("a Parquet file (.parquet)"),
    b"ARROW1": phrase("an Arrow file (.arrow)"),
    b"\x1f\x8b": phrase("compressed with gzip"),
    b"\x89PNG": phrase("a picture"),
    b"\xff\xd8\xff": phrase("a picture"),
    b"%PDF": phrase("a PDF document"),
    b"\xd0\xcf\x11\xe0": phrase("an old Excel file (.xls)"),
    b"SQLite format 3": phrase("an SQLite database"),
}


def refuse_other(path: Path) -> None:
    """Raise a DataError where a file named as a text table begins as something else does."""
    with path.open("rb") as file:
        start = file.read(512)
    word = start.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    found = next((what for mark, what in OTHER.items() if start.startswith(mark)), "")
    if word.startswith((b"<!doctype", b"<html", b"<?xml")):
        found = phrase("a web page or XML")
    elif word.startswith((b'{"', b'[{"')):
        found = "JSON (.jsonl, .json)"
    if found:
        raise DataError(
            phrase(
                "The file is named {suffix}, but it is {found}.",
                suffix=path.suffix or phrase("as a text table"),
                found=found,
            ),
            where=str(path),
            remedy=phrase("Give it the suffix of what it is, or export the table as CSV."),
        )


def header_place(rows: list[list[str]]) -> int:
    """The position of the header among a table's first rows: after a title or remarks, which fill one cell each.

    >>> header_place([["Sales 2024", "", ""], ["", "", ""], ["city", "sold", "year"], ["Seoul", "7", "2024"]])
    2
    >>> header_place([["city"], ["Seoul"]])
    0
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    first = next((place for place, count in enumerate(filled) if count), 0)
    below = [count for count in filled[first + 1 :] if count]
    usual = Counter(below).most_common(1)[0][0] if below else 0
    if filled[first] != 1 or usual < 2:
        return first
    for place in range(first + 1, min(len(rows), LINES)):
        if filled[place] >= usual:
            return place if any(not _number(cell) for cell in rows[place] if cell.strip()) else first
        if filled[place] > 1:
            return first
    return first


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
