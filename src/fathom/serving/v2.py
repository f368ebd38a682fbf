"""`/v2`: the Open Inference Protocol, as KServe, Triton and Seldon speak it. One tensor per column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from fathom import __version__
from fathom.data.kinds import Column, Kind
from fathom.messages import phrase
from fathom.serving.direct import INFERENCE_REFUSALS as REFUSED
from fathom.serving.direct import Fact, Inference, Reply, fact, inference, json_of, reference, refusals
from fathom.serving.exchange import Exchange, State
from fathom.serving.health import is_ready, known
from fathom.serving.inference import Question, parsed
from fathom.serving.limits import Limits
from fathom.serving.models import Served
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.tasks.forecasts import LEVELS, QUANTILE
from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Boxes, Forecasts, Labels, Predictions, Scores, Spans

WHOLE = ("INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64")
DATATYPES: dict[str, tuple[type, ...]] = {
    "BOOL": (bool,),
    "BYTES": (str,),
    **dict.fromkeys(WHOLE, (int,)),
    **dict.fromkeys(("FP16", "FP32", "FP64"), (int, float)),
}
STEPS = ("prediction", "mean", *(f"{QUANTILE}{level}" for level in LEVELS))  # what is said of each step ahead
PLACES = ("/v2/models/{model}", "/v2/models/{model}/versions/{version}")


def routes(state: State) -> list[Fact | Inference]:
    """The protocol's routes, each model route with and without a version."""
    made: list[Fact | Inference] = [
        fact(state, "/v2", server, summary="Server", tags=["v2"], responses={200: json_of(reference("V2Server"))})
    ]
    asked = json_of(reference("V2Request"), "Tensors, one per column")
    answered = {200: json_of(reference("V2Response")), **REFUSED, **refusals(404)}
    shown = {200: json_of(reference("V2Model")), **refusals(404)}
    readiness = {200: json_of(reference("V2Ready")), 503: json_of(reference("V2Ready")), **refusals(404)}
    for place in PLACES:
        which = " version" if "version" in place else ""
        made += [
            fact(state, place, model, summary=f"Model{which}", tags=["v2"], responses=shown),
            fact(state, f"{place}/ready", ready, summary=f"Model{which} ready", tags=["v2"], responses=readiness),
            inference(
                state,
                f"{place}/infer",
                infer,
                summary=f"Infer{which}",
                tags=["v2"],
                responses=answered,
                openapi_extra={"requestBody": {"required": True, "content": asked["content"]}},
            ),
        ]
    return made


def server(state: State, path: dict[str, str]) -> Reply:
    """Who answers."""
    return Reply.json({"name": "fathom", "version": __version__, "extensions": []})


def model(state: State, path: dict[str, str]) -> Reply:
    """The tensors that go in and come out; -1 stands for any number of rows."""
    known(state, path)
    served = state.models.current
    inputs = [{"name": each.name, "datatype": datatype(each), "shape": [-1]} for each in served.problem.asked]
    facts = {"name": served.name, "versions": [served.version], "platform": "fathom"}
    return Reply.json({**facts, "inputs": inputs, "outputs": outputs_of(served)})


def ready(state: State, path: dict[str, str]) -> Reply:
    """Whether the model answers."""
    known(state, path)
    can = is_ready(state)
    return Reply.json({"name": state.models.current.name, "ready": can}, 200 if can else 503)


def datatype(column: Column) -> str:
    """What a column's tensor holds: numbers, or text (pictures as base64)."""
    return "FP64" if column.kind == Kind.NUMBER else "BYTES"


def outputs_of(served: Served) -> list[dict[str, Any]]:
    """The output tensors that a model has."""
    classes = served.problem.classes
    if sets := served.problem.sets:
        return [
            {"name": "prediction", "datatype": "BYTES", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP64", "shape": [-1, len(sets)]},
        ]
    if classes:
        return [
            {"name": "prediction", "datatype": "BYTES", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP64", "shape": [-1, len(classes)]},
        ]
    if persons := served.problem.persons:
        return [
            {"name": "prediction", "datatype": "BYTES", "shape": [-1]},
            {"name": "similarities", "datatype": "FP64", "shape": [-1, len(persons)]},
        ]
    if served.problem.conditions:
        return [
            {"name": "prediction", "datatype": "BOOL", "shape": [-1]},
            {"name": "score", "datatype": "FP64", "shape": [-1]},
            {"name": "reasons", "datatype": "BYTES", "shape": [-1]},
        ]
    if served.problem.labels or served.problem.boxes:
        return [{"name": "prediction", "datatype": "BYTES", "shape": [-1]}]
    if horizon := served.problem.horizon:
        told = [{"name": name, "datatype": "FP64", "shape": [-1, horizon.ahead]} for name in STEPS]
        moments = {"name": "time", "datatype": "BYTES", "shape": [-1, horizon.ahead]}
        return [{"name": "series", "datatype": "BYTES", "shape": [-1]}, moments, *told]
    names = ("prediction", "low", "high") if "half_width" in served.model.calibration else ("prediction",)
    return [{"name": name, "datatype": "FP64", "shape": [-1]} for name in names]


def _moments(predictions: Forecasts) -> list[dict[str, Any]]:
    """Of which series and moments forecasts are; nothing where that is not known."""
    if predictions.named is None:
        return []
    rows, steps = predictions.values.shape
    times = [str(each) for each in predictions.table()[predictions.named.time]]
    return [
        _tensor("series", "BYTES", [rows], [str(name) for name in predictions.named.series]),
        _tensor("time", "BYTES", [rows, steps], times),
    ]


async def infer(exchange: Exchange) -> bytes:
    """Answer the tensors of a request with tensors."""
    known(exchange.state, exchange.path)
    asked = exchange.reader({"application/json": Asked})(exchange.body)
    return await exchange.ask(Question(asked.read, asked.write))


class Asked:
    """One request of the protocol, read and answered on the model's thread."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.id: str | None = None
        self.outputs: list[str] = []

    def read(self, served: Served, limits: Limits) -> Rows:
        """The rows that the tensors hold."""
        data = parsed(self.body)
        if not isinstance(data, dict) or not isinstance(data.get("inputs"), list) or not data["inputs"]:
            raise Refusal(400, phrase("'inputs' must be a list of tensors."))
        self.id = _text(data.get("id"), "id")
        self.outputs = _wanted(data.get("outputs"), served)
        columns = {}
        for tensor in data["inputs"]:
            name, values = tensor_values(tensor)
            if name in columns:
                raise Refusal(400, phrase("There are two tensors '{name}'.", name=name))
            columns[name] = values
        return served.reader.columns(columns, limits)

    def write(self, predictions: Predictions, served: Served, rows: Rows) -> bytes:
        """The predictions as the tensors that were asked for, and the request's id."""
        tensors = {tensor["name"]: tensor for tensor in output_tensors(predictions)}
        chosen = [tensors[name] for name in self.outputs or tensors]
        answer = {"model_name": served.name, "model_version": served.version, "outputs": chosen}
        return orjson.dumps(answer if self.id is None else {**answer, "id": self.id})


def tensor_values(tensor: Any) -> tuple[str, list[Any]]:
    """Name and values of an input tensor of shape [rows] or [rows, 1]; 400 where it is malformed."""
    if not isinstance(tensor, dict) or not isinstance(tensor.get("name"), str):
        raise Refusal(400, phrase("A tensor is an object with a name."))
    name, kind, shape, data = tensor["name"], tensor.get("datatype"), tensor.get("shape"), tensor.get("data")
    if not isinstance(kind, str) or kind not in DATATYPES:
        raise Refusal(
            400, phrase("The datatype of '{name}' must be one of {names}.", name=name, names=", ".join(DATATYPES))
        )
    if not isinstance(shape, list) or not all(type(side) is int and side >= 0 for side in shape):
        raise Refusal(400, phrase("The shape of '{name}' must be a list of sizes.", name=name))
    if len(shape) not in (1, 2) or shape[1:] not in ([], [1]):
        raise Refusal(
            400, phrase("The shape of '{name}' must be [rows] or [rows, 1]: one tensor holds one column.", name=name)
        )
    if not isinstance(data, list):
        raise Refusal(400, phrase("The data of '{name}' must be a list.", name=name))
    values = [cell[0] if type(cell) is list and len(cell) == 1 else cell for cell in data]
    if len(values) != shape[0]:
        raise Refusal(
            400,
            phrase(
                "'{name}' has {count} values, and its shape says {shape}.", name=name, count=len(values), shape=shape[0]
            ),
        )
    allowed = DATATYPES[kind]
    for row, value in enumerate(values, 1):
        if value is not None and type(value) not in allowed:
            raise Refusal(
                400, phrase("'{name}' holds a value that is no {kind}.", name=name, kind=kind), column=name, row=row
            )
    return name, values


def output_tensors(predictions: Predictions) -> list[dict[str, Any]]:
    """Predictions as tensors, data row by row."""
    rows = len(predictions)
    if isinstance(predictions, Labels | LabelSets):
        flat = predictions.probabilities.ravel().tolist()
        classes = {"classes": list(predictions.classes)}
        said = predictions.values.tolist()
        if isinstance(predictions, LabelSets):  # each row's labels as a list in JSON
            said = [orjson.dumps(row).decode() for row in said]
        return [
            _tensor("prediction", "BYTES", [rows], said),
            {**_tensor("probabilities", "FP64", [rows, len(predictions.classes)], flat), "parameters": classes},
        ]
    if isinstance(predictions, Identities):  # nobody known is an empty name: tensors of bytes have no null
        known = {"parameters": {"persons": list(predictions.persons), "threshold": predictions.threshold}}
        flat = predictions.similarities.ravel().tolist()
        return [
            _tensor("prediction", "BYTES", [rows], [name or "" for name in predictions.values.tolist()]),
            {**_tensor("similarities", "FP64", [rows, len(predictions.persons)], flat), **known},
        ]
    if isinstance(predictions, Scores):  # each row's reasons as JSON
        told = [orjson.dumps(row["reasons"]).decode() for row in predictions.records()]
        limit = predictions.records()[0]["threshold"] if rows else None
        return [
            _tensor("prediction", "BOOL", [rows], predictions.flagged.tolist()),
            {**_tensor("score", "FP64", [rows], predictions.score.tolist()), "parameters": {"threshold": limit}},
            _tensor("reasons", "BYTES", [rows], told),
        ]
    if isinstance(predictions, Spans | Boxes):  # each row's list of entities or boxes as JSON
        return [_tensor("prediction", "BYTES", [rows], [orjson.dumps(row).decode() for row in predictions.records()])]
    if isinstance(predictions, Forecasts):
        steps = {name: lists.explode().to_list() for name, lists in predictions.frame().to_dict().items()}
        shape = list(predictions.values.shape)
        return [*_moments(predictions), *(_tensor(name, "FP64", shape, flat) for name, flat in steps.items())]
    columns = {"prediction": predictions.values, "low": predictions.low, "high": predictions.high}
    return [_tensor(name, "FP64", [rows], data.tolist()) for name, data in columns.items() if data is not None]


def _tensor(name: str, kind: str, shape: Sequence[int], data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": kind, "shape": list(shape), "data": data}


def _text(value: Any, what: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise Refusal(400, phrase("'{what}' must be a text.", what=what))


def _wanted(outputs: Any, served: Served) -> list[str]:
    """The names of the outputs that are asked for; empty for all."""
    if outputs is None:
        return []
    there = [tensor["name"] for tensor in outputs_of(served)]
    if not isinstance(outputs, list) or not all(isinstance(each, dict) for each in outputs):
        raise Refusal(400, phrase("'outputs' must be a list of objects with a name."))
    names = [each.get("name") for each in outputs]
    if unknown := [name for name in names if name not in there]:
        raise Refusal(
            400,
            phrase("There is no output {unknown}.", unknown=repr(unknown[0])),
            remedy=phrase("The outputs are: {names}.", names=", ".join(there)),
        )
    return names
