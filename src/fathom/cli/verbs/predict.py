"""fathom predict."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import files, options, output
from fathom.messages import phrase

SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet", ".sqlite", ".db", ".json")


HELP = phrase(
    "Predict every row of a file with a stored model.\n\n"
    "The output keeps the input's columns and adds `prediction`, and a `probability:<class>` for each class, or "
    "`low` and `high` for numbers. Files larger than memory are read and written piece by piece. In CSV, text that a "
    "spreadsheet would run as a formula gets an apostrophe before it.\n\n"
    "With --records, entities become an address list: a column for each label, and columns for dates, e-mail "
    "addresses, phone numbers, postal codes, account numbers (IBAN) and your own patterns, each with its value in one "
    "way of writing and whether it is valid."
)


def predict(
    model: options.ModelName,
    data: options.Data,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help=phrase("A .csv, .jsonl, .parquet or .sqlite file; .json: boxes as COCO; else CSV on stdout."),
        ),
    ] = None,
    only: Annotated[
        bool, typer.Option("--only", help=phrase("Write the predictions without the input columns."))
    ] = False,
    bom: Annotated[
        bool, typer.Option("--bom", help=phrase("Begin CSV with the mark by which Excel knows UTF-8."))
    ] = False,
    records: Annotated[
        bool,
        typer.Option("--records", help=phrase("Of entities in texts: a column for each label, its values normal.")),
    ] = False,
    pattern: Annotated[
        list[str] | None,
        typer.Option(
            "--pattern", metavar="NAME=REGEX", help=phrase("With --records: a column for what this pattern matches.")
        ),
    ] = None,
    region: Annotated[
        str, typer.Option("--region", help=phrase("With --records: the country of phone numbers without one."))
    ] = "KR",
    least: Annotated[
        float, typer.Option("--least", min=0, max=1, help=phrase("Of boxes: only those at least so probable."))
    ] = 0.0,
    reasons: Annotated[
        int, typer.Option("--reasons", min=0, help=phrase("Of frauds: write so many reasons beside each alert."))
    ] = 0,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Predict all rows, into a file or stdout."""
    target = files.writable(out, "--out", SUFFIXES) if out else None
    from fathom.cli.batch import Batch
    from fathom.cli.stores import opened

    loaded = opened(store).load_model(model)
    form = None
    if records or pattern:
        from fathom.cli.forms import form_of

        form = form_of(loaded, pattern or [], region)
    batch = Batch(loaded, data, only=only, least=least, form=form, reasons=reasons)
    if target is not None:
        rows = batch.write_coco(target) if target.suffix.lower() == ".json" else batch.write(target, bom=bom)
        text = phrase("{rows:,} rows: {target}", rows=rows, target=target)
        output.show({"model": model, "data": data, "rows": rows, "out": str(target)}, text, as_json)
    elif as_json:
        output.print_json({"model": model, "data": data, "predictions": batch.rows()})
    else:
        batch.stream(bom=bom)
