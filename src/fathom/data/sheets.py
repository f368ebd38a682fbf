"""Excel and OpenDocument sheets."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl

from fathom.data.headers import usable
from fathom.errors import DataError


def read_sheet(path: Path) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The first sheet that has rows; a notice names the sheets that were not read."""
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
            f"The file is no readable spreadsheet: {str(error).splitlines()[0][:200]}.",
            where=str(path),
            remedy="Open it in its program, save it again as .xlsx or as CSV in UTF-8.",
        ) from error
    unread = [each for each in book.sheet_names if each != name]
    notices = [f"Sheet '{name}' was read; not read: {', '.join(unread)}."] if unread else []
    renamed = [each if not each.startswith("__UNNAMED__") else "" for each in frame.columns]
    names, changes = usable(renamed)
    frame.columns = names
    kept = frame.filter(~pl.all_horizontal(pl.all().is_null())) if frame.width else frame
    if not kept.height:
        raise DataError("The spreadsheet has no rows.", where=str(path), remedy="Check that the table is on a sheet.")
    return kept, (*notices, *changes)
