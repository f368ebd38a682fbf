"""The longest documents, each in three of its own sentences."""

from __future__ import annotations

from fathom.analytics.analysis import Analysis, Summary
from fathom.messages import phrase
from fathom.report import parts
from fathom.report.analytics.pieces import label, spoken
from fathom.report.html import Markup, join, tag


def body(analysis: Analysis) -> Markup:
    """A summary of each long document."""
    if not analysis.summaries:
        return parts.absent(phrase("No document is long enough to be summed up."))
    return join([
        tag(
            "div",
            tag("h3", label(each.document)),
            tag("p", _chosen(each), class_="about"),
            spoken(each.sentences),
            class_="group",
        )
        for each in analysis.summaries
    ])  # fmt: skip


def _chosen(each: Summary) -> str:
    chosen = len(each.sentences)
    if each.looked < each.of:
        return phrase(
            "{chosen} of {all:,} sentences, of which {looked:,} at even distances were looked at",
            chosen=chosen,
            all=each.of,
            looked=each.looked,
        )
    return phrase("{chosen} of {all:,} sentences", chosen=chosen, all=each.of)
