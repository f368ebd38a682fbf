"""A checkup in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from fathom.checkup import MARKS, Checkup
from fathom.cli import output
from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind

MOST_COLUMNS = 200  # shown; --json has all
MOST_VALUES = 4
MOST_ROWS = 8


def told(checkup: Checkup) -> str:
    """The columns, each with its kind and why; then the findings, each with what to do."""
    dataset = checkup.dataset
    source = dataset.source
    title = f"{source.name}: {len(dataset):,} rows, {len(dataset.columns)} columns"
    if source.rows is not None and source.rows > len(dataset):
        title += f" (of {source.rows:,} rows, a random sample was read)"
    rows = [
        (column.name, str(column.kind), _looks(column), f"{column.missing:.1%}", _why(column))
        for column in dataset.columns[:MOST_COLUMNS]
    ]
    table = output.table(("column", "holds", "values", "missing", "why"), rows, right=[3])
    if len(dataset.columns) > MOST_COLUMNS:
        table += f"\n... and {len(dataset.columns) - MOST_COLUMNS:,} more columns (--json shows all)"
    notices = [output.printable(notice) for notice in source.notices]
    return "\n\n".join(part for part in [title, "\n".join(notices), table, _findings(checkup)] if part)


def _looks(column: Column) -> str:
    if column.kind == Kind.NUMBER and column.low is not None:
        return f"{column.low:.6g} to {column.high:.6g}"
    shown = ", ".join(_short(value) for value in column.categories[:MOST_VALUES])
    return shown + (", ..." if len(column.categories) > MOST_VALUES else "")


def _short(value: str) -> str:
    return value if len(value) <= 20 else value[:19] + "…"


def _why(column: Column) -> str:
    return f"left out, {column.ignored}: {column.reason}" if column.ignored else column.reason


def _findings(checkup: Checkup) -> str:
    return "\n".join(line for finding in checkup.findings if not _in_the_table(finding) for line in lines(finding))


def _in_the_table(finding: Finding) -> bool:
    """Whether it only says of one column what the table of columns says already."""
    return finding.level == "ok" and len(finding.columns) == 1 and finding.what.startswith(f"{finding.columns[0]}: ")


def lines(finding: Finding) -> Iterator[str]:
    """A finding in the terminal: its level and what was found, the rows, what to do."""
    yield f"{MARKS[finding.level]:<9}  {output.printable(finding.what)}"
    if finding.rows:
        shown = ", ".join(f"{row + 1:,}" for row in finding.rows[:MOST_ROWS])
        yield f"{'':<9}  rows: {shown}{', ...' if len(finding.rows) > MOST_ROWS else ''}"
    if finding.remedy:
        yield f"{'':<9}  next: {output.printable(finding.remedy)}"
