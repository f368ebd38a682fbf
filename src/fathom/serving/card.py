"""`GET /model`: what is served, in one object; the page is made from it."""

from __future__ import annotations

from typing import Any

from fathom import catalog
from fathom.messages import again
from fathom.serving.direct import Fact, Reply, fact, json_of, reference
from fathom.serving.exchange import State
from fathom.serving.models import Served
from fathom.serving.pastrows import past_rows
from fathom.serving.schema import example
from fathom.serving.series import decomposes
from fathom.tasks.label_sets import HALF
from fathom.tasks.task import Task

TOLD = (  # what of the card the page shows; the rest is in the model's folder
    *("created", "data", "rows", "test_rows", "study", "verdict", "target"),
    *("measure", "score", "low", "high", "scores", "higher_is_better"),
)


def routes(state: State) -> list[Fact]:
    """The model's card."""
    responses = {200: json_of(reference("Model"))}
    return [fact(state, "/model", model, summary="Model card", tags=["predict"], responses=responses)]


def model(state: State, path: dict[str, str]) -> Reply:
    """The served model: its name, what it reads and answers, and what made it."""
    return Reply.json(card_of(state.models.current))


def card_of(served: Served) -> dict[str, Any]:
    """The card as plain JSON data."""
    problem, known = served.problem, served.model.card
    return {
        "name": served.name,
        "version": served.version,
        "learner": served.model.name,
        "family": served.model.family,
        "task": problem.task,
        "target": problem.target,
        "inputs": [column.to_json() for column in problem.asked],
        "classes": list(problem.classes),
        "labels": list(problem.labels),
        "sets": list(problem.sets),
        "boxes": list(problem.boxes),
        "persons": list(problem.persons),
        "conditions": list(problem.conditions),
        "planted": problem.planted,
        "horizon": problem.horizon
        and {
            **problem.horizon.to_json(),
            "example": past_rows(problem),
            "components": decomposes(served),
        },
        "threshold": _threshold(served),
        "example": example(served),
        "coverage": served.model.calibration.get("coverage"),
        "drawing": drawing(served),
        "runtime": served.race and served.race.to_json(),
        "card": {**in_percent(served), **{name: again(known[name]) for name in TOLD if name in known}},
    }


def _threshold(served: Served) -> float | None:
    """From which probability, likeness or score on the model says something; None where there is no such thing."""
    chosen: dict[str, Any] = served.model.calibration
    if served.problem.horizon is not None or (served.problem.conditions and "threshold" not in chosen):
        return None
    return float(chosen.get("threshold", chosen.get("alert", HALF)))


def drawing(served: Served) -> dict[str, Any] | None:
    """How a drawn picture becomes like those of training: margin and stroke as shares of its side. None: nobody draws.

    A model whose card does not say is given what most collections of digits and letters have.
    """
    if served.problem.boxes:
        return None
    if served.problem.persons or served.problem.conditions:
        return None
    measured: dict[str, Any] | None = served.model.card.get("drawing", {"margin": 0.1, "stroke": 0.1})
    return measured and {"inverted": False, **measured}


def in_percent(served: Served) -> dict[str, bool]:
    """Whether the score is a share, to be shown as points of a hundred."""
    task: Task = catalog.load(catalog.task(served.problem.task).path)
    return {"percent": any(each.percent for each in task.measures if each.name == served.model.card.get("measure"))}
