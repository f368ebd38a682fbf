"""Where the winner is wrong: labels taken for each other, or numbers missed."""

from __future__ import annotations

from fathom.report.evidence import Evidence
from fathom.report.html import Markup
from fathom.report.sections import confusion, residuals


def body(evidence: Evidence) -> Markup:
    """A confusion matrix where the answer is a label, residuals where it is a number."""
    return confusion.body(evidence) if evidence.study.problem.classes else residuals.body(evidence)
