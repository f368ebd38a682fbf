"""Spans: named stretches of a text, as character offsets. How a dataset keeps them, and what is wrong with some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from fathom.data import lists
from fathom.errors import RowError
from fathom.messages import phrase, plural

Span = tuple[int, int, str]  # first character, the one after the last, label

FIELDS = ("start", "end", "label")
STORED = pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64, "label": pl.String}))
STARTS, ENDS, LABELS = ("start", "start_offset", "begin"), ("end", "end_offset"), ("label", "labels", "entity", "type")


def stored(name: str, rows: Iterable[Sequence[Span] | None]) -> pl.Series:
    """Spans of each row as a column; None where nobody has said which there are.

    >>> stored("entities", [[(0, 5, "city")], [], None]).to_list()
    [[{'start': 0, 'end': 5, 'label': 'city'}], [], None]
    """
    cells = [None if row is None else [dict(zip(FIELDS, span, strict=True)) for span in row] for row in rows]
    return pl.Series(name, cells, dtype=STORED)


def listed(column: pl.Series) -> list[tuple[Span, ...] | None]:
    """The spans of each row of a column that `stored` made."""
    return [
        None if row is None else tuple((span["start"], span["end"], span["label"]) for span in row)
        for row in column.to_list()
    ]


def cast(column: pl.Series) -> pl.Series:
    """A column of spans however they are written (JSON in a cell, lists, objects) as `stored` has them.

    >>> cast(pl.Series("entities", ['[[0, 5, "city"]]', "[]", "?"])).to_list()
    [[{'start': 0, 'end': 5, 'label': 'city'}], [], None]
    """
    if column.dtype == STORED and not lists.has_gaps(column, FIELDS):
        return column
    return stored(column.name, [read_cell(cell) for cell in column.to_list()])


def holds(column: pl.Series) -> bool:
    """Whether the cells are lists of spans, but for a few mistakes."""
    return lists.holds(column, STORED, read_span)


def read_cell(cell: Any) -> list[Span] | None:
    """The spans that a cell lists; None where it is no list of spans."""
    return lists.read_cell(cell, read_span)


def read_span(written: Any) -> Span | None:
    """One span: [start, end, label], or an object with start, end and label under one of their usual names."""
    if isinstance(written, Mapping):
        start, end = (next((written[name] for name in names if name in written), None) for names in (STARTS, ENDS))
        label = next((written[name] for name in LABELS if written.get(name)), None)
    elif isinstance(written, list | tuple) and len(written) == 3:
        start, end, label = written
    else:
        return None
    label = label[0] if isinstance(label, list | tuple) and label else label
    whole = all(isinstance(place, int) and not isinstance(place, bool) for place in (start, end))
    return (start, end, label) if whole and isinstance(label, str) and label else None  # type: ignore[return-value]


@dataclass
class Mended:
    """What was mended of a column's spans: how many, and the first row (from 1) of each kind."""

    overlapping: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)

    def notices(self, column: str) -> tuple[str, ...]:
        """What was done, in words."""
        said = []
        if rows := self.overlapping:
            said.append(
                plural(
                    len(rows),
                    "'{column}': {count:,} span overlapped another; the longer one of two was kept (row {first:,}).",
                    "'{column}': {count:,} spans overlapped another; the longer one of two was kept "
                    "(first: row {first:,}).",
                    column=column,
                    first=rows[0],
                )
            )
        if rows := self.empty:
            said.append(
                plural(
                    len(rows),
                    "'{column}': {count:,} span holds nothing or only blanks and was left out (row {first:,}).",
                    "'{column}': {count:,} spans hold nothing or only blanks and were left out (first: row {first:,}).",
                    column=column,
                    first=rows[0],
                )
            )
        if rows := self.blank:
            said.append(
                plural(
                    len(rows),
                    "'{column}': blanks at the ends of {count:,} span were cut off (row {first:,}).",
                    "'{column}': blanks at the ends of {count:,} spans were cut off (first: row {first:,}).",
                    column=column,
                    first=rows[0],
                )
            )
        return tuple(said)


def mend(spans: pl.Series, texts: pl.Series, where: str = "") -> tuple[pl.Series, tuple[str, ...]]:
    """The column with spans in order and apart, and notices; a RowError where one lies outside its row's text.

    >>> column, notices = mend(stored("entities", [[(0, 5, "city"), (4, 8, "day")]]), pl.Series(["Seoul on Monday"]))
    >>> column.to_list()[0], len(notices)
    ([{'start': 0, 'end': 5, 'label': 'city'}], 1)
    """
    mended, rows = Mended(), []
    pairs = zip(listed(spans), texts.to_list(), strict=True)
    for number, (row, text) in enumerate(pairs, start=1):
        if not row:
            rows.append(row)
            continue
        if text is None:  # empty, or a word such as "NULL" that stands for nothing
            mended.empty += [number] * len(row)
            rows.append(())
            continue
        inside = [_inside(span, text, mended, spans.name, number, where) for span in row]
        rows.append(apart([span for span in inside if span is not None], mended, number))
    return stored(spans.name, rows), mended.notices(spans.name)


def apart(row: Sequence[Span], mended: Mended | None = None, number: int = 0) -> tuple[Span, ...]:
    """Spans in order, none over another; of two that overlap the longer one stays, of equals the first.

    >>> apart([(4, 9, "b"), (0, 5, "a"), (0, 5, "c")])
    ((0, 5, 'a'),)
    """
    kept: list[Span] = []
    for span in sorted(row, key=lambda span: (span[0] - span[1], span[0])):
        if all(span[1] <= start or end <= span[0] for start, end, _ in kept):
            kept.append(span)
        elif mended is not None and span not in kept:
            mended.overlapping.append(number)
    return tuple(sorted(kept))


def _inside(span: Span, text: str, mended: Mended, column: str, number: int, where: str) -> Span | None:
    """The span without blanks at its ends; None where nothing is left."""
    start, end, label = span
    if not 0 <= start <= end <= len(text):
        raise RowError(
            plural(
                len(text),
                "The span from {start:,} to {end:,} ('{label}') lies outside its text of {count:,} character.",
                "The span from {start:,} to {end:,} ('{label}') lies outside its text of {count:,} characters.",
                start=start,
                end=end,
                label=label,
            ),
            column=column,
            row=number,
            where=where,
            remedy=phrase("Count characters from 0, not bytes; the end is the place after the last character."),
        )
    piece = text[start:end]
    if not piece.strip():
        mended.empty.append(number)
        return None
    left, right = len(piece) - len(piece.lstrip()), len(piece) - len(piece.rstrip())
    if left or right:
        mended.blank.append(number)
    return start + left, end - right, label
