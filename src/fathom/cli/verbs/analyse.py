"""fathom analyse."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import failures, files, options, output
from fathom.messages import phrase

HELP = phrase(
    "Say what documents are about, without labels: topics, key phrases, near-duplicates, what stands out.\n\n"
    "DATA is a folder of .txt and .md files, or a table with a column of texts. With --terms, your own list of "
    "terms is looked for, inflected and misspelt ones too."
)


def analyse(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help=phrase("A folder of .txt and .md files, or a table with a column of texts; sample:documents to try."),
            show_default=False,
        ),
    ],
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="COLUMN", help=phrase("The column of documents; else the longest texts.")),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option("--time", metavar="COLUMN", help=phrase("When each document was written, for topics over time.")),
    ] = None,
    terms: Annotated[
        str | None,
        typer.Option("--terms", metavar="FILE", help=phrase("Your terms to review, a line each: TERM,CATEGORY.")),
    ] = None,
    topics: Annotated[
        int | None,
        typer.Option("--topics", min=1, max=100, help=phrase("How many topics; else as many as are stable.")),
    ] = None,
    report: Annotated[
        str | None,
        typer.Option("--report", metavar="FILE", help=phrase("Where to write the report, one HTML file.")),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help=phrase("Where to write a row for each document: .csv or .parquet.")),
    ] = None,
    seed: options.Seed = 0,
    as_json: options.Json = False,
) -> int:
    """Analyse the documents, and tell."""
    page = files.writable(report, "--report", (".html", ".htm")) if report else None
    place = files.writable(out, "--out", (".csv", ".parquet")) if out else None
    from fathom.analytics.analyse import analyse as run
    from fathom.cli.analysis import saved, steps, told
    from fathom.report.analytics.page import write

    found = run(data, text, time, terms=terms, topics=topics, seed=seed, progress=steps)
    written = write(found, page) if page else None
    if place:
        saved(found, place)
    output.show(found.to_json(), told(found, written, place), as_json)
    return failures.Code.OK
