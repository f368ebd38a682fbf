"""fathom export."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from fathom import catalog
from fathom.cli import options, output
from fathom.messages import phrase

HELP = phrase(
    "Write a stored model as other programs read it.\n\n"
    "--to onnx makes a folder with model.onnx, which takes rows as numbers (pictures as bytes) and gives the model's "
    "calibrated answers, and export.json, which says how rows become numbers. The file is asked about rows before "
    "anything is written, and must say what the model says; --data compares both on rows of yours as well. "
    "--to transformers writes the network inside a model of `pretrained`, which `--from` starts from again."
)


def export(
    model: options.ModelName,
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help=phrase("onnx or transformers."))] = "onnx",
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FOLDER", help=phrase("A new folder; else one called after the model.")),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", metavar="DATA", help=phrase("Rows to compare the file with the model on, the first 500.")
        ),
    ] = None,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Write the model's file and what belongs to it."""
    from pathlib import Path

    from fathom.cli.stores import opened

    options.known(to, tuple(catalog.EXPORTS), "format", "--to")
    kept = opened(store)
    path = kept.model_path(model)
    folder = Path(out).expanduser() if out else Path(f"{_called(path, model)}-{to}")
    about = kept.load_model(path).export(folder, to, data)
    output.show({"model": model, "out": str(folder), **about}, _told(about, folder), as_json)


def _called(path: Any, model: str) -> str:
    """The name of a model in the store without what is no part of a file's name; else that of its folder."""
    return model.replace("@", "-") if path.name.isdigit() and "/" not in model else str(path.name)


def _told(about: dict[str, Any], folder: Any) -> str:
    if about["to"] != "onnx":
        return phrase("The network is in {folder}; `--from {folder}` starts from it.", folder=folder)
    parity = about["parity"]
    shapes = [
        f"  {each['name']}: {each['type']} [{', '.join(map(str, each['shape']))}]"
        for each in (*about["inputs"], *about["outputs"])
    ]
    same = phrase(
        "It says what the model says: on {rows} rows made for it the largest difference is {difference:.1g} "
        "(at most {tolerance:.0e} is let pass).",
        rows=parity["rows"],
        difference=parity["difference"],
        tolerance=parity["tolerance"],
    )
    lines = [f"{folder / about['file']}, {round(about['bytes'] / 1000):,} kB", *shapes, same]
    if "own_rows" in parity:
        lines.append(
            phrase(
                "On {rows} rows of yours it is {difference:.1g}.",
                rows=parity["own_rows"],
                difference=parity["own_difference"],
            )
        )
    lines.append(phrase("{file} says how rows become numbers.", file=folder / "export.json"))
    return "\n".join(lines)
