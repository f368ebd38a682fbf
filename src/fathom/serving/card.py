"""`GET /model`: what is served, in one object; the page is made from it."""

from __future__ import annotations

from typing import Any

from fathom.serving.direct import Fact, Reply, fact, json_of, reference
from fathom.serving.exchange import State
from fathom.serving.models import Served
from fathom.serving.schema import example

TOLD = ("created", "rows", "measure", "scores", "score", "low", "high", "verdict", "seed", "libraries", "fingerprint")


def routes(state: State) -> list[Fact]:
    """The model's card."""
    responses = {200: json_of(reference("Model"))}
    return [fact(state, "/model", model, summary="Model card", tags=["predict"], responses=responses)]


def model(state: State, path: dict[str, str]) -> Reply:
    """The served model: its name, what it reads and answers, and what made it."""
    return Reply.json(card_of(state.models.current))


def card_of(served: Served) -> dict[str, Any]:
    """The card as plain JSON data."""
    problem = served.problem
    return {
        "name": served.name,
        "version": served.version,
        "learner": served.model.name,
        "family": served.model.family,
        "task": problem.task,
        "target": problem.target,
        "inputs": [column.to_json() for column in problem.inputs],
        "classes": list(problem.classes),
        "example": example(served),
        "coverage": served.model.calibration.get("coverage"),
        "drawing": drawing(served),
        "card": {name: served.model.card[name] for name in TOLD if name in served.model.card},
    }


def drawing(served: Served) -> dict[str, Any]:
    """How a drawn picture becomes like those of training: margin and stroke as shares of its side."""
    measured: dict[str, Any] = served.model.card.get("drawing", {})
    return {"margin": 0.1, "stroke": 0.1, "inverted": False, **measured}
