"""The key phrases of all documents."""

from __future__ import annotations

from fathom.analytics.analysis import Analysis
from fathom.messages import phrase
from fathom.report import parts
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table

WIDTH = 120


def body(analysis: Analysis) -> Markup:
    """Phrases with how central they are, how often and in how many documents they stand."""
    if not analysis.phrases:
        return parts.absent(phrase("No word says enough to be a key."))
    rows: list[list[Child]] = [
        [tag("bdi", each.phrase), _bar(each.score), f"{each.count:,}", f"{each.documents:,}"]
        for each in analysis.phrases
    ]
    head: list[Child] = [phrase("phrase"), phrase("weight"), phrase("times"), phrase("documents")]
    said = phrase(
        "Central in the graph of neighbouring words, early and often. What is said word for word in many documents "
        "counts once."
    )
    listed = table(phrase("Key phrases"), head, rows, numbers=(2, 3), sortable=True)
    return join(tag("p", said, class_="about"), listed)


def _bar(score: float) -> Markup:
    bar = tag("rect", width=round(WIDTH * score, 1), height=10, class_="bar classical")
    return tag("svg", bar, width=WIDTH, height=10, viewBox=f"0 0 {WIDTH} 10", role="img", aria_label=f"{score:.2f}")
