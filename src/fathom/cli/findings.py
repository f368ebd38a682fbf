"""A checkup in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from fathom.checkup import MARKS, Checkup
from fathom.cli import output
from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind
from fathom.messages import again, phrase

MOST_COLUMNS = 200  # shown; --json has all
MOST_VALUES = 4
MOST_ROWS = 8
MOST_NAMED = 20


def told(checkup: Checkup) -> str:
    """The columns, each with its kind and why; then the findings, each with what to do."""
    dataset = checkup.dataset
    source = dataset.source
    title = phrase(
        "{name}: {rows:,} rows, {columns} columns", name=source.name, rows=len(dataset), columns=len(dataset.columns)
    )
    if source.rows is not None and source.rows > len(dataset):
        title = phrase("{title} (of {rows:,} rows, a random sample was read)", title=title, rows=source.rows)
    rows = [
        (column.name, str(column.kind), _looks(column), f"{column.missing:.1%}", _why(column))
        for column in dataset.columns[:MOST_COLUMNS]
    ]
    header = (phrase("column"), phrase("holds"), phrase("values"), phrase("missing"), phrase("why"))
    table = output.table(header, rows, right=[3])
    if len(dataset.columns) > MOST_COLUMNS:
        more = len(dataset.columns) - MOST_COLUMNS
        table += "\n" + phrase("... and {more:,} more columns (--json shows all)", more=more)
    notices = [output.printable(notice) for notice in source.notices]
    return "\n\n".join(part for part in [title, "\n".join(notices), table, _findings(checkup)] if part)


def _looks(column: Column) -> str:
    if column.kind == Kind.NUMBER and column.low is not None:
        return phrase("{low:.6g} to {high:.6g}", low=column.low, high=column.high)
    shown = ", ".join(_short(value) for value in column.categories[:MOST_VALUES])
    return shown + (", ..." if len(column.categories) > MOST_VALUES else "")


def _short(value: str) -> str:
    return value if len(value) <= 20 else value[:19] + "…"


def _why(column: Column) -> str:
    if not column.ignored:
        return column.reason
    return phrase("left out, {ignored}: {reason}", ignored=column.unfit(), reason=column.reason)


def _findings(checkup: Checkup) -> str:
    found = [finding for finding in checkup.beyond_reading if not _in_the_table(finding)]
    return "\n".join(line for finding in found for line in lines(finding))


def _in_the_table(finding: Finding) -> bool:
    """Whether it only says of one column what the table of columns says already."""
    return finding.level == "ok" and len(finding.columns) == 1 and finding.what.startswith(f"{finding.columns[0]}: ")


def lines(finding: Finding) -> Iterator[str]:
    """A finding in the terminal: its level and what was found, the rows, what to do."""
    mark = again(MARKS[finding.level])
    yield f"{mark}{' ' * (9 - output.width(mark))}  {output.printable(finding.what)}"
    if finding.unsaid:
        yield from (
            f"{'':<9}  {output.printable(each)}" for each in finding.named[:MOST_NAMED] if each not in finding.what
        )
        if more := max(0, len(finding.rows) - MOST_NAMED):
            yield f"{'':<9}  {phrase('... and {more:,} more (--json names a hundred)', more=more)}"
    if finding.rows:
        shown = ", ".join(f"{row + 1:,}" for row in finding.rows[:MOST_ROWS])
        shown += ", ..." if len(finding.rows) > MOST_ROWS else ""
        yield f"{'':<9}  {phrase('rows: {shown}', shown=shown)}"
    if finding.remedy:
        yield f"{'':<9}  {phrase('next: {remedy}', remedy=output.printable(finding.remedy))}"
