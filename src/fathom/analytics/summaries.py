"""Extractive summaries: the sentences at the middle of a text, none that says what another one says.

LexRank (Erkan and Radev, "LexRank: graph-based lexical centrality as salience in text summarization", 2004), drawn to
a topic where there is one (Otterbacher, Erkan and Radev, 2005), then maximal marginal relevance (Carbonell and
Goldstein, 1998). What is said in many documents, such as a greeting, counts the less the more often it is said.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.analytics.corpus import Corpus
from fathom.analytics.rank import pagerank

NEAR = 0.1  # cosine from which two sentences are neighbours
RELEVANCE = 0.5  # weight of relevance against novelty
LEAST = 0.3  # of the best sentence's relevance, or it is left out however new
MOST_SENTENCES = 600  # looked at; of more, some at even distances
FEWEST_WORDS = 3  # that say something, or a sentence is no summary's
LONGEST = 600  # characters of a sentence

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def summary(corpus: Corpus, sentences: Ints, most: int = 3, towards: Floats | None = None) -> list[int]:
    """The places of at most `most` sentences that say most of what these sentences say, in their order.

    `towards`: weights of stems, a topic's, to which the sentences should speak.

    >>> corpus = Corpus.of(["The pipe burst in the kitchen. Hello. The burst pipe flooded the kitchen floor. Bye."])
    >>> [corpus.sentence(at) for at in summary(corpus, np.arange(4), most=1)]
    ['The pipe burst in the kitchen.']
    """
    chosen = _looked_at(corpus, sentences)
    if len(chosen) <= 1:
        return [int(at) for at in chosen]
    rows = corpus.sentence_weights[chosen]
    alike = np.asarray((rows @ rows.T).todense())
    np.fill_diagonal(alike, 0.0)
    drawn = _lead(corpus, chosen) if towards is None else np.asarray(rows @ towards).ravel()
    if not drawn.any():
        drawn = np.ones(len(chosen))
    central = pagerank(np.where(alike >= NEAR, alike, 0.0), drawn)
    central = central * (1.0 if towards is None else drawn) / (1 + np.log(corpus.repeats[chosen]))
    return sorted(int(chosen[at]) for at in diverse(central / central.max(), alike, most))


def _lead(corpus: Corpus, sentences: Ints) -> Floats:
    """More for a document's first sentences, which often say what it is about."""
    first = np.searchsorted(corpus.sentence_document, corpus.sentence_document[sentences])
    return np.asarray(1 / (2.0 + np.minimum(sentences - first, 4)))


def diverse(relevance: Floats, alike: Floats, most: int) -> list[int]:
    """The most relevant places that are unlike each other, best first (maximal marginal relevance).

    >>> diverse(np.array([1.0, 0.9, 0.5]), np.array([[1, 0.95, 0], [0.95, 1, 0], [0, 0, 1.0]]), 2)
    [0, 2]
    """
    picked = [int(relevance.argmax())]
    fit = int((relevance >= LEAST * relevance.max()).sum())
    while len(picked) < min(most, fit):
        worth = RELEVANCE * relevance - (1 - RELEVANCE) * alike[:, picked].max(axis=1)
        worth[picked] = worth[relevance < LEAST * relevance.max()] = -np.inf
        following = int(worth.argmax())
        if alike[following, picked].max() > 0.9:  # nothing new is left
            break
        picked.append(following)
    return picked


def _looked_at(corpus: Corpus, sentences: Ints) -> Ints:
    """The sentences that may be chosen: said once, of some length, and not too many."""
    counts = corpus.sentence_counts
    words = np.diff(counts.indptr)[sentences]
    length = (corpus.sentence_end - corpus.sentence_start)[sentences]
    fit = sentences[(words >= FEWEST_WORDS) & (length <= LONGEST)]
    if not len(fit):
        fit = sentences[(words > 0) & (length <= LONGEST)]
    fit = np.sort(fit[np.unique(corpus.saying[fit], return_index=True)[1]])
    if len(fit) > MOST_SENTENCES:
        fit = fit[np.linspace(0, len(fit) - 1, MOST_SENTENCES).astype(np.int64)]
    return fit
