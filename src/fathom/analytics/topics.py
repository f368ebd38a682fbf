"""The topics of a corpus: how many, their words, which documents they are about, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fathom.analytics import factors
from fathom.analytics.corpus import Corpus
from fathom.analytics.factors import Factors

MOST_WORDS = 4_000  # of the vocabulary, the most frequent ones
FEWEST_DOCUMENTS = 12  # fewer have no topics that would be more than documents
SHOWN_WORDS = 10
TELLING = 20  # stems that give a topic its direction

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Topics:
    """Topics, the largest first. `of`: each document's main topic, -1 for none; `weight`: that topic's part of it."""

    words: tuple[tuple[str, ...], ...]
    of: Ints
    weight: Floats
    mixture: Floats  # documents by topics
    method: str  # "nmf" or "lda"
    coherence: float
    stability: float | None  # None where the person named the number
    tried: tuple[factors.Attempt, ...]

    def __len__(self) -> int:
        return len(self.words)

    def documents(self, topic: int, corpus: Corpus) -> Ints:
        """The documents of a topic, the most typical first: near its middle, and of hardly anything else."""
        held = np.flatnonzero(self.of == topic)
        if not len(held):
            return held
        rows = corpus.weights[held]
        middle = np.asarray(rows.sum(axis=0)).ravel()
        near = np.asarray(rows @ middle).ravel() / max(float(np.linalg.norm(middle)), 1e-12)
        return held[np.argsort(-near * self.weight[held], kind="stable")]

    def direction(self, topic: int, corpus: Corpus) -> Floats:
        """The stems by which a topic's documents differ most from all, as weights."""
        inside = np.asarray(corpus.weights[self.of == topic].mean(axis=0)).ravel()
        more = inside - np.asarray(corpus.weights.mean(axis=0)).ravel()
        least = np.sort(more)[-TELLING:][0]
        return np.where((more > 0) & (more >= least), more, 0.0)


def topics(corpus: Corpus, count: int | None = None, seed: int = 0) -> Topics | None:
    """The topics of the corpus, `count` of them or as many as are stable; None where documents are too few.

    >>> claims = [f"water pipe leak kitchen {at}" for at in range(8)]
    >>> claims += [f"car accident driver police {at}" for at in range(8)]
    >>> found = topics(Corpus.of(claims), 2)
    >>> sorted(sorted(words)[0] for words in found.words), found.of[0] != found.of[8]
    (['accident', 'kitchen'], np.True_)
    """
    kept = _vocabulary(corpus)
    if len(corpus) < FEWEST_DOCUMENTS or len(kept) < 2 or corpus.counts[:, kept].nnz < len(kept):
        return None
    weights, counts = corpus.weights[:, kept], corpus.counts[:, kept]
    tried = [] if count else factors.attempts(weights, counts, seed)
    best = factors.best(tried) if tried else None
    if count is None and (best is None or best.worth < factors.WORTHWHILE):
        return None
    wanted = min(best.topics if best else count or 1, len(corpus), len(kept))
    present = counts.astype(bool).astype(np.float64)
    made = factors.factors(weights, counts, wanted, "nmf", seed)
    held = factors.coherence(present, made.top)
    if len(corpus) <= factors.SAMPLE:  # beyond, it takes minutes
        other = factors.factors(weights, counts, wanted, "lda", seed)
        if (coherent := factors.coherence(present, other.top)) > held + factors.LDA_GAIN:
            made, held = other, coherent
    return _told(corpus, kept, made, held, best, tried)


def _vocabulary(corpus: Corpus) -> Ints:
    """The stems that are in two documents at least, the most frequent of them."""
    often = corpus.document_frequency
    kept = np.flatnonzero(often >= 2)
    return np.sort(kept[np.argsort(-often[kept], kind="stable")][:MOST_WORDS])


def _told(corpus: Corpus, kept: Ints, made: Factors, held: float, best: factors.Attempt | None,
          tried: list[factors.Attempt]) -> Topics:  # fmt: skip
    """Topics in order of their documents; one that no document is mainly about is left out."""
    of = np.where(made.documents.sum(axis=1) > 0, made.documents.argmax(axis=1), -1)
    sizes = np.bincount(of[of >= 0], minlength=len(made.words))
    order = [at for at in np.argsort(-sizes, kind="stable").tolist() if sizes[at]]
    place = np.full(len(made.words) + 1, -1)
    place[order] = np.arange(len(order))
    shown = [[corpus.words.shown[kept[at]] for at in made.top[topic][:SHOWN_WORDS] if made.words[topic, at] > 0]
             for topic in order]  # fmt: skip
    return Topics(
        tuple(map(tuple, shown)),
        place[of],
        made.documents.max(axis=1),
        made.documents[:, order],
        made.method,
        held,
        best.stability if best else None,
        tuple(tried),
    )
