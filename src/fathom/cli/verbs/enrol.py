"""fathom enrol."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import options, output
from fathom.errors import FathomError
from fathom.messages import phrase

HELP = phrase(
    "Make somebody known to a model that recognises faces, or forget somebody; nothing is trained.\n\n"
    "Enrolling keeps one vector for the person, no picture, as a new version of the model. Forgetting takes name and "
    "vector out of every version of the model in the store; studies that hold pictures of the person are named."
)


def enrol(
    model: options.ModelName,
    pictures: Annotated[
        list[str] | None,
        typer.Argument(metavar="PICTURE...", help=phrase("Pictures of the person, or a folder of them.")),
    ] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="NAME", help=phrase("Who is on them."))] = None,
    forget: Annotated[str | None, typer.Option("--forget", metavar="NAME", help=phrase("Whom to forget."))] = None,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Enrol, or forget."""
    if (person is None) == (forget is None) or bool(pictures) != (person is not None):
        raise FathomError(
            phrase("Say who is to be known, with pictures, or who is to be forgotten."),
            remedy=phrase("Write --person NAME PICTURE..., or --forget NAME."),
        )
    from fathom.cli import persons
    from fathom.cli.stores import opened

    if forget is not None:
        told, text = persons.forgotten(opened(store), model, forget)
    else:
        told, text = persons.enrolled(opened(store), model, person or "", pictures or [])
    output.show(told, text, as_json)
