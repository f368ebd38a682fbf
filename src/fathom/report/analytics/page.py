"""The page of an analysis of documents: its sections, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fathom.analytics.analysis import Analysis
from fathom.messages import phrase, plural
from fathom.report import parts, shell
from fathom.report.analytics import duplicates, overtime, overview, phrases, review, summaries, topics, unusual
from fathom.report.html import Markup, tag

Body = Callable[[Analysis], Markup]
SECTIONS: tuple[tuple[str, Callable[[], str], Body], ...] = (
    ("overview", lambda: phrase("Overview"), overview.body),
    ("review", lambda: phrase("To review"), review.body),
    ("topics", lambda: phrase("Topics"), topics.body),
    ("time", lambda: phrase("Topics over time"), overtime.body),
    ("phrases", lambda: phrase("Key phrases"), phrases.body),
    ("duplicates", lambda: phrase("Near-duplicates"), duplicates.body),
    ("unusual", lambda: phrase("What stands out"), unusual.body),
    ("summaries", lambda: phrase("Long documents in short"), summaries.body),
)


def write(analysis: Analysis, path: str | Path) -> Path:
    """Write the analysis as a page to `path`, whole or not at all; a StoreError where that is not possible."""
    return shell.written(render(analysis), path)


def render(analysis: Analysis) -> str:
    """The analysis, one HTML document."""
    sections = [each for each in SECTIONS if each[0] != "review" or analysis.terms is not None]
    title = phrase("What the documents say")
    content = [
        _top(analysis, sections),
        tag("main", [tag("section", tag("h2", name()), body(analysis), id=key) for key, name, body in sections]),
        tag("footer", tag("p", phrase("Made by fathom. Nothing was labelled or trained; everything here is counted."))),
    ]
    return shell.document(title, analysis.data, content, ("report.css", "analytics.css"))


def _top(analysis: Analysis, sections: list[tuple[str, Callable[[], str], Body]]) -> Markup:
    links = [tag("a", name(), href=f"#{key}") for key, name, _ in sections]
    return tag(
        "header",
        tag("p", "fathom · ", parts.name(analysis.data), class_="eyebrow"),
        tag("h1", plural(analysis.documents, "What does {count:,} document say?", "What do {count:,} documents say?")),
        tag("nav", links, aria_label=phrase("Sections")),
    )
