"""fathom models."""

from __future__ import annotations

from fathom.cli import options, output


def models(store: options.StoreFolder = None, as_json: options.Json = False) -> None:
    """List the models in the store."""
    from fathom.cli.stores import opened

    found = opened(store).models()
    rows = [
        (
            f"{row['name']}@{row['version']}",
            ", ".join(row["alias"]),
            row["task"],
            row["learner"],
            row["family"],
            f"{row['measure']} {row['score']:.4g}" if row["score"] is not None else "",
            str(row["created"])[:16].replace("T", " "),
        )
        for row in found
    ]
    header = ("model", "alias", "task", "learner", "family", "score", "created")
    text = output.table(header, rows) if rows else "No models yet. `fathom compare DATA --predict COLUMN` makes one."
    output.show(found, text, as_json)
