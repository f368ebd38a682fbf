"""Excel and OpenDocument sheets."""

from __future__ import annotations

import zipfile
from pathlib import Path

import fastexcel
import polars as pl

from fathom.data.headers import usable
from fathom.errors import DataError
from fathom.messages import phrase

MOST_BYTES = 4 << 30
MOST_RATIO = 200
MOST_ENTRIES = 10_000
SMALL = 100_000  # a small file may unfold by a larger factor


def read_sheet(path: Path) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The first sheet that has rows; a notice names the sheets that were not read."""
    _refuse_bomb(path)
    try:
        book = fastexcel.read_excel(path)
        frames = {name: book.load_sheet(name) for name in book.sheet_names[:1]}
        others = book.sheet_names[1:]
        while others and not frames[next(iter(frames))].height:
            frames = {others[0]: book.load_sheet(others.pop(0))}
        name, sheet = next(iter(frames.items()))
        frame = sheet.to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, StopIteration, OSError, ValueError) as error:
        raise DataError(
            phrase("The file is no readable spreadsheet: {error}.", error=str(error).splitlines()[0][:200]),
            where=str(path),
            remedy=phrase("Open it in its program, save it again as .xlsx or as CSV in UTF-8."),
        ) from error
    unread = [each for each in book.sheet_names if each != name]
    notices: list[str] = []
    if unread:
        notices.append(phrase("Sheet '{name}' was read; not read: {unread}.", name=name, unread=", ".join(unread)))
    renamed = [each if not each.startswith("__UNNAMED__") else "" for each in frame.columns]
    names, changes = usable(renamed)
    frame.columns = names
    kept = frame.filter(~pl.all_horizontal(pl.all().is_null())) if frame.width else frame
    if not kept.height:
        raise DataError(
            phrase("The spreadsheet has no rows."),
            where=str(path),
            remedy=phrase("Check that the table is on a sheet."),
        )
    return kept, (*notices, *changes)


def _refuse_bomb(path: Path) -> None:
    """A spreadsheet is an archive; one that unfolds beyond all measure is not opened."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            entries = len(archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return  # the reader says what is wrong with it
    if entries > MOST_ENTRIES or size > MOST_BYTES or size > MOST_RATIO * max(path.stat().st_size, SMALL):
        raise DataError(
            phrase(
                "The spreadsheet unfolds to {size:,} bytes in {entries:,} parts, more than any table should.",
                size=size,
                entries=entries,
            ),
            where=str(path),
            remedy=phrase("Export the table as CSV in UTF-8 or as Parquet."),
        )
