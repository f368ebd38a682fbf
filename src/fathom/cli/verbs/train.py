"""fathom train."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import clock, options, output
from fathom.messages import phrase

HELP = phrase("Train one learner, test it on rows held out, and store the model.")


def train(
    data: options.Data,
    learner: Annotated[str, typer.Option("--learner", help=phrase("The learner; `fathom learners` lists them."))],
    predict: options.PredictIfAny = None,
    task: options.TaskName = None,
    minutes: options.Minutes = 5.0,
    test: options.TestFile = None,
    group: options.Group = None,
    time: options.Time = None,
    drop: options.Drop = None,
    kinds: options.Kinds = None,
    measure: options.MeasureName = None,
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
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Train it, and tell how it scored."""
    given = options.arguments(locals())
    from fathom.cli.progress import shown
    from fathom.cli.stores import opened
    from fathom.cli.trained import told
    from fathom.protocol.train import train as run

    with shown() as progress:
        model = run(data, store=opened(store), started=clock.STARTED, progress=progress, **given)
    output.show(model.card, told(model), as_json)
