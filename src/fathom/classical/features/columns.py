"""Columns of a frame as NumPy arrays: quick for one row (serving) and for a million."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
FEW_ROWS = 256  # up to here a Python loop over a category's cells beats setting up a vectorised look-up
DAY = 86_400_000_000  # microseconds
EPOCH, MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)
NAN = float("nan")


def numbers(frame: pl.DataFrame, names: Sequence[str]) -> Floats:
    """Number columns as float64 [rows, names]; NaN where there is no value.

    >>> numbers(pl.DataFrame({"a": [1.0, None]}), ["a"]).tolist()
    [[1.0], [nan]]
    """
    matrix = np.empty((frame.height, len(names)))
    for position, name in enumerate(names):
        matrix[:, position] = frame.get_column(name).to_numpy()  # a null becomes NaN
    return matrix


def codes(cells: pl.Series, positions: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """Each cell's position; -1 where it is missing, -2 where it is unseen.

    >>> codes(pl.Series(["b", None, "z"]), {"a": 0, "b": 1}).tolist()
    [1, -1, -2]
    """
    if len(cells) <= FEW_ROWS:
        look = positions.get
        return np.array([-1 if cell is None else look(cell, -2) for cell in cells.to_list()], dtype=np.int64)
    if not positions:
        return np.where(cells.is_null().to_numpy(), -1, -2)
    known = cells.replace_strict(positions, default=-2, return_dtype=pl.Int64)
    return known.set(cells.is_null(), -1).to_numpy()


def microseconds(cells: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """A time column as microseconds since 1970, and where a value is missing (there the time is 0)."""
    missing = cells.is_null().to_numpy()
    return cells.to_physical().fill_null(0).to_numpy().astype(np.int64), missing


PARTS = ("day", "year", "month", "day of month", "weekday", "hour")


def time_parts(cells: pl.Series) -> Floats:
    """A time column as float64 [rows, PARTS]; NaN where there is no value. Weekday 0 is Monday; days count from 1970.

    >>> from datetime import datetime
    >>> time_parts(pl.Series([datetime(2024, 2, 29, 6, 30)])).tolist()
    [[19782.270833333332, 2024.0, 2.0, 29.0, 3.0, 6.5]]
    """
    instants, missing = microseconds(cells)
    days = instants // DAY
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    parts = np.empty((len(instants), len(PARTS)))
    parts[:, 0] = instants / DAY
    parts[:, 1] = months.astype("datetime64[Y]").astype(np.int64) + 1970
    parts[:, 2] = months.astype(np.int64) % 12 + 1
    parts[:, 3] = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    parts[:, 4] = (days + 3) % 7
    parts[:, 5] = (instants % DAY) / (DAY / 24)
    parts[missing] = np.nan
    return parts


def time_parts_of(cell: datetime | None) -> tuple[float, ...]:
    """What `time_parts` says of one time.

    >>> time_parts_of(datetime(2024, 2, 29, 6, 30))
    (19782.270833333332, 2024, 2, 29, 3, 6.5)
    """
    if cell is None:
        return (NAN,) * len(PARTS)
    instant = (cell - EPOCH) // MICROSECOND
    hour = (instant % DAY) / (DAY / 24)
    return float(instant) / DAY, cell.year, cell.month, cell.day, cell.weekday(), hour
