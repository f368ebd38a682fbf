"""fathom learners."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from fathom import catalog
from fathom.cli import options, output
from fathom.messages import again, phrase, words

HELP = phrase("List the ways to learn: what each does, when to prefer it, whether a study tries it unasked.")


def learners(
    task: Annotated[str | None, typer.Option("--task", help=phrase("Only those that can learn this task."))] = None,
    as_json: options.Json = False,
) -> None:
    """List the rows of the catalog."""
    if task is not None:
        options.known(task, [row.name for row in catalog.TASKS], "task", "--task")
    rows = catalog.LEARNERS if task is None else catalog.learners_for(task)
    prefers = [again(row.prefer if task is None else catalog.preferred(row, catalog.task(task).reads)) for row in rows]
    absent = {row.extra: catalog.missing(row.extra) for row in rows}
    data = [
        asdict(row) | {"summary": again(row.summary), "prefer": prefer, "installed": not absent[row.extra]}
        for row, prefer in zip(rows, prefers, strict=True)
    ]
    width = max(len(row.name) for row in rows)
    told = [_told(row, prefer, width) for row, prefer in zip(rows, prefers, strict=True)]
    output.show(data, "\n".join([*told, *_not_installed(rows, absent)]), as_json)


def _told(row: catalog.LearnerRow, prefer: str, width: int) -> str:
    asked = "" if row.contender else phrase(" (a study tries it only when it is named)")
    preferred = phrase("prefer it for: {prefer}", prefer=prefer)
    family = words.family(row.family)
    space = " " * (9 - output.width(family))
    return f"{row.name:<{width}}  {family}{space}  {again(row.summary)}{asked}\n{'':<{width + 13}}{preferred}"


def _not_installed(rows: tuple[catalog.LearnerRow, ...], absent: dict[str, tuple[str, ...]]) -> list[str]:
    return [
        "\n"
        + phrase(
            "Not installed here: {names}. Get what is missing with: pip install 'fathom-ml[{extra}]'",
            names=", ".join(row.name for row in rows if row.extra == extra),
            extra=extra,
        )
        for extra, modules in absent.items()
        if modules
    ]
