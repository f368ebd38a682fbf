"""Groups of documents that are nearly the same."""

from __future__ import annotations

from fathom.analytics.analysis import Analysis, Duplicates
from fathom.messages import phrase, plural
from fathom.report import parts, wording
from fathom.report.analytics.pieces import label, quoted
from fathom.report.html import Markup, join, tag
from fathom.report.tables import folded

OPEN, MOST = 6, 40


def body(analysis: Analysis) -> Markup:
    """The groups, the largest first."""
    found = analysis.duplicates
    if not found:
        return parts.absent(phrase("No two documents share three quarters of their text."))
    said = phrase(
        "Alike is the share of runs of five letters that two documents have in common; every pair was compared "
        "exactly. Of the first document the beginning is shown, of the others what differs from it."
    )
    rest = [_group(each) for each in found[OPEN:MOST]]
    more = len(found) - MOST
    return join(
        tag("p", said, class_="about"),
        [_group(each) for each in found[:OPEN]],
        folded(plural(len(found) - OPEN, "{count:,} more group", "{count:,} more groups"), rest) if rest else None,
        parts.absent(plural(more, "{count:,} smaller group is not shown here.",
                            "{count:,} smaller groups are not shown here.")) if more > 0 else None,
    )  # fmt: skip


def _group(group: Duplicates) -> Markup:
    title = phrase("{count:,} documents, {alike} alike", count=group.count, alike=wording.percent(group.similarity))
    if group.similarity == 1:
        title = phrase("{count:,} equal documents", count=group.count)
    more = group.count - len(group.documents)
    return tag(
        "div",
        tag("h3", title),
        tag("ul", [_one(group, at) for at in range(len(group.documents))], class_="quotes"),
        tag("p", plural(more, "and {count:,} more", "and {count:,} more"), class_="about") if more > 0 else None,
        class_="group",
    )


def _one(group: Duplicates, at: int) -> Markup:
    """The first document as it begins; of each other one what it lacks of the first, and what it has more."""
    if at == 0 or not group.changes:
        return quoted(group.documents[at])
    left, added = group.changes[at - 1]
    if not left and not added:
        return tag("li", label(group.documents[at]), " ", tag("small", phrase("the same words")))
    return tag(
        "li",
        label(group.documents[at]),
        " ",
        tag("del", left, dir="auto") if left else None,
        " " if left and added else None,
        tag("ins", added, dir="auto") if added else None,
    )
