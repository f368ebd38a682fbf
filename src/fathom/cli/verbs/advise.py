"""fathom advise."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import failures, options, output
from fathom.messages import phrase

HELP = phrase(
    "Look at the data for some seconds and say what to expect: which family in front, how surely, at what cost.\n\n"
    "Nothing is trained but three small probes. Ends with exit code 1 where an error was found that a comparison would "
    "stumble over."
)


def advise(
    data: options.Data,
    predict: options.PredictIfAny = None,
    task: options.TaskName = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            "--minutes",
            min=0.01,
            max=100_000,
            help=phrase("The time you have for a study; else what it needs is told."),
        ),
    ] = None,
    group: options.Group = None,
    time: options.Time = None,
    drop: options.Drop = None,
    kinds: options.Kinds = None,
    horizon: options.Horizon = None,
    series: options.Series = None,
    known: options.Known = None,
    holidays: options.Holidays = None,
    season: options.Season = None,
    step: options.Step = None,
    seed: options.Seed = 0,
    as_json: options.Json = False,
) -> int:
    """Look at the data, and tell what to expect."""
    given = options.arguments(locals())
    from fathom.cli.advice import told
    from fathom.protocol.advice.advise import advise as run

    found = run(data, **given)
    output.show(found.to_json(), told(found), as_json)
    return failures.Code.FOUND if any(each.level == "error" for each in found.findings) else failures.Code.OK
