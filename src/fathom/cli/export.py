"""Rows with their predictions, written batch by batch as CSV, JSON Lines, Parquet or SQLite."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import polars as pl
import polars.selectors as cs

from fathom.cli import output
from fathom.data.columnar import orjson_text
from fathom.errors import DataError
from fathom.folders import whole_file
from fathom.messages import phrase

FORMULA = r"(?s)^[=+\-@\t\r\x00]."  # a spreadsheet takes a cell that begins so for a formula, and runs it
SQLITE = (".sqlite", ".db")
BOM = b"\xef\xbb\xbf"  # tells Excel that a file is UTF-8


def beside(rows: pl.DataFrame, predictions: pl.DataFrame, where: str) -> pl.DataFrame:
    """The input columns with the predictions' columns after them; a DataError where a name is taken."""
    if taken := [name for name in predictions.columns if name in rows.columns]:
        raise DataError(
            phrase("The data has columns that the predictions need the names of: {names}.", names=", ".join(taken)),
            where=where,
            remedy=phrase("Rename them, or write the predictions alone with --only."),
        )
    return pl.concat([rows, predictions], how="horizontal")


def without_bytes(frame: pl.DataFrame, *, tell: bool = False) -> pl.DataFrame:
    """The frame without columns of bytes (pictures held in the table), which neither CSV nor JSON can hold."""
    held = [name for name, dtype in frame.schema.items() if dtype == pl.Binary]
    if held and tell:
        names = ", ".join(held)
        output.say(
            phrase("Left out of the result, because they hold bytes: {names}. Parquet can hold them.", names=names)
        )
    return frame.drop(held)


def written(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with lists and objects in a cell written as JSON, for a format that has none.

    >>> written(pl.DataFrame({"prediction": [[{"start": 3, "label": "도시"}]]}))["prediction"].to_list()
    ['[{"start":3,"label":"도시"}]']
    """
    return frame.with_columns(
        pl.Series(
            name, [None if cell is None else orjson_text(cell) for cell in frame[name].to_list()], dtype=pl.String
        )
        for name, dtype in frame.schema.items()
        if dtype.is_nested()
    )


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before text that a spreadsheet would run as a formula; numbers stay as they are.

    >>> harmless(pl.DataFrame({"note": ["=1+1", "-3.5", "fine"]}))["note"].to_list()
    ["'=1+1", '-3.5', 'fine']
    """
    text = [name for name, dtype in frame.schema.items() if dtype in (pl.String, pl.Categorical)]
    cells = [pl.col(name).cast(pl.String) for name in text]
    frame = frame.with_columns(
        pl.when(cell.str.contains(FORMULA) & cell.cast(pl.Float64, strict=False).is_null())
        .then("'" + cell)
        .otherwise(cell)
        .alias(name)
        for name, cell in zip(text, cells, strict=True)
    )
    return frame.rename({name: f"'{name}" for name in frame.columns if name[:1] in ("=", "+", "-", "@", "\t")})


def write(batches: Iterable[pl.DataFrame], target: Path, *, bom: bool = False) -> int:
    """Write the batches to `target`, in the format of its suffix; the number of rows.

    Only one batch is in memory at a time; the file appears whole when the last row is written.
    """
    suffix = target.suffix.lower()
    with whole_file(target) as place:
        if suffix == ".parquet":
            return _write_parquet(batches, place)
        if suffix in SQLITE:
            return _write_sqlite(batches, place)
        with place.open("wb") as file:
            if suffix == ".csv":
                return write_csv(batches, file, bom=bom)
            return _write_lines(batches, file)


def write_csv(batches: Iterable[pl.DataFrame], file: IO[bytes], *, bom: bool = False) -> int:
    """Write CSV in UTF-8, with a byte order mark for Excel where `bom`; the number of rows."""
    rows = 0
    if bom:
        file.write(BOM)
    for number, batch in enumerate(batches):
        text = harmless(written(without_bytes(batch, tell=number == 0))).write_csv(include_header=number == 0)
        file.write(text.encode())  # by Python, so that a reader who went away is known by BrokenPipeError
        rows += batch.height
    return rows


def _write_lines(batches: Iterable[pl.DataFrame], file: IO[bytes]) -> int:
    rows = 0
    for number, batch in enumerate(batches):
        without_bytes(batch, tell=number == 0).write_ndjson(file)
        rows += batch.height
    return rows


def _write_sqlite(batches: Iterable[pl.DataFrame], target: Path) -> int:
    """One table called "records"; times and dates as ISO text, lists and objects as JSON."""
    rows = 0
    with contextlib.closing(sqlite3.connect(target)) as database, database:
        for number, batch in enumerate(batches):
            plain = written(without_bytes(batch, tell=number == 0)).with_columns(cs.temporal().cast(pl.String))
            names = ", ".join(_quoted(name) for name in plain.columns)
            if number == 0:
                database.execute(f"CREATE TABLE records ({names})")
            marks = ", ".join("?" for _ in plain.columns)
            database.executemany(f"INSERT INTO records ({names}) VALUES ({marks})", plain.iter_rows())
            rows += plain.height
    return rows


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _write_parquet(batches: Iterable[pl.DataFrame], target: Path) -> int:
    """Each batch becomes a part beside the target, and the parts are streamed into one file."""
    rows = 0
    folder = Path(tempfile.mkdtemp(prefix=".fathom-parts-", dir=target.parent))
    try:
        parts: list[Path] = []
        for batch in batches:
            parts.append(folder / f"{len(parts):06}.parquet")
            with _disk_errors():
                batch.write_parquet(parts[-1], compression="lz4")
            rows += batch.height
        with _disk_errors():
            pl.scan_parquet(parts).sink_parquet(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rows


@contextmanager
def _disk_errors() -> Iterator[None]:
    """What Polars says of a full disk, as the error that it is."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        raise OSError(str(error).rpartition("error: ")[2]) from error
