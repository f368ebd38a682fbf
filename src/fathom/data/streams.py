"""Tables larger than memory, read lazily: a random sample of their rows, or the file as a stream."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
import psutil

from fathom.data.dialect import codec_of
from fathom.data.mixture import CHUNK
from fathom.data.text_tables import Layout, irregular, look, padded
from fathom.errors import DataError
from fathom.messages import phrase

SHARE = 0.15  # of the free memory; a table takes several times its file's size while it is read
BYTES_OF_A_CELL = 8
SEED = 20_240_301
TEXT = (".csv", ".tsv", ".tab", ".txt", ".data")
PARQUET = (".parquet", ".pq")
STREAMED = (*TEXT, *PARQUET, ".arrow", ".feather", ".ipc", ".jsonl", ".ndjson")


def memory_limit() -> int:
    """Bytes of a table file that are read whole."""
    return int(SHARE * psutil.virtual_memory().available)


def sampled(path: Path, limit: int) -> tuple[pl.DataFrame, tuple[str, ...], int]:
    """A uniform random sample of a table file's rows that fits `limit` bytes; notices; the rows in the file."""
    try:
        kept, total, notices = _drawn(path, limit, careful=False)
    except pl.exceptions.PolarsError as error:
        if path.suffix.lower() not in TEXT:
            reason = str(error).splitlines()[0][:200]
            remedy = phrase("The file is damaged or cut short; write or copy it again.")
            raise DataError(
                phrase("The file cannot be read: {reason}.", reason=reason), where=str(path), remedy=remedy
            ) from error
        kept, total, notices = _drawn(path, limit, careful=True)  # names the row, or repairs it
    note = phrase(
        "The file is larger than memory allows: {kept:,} of {total:,} rows were drawn at random.",
        kept=kept.height,
        total=total,
    )
    return kept, (*notices, note), total


def _drawn(path: Path, limit: int, *, careful: bool) -> tuple[pl.DataFrame, int, tuple[str, ...]]:
    with lazy(path, careful=careful) as (frame, notices):
        total = int(frame.select(pl.len()).collect(engine="streaming").item())
        mark = int(min(1.0, limit / weight(path)) * 2**64) - 1
        drawn = frame.with_row_index("\0row").filter(pl.col("\0row").hash(SEED) <= mark).drop("\0row")
        return drawn.collect(engine="streaming"), total, notices


def weight(path: Path) -> int:
    """About how many bytes the file takes once it is read; a compressed one may take many times its size."""
    size = path.stat().st_size
    if path.suffix.lower() not in PARQUET:
        return size
    try:
        stream = pl.scan_parquet(path)
        rows = int(stream.select(pl.len()).collect().item())
        return max(size, rows * len(stream.collect_schema()) * BYTES_OF_A_CELL // 4)
    except (pl.exceptions.PolarsError, OSError):
        return size  # the reader says what is wrong with it


@contextmanager
def lazy(path: Path, *, careful: bool = False) -> Iterator[tuple[pl.LazyFrame, tuple[str, ...]]]:
    """The table file as a lazy frame, and notices; `careful` reads a text table row by row first, which mends it."""
    suffix = path.suffix.lower()
    if suffix in TEXT:
        layout = look(path)
        with _regular(layout, careful) as (text, regular):
            yield scan_text(text, regular), layout.notices
    elif suffix in PARQUET:
        yield pl.scan_parquet(path), ()
    elif suffix in (".arrow", ".feather", ".ipc"):
        yield pl.scan_ipc(path), ()
    else:
        yield pl.scan_ndjson(path, infer_schema_length=10_000), ()


def scan_text(path: Path, layout: Layout) -> pl.LazyFrame:
    """A text table's cells as texts, lazily; short rows filled, empty ones left out, longer ones an error."""
    stream = pl.scan_csv(
        path,
        has_header=False,
        skip_lines=layout.skip,
        separator=layout.delimiter,
        eol_char=layout.end,
        schema=dict.fromkeys(layout.names, pl.String),
    )
    written = pl.when(pl.all() != "").then(pl.all())  # not `replace`, which would have the whole file in memory
    return stream.with_columns(written).filter(~pl.all_horizontal(pl.all().is_null()))


@contextmanager
def _regular(layout: Layout, careful: bool) -> Iterator[tuple[Path, Layout]]:
    """The file itself, or a copy of it in UTF-8, regularly quoted, that is gone afterwards."""
    if layout.encoding in ("utf-8", "utf-8-sig") and not careful and not _irregular(layout):
        yield layout.path, layout
        return
    codec, errors = codec_of(layout.encoding)
    with tempfile.TemporaryDirectory(prefix="fathom-") as folder:
        copy = Path(folder) / "table.csv"
        with (
            layout.path.open(encoding=codec, errors=errors, newline="") as old,
            copy.open("w", encoding="utf-8", newline="") as new,
        ):
            writer = csv.writer(new, delimiter=layout.delimiter, lineterminator="\n")
            writer.writerows(padded(old, layout))
        yield copy, replace(layout, skip=0, end="\n", encoding="utf-8")


def _irregular(layout: Layout) -> bool:
    """Whether quotes or line ends stand where a fast parser would misread them."""
    before = b""
    with layout.path.open("rb") as file:
        while chunk := file.read(CHUNK):
            joint = before + chunk
            if irregular(joint.removesuffix(b"\r"), layout):
                return True
            before = joint[-2:]
    return False
