"""`POST /explain`: which words of one row's text its label rests on."""

from __future__ import annotations

from functools import partial

import orjson

from fathom.messages import phrase
from fathom.protocol.insight.words import losses, pieces, strongest, variants
from fathom.serving.answers import nested, part
from fathom.serving.direct import INFERENCE_REFUSALS, Inference, inference, json_of, reference
from fathom.serving.exchange import Exchange, State
from fathom.serving.inference import Question, parsed
from fathom.serving.limits import Limits
from fathom.serving.models import Served
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Predictions


def routes(state: State) -> list[Inference]:
    """The route, where the model labels texts."""
    if state.models.current.text_column is None:
        return []
    body = {"type": "object", "properties": {"row": reference("Row")}, "required": ["row"]}
    return [
        inference(
            state,
            "/explain",
            explain,
            summary="Explain",
            description="The words that the label of one row rests on: what it loses when they are left out.",
            tags=["predict"],
            responses={200: json_of(reference("Explanation")), **INFERENCE_REFUSALS},
            openapi_extra={"requestBody": {"required": True, **json_of(body)}},
        )
    ]


async def explain(exchange: Exchange) -> bytes:
    """Answer `{"prediction": ..., "column": ..., "text": ..., "marks": [...], "id": ...}`."""
    if exchange.media not in ("application/json", ""):
        remedy = phrase("Send application/json.")
        raise Refusal(415, phrase("'{media}' is not read here.", media=exchange.media), remedy=remedy)
    return await exchange.ask(Question(partial(read, exchange.body), partial(write, id=exchange.id)))


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
