"""Where the winner is wrong: labels taken for each other, numbers missed, entities or boxes not found."""

from __future__ import annotations

from fathom.report.evidence import Evidence
from fathom.report.html import Markup
from fathom.report.sections import (
    alerts,
    boxes,
    confusion,
    entities,
    forecasts,
    identities,
    label_sets,
    residuals,
    scores,
)


def body(evidence: Evidence) -> Markup:
    """A confusion matrix of labels, residuals of numbers, tables of spans and boxes, scores."""
    if evidence.study.problem.horizon:
        return forecasts.body(evidence)
    if evidence.study.problem.labels:
        return entities.body(evidence)
    if evidence.study.problem.conditions:
        return scores.body(evidence)
    if evidence.study.problem.persons:
        return identities.body(evidence)
    if evidence.study.problem.boxes:
        return boxes.body(evidence)
    if evidence.study.problem.sets:
        return label_sets.body(evidence)
    if evidence.study.problem.events is not None:
        return alerts.body(evidence)
    return confusion.body(evidence) if evidence.study.problem.classes else residuals.body(evidence)
