"""fathom keep."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import options, output
from fathom.messages import phrase

HELP = phrase(
    "Put the model of any contender of a study into the store, as the next version of the study's model.\n\n"
    "A study keeps the one that its verdict names, the cheapest that is not beaten. Where cost does not matter, keep "
    "the one that scored best."
)


def keep(
    study: Annotated[str, typer.Argument(metavar="STUDY", help=phrase("A name in the store, or a study's folder."))],
    learner: Annotated[str, typer.Argument(metavar="LEARNER", help=phrase("A contender that was trained and tested."))],
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help=phrase("Under which name; else that of the study's model.")),
    ] = None,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Keep the model of a contender."""
    from fathom.cli.stores import opened
    from fathom.protocol.study import Study

    opened_store = opened(store)
    found = Study.load(opened_store.study_path(study))
    kept = found.keep(learner, name, opened_store)
    text = phrase("{learner} is kept as {name}@{version}.", learner=learner, name=kept["name"], version=kept["version"])
    output.show(kept | {"study": found.name, "learner": learner}, text, as_json)
