"""Tables of other programs: JSON Lines, Parquet, Arrow."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from fathom.data import annotated
from fathom.errors import DataError
from fathom.messages import phrase

LARGE = 16 << 20  # bytes from which the faster reader pays
TRIAL = "import sys, polars; polars.read_parquet(open(sys.argv[1], 'rb'))"
Table = tuple[pl.DataFrame, tuple[str, ...]]


def read_parquet(path: Path) -> Table:
    """A Parquet file.

    Another process reads it first: some damage makes the library abort the process, with whatever is in it.
    """

    def read(file: Any) -> pl.DataFrame:
        trial = subprocess.run([sys.executable, "-I", "-c", TRIAL, path], capture_output=True, check=False)
        if trial.returncode < 0:  # ended by a signal; what is an exception there is one here
            raise ValueError(trial.stderr.decode(errors="replace") or phrase("reading it fails"))
        return pl.read_parquet(file)

    return _sound(path, "Parquet", read)


def read_arrow(path: Path) -> Table:
    """An Arrow file (Feather 2), or an Arrow stream."""
    with path.open("rb") as file:
        stream = file.read(6) != b"ARROW1"
    return _sound(path, "Arrow", pl.read_ipc_stream if stream else pl.read_ipc)


def read_json(path: Path) -> Table:
    """JSON Lines, or one JSON list of objects; objects inside objects become columns named "outer.inner".

    What annotation tools export becomes texts and their spans.
    """
    if path.suffix.lower() != ".json" and path.stat().st_size > LARGE and not is_annotated(path):
        with contextlib.suppress(pl.exceptions.PolarsError):  # the careful reading below names the line
            return flat(pl.read_ndjson(path, infer_schema_length=None)), ()
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise DataError(
            phrase("The file is empty."), where=str(path), remedy=phrase("Check how it was exported or copied.")
        )
    rows = _list(data, path) if data.lstrip()[:1] == b"[" else _lines(data, path)
    return annotated.unfolded(rows) or (flat(frame_of_rows(rows, str(path))), ())


def is_annotated(path: Path) -> bool:
    """Whether the first lines of a JSON Lines file are texts with spans, as annotation tools write them."""
    with path.open("rb") as file:
        head = b"".join(islice(file, annotated.LOOK)).removeprefix(b"\xef\xbb\xbf")
    return annotated.unfolded(_lines(head, path)) is not None


def frame_of_rows(rows: list[Any], where: str = "") -> pl.DataFrame:
    """Rows as objects to a frame; a column whose rows disagree on the type becomes text."""
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise DataError(
                phrase("Row {number:,} is no object but {shown}.", number=number, shown=_shown(row)),
                where=where,
                remedy=phrase('Write each row as {{"column": value, ...}}.'),
            )
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame([_series(str(name), [row.get(name) for row in rows]) for name in names])


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of structs, other than encoded media, as columns of their own."""
    while any(isinstance(kind, pl.Struct) and not _media(kind) for kind in frame.schema.values()):
        series: dict[str, pl.Series] = {}
        for column in frame:
            for inner in _unfolded(column):
                series.setdefault(inner.name, inner)
        frame = pl.DataFrame(list(series.values()))
    return frame


def _unfolded(column: pl.Series) -> list[pl.Series]:
    kind = column.dtype
    if not isinstance(kind, pl.Struct) or _media(kind):
        return [column]
    return [column.struct.field(field.name).alias(f"{column.name}.{field.name}") for field in kind.fields]


def _media(kind: pl.Struct) -> bool:
    return "bytes" in [field.name for field in kind.fields]


def _series(name: str, values: list[Any]) -> pl.Series:
    try:
        return pl.Series(name, values, strict=True)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        texts = [value if value is None or isinstance(value, str) else orjson_text(value) for value in values]
        return pl.Series(name, texts, dtype=pl.String)


def orjson_text(value: Any) -> str:
    """A JSON value as text; what is no JSON as Python shows it."""
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError):
        return str(value)


def _lines(data: bytes, path: Path) -> list[Any]:
    rows = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append(orjson.loads(line))
        except ValueError as error:
            raise DataError(
                phrase("Line {number:,} is no JSON: {error}.", number=number, error=error),
                where=phrase("{path}, line {line:,}", path=path, line=number),
                remedy=phrase("Each line of a JSON Lines file is one whole JSON object, in UTF-8."),
            ) from error
    return rows


def _list(data: bytes, path: Path) -> list[Any]:
    try:
        rows = orjson.loads(data)
    except ValueError as error:
        raise DataError(
            phrase("The file is no JSON: {error}.", error=error), where=str(path), remedy=phrase("Export it again.")
        ) from error
    return rows if isinstance(rows, list) else [rows]


def _sound(path: Path, name: str, reader: Any) -> Table:
    """What the reader reads; a damaged file is an error for people."""
    if not path.stat().st_size:
        raise DataError(
            phrase("The file is empty."), where=str(path), remedy=phrase("Check how it was exported or copied.")
        )
    try:
        with path.open("rb") as file:
            return flat(reader(file)), ()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError) as error:
        raise DataError(
            phrase("The file is no whole {name} file: {error}.", name=name, error=str(error).splitlines()[0][:200]),
            where=str(path),
            remedy=phrase("It is damaged, cut short or of another format; write or copy it again."),
        ) from error


def _shown(value: object) -> str:
    return str(value)[:60]
