"""What scikit-learn's callers hand over, as a frame and as typed columns: arrays of numbers, objects, frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.infer import infer, typed
from fathom.data.kinds import Kind
from fathom.data.read import raw
from fathom.errors import DataError
from fathom.messages import phrase


def is_frame(data: Any) -> bool:
    """Whether this is a pandas, Polars or Arrow table, whose columns have names and types of their own."""
    return hasattr(data, "columns") and (hasattr(data, "iloc") or hasattr(data, "schema"))


def input_frame(data: Any) -> pl.DataFrame:
    """The columns of a table, without its index, or of an array [rows, columns], which get the names x0, x1 ...

    >>> input_frame(np.array([[1.0, np.nan]]))["x1"].to_list()
    [None]
    """
    if is_frame(data):
        frame = raw(data.reset_index(drop=True) if hasattr(data, "reset_index") else data)[0]
    else:
        frame = pl.DataFrame({f"x{i}": _series(values) for i, values in enumerate(np.asarray(data).T)})
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    frame = frame.with_columns(pl.col(floats).fill_nan(None))
    if frame.select(pl.any_horizontal(pl.col(floats).is_infinite().any())).item() if floats else False:
        raise DataError(
            phrase("X holds infinity."), remedy=phrase("Replace infinities by large numbers or by missing values.")
        )
    return frame


def typed_inputs(frame: pl.DataFrame) -> Dataset:
    """The frame as a dataset whose kinds follow the types alone: every column that was handed over is an input."""
    kinds = {name: _kind(dtype) for name, dtype in frame.schema.items()}
    columns = tuple(replace(column, ignored="") for column in infer(frame, None, kinds))
    return Dataset(typed(frame, columns, ""), columns)


def _series(values: npt.NDArray[Any]) -> pl.Series:
    """A column of an array: numbers where all values are numbers, else text."""
    if values.dtype.kind in "biuf":
        return pl.Series(values.astype(np.float64))
    try:
        return pl.Series(np.array([np.nan if value is None else float(value) for value in values]))
    except ValueError:
        return pl.Series([None if value is None or value != value else str(value) for value in values], dtype=pl.String)


def _kind(dtype: pl.DataType) -> Kind:
    if dtype.is_numeric():
        return Kind.NUMBER
    return Kind.TIME if dtype.is_temporal() else Kind.CATEGORY
