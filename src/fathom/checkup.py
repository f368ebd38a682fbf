"""A checkup: what reading made of the data and what the check found, for a terminal, a notebook or a program."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from fathom.data.check import Finding
from fathom.data.dataset import Dataset
from fathom.messages import again, phrase

MARKS = {
    "ok": phrase("ok"),
    "note": phrase("note"),
    "warning": phrase("WARNING"),
    "error": phrase("ERROR"),
    "unchecked": phrase("unchecked"),
}


@dataclass(frozen=True)
class Checkup:
    """The typed dataset and the findings about it; `task`: the task that they were checked for, if any."""

    dataset: Dataset
    findings: list[Finding]
    task: str | None = None

    @property
    def well(self) -> bool:
        """Whether no error was found."""
        return all(finding.level != "error" for finding in self.findings)

    @property
    def beyond_reading(self) -> list[Finding]:
        """The findings without those that say what the notices of reading say, for where both are shown."""
        return [finding for finding in self.findings if finding.what not in self.dataset.source.notices]

    def to_json(self) -> dict[str, Any]:
        """The checkup as plain JSON data."""
        source = self.dataset.source
        return {
            "data": source.name,
            "location": source.location,
            "rows": len(self.dataset),
            "rows_at_source": source.rows or len(self.dataset),
            "notices": list(source.notices),
            "task": self.task,
            "columns": [column.to_json() for column in self.dataset.columns],
            "findings": [finding.to_json() for finding in self.findings],
            "well": self.well,
        }

    def _repr_html_(self) -> str:
        columns = _table(
            (phrase("column"), phrase("holds"), phrase("because"), phrase("missing"), phrase("left out")),
            [
                (column.name, str(column.kind), column.reason, f"{column.missing:.1%}", column.unfit())
                for column in self.dataset.columns
            ],
        )
        found = _table(
            ("", phrase("finding"), phrase("next")),
            [
                (again(MARKS[finding.level]), "; ".join((finding.what, *finding.unsaid)), finding.remedy)
                for finding in self.beyond_reading
            ],
        )
        notices = "".join(f"<p>{html.escape(notice)}</p>" for notice in self.dataset.source.notices)
        return f"{notices}{columns}{found}"


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
