"""Pictures: whether every one of them can be read; those that cannot are left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding, Level
from fathom.data.kinds import Kind
from fathom.errors import DataError

NAMED = 5


def check_pictures(dataset: Dataset) -> list[Finding]:
    """Broken, missing and oversized pictures, by column."""
    findings = []
    for name in _columns(dataset):
        broken = media.check_images(dataset.frame[name], dataset.folder)
        findings.append(_finding(name, broken, "error", "Replace these files, or remove their rows."))
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
                f"Not one picture of '{name}' can be read (row 1: {broken[0][2]}).",
                where=str(dataset.folder or dataset.source.location),
                remedy=f"Pictures are read as {', '.join(media.FORMATS)}; see `fathom check`.",
            )
        if broken:
            dataset = dataset.take(np.setdiff1d(np.arange(len(cells)), [row for row, _, _ in broken]))
            cells = media.unfold(dataset.frame[name], dataset.folder)
        dataset = replace(dataset, frame=dataset.frame.with_columns(cells))
        findings.append(_finding(name, broken, "warning", "They were left out. Replace these files to use them."))
    return dataset, findings


def _columns(dataset: Dataset) -> list[str]:
    return [column.name for column in dataset.columns if column.kind == Kind.IMAGE and not column.ignored]


def _finding(name: str, broken: list[tuple[int, str, str]], level: Level, remedy: str) -> Finding:
    if not broken:
        return Finding("ok", f"{name}: every picture can be read.", (name,))
    named = "; ".join(f"row {row + 1:,} {path}: {trouble}" for row, path, trouble in broken[:NAMED])
    more = f"; and {len(broken) - NAMED:,} more" if len(broken) > NAMED else ""
    what = f"{name}: {len(broken):,} {'picture' if len(broken) == 1 else 'pictures'} cannot be read ({named}{more})."
    return Finding(level, what, (name,), tuple(row for row, _, _ in broken), remedy)
