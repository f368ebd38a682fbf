"""New rows are held to the columns that a model was trained with, before they reach it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from fathom.data.cast import cast, looks_encoded, present, texts
from fathom.data.kinds import MEDIA_KINDS, Column, Kind
from fathom.data.media_paths import Folder, guess
from fathom.errors import DataError, RowError
from fathom.messages import phrase, plural

EXAMPLES = {
    Kind.NUMBER: phrase("Write a number such as 12.5, or leave the cell empty."),
    Kind.TIME: phrase("Write a time such as 2024-03-01 or 2024-03-01T14:30:00, or leave the cell empty."),
    Kind.SPANS: phrase('Write a list such as [[0, 5, "city"]]: first character, the one after the last, label.'),
    Kind.BOXES: phrase('Write a list such as [[10, 20, 60, 80, "cat"]]: left, top, right, bottom, label.'),
}


def conform(
    frame: pl.DataFrame,
    columns: Iterable[Column],
    *,
    where: str = "",
    folder: Path | None = None,
    first_row: int = 1,
) -> pl.DataFrame:
    """The frame's `columns`, in their order and canonical types; other columns are dropped.

    `first_row` is what the first row is called in messages, for a batch out of a longer table.
    DataError for a missing column; RowError, with column and row, for a value that does not fit. Labels that
    training did not see pass: learners know what to do with them. The frame's only column of pictures stands for the
    only one that is asked for, whatever its name.

    >>> conform(pl.DataFrame({"age": ["31"], "note": ["x"]}), [Column("age", Kind.NUMBER)])["age"].to_list()
    [31.0]
    """
    columns = tuple(columns)
    otherwise = named_otherwise(frame, columns, folder)
    if lacking := [column.name for column in columns if column.name not in (*frame.columns, *otherwise)]:
        raise _missing(lacking, frame.columns, where)
    values = []
    for column in columns:
        there = otherwise.get(column.name, column.name)  # what errors call it
        known = column if there == column.name else replace(column, name=there)
        values.append(_fitting(frame[there], known, where, folder, first_row).alias(column.name))
    return pl.DataFrame(values) if values else frame.select()


def named_otherwise(frame: pl.DataFrame, columns: Iterable[Column], folder: Path | None) -> dict[str, str]:
    """The name in the frame, by its own, of the only column of pictures asked for; empty where there is no need.

    A folder calls its pictures "image" and a table as it likes; where there is one such column, it is meant.
    """
    columns = tuple(columns)
    wanted = [column.name for column in columns if column.kind == Kind.IMAGE]
    if len(wanted) != 1 or wanted[0] in frame.columns:
        return {}
    others = [name for name in frame.columns if name not in {column.name for column in columns}]
    found = [name for name in others if _holds_pictures(frame[name], folder)]
    return {wanted[0]: found[0]} if len(found) == 1 else {}


def unseen(frame: pl.DataFrame, columns: Iterable[Column]) -> dict[str, pl.Series]:
    """The values, by column, that are none of the categories known from training; typed rows, columns without any.

    >>> from fathom.data.kinds import Column, Kind
    >>> make = Column("make", Kind.CATEGORY, categories=("Ford", "Kia"))
    >>> {name: values.to_list() for name, values in unseen(pl.DataFrame({"make": ["Kia", "Ufo"]}), [make]).items()}
    {'make': ['Ufo']}
    """
    found = {}
    for column in columns:
        if not column.closed:
            continue
        values = frame[column.name].drop_nulls()
        strange = values.filter(~values.is_in(list(column.categories)))
        if len(strange):
            found[column.name] = strange
    return found


def _fitting(series: pl.Series, column: Column, where: str, folder: Path | None, first_row: int) -> pl.Series:
    """One column cast, or the first value that does not fit as an error."""
    if column.kind in MEDIA_KINDS:
        return _media(series, column, where, folder, first_row)
    if series.dtype == pl.Object or (
        series.dtype.is_nested() and column.kind not in (Kind.TEXT, Kind.SPANS, Kind.LABELS, Kind.BOXES)
    ):
        bad = _first(series.is_not_null())
        if bad is not None:
            raise _misfit(series, column, bad, where, first_row)
        return cast(pl.Series(series.name, [None] * len(series), dtype=pl.String), column)
    stored = cast(series, column)
    if stored.null_count() > series.null_count():
        bad = _first(present(series, column.kind) & stored.is_null())
        if bad is not None:
            raise _misfit(series, column, bad, where, first_row)
    return stored


def _media(series: pl.Series, column: Column, where: str, folder: Path | None, first_row: int) -> pl.Series:
    """Bytes, pixels, or paths that stay inside the folder."""
    if series.dtype == pl.Binary or isinstance(series.dtype, pl.Array):
        return series
    stored = cast(series, column)
    if stored.dtype == pl.Binary:
        return stored
    place = Folder(folder)
    for row, cell in enumerate(stored):
        try:
            if cell is not None:
                place.path(cell)
        except (OSError, ValueError) as error:
            what = (
                phrase("'{cell}' cannot be read: {why}.", cell=cell, why=error.what)
                if isinstance(error, DataError)
                else phrase("There is no file '{cell}'.", cell=cell)
            )
            remedy = getattr(error, "remedy", "") or phrase(
                "Give paths relative to the table's folder, or pictures as bytes."
            )
            raise RowError(what, column=column.name, row=row + first_row, where=where, remedy=remedy) from error
    return stored


def _holds_pictures(series: pl.Series, folder: Path | None) -> bool:
    """Whether a raw column holds pictures: pixels, encoded ones, or paths to files that are there."""
    if isinstance(series.dtype, pl.Array):
        return len(series.dtype.shape) > 1
    if series.dtype == pl.Binary or isinstance(series.dtype, pl.Struct):
        stored = cast(series, Column(series.name, Kind.IMAGE))
        return stored.dtype == pl.Binary and looks_encoded(stored)
    if series.dtype != pl.String:
        return False
    found = guess(series.name, texts(series).drop_nulls(), folder)
    return found is not None and found.kind == Kind.IMAGE and not found.ignored


def _first(mask: pl.Series) -> int | None:
    place = mask.arg_max() if mask.any() else None
    return place


def _misfit(series: pl.Series, column: Column, row: int, where: str, first_row: int) -> RowError:
    shown = str(series[row])
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return RowError(
        phrase("'{shown}' is no {kind}.", shown=shown, kind=column.kind),
        column=column.name,
        row=row + first_row,
        where=where,
        remedy=EXAMPLES.get(column.kind) or phrase("Write one plain value in the cell, or leave it empty."),
    )


def _missing(lacking: list[str], there: list[str], where: str) -> DataError:
    names = ", ".join(f"'{name}'" for name in lacking[:10])
    near = difflib.get_close_matches(lacking[0], there, n=1)
    remedy = (
        phrase("'{near}' is there: is it meant?", near=near[0])
        if near
        else phrase("The columns there are: {names}.", names=", ".join(there[:20]))
    )
    what = plural(
        len(lacking),
        "The column {names} is missing, which the model was trained with.",
        "The columns {names} are missing, which the model was trained with.",
        names=names,
    )
    return DataError(what, where=where, remedy=remedy)
