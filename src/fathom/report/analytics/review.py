"""Where the person's own terms stand, each in its sentence."""

from __future__ import annotations

from collections import Counter

from fathom.analytics.analysis import WAYS, Analysis, Review
from fathom.messages import phrase, plural
from fathom.report import parts, wording
from fathom.report.analytics.pieces import label
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table

MOST = 300  # hits that are shown; --json has all
AROUND = 260  # letters of a long sentence on either side of the hit


def body(analysis: Analysis) -> Markup:
    """How often each term stands, then every place."""
    if not analysis.reviews:
        return parts.absent(phrase("None of the terms stands in the documents, inflected or misspelt."))
    rest = len(analysis.reviews) - MOST
    return join(
        _counts(analysis.reviews),
        tag("ul", [_hit(each) for each in analysis.reviews[:MOST]], class_="quotes hits"),
        parts.absent(
            plural(rest, "{count:,} more place is not shown here.", "{count:,} more places are not shown here.")
        )
        if rest > 0
        else None,
    )


def _counts(reviews: tuple[Review, ...]) -> Markup:
    often = Counter((each.term, each.category) for each in reviews)
    held: dict[tuple[str, str], set[int]] = {}
    forms: dict[tuple[str, str], Counter[str]] = {}
    for each in reviews:
        held.setdefault((each.term, each.category), set()).add(each.document.document)
        forms.setdefault((each.term, each.category), Counter())[each.form.lower()] += 1
    rows: list[list[Child]] = [
        [tag("bdi", term), category or wording.NOTHING, f"{count:,}", f"{len(held[term, category]):,}",
         ", ".join(form for form, _ in forms[term, category].most_common(6))]
        for (term, category), count in often.most_common()
    ]  # fmt: skip
    head: list[Child] = [phrase("term"), phrase("category"), phrase("places"), phrase("documents"), phrase("forms")]
    return table(phrase("The terms that were found"), head, rows, numbers=(2, 3), sortable=True, look="terms")


def _hit(each: Review) -> Markup:
    before, after = each.sentence[: each.start], each.sentence[each.end :]
    before = f"…{before[-AROUND:]}" if len(before) > AROUND else before
    after = f"{after[:AROUND]}…" if len(after) > AROUND else after
    look = "hit similar" if each.how == "similar" else "hit"
    known = f"{each.term} · {each.category}" if each.category else each.term
    how = WAYS[each.how]()
    if each.similarity < 1:
        how = f"{how}, {wording.percent(each.similarity)}"
    return tag(
        "li",
        label(each.document),
        " ",
        tag("q", before, tag("mark", each.form, class_=look), after, dir="auto"),
        tag("small", f"{known} · {how}", class_="reason"),
    )
