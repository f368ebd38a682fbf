"""Columns: what each was taken for, and which say nothing."""

from __future__ import annotations

from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind

MOSTLY_MISSING = 0.5
SENTINELS = (-999.0, -9999.0, -99.0, 999.0, 9999.0, 99999.0)  # written by some programs where a value is missing


def check_columns(dataset: Dataset) -> list[Finding]:
    """One line for each column, and what reading decided."""
    read = [Finding("note", notice) for notice in dataset.source.notices]
    kinds = [_explained(column) for column in dataset.columns]
    gaps = [finding for column in dataset.columns for finding in _gaps(dataset, column)]
    return read + kinds + gaps


def _explained(column: Column) -> Finding:
    what = f"{column.name}: {column.kind}; {column.reason}."
    if column.ignored:
        what = f"{column.name}: left out ({column.ignored}); {column.reason}."
        return Finding("note", what, (column.name,), (), f"To use it, say --kind '{column.name}={column.kind}'.")
    return Finding("ok", what, (column.name,))


def _gaps(dataset: Dataset, column: Column) -> list[Finding]:
    found = []
    if MOSTLY_MISSING <= column.missing < 1:
        found.append(Finding("note", f"{column.name}: {column.missing:.0%} of the rows have no value.", (column.name,)))
    if column.kind == Kind.NUMBER and not column.ignored and (sentinel := _sentinel(dataset, column)) is not None:
        rows = (dataset.frame[column.name] == sentinel).arg_true()
        what = f"{column.name}: {sentinel:g} stands in {len(rows):,} rows, far from all others; it may mean 'missing'."
        remedy = "Empty these cells if so."
        found.append(Finding("note", what, (column.name,), tuple(rows.head(20)), remedy))
    return found


def _sentinel(dataset: Dataset, column: Column) -> float | None:
    """An extreme value that is repeated and lies far outside what the others span."""
    values = dataset.frame[column.name]
    for extreme in (column.low, column.high):
        if extreme not in SENTINELS:
            continue
        others = values.filter(values != extreme)
        low, high = others.min(), others.max()
        if len(others) < len(values) - 1 and isinstance(low, float) and isinstance(high, float):
            gap = low - extreme if extreme == column.low else extreme - high
            if gap > 2 * max(high - low, 1.0):
                return extreme
    return None
