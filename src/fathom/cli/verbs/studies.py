"""fathom studies."""

from __future__ import annotations

from fathom.cli import options, output
from fathom.messages import phrase, words

HELP = phrase("List the studies in the store.")


def studies(store: options.StoreFolder = None, as_json: options.Json = False) -> None:
    """List the studies in the store."""
    from fathom.cli.stores import opened

    found = opened(store).studies()
    rows = [
        (
            str(row["name"]),
            str(row["task"] or ""),
            words.status(str(row["status"] or "")),
            str(row["winner"] or ""),
            str(row["created"])[:16].replace("T", " "),
        )
        for row in found
    ]
    header = (phrase("study"), phrase("task"), phrase("status"), phrase("winner"), phrase("created"))
    nothing = phrase("No studies yet. `fathom compare DATA --predict COLUMN` makes one.")
    text = output.table(header, rows) if rows else nothing
    output.show(found, text, as_json)
