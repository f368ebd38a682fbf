"""Columns: what each was taken for, and which say nothing."""

from __future__ import annotations

from fathom.data import media_paths
from fathom.data.dataset import Dataset
from fathom.data.events.features import names
from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind
from fathom.data.posed import Posed
from fathom.messages import phrase

MOSTLY_MISSING = 0.5
SENTINELS = (-999.0, -9999.0, -99.0, 999.0, 9999.0, 99999.0)  # written by some programs where a value is missing


def check_columns(dataset: Dataset, problem: Posed | None = None) -> list[Finding]:
    """One line for each column, and what reading decided; which of them the problem's task cannot use."""
    read = [Finding("note", notice) for notice in dataset.source.notices]
    made = _made(problem)  # told of together, with the events
    kinds = [_explained(column) for column in dataset.columns if column.name not in made]
    gaps = [finding for column in dataset.columns for finding in _gaps(dataset, column) if column.name not in made]
    unused = (
        []
        if problem is None
        else [_unused(each, problem) for each in dataset.columns if _is_unused(each, problem, dataset.source.part)]
    )
    return read + kinds + gaps + unused


def _made(problem: Posed | None) -> set[str]:
    """The columns that were made of events."""
    return set(names(problem.events)) if problem and problem.events and problem.events.follows else set()


def _explained(column: Column) -> Finding:
    what = phrase("{name}: {kind}; {reason}.", name=column.name, kind=column.kind, reason=column.reason)
    if column.ignored:
        what = phrase(
            "{name}: left out ({ignored}); {reason}.", name=column.name, ignored=column.unfit(), reason=column.reason
        )
        return Finding(
            "note",
            what,
            (column.name,),
            (),
            media_paths.beside()
            if column.ignored == media_paths.LOST
            else phrase("To use it, say --kind '{name}={kind}'.", name=column.name, kind=column.kind),
        )
    return Finding("ok", what, (column.name,))


def _is_unused(column: Column, problem: Posed, part: str) -> bool:
    used: set[str | None] = {part, problem.target, problem.group, problem.time, *(each.name for each in problem.inputs)}
    if problem.events is not None:
        used |= {*problem.events.entities, problem.events.amount, *_made(problem)}
    return not column.ignored and column.name not in used


def _unused(column: Column, problem: Posed) -> Finding:
    if problem.persons and column.kind == Kind.CATEGORY:
        what = phrase("{name}: not learned from; errors can be told for each of its values.", name=column.name)
        return Finding("note", what, (column.name,), (), phrase("Say --by '{name}'.", name=column.name))
    what = phrase(
        "{name}: not used; this task does not read a column of kind '{kind}'.", name=column.name, kind=column.kind
    )
    remedy = phrase("Choose another --task, or drop the column: --drop '{name}'.", name=column.name)
    return Finding("warning", what, (column.name,), (), remedy)


def _gaps(dataset: Dataset, column: Column) -> list[Finding]:
    found = []
    if MOSTLY_MISSING <= column.missing < 1:
        found.append(
            Finding(
                "note",
                phrase("{name}: {missing:.0%} of the rows have no value.", name=column.name, missing=column.missing),
                (column.name,),
            )
        )
    if column.kind == Kind.NUMBER and not column.ignored and (sentinel := _sentinel(dataset, column)) is not None:
        rows = (dataset.frame[column.name] == sentinel).arg_true()
        what = phrase(
            "{name}: {sentinel:g} stands in {count:,} rows, far from all others; it may mean 'missing'.",
            name=column.name,
            sentinel=sentinel,
            count=len(rows),
        )
        remedy = phrase("Empty these cells if so.")
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
