"""Rows of a request become one raw frame, their cells held to the kinds that the model was trained with."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fathom.data.kinds import Column, Kind
from fathom.serving.limits import Limits
from fathom.serving.pictures import picture
from fathom.serving.refusal import Refusal

NOTHING = type(None)
PLAIN: dict[Kind, frozenset[type]] = {  # cells of these types go to the model as they are
    Kind.NUMBER: frozenset({float, int, NOTHING}),
    Kind.IMAGE: frozenset({NOTHING}),
}
WANTED = {Kind.NUMBER: "a number", Kind.CATEGORY: "a text, a number, true or false"}
FOUND = {dict: "an object", list: "a list", bool: "true or false", str: "text", bytes: "a file"}
STORED: dict[Kind, Any] = {Kind.NUMBER: pl.Float64, Kind.IMAGE: pl.Binary}


@dataclass(frozen=True, slots=True)
class Rows:
    """Checked rows, one dict each. `written`: numbers are still text (a CSV file), which the model's check reads."""

    records: list[dict[str, Any]]
    written: bool = False

    def __len__(self) -> int:
        return len(self.records)


class RowReader:
    """Checks rows against the columns of one model and makes its frames. Built once, used by every request."""

    def __init__(self, inputs: tuple[Column, ...]) -> None:
        self.inputs = inputs
        self.plan = [(column.name, PLAIN.get(column.kind, frozenset({str, NOTHING})), column) for column in inputs]
        self.types = {column.name: STORED.get(column.kind, pl.String) for column in inputs}
        self.written = {name: pl.String if kept == pl.Float64 else kept for name, kept in self.types.items()}

    def frame(self, records: list[dict[str, Any]], *, written: bool = False) -> pl.DataFrame:
        """The raw frame of checked rows: Float64, String or Binary columns, in the order of the inputs."""
        return pl.DataFrame(records, schema=self.written if written else self.types)

    def records(self, records: Any, limits: Limits) -> Rows:
        """Rows from a list of objects, one key for each input column; more keys are passed over.

        Raises a Refusal (422) that names column and row where one is missing or does not fit.
        """
        if type(records) is not list:
            raise Refusal(422, "Rows are a list of objects, one value for each column.")
        check_count(len(records), limits)
        for number, record in enumerate(records, 1):
            if type(record) is not dict:
                raise Refusal(422, f"Row {number} is no object of column and value.", row=number)
            for name, plain, column in self.plan:
                try:
                    value = record[name]
                except KeyError:
                    raise absent(name, record, number) from None
                if type(value) not in plain:
                    record[name] = stored(value, column, number, limits)
        return Rows(records)

    def columns(self, columns: Mapping[str, Sequence[Any]], limits: Limits) -> Rows:
        """Rows from lists of equal length by column; more columns are passed over."""
        for name, _, _ in self.plan:
            if name not in columns:
                raise absent(name, columns, None)
        lengths = {len(values) for values in columns.values()}
        if len(lengths) != 1:
            raise Refusal(422, "All columns must have the same number of rows.")
        names = list(self.types)
        rows = zip(*(columns[name] for name in names), strict=True)
        return self.records([dict(zip(names, row, strict=True)) for row in rows], limits)

    def texts(self, frame: pl.DataFrame, limits: Limits) -> Rows:
        """Rows from a frame of text, as a CSV file gives it: the model's own check reads numbers and dates."""
        for name, _, _ in self.plan:
            if name not in frame.columns:
                raise absent(name, dict.fromkeys(frame.columns), None)
        check_count(frame.height, limits)
        records = frame.select(list(self.types)).to_dicts()
        for column in self.inputs:
            if column.kind == Kind.IMAGE:
                for number, record in enumerate(records, 1):
                    record[column.name] = picture(record[column.name], column.name, number, limits.pixels)
        return Rows(records, written=True)


def stored(value: Any, column: Column, row: int, limits: Limits) -> Any:
    """A cell that cannot go to the model as it is, in the form that can; a Refusal (422) where there is none."""
    if column.kind == Kind.IMAGE:
        return picture(value, column.name, row, limits.pixels)
    if column.kind == Kind.CATEGORY and isinstance(value, bool | int | float):
        return category(value, column)
    shown = f" ({value[:40]!r})" if isinstance(value, str) else ""
    what = f"'{column.name}' must be {WANTED.get(column.kind, 'a text')} or null, not "
    raise Refusal(422, f"{what}{FOUND.get(type(value), 'a number')}{shown}.", column=column.name, row=row)


def category(value: bool | int | float, column: Column) -> str:
    """A category's text: as JSON writes it, or as the model knows it where 1.0 was sent for "1".

    >>> category(True, Column("member", Kind.CATEGORY)), category(3.0, Column("floor", Kind.CATEGORY))
    ('true', '3')
    """
    if isinstance(value, bool):
        usual, other = str(value).lower(), str(value)
    elif float(value).is_integer():
        usual, other = str(int(value)), f"{int(value)}.0"
    else:
        usual = other = str(value)
    return other if other in column.categories and usual not in column.categories else usual


def check_count(count: int, limits: Limits) -> None:
    """Raise a Refusal (422) for no rows or too many."""
    if not count:
        raise Refusal(422, "There is no row.")
    if count > limits.rows:
        raise Refusal(422, f"{count:,} rows are more than {limits.rows:,}.", remedy="Send them in several requests.")


def absent(name: str, names: Mapping[Any, Any], row: int | None) -> Refusal:
    """422 for a column that was not sent, with the name that may have been meant."""
    near = difflib.get_close_matches(name, [str(each) for each in names], n=1)
    remedy = f"Is '{near[0]}' meant?" if near else "Send every column; null stands for a missing value."
    return Refusal(422, f"The column '{name}' is missing.", column=name, row=row, remedy=remedy)
