"""What the answer to one picture rests on: places of it, as `POST /explain` answers where pictures are read."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

import numpy as np
import orjson

from fathom.data.dataset import Dataset
from fathom.data.media import encode
from fathom.messages import phrase
from fathom.protocol.insight import asking
from fathom.protocol.insight.decided import COVERED, GRADIENT, decided
from fathom.serving import protocols
from fathom.serving.answers import nested
from fathom.serving.direct import reference
from fathom.serving.exchange import Exchange
from fathom.serving.inference import Question, parsed
from fathom.serving.limits import Limits
from fathom.serving.models import Served
from fathom.serving.predict import reader
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.tasks.predictions import Predictions

SECONDS = 10.0  # that the places of one picture may take: as long, nobody else is answered
LABEL, PERSON, BOX = "label", "person", "box"
WHAT = {
    LABEL: "The places of a picture that the label of one row rests on.",
    PERSON: "The places of a picture that make it similar to a person.",
    BOX: "The places of a picture that one box rests on.",
}
LOST = {
    LABEL: "the probability that the label loses",
    PERSON: "the similarity to the person that is lost",
    BOX: "the probability that the box loses",
}


def about(served: Served) -> str:
    """What can be asked about in a picture: a label, a person or a box."""
    return BOX if served.problem.boxes else PERSON if served.problem.persons else LABEL


def asked(served: Served) -> dict[str, Any]:
    """The schema of what is asked about."""
    if about(served) == BOX:
        box = protocols.boxes(served.problem.boxes)["items"]
        sides = [name for name in box["required"] if name != "probability"]
        return {**box, "required": sides, "description": "Which box; the surest by default."}
    first = "the most similar" if about(served) == PERSON else "the most probable"
    return {"type": "string", "description": f"Which {about(served)}; {first} by default."}


def schema(served: Served) -> dict[str, Any]:
    """The schema of the answer."""
    text = {"type": "string"}
    method = {"type": "string", "enum": [GRADIENT, COVERED]}
    places = {
        "type": "array",
        "description": f"Lines of places from the top, each from the left; of occlusion {LOST[about(served)]} when the "
        "place is covered, of grad-cam a share of the strongest place.",
        "items": {"type": "array", "items": {"type": "number"}},
    }
    named: dict[str, Any] = {PERSON: text} if about(served) == PERSON else {LABEL: text}
    if about(served) == BOX:
        named[BOX] = protocols.boxes(served.problem.boxes)["items"]
    properties = {"prediction": reference("Prediction"), "column": text, **named, "method": method, "places": places}
    properties |= {"id": text}
    required = list(properties)
    if served.problem.cut:
        described = "The face as it was cut out, a PNG: the places are those of it."
        properties["face"] = {**text, "contentEncoding": "base64", "description": described}
    return {"type": "object", "properties": properties, "required": required}


def question(exchange: Exchange) -> Question:
    """How the request is read and answered."""
    said = _about(exchange, about(exchange.state.models.current))
    return Question(partial(read, reader(exchange)), partial(write, said=said, id=exchange.id))


def read(read_rows: Any, served: Served, limits: Limits) -> Rows:
    """The one row, which must hold a picture."""
    rows: Rows = read_rows(served, limits)
    column = served.picture_column
    if len(rows) != 1 or column is None:
        raise Refusal(422, phrase("One row at a time is explained, not {count}.", count=len(rows)))
    if rows.records[0][column] is None:
        raise Refusal(422, phrase("There is no picture in this row."), column=column, row=1)
    return rows


def write(predictions: Predictions, served: Served, rows: Rows, *, said: Any, id: str) -> bytes:
    """The row's answer and how much each place of its picture speaks for what is asked about."""
    one = asking.usual(predictions)[0] if said is None else asking.named(served.model, said)
    dataset = Dataset(served.reader.frame(rows), served.problem.inputs)
    found = decided(served.model, dataset, [one] if one else None, SECONDS)[0]
    told = {**found.to_json(), "places": np.nan_to_num(np.round(found.places, 4)).tolist()}
    if found.face is not None:
        told["face"] = base64.b64encode(encode(found.face)).decode()
    return orjson.dumps({"prediction": nested(predictions)[0], "column": served.picture_column, **told, "id": id})


def _about(exchange: Exchange, what: str) -> Any:
    """What a JSON body asks about; None where it asks about nothing in particular."""
    if exchange.media not in ("application/json", ""):
        return None
    data = parsed(exchange.body)
    said = data.get(what) if isinstance(data, dict) else None
    if said is None or isinstance(said, dict if what == BOX else str):
        return said
    if what == BOX:
        raise Refusal(422, phrase("'box' is an object: left, top, right, bottom and label."))
    raise Refusal(422, phrase("'{name}' is a text.", name=what))
