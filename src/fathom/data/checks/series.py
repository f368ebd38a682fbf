"""Series: what their columns were taken for, and columns that know the future."""

from __future__ import annotations

from fathom.data.checks.columns import check_columns
from fathom.data.dataset import Dataset
from fathom.data.finding import LEVELS, Finding
from fathom.data.posed import Posed
from fathom.data.series.windowed import GIVEN


def check_series(table: Dataset, problem: Posed, found: list[Finding]) -> list[Finding]:
    """The findings of a table of series, the gravest first; `found`: what laying it out found."""
    findings = [*check_columns(table.select([name for name in table.names if name != GIVEN])), *found]
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))
