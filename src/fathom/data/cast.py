"""Raw values to the storage that a dataset keeps for each kind."""

from __future__ import annotations

import polars as pl

from fathom.data import boxes, label_lists, numbers, spans, times
from fathom.data.kinds import MEDIA_KINDS, Column, Kind

MARKERS = ("", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "-", "--", "—")
SPOKEN = (
    "none",
    "None",
    "NONE",
    "na",
    "unknown",
    "Unknown",
    ".",
    "missing",
    "없음",
    "미상",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
)
IMAGE_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*")


def texts(series: pl.Series) -> pl.Series:
    """Values as trimmed text; null where a marker ("?", "NA", "-" ...) stands for a missing value.

    >>> texts(pl.Series([" a ", "?", None])).to_list()
    ['a', None, None]
    """
    trimmed = as_text(series).str.strip_chars()
    return trimmed.set(trimmed.is_in(MARKERS), None)


def _texts(series: pl.Series) -> pl.Series:
    """Free text to the letter, blanks at its ends too: spans count characters from its beginning."""
    whole = as_text(series)
    return whole.set(whole.str.strip_chars().is_in(MARKERS), None)


def present(series: pl.Series, kind: Kind) -> pl.Series:
    """Where there is a value at all, Boolean; what says "none" in a column of numbers or times is none."""
    if series.dtype.is_float():
        return (series.is_not_null() & series.is_not_nan()).fill_null(False)
    if series.dtype != pl.String:
        return series.is_not_null()
    words = texts(series)
    if kind in (Kind.NUMBER, Kind.TIME):
        words = words.set(words.is_in(SPOKEN), None)
    return words.is_not_null()


def cast(series: pl.Series, column: Column) -> pl.Series:
    """The column's values as a dataset stores them; null where a value is missing or does not fit.

    >>> cast(pl.Series("price", ["1,200", "?"]), Column("price", Kind.NUMBER)).to_list()
    [1200.0, None]
    """
    if column.kind == Kind.NUMBER:
        values = _numbers(series, column.format)
    elif column.kind == Kind.TIME:
        values = _times(series, column.format)
    elif column.kind in MEDIA_KINDS:
        values = _media(series)
    elif column.kind == Kind.CATEGORY:
        values = _categories(series, column.categories)
    elif column.kind == Kind.SPANS:
        values = spans.cast(series)
    elif column.kind == Kind.BOXES:
        values = boxes.cast(series)
    elif column.kind == Kind.LABELS:
        values = label_lists.cast(series, column.format)
    elif column.kind == Kind.TEXT:
        values = _texts(series)
    else:
        values = texts(series)
    return values.alias(column.name)


def as_text(series: pl.Series) -> pl.Series:
    """Any values as text; whole numbers without a decimal point, so that 1, 1.0 and "1" are one label."""
    if series.dtype == pl.String:
        return series
    if series.dtype.is_float():
        whole = series.is_finite() & (series == series.floor()) & (series.abs() < 2**53)
        as_whole = series.set(~whole, None).cast(pl.Int64).cast(pl.String)
        return as_whole.zip_with(whole.fill_null(True), series.cast(pl.String))
    if series.dtype.is_nested() or series.dtype in (pl.Object, pl.Binary):
        return pl.Series(series.name, [None if value is None else str(value) for value in series], dtype=pl.String)
    return series.cast(pl.String)


def _numbers(series: pl.Series, format: str) -> pl.Series:
    kind = series.dtype
    if kind.is_numeric() or kind == pl.Boolean or kind == pl.Null:
        values = series.cast(pl.Float64)
        return values.set(~values.is_finite(), None)
    if isinstance(kind, pl.Duration):
        return series.dt.total_microseconds().cast(pl.Float64) / 1e6
    if kind == pl.Time:
        return series.cast(pl.Int64).cast(pl.Float64) / 1e9
    if kind.is_temporal():
        return pl.Series(series.name, [None] * len(series), dtype=pl.Float64)
    return numbers.parse(texts(series), format)


def _times(series: pl.Series, format: str) -> pl.Series:
    if series.dtype == pl.Date or isinstance(series.dtype, pl.Datetime):
        return times.plausible(times.without_zone(series, format))
    if series.dtype.is_numeric() and format in times.COUNTED:
        return times.parse(series, format)
    if series.dtype != pl.String and not series.dtype.is_integer():
        return pl.Series(series.name, [None] * len(series), dtype=pl.Datetime("us"))
    words = texts(series)
    values = times.parse(words, format) if format else words.clear(len(words)).cast(pl.Datetime("us"))
    for iso in times.ISO:  # a service is sent ISO times whatever the training file used
        rest = (values.is_null() & words.is_not_null()).arg_true()
        if not len(rest):
            break
        values = values.scatter(rest, times.parse(words.gather(rest), iso))
    return values


def _media(series: pl.Series) -> pl.Series:
    """Encoded media as they are, paths as trimmed text."""
    if series.dtype == pl.Binary:
        return series
    if isinstance(series.dtype, pl.Struct):  # {bytes, path}, as dataset hubs store pictures
        names = [field.name for field in series.dtype.fields]
        return series.struct.field("bytes" if "bytes" in names else names[0])
    return texts(series)


def _categories(series: pl.Series, known: tuple[str, ...]) -> pl.Series:
    if series.dtype != pl.Boolean:
        return texts(series)
    spelled = {name.lower(): name for name in known}  # "True" in the training file, true in a request
    words = {True: spelled.get("true", "true"), False: spelled.get("false", "false")}
    return series.replace_strict(words, return_dtype=pl.String)


def looks_encoded(series: pl.Series) -> bool:
    """Whether bytes are pictures, by how they begin."""
    first = series.drop_nulls().head(5).to_list()
    return bool(first) and all(value.startswith(IMAGE_MAGIC) for value in first)
