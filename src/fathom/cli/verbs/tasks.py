"""fathom tasks."""

from __future__ import annotations

from dataclasses import asdict

from fathom.catalog import TASKS, learners_for
from fathom.cli import options, output


def tasks(as_json: options.Json = False) -> None:
    """List the kinds of question that can be asked, each with a sample to try it on."""
    rows = [
        (row.name, row.summary, f"fathom compare {row.sample} --predict {row.target}", str(len(learners_for(row.name))))
        for row in TASKS
    ]
    text = output.table(("task", "answers", "try it", "learners"), rows, right=[3])
    output.show([asdict(row) for row in TASKS], text, as_json)
