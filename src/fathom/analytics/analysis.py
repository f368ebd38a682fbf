"""An analysis: what was found in the documents, as plain data."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from fathom.messages import again, phrase, plural

SHOWN = 240  # letters of a document that stand for it


@dataclass(frozen=True, slots=True)
class Passage:
    """A document as it is pointed at: its place among the documents, its name or row, its beginning, its date."""

    document: int
    name: str
    row: int  # at the source, from 1
    text: str
    written: str  # ISO date, or ""

    @property
    def label(self) -> str:
        """What a person calls it: the file, or the row."""
        return self.name or phrase("row {row:,}", row=self.row)


@dataclass(frozen=True, slots=True)
class Phrased:
    """A key phrase: its score (the best one's is 1), how often it stands, in how many documents."""

    phrase: str
    score: float
    count: int
    documents: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its words, documents and their share, typical ones, key phrases, a summary, documents per period."""

    words: tuple[str, ...]
    documents: int
    share: float
    typical: tuple[Passage, ...]
    phrases: tuple[Phrased, ...]
    summary: tuple[str, ...]
    over_time: tuple[int, ...]

    @property
    def name(self) -> str:
        """Its first three words."""
        return ", ".join(self.words[:3])


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Documents that are nearly the same, the first of them shown; `similarity` of the least alike (1: equal)."""

    documents: tuple[Passage, ...]
    count: int
    similarity: float
    changes: tuple[tuple[str, str], ...]  # for each after the first: what it lacks of the first, and what it has more


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences that tell most of a long document."""

    document: Passage
    sentences: tuple[str, ...]
    of: int  # sentences that the document has
    looked: int  # of them looked at: where there are very many, some at even distances


@dataclass(frozen=True, slots=True)
class StandsOut:
    """A document, or a sentence of one, unlike the others: how far (standard deviations), and why."""

    document: Passage
    sentence: str  # "" for a whole document
    score: float
    words: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """A term of the person's list where it stands: the sentence, and from where to where in it."""

    term: str
    category: str
    document: Passage
    sentence: str
    start: int
    end: int
    form: str
    similarity: float
    how: str  # "exact", "inflected", "compound", "similar"


@dataclass(frozen=True)
class Analysis:
    """What documents say: topics, key phrases, near-duplicates, summaries, what stands out, terms to review."""

    data: str
    location: str
    documents: int
    sentences: int
    words: int
    languages: dict[str, int]
    notices: tuple[str, ...]
    first: str  # the time of the first and of the last document, ISO dates, or ""
    last: str
    period: str  # "day", "week", "month", "quarter", "year"; "" without times
    periods: tuple[str, ...]  # the beginning of each, ISO dates
    per_period: tuple[int, ...]  # documents
    phrases: tuple[Phrased, ...]
    topics: tuple[Topic, ...]
    without_topic: int
    method: str  # of the topics: "nmf", "lda", or "" where there are none
    coherence: float | None
    stability: float | None
    duplicates: tuple[Duplicates, ...]
    summaries: tuple[Summary, ...]
    unusual: tuple[StandsOut, ...]  # documents
    unusual_sentences: tuple[StandsOut, ...]
    terms: int | None  # asked for; None without a list
    reviews: tuple[Review, ...]
    settings: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)  # of each step
    table: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False, compare=False)

    def frame(self) -> pl.DataFrame:
        """A row for each document: row, name, language, topic, its weight, group of duplicates, hits.

        `topic` and `duplicates` are numbers from 1, null for none.
        """
        return self.table

    def to_json(self) -> dict[str, Any]:
        """The analysis as plain JSON data, without `frame()`."""
        found = {name: value for name, value in self.__dict__.items() if name != "table"}
        return {name: _plain(value) for name, value in found.items()}

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The analysis in some sentences."""
        counted = plural(self.documents, "{count:,} document", "{count:,} documents")
        told = [phrase("{name}: {documents}, {sentences:,} sentences, {words:,} words.", name=self.data,
                       documents=counted, sentences=self.sentences, words=self.words)]  # fmt: skip
        if self.topics:
            names = "; ".join(topic.name for topic in self.topics[:5])
            told.append(plural(len(self.topics), "{count} topic: {names}.", "{count} topics, the largest: {names}.",
                               names=names))  # fmt: skip
        told.append(plural(len(self.duplicates), "{count:,} group of near-duplicates.",
                           "{count:,} groups of near-duplicates."))  # fmt: skip
        if self.terms is not None:
            told.append(plural(len(self.reviews), "{count:,} place to review.", "{count:,} places to review."))
        return told

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(line)}</p>" for line in self.lines())
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in
                       (phrase("topic"), phrase("documents"), phrase("share")))  # fmt: skip
        rows = "".join(
            f"<tr><td>{html.escape(', '.join(topic.words[:6]))}</td><td>{topic.documents:,}</td>"
            f"<td>{topic.share:.0%}</td></tr>"
            for topic in self.topics
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        return said + table


WAYS: dict[str, Callable[[], str]] = {  # how a term stands in a text, in a person's words
    "exact": lambda: phrase("as written"),
    "inflected": lambda: phrase("inflected"),
    "compound": lambda: phrase("in a longer word"),
    "similar": lambda: phrase("similar spelling"),
}


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(again(value)) if isinstance(value, str) else value
