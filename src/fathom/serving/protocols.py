"""The JSON schemas of the protocols that others defined, exact for the model that is served."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from fathom.data.kinds import Column, Kind
from fathom.data.series.horizon import Horizon
from fathom.serving.models import Served
from fathom.tasks.forecast_parts import WAYS
from fathom.tasks.forecasts import LEVELS, QUANTILE

Cell = Callable[[Column], dict[str, Any]]
NUMBER = {"type": "number"}
FIGURE = {"type": ["number", "null"]}  # null: no finite number
TEXT = {"type": "string"}


def components(served: Served, cell: Cell, time: str) -> dict[str, Any]:
    """The schemas of `/v2` and `/invocations`, by name."""
    return {
        "V2Server": _object(name=TEXT, version=TEXT, extensions=_list(TEXT)),
        "V2Ready": _object(name=TEXT, ready={"type": "boolean"}),
        "V2Model": _object(
            name=TEXT, versions=_list(TEXT), platform=TEXT, inputs=_list(_metadata()), outputs=_list(_metadata())
        ),
        "V2Request": v2_request(served, cell),
        "V2Response": _object(model_name=TEXT, model_version=TEXT, outputs=_list(_tensor_out()))
        | {"example": {"model_name": served.name, "model_version": served.version, "outputs": []}},
        "InvocationsRequest": invocations_request(served, cell),
        "InvocationsTable": table(served, time),
        "InvocationsResponse": _object(predictions=_list(flat_prediction(served))),
    }


def v2_request(served: Served, cell: Cell) -> dict[str, Any]:
    """One tensor of one row or more for each column; the schema shows one row, the server takes as many as fit."""
    tensors = [_tensor_in(column, cell(column)) for column in served.problem.asked]
    inputs = {"type": "array", "prefixItems": tensors, "minItems": len(tensors), "maxItems": len(tensors)}
    return {
        "type": "object",
        "properties": {"id": {"type": ["string", "null"]}, "inputs": inputs},
        "required": ["inputs"],
    }


def _tensor_in(column: Column, cell: dict[str, Any]) -> dict[str, Any]:
    number = column.kind == Kind.NUMBER
    cell = cell if number else {**cell, "type": ["string", "null"]}
    return _object(
        name={"const": column.name},
        datatype={"const": "FP64" if number else "BYTES"},
        shape={"const": [1]},
        data={"type": "array", "items": cell, "minItems": 1, "maxItems": 1},
    )


def invocations_request(served: Served, cell: Cell) -> dict[str, Any]:
    """The four forms, one at a time."""
    inputs = served.problem.asked
    cells = [cell(column) for column in inputs]
    size = {"minItems": len(cells), "maxItems": len(cells)}
    data = _list({"type": "array", "prefixItems": cells, **size}, least=1)
    columns = {"const": [column.name for column in inputs]}
    rows = _list({"$ref": "#/components/schemas/Row"}, least=1)
    bare = [_list(cells[0], least=1)] if len(cells) == 1 else []
    instances = {"anyOf": [rows, data, *bare], "description": "Rows as objects, or as lists in the columns' order"}
    forms = {
        "dataframe_split": _object(columns=columns, data=data),
        "dataframe_records": rows,
        "instances": instances,
        "inputs": instances,
    }
    return {"oneOf": [_only(name, form, forms) for name, form in forms.items()]}


def table(served: Served, time: str) -> dict[str, Any]:
    """A CSV file as text: the header, then one line for each row. More is read than the pattern says: quotes, say."""
    patterns = {Kind.NUMBER: r"-?[0-9]{1,9}(\.[0-9]{1,6})?", Kind.TIME: time, Kind.IMAGE: "[A-Za-z0-9+/]+=*"}
    inputs = served.problem.asked
    header = ",".join(re.escape(_quoted(column.name)) for column in inputs)
    line = ",".join(f"({patterns.get(column.kind, '[A-Za-z0-9]{1,20}')})" for column in inputs)
    return {"type": "string", "pattern": f"^{header}(\\n{line}){{1,3}}\\n?$"}


def _quoted(name: str) -> str:
    """A column's name as a CSV file writes it."""
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"\r\n') else name


def flat_prediction(served: Served) -> dict[str, Any]:
    """What `/invocations` answers for one row."""
    classes = served.problem.classes
    if served.problem.labels:
        return _object(prediction=entities(served.problem.labels))
    if served.problem.boxes:
        return _object(prediction=boxes(served.problem.boxes))
    if sets := served.problem.sets:
        said = _list({"type": "string", "enum": list(sets)})
        return _object(prediction=said, **{f"probability:{name}": NUMBER for name in sets})
    if served.problem.persons:
        return identity(served.problem.persons)
    if served.problem.horizon:
        return forecast(served.problem.horizon)
    if served.problem.conditions:
        return strangeness([column.name for column in served.problem.inputs])
    if not classes:
        return {"type": "object", "properties": dict.fromkeys(("prediction", "low", "high"), FIGURE)}
    shares = {f"probability:{name}": NUMBER for name in classes}
    return _object(prediction={"type": "string", "enum": list(classes)}, **shares)


def identity(persons: tuple[str, ...], cut: str = "") -> dict[str, Any]:
    """Who one row's picture shows, and who else is similar; how many faces were found, where they are `cut` out."""
    person = {"type": "string", "enum": list(persons)}
    alike = {"type": "number", "minimum": -1, "maximum": 1}
    found = {
        "type": ["integer", "null"],
        "minimum": 0,
        "description": "Faces found on the picture; null: it is missing.",
    }
    return _object(
        prediction={"enum": [*persons, None], "description": "null: nobody known"},
        similarity={**alike, "type": ["number", "null"], "description": "null: nobody is shown"},
        threshold=NUMBER,
        nearest=_list(_object(person=person, similarity=alike)),
        **({"faces": found} if cut else {}),
    )


def also(choices: Sequence[str]) -> dict[str, Any]:
    """What a request may ask for beside the predictions, each true or false."""
    told = {
        "history": "Also the last steps of each series as the model read them, gaps filled.",
        "components": "Also what the forecast of each series is made of.",
    }
    return {name: {"type": "boolean", "description": told[name]} for name in choices}


def forecast(horizon: Horizon, target: str = "", choices: Sequence[str] = ()) -> dict[str, Any]:
    """What is said of one series: its name, and each step ahead with its time and its quantiles; what was asked for."""
    names = ("forecast", "mean", *(f"{QUANTILE}{level}" for level in LEVELS))
    time = {"type": ["string", "integer"]}
    step = _object(**{horizon.time: time}, **dict.fromkeys(names, NUMBER))
    said = _object(**dict.fromkeys(horizon.series, TEXT), forecast=_list(step))
    steps = _list(NUMBER)
    parts = _object(seasonal={"enum": list(WAYS)}, trend=steps, known=_object(**dict.fromkeys(horizon.known, steps)))
    parts["properties"] |= {"season": steps, "before": steps}
    parts["properties"]["known"]["required"] = []  # those that add nothing are left out
    parts["description"] = (
        "A number for each step ahead: the forecast is trend times season ('times'), trend plus season ('added') or "
        "trend alone, plus what each known column adds. 'before': the trend of the last steps."
    )
    more = {"history": _list(_object(**{horizon.time: time, target: NUMBER})), "components": parts}
    said["properties"] |= {name: more[name] for name in choices}
    return said


def strangeness(columns: list[str]) -> dict[str, Any]:
    """How strange one row is, whether that is an alarm, and which columns make it so."""
    part = {"type": "number", "minimum": 0, "maximum": 1}
    return _object(
        prediction={"type": "boolean", "description": "whether the score raises an alarm"},
        score=NUMBER,
        threshold={**FIGURE, "description": "null: none was set"},
        reasons=_list(_object(column={"type": "string", "enum": columns}, part=part)),
    )


def entities(labels: tuple[str, ...]) -> dict[str, Any]:
    """The entities of one row's text."""
    place = {"type": "integer", "minimum": 0, "description": "in characters"}
    share = {"type": "number", "minimum": 0, "maximum": 1}
    return _list(
        _object(start=place, end=place, text=TEXT, label={"type": "string", "enum": list(labels)}, probability=share)
    )


def boxes(labels: tuple[str, ...]) -> dict[str, Any]:
    """The boxes in one row's picture, the most probable first."""
    place = {"type": "number", "minimum": 0, "description": "in pixels of the upright picture"}
    sides = dict.fromkeys(("left", "top", "right", "bottom"), place)
    share = {"type": "number", "minimum": 0, "maximum": 1}
    return _list(_object(**sides, label={"type": "string", "enum": list(labels)}, probability=share))


def _only(name: str, form: dict[str, Any], forms: dict[str, Any]) -> dict[str, Any]:
    others = [{"required": [other]} for other in forms if other != name]
    return {**_object(**{name: form}), "not": {"anyOf": others}}


def _metadata() -> dict[str, Any]:
    return _object(name=TEXT, datatype=TEXT, shape=_list({"type": "integer"}))


def _tensor_out() -> dict[str, Any]:
    return _object(
        name=TEXT,
        datatype=TEXT,
        shape=_list({"type": "integer"}),
        data=_list({"type": ["string", "number", "boolean", "null"]}),
    )


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: dict[str, Any], least: int | None = None) -> dict[str, Any]:
    return {"type": "array", "items": items, **({} if least is None else {"minItems": least})}
