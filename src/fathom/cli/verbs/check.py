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
    kind: options.Kinds = None,
    as_json: options.Json = False,
) -> int:
    """Check the data, and tell."""
    kinds = options.kinds(kind)
    from fathom.cli.findings import told
    from fathom.verbs import check as run

    found = run(data, predict=predict, kinds=kinds)
    output.show(found.to_json(), told(found), as_json)
    return failures.Code.OK if found.well else failures.Code.FOUND
