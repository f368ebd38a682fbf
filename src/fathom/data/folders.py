"""Folders of pictures: one sub-folder per label, or a table that names the files; or one picture alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl

from fathom.data.kinds import Kind
from fathom.data.media_paths import SUFFIXES
from fathom.errors import DataError
from fathom.messages import phrase, plural

METADATA = ("metadata.csv", "metadata.tsv", "metadata.jsonl", "metadata.parquet", "labels.csv")
PICTURES = tuple(f".{suffix}" for suffix in SUFFIXES[Kind.IMAGE])
TABLES = (".csv", ".tsv", ".jsonl", ".parquet", ".arrow", ".xlsx")
Table = tuple[pl.DataFrame, tuple[str, ...]]
Found = tuple[pl.DataFrame, tuple[str, ...], Path]


def read_picture(path: Path) -> Table:
    """One picture as data of one row, as its folder would name it."""
    return pl.DataFrame({"image": [path.name]}), ()


def read_folder(folder: Path, read_table: Callable[[Path], Table]) -> Found:
    """Columns `image` and `label`, or those of the metadata table; and the folder that paths are relative to."""
    for name in METADATA:
        if (folder / name).is_file():
            frame, notices = read_table(folder / name)
            return frame, notices, folder
    labels = sorted(each.name for each in os.scandir(folder) if each.is_dir() and not each.name.startswith("."))
    pictures = {label: _pictures(folder / label, folder) for label in labels}
    if any(pictures[label][0] for label in labels):
        _refuse_parts(folder, labels, pictures)
        frame, notices, _ = _labelled(folder, pictures)
        return frame, (*notices, *_unread(_tables(folder))), folder
    loose, others = _pictures(folder, folder)
    if loose:
        tables = _tables(folder)
        return pl.DataFrame({"image": loose}), (*_skipped(others - len(tables)), *_unread(tables)), folder
    return _only_table(folder, read_table)


def _labelled(folder: Path, pictures: dict[str, tuple[list[str], int]]) -> Found:
    paths = [path for found, _ in pictures.values() for path in found]
    labels = [label for label, (found, _) in pictures.items() for _ in found]
    empty = [label for label, (found, _) in pictures.items() if not found]
    notices = list(_skipped(sum(others for _, others in pictures.values())))
    if empty:
        notices.append(phrase("Without a picture: {names}.", names=", ".join(empty[:10])))
    label = pl.Series("label", labels, dtype=pl.String).cast(pl.Categorical)
    return pl.DataFrame([pl.Series("image", paths, dtype=pl.String), label]), tuple(notices), folder


def _pictures(folder: Path, root: Path) -> tuple[list[str], int]:
    """Paths of the pictures below a folder relative to `root`, sorted; and how many files are none."""
    prefix = len(str(root)) + 1
    paths, others = [], 0
    for place, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in names:
            if name.startswith(".") or name == "Thumbs.db":
                continue
            if name.lower().endswith(PICTURES):
                paths.append(os.path.join(place, name)[prefix:].replace(os.sep, "/"))  # noqa: PTH118 (60,000 of them)
            else:
                others += 1
    return sorted(paths), others


def _refuse_parts(folder: Path, labels: list[str], pictures: dict[str, tuple[list[str], int]]) -> None:
    """train/ and test/ are parts of a dataset, no labels."""
    parts = {"train", "test", "valid", "val", "validation"}
    if len(labels) > 1 and all(label.lower() in parts for label in labels):
        nested = next(label for label in labels if pictures[label][0])
        if pictures[nested][0][0].count("/") >= 2:
            other = next((label for label in labels if label != nested and label.lower() == "test"), "")
            raise DataError(
                phrase(
                    "The sub-folders {names} look like parts of the data, not like labels.", names=", ".join(labels)
                ),
                where=str(folder),
                remedy=_parted(folder / ("train" if "train" in labels else nested), other and folder / other),
            )


def _parted(train: Path, test: Path | str) -> str:
    if not test:
        return phrase("Read {train}.", train=train)
    return phrase("Read {train} and test on {test} (--test).", train=train, test=test)


def _skipped(others: int) -> tuple[str, ...]:
    if not others:
        return ()
    return (
        plural(
            others,
            "{count:,} file that is no picture was left out.",
            "{count:,} files that are no pictures were left out.",
        ),
    )


def _tables(folder: Path) -> list[Path]:
    """The tables beside the pictures, not those in sub-folders."""
    found = (path for path in folder.iterdir() if path.suffix.lower() in TABLES and path.is_file())
    return sorted(path for path in found if not path.name.startswith("."))


def _unread(tables: list[Path]) -> tuple[str, ...]:
    """That tables were left alone, and how to read one: it may say more of the pictures than their folders do."""
    if not tables:
        return ()
    return (
        plural(
            len(tables),
            "The table {names} in the folder was not read; to use what it says of the pictures, read {path} instead.",
            "The tables {names} in the folder were not read; to use what one says of the pictures, "
            "read it instead, such as {path}.",
            names=", ".join(path.name for path in tables[:10]),
            path=tables[0],
        ),
    )


def _only_table(folder: Path, read_table: Callable[[Path], Table]) -> Found:
    tables = _tables(folder)
    if len(tables) == 1:
        frame, notices = read_table(tables[0])
        read = phrase("Read {name}, the only table in the folder.", name=tables[0].name)
        return frame, (read, *notices), folder
    remedy = phrase("Put pictures into one sub-folder per label, or add a metadata.csv that names the files.")
    if tables:
        remedy = phrase("Name one of the tables: {names}.", names=", ".join(path.name for path in tables[:10]))
    raise DataError(phrase("There is no picture in the folder."), where=str(folder), remedy=remedy)
