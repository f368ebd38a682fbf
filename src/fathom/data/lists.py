"""Cells that each list what was marked in a text or picture, however they are written: told apart and read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import polars as pl

LOOK = 50  # cells, from the whole column, that tell what it holds
SHARE = 0.9  # of the filled cells that are such lists, where a column holds them; the others are mistakes
MARKERS = ("", "NA", "null", "None")

One = TypeVar("One")


def holds(column: pl.Series, stored: pl.DataType, read: Callable[[Any], One | None]) -> bool:
    """Whether the cells are lists of what `read` reads, but for a few mistakes; an empty list alone does not tell.

    >>> holds(pl.Series(["[1, 2]", "[]", None]), pl.List(pl.Int64), lambda cell: cell)
    True
    """
    kind = column.dtype
    if not (kind == pl.String or kind == pl.Object or isinstance(kind, pl.List)):
        return False
    if kind == pl.String and not column.str.starts_with("[").any():
        return False
    if isinstance(kind, pl.List) and not isinstance(kind.inner, pl.Struct | pl.List | pl.Null):
        return False
    cells = column.drop_nulls()
    cells = cells.filter(~cells.is_in(MARKERS)) if kind == pl.String else cells
    found = [read_cell(cell, read) for cell in cells[:: max(1, len(cells) // LOOK)].to_list()]
    return len(found) - found.count(None) >= SHARE * len(found) and (any(found) or kind == stored)


def read_cell(cell: Any, read: Callable[[Any], One | None]) -> list[One] | None:
    """What a cell lists, as JSON or a list; None where it is no list, or `read` can't read one of them.

    >>> read_cell("[1, 2]", lambda cell: cell), read_cell("?", lambda cell: cell)
    ([1, 2], None)
    """
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):  # a thousand brackets within each other
            return None
    if not isinstance(cell, list | tuple):
        return None
    found = []
    for each in cell:
        one = read(each)
        if one is None:
            return None
        found.append(one)
    return found


def has_gaps(column: pl.Series, names: Sequence[str]) -> bool:
    """Whether one of the things in a stored column lacks one of its fields."""
    found = column.drop_nulls().filter(column.drop_nulls().list.len() > 0).explode()
    return any(found.struct.field(name).null_count() for name in names)
