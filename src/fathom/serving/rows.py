"""Rows of a request become one checked frame, cell by cell what `conform` makes of them, only faster."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from fathom.data import media
from fathom.data.cast import MARKERS
from fathom.data.conform import conform
from fathom.data.kinds import Column, Kind
from fathom.errors import RowError
from fathom.messages import phrase, plural
from fathom.serving.limits import Limits
from fathom.serving.pictures import picture
from fathom.serving.refusal import Refusal

NOTHING = type(None)
TEXT: frozenset[type] = frozenset({str, NOTHING})
PLAIN: dict[Kind, frozenset[type]] = {  # cells of these types are taken as they are
    Kind.NUMBER: frozenset({float, int, NOTHING}),
    Kind.IMAGE: frozenset({NOTHING}),
}
WANTED = {
    Kind.NUMBER: phrase("a number"),
    Kind.CATEGORY: phrase("a text, a number, true or false"),
    Kind.TIME: phrase("a time as text"),
}
FOUND = {
    dict: phrase("an object"),
    list: phrase("a list"),
    bool: phrase("true or false"),
    str: phrase("text"),
    bytes: phrase("a file"),
}
STORED: dict[Kind, Any] = {Kind.NUMBER: pl.Float64, Kind.IMAGE: pl.Binary, Kind.TIME: pl.Datetime("us")}
QUICK = (Kind.CATEGORY, Kind.TIME)
ISO = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?")  # what conform reads whatever training's file used
MOST_CHARACTERS = 1_000_000  # remembered per column
MOST_SHOWN = 40  # characters of a value in a sentence about it


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one request, one dict each. `written`: cells are still text as a CSV file holds them.

    `passing`: they are asked about and have not happened, so nothing remembers them. `also`: what else the answer is to
    tell, by name.
    """

    records: list[dict[str, Any]]
    written: bool = False
    passing: bool = False
    also: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.records)


class Memory:
    """What `conform` made of a column's cells, so that it is asked about each text once.

    Checking a frame costs milliseconds whatever its height, more than many a model; a look-up costs nothing.
    """

    def __init__(self, column: Column) -> None:
        self.column = column
        self.name = column.name
        self.known: dict[Any, Any] = {None: None}
        self.weight = 0

    def learn(self, cells: list[Any]) -> None:
        """Make sure that every cell is known; a RowError that names the row where one does not fit."""
        new = [cell for cell in dict.fromkeys(cells) if cell not in self.known]
        if self.weight > MOST_CHARACTERS:
            self.known, self.weight = {cell: self.known[cell] for cell in [None, *cells] if cell in self.known}, 0
        if self.column.kind in QUICK:
            new = [cell for cell in new if not self._quickly(cell)]
        if not new:
            return
        try:
            kept = conform(pl.DataFrame({self.name: new}), (self.column,))[self.name].to_list()
        except RowError as error:
            row = cells.index(new[error.row - 1]) + 1
            raise RowError(error.what, column=self.name, row=row, remedy=error.remedy) from None
        self.known.update(zip(new, kept, strict=True))
        self.known.update(zip(kept, kept, strict=True))
        self.weight += sum(map(len, new))

    def _quickly(self, cell: str) -> bool:
        """Learn a cell without a frame, where it is plain what `conform` makes of it: names and times never end."""
        if self.column.kind == Kind.TIME:
            if not ISO.fullmatch(cell):
                return False
            try:
                kept: Any = datetime.fromisoformat(cell)
            except ValueError:  # the thirtieth of February
                return False
        else:
            if not (cell.isascii() and cell.isprintable()):
                return False
            kept = cell.strip(" ")
            kept = None if kept in MARKERS else kept
        self.known[cell] = self.known[kept] = kept
        self.weight += len(cell)
        return True

    def scalar(self, cell: bool | int | float) -> Any:
        """What a category written as a number or a truth value is called; 1, 1.0 and True are told apart."""
        key = (type(cell), cell)
        if type(cell) is int:
            self.known[key] = str(cell)
            self.known[str(cell)] = str(cell)
            self.weight += 1
        if key not in self.known:
            kept = conform(pl.DataFrame({self.name: [cell]}), (self.column,))[self.name][0]
            self.known[key] = self.known[kept] = kept
            self.weight += 1
        return self.known[key]


class RowReader:
    """Checks rows against the columns of one model and makes its frames. Built once; one thread uses it."""

    def __init__(self, inputs: tuple[Column, ...]) -> None:
        self.inputs = inputs
        self.memories = {column.name: Memory(column) for column in inputs if column.kind not in PLAIN}
        self.plan = [(column.name, PLAIN.get(column.kind, TEXT), column) for column in inputs]
        self.types = {column.name: STORED.get(column.kind, pl.String) for column in inputs}
        self.pictures = [column.name for column in inputs if column.kind == Kind.IMAGE]
        self.closed = {column.name: frozenset((*column.categories, None)) for column in inputs if column.closed}

    def frame(self, rows: Rows) -> pl.DataFrame:
        """The frame that the model predicts, its columns in the canonical types of their kinds.

        Raises a RowError where a text does not fit its column.
        """
        if rows.written:
            written = {name: pl.Binary if kept == pl.Binary else pl.String for name, kept in self.types.items()}
            return conform(pl.DataFrame(rows.records, schema=written), self.inputs)
        return pl.DataFrame(self.settled(rows), schema=self.types)

    def settled(self, rows: Rows) -> list[dict[str, Any]]:
        """The rows' own records, every cell as a dataset stores it; not for rows that are still `written`.

        Raises a RowError where a text does not fit its column.
        """
        records = rows.records
        for name, memory in self.memories.items():
            try:
                for record in records:
                    record[name] = memory.known[record[name]]
            except KeyError:
                memory.learn([record[name] for record in records])
                for record in records:
                    record[name] = memory.known[record[name]]
        return records

    def notices(self, rows: Rows) -> list[dict[str, Any]]:
        """Values of settled rows that the model does not know and pictures that it read a part of.

        A `notice` for each column, with its first such `row`.
        """
        found = []
        for name, known in self.closed.items():
            strange = [number for number, record in enumerate(rows.records, 1) if record[name] not in known]
            if strange:
                first = str(rows.records[strange[0] - 1][name])[:MOST_SHOWN]
                said = plural(
                    len(strange),
                    "Training did not see '{first}' in '{column}'.",
                    "Training did not see {count:,} of the values in '{column}' (first: '{first}').",
                    column=name,
                    first=first,
                )
                found.append({"notice": said, "column": name, "row": strange[0]})
        return found + [each for name in self.pictures if (each := _moving(rows, name))]

    def records(self, records: Any, limits: Limits) -> Rows:
        """Rows from a list of objects, one key for each input column; more keys are passed over.

        Raises a Refusal (422) that names column and row where one is missing or of the wrong type.
        """
        if type(records) is not list:
            raise Refusal(422, phrase("Rows are a list of objects, one value for each column."))
        check_count(len(records), limits)
        for number, record in enumerate(records, 1):
            if type(record) is not dict:
                raise Refusal(422, phrase("Row {number} is no object of column and value.", number=number), row=number)
            for name, plain, column in self.plan:
                try:
                    value = record[name]
                except KeyError:
                    raise absent(name, record, number) from None
                if type(value) not in plain:
                    record[name] = self.stored(value, column, number, limits)
        return Rows(records)

    def columns(self, columns: Mapping[str, Sequence[Any]], limits: Limits) -> Rows:
        """Rows from lists of equal length by column; more columns are passed over."""
        for name in self.types:
            if name not in columns:
                raise absent(name, columns, None)
        lengths = {len(values) for values in columns.values()}
        if len(lengths) != 1:
            raise Refusal(422, phrase("All columns must have the same number of rows."))
        rows = zip(*(columns[name] for name in self.types), strict=True)
        return self.records([dict(zip(self.types, row, strict=True)) for row in rows], limits)

    def texts(self, frame: pl.DataFrame, limits: Limits) -> Rows:
        """Rows from a frame of text, as a CSV file gives it."""
        for name in self.types:
            if name not in frame.columns:
                raise absent(name, dict.fromkeys(frame.columns), None)
        check_count(frame.height, limits)
        records = frame.select(list(self.types)).to_dicts()
        for name, kept in self.types.items():
            if kept == pl.Binary:
                for number, record in enumerate(records, 1):
                    record[name] = picture(record[name], name, number, limits.pixels)
        return Rows(records, written=True)

    def stored(self, value: Any, column: Column, row: int, limits: Limits) -> Any:
        """A cell that cannot be taken as it is, in the form that can; a Refusal (422) where there is none."""
        if column.kind == Kind.IMAGE:
            return picture(value, column.name, row, limits.pixels)
        if column.kind == Kind.CATEGORY and isinstance(value, bool | int | float):
            return self.memories[column.name].scalar(value)
        what = phrase(
            "'{name}' must be {wanted} or null, not {found}{shown}.",
            name=column.name,
            wanted=WANTED.get(column.kind) or phrase("a text"),
            found=FOUND.get(type(value)) or phrase("a number"),
            shown=f" ({value[:40]!r})" if isinstance(value, str) else "",
        )
        raise Refusal(422, what, column=column.name, row=row)


def check_count(count: int, limits: Limits) -> None:
    """Raise a Refusal (422) for no rows or too many."""
    if not count:
        raise Refusal(422, phrase("There is no row."))
    if count > limits.rows:
        raise Refusal(
            422,
            phrase("{count:,} rows are more than {rows:,}.", count=count, rows=limits.rows),
            remedy=phrase("Send them in several requests."),
        )


def absent(name: str, names: Mapping[Any, Any], row: int | None) -> Refusal:
    """422 for a column that was not sent, with the name that may have been meant."""
    near = difflib.get_close_matches(name, [str(each) for each in names], n=1)
    remedy = (
        phrase("Is '{near}' meant?", near=near[0])
        if near
        else phrase("Send every column; null stands for a missing value.")
    )
    return Refusal(422, phrase("The column '{name}' is missing.", name=name), column=name, row=row, remedy=remedy)


def _moving(rows: Rows, name: str) -> dict[str, Any] | None:
    """What is noticed of animations and of files of several pages."""
    cells = [record[name] for record in rows.records]
    if not any(isinstance(cell, bytes) and cell.startswith(media.MOVING_STARTS) for cell in cells):
        return None  # most requests: nothing is opened for them
    found = media.moving(pl.Series(name, cells, dtype=pl.Binary), None)
    if not found:
        return None
    said = plural(
        len(found),
        "The picture in '{column}' moves or has several pages; its first one was looked at.",
        "{count:,} of the pictures in '{column}' move or have several pages; their first ones were looked at.",
        column=name,
    )
    return {"notice": said, "column": name, "row": found[0][0] + 1}
