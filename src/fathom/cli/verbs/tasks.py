"""fathom tasks."""

from __future__ import annotations

from dataclasses import asdict

from fathom.catalog import TASKS, TaskRow, learners_for
from fathom.cli import options, output
from fathom.messages import again, phrase

UNPROPOSED = ("identity", "scores")  # what no column's kind tells

HELP = phrase("List the kinds of question that can be asked, each with a sample to try it on.")


def tasks(as_json: options.Json = False) -> None:
    """List the tasks of the catalog."""
    rows = [
        (
            row.name,
            again(row.summary),
            f"fathom compare {row.sample} --predict {row.target}{_named(row)}",
            str(len(learners_for(row.name))),
        )
        for row in TASKS
    ]
    text = output.table((phrase("task"), phrase("answers"), phrase("try it"), phrase("learners")), rows, right=[3])
    output.show([asdict(row) | {"summary": again(row.summary)} for row in TASKS], text, as_json)


def _named(row: TaskRow) -> str:
    """The task, where the sample's columns would suggest another one."""
    return f" --task {row.name}" if row.output in UNPROPOSED else ""
