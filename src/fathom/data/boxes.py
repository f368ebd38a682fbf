"""Boxes: named rectangles in a picture. How a dataset keeps them, and what is wrong with some.

In pixels of the picture as it is seen (the camera's turn undone), in its own size: left and top are inside, right and
bottom are the first pixels outside.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data import lists

LABELS = ("label", "name", "class", "category", "type")
SIDES = (("left", "xmin", "x_min", "x1"), ("top", "ymin", "y_min", "y1"))
ENDS = (("right", "xmax", "x_max", "x2"), ("bottom", "ymax", "y_max", "y2"))


class Mark(NamedTuple):
    """A rectangle in a picture and what it marks: left, top, right, bottom in pixels, label."""

    left: float
    top: float
    right: float
    bottom: float
    label: str


BOXES = pl.List(
    pl.Struct({"left": pl.Float64, "top": pl.Float64, "right": pl.Float64, "bottom": pl.Float64, "label": pl.String})
)


def stored(name: str, rows: Iterable[Sequence[Mark] | None]) -> pl.Series:
    """The boxes of each row as a column; None where nobody has looked which there are.

    >>> stored("boxes", [[Mark(0, 0, 9, 5, "cat")], [], None]).to_list()[0]
    [{'left': 0.0, 'top': 0.0, 'right': 9.0, 'bottom': 5.0, 'label': 'cat'}]
    """
    cells = [None if row is None else [mark._asdict() for mark in row] for row in rows]
    return pl.Series(name, cells, dtype=BOXES, strict=False)


def listed(column: pl.Series) -> list[tuple[Mark, ...] | None]:
    """The boxes of each row of a column that `stored` made."""
    return [None if row is None else tuple(Mark(*(box[name] for name in Mark._fields)) for box in row)
            for row in column.to_list()]  # fmt: skip


def rectangles(marks: Sequence[tuple[Any, ...]]) -> npt.NDArray[np.float64]:
    """The places of boxes as an array, float64 [boxes, 4]: left, top, right, bottom."""
    return np.array([mark[:4] for mark in marks], dtype=np.float64).reshape(-1, 4)


def cast(column: pl.Series) -> pl.Series:
    """A column of boxes however they are written (JSON in a cell, lists, objects) as `stored` has them.

    >>> cast(pl.Series("boxes", ['[[0, 0, 9, 5, "cat"]]', "[]", "?"])).to_list()[1:]
    [[], None]
    """
    if column.dtype == BOXES and not lists.has_gaps(column, Mark._fields):
        return column
    return stored(column.name, [lists.read_cell(cell, read_box) for cell in column.to_list()])


def holds(column: pl.Series) -> bool:
    """Whether the cells are lists of boxes, but for a few mistakes."""
    return lists.holds(column, BOXES, read_box)


def read_box(written: Any) -> Mark | None:
    """One box: [left, top, right, bottom, label], or an object with its sides and label under their usual names.

    An object may have width and height instead of right and bottom.

    >>> read_box({"xmin": 1, "ymin": 2, "xmax": 5, "ymax": 6, "class": "cat"})
    Mark(left=1.0, top=2.0, right=5.0, bottom=6.0, label='cat')
    """
    if isinstance(written, Mapping):
        return _read_object(written)
    if not (isinstance(written, list | tuple) and len(written) == 5):
        return None
    return _mark(written[:4], written[4])


def _read_object(written: Mapping[str, Any]) -> Mark | None:
    left, top = (_first(written, names, ("x", "y")[axis]) for axis, names in enumerate(SIDES))
    right, bottom = (_first(written, names) for names in ENDS)
    if right is None and bottom is None and {"width", "height"} <= written.keys():
        near, size = (left, top), (written["width"], written["height"])
        if not all(map(_number, (*near, *size))):
            return None
        right, bottom = near[0] + size[0], near[1] + size[1]
    return _mark((left, top, right, bottom), _first(written, LABELS))


def _first(written: Mapping[str, Any], names: Sequence[str], *others: str) -> Any:
    return next((written[name] for name in (*names, *others) if written.get(name) is not None), None)


def _mark(sides: Sequence[Any], label: Any) -> Mark | None:
    if not all(map(_number, sides)) or not isinstance(label, str) or not label.strip():
        return None
    left, top, right, bottom = map(float, sides)
    return Mark(left, top, right, bottom, label.strip())


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
