"""Where the winner is wrong: labels taken for each other, numbers missed, or entities not found."""

from __future__ import annotations

from fathom.report.evidence import Evidence
from fathom.report.html import Markup
from fathom.report.sections import confusion, entities, identities, label_sets, residuals


def body(evidence: Evidence) -> Markup:
    """A confusion matrix where the answer is a label, residuals where it is a number, a table where it is spans."""
    if evidence.study.problem.labels:
        return entities.body(evidence)
    if evidence.study.problem.persons:
        return identities.body(evidence)
    if evidence.study.problem.sets:
        return label_sets.body(evidence)
    return confusion.body(evidence) if evidence.study.problem.classes else residuals.body(evidence)
