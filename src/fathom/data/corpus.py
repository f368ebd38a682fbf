"""Texts without labels: a file, a folder, or a column of the data, for networks to learn from first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import DataError
from fathom.messages import phrase

MOST_TEXTS = 1_000_000
LARGEST_FILE = 512 * 1024 * 1024  # bytes
SUFFIX = ".parquet"  # of a file with one column


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
            remedy=phrase("Name a column of texts, a text file or a folder of .txt files."),
        )
    texts: list[str] = dataset[name][rows].cast(pl.String).drop_nulls().unique(maintain_order=True).to_list()
    return _some([text for text in texts if text.strip()], name)


def corpus(path: str) -> list[str]:
    """The texts of a file (one a line; or Parquet with one column) or of a folder of .txt files; none for "".

    A DataError where there is nothing to read.
    """
    if not path:
        return []
    place = Path(path).expanduser()
    try:
        files = sorted(place.rglob("*.txt")) if place.is_dir() else [place]
        texts = [text for file in files for text in _read(file)]
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        missing = isinstance(error, FileNotFoundError)
        raise DataError(
            phrase("There is no column, file or folder '{path}' to learn from first.", path=path)
            if missing
            else phrase("The texts to learn from first cannot be read: {error}", error=error),
            where=path,
            remedy=phrase("Name a column of texts, a text file or a folder of .txt files."),
        ) from error
    return _some(texts, path)


def write(texts: list[str], path: Path) -> None:
    """Keep texts for `corpus` to read again."""
    pl.DataFrame({"text": texts}, schema={"text": pl.String}).write_parquet(path)


def _some(texts: list[str], where: str) -> list[str]:
    if not texts:
        raise DataError(
            phrase("There is no text to learn from first."),
            where=where,
            remedy=phrase("Name a column of texts, a text file or a folder of .txt files."),
        )
    return texts[:MOST_TEXTS]


def _read(file: Path) -> list[str]:
    if file.stat().st_size > LARGEST_FILE:
        raise OSError(phrase("{name} is larger than 512 MB", name=file.name))
    if file.suffix == SUFFIX:
        column: list[str] = pl.read_parquet(file).to_series().cast(pl.String).drop_nulls().to_list()
        return [text for text in column if text.strip()]
    return [line for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
