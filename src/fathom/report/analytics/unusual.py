"""Documents and sentences that stand out, and why."""

from __future__ import annotations

from fathom.analytics.analysis import Analysis, StandsOut
from fathom.messages import phrase
from fathom.report import parts
from fathom.report.analytics.pieces import label
from fathom.report.html import Markup, join, tag


def body(analysis: Analysis) -> Markup:
    """Documents first, then sentences."""
    if not analysis.unusual and not analysis.unusual_sentences:
        return parts.absent(phrase("Nothing stands out from the rest."))
    return join(
        _part(phrase("Documents"), analysis.unusual),
        _part(phrase("Sentences"), analysis.unusual_sentences),
    )


def _part(title: str, found: tuple[StandsOut, ...]) -> Markup | None:
    if not found:
        return None
    return tag("div", tag("h3", title), tag("ul", [_one(each) for each in found], class_="quotes"), class_="group")


def _one(each: StandsOut) -> Markup:
    return tag(
        "li",
        label(each.document),
        " ",
        tag("q", each.sentence or each.document.text, dir="auto"),
        tag("small", each.reason, class_="reason"),
    )
