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
    absent = {extra: catalog.missing(extra) for extra in {row.extra for row in rows if row.extra}}
    data = [asdict(row) | {"installed": not absent.get(row.extra)} for row in rows]
    cells = [(row.name, row.family, row.summary, row.prefer, "yes" if row.contender else "on request") for row in rows]
    text = output.table(("learner", "family", "what it does", "when to prefer it", "in a study"), cells)
    for extra, modules in absent.items():
        if modules:
            names = ", ".join(row.name for row in rows if row.extra == extra)
            text += f"\n\n{names}: not installed here. pip install 'fathom-ml[{extra}]'"
    output.show(data, text, as_json)
