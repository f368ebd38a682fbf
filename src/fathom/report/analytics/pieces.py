"""Small pieces that several sections of the page show."""

from __future__ import annotations

from fathom.analytics.analysis import Passage
from fathom.report import parts
from fathom.report.html import Markup, tag

TEXT = 240  # letters


def label(passage: Passage) -> Markup:
    """What a document is called, and when it was written."""
    when = tag("small", f" {passage.written}") if passage.written else None
    return tag("span", parts.name(passage.label, 60), when, class_="document")


def quoted(passage: Passage, most: int = TEXT) -> Markup:
    """A document: what it is called, and how it begins."""
    text = passage.text if len(passage.text) <= most else passage.text[: most - 1] + "…"
    return tag("li", label(passage), " ", tag("q", text, dir="auto"))


def quotes(passages: tuple[Passage, ...]) -> Markup:
    """Several documents."""
    return tag("ul", [quoted(each) for each in passages], class_="quotes")


def spoken(sentences: tuple[str, ...]) -> Markup:
    """Sentences as they stand in the documents."""
    return tag("ul", [tag("li", tag("q", each, dir="auto")) for each in sentences], class_="quotes said")
