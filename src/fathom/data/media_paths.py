"""Paths to pictures, sounds and films: told by their suffix, held inside their folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import polars as pl

from fathom.data.kinds import Column, Kind
from fathom.errors import DataError
from fathom.messages import phrase

SUFFIXES = {
    Kind.IMAGE: ("png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff"),
    Kind.AUDIO: ("wav", "flac", "mp3", "ogg", "m4a"),
    Kind.VIDEO: ("mp4", "avi", "mov", "mkv", "webm"),
}
NAMES = {Kind.IMAGE: phrase("pictures"), Kind.AUDIO: phrase("sounds"), Kind.VIDEO: phrase("films")}
LOST = "files not found"  # why a column of paths is left out
LOOK = 50  # files looked for before a column is believed


def guess(name: str, look: pl.Series, folder: Path | None) -> Column | None:
    """The column that paths to media make, if most of these texts are such paths."""
    for kind, suffixes in SUFFIXES.items():
        if look.str.contains(rf"(?i)\.(?:{'|'.join(suffixes)})$").sum() < 0.9 * len(look):
            continue
        there = sum(_there(path, Folder(folder)) for path in look.head(LOOK))
        if there:
            return Column(name, kind, reason=phrase("paths to {names}", names=NAMES[kind]))
        reason = phrase(
            "looks like paths to {names}, but no such file is in the folder of the table", names=NAMES[kind]
        )
        return Column(name, kind, reason=reason, ignored=LOST)
    return None


class Folder:
    """The folder that cells name files in; no cell leads out of it, not by "..", not by a link."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.root = os.path.realpath(folder) if folder else ""
        self._below = {"": self.root}  # sub-folders already followed: links are looked up once for all their files

    def path(self, cell: str) -> str:
        """The regular file that a cell names; DataError where it lies outside, OSError where there is none.

        What they say is the end of a sentence about the cell.
        """
        if self.folder is None:
            raise DataError(
                phrase("it is a path, and this data has no folder that it could be relative to"),
                remedy=phrase("Give the pictures as bytes, or read the table from its file."),
            )
        if "\0" in cell or "\\" in cell:
            raise DataError(
                phrase("it is no path"),
                where=self.root,
                remedy=phrase("Write '/' between folders."),
            )
        parent, _, name = cell.rpartition("/")
        if cell.startswith("/") or name in ("", ".", ".."):
            parent, name = cell, ""
        if parent not in self._below:
            self._below[parent] = self._held(os.path.join(self.root, parent or "/"))  # noqa: PTH118
        path = f"{self._below[parent]}/{name}" if name else self._below[parent]
        found = os.lstat(path)
        if stat.S_ISLNK(found.st_mode):
            path = self._held(path)
            found = os.stat(path)  # noqa: PTH116 (called for every one of many pictures)
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited on for ever
            raise DataError(
                phrase("it is no file"),
                where=self.root,
                remedy=phrase("Name files, not folders or devices."),
            )
        return path

    def _held(self, path: str) -> str:
        """The path with its links followed, inside the folder."""
        real = os.path.realpath(path)
        if Path(real).is_relative_to(self.root):
            return real
        raise DataError(
            phrase("it leads out of the data's folder"),
            where=self.root,
            remedy=beside(),
        )


def beside() -> str:
    """What to do about paths that lead nowhere."""
    return phrase("Put the files beside the table and write paths relative to it; links may not lead elsewhere.")


def _there(cell: str, folder: Folder) -> bool:
    try:
        return bool(folder.path(cell))
    except (DataError, OSError, ValueError):
        return False
