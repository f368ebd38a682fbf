"""How much there is, in which languages, and what reading it found."""

from __future__ import annotations

from fathom.analytics.analysis import Analysis
from fathom.messages import phrase, plural
from fathom.report import wording
from fathom.report.html import Markup, join, tag

LANGUAGES = {
    "en": lambda: phrase("English or another in Latin letters"),
    "ko": lambda: phrase("Korean"),
    "other": lambda: phrase("other"),
}


def body(analysis: Analysis) -> Markup:
    """Tiles, languages, notices."""
    return join(
        tag(
            "ul", [tag("li", tag("b", figure), tag("span", note)) for figure, note in _tiles(analysis)], class_="tiles"
        ),
        tag("p", phrase("Written {first} to {last}.", first=analysis.first, last=analysis.last))
        if analysis.first
        else None,
        tag("p", _languages(analysis)) if len(analysis.languages) > 1 else None,
        tag("ul", [tag("li", each) for each in analysis.notices], class_="plain about") if analysis.notices else None,
    )


def _tiles(analysis: Analysis) -> list[tuple[str, str]]:
    count = wording.count
    tiles = [
        (
            count(analysis.documents),
            phrase("documents of {words} words on average", words=count(analysis.words / analysis.documents)),
        ),
        (count(len(analysis.topics)), _topics(analysis)),
        (count(len(analysis.duplicates)), _copies(analysis)),
        (count(len(analysis.unusual)), phrase("documents that stand out")),
    ]
    if analysis.terms is not None:
        asked = plural(analysis.terms, "places to review, of {count:,} term", "places to review, of {count:,} terms")
        tiles.insert(1, (count(len(analysis.reviews)), asked))
    return tiles


def _topics(analysis: Analysis) -> str:
    if not analysis.topics:
        return phrase("topics: too few documents share words")
    return phrase("topics; {share} of the documents have one",
                  share=wording.percent(1 - analysis.without_topic / analysis.documents))  # fmt: skip


def _copies(analysis: Analysis) -> str:
    return phrase("groups of near-duplicates, {count:,} documents in all",
                  count=sum(group.count for group in analysis.duplicates))  # fmt: skip


def _languages(analysis: Analysis) -> str:
    named = ", ".join(
        f"{LANGUAGES[code]()} {wording.percent(count / analysis.documents)}"
        for code, count in analysis.languages.items()
    )
    return phrase("Languages: {named}.", named=named)
