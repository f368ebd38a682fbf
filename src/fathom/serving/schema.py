"""The JSON schemas of what goes in and comes out, exact for the model that is served."""

from __future__ import annotations

from typing import Any

from fathom.data.kinds import Column, Kind
from fathom.serving import protocols
from fathom.serving.models import Served

ERROR = {
    "type": "object",
    "description": "Why there is no prediction, and what to do.",
    "properties": {
        "error": {"type": "string"},
        "column": {"type": "string"},
        "row": {"type": "integer", "description": "The first row is 1."},
        "where": {"type": "string"},
        "remedy": {"type": "string"},
        "id": {"type": "string"},
    },
    "required": ["error"],
}
MODEL = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "version": {"type": "string"}},
    "required": ["name", "version"],
}
CARD = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("name", "version", "learner", "family", "task", "target")},
        "inputs": {"type": "array", "items": {"type": "object"}},
        "classes": {"type": "array", "items": {"type": "string"}},
        "example": {"type": "object"},
        "card": {"type": "object"},
    },
    "required": ["name", "version", "learner", "family", "task", "target", "inputs", "classes", "example", "card"],
}


def components(served: Served) -> dict[str, Any]:
    """Every schema that the routes refer to, by name."""
    row = row_schema(served)
    rows = {"type": "array", "items": {"$ref": "#/components/schemas/Row"}, "minItems": 1, "maxItems": 100_000}
    return {
        "Error": ERROR,
        "Row": row,
        "PredictRequest": {
            "oneOf": [
                {"type": "object", "properties": {"rows": rows}, "required": ["rows"], "not": {"required": ["row"]}},
                {
                    "type": "object",
                    "properties": {"row": {"$ref": "#/components/schemas/Row"}},
                    "required": ["row"],
                    "not": {"required": ["rows"]},
                },
            ],
            "example": {"row": example(served)},
        },
        "Prediction": prediction_schema(served),
        "Predictions": {
            "type": "object",
            "properties": {
                "predictions": {"type": "array", "items": {"$ref": "#/components/schemas/Prediction"}},
                "model": MODEL,
                "id": {"type": "string"},
            },
            "required": ["predictions", "model", "id"],
        },
        "Model": CARD,
        **protocols.components(served, row, cell_schema),
    }


def row_schema(served: Served) -> dict[str, Any]:
    """One row: every column that the model reads; others may be there and are passed over."""
    inputs = served.problem.inputs
    return {
        "type": "object",
        "properties": {column.name: cell_schema(column) for column in inputs},
        "required": [column.name for column in inputs],
    }


def cell_schema(column: Column) -> dict[str, Any]:
    """What one column takes."""
    if column.kind == Kind.NUMBER:
        known = column.low is not None and column.high is not None
        described: dict[str, Any] = (
            {"description": f"Seen in training: {column.low:g} to {column.high:g}."} if known else {}
        )
        return {"type": ["number", "null"], **described}
    if column.kind == Kind.CATEGORY:
        seen = {"examples": list(column.categories[:10])} if column.categories else {}
        return {"type": ["string", "number", "boolean", "null"], **seen}
    if column.kind == Kind.IMAGE:
        return {"type": ["string", "null"], "contentEncoding": "base64", "description": "An encoded picture."}
    return {"type": ["string", "null"]}


def prediction_schema(served: Served) -> dict[str, Any]:
    """What is answered for one row."""
    classes = served.problem.classes
    if not classes:
        number: dict[str, Any] = {"type": "number"}
        figures = {"prediction": number, "low": number, "high": number}
        return {"type": "object", "properties": figures, "required": ["prediction"]}
    share: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
    probabilities = {"type": "object", "properties": dict.fromkeys(classes, share), "required": list(classes)}
    properties: dict[str, Any] = {
        "prediction": {"type": "string", "enum": list(classes)},
        "probabilities": probabilities,
    }
    return {"type": "object", "properties": properties, "required": ["prediction", "probabilities"]}


def example(served: Served) -> dict[str, Any]:
    """A usual row: medians and the most frequent categories."""
    return {column.name: _usual(column) for column in served.problem.inputs}


def _usual(column: Column) -> Any:
    if column.kind == Kind.NUMBER:
        return column.middle
    return column.categories[0] if column.kind == Kind.CATEGORY and column.categories else None
