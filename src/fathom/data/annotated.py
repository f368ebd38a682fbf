"""Exports of annotation tools: spaCy, Doccano, Prodigy, Label Studio as JSON; one row a span in a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from fathom.data.conll import ENTITIES, TEXT
from fathom.data.kinds import Kind
from fathom.data.lists import SHARE
from fathom.data.spans import ENDS, LABELS, STARTS, Span, read_cell, read_span, stored
from fathom.messages import phrase, plural

TEXTS = ("text", "sentence", "content", "document", "문장", "본문")
LISTS = ("entities", "spans", "label", "labels", "ner", "annotations")
LOOK = 200  # rows that tell
FITTING = 0.95  # share of a table's spans that lie inside their text, where it holds spans at all


def unfolded(rows: list[Any]) -> tuple[pl.DataFrame, tuple[str, ...]] | None:
    """`text`, `entities` and the plain columns of an annotation tool's rows; None where they are none.

    A few rows whose spans cannot be read have none, and a notice says so.

    >>> frame, notices = unfolded([{"text": "to Seoul", "label": [[3, 8, "city"]]}])
    >>> frame["entities"].to_list()
    [[{'start': 3, 'end': 8, 'label': 'city'}]]
    """
    for name, reader in _READERS.items():
        if not _fits([reader(row) for row in rows[:LOOK]]):
            continue
        read = [reader(row) for row in rows]
        if not _fits(read):
            continue
        whole = _whole(rows, read)
        if whole is None:
            continue
        kept, misfits = whole
        texts = pl.Series(TEXT, [text for text, _, _ in kept], dtype=pl.String)
        spans = stored(ENTITIES, [found for _, found, _ in kept])
        others = _plain([more for _, _, more in kept])
        said = phrase(
            "Read as texts with spans ({tool}): {rows:,} texts, {spans:,} spans.",
            tool=name,
            rows=len(kept),
            spans=int(spans.list.len().sum() or 0),
        )
        return pl.DataFrame([texts, spans, *others]), (said, *misfits)
    return None


Row = tuple[str | None, list[Span] | None, dict[str, Any]]


def _fits(read: list[Row | None]) -> bool:
    there = [row for row in read if row is not None]
    return len(there) >= SHARE * len(read) and any(row[1] for row in there)


def _whole(rows: list[Any], read: list[Row | None]) -> tuple[list[Row], tuple[str, ...]] | None:
    """All rows, those whose spans cannot be read without any, and a notice of these; None where a row has no text."""
    if None not in read:
        return [row for row in read if row is not None], ()
    good = [row for row, found in zip(rows, read, strict=True) if found is not None and isinstance(row, Mapping)]
    names = [name for name in LISTS if any(read_cell(row.get(name)) is not None for row in good)]
    kept: list[Row] = []
    bad: list[tuple[int, Any]] = []
    for number, (row, found) in enumerate(zip(rows, read, strict=True), start=1):
        if found is not None:
            kept.append(found)
            continue
        rest = _without_spans(row, names)
        if rest is None:
            return None
        kept.append(rest[0])
        if rest[1] is not None:
            bad.append((number, rest[1]))
    return kept, _told(bad)


def _without_spans(row: Any, names: list[str]) -> tuple[Row, Any] | None:
    """A row without the spans that cannot be read, and what stands in their place; None where it has no text."""
    if isinstance(row, list) and len(row) == 2 and isinstance(row[0], str) and isinstance(row[1], Mapping):
        return (row[0], None, {}), row[1].get("entities")
    text = next((name for name in TEXTS if isinstance(row.get(name), str)), None) if isinstance(row, Mapping) else None
    if text is None:
        return None
    others = {key: value for key, value in row.items() if key not in (text, *names)}
    return (row[text], None, others), next((row[name] for name in names if row.get(name) is not None), None)


def _told(bad: list[tuple[int, Any]]) -> tuple[str, ...]:
    if not bad:
        return ()
    row, value = bad[0]
    text = str(value)
    return (
        plural(
            len(bad),
            "Column '{name}': {count:,} value is not of kind {kind} and counts as missing ({shown} in row {row:,}).",
            "Column '{name}': {count:,} values are no {kind} and count as missing (first: {shown} in row {row:,}).",
            name=ENTITIES,
            kind=Kind.SPANS,
            shown=f"'{text if len(text) <= 40 else text[:37] + '...'}'",
            row=row,
        ),
    )


def _pair(row: Any) -> Row | None:
    """SpaCy's older form: [text, {"entities": [[start, end, label]]}]."""
    if not (isinstance(row, list) and len(row) == 2 and isinstance(row[0], str) and isinstance(row[1], Mapping)):
        return None
    spans = read_cell(row[1].get("entities"))
    return None if spans is None else (row[0], spans, {})


def _object(row: Any) -> Row | None:
    """A text and a list of spans under their usual names, as spaCy, Prodigy and Doccano write them."""
    if not isinstance(row, Mapping):
        return None
    text = next((name for name in TEXTS if isinstance(row.get(name), str)), None)
    lists = [name for name in LISTS if isinstance(row.get(name), list) and read_cell(row[name]) is not None]
    if text is None or not lists:
        return None
    full = next((name for name in lists if row[name]), lists[0])
    others = {key: value for key, value in row.items() if key not in (text, *lists)}
    return row[text], read_cell(row[full]), others


def _label_studio(row: Any) -> Row | None:
    """A task of Label Studio: its text, and the regions of its first annotation that was not cancelled."""
    if not isinstance(row, Mapping) or not isinstance(row.get("data"), Mapping):
        return None
    data = row["data"]
    text = next((data[name] for name in TEXTS if isinstance(data.get(name), str)), None)
    made = row.get("annotations", row.get("completions"))
    if text is None or not isinstance(made, list):
        return None
    others = {key: value for key, value in data.items() if value is not text}
    done = [each for each in made if isinstance(each, Mapping) and not each.get("was_cancelled")]
    if not done:
        return text, None, others
    values = [each["value"] for each in done[0].get("result", []) if isinstance(each.get("value"), Mapping)]
    spans = [read_span(value) for value in values if "labels" in value]
    return text, [span for span in spans if span is not None], others


_READERS = {"Label Studio": _label_studio, "spaCy": _pair, "JSON": _object}


def _plain(rows: list[dict[str, Any]]) -> list[pl.Series]:
    """The columns of single values beside text and spans, as text where they disagree; none that is called the same."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = []
    for name in names:
        cells = [row.get(name) for row in rows]
        if name in (TEXT, ENTITIES) or any(isinstance(cell, list | Mapping) for cell in cells):
            continue
        if len({type(cell) for cell in cells if cell is not None}) > 1:
            cells = [None if cell is None else str(cell) for cell in cells]
        columns.append(pl.Series(str(name), cells))
    return columns


def folded(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """A table with one span a row (text, start, end, label) as one row a text with its `entities`; others unchanged.

    >>> long = pl.DataFrame({"text": ["to Seoul"], "start": ["3"], "end": ["8"], "label": ["city"]})
    >>> folded(long)[0]["entities"].to_list()
    [[{'start': 3, 'end': 8, 'label': 'city'}]]
    """
    names = [_named(frame, each) for each in (TEXTS, STARTS, ENDS, LABELS)]
    if None in names or ENTITIES in frame.columns:
        return frame, ()
    text, start, end, label = (frame[name] for name in names if name)
    if text.dtype != pl.String or label.dtype != pl.String:
        return frame, ()
    places = [each.cast(pl.Int64, strict=False) for each in (start, end)]
    length = text.str.len_chars().cast(pl.Int64)
    given = start.is_not_null() & label.is_not_null()
    fits = (places[0] >= 0) & (places[0] < places[1]) & (places[1] <= length)
    if not given.any() or int((fits & given).sum()) < FITTING * int(given.sum()):
        return frame, ()
    return _grouped(frame, text, places, label, given)


def _named(frame: pl.DataFrame, known: tuple[str, ...]) -> str | None:
    return next((name for name in frame.columns if name.strip().casefold() in known), None)


def _grouped(
    frame: pl.DataFrame, text: pl.Series, places: list[pl.Series], label: pl.Series, given: pl.Series
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """One row for each different text, with its spans and those other columns that say one thing of it."""
    spans: dict[str | None, list[Span]] = {}
    for words, start, end, name, there in zip(text, *places, label, given, strict=True):
        row = spans.setdefault(words, [])
        if there:
            row.append((start, end, name))
    kept = {text.name, label.name, *(place.name for place in places)}
    others = pl.DataFrame([text.alias("\0text"), *(frame[name] for name in frame.columns if name not in kept)])
    once = others.group_by("\0text", maintain_order=True).agg(pl.all().n_unique().name.prefix("\0"), pl.all().first())
    single = [name for name in frame.columns if name not in kept and (once[f"\0{name}"] == 1).all()]
    column = stored(ENTITIES, spans.values())
    said = phrase(
        "Read as one span a row ({columns}): {rows:,} texts, {spans:,} spans.",
        columns=", ".join([text.name, *(place.name for place in places), label.name]),
        rows=len(spans),
        spans=int(column.list.len().sum()),
    )
    texts = pl.Series(TEXT, list(spans), dtype=pl.String)
    return pl.DataFrame([texts, column, *(once[name] for name in single if name != TEXT)]), (said,)
