"""Pictures: whether every one of them can be read."""

from __future__ import annotations

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Kind

NAMED = 5


def check_pictures(dataset: Dataset) -> list[Finding]:
    """Broken, missing and oversized pictures, by column."""
    findings = []
    for column in dataset.columns:
        if column.kind != Kind.IMAGE:
            continue
        broken = media.check_images(dataset.frame[column.name], dataset.folder)
        if not broken:
            findings.append(Finding("ok", f"{column.name}: every picture can be read.", (column.name,)))
            continue
        named = "; ".join(f"row {row + 1:,} {path}: {trouble}" for row, path, trouble in broken[:NAMED])
        more = f"; and {len(broken) - NAMED:,} more" if len(broken) > NAMED else ""
        what = f"{column.name}: {len(broken):,} pictures cannot be read ({named}{more})."
        rows = tuple(row for row, _, _ in broken)
        findings.append(Finding("error", what, (column.name,), rows, "Replace these files, or remove their rows."))
    return findings
