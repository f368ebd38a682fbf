"""The topics: their words, a summary, key phrases, typical documents."""

from __future__ import annotations

from fathom.analytics.analysis import Analysis, Topic
from fathom.messages import phrase, plural
from fathom.report import parts, wording
from fathom.report.analytics.pieces import quotes, spoken
from fathom.report.html import Markup, join, tag
from fathom.report.tables import folded

METHODS = {
    "nmf": lambda: phrase("non-negative matrix factorisation"),
    "lda": lambda: phrase("latent Dirichlet allocation"),
}


def body(analysis: Analysis) -> Markup:
    """A card for each topic, the largest first."""
    if not analysis.topics:
        return parts.absent(phrase("Too few documents share words for topics."))
    largest = analysis.topics[0].share
    cards = [_card(place, topic, largest) for place, topic in enumerate(analysis.topics, start=1)]
    return join(tag("p", _made(analysis), class_="about"), tag("div", cards, class_="cards"))


def _made(analysis: Analysis) -> str:
    method = METHODS[analysis.method]()
    if analysis.stability is None:
        return phrase("Made by {method}; the number of topics was asked for.", method=method)
    return phrase(
        "Made by {method}. Of the numbers of topics that were tried, this one comes back best when documents are left "
        "out (agreement {stability}), with words that stand together (coherence {coherence}).",
        method=method,
        stability=wording.number(analysis.stability),
        coherence=wording.number(analysis.coherence),
    )


def _card(place: int, topic: Topic, largest: float) -> Markup:
    counted = plural(topic.documents, "{count:,} document, {share}", "{count:,} documents, {share}",
                     share=wording.percent(topic.share))  # fmt: skip
    width = max(round(100 * topic.share / largest), 1)
    bar = tag("svg", tag("rect", width=width, height=6, class_="bar classical"), viewBox="0 0 100 6",
              preserveAspectRatio="none", class_="share", aria_hidden="true")  # fmt: skip
    return tag(
        "article",
        tag("h3", tag("small", f"{place} "), topic.name, dir="auto"),
        tag("p", counted, class_="about"),
        bar,
        tag("p", [join(tag("span", word, class_="word"), " ") for word in topic.words[3:]], dir="auto"),
        _phrases(topic),
        spoken(topic.summary),
        folded(phrase("Typical documents"), quotes(topic.typical)) if topic.typical else None,
        class_="topic",
    )


def _phrases(topic: Topic) -> Markup | None:
    several = [each.phrase for each in topic.phrases if " " in each.phrase]
    if not several:
        return None
    return tag("p", tag("small", phrase("Phrases: {names}", names=", ".join(several))), dir="auto")
