"""`POST /predict`: rows as JSON, pictures as base64 or as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from fathom.data.kinds import Kind
from fathom.messages import phrase
from fathom.serving import faces, series
from fathom.serving.answers import nested
from fathom.serving.direct import INFERENCE_REFUSALS, Inference, inference, json_of, reference
from fathom.serving.exchange import Exchange, State
from fathom.serving.inference import Question, parsed
from fathom.serving.limits import Limits
from fathom.serving.models import Served
from fathom.serving.multipart import files
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import Forecasts, Predictions


def routes(state: State) -> list[Inference]:
    """The routes of fathom's own protocol."""
    return [
        inference(
            state,
            "/predict",
            predict,
            summary="Predict",
            description="Predictions for one row or many. A missing value is null.",
            tags=["predict"],
            responses={200: json_of(reference("Predictions")), **INFERENCE_REFUSALS},
            openapi_extra={"requestBody": {"required": True, "content": content(state.models.current)}},
        )
    ]


def content(served: Served) -> dict[str, Any]:
    """The media types that `/predict` reads."""
    media: dict[str, Any] = {"application/json": {"schema": reference("PredictRequest")}}
    if picture_column(served):
        one = {"type": "string", "format": "binary"}
        files_of = {"type": "object", "properties": {"image": {"type": "array", "items": one}}, "required": ["image"]}
        media["multipart/form-data"] = {"schema": files_of}
        media["image/png"] = media["image/jpeg"] = {"schema": one}
    return media


async def predict(exchange: Exchange) -> bytes:
    """Answer `{"predictions": [...], "model": {...}, "id": ...}`, with `notices` where a value is unknown."""
    return await exchange.ask(Question(reader(exchange), partial(write, id=exchange.id)))


def reader(exchange: Exchange) -> Callable[[Served, Limits], Rows]:
    """How to read this body, by its media type; 415 where it is none that is known."""
    if exchange.media.startswith("image/"):
        return partial(read_pictures, [exchange.body])
    form = partial(read_files, exchange.body, exchange.content_type)
    return exchange.reader({"application/json": partial(read_json, exchange.body), "multipart/form-data": form})


def read_json(body: bytes, served: Served, limits: Limits) -> Rows:
    """`{"rows": [{column: value}, ...]}` or `{"row": {column: value}}`; of series what else the answer is to tell."""
    data = parsed(body)
    if isinstance(data, dict) and ("rows" in data) != ("row" in data):
        records = data["rows"] if "rows" in data else [data["row"]]
        rows = served.reader.records(records, limits)
        also = series.asked_also(data, served)
        return replace(rows, also=also) if also else rows
    raise Refusal(422, phrase('Send {{"rows": [{{column: value, ...}}, ...]}} or {{"row": {{column: value, ...}}}}.'))


def read_files(body: bytes, content_type: str, served: Served, limits: Limits) -> Rows:
    """The files of a form, one row each."""
    return read_pictures([data for _, data in files(body, content_type)], served, limits)


def read_pictures(pictures: list[bytes], served: Served, limits: Limits) -> Rows:
    """Encoded pictures, one row each, for a model that reads one picture a row."""
    column = picture_column(served)
    if column is None:
        raise Refusal(415, phrase("This model reads no pictures."), remedy=phrase("Send rows as application/json."))
    return served.reader.columns({column: pictures}, limits)


def picture_column(served: Served) -> str | None:
    """The one picture column of a model that reads pictures alone."""
    inputs = served.problem.asked
    return inputs[0].name if len(inputs) == 1 and inputs[0].kind == Kind.IMAGE else None


def write(predictions: Predictions, served: Served, rows: Rows, *, id: str) -> bytes:
    """The answer, with the model that gave it, what it does not know of the rows and what was put right in them."""
    model = {"name": served.name, "version": served.version}
    answer = {"predictions": nested(predictions), "model": model, "id": id}
    notices = served.reader.notices(rows)
    if isinstance(predictions, Identities):
        notices += faces.notices(predictions, served)
    if isinstance(predictions, Forecasts):
        notices += series.notices(served, rows)
        if rows.also:
            more = series.beside(predictions, served, rows)
            answer["predictions"] = [{**said, **told} for said, told in zip(nested(predictions), more, strict=True)]
    if notices:
        answer["notices"] = notices
    return orjson.dumps(answer)
