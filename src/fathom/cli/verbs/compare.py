"""fathom compare."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import clock, failures, files, options, output
from fathom.messages import phrase

HELP = phrase(
    "Train classical and deep models, test them, and say which to use.\n\n"
    "Both kinds learn the same rows in the same time and are tested on rows that neither has seen. The winner is "
    "stored under the data's name. The same command goes on with a study that was stopped."
)


def compare(
    data: options.Data,
    predict: options.PredictIfAny = None,
    task: options.TaskName = None,
    minutes: options.Minutes = 5.0,
    learners: Annotated[
        list[str] | None,
        typer.Option("--learners", help=phrase("The contenders, with commas between; else all that fit.")),
    ] = None,
    test: options.TestFile = None,
    group: options.Group = None,
    time: options.Time = None,
    drop: options.Drop = None,
    kinds: options.Kinds = None,
    measure: options.MeasureName = None,
    margin: Annotated[
        float | None,
        typer.Option("--margin", min=0, help=phrase("The difference that would matter to you, in points.")),
    ] = None,
    price_per_hour: Annotated[
        float | None,
        typer.Option(
            "--price-per-hour", min=0, help=phrase("What an hour of this machine costs, to tell costs in money.")
        ),
    ] = None,
    curves: Annotated[
        bool,
        typer.Option(
            "--curves/--no-curves", help=phrase("Whether to learn samples too, to tell what more rows change.")
        ),
    ] = True,
    pretrain: options.Pretrain = None,
    backbone: options.From = None,
    gazetteers: options.Gazetteer = None,
    far: options.FalseAccepts = options.FAR,
    by: options.By = None,
    entity: options.Entity = None,
    amount: options.Amount = None,
    review_cost: options.ReviewCost = None,
    label_delay: options.LabelDelay = None,
    alerts: options.Alerts = None,
    horizon: options.Horizon = None,
    series: options.Series = None,
    known: options.Known = None,
    holidays: options.Holidays = None,
    season: options.Season = None,
    step: options.Step = None,
    name: options.Name = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    report: Annotated[
        str | None,
        typer.Option("--report", metavar="FILE", help=phrase("Where to write the report; else into the study.")),
    ] = None,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> int:
    """Conduct a study, and tell its verdict."""
    given = options.arguments(locals())
    page = files.writable(report, "--report", (".html", ".htm")) if report else None
    from fathom.cli.progress import shown
    from fathom.cli.stores import opened
    from fathom.cli.verdict import reported, told
    from fathom.protocol.compare import compare as run

    with shown() as progress:
        study = run(data, store=opened(store), started=clock.STARTED, progress=progress, **given)
    written = reported(study, page)
    output.show(study.to_json(), told(study, written), as_json)
    if study.status == "interrupted":
        raise KeyboardInterrupt
    return failures.Code.OK if study.model and written else failures.Code.FOUND
