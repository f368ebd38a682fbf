"""fathom predict."""

from __future__ import annotations

from typing import Annotated

import typer

from fathom.cli import files, options, output

SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet")


def predict(
    model: options.ModelName,
    data: options.Data,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="A .csv, .jsonl or .parquet file; else CSV goes to stdout."),
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="Write the predictions without the input columns.")] = False,
    bom: Annotated[bool, typer.Option("--bom", help="Begin CSV with the mark by which Excel knows UTF-8.")] = False,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Predict every row of a file with a stored model.

    The output keeps the input's columns and adds `prediction`, and a `probability:<class>` for each class, or
    `low` and `high` for numbers. Files larger than memory are read and written piece by piece. In CSV, text that a
    spreadsheet would run as a formula gets an apostrophe before it.
    """
    target = files.writable(out, "--out", SUFFIXES) if out else None
    from fathom.cli.batch import Batch
    from fathom.cli.stores import opened

    batch = Batch(opened(store).load_model(model), data, only=only)
    if target is not None:
        rows = batch.write(target, bom=bom)
        output.show(
            {"model": model, "data": data, "rows": rows, "out": str(target)}, f"{rows:,} rows: {target}", as_json
        )
    elif as_json:
        output.print_json({"model": model, "data": data, "predictions": batch.rows()})
    else:
        batch.stream(bom=bom)
