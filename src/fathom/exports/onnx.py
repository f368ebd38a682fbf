"""A model as an ONNX file, beside it what a program must know to use it."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from typing import Any

from fathom import __version__, catalog
from fathom.data import read
from fathom.data.checks.pictures import legible
from fathom.data.conform import conform
from fathom.data.dataset import Dataset
from fathom.errors import ExportError
from fathom.exports import made, place, session
from fathom.exports.graph import Graph
from fathom.exports.parity import Parity, compared
from fathom.messages import phrase
from fathom.model import Model

FILE = "model.onnx"
MADE_ROWS = 67
MOST_ROWS = 500  # of the person's own that are compared
GRAPHS = {"deep": "fathom.exports.deep:graph_of", "classical": "fathom.exports.classical:graph_of"}


def write(model: Model, folder: Path, data: Any = None) -> dict[str, Any]:
    """Write model.onnx and export.json into `folder`; what is returned stands in the latter.

    `data`: rows to compare the file with the model on, beside those that are made up. An ExportError, and nothing
    written, where the two differ or the model has no graph.
    """
    about: dict[str, Any] = {}

    def fill(beside: Path) -> dict[str, Any]:
        graph = graph_of(model)
        traced = session.traced(graph, notes(model))
        running = session.Session(graph, traced)
        parity = compared(model, running, made.rows(model.problem.inputs, MADE_ROWS))
        own = compared(model, running, rows_of(model, data)) if data is not None else None
        for each in filter(None, (parity, own)):
            held(each, folder)
        (beside / FILE).write_bytes(traced)
        about.update(description(model, running, parity, own))
        return about

    place.filled(folder, fill)
    return about


def graph_of(model: Model) -> Graph:
    """The model's graph; an ExportError where it has none. A learner may offer its own: `graph(model)`."""
    if hasattr(model.learner, "graph"):
        own: Graph = model.learner.graph(model)
        return own
    if model.card.get("maker", "catalog") != "catalog" or model.family not in GRAPHS:
        raise ExportError(
            phrase("'{name}' is a learner of your own; only those of the catalog are exported.", name=model.name),
            remedy=phrase("Export it with the library that it was made with."),
        )
    made_by: Graph = catalog.load(GRAPHS[model.family])(model)
    return made_by


def rows_of(model: Model, data: Any) -> Dataset:
    """The first rows of some data, held to the model's columns; without those whose picture cannot be read."""
    frame, source, folder = read.raw(data)
    inputs = model.problem.inputs
    frame, _ = legible(frame.head(MOST_ROWS), inputs, source, folder)
    return Dataset(conform(frame, inputs, where=source.location, folder=folder), inputs, source, folder)


def held(parity: Parity, folder: Path) -> None:
    """Raise an ExportError unless file and model agree."""
    if not parity.holds:
        what = (
            phrase(
                "The ONNX file answers differently from the model, by {difference:.2g}; at most {tolerance:.0e} is let "
                "pass. Nothing was written.",
                difference=parity.difference,
                tolerance=parity.tolerance,
            )
            if isfinite(parity.difference)
            else phrase("Some answers of the ONNX file are no numbers. Nothing was written.")
        )
        raise ExportError(
            what,
            where=str(folder),
            remedy=phrase("Serve the model with `fathom serve`, which answers with the model itself."),
        )


def notes(model: Model) -> dict[str, str]:
    """What the file itself says, should it be parted from its description."""
    names = model.problem.classes or model.problem.sets or model.problem.boxes
    said = {"fathom": __version__, "learner": model.name, "task": model.problem.task, "predicts": model.problem.target}
    return {**said, "classes": json.dumps(names, ensure_ascii=False)}


def description(model: Model, running: session.Session, parity: Parity, own: Parity | None) -> dict[str, Any]:
    """All that export.json holds."""
    problem = model.problem
    return {
        **place.described(model, "onnx"),
        "file": FILE,
        "sha256": running.digest,
        "bytes": running.size,
        "opset": session.OPSET,
        "inputs": [each.to_json() for each in running.inputs],
        "outputs": [each.to_json() for each in running.outputs],
        "classes": list(problem.classes or problem.sets or problem.boxes),
        "preparation": running.graph.preparation,
        "meaning": running.graph.meaning,
        "calibration": model.calibration,
        "parity": {
            "difference": parity.difference,
            "tolerance": parity.tolerance,
            "rows": parity.rows,
            **({"own_rows": own.rows, "own_difference": own.difference} if own else {}),
            "runtime": f"onnxruntime {session.version()}",
        },
    }
