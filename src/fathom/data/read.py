"""Any source of data becomes a typed dataset; every format has a file of its own."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from fathom import catalog
from fathom.data import annotated, columnar, folders, objects, spans
from fathom.data.conll import SUFFIXES, is_conll, read_conll
from fathom.data.dataset import Dataset, Source
from fathom.data.headers import usable
from fathom.data.infer import inferred
from fathom.data.kinds import Column, Kind
from fathom.data.marked import read_marked
from fathom.data.marked.mend import mend as mend_boxes
from fathom.data.marked.rows import folded as folded_boxes
from fathom.data.streams import STREAMED, memory_limit, sampled, weight
from fathom.data.text_tables import read_text_table
from fathom.errors import DataError
from fathom.messages import phrase

Table = tuple[pl.DataFrame, tuple[str, ...]]
READERS: dict[str, Callable[[Path], Table]] = {
    ".csv": read_text_table,
    ".tsv": read_text_table,
    ".tab": read_text_table,
    ".txt": read_text_table,
    ".data": read_text_table,
    ".jsonl": columnar.read_json,
    ".ndjson": columnar.read_json,
    ".json": columnar.read_json,
    ".parquet": columnar.read_parquet,
    ".pq": columnar.read_parquet,
    ".arrow": columnar.read_arrow,
    ".feather": columnar.read_arrow,
    ".ipc": columnar.read_arrow,
    **dict.fromkeys(SUFFIXES, read_conll),
    **dict.fromkeys(folders.PICTURES, folders.read_picture),
    **dict.fromkeys(
        (".xlsx", ".xls", ".xlsb", ".ods"), lambda path: catalog.load("fathom.data.sheets:read_sheet")(path)
    ),
}
SCHEMES = {  # loaded when used: their libraries take long to start
    "sample": "fathom.data.samples:load",
    "openml": "fathom.data.remote:openml",
    "hf": "fathom.data.remote:hub",
}


def read(source: Any, *, kinds: Mapping[str, str | Kind] | None = None, limit_bytes: int | None = None) -> Dataset:
    """The typed dataset that `source` holds.

    `source`: a path to CSV, TSV, JSON Lines, Parquet, Arrow, Excel, CoNLL, a folder of pictures or one picture;
    "sample:NAME", "openml:ID" or "hf:NAME"; a pandas, Polars, Arrow or NumPy object, a dict of columns, a list of
    rows, or a Dataset. `kinds` says what columns hold where inference is wrong. Of a table file larger than
    `limit_bytes` (default: a share of the free memory) a random sample of rows is read, the same one every time.
    DataError, with file and row, for what cannot be read.

    >>> data = read({"age": [31, 64, 25], "city": ["Seoul", "Busan", "?"]})
    >>> [(column.name, str(column.kind), column.missing) for column in data.columns]
    [('age', 'number', 0.0), ('city', 'category', 0.333333)]
    """
    if isinstance(source, Dataset) and not kinds:
        return source
    location = str(source) if isinstance(source, str | Path) else ""
    try:
        frame, origin, folder = _raw(source, limit_bytes)
        columns, typed, notices = inferred(frame, folder, kinds)
        typed, mended = mended_frame(typed, columns, origin.location, folder)
    except pl.exceptions.PanicException as error:  # some damage shows only once values are looked at
        raise DataError(
            phrase("The file is damaged: {error}.", error=str(error).splitlines()[0][:200]),
            where=location,
            remedy=phrase("It is damaged, cut short or of another format; write or copy it again."),
        ) from error
    return Dataset(typed, columns, replace(origin, notices=origin.notices + notices + mended), folder)


def mended_frame(
    frame: pl.DataFrame, columns: tuple[Column, ...], where: str, folder: Path | None
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The frame with spans that lie in their text, in order and apart, boxes in their picture, and notices of that."""
    texts = [column.name for column in columns if column.kind == Kind.TEXT and not column.ignored]
    pictures = [column.name for column in columns if column.kind == Kind.IMAGE and not column.ignored]
    said: tuple[str, ...] = ()
    for column in columns:
        if column.kind == Kind.SPANS and texts:
            mended, notices = spans.mend(frame[column.name], frame[texts[0]], where)
            frame, said = frame.with_columns(mended), said + notices
        if column.kind == Kind.BOXES:
            mended, notices = mend_boxes(frame[column.name], frame[pictures[0]] if pictures else None, folder)
            frame, said = frame.with_columns(mended), said + notices
    return frame, said


def raw(source: Any) -> tuple[pl.DataFrame, Source, Path | None]:
    """The frame before inference (texts as they stood), its source, and the folder that media paths are in."""
    return _raw(source, None)


def _raw(source: Any, limit_bytes: int | None) -> tuple[pl.DataFrame, Source, Path | None]:
    if isinstance(source, Dataset):
        return source.frame, source.source, source.folder
    if isinstance(source, str):
        scheme, colon, name = source.partition(":")
        if colon and scheme in SCHEMES:
            return _named(catalog.load(SCHEMES[scheme])(name))
    if isinstance(source, str | Path):
        return _file(Path(source).expanduser(), limit_bytes)
    return _named((objects.frame_of(source), Source(), None))


def _named(found: tuple[pl.DataFrame, Source, Path | None]) -> tuple[pl.DataFrame, Source, Path | None]:
    """With usable column names and at least one row."""
    frame, source, folder = found
    names, notices = usable(frame.columns)
    if not frame.width or not frame.height:
        raise DataError(
            phrase("There are no rows."), where=source.location, remedy=phrase("Give data with at least one row.")
        )
    frame.columns = names
    frame, folding = annotated.folded(frame)
    frame, boxing = folded_boxes(frame, folder)
    return frame, replace(source, notices=(*source.notices, *notices, *folding, *boxing)), folder


def _file(path: Path, limit_bytes: int | None) -> tuple[pl.DataFrame, Source, Path | None]:
    _exists(path)
    if marked := read_marked(path):
        name = path.resolve().name if path.is_dir() else path.stem
        return _named((marked.frame, Source(name, str(path), marked.notices, part=marked.part), marked.folder))
    if path.is_dir():
        frame, notices, folder = folders.read_folder(path, _table)
        return _named((frame, Source(path.resolve().name, str(path), notices), folder))
    reader = _reader(path)
    if not path.is_file():  # a pipe or a device would be waited on for ever
        raise DataError(
            phrase("It is no regular file."), where=str(path), remedy=phrase("Copy the data into a file first.")
        )
    limit = memory_limit() if limit_bytes is None else limit_bytes
    rows = None
    try:
        if reader is not read_conll and path.suffix.lower() in STREAMED and weight(path) > limit:
            frame, notices, rows = sampled(path, limit)
        else:
            frame, notices = reader(path)
    except OSError as error:
        raise DataError(
            phrase("The file cannot be read: {strerror}.", strerror=error.strerror or error), where=str(path)
        ) from error
    return _named((frame, Source(path.stem, str(path), notices, rows), path.parent))


def _table(path: Path) -> Table:
    return _reader(path)(path)


def _exists(path: Path) -> None:
    try:
        if path.exists():
            return
        beside = sorted(each.name for each in path.parent.iterdir()) if path.parent.is_dir() else []
    except (OSError, ValueError):
        beside = []
    known = ", ".join(beside[:10])
    near = difflib.get_close_matches(path.name, [name for name in beside if name != path.name], n=1)
    remedy = (
        phrase("In that folder are: {known}.", known=known)
        if known
        else phrase("Check the path; samples are written sample:digits.")
    )
    raise DataError(
        phrase("There is no file or folder '{path}'.", path=path),
        remedy=phrase("Did you mean '{near}'?", near=path.with_name(near[0])) if near else remedy,
    )


def _reader(path: Path) -> Callable[[Path], Table]:
    reader = READERS.get(path.suffix.lower())
    if reader is read_text_table and is_conll(path):
        return read_conll
    if reader is None:
        raise DataError(
            phrase("'{suffix}' is no format that can be read.", suffix=path.suffix or path.name),
            where=str(path),
            remedy=phrase("Formats: {names}, or a folder of pictures.", names=" ".join(READERS)),
        )
    return reader
