"""CSV and its relatives: encoding and delimiter found and told, damage named by its row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import polars as pl

from fathom.data.dialect import DELIMITERS_SPOKEN, SAMPLE, SPOKEN, codec_of, delimiter_of, encoding_of, encoding_told
from fathom.data.headers import no_header, usable
from fathom.data.preamble import header_place, refuse_other
from fathom.errors import DataError
from fathom.messages import phrase, plural

HEAD = 100  # rows among which the header is looked for
HUGE_CELL = 16 << 20  # characters; a larger cell is a quote that was never closed
STRAY = re.compile(rb'"(?<=[^,;\t|\r\n"]")(?=[^,;\t|\r\n"])')  # a quote inside a cell; begins with it to be fast


@dataclass(frozen=True)
class Layout:
    """How a text table is written, found by `look`."""

    path: Path
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    skip: int  # lines before the first row of data, blank ones counted
    end: str = "\n"
    notices: tuple[str, ...] = ()


def look(path: Path) -> Layout:
    """The layout of a table in a text file; DataError where it holds no table."""
    refuse_other(path)
    encoding = encoding_of(path)
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    text = start.decode(codec_of(encoding)[0], errors="ignore").removeprefix("\ufeff")
    if not text.strip():
        raise DataError(
            phrase("The file is empty."), where=str(path), remedy=phrase("Check how it was exported or copied.")
        )
    complete = len(start) < SAMPLE
    sample = text if complete else text[: text.rfind("\n") + 1] or text
    end = "\r" if "\r" in sample and "\n" not in sample else "\n"
    delimiter = "\t" if path.suffix.lower() == ".tsv" else delimiter_of(sample.lstrip("\r\n"))
    cells, skip, title = _header(sample, delimiter, path)
    notices = encoding_told(path, encoding)
    if delimiter != _expected(path):
        notices.append(phrase("Cells are separated by {delimiters}.", delimiters=DELIMITERS_SPOKEN[delimiter]))
    if title:
        notices.append(phrase("What stands before the header was left out: '{title}'.", title=title[:60]))
    if no_header(cells):
        notices.append(
            phrase("The first row holds numbers, so it was read as data; columns are called column 1, column 2 ...")
        )
        cells, skip = [f"column {place}" for place in range(1, len(cells) + 1)], skip - 1
    names, renamed = usable(cells)
    return Layout(path, encoding, delimiter, tuple(names), skip, end, notices=(*notices, *renamed))


def read_text_table(path: Path) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """All cells as text, empty ones null, and notices of what was found and repaired."""
    layout = look(path)
    data = utf8(layout)
    notices = list(layout.notices)
    frame = _fast(data, layout)
    if frame is None:
        frame, repairs = read_by_row(io.StringIO(data.decode("utf-8"), newline=""), layout)
        notices += repairs
    frame, blank = without_blank_rows(frame)
    if blank:
        notices.append(phrase("{blank:,} empty rows were left out.", blank=blank))
    if not frame.height:
        raise DataError(
            phrase("The table has a header but no rows."), where=str(path), remedy=phrase("Check how it was exported.")
        )
    return frame, tuple(notices)


def _fast(data: bytes, layout: Layout) -> pl.DataFrame | None:
    """The frame as Polars reads it; None where the table is irregular and needs a careful reading."""
    if irregular(data, layout):
        return None
    try:
        frame = parse(io.BytesIO(data), layout)
    except pl.exceptions.PolarsError:
        return None
    if _delimiters(data, frame, layout) < frame.height * (frame.width - 1):
        return None
    return frame.with_columns(pl.all().replace("", None)) if b'""' in data else frame


def irregular(data: bytes, layout: Layout) -> bool:
    """Whether line ends are mixed, or a quote stands inside a cell, where Polars would end the cell."""
    mixed = b"\n" in data if layout.end == "\r" else data.count(b"\r") != data.count(b"\r\n")
    return mixed or (b'"' in data and STRAY.search(data) is not None)


def padded(file: TextIO, layout: Layout) -> Iterator[list[str]]:
    """Rows as wide as the header, one by one; DataError for a longer one."""
    width = len(layout.names)
    for number, (line, cells) in enumerate(_rows(file, layout), start=1):
        if any(cell.strip() for cell in cells[width:]):
            raise _too_long(layout, number, line, cells)
        yield [*cells[:width], *[""] * (width - len(cells))]


def utf8(layout: Layout) -> bytes:
    """The whole file as UTF-8 without a byte order mark."""
    data = layout.path.read_bytes()
    if layout.encoding == "utf-8":
        return data
    if layout.encoding == "utf-8-sig":
        return data[3:]
    try:
        return data.decode(*codec_of(layout.encoding)).removeprefix("\ufeff").encode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            phrase(
                "The file says it is {spoken} but is damaged at byte {start:,}.",
                spoken=SPOKEN[layout.encoding],
                start=error.start,
            ),
            where=str(layout.path),
            remedy=phrase("Export it again as CSV in UTF-8."),
        ) from error


def parse(file: io.BytesIO, layout: Layout, **options: Any) -> pl.DataFrame:
    """UTF-8 text to a frame of texts, fast; a PolarsError where a row is too long or a quote is not closed."""
    return pl.read_csv(
        file,
        has_header=False,
        skip_lines=layout.skip,
        separator=layout.delimiter,
        eol_char=layout.end,
        schema=dict.fromkeys(layout.names, pl.String),
        **options,
    )


def without_blank_rows(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The rows with any value, and how many had none."""
    kept = frame.filter(~pl.all_horizontal(pl.all().is_null()))
    return kept, frame.height - kept.height


def read_by_row(file: io.StringIO, layout: Layout) -> tuple[pl.DataFrame, list[str]]:
    """The slow, careful reading: a row that is too long or a quote never closed is named, a short row filled."""
    width = len(layout.names)
    rows: list[list[str]] = []
    short: list[int] = []
    overhang: list[int] = []
    for number, (line, cells) in enumerate(_rows(file, layout), start=1):
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                raise _too_long(layout, number, line, cells)
            overhang.append(number)
        elif cells and len(cells) < width:
            short.append(number)
        rows.append([*cells[:width], *[""] * (width - len(cells))])
    frame = pl.DataFrame(rows, schema=dict.fromkeys(layout.names, pl.String), orient="row")
    frame = frame.with_columns(pl.all().replace("", None))
    notices = []
    if short:
        notices.append(
            plural(
                len(short),
                "{count:,} row is shorter than the header; its last cells count as missing (row {first:,}).",
                "{count:,} rows are shorter than the header; their last cells count as missing (first: row {first:,}).",
                first=short[0],
            )
        )
    if overhang:
        notices.append(
            plural(
                len(overhang),
                "{count:,} row ends in empty cells beyond the header, left out (row {first:,}).",
                "{count:,} rows end in empty cells beyond the header, left out (first: row {first:,}).",
                first=overhang[0],
            )
        )
    return frame, notices


def _rows(file: TextIO, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row of data."""
    csv.field_size_limit(HUGE_CELL)
    for _ in range(layout.skip):
        file.readline()
    reader = csv.reader(file, delimiter=layout.delimiter, strict=True)
    begun = layout.skip + 1
    try:
        for cells in reader:
            yield begun, cells
            begun = layout.skip + reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            phrase("A quote is opened and never closed, or closed in the middle of a cell.")
            if "field larger" not in str(error)
            else phrase("A cell holds more than {most:,} characters.", most=HUGE_CELL),
            where=phrase("{path}, line {line:,}", path=layout.path, line=begun),
            remedy=phrase('Look at the quotes (") in that row; a quote inside a quoted cell is written twice ("").'),
        ) from error


def _too_long(layout: Layout, number: int, line: int, cells: list[str]) -> DataError:
    width = len(layout.names)
    return DataError(
        phrase(
            "Row {number:,} has {count:,} cells, the header {width:,}; the first too many is '{cells}'.",
            number=number,
            count=len(cells),
            width=width,
            cells=cells[width][:40],
        ),
        where=phrase("{path}, line {line:,}", path=layout.path, line=line),
        remedy=phrase(
            "A cell that contains '{delimiter}' must stand in quotes. Mend the row, or export it again.",
            delimiter=layout.delimiter,
        ),
    )


def _delimiters(data: bytes, frame: pl.DataFrame, layout: Layout) -> int:
    """How many delimiters stand between cells; fewer than full rows need mean that some row is short."""
    body = 0
    for _ in range(layout.skip):
        body = data.find(layout.end.encode(), body) + 1 or len(data)
    total = data.count(layout.delimiter.encode(), body)
    if b'"' in data:
        inside = frame.select(pl.all().str.count_matches(layout.delimiter, literal=True).sum())
        total -= sum(value or 0 for value in inside.row(0))
    return total


def _header(sample: str, delimiter: str, path: Path) -> tuple[list[str], int, str]:
    """The header's cells, how many lines come before the data, and the title that stood above."""
    csv.field_size_limit(HUGE_CELL)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows, ends = [], []
    try:
        for cells in islice(reader, HEAD):
            rows.append(cells)
            ends.append(reader.line_num)
    except csv.Error as error:
        raise DataError(
            phrase("The table cannot be read: {error}.", error=error),
            where=str(path),
            remedy=phrase("Look at its quotes."),
        ) from error
    place = header_place(rows)
    if not any(cell.strip() for cell in rows[place]):
        raise DataError(
            phrase("The file holds no text but blanks and separators."),
            where=str(path),
            remedy=phrase("Check the export."),
        )
    title = " / ".join(cell.strip() for row in rows[:place] for cell in row if cell.strip())
    return rows[place], ends[place], title


def _expected(path: Path) -> str:
    return "\t" if path.suffix.lower() in (".tsv", ".tab") else ","
