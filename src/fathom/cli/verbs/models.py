"""fathom models."""

from __future__ import annotations

from typing import Any

from fathom.cli import options, output
from fathom.messages import phrase, words

HELP = phrase("List the models in the store.")


def models(store: options.StoreFolder = None, as_json: options.Json = False) -> None:
    """List the models in the store."""
    from fathom.cli.stores import opened

    found = opened(store).models()
    header = (
        phrase("model"),
        phrase("alias"),
        phrase("task"),
        phrase("learner"),
        phrase("family"),
        phrase("score"),
        phrase("created"),
    )
    text = output.table(header, map(_cells, found))
    nothing = phrase("No models yet. `fathom compare DATA --predict COLUMN` makes one.")
    output.show(found, text if found else nothing, as_json)


def _cells(row: dict[str, Any]) -> list[str]:
    score = "" if row["score"] is None else f"{row['measure']} {row['score']:.4g}"
    return [
        f"{row['name']}@{row['version']}",
        ", ".join(row["alias"]),
        row["task"] or row.get("trouble", ""),
        row["learner"] or "",
        words.family(row["family"] or ""),
        score,
        str(row["created"] or "")[:16].replace("T", " "),
    ]
