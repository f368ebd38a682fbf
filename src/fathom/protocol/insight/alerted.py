"""Why the winner's strongest alerts on the test rows were raised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fathom.data.dataset import Dataset
from fathom.model import Model
from fathom.tasks.predictions import Labels
from fathom.tasks.reasons import reasons

if TYPE_CHECKING:
    from fathom.protocol.study import Study

FILE = "alerts.json"
SHOWN = 20  # of the highest scores


def reading(model: Model, test: Dataset, truth: npt.NDArray[Any]) -> list[dict[str, Any]]:
    """The test rows with the highest scores, the highest first: row, and reasons (column, value, worth)."""
    known = np.flatnonzero(model.problem.known(truth))
    answers = model.learner.predict(test.take(known))
    assert isinstance(answers, Labels)
    rows = known[np.argsort(-answers.probabilities[:, 1], kind="stable")[:SHOWN]]
    told = reasons(model.learner, model.problem, test.take(rows))
    return [
        {"row": row, "reasons": [each.to_json() for each in why]} for row, why in zip(rows.tolist(), told, strict=True)
    ]


def found(study: Study) -> dict[int, list[dict[str, Any]]]:
    """What `reading` found of the study's winner, by test row; empty where nothing was looked for."""
    try:
        listed = json.loads((study.folder / "importance" / FILE).read_text("utf-8"))
        return {int(each["row"]): list(each["reasons"]) for each in listed}
    except (OSError, ValueError, TypeError, KeyError):
        return {}
