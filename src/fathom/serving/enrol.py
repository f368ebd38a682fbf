"""`POST /enrol`: somebody becomes known to the served model by a few pictures, without training."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from fathom.errors import FathomError
from fathom.messages import phrase
from fathom.model import Model
from fathom.serving.answers import nested
from fathom.serving.direct import INFERENCE_REFUSALS, Inference, inference, json_of, reference, refusals
from fathom.serving.exchange import Exchange, State
from fathom.serving.faces import PICTURE
from fathom.serving.inference import Question, parsed
from fathom.serving.limits import Limits
from fathom.serving.models import Models, Served
from fathom.serving.multipart import files
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.store import Store
from fathom.tasks.identities import Identities, hold_to_faces
from fathom.tasks.predictions import Predictions

Keep = Callable[[Model], int]  # writes a model where it outlives the server; its version

LONGEST_NAME = 200
MOST_PICTURES = 100
COUNT = {"type": "integer"}
ENROLLED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "person": {"type": "string"},
        "pictures": {**COUNT, "description": "Pictures that the person is known by now."},
        "persons": {**COUNT, "description": "Persons that are known now."},
        "version": {"type": "string"},
        "kept": {"type": "boolean", "description": "Whether a server that is started again knows the person too."},
        "before": {"type": "array", "items": reference("Prediction"), "description": "Who each was taken for."},
        "id": {"type": "string"},
        "notices": {
            "type": "array",
            "description": "Only where something is odd: pictures unlike the person's others, or like somebody else's.",
            "items": {"type": "object", "properties": {"notice": {"type": "string"}}, "required": ["notice"]},
        },
    },
    "required": ["person", "pictures", "persons", "version", "kept", "before", "id"],
}

log = logging.getLogger("fathom.serving")


def keeping(store: Store, path: Path) -> Keep | None:
    """How a model of the store is written as its next version; None for one in a folder elsewhere."""
    if path.resolve().parent.parent != (store.root / "models").resolve():
        return None
    return lambda model: store.save_model(model, path.parent.name)[0]


def routes(state: State, keep: Keep | None) -> list[Inference]:
    """The route, where the model recognises persons and no other process answers with a model of its own."""
    if not state.models.current.problem.persons:
        return []
    name = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
    given = {"type": "array", "items": PICTURE, "minItems": 1, "maxItems": MOST_PICTURES}
    body = {"type": "object", "properties": {"person": name, "pictures": given}, "required": ["person", "pictures"]}
    one = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"person": name, "image": {"type": "array", "items": one}}}
    content = {"application/json": {"schema": body}, "multipart/form-data": {"schema": form}}
    return [
        inference(
            state,
            "/enrol",
            partial(enrol, keep=keep),
            summary="Enrol",
            description="Make a person known by pictures: their vectors are kept, no picture is; nothing is trained.",
            tags=["predict"],
            responses={200: json_of(ENROLLED), **INFERENCE_REFUSALS, **refusals(404)},
            openapi_extra={"requestBody": {"required": True, "content": content}},
        )
    ]


async def enrol(exchange: Exchange, keep: Keep | None) -> bytes:
    """Answer `{"person": ..., "pictures": ..., "persons": ..., "version": ..., "kept": ..., "before": [...]}`."""
    form = partial(read_form, exchange.body, exchange.content_type)
    read = exchange.reader({"application/json": partial(read_json, exchange.body), "multipart/form-data": form})
    person: list[str] = []  # is read with the pictures, away from the event loop
    question = Question(
        lambda served, limits: read(served, limits, person),
        lambda said, served, rows: write(said, served, person[0], exchange.state.models, keep, exchange.id),
    )
    return await exchange.ask(question, heavy=True)


def read_json(body: bytes, served: Served, limits: Limits, person: list[str]) -> Rows:
    """The pictures of `{"person": name, "pictures": [base64, ...]}`."""
    data = parsed(body)
    if not isinstance(data, dict) or data.keys() != {"person", "pictures"} or not isinstance(data["pictures"], list):
        raise Refusal(422, phrase('Send {{"person": name, "pictures": [picture, ...]}}, each picture as base64.'))
    return _rows(data["person"], data["pictures"], served, limits, person)


def read_form(body: bytes, content_type: str, served: Served, limits: Limits, person: list[str]) -> Rows:
    """The files of a form, beside its field `person`."""
    parts = files(body, content_type)
    named = [data for name, data in parts if name == "person"]
    name = named[0].decode("utf-8", "replace") if len(named) == 1 else None
    return _rows(name, [data for name, data in parts if name != "person"], served, limits, person)


def _rows(name: Any, pictures: list[Any], served: Served, limits: Limits, person: list[str]) -> Rows:
    if not served.problem.persons:  # another model came to be served
        raise Refusal(404, phrase("There is nothing here."))
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or not name.strip().isprintable():
        raise Refusal(422, phrase("Say who is on the pictures: a name in one line, of {most} letters at most.",
                                  most=LONGEST_NAME))  # fmt: skip
    if not 1 <= len(pictures) <= MOST_PICTURES or None in pictures:
        raise Refusal(422, phrase("Send 1 to {most} pictures of the person, not {count}.",
                                  most=MOST_PICTURES, count=len(pictures)))  # fmt: skip
    person.append(name.strip())
    distinct = list({repr(each): each for each in pictures}.values())
    return served.reader.columns({served.problem.inputs[0].name: distinct}, limits)


def write(predictions: Predictions, served: Served, person: str, models: Models, keep: Keep | None, id: str) -> bytes:
    """Serve a model that knows the person from now on, and say so; a RowError where a picture shows no face.

    It runs in the one thread that answers batches, so that two who are enrolled at once are both known.
    """
    assert isinstance(predictions, Identities)
    hold_to_faces(predictions, served.problem.inputs[0].name)
    current = models.current
    if current.name != served.name or type(current.model.learner) is not type(served.model.learner):
        raise Refusal(503, phrase("Another model came to be served meanwhile."), headers={"retry-after": "1"})
    model = current.model.knowing(person, predictions.vectors)
    version, kept = _kept(model, keep)
    models.swap(model, version=version)
    told = {
        "person": person,
        "pictures": int(model.learner.gallery_.counts[model.problem.persons.index(person)]),  # type: ignore[attr-defined]
        "persons": len(model.problem.persons),
        "version": models.current.version,
        "kept": kept,
        "before": list(nested(predictions)),
        "id": id,
    }
    if model.notices:
        told["notices"] = [{"notice": str(each)} for each in model.notices]
    return orjson.dumps(told)


def _kept(model: Model, keep: Keep | None) -> tuple[str | None, bool]:
    """The version under which the model was written; none where there is no place that can be written to."""
    if keep is None:
        return None, False
    try:
        return str(keep(model)), True
    except (FathomError, OSError) as error:
        log.warning("a person is known until the server ends: the model cannot be written (%s)", error)
        return None, False
