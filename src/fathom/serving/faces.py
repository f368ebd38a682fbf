"""`POST /verify`: whether two pictures are of one person, and who each of them is."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import orjson

from fathom.messages import phrase, plural
from fathom.serving.answers import nested
from fathom.serving.direct import INFERENCE_REFUSALS, Inference, inference, json_of, reference
from fathom.serving.exchange import Exchange, State
from fathom.serving.inference import Question, parsed
from fathom.serving.limits import Limits
from fathom.serving.models import Served
from fathom.serving.multipart import files
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.tasks.identities import Identities, hold_to_faces, verified
from fathom.tasks.predictions import Predictions

PICTURE = {"type": "string", "contentEncoding": "base64", "description": "An encoded picture."}
NUMBER = {"type": "number"}
VERIFIED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "same": {"type": "boolean"},
        "similarity": NUMBER,
        "threshold": NUMBER,
        "far": {**NUMBER, "description": "Share of pairs of two persons that pass for one."},
        "one": reference("Prediction"),
        "other": reference("Prediction"),
        "id": {"type": "string"},
    },
    "required": ["same", "similarity", "threshold", "far", "one", "other", "id"],
}


def routes(state: State) -> list[Inference]:
    """The route, where the model recognises persons."""
    if not state.models.current.problem.persons:
        return []
    pair = {"type": "object", "properties": {"one": PICTURE, "other": PICTURE}, "required": ["one", "other"]}
    one = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"image": {"type": "array", "items": one, "minItems": 2, "maxItems": 2}}}
    content = {"application/json": {"schema": pair}, "multipart/form-data": {"schema": form}}
    return [
        inference(
            state,
            "/verify",
            verify,
            summary="Verify",
            description="Whether two pictures are of one person; neither need be known.",
            tags=["predict"],
            responses={200: json_of(VERIFIED), **INFERENCE_REFUSALS},
            openapi_extra={"requestBody": {"required": True, "content": content}},
        )
    ]


async def verify(exchange: Exchange) -> bytes:
    """Answer `{"same": ..., "similarity": ..., "threshold": ..., "far": ..., "one": ..., "other": ..., "id": ...}`."""
    form = partial(read_form, exchange.body, exchange.content_type)
    read = exchange.reader({"application/json": partial(read_json, exchange.body), "multipart/form-data": form})
    return await exchange.ask(Question(read, partial(write, id=exchange.id)))


def read_json(body: bytes, served: Served, limits: Limits) -> Rows:
    """The pictures of `{"one": base64, "other": base64}`."""
    data = parsed(body)
    if not isinstance(data, dict) or data.keys() != {"one", "other"}:
        raise Refusal(422, phrase('Send {{"one": picture, "other": picture}}, each as base64.'))
    return _rows([data["one"], data["other"]], served, limits)


def read_form(body: bytes, content_type: str, served: Served, limits: Limits) -> Rows:
    """The two files of a form."""
    return _rows([data for _, data in files(body, content_type)], served, limits)


def _rows(pictures: list[Any], served: Served, limits: Limits) -> Rows:
    if not served.problem.persons:  # another model came to be served
        raise Refusal(404, phrase("There is nothing here."))
    if len(pictures) != 2 or None in pictures:
        raise Refusal(422, phrase("Two pictures are compared, not {count}.", count=len(pictures)))
    return served.reader.columns({served.problem.inputs[0].name: pictures}, limits)


def notices(predictions: Identities, served: Served) -> list[dict[str, Any]]:
    """That no face was found on some pictures, with the first such `row`."""
    if not predictions.faceless:
        return []
    said = plural(
        len(predictions.faceless),
        "No face was found on {count:,} picture, which is told as nobody known.",
        "No face was found on {count:,} pictures, which are told as nobody known.",
    )
    return [{"notice": said, "column": served.problem.inputs[0].name, "row": predictions.faceless[0] + 1}]


def write(predictions: Predictions, served: Served, rows: Rows, *, id: str) -> bytes:
    """The verdict, and who each of the two is; a RowError where no face was found on one."""
    assert isinstance(predictions, Identities)
    hold_to_faces(predictions, served.problem.inputs[0].name)
    one, other = nested(predictions)
    return orjson.dumps({**asdict(verified(predictions)), "one": one, "other": other, "id": id})
