"""fathom check."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import failures, options, output
from fathom.messages import phrase

HELP = phrase(
    "Show what each column was taken for and why, and what is wrong with the data.\n\n"
    "Ends with exit code 1 where an error was found that a comparison would stumble over."
)


def check(
    data: options.Data,
    predict: Annotated[
        str | None,
        typer.Option("--predict", metavar="COLUMN", help=phrase("The column to predict: finds leaks as well.")),
    ] = None,
    kinds: options.Kinds = None,
    task: options.TaskName = None,
    time: options.Time = None,
    horizon: options.Horizon = None,
    series: options.Series = None,
    known: options.Known = None,
    holidays: options.Holidays = None,
    season: options.Season = None,
    step: options.Step = None,
    as_json: options.Json = False,
) -> int:
    """Check the data, and tell."""
    given = options.arguments(locals())
    from fathom.cli.findings import told
    from fathom.verbs import check as run

    found = run(data, **given)
    output.show(found.to_json(), told(found), as_json)
    return failures.Code.OK if found.well else failures.Code.FOUND
