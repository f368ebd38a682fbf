"""fathom test."""

from __future__ import annotations

from fathom.cli import options, output
from fathom.messages import phrase

HELP = phrase(
    "Score a stored model on rows whose answers are known, with a 95 % interval for the measure that decided."
)


def score(
    model: options.ModelName,
    data: options.Data,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Score it, and tell."""
    from fathom.cli.scoring import scored
    from fathom.cli.stores import opened

    found = scored(opened(store).load_model(model), model, data)
    output.show(found.to_json(), found.text(), as_json)
