"""Key phrases: words that are central in the graph of neighbours, early and often, joined to the phrases they come in.

TextRank (Mihalcea and Tarau, "TextRank: bringing order into text", 2004) with the bias to early words of PositionRank
(Florescu and Caragea, 2017). A phrase carries of each of its words' centrality the share of the word's occurrences that
are in the phrase: so "water damage" beats "water" where water mostly does damage. What is said word for word in many
documents, such as a greeting, counts once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.analytics.corpus import Corpus
from fathom.analytics.endings import bare, nominal
from fathom.analytics.rank import pagerank

WINDOW = 3  # words further along that count as neighbours
LONGEST = 3  # words of a phrase
MOST_CANDIDATES = 2_000
SHARE = 0.6  # of a word's occurrences, from which the word alone adds nothing to a phrase that has it

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KeyPhrase:
    """A phrase as it is mostly written, its score (the best one's is 1), how often and in how many documents it is."""

    phrase: str
    score: float
    count: int
    documents: int


@dataclass(frozen=True)
class _Candidates:
    """Phrases of one length or several: their stems (-1 where there is none), counts, and an occurrence to show."""

    stems: Ints
    count: Ints
    documents: Ints
    first: Ints  # the word that an occurrence begins with
    length: Ints


def keyphrases(corpus: Corpus, documents: Ints | None = None, most: int = 20) -> list[KeyPhrase]:
    """The key phrases of the corpus, or of these documents of it as against the others, the best first.

    >>> text = "The water damage is bad. Water damage in the kitchen! We pay for water damage."
    >>> keyphrases(Corpus.of([text]), most=1)[0].phrase
    'water damage'
    """
    words = corpus.words
    inside = np.ones(len(words.form), dtype=bool)
    if documents is not None:
        chosen = np.zeros(len(corpus), dtype=bool)
        chosen[documents] = True
        inside = chosen[words.document]
    forms = set(words.forms)  # a verb in the dictionary's form, 받다, is no noun; 바다 stands in texts as it is
    noun = np.array([nominal(stem) and (stem in forms or not stem.endswith("다")) for stem in words.stems], dtype=bool)
    noun &= words.content
    places = np.flatnonzero(inside & noun[words.stem]) if len(words.form) else np.zeros(0, dtype=np.int64)
    if not len(places):
        return []
    stem = words.stem[places]
    often = np.bincount(stem, minlength=len(words.stems))
    once = places[corpus.first_said[corpus.sentence_of[places]]]
    rank = _centrality(corpus, once if len(once) else places)
    if documents is not None:  # what is said everywhere is no key to these
        rank *= often / np.maximum(np.bincount(words.stem, minlength=len(words.stems)), 1)
    found = _candidates(corpus, places)
    least = 2 if (found.count >= 2).sum() >= most else 1
    return _chosen(corpus, found, rank, often, least, most)


def _centrality(corpus: Corpus, places: Ints) -> Floats:
    words = corpus.words
    kept, node = np.unique(words.stem[places], return_inverse=True)
    size = len(kept)
    ones, others = [], []
    for apart in range(1, WINDOW + 1):  # stop words between do not count as steps
        near = corpus.sentence_of[places[:-apart]] == corpus.sentence_of[places[apart:]]
        near &= places[apart:] - places[:-apart] <= 2 * WINDOW
        ones.append(node[:-apart][near])
        others.append(node[apart:][near])
    one, other = np.concatenate(ones), np.concatenate(others)
    apart = one != other
    graph = sparse.coo_matrix((np.ones(int(apart.sum())), (one[apart], other[apart])), shape=(size, size)).tocsr()
    sentence = corpus.sentence_of[places]
    begun = np.searchsorted(corpus.sentence_document, np.arange(len(corpus)))
    early = 1 / (1.0 + sentence - begun[words.document[places]])
    start = np.bincount(node, weights=early, minlength=size)
    rank = np.zeros(len(words.stems))
    rank[kept] = pagerank(graph + graph.T, np.asarray(start, dtype=np.float64))
    return rank


def _candidates(corpus: Corpus, places: Ints) -> _Candidates:
    """Runs of one to three words that say something, with nothing but a blank or a hyphen between."""
    words = corpus.words
    pairs = zip(words.forms, words.stem_of.tolist(), strict=True)
    plain = np.array([bare(form, words.stems[stem]) for form, stem in pairs], dtype=bool)
    follows = np.zeros(len(places), dtype=bool)  # whether the next one stands right after
    if len(places) > 1:
        one, other = places[:-1], places[1:]
        follows[:-1] = (
            (other == one + 1)
            & (words.start[other] == words.end[one] + 1)
            & (corpus.sentence_of[one] == corpus.sentence_of[other])
            & plain[words.form[one]]
        )
    stem = words.stem[places]
    tables, counts, firsts, documents, lengths = [], [], [], [], []
    begins = np.arange(len(places))
    for length in range(1, LONGEST + 1):
        if length > 1:
            begins = begins[follows[begins + length - 2]]
        if not len(begins):
            break
        runs = np.full((len(begins), LONGEST), -1)
        for at in range(length):
            runs[:, at] = stem[begins + at]
        base = len(words.stems) + 1
        key = ((runs[:, 0] + 1) * base + runs[:, 1] + 1) * base + runs[:, 2] + 1
        _, first, inverse, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        held = np.unique(inverse * np.int64(len(corpus)) + words.document[places[begins]])
        tables.append(runs[first])
        counts.append(count)
        firsts.append(places[begins[first]])
        documents.append(np.bincount(held // len(corpus), minlength=len(first)))
        lengths.append(np.full(len(first), length))
    return _Candidates(*map(np.concatenate, (tables, counts, documents, firsts, lengths)))


def _chosen(corpus: Corpus, found: _Candidates, rank: Floats, often: Ints, least: int, most: int) -> list[KeyPhrase]:
    """The best candidates, none that another one says already."""
    known = found.stems >= 0
    parts = np.where(known, rank[found.stems] * found.count[:, None] / np.maximum(often[found.stems], 1), 0.0)
    score = parts.sum(axis=1) * (found.count >= least)
    picked: list[int] = []
    for at in np.argsort(-score, kind="stable")[:MOST_CANDIDATES].tolist():
        if score[at] <= 0 or len(picked) == most:
            break
        mine = set(found.stems[at][known[at]].tolist())
        if not any(_says_the_same(mine, found, at, other) for other in picked):
            picked.append(at)
    top = score[picked[0]] if picked else 1.0
    return [
        KeyPhrase(_written(corpus, found, at), float(score[at] / top), int(found.count[at]), int(found.documents[at]))
        for at in picked
    ]


def _says_the_same(mine: set[int], found: _Candidates, at: int, other: int) -> bool:
    theirs = set(found.stems[other][: found.length[other]].tolist())
    if mine <= theirs:
        return bool(found.count[other] >= (1 - SHARE) * found.count[at])
    return theirs <= mine or len(mine & theirs) >= 2


def _written(corpus: Corpus, found: _Candidates, at: int) -> str:
    words, first, length = corpus.words, found.first[at], found.length[at]
    if length == 1:
        return str(words.shown[found.stems[at, 0]])
    text = corpus.texts[words.document[first]]
    begun = text[words.start[first] : words.start[first + length - 1]].lower()
    return f"{begun}{words.shown[found.stems[at, length - 1]]}"
