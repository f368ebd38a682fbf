"""`POST /invocations`: the forms of MLflow's and SageMaker's scoring servers, JSON or CSV."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
import polars as pl

from fathom.messages import phrase
from fathom.serving.answers import flat
from fathom.serving.direct import INFERENCE_REFUSALS, Inference, inference, json_of, reference
from fathom.serving.exchange import Exchange, State
from fathom.serving.inference import Question, parsed
from fathom.serving.limits import Limits
from fathom.serving.models import Served
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.tasks.predictions import Predictions

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")


def routes(state: State) -> list[Inference]:
    """The protocol's route; its `/ping` is with the other health routes."""
    content = {
        "application/json": {"schema": reference("InvocationsRequest")},
        "text/csv": {"schema": reference("InvocationsTable")},
    }
    return [
        inference(
            state,
            "/invocations",
            invocations,
            summary="Invocations",
            tags=["mlflow"],
            responses={200: json_of(reference("InvocationsResponse")), **INFERENCE_REFUSALS},
            openapi_extra={"requestBody": {"required": True, "content": content}},
        )
    ]


async def invocations(exchange: Exchange) -> bytes:
    """Answer `{"predictions": [...]}`, one flat object for each row."""
    readers: dict[str, Callable[[bytes, Served, Limits], Rows]] = {
        "application/json": read_json,
        "": read_json,
        "text/csv": read_csv,
    }
    reader = readers.get(exchange.media)
    if reader is None:
        raise Refusal(
            415,
            phrase("'{media}' is not read here.", media=exchange.media),
            remedy=phrase("Send application/json or text/csv."),
        )
    return await exchange.ask(Question(partial(reader, exchange.body), write))


def read_json(body: bytes, served: Served, limits: Limits) -> Rows:
    """Rows in one of the four forms."""
    data = parsed(body)
    if not isinstance(data, dict) or len(found := [form for form in FORMS if form in data]) != 1:
        raise Refusal(422, phrase("Send an object with one of {names}.", names=", ".join(FORMS)))
    form = found[0]
    value = data[form]
    if form == "dataframe_split":
        return read_split(value, served, limits)
    if form == "dataframe_records":
        return served.reader.records(value, limits)
    if form == "inputs" and isinstance(value, dict):
        if not all(type(cells) is list for cells in value.values()):
            raise Refusal(422, phrase("'inputs' by column holds a list for each column."))
        return served.reader.columns(value, limits)
    return read_instances(value, served, limits)


def read_split(value: Any, served: Served, limits: Limits) -> Rows:
    """`{"columns": [names], "data": [[cells of a row]]}`."""
    if not isinstance(value, dict) or not _names(value.get("columns")) or not isinstance(value.get("data"), list):
        raise Refusal(422, phrase("'dataframe_split' is an object with the lists 'columns' and 'data'."))
    return served.reader.records(_records(value["columns"], value["data"]), limits)


def read_instances(value: Any, served: Served, limits: Limits) -> Rows:
    """A list of rows: objects, lists in the order of the model's columns, or bare values of an only column."""
    if not isinstance(value, list):
        raise Refusal(422, phrase("'instances' and 'inputs' are a list of rows."))
    names = [column.name for column in served.problem.asked]
    if value and all(type(row) is list for row in value):
        return served.reader.records(_records(names, value), limits)
    if len(names) == 1 and not all(type(row) is dict and names[0] in row for row in value):
        return served.reader.columns({names[0]: value}, limits)
    return served.reader.records(value, limits)


def read_csv(body: bytes, served: Served, limits: Limits) -> Rows:
    """A header and one line for each row, UTF-8; empty cells are missing values."""
    try:
        frame = pl.read_csv(io.BytesIO(body), infer_schema=False)
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise Refusal(400, phrase("The table cannot be read: {error}.", error=str(error).splitlines()[0])) from None
    return served.reader.texts(frame, limits)


def write(predictions: Predictions, served: Served, rows: Rows) -> bytes:
    """The answer."""
    return orjson.dumps({"predictions": flat(predictions)})


def _records(names: list[str], rows: list[Any]) -> list[dict[str, Any]]:
    for number, row in enumerate(rows, 1):
        if type(row) is not list or len(row) != len(names):
            raise Refusal(
                422,
                phrase("Row {number} must be a list of {count} values.", number=number, count=len(names)),
                row=number,
            )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _names(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)
