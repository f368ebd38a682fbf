"""What each column holds: kinds found from the values, with a reason a person understands."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from fathom.data import boxes, label_lists, spans, times
from fathom.data.cast import cast, looks_encoded, present
from fathom.data.guess import guess_text, identifies_rows
from fathom.data.kinds import MEDIA_KINDS, MOST_CATEGORIES, Column, Kind
from fathom.errors import DataError
from fathom.messages import phrase, plural

TEXT = "text"  # what readers of annotated text call its column
Kinds = Mapping[str, "str | Kind"]


def infer(frame: pl.DataFrame, folder: Path | None, kinds: Kinds | None = None) -> tuple[Column, ...]:
    """A `Column` for each column of a raw frame; `kinds` overrides what would be found.

    >>> raw = pl.DataFrame({"age": ["31", "?", "64"], "sex": ["f", "m", "f"]})
    >>> [(column.name, str(column.kind)) for column in infer(raw, None)]
    [('age', 'number'), ('sex', 'category')]
    """
    return inferred(frame, folder, kinds)[0]


def typed(frame: pl.DataFrame, columns: tuple[Column, ...], where: str = "") -> pl.DataFrame:
    """The frame in canonical types; a value that does not fit its column becomes missing.

    `where` names the source in the DataError for a column that the frame lacks.
    """
    for column in columns:
        if column.name not in frame.columns:
            raise DataError(
                phrase("There is no column '{name}'.", name=column.name),
                where=where,
                remedy=phrase("It has: {columns}.", columns=frame.columns),
            )
    return pl.DataFrame([cast(frame[column.name], column) for column in columns])


def inferred(
    frame: pl.DataFrame, folder: Path | None, kinds: Kinds | None = None
) -> tuple[tuple[Column, ...], pl.DataFrame, tuple[str, ...]]:
    """The columns, the typed frame and notices about values that did not fit, in one pass over the data."""
    chosen = _chosen(frame, kinds or {})
    columns, values, notices = [], [], []
    guesses = _beside_spans([_guess(series, folder) for series in frame])
    for series, column in zip(frame, guesses, strict=True):
        if series.name in chosen:
            column = _override(series, column, chosen[series.name])
        stored = cast(series, column)
        columns.append(_described(column, stored))
        values.append(stored)
        notices += misfits(series, stored, column)
    return tuple(columns), pl.DataFrame(values), tuple(notices)


def _beside_spans(columns: list[Column]) -> list[Column]:
    """The columns, where there are spans with what they are stretches of as text however short it is."""
    named = next((column.name for column in columns if column.kind == Kind.SPANS), None)
    if named is None or any(column.kind == Kind.TEXT and not column.ignored for column in columns):
        return columns
    words = [column for column in columns if column.kind in (Kind.CATEGORY, Kind.TEXT)]
    text = next((column for column in words if column.name == TEXT), words[0] if len(words) == 1 else None)
    reason = phrase("the text that '{name}' are stretches of", name=named)
    return [Column(each.name, Kind.TEXT, reason=reason) if each is text else each for each in columns]


def misfits(series: pl.Series, stored: pl.Series, column: Column) -> list[str]:
    """A notice where values were there and did not fit: how many, and the first of them."""
    if column.kind in MEDIA_KINDS or stored.null_count() == series.null_count():
        return []
    lost = (present(series, column.kind) & stored.is_null()).arg_true()
    if not len(lost):
        return []
    first = lost[0]
    return [
        plural(
            len(lost),
            "Column '{name}': {count:,} value is not of kind {kind} and counts as missing ({shown} in row {row:,}).",
            "Column '{name}': {count:,} values are no {kind} and count as missing (first: {shown} in row {row:,}).",
            name=column.name,
            kind=column.kind,
            shown=_shown(series[first]),
            row=first + 1,
        )
    ]


def _shown(value: object) -> str:
    value = value.to_list() if isinstance(value, pl.Series) else value
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"'{text if len(text) <= 40 else text[:37] + '...'}'"


def _chosen(frame: pl.DataFrame, kinds: Kinds) -> dict[str, Kind]:
    """The overrides, checked."""
    names = [str(kind) for kind in Kind]
    for name, kind in kinds.items():
        if name not in frame.columns:
            near = difflib.get_close_matches(name, frame.columns, n=1)
            remedy = (
                phrase("Did you mean '{near}'?", near=near[0])
                if near
                else phrase("The columns are: {names}.", names=", ".join(frame.columns[:20]))
            )
            raise DataError(phrase("There is no column '{name}' to set the kind of.", name=name), remedy=remedy)
        if str(kind) not in names:
            raise DataError(
                phrase("There is no kind '{kind}'.", kind=kind),
                where=phrase("column '{name}'", name=name),
                remedy=phrase("One of {names}.", names=names),
            )
    return {name: Kind(str(kind)) for name, kind in kinds.items()}


def _override(series: pl.Series, found: Column, kind: Kind) -> Column:
    """The column as the person says; a DataError where not one value fits."""
    if kind == found.kind:
        return replace(found, reason=phrase("as you said"), ignored="")
    column = Column(series.name, kind, reason=phrase("as you said"))
    if kind in (Kind.NUMBER, Kind.TIME):
        column = replace(column, format=guess_text(series, None, only=kind).format)
    if kind == Kind.LABELS:
        column = replace(column, format=label_lists.separator(series))
    if series.null_count() < len(series) and cast(series, column).null_count() == len(series):
        raise DataError(
            phrase(
                "Not one value of '{name}' is a {kind}; the first is {shown}.",
                name=series.name,
                kind=kind,
                shown=_shown(series.drop_nulls()[0]),
            ),
            where=phrase("column '{name}'", name=series.name),
            remedy=phrase(
                "It was taken for a {kind} ({reason}); leave it so, or mend the values.",
                kind=found.kind,
                reason=found.reason,
            ),
        )
    return column


def _guess(series: pl.Series, folder: Path | None) -> Column:
    """The kind from the storage type where it tells, from the values where it is text."""
    name, storage = series.name, series.dtype
    if series.null_count() == len(series):
        return Column(name, Kind.CATEGORY, reason=phrase("no row has a value"), ignored="empty")
    if listed := _guess_lists(series):
        return listed
    if storage == pl.String:
        return guess_text(series, folder)
    if storage.is_numeric():
        return _guess_number(series)
    if storage == pl.Boolean:
        return Column(name, Kind.CATEGORY, reason=phrase("true or false"))
    if storage == pl.Date or isinstance(storage, pl.Datetime):
        return Column(name, Kind.TIME, reason=phrase("stored as dates"), format=_zone(series))
    if isinstance(storage, pl.Categorical | pl.Enum):
        return Column(name, Kind.CATEGORY, reason=phrase("stored as labels"))
    if storage.is_temporal():
        return Column(name, Kind.NUMBER, reason=phrase("a length of time, in seconds"))
    return _guess_nested(series)


def _zone(series: pl.Series) -> str:
    """The format of stored times that have a zone of their own, for what it says of the zone; "" for others."""
    if not isinstance(series.dtype, pl.Datetime) or not series.dtype.time_zone:
        return ""
    said = times.zone_of(times.without_zone(series, times.LOCAL), times.without_zone(series))
    return said + times.ISO[0] if said else ""


def _guess_lists(series: pl.Series) -> Column | None:
    """The kind of a column of lists; None for another."""
    if spans.holds(series):
        return Column(series.name, Kind.SPANS, reason=phrase("lists of start, end and label"))
    if boxes.holds(series):
        return Column(series.name, Kind.BOXES, reason=phrase("lists of left, top, right, bottom and label"))
    if label_lists.holds(series):
        return Column(series.name, Kind.LABELS, reason=phrase("lists of labels"))
    return None


def _guess_number(series: pl.Series) -> Column:
    if ignored := identifies_rows(series):
        return Column(series.name, Kind.NUMBER, reason=ignored, ignored="identifier")
    return Column(series.name, Kind.NUMBER, reason=phrase("stored as numbers"))


def _guess_nested(series: pl.Series) -> Column:
    storage = series.dtype
    if storage == pl.Binary and looks_encoded(series):
        return Column(series.name, Kind.IMAGE, reason="encoded pictures")
    if isinstance(storage, pl.Struct) and "bytes" in [field.name for field in storage.fields]:
        return Column(series.name, Kind.IMAGE, reason="encoded pictures")
    return Column(
        series.name, Kind.TEXT, reason=phrase("stored as {storage}", storage=storage), ignored="nested values"
    )


def _described(column: Column, stored: pl.Series) -> Column:
    """The column with what its stored values look like."""
    missing = stored.null_count() / len(stored) if len(stored) else 0.0
    column = replace(column, missing=round(missing, 6))
    if column.kind in MEDIA_KINDS:
        return column
    if column.kind in (Kind.SPANS, Kind.LABELS, Kind.BOXES):
        return column
    if not column.ignored and _constant(stored):
        column = replace(column, ignored="constant", reason=phrase("every row says {value}", value=_shown(stored[0])))
    if column.kind == Kind.NUMBER and missing < 1:
        low, high, middle = stored.min(), stored.max(), stored.median()
        return replace(column, low=_float(low), high=_float(high), middle=_float(middle))
    if column.kind == Kind.CATEGORY:
        return replace(column, categories=_categories(stored))
    return column


def _constant(stored: pl.Series) -> bool:
    """Whether all rows have the same value; the first rows mostly tell."""
    if len(stored) < 2 or stored.null_count():
        return False
    return stored.head(100).n_unique() == 1 and stored.n_unique() == 1


def _categories(stored: pl.Series) -> tuple[str, ...]:
    """The most frequent first; equals by name, so that the same data gives the same order."""
    counts = stored.drop_nulls().alias("value").value_counts(name="rows")
    return tuple(counts.sort(["rows", "value"], descending=[True, False])["value"].head(MOST_CATEGORIES))


def _float(value: object) -> float:
    return float(value)  # type: ignore[arg-type]
