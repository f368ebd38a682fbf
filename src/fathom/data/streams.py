"""Tables larger than memory, read lazily: a random sample of their rows, or the file as a stream."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import psutil

from fathom.data.text_tables import Layout, look
from fathom.errors import DataError

SHARE = 0.15  # of the free memory; a table takes several times its file's size while it is read
SEED = 20_240_301
TEXT = (".csv", ".tsv", ".tab", ".txt", ".data")
STREAMED = (*TEXT, ".parquet", ".pq", ".arrow", ".feather", ".ipc", ".jsonl", ".ndjson")


def memory_limit() -> int:
    """Bytes of a table file that are read whole."""
    return int(SHARE * psutil.virtual_memory().available)


def sampled(path: Path, limit: int) -> tuple[pl.DataFrame, tuple[str, ...], int]:
    """A uniform random sample of a table file's rows that fits `limit` bytes; notices; the rows in the file."""
    with lazy(path) as (frame, notices):
        try:
            total = int(frame.select(pl.len()).collect(engine="streaming").item())
            share = min(1.0, limit / path.stat().st_size)
            mark = int(share * 2**64) - 1
            drawn = frame.with_row_index("\0row").filter(pl.col("\0row").hash(SEED) <= mark).drop("\0row")
            kept = drawn.collect(engine="streaming")
        except pl.exceptions.PolarsError as error:
            raise DataError(f"The file cannot be read: {str(error).splitlines()[0]}.", where=str(path)) from error
    note = f"The file is larger than memory allows: {kept.height:,} of {total:,} rows were drawn at random."
    return kept, (*notices, note), total


@contextmanager
def lazy(path: Path) -> Iterator[tuple[pl.LazyFrame, tuple[str, ...]]]:
    """The table file as a lazy frame, and notices."""
    suffix = path.suffix.lower()
    if suffix in TEXT:
        layout = look(path)
        with _as_utf8(layout) as text:
            yield scan_text(text, layout), layout.notices
    elif suffix in (".parquet", ".pq"):
        yield pl.scan_parquet(path), ()
    elif suffix in (".arrow", ".feather", ".ipc"):
        yield pl.scan_ipc(path), ()
    else:
        yield pl.scan_ndjson(path, infer_schema_length=10_000), ()


def scan_text(path: Path, layout: Layout) -> pl.LazyFrame:
    """A text table's cells as texts, lazily; short rows are filled, longer ones an error."""
    return pl.scan_csv(
        path,
        has_header=False,
        skip_lines=layout.skip,
        separator=layout.delimiter,
        eol_char=layout.end,
        schema=dict.fromkeys(layout.names, pl.String),
    )


@contextmanager
def _as_utf8(layout: Layout) -> Iterator[Path]:
    """The file itself, or a copy of it in UTF-8 that is gone afterwards."""
    if layout.encoding in ("utf-8", "utf-8-sig"):
        yield layout.path
        return
    with tempfile.TemporaryDirectory(prefix="fathom-") as folder:
        copy = Path(folder) / "table.csv"
        with (
            layout.path.open(encoding=layout.encoding, newline="") as old,
            copy.open("w", encoding="utf-8", newline="") as new,
        ):
            while chunk := old.read(1 << 22):
                new.write(chunk)
        yield copy
