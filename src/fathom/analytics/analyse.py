"""The whole way from documents to what they say."""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.analytics import duplicates as near
from fathom.analytics import outliers, reasons
from fathom.analytics import topics as themes
from fathom.analytics.analysis import (
    SHOWN,
    Analysis,
    Duplicates,
    Passage,
    Phrased,
    Review,
    StandsOut,
    Summary,
    Topic,
)
from fathom.analytics.changes import changes
from fathom.analytics.corpus import Corpus
from fathom.analytics.documents import Documents, documents, language
from fathom.analytics.keyphrases import keyphrases
from fathom.analytics.morphemes import stemmer
from fathom.analytics.patterns import Hit, hits
from fathom.analytics.periods import Periods, periods
from fathom.analytics.summaries import MOST_SENTENCES, summary
from fathom.analytics.terms import Given, Term
from fathom.analytics.terms import terms as listed
from fathom.errors import FathomError
from fathom.messages import phrase

PHRASES, TOPIC_PHRASES, TYPICAL = 20, 6, 5
GROUP, COMPARED = 10, 100  # documents of a group that are told (all are counted); groups whose texts are compared
SUMMARIES, LONG = 10, 6  # documents summed up, and the sentences that they must have
SUMMED = 60  # documents of a topic that its summary is made of, the most typical ones
MOST_TOPICS = 100
WEAK = 0.5  # stability below which topics are shown with a warning

Step = Callable[[str], None]
Ints = npt.NDArray[np.int64]


def analyse(
    data: Any,
    text: str | None = None,
    time: str | None = None,
    *,
    terms: Given | None = None,
    topics: int | None = None,
    seed: int = 0,
    progress: Step | None = None,
) -> Analysis:
    """What documents say, without labels: topics, key phrases, near-duplicates, summaries, what stands out, hits.

    `data`: a folder of .txt and .md files (one document each), anything that `read` takes (`text` names the column
    of documents, `time` one of times), or a list of texts. `terms`: the person's own list to review, a file
    `term[,category]` or a list. `topics`: how many; else as many as are stable. `progress` hears each step's name.
    DataError where there is no document.

    >>> analysis = analyse("sample:documents", topics=10)
    >>> len(analysis.topics), analysis.period, len(analysis.duplicates)
    (10, 'month', 6)
    """
    if topics is not None and not 1 <= topics <= MOST_TOPICS:
        raise FathomError(
            phrase("{topics} topics cannot be made.", topics=topics),
            where="--topics",
            remedy=phrase("Ask for 1 to {most} topics, or leave it to the data.", most=MOST_TOPICS),
        )
    asked = None if terms is None else listed(terms)  # before any work, for a mistake in it
    watch = _Watch(progress or (lambda step: None))
    with watch("read"):
        found = documents(data, text, time)
    return _Desk(found, asked, topics, seed, watch).analysis()


@dataclass
class _Watch:
    """Tells each step when it begins, and keeps how long it took."""

    progress: Step
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        self.progress(step)
        begun = clock.perf_counter()
        yield
        self.seconds[step] = round(clock.perf_counter() - begun, 3)


class _Desk:
    """One analysis while it is made: each step reads the corpus and writes its part."""

    def __init__(self, found: Documents, asked: tuple[Term, ...] | None, count: int | None, seed: int,
                 watch: _Watch) -> None:  # fmt: skip
        self.documents, self.asked, self.count, self.seed, self.watch = found, asked, count, seed, watch
        with watch("words"):
            stem, self.stemming = stemmer(found.texts)
            self.corpus = Corpus.of(found.texts, stem)
        self.languages = [language(each) for each in found.texts]

    def analysis(self) -> Analysis:
        found, corpus, watch = self.documents, self.corpus, self.watch
        when = None if found.times is None else periods(found.times)
        with watch("phrases"):
            phrases = _phrased(corpus, None, PHRASES)
        with watch("topics"):
            made = themes.topics(corpus, self.count, self.seed)
            told = [self._topic(made, at, when) for at in range(len(made))] if made else []
        with watch("duplicates"):
            groups = near.duplicates(found.texts)
        with watch("summaries"):
            summaries = self._summaries()
        with watch("outliers"):
            unusual = [self._stands_out(each) for each in outliers.documents(corpus, seed=self.seed)]
            sentences = [self._stands_out(each) for each in outliers.sentences(corpus)]
        with watch("terms"):
            reviewed = hits(corpus, self.asked) if self.asked else []
        first, last = self._span()
        return Analysis(
            data=found.source.name,
            location=found.source.location,
            documents=len(found),
            sentences=len(corpus.sentence_document),
            words=len(corpus.words.form),
            languages={name: self.languages.count(name) for name in ("en", "ko", "other") if name in self.languages},
            notices=self._notices(made),
            first=first,
            last=last,
            period=when.length if when else "",
            periods=when.starts if when else (),
            per_period=_counted(when.of, len(when.starts)) if when else (),
            phrases=phrases,
            topics=tuple(told),
            without_topic=int((made.of < 0).sum()) if made else 0,
            method=made.method if made else "",
            coherence=made.coherence if made else None,
            stability=made.stability if made else None,
            duplicates=tuple(self._group(each, place < COMPARED) for place, each in enumerate(groups)),
            summaries=summaries,
            unusual=tuple(unusual),
            unusual_sentences=tuple(sentences),
            terms=None if self.asked is None else len(self.asked),
            reviews=tuple(self._review(each) for each in reviewed),
            settings=self._settings(),
            seconds=watch.seconds,
            table=self._table(made, groups, reviewed),
        )

    def _settings(self) -> dict[str, Any]:
        found = self.documents
        return {"text": found.column or None, "time": found.time or None, "topics": self.count, "seed": self.seed,
                "korean": self.stemming}  # fmt: skip

    def _span(self) -> tuple[str, str]:
        times = self.documents.times
        known = times[~np.isnat(times)] if times is not None else np.zeros(0, dtype="datetime64[us]")
        return (str(known.min())[:10], str(known.max())[:10]) if len(known) else ("", "")

    def _notices(self, made: themes.Topics | None) -> tuple[str, ...]:
        notices = list(self.documents.source.notices)
        if made is None and len(self.corpus) < themes.FEWEST_DOCUMENTS:
            notices.append(
                phrase(
                    "No topics: that takes {least} documents or more that share words.", least=themes.FEWEST_DOCUMENTS
                )
            )
        elif made is None:
            notices.append(
                phrase(
                    "No topics: too few words stand in the same documents more often than by chance. Name a number to "
                    "have topics made all the same."
                )
            )
        elif made.stability is not None and made.stability < WEAK:
            notices.append(
                phrase("The topics are weak: where documents are left out, less than half of their words come back.")
            )
        elif self.count and len(made) < self.count:
            notices.append(phrase("Of {asked} topics, {count} are some document's main topic.", asked=self.count,
                                  count=len(made)))  # fmt: skip
        if len(self.corpus) < outliers.FEWEST:
            notices.append(
                phrase("What stands out was not looked for: that takes {least} documents or more.",
                       least=outliers.FEWEST)
            )  # fmt: skip
        return tuple(notices)

    def _passage(self, document: int, most: int = SHOWN) -> Passage:
        found = self.documents
        text = " ".join(found.texts[document][: 4 * most].split())
        when = "" if found.times is None or np.isnat(found.times[document]) else str(found.times[document])[:10]
        return Passage(
            document,
            found.names[document],
            int(found.rows[document]) + 1,
            text if len(text) <= most else text[: most - 1].rstrip() + "…",
            when,
        )

    def _topic(self, made: themes.Topics, at: int, when: Periods | None) -> Topic:
        corpus = self.corpus
        held = made.documents(at, corpus)
        spoken = np.concatenate([corpus.of_document(each) for each in held[:SUMMED].tolist()])
        chosen = summary(corpus, spoken, 3, made.direction(at, corpus))
        return Topic(
            made.words[at],
            len(held),
            len(held) / len(corpus),
            tuple(map(self._passage, self._unlike(held))),
            _phrased(corpus, held, TOPIC_PHRASES),
            tuple(map(corpus.sentence, chosen)),
            _counted(when.of[held], len(when.starts)) if when else (),
        )

    def _unlike(self, held: Ints) -> list[int]:
        """The first documents that don't begin alike: the same letter five times tells nothing more."""
        seen: dict[str, int] = {}
        for at in held[: 10 * TYPICAL].tolist():
            seen.setdefault(" ".join(self.documents.texts[at].lower().split())[:120], at)
        return list(seen.values())[:TYPICAL]

    def _summaries(self) -> tuple[Summary, ...]:
        """Of the longest documents."""
        corpus = self.corpus
        count = np.bincount(corpus.sentence_document, minlength=len(corpus))
        longest = np.argsort(-count, kind="stable")[:SUMMARIES]
        return tuple(
            Summary(
                self._passage(at),
                tuple(map(corpus.sentence, summary(corpus, corpus.of_document(at), 3))),
                int(count[at]),
                min(int(count[at]), MOST_SENTENCES),
            )
            for at in longest.tolist()
            if count[at] >= LONG
        )

    def _group(self, group: near.Group, compared: bool) -> Duplicates:
        texts = [self.documents.texts[at] for at in group.documents[:GROUP]]
        told = tuple(changes(texts[0], each) for each in texts[1:]) if compared else ()
        shown = tuple(map(self._passage, group.documents[:GROUP]))
        return Duplicates(shown, len(group.documents), group.similarity, told)

    def _stands_out(self, found: outliers.Outlier) -> StandsOut:
        sentence = "" if found.sentence is None else self.corpus.sentence(found.sentence)
        return StandsOut(self._passage(found.document), sentence, found.score, found.words, reasons.told(found))

    def _review(self, hit: Hit) -> Review:
        corpus, text = self.corpus, self.corpus.texts[hit.document]
        start, end = int(corpus.sentence_start[hit.sentence]), int(corpus.sentence_end[hit.sentence])
        before = len(" ".join(f"{text[start : hit.start]}|".split())) - 1
        form = " ".join(hit.form.split())
        return Review(hit.term, hit.category, self._passage(hit.document, 80), " ".join(text[start:end].split()),
                      before, before + len(form), form, hit.similarity, hit.how)  # fmt: skip

    def _table(self, made: themes.Topics | None, groups: list[near.Group], reviewed: list[Hit]) -> pl.DataFrame:
        count = len(self.documents)
        group = np.zeros(count, dtype=np.int64)
        for number, each in enumerate(groups, start=1):
            group[list(each.documents)] = number
        topic = made.of + 1 if made else np.zeros(count, dtype=np.int64)
        found = np.bincount([hit.document for hit in reviewed], minlength=count)
        frame = pl.DataFrame({
            "row": self.documents.rows + 1,
            "name": self.documents.names,
            "language": self.languages,
            "topic": topic,
            "weight": made.weight if made else np.zeros(count),
            "duplicates": group,
            "hits": found,
        })  # fmt: skip
        return frame.with_columns(pl.col("topic", "duplicates").replace(0, None))


def _phrased(corpus: Corpus, held: Ints | None, most: int) -> tuple[Phrased, ...]:
    return tuple(
        Phrased(each.phrase, round(each.score, 4), each.count, each.documents)
        for each in keyphrases(corpus, held, most)
    )


def _counted(places: Ints, size: int) -> tuple[int, ...]:
    return tuple(np.bincount(places[places >= 0], minlength=size).tolist())
