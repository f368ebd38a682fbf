"""fathom report."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from fathom.cli import files, options, output


def report(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A name in the store, or a study's folder.")],
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Where to write it; else into the study's folder.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Write a study as one HTML page that needs no network."""
    target = files.writable(out, "--out", (".html", ".htm")) if out else None
    from fathom.cli.stores import opened
    from fathom.protocol.study import Study
    from fathom.report import write

    found = Study.load(opened(store).study_path(study))
    written = write(found, target or found.folder / "report.html")
    output.show({"study": found.name, "report": str(written)}, str(written), as_json)
    if show:
        webbrowser.open(written.resolve().as_uri())
