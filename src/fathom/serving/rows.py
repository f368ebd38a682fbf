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

NUMBERS: set[type] = {float, int, type(None)}
TEXTS: set[type] = {str, type(None)}
CATEGORIES: set[type] = {str, int, float, bool, type(None)}
STORED = {Kind.NUMBER: pl.Float64, Kind.IMAGE: pl.Binary}


@dataclass(frozen=True, slots=True)
class Rows:
    """Cells by column, every input column as long as `count`.

    `written`: numbers are still as somebody wrote them (a CSV file) and are read by the model's own check.
    """

    cells: dict[str, list[Any]]
    count: int
    written: bool = False

    def frame(self, inputs: tuple[Column, ...]) -> pl.DataFrame:
        """The raw frame that the model checks and predicts: Float64, String or Binary columns."""
        return frame_of(self.cells, inputs, written=self.written)


def frame_of(cells: Mapping[str, list[Any]], inputs: tuple[Column, ...], *, written: bool = False) -> pl.DataFrame:
    """Cells as a frame; numbers as text where they are `written`."""
    types = {each.name: pl.String if written and each.kind == Kind.NUMBER else _stored(each) for each in inputs}
    return pl.DataFrame([pl.Series(name, cells[name], dtype=stored, strict=False) for name, stored in types.items()])


def from_records(records: Any, inputs: tuple[Column, ...], limits: Limits) -> Rows:
    """Rows from a list of objects, one key for each input column; more keys are passed over."""
    if not isinstance(records, list) or not all(type(each) is dict for each in records):
        raise Refusal(422, "Rows are a list of objects, one value for each column.")
    _count(len(records), limits)
    cells = {}
    for column in inputs:
        name = column.name
        try:
            values = [record[name] for record in records]
        except KeyError:
            row = next(number for number, record in enumerate(records) if name not in record)
            raise _absent(name, records[row], row + 1) from None
        cells[name] = checked(values, column, limits)
    return Rows(cells, len(records))


def from_columns(columns: Mapping[str, Sequence[Any]], inputs: tuple[Column, ...], limits: Limits) -> Rows:
    """Rows from lists of equal length by column; more columns are passed over."""
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        raise Refusal(422, "All columns must have the same number of rows.")
    count = lengths.pop()
    _count(count, limits)
    cells = {}
    for column in inputs:
        if column.name not in columns:
            raise _absent(column.name, columns, None)
        cells[column.name] = checked(list(columns[column.name]), column, limits)
    return Rows(cells, count)


def checked(values: list[Any], column: Column, limits: Limits) -> list[Any]:
    """One column's cells in their stored form; a Refusal (422) that names column and row where one does not fit."""
    types = set(map(type, values))
    if column.kind == Kind.NUMBER:
        _hold(values, types, NUMBERS, column, "a number")
    elif column.kind == Kind.IMAGE:
        return [picture(value, column.name, row, limits.pixels) for row, value in enumerate(values, 1)]
    elif column.kind == Kind.CATEGORY:
        if not types <= TEXTS:
            _hold(values, types, CATEGORIES, column, "a text, a number, true or false")
            return [category(value, column) for value in values]
    else:
        _hold(values, types, TEXTS, column, "a text")
    return values


def category(value: Any, column: Column) -> str | None:
    """A category's text: as JSON writes it, or as the model knows it where 1.0 was sent for "1".

    >>> category(True, Column("member", Kind.CATEGORY)), category(3.0, Column("floor", Kind.CATEGORY))
    ('true', '3')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _known(str(value), str(value).lower(), column)
    if isinstance(value, float) and value.is_integer():
        return _known(str(value), str(int(value)), column)
    return _known(f"{value}.0", str(value), column)


def _known(one: str, usual: str, column: Column) -> str:
    return one if one in column.categories and usual not in column.categories else usual


def _stored(column: Column) -> Any:
    return STORED.get(column.kind, pl.String)


def _hold(values: list[Any], types: set[type], allowed: set[type], column: Column, wanted: str) -> None:
    if types <= allowed:
        return
    row, value = next((row, value) for row, value in enumerate(values, 1) if type(value) not in allowed)
    found = {"dict": "an object", "list": "a list", "bool": "true or false", "str": "text"}[type(value).__name__]
    shown = f" ({value[:40]!r})" if isinstance(value, str) else ""
    what = f"Row {row}: '{column.name}' must be {wanted} or null, not {found}{shown}."
    raise Refusal(422, what, column=column.name, row=row)


def _count(count: int, limits: Limits) -> None:
    if not count:
        raise Refusal(422, "There is no row.")
    if count > limits.rows:
        raise Refusal(422, f"{count:,} rows are more than {limits.rows:,}.", remedy="Send them in several requests.")


def _absent(name: str, names: Mapping[str, Any], row: int | None) -> Refusal:
    near = difflib.get_close_matches(name, [str(each) for each in names], n=1)
    remedy = f"Is '{near[0]}' meant?" if near else "Send every column; null stands for a missing value."
    return Refusal(422, f"The column '{name}' is missing.", column=name, row=row, remedy=remedy)
