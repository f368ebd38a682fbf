"""The JSON schemas of what goes in and comes out, exact for the model that is served."""

from __future__ import annotations

from typing import Any

from fathom.data import times
from fathom.data.kinds import Column, Kind
from fathom.serving import places, protocols, series
from fathom.serving.models import Served
from fathom.serving.pastrows import past_rows

SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
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
MONTHS_AND_DAYS = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
TIME = f"[12][0-9]{{3}}-{MONTHS_AND_DAYS}(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?"
NOTICES = {
    "type": "array",
    "description": "Only where the rows hold a category that training did not see, a history in which something "
    "was put right, or a picture on which no face was found: what, and where first.",
    "items": {
        "type": "object",
        "properties": {
            "notice": {"type": "string"},
            "column": {"type": "string"},
            "row": {"type": "integer", "description": "The first row is 1."},
        },
        "required": ["notice"],
    },
}
EXPLANATION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "prediction": {"$ref": "#/components/schemas/Prediction"},
        "column": {"type": "string"},
        "text": {"type": "string", "description": "The text as the model read it."},
        "marks": {
            "type": "array",
            "description": "Words, or runs of words in a long text, and the probability that the label loses without.",
            "items": {
                "type": "object",
                "properties": {
                    "start": {"type": "integer", "description": "In characters (Unicode code points)."},
                    "end": {"type": "integer"},
                    "worth": {"type": "number"},
                },
                "required": ["start", "end", "worth"],
            },
        },
        "id": {"type": "string"},
    },
    "required": ["prediction", "column", "text", "marks", "id"],
}
REASONS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "prediction": {"$ref": "#/components/schemas/Prediction"},
        "reasons": {
            "type": "array",
            "description": "What speaks most for the rare label, the strongest first.",
            "items": {
                "type": "object",
                "properties": {
                    "column": {"type": "string"},
                    "value": {"type": ["string", "number", "null"]},
                    "worth": {"type": "number", "description": "What it adds to the log-odds."},
                },
                "required": ["column", "value", "worth"],
            },
        },
        "id": {"type": "string"},
    },
    "required": ["prediction", "reasons", "id"],
}
CARD = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("name", "version", "learner", "family", "task", "target")},
        "inputs": {"type": "array", "items": {"type": "object"}},
        "classes": {"type": "array", "items": {"type": "string"}},
        "labels": {"type": "array", "items": {"type": "string"}},
        "example": {"type": "object"},
        "card": {"type": "object"},
        "coverage": {"type": ["number", "null"]},
        "drawing": {"type": ["object", "null"]},
        "runtime": {"type": ["object", "null"], "description": "What answers, where PyTorch and ONNX Runtime raced."},
    },
    "required": ["name", "version", "learner", "family", "task", "target", "inputs", "classes", "example", "card"],
}


def components(served: Served) -> dict[str, Any]:
    """Every schema that the routes refer to, by name."""
    rows = {"type": "array", "items": {"$ref": "#/components/schemas/Row"}, "minItems": 1, "maxItems": 100_000}
    also = protocols.also(series.choices(served))
    return {
        "Error": ERROR,
        "Row": row_schema(served),
        "PredictRequest": {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"rows": rows, **also},
                    "required": ["rows"],
                    "not": {"required": ["row"]},
                },
                {
                    "type": "object",
                    "properties": {"row": {"$ref": "#/components/schemas/Row"}, **also},
                    "required": ["row"],
                    "not": {"required": ["rows"]},
                },
            ],
            "example": {"rows": past_rows(served.problem)} if served.problem.horizon else {"row": example(served)},
        },
        "Prediction": prediction_schema(served),
        "Predictions": {
            "type": "object",
            "properties": {
                "predictions": {"type": "array", "items": {"$ref": "#/components/schemas/Prediction"}},
                "model": MODEL,
                "id": {"type": "string"},
                "notices": NOTICES,
            },
            "required": ["predictions", "model", "id"],
        },
        **explanation(served),
        "Model": CARD,
        **protocols.components(served, cell_schema, TIME),
    }


def explanation(served: Served) -> dict[str, Any]:
    """The schema of what `/explain` answers; none where the model labels neither texts nor pictures."""
    if served.problem.events is not None:
        return {"Explanation": REASONS}
    if served.text_column:
        return {"Explanation": EXPLANATION}
    return {"Explanation": places.schema(served)} if served.picture_column else {}


def row_schema(served: Served) -> dict[str, Any]:
    """One row: every column that the model reads; others may be there and are passed over."""
    inputs = served.problem.asked
    return {
        "type": "object",
        "properties": {column.name: cell_schema(column) for column in inputs},
        "required": [column.name for column in inputs],
    }


def cell_schema(column: Column) -> dict[str, Any]:
    """What one column takes."""
    if column.kind == Kind.NUMBER:
        known = column.low is not None and column.high is not None
        seen = {"description": f"Seen in training: {column.low:g} to {column.high:g}."} if known else {}
        return {"type": ["number", "null"], **seen}
    if column.kind == Kind.CATEGORY:
        examples = {"examples": list(column.categories[:10])} if column.categories else {}
        return {"type": ["string", "number", "boolean", "null"], **examples}
    if column.kind == Kind.IMAGE:
        return {"type": ["string", "null"], "contentEncoding": "base64", "description": "An encoded picture."}
    if column.kind == Kind.TIME:
        described = f"ISO 8601{', or as in training: ' + times.plain(column.format) if column.format else ''}."
        return {"type": ["string", "null"], "pattern": f"^({TIME})?$", "description": described}
    return {"type": ["string", "null"]}


def prediction_schema(served: Served) -> dict[str, Any]:
    """What is answered for one row."""
    classes = served.problem.classes
    if labels := served.problem.labels:
        return {
            "type": "object",
            "properties": {"prediction": protocols.entities(labels)},
            "required": ["prediction"],
        }
    if served.problem.boxes:
        found = protocols.boxes(served.problem.boxes)
        return {"type": "object", "properties": {"prediction": found}, "required": ["prediction"]}
    if sets := served.problem.sets:
        given = {"type": "object", "properties": dict.fromkeys(sets, SHARE), "required": list(sets)}
        said = {"type": "array", "items": {"type": "string", "enum": list(sets)}}
        properties = {"prediction": said, "probabilities": given}
        return {"type": "object", "properties": properties, "required": ["prediction", "probabilities"]}
    if served.problem.persons:
        return protocols.identity(served.problem.persons, served.problem.cut)
    if served.problem.horizon:
        return protocols.forecast(served.problem.horizon, served.problem.target, series.choices(served))
    if served.problem.conditions:
        return protocols.strangeness([column.name for column in served.problem.inputs])
    if not classes:
        number: dict[str, Any] = {"type": ["number", "null"], "description": "null: no finite number"}
        figures = {"prediction": number, "low": number, "high": number}
        return {"type": "object", "properties": figures, "required": ["prediction"]}
    probabilities = {"type": "object", "properties": dict.fromkeys(classes, SHARE), "required": list(classes)}
    properties = {
        "prediction": {"type": "string", "enum": list(classes)},
        "probabilities": probabilities,
    }
    if served.problem.events is not None:
        properties["threshold"] = {"type": "number", "description": "The probability from which the alert is raised."}
    return {"type": "object", "properties": properties, "required": ["prediction", "probabilities"]}


def example(served: Served) -> dict[str, Any]:
    """A usual row: medians and the most frequent categories; of events what could come after the last one."""
    memory, usual = served.memory, {column.name: _usual(column) for column in served.problem.asked}
    return usual | memory.latest() if memory is not None else usual


def _usual(column: Column) -> Any:
    if column.kind == Kind.NUMBER:
        return column.middle
    return column.categories[0] if column.kind == Kind.CATEGORY and column.categories else None
