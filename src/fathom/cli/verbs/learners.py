"""fathom learners."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from fathom import catalog
from fathom.cli import options, output


def learners(
    task: Annotated[str | None, typer.Option("--task", help="Only those that can learn this task.")] = None,
    as_json: options.Json = False,
) -> None:
    """List the ways to learn: what each does, when to prefer it, whether a study tries it unasked."""
    if task is not None:
        options.known(task, [row.name for row in catalog.TASKS], "task", "--task")
    rows = catalog.LEARNERS if task is None else catalog.learners_for(task)
    absent = {row.extra: catalog.missing(row.extra) for row in rows}
    data = [asdict(row) | {"installed": not absent[row.extra]} for row in rows]
    output.show(data, "\n".join([*map(_told, rows), *_not_installed(rows, absent)]), as_json)


def _told(row: catalog.LearnerRow) -> str:
    asked = "" if row.contender else " (a study tries it only when it is named)"
    return f"{row.name:<20}  {row.family:<9}  {row.summary}{asked}\n{'':<33}prefer it for: {row.prefer}"


def _not_installed(rows: tuple[catalog.LearnerRow, ...], absent: dict[str, tuple[str, ...]]) -> list[str]:
    return [
        f"\nNot installed here: {', '.join(row.name for row in rows if row.extra == extra)}. "
        f"Get what is missing with: pip install 'fathom-ml[{extra}]'"
        for extra, modules in absent.items()
        if modules
    ]
