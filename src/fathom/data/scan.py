"""A table in batches, so that one larger than memory can be predicted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from fathom.data.columnar import is_annotated
from fathom.data.conll import is_conll
from fathom.data.kinds import Column, Kind
from fathom.data.marked import is_marked
from fathom.data.read import raw
from fathom.data.streams import STREAMED, TEXT, lazy
from fathom.errors import DataError
from fathom.messages import phrase

JSON_LINES = (".jsonl", ".ndjson")


def batches(source: Any, columns: Sequence[Column], rows: int = 65_536) -> Iterator[pl.DataFrame]:
    """Raw frames of at most `rows` rows, in the source's order and with all its columns.

    A CSV, Parquet, Arrow or JSON Lines file is streamed; any other source is read whole and cut.
    DataError, before the first batch, where one of `columns` is missing; a column of pictures may have another name.

    >>> [batch.height for batch in batches({"x": [1, 2, 3]}, [], rows=2)]
    [2, 1]
    """
    path = Path(source).expanduser() if isinstance(source, str | Path) else None
    if path is None or path.suffix.lower() not in STREAMED or not path.is_file() or _marked(path):
        frame, origin, _ = raw(source)
        _complete(frame.columns, columns, origin.location)
        yield from frame.iter_slices(rows)
        return
    try:
        done = 0
        for batch in _streamed(path, columns, rows, careful=False):
            yield batch
            done += batch.height
    except pl.exceptions.PolarsError as error:
        if path.suffix.lower() not in TEXT:
            reason = str(error).splitlines()[0][:200]
            remedy = phrase("The file is damaged or cut short; write or copy it again.")
            raise DataError(
                phrase("The file cannot be read: {reason}.", reason=reason), where=str(path), remedy=remedy
            ) from error
        yield from _streamed(path, columns, rows, careful=True, skip=done)  # names the row, or repairs it


def _marked(path: Path) -> bool:
    """Whether the file is a text with spans or a list of pictures with boxes, which are read as a whole."""
    suffix = path.suffix.lower()
    if suffix in TEXT:
        return is_marked(path) or is_conll(path)
    return suffix in JSON_LINES and is_annotated(path)


def _streamed(
    path: Path, columns: Sequence[Column], rows: int, *, careful: bool, skip: int = 0
) -> Iterator[pl.DataFrame]:
    with lazy(path, careful=careful) as (stream, _):
        _complete(stream.collect_schema().names(), columns, str(path))
        for batch in stream.slice(skip).collect_batches(chunk_size=rows, maintain_order=True):
            yield from batch.iter_slices(rows)


def _complete(names: Sequence[str], columns: Sequence[Column], where: str) -> None:
    named = [column.name for column in columns if column.kind != Kind.IMAGE]  # `conform` looks for pictures
    if lacking := [name for name in named if name not in names]:
        raise DataError(
            phrase("The column '{lacking}' is missing, which the model was trained with.", lacking=lacking[0]),
            where=where,
            remedy=phrase("The columns there are: {names}.", names=", ".join(list(names)[:20])),
        )
