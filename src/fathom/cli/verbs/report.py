"""fathom report."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from fathom.cli import files, options, output
from fathom.messages import phrase

HELP = phrase("Write a study as one HTML page that needs no network.")


def report(
    study: Annotated[str, typer.Argument(metavar="STUDY", help=phrase("A name in the store, or a study's folder."))],
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help=phrase("Where to write it; else into the study's folder.")),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help=phrase("Open it in the browser."))] = False,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Write the report of a stored study."""
    target = files.writable(out, "--out", (".html", ".htm")) if out else None
    from fathom.cli.stores import opened
    from fathom.protocol.study import Study
    from fathom.report import write

    found = Study.load(opened(store).study_path(study))
    written = write(found, target or found.folder / "report.html")
    output.show({"study": found.name, "report": str(written)}, str(written), as_json)
    if show:
        webbrowser.open(written.resolve().as_uri())
