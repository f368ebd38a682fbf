"""Paths to pictures, sounds and films: told by their suffix, held inside their folder."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fathom.data.kinds import Column, Kind
from fathom.errors import DataError

SUFFIXES = {
    Kind.IMAGE: ("png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff"),
    Kind.AUDIO: ("wav", "flac", "mp3", "ogg", "m4a"),
    Kind.VIDEO: ("mp4", "avi", "mov", "mkv", "webm"),
}
NAMES = {Kind.IMAGE: "pictures", Kind.AUDIO: "sounds", Kind.VIDEO: "films"}
LOOK = 50  # files looked for before a column is believed


def guess(name: str, look: pl.Series, folder: Path | None) -> Column | None:
    """The column that paths to media make, if most of these texts are such paths."""
    for kind, suffixes in SUFFIXES.items():
        if look.str.contains(rf"(?i)\.(?:{'|'.join(suffixes)})$").sum() < 0.9 * len(look):
            continue
        there = sum(_there(path, folder) for path in look.head(LOOK)) if folder else 0
        if there:
            return Column(name, kind, reason=f"paths to {NAMES[kind]}")
        reason = f"looks like paths to {NAMES[kind]}, but no such file is in the folder of the table"
        return Column(name, kind, reason=reason, ignored="files not found")
    return None


def inside(cell: str, folder: Path | None) -> Path:
    """The file that a cell names; a DataError where it would lie outside the dataset's folder.

    Links are followed first, so that a link cannot lead out either.
    """
    if folder is None:
        raise DataError(
            f"'{cell}' is a path, but this data has no folder that it could be relative to.",
            remedy="Give the pictures as bytes, or read the table from its file.",
        )
    if "\0" in cell or "\\" in cell:
        raise DataError(f"'{cell!r}' is no path.", where=str(folder), remedy="Write paths with '/' between folders.")
    root = folder.resolve()
    path = (root / cell).resolve()
    if not path.is_relative_to(root):
        raise DataError(
            f"'{cell}' leads out of the data's folder.",
            where=str(folder),
            remedy="Put the files beside the table and write paths relative to it; links may not lead elsewhere.",
        )
    return path


def _there(cell: str, folder: Path | None) -> bool:
    try:
        return inside(cell, folder).is_file()
    except (DataError, OSError):
        return False
