"""`POST /explain`: what the answer to one row rests on, words of its text or places of its picture."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from fathom.messages import phrase
from fathom.protocol.insight.words import losses, pieces, strongest, variants
from fathom.serving import places
from fathom.serving.answers import nested, part
from fathom.serving.direct import INFERENCE_REFUSALS, Inference, inference, json_of, reference
from fathom.serving.exchange import Exchange, State
from fathom.serving.inference import Question, parsed
from fathom.serving.limits import Limits
from fathom.serving.models import Served
from fathom.serving.predict import content, picture_column
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Predictions
from fathom.tasks.reasons import reasons


def routes(state: State) -> list[Inference]:
    """The route, where the model labels texts or pictures."""
    served = state.models.current
    if served.problem.events is not None:
        return [_of_alerts(state)]
    if served.text_column is None and served.picture_column is None:
        return []
    properties: dict[str, Any] = {"row": reference("Row")}
    media: dict[str, Any] = {
        "application/json": {"schema": {"type": "object", "properties": properties, "required": ["row"]}}
    }
    what = "The words that the label of one row rests on: what it loses when they are left out."
    if served.text_column is None:
        properties |= {places.about(served): places.asked(served)}
        media = {**content(served), **media} if picture_column(served) else media
        what = places.WHAT[places.about(served)]
    return [
        inference(
            state,
            "/explain",
            explain,
            summary="Explain",
            description=what,
            tags=["predict"],
            responses={200: json_of(reference("Explanation")), **INFERENCE_REFUSALS},
            openapi_extra={"requestBody": {"required": True, "content": media}},
        )
    ]


def _of_alerts(state: State) -> Inference:
    row = {"type": "object", "properties": {"row": reference("Row")}, "required": ["row"]}
    return inference(
        state,
        "/explain",
        explain_alert,
        summary="Explain",
        description="What speaks most for the rare label in one row. The row is not remembered.",
        tags=["predict"],
        responses={200: json_of(reference("Explanation")), **INFERENCE_REFUSALS},
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": row}}}},
    )


async def explain_alert(exchange: Exchange) -> bytes:
    """Answer `{"prediction": ..., "reasons": [{"column": ..., "value": ..., "worth": ...}], "id": ...}`."""
    read_body = exchange.reader({"application/json": partial(read_event, exchange.body)})
    question = Question(read_body, partial(write_reasons, id=exchange.id))
    return await exchange.ask(question, heavy=True)


def read_event(body: bytes, served: Served, limits: Limits) -> Rows:
    """The one row, which is asked about in passing."""
    data = parsed(body)
    if not isinstance(data, dict) or not isinstance(data.get("row"), dict):
        raise Refusal(422, phrase('Send {{"row": {{column: value, ...}}}}.'))
    return replace(served.reader.records([data["row"]], limits), passing=True)


def write_reasons(predictions: Predictions, served: Served, rows: Rows, *, id: str) -> bytes:
    """The row's label and what speaks most for the rare one."""
    dataset = served.seen(rows)
    told = reasons(served.model.learner, served.problem, dataset)[0]
    first = nested(part(predictions, 0, 1))[0]
    return orjson.dumps({"prediction": first, "reasons": [each.to_json() for each in told], "id": id})


async def explain(exchange: Exchange) -> bytes:
    """Answer `{"prediction": ..., "column": ..., "text": ..., "marks": [...], "id": ...}`; of pictures `places`."""
    if exchange.state.models.current.text_column is None:
        return await exchange.ask(places.question(exchange), heavy=True)
    read_body = exchange.reader({"application/json": partial(read, exchange.body)})
    return await exchange.ask(Question(read_body, partial(write, id=exchange.id)))


def read(body: bytes, served: Served, limits: Limits) -> Rows:
    """The row, followed by what it is without each piece of its text."""
    data, column = parsed(body), served.text_column
    if not isinstance(data, dict) or not isinstance(data.get("row"), dict):
        raise Refusal(422, phrase('Send {{"row": {{column: value, ...}}}}.'))
    if column is None:
        raise Refusal(404, phrase("There is nothing here."))
    row = served.reader.records([data["row"]], limits).records[0]
    return Rows([{**row, column: text or None} for text in variants(row[column] or "")[1]])


def write(predictions: Predictions, served: Served, rows: Rows, *, id: str) -> bytes:
    """The label of the first row and what each piece is worth to it."""
    column = served.text_column
    assert column is not None
    assert isinstance(predictions, Labels | LabelSets)
    text = rows.records[0][column] or ""
    worth = strongest(losses(predictions).values())
    marks = [
        {"start": start, "end": end, "worth": lost} for (start, end), lost in zip(pieces(text), worth, strict=False)
    ]
    first = nested(part(predictions, 0, 1))[0]
    return orjson.dumps({"prediction": first, "column": column, "text": text, "marks": marks, "id": id})
