"""Texts without labels: a file, a folder, or a column of the data, for networks to learn from first."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.dialect import SPOKEN, codec_of, encoding_of
from fathom.data.kinds import Kind
from fathom.errors import DataError
from fathom.messages import phrase

MOST_TEXTS = 1_000_000
LARGEST_FILE = 512 * 1024 * 1024  # bytes
SUFFIX = ".parquet"  # of a file with one column
TEXTS = (".txt", ".md", ".markdown", ".text")  # of the files that are read in folders
TABLES = (".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".xlsx", ".xls", ".ods", ".arrow", ".feather", ".ipc")
REMEDY = phrase("Name a column of texts, a text file or a folder of .txt and .md files.")


def texts_of(name: str, dataset: Dataset, rows: npt.NDArray[np.int64]) -> list[str]:
    """The texts of these rows of the column `name`; where there is no such column, those of the file or folder.

    >>> from fathom.data.kinds import Column
    >>> letters = Dataset(pl.DataFrame({"letter": ["Dear Ada", None, "Yours"]}), (Column("letter", Kind.TEXT),))
    >>> texts_of("letter", letters, np.array([1, 2]))
    ['Yours']
    """
    if name not in dataset.names:
        return corpus(name)
    column = dataset.column(name)
    if column.kind not in (Kind.TEXT, Kind.CATEGORY):
        raise DataError(
            phrase("The column '{name}' holds no text to learn from first.", name=name),
            where=dataset.source.location,
            remedy=REMEDY,
        )
    texts: list[str] = dataset[name][rows].cast(pl.String).drop_nulls().unique(maintain_order=True).to_list()
    return _some([text for text in texts if text.strip()], name)


def corpus(path: str) -> list[str]:
    """The texts of a file (one a line; or Parquet with one column), or of the .txt and .md files below a folder.

    None for "". A DataError that names the file where there is nothing to read, and where it is a table.
    """
    if not path:
        return []
    place = Path(path).expanduser()
    if not os.path.exists(place):  # noqa: PTH110 - a name too long is a missing one
        raise DataError(
            phrase("There is no column, file or folder '{path}' to learn from first.", path=path),
            where=path,
            remedy=REMEDY,
        )
    return _some([text for file in _files(place) for text in _read(file)], path)


def write(texts: list[str], path: Path) -> None:
    """Keep texts for `corpus` to read again."""
    pl.DataFrame({"text": texts}, schema={"text": pl.String}).write_parquet(path)


def _some(texts: list[str], where: str) -> list[str]:
    if not texts:
        raise DataError(
            phrase("There is no text to learn from first."),
            where=where,
            remedy=REMEDY,
        )
    return texts[:MOST_TEXTS]


def _files(place: Path) -> list[Path]:
    """The file itself, or those of texts below the folder, sorted; hidden ones are left out."""
    if not place.is_dir():
        return [place]
    found = []
    for folder, below, names in os.walk(place):
        below[:] = [name for name in below if not name.startswith(".")]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(file for file in found if file.suffix.lower() in TEXTS)


def _read(file: Path) -> list[str]:
    suffix = file.suffix.lower()
    if suffix in TABLES:
        raise DataError(
            phrase(
                "{name} is a table: its header and its marks would be learned as if they were texts.", name=file.name
            ),
            where=str(file),
            remedy=phrase("Name a column of the data instead, or write that column to a text file, one text a line."),
        )
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise _unreadable(file, phrase("{name} is larger than 512 MB", name=file.name))
        if suffix == SUFFIX:
            column: list[str] = pl.read_parquet(file).to_series().cast(pl.String).drop_nulls().to_list()
            return [text for text in column if text.strip()]
        return [line for line in _decoded(file).splitlines() if line.strip()]
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(file, (error.strerror if isinstance(error, OSError) else None) or error) from error


def _decoded(file: Path) -> str:
    """The text of a file in the encoding that is found."""
    try:
        encoding = encoding_of(file)
    except DataError as error:  # it asks for a table
        raise DataError(error.what, where=error.where, remedy=REMEDY) from error
    try:
        return file.read_bytes().decode(*codec_of(encoding)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DataError(
            phrase(
                "The file says it is {spoken} but is damaged at byte {start:,}.",
                spoken=SPOKEN[encoding],
                start=error.start,
            ),
            where=str(file),
            remedy=REMEDY,
        ) from error


def _unreadable(file: Path, reason: object) -> DataError:
    said = phrase("The texts to learn from first cannot be read: {error}", error=reason)
    return DataError(said, where=str(file), remedy=REMEDY)
