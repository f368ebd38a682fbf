"""Pictures: whether every one of them can be read; those that cannot are left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from fathom.data import media
from fathom.data.cast import cast
from fathom.data.dataset import Dataset, Source
from fathom.data.finding import Finding, Level
from fathom.data.kinds import Column, Kind
from fathom.errors import DataError
from fathom.messages import phrase, plural

NAMED = 5  # in a sentence
MOST_NAMED = 100  # beside it


def check_pictures(dataset: Dataset) -> list[Finding]:
    """Broken, missing and oversized pictures, by column."""
    findings = []
    for name in _columns(dataset):
        broken = media.check_images(dataset.frame[name], dataset.folder)
        findings.append(_finding(name, broken, "error", phrase("Replace these files, or remove their rows.")))
        findings += _moving(name, dataset)
    return findings


def readable(dataset: Dataset) -> tuple[Dataset, list[Finding]]:
    """The dataset without rows whose picture cannot be read, and the findings that say which these are.

    Pictures of one small shape are unfolded on the way, so that nobody decodes them again.
    DataError where not one picture can be read.
    """
    findings = []
    for name in _columns(dataset):
        cells = media.unfold(dataset.frame[name], dataset.folder)
        broken = media.check_images(cells, dataset.folder)
        if len(broken) == len(cells):
            raise DataError(
                phrase("Not one picture of '{name}' can be read (row 1: {broken}).", name=name, broken=broken[0][2]),
                where=str(dataset.folder or dataset.source.location),
                remedy=phrase("Pictures are read as {names}; see `fathom check`.", names=", ".join(media.FORMATS)),
            )
        if broken:
            dataset = dataset.take(np.setdiff1d(np.arange(len(cells)), [row for row, _, _ in broken]))
            cells = media.unfold(dataset.frame[name], dataset.folder)
        dataset = replace(dataset, frame=dataset.frame.with_columns(cells))
        findings.append(
            _finding(name, broken, "warning", phrase("They were left out. Replace these files to use them."))
        )
        findings += _moving(name, dataset)
    return dataset, findings


def legible(
    frame: pl.DataFrame, columns: tuple[Column, ...], source: Source, folder: Path | None
) -> tuple[pl.DataFrame, list[Finding]]:
    """A raw frame without rows whose picture cannot be read, and the findings that say which these are.

    `columns`: what the frame is read as; those that are no pictures, or not there, are passed over.
    """
    pictures = tuple(each for each in columns if each.kind == Kind.IMAGE and each.name in frame.columns)
    if not pictures:
        return frame, []
    cells = [cast(frame[each.name], each) for each in pictures]
    found, findings = readable(Dataset(frame.with_columns(cells), pictures, source, folder))
    return found.frame, [each for each in findings if each.level != "ok"]


def _columns(dataset: Dataset) -> list[str]:
    return [column.name for column in dataset.columns if column.kind == Kind.IMAGE and not column.ignored]


def _moving(name: str, dataset: Dataset) -> list[Finding]:
    """A note on animations and files of several pages, of which one picture is looked at."""
    found = media.moving(dataset.frame[name], dataset.folder)
    if not found:
        return []
    what = plural(
        len(found),
        "{name}: {count:,} file holds several pictures (row {row:,} {path}); only the first is looked at.",
        "{name}: {count:,} files hold several pictures (row {row:,} {path} is one); only the first is looked at.",
        name=name,
        row=found[0][0] + 1,
        path=found[0][1],
    )
    return [Finding("note", what, (name,), tuple(row for row, _ in found))]


def _finding(name: str, broken: list[tuple[int, str, str]], level: Level, remedy: str) -> Finding:
    if not broken:
        return Finding("ok", phrase("{name}: every picture can be read.", name=name), (name,))
    each = tuple(
        phrase("row {row:,} {path}: {trouble}", row=row + 1, path=path, trouble=trouble)
        for row, path, trouble in broken[:MOST_NAMED]
    )
    named = each[0]
    for other in each[1:NAMED]:
        named = phrase("{named}; {other}", named=named, other=other)
    if len(broken) > NAMED:
        named = phrase("{named}; and {more:,} more", named=named, more=len(broken) - NAMED)
    what = plural(
        len(broken),
        "{name}: {count:,} picture cannot be read ({named}).",
        "{name}: {count:,} pictures cannot be read ({named}).",
        name=name,
        named=named,
    )
    return Finding(level, what, (name,), tuple(row for row, _, _ in broken), remedy, each)
