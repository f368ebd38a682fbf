"""Objects of other libraries, in memory: pandas, Polars, Arrow, NumPy, dicts and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.columnar import flat, frame_of_rows
from fathom.data.media import encode
from fathom.errors import DataError
from fathom.messages import phrase

SMALLEST_PICTURE = 4  # pixels a side; an array of thinner slices is no pictures


def frame_of(source: Any) -> pl.DataFrame:
    """The object as a frame; a DataError that says what can be read for anything else."""
    if isinstance(source, pl.LazyFrame):
        source = source.collect()
    if isinstance(source, pl.DataFrame):
        return source.clone()
    if isinstance(source, pl.Series):
        return source.to_frame()
    if isinstance(source, np.ndarray):
        return _of_array(source)
    if isinstance(source, Mapping):
        return _of_columns(source)
    if isinstance(source, Sequence) and not isinstance(source, str | bytes):
        return flat(frame_of_rows(list(source)))
    return _of_table(source)


def _of_table(source: Any) -> pl.DataFrame:
    """Anything with columns: pandas by its own values, others by the Arrow interface."""
    try:
        if type(source).__module__.split(".")[0] == "pandas":
            return _of_pandas(source)
        if hasattr(source, "__arrow_c_stream__") or type(source).__module__.startswith("pyarrow"):
            frame = pl.from_arrow(source)
            return frame.to_frame() if isinstance(frame, pl.Series) else flat(frame)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise DataError(
            phrase("The {name} cannot be read: {error}.", name=type(source).__name__, error=error)
        ) from error
    raise DataError(
        phrase("A {name} is no data that can be read.", name=type(source).__name__),
        remedy=phrase(
            "Give a path, a pandas, Polars or Arrow table, a NumPy array, a dict of columns or a list of rows."
        ),
    )


def _of_pandas(source: Any) -> pl.DataFrame:
    """A pandas frame or series, column by column, so that one odd column does not spoil the rest.

    An index of times is a column too, with the levels beside it: it is where pandas keeps the times of series.
    """
    frame = source.to_frame() if not hasattr(source, "columns") else source
    columns = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    pairs = list(zip(columns, (frame.iloc[:, place] for place in range(frame.shape[1])), strict=True))
    return _of_columns([*(each for each in _of_index(frame.index) if each[0] not in columns), *pairs])


def _of_index(index: Any) -> list[tuple[str, Any]]:
    """Name and values of each level of an index that holds times; nothing of any other, which numbers or names rows."""
    levels = [index.get_level_values(place) for place in range(index.nlevels)]
    timed = [str(each.dtype).startswith(("datetime64", "period")) for each in levels]
    if not any(timed):
        return []
    values = [each.to_timestamp() if str(each.dtype).startswith("period") else each for each in levels]
    unnamed = ("time" if is_time else f"level {place}" for place, is_time in enumerate(timed))
    return [
        (usual if each.name is None else str(each.name), each.to_series())
        for each, usual in zip(values, unnamed, strict=True)
    ]


def _of_columns(source: Mapping[Any, Any] | list[tuple[str, Any]]) -> pl.DataFrame:
    pairs = list(source.items()) if isinstance(source, Mapping) else source
    series = [_series(str(name), values) for name, values in pairs]
    heights = {each.name: len(each) for each in series}
    if len(set(heights.values())) > 1:
        raise DataError(
            phrase("The columns are of different lengths: {heights}.", heights=heights),
            remedy=phrase("Give equally long columns."),
        )
    names = [each.name for each in series]
    plain = pl.DataFrame([each.alias(str(place)) for place, each in enumerate(series)])
    if len(set(names)) < len(names):  # Polars refuses two of a name; reading renames the second
        seen: dict[str, int] = {}
        for place, name in enumerate(names):
            seen[name] = seen.get(name, 0) + 1
            names[place] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    plain.columns = names
    return flat(plain)


def _series(name: str, values: Any) -> pl.Series:
    if isinstance(values, pl.Series):
        return values.alias(name)
    if isinstance(values, np.ndarray) and values.ndim > 1:
        return pl.Series(name, pictures(values), dtype=pl.Binary)
    if type(values).__module__.split(".")[0] == "pandas":
        return _pandas_series(name, values)
    if isinstance(values, np.ndarray) and values.dtype != object:
        return pl.Series(name, values)
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        raise DataError(
            phrase("Column '{name}' holds one {kind}, not a list of values.", name=name, kind=type(values).__name__)
        )
    return frame_of_rows([{name: _plain(value)} for value in values])[name] if len(values) else pl.Series(name, [])


def _pandas_series(name: str, values: Any) -> pl.Series:
    """Types of pandas by NumPy where that keeps them; mixed objects by their values."""
    kind = str(values.dtype)
    if kind == "category":
        return pl.Series(name, [_plain(value) for value in values.astype(object)]).cast(pl.String).cast(pl.Categorical)
    array = values.to_numpy()
    if array.dtype.kind in "biufM":
        return pl.Series(name, array)
    return frame_of_rows([{name: _plain(value)} for value in values.tolist()])[name]


def _plain(value: Any) -> Any:
    """NumPy scalars as Python's; pandas' and NumPy's missing values as None."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, float) and value != value:
        return None
    return value.item() if isinstance(value, np.generic) else value


def _of_array(array: npt.NDArray[Any]) -> pl.DataFrame:
    """[rows], [rows, columns], or pictures [rows, height, width(, channels)]."""
    if array.ndim <= 2:
        columns = np.atleast_2d(array.T)
        return _of_columns({f"x{place}": column for place, column in enumerate(columns, start=1)})
    return pl.DataFrame({"image": pl.Series(pictures(array), dtype=pl.Binary)})


def pictures(array: npt.NDArray[Any]) -> list[bytes]:
    """PNG bytes of uint8, or of numbers scaled to 0..255: [rows, height, width] or [rows, height, width, 1 or 3 or 4].

    Numbers up to 1 count as shares of white; larger ones as they are, unless they pass 255.
    """
    fits = array.ndim == 3 or (array.ndim == 4 and array.shape[3] in (1, 3, 4))
    if not fits or min(array.shape[1:3]) < SMALLEST_PICTURE or not np.issubdtype(array.dtype, np.number):
        raise DataError(
            phrase(
                "An array of shape {shape} and type {dtype} is neither a table nor pictures.",
                shape=array.shape,
                dtype=array.dtype,
            ),
            remedy=phrase("Pictures are numbers of shape [rows, height, width] or [rows, height, width, 1, 3 or 4]."),
        )
    if array.dtype != np.uint8:
        if not np.isfinite(array).all() or (array.size and array.min() < 0):
            raise DataError(
                phrase("Pictures hold negative or infinite numbers."), remedy=phrase("Scale them to 0..1 or 0..255.")
            )
        top = float(array.max(initial=0))
        scale = 255.0 if top <= 1 else 1.0 if top <= 255 else 255.0 / top
        array = np.round(array * scale).astype(np.uint8)
    return [encode(picture) for picture in array]
