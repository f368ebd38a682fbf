"""fathom verify."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import options, output
from fathom.messages import phrase

HELP = phrase(
    "Say whether two pictures are of one person, with a model that recognises faces.\n\n"
    "Neither need be somebody that the model knows. The threshold was chosen on pairs of validation rows, so that the "
    "stated share of pairs of two persons passes for one."
)


def verify(
    model: options.ModelName,
    one: Annotated[str, typer.Argument(metavar="PICTURE", help=phrase("A picture."))],
    other: Annotated[str, typer.Argument(metavar="PICTURE", help=phrase("Another picture."))],
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Compare them, and tell."""
    from dataclasses import asdict

    from fathom.cli.stores import opened

    found = opened(store).load_model(model).verify(one, other)
    verdict = phrase("The same person") if found.same else phrase("Two different persons")
    text = phrase(
        "{verdict}: similarity {similarity:.3f}, threshold {threshold:.3f} (lets {far:.2%} of pairs of two persons "
        "pass).",
        verdict=verdict,
        similarity=found.similarity,
        threshold=found.threshold,
        far=found.far,
    )
    output.show({"model": model, "one": one, "other": other, **asdict(found)}, text, as_json)
