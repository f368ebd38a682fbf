"""Documents and sentences that stand out, each with the reason: words that nobody else uses, nothing alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.analytics.corpus import Corpus

FEWEST = 10  # documents; among fewer all stand out
NEIGHBOURS = 5
COMPARED = 2_000  # documents that others are compared with, drawn at random where there are more
ROWS = 1_000  # compared at once
LEAST = 3.0  # robust standard deviations above the median from which something stands out
FEWEST_WORDS = 3  # that say something; less tells nothing
RARE = 3  # words told as the reason
PRIOR = 4.0  # words as common as usual that every text is given: a short one has not said enough to stand out

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outlier:
    """What stands out: a document, or a sentence of it; how far, in robust standard deviations; and why."""

    document: int
    sentence: int | None
    score: float
    words: tuple[str, ...]  # its rarest words
    alone: int  # how many of all its words no other document uses
    nearest: float | None  # the likeness (cosine) of the five nearest documents; None for a sentence


def documents(corpus: Corpus, most: int = 10, seed: int = 0) -> list[Outlier]:
    """The documents that stand out, first those that do most; a text that is there twice does not.

    >>> texts = [f"The water pipe burst in the kitchen on day {at} and flooded the floor." for at in range(20)]
    >>> [each.document for each in documents(Corpus.of([*texts, "Whisk three egg yolks with fine sugar."]))]
    [20]
    """
    if len(corpus) < FEWEST:
        return []
    words = np.diff(corpus.counts.indptr)
    near = _nearest(corpus, seed)
    score = (_deviations(_surprise(corpus, corpus.counts)) + _deviations(-near)) / 2
    score[words < FEWEST_WORDS] = -np.inf
    found = []
    for at in np.argsort(-score, kind="stable")[:most].tolist():
        if score[at] >= LEAST:
            rare, alone = _rarest(corpus, corpus.counts[at].indices)
            found.append(Outlier(at, None, float(score[at]), rare, alone, float(near[at])))
    return found


def sentences(corpus: Corpus, most: int = 10) -> list[Outlier]:
    """The sentences that stand out by their words, one of a document at most."""
    if len(corpus) < FEWEST:
        return []
    counts = corpus.sentence_counts
    score = _deviations(_surprise(corpus, counts))
    score[(np.diff(counts.indptr) < FEWEST_WORDS) | (corpus.repeats > 1)] = -np.inf
    found: list[Outlier] = []
    told: set[int] = set()
    for at in np.argsort(-score, kind="stable").tolist():
        document = int(corpus.sentence_document[at])
        if score[at] < LEAST or len(found) == most:
            break
        if document not in told:
            told.add(document)
            rare, alone = _rarest(corpus, counts[at].indices)
            found.append(Outlier(document, at, float(score[at]), rare, alone, None))
    return found


def _surprise(corpus: Corpus, counts: sparse.csr_matrix) -> Floats:
    """The mean rarity of each row's words, and of a few usual ones, so that no short text stands out by luck."""
    rarity = np.log(len(corpus) / np.maximum(corpus.document_frequency, 1))
    present = counts.astype(bool).astype(np.float64)
    sizes = np.diff(counts.indptr)
    total = present @ rarity
    usual = float(np.median(total[sizes > 0] / sizes[sizes > 0])) if (sizes > 0).any() else 0.0
    return np.asarray((total + PRIOR * usual) / (sizes + PRIOR))


def _nearest(corpus: Corpus, seed: int) -> Floats:
    """The mean likeness of each document to the five that are most like it."""
    count = len(corpus)
    compared = np.arange(count)
    if count > COMPARED:
        compared = np.sort(np.random.default_rng(seed).permutation(count)[:COMPARED])
    others = corpus.weights[compared].T.tocsr()
    found = np.zeros(count)
    for first in range(0, count, ROWS):
        rows = np.arange(first, min(first + ROWS, count))
        alike = np.asarray((corpus.weights[rows] @ others).todense())
        own = np.searchsorted(compared, rows)
        mine = (own < len(compared)) & (compared[np.minimum(own, len(compared) - 1)] == rows)
        alike[np.flatnonzero(mine), own[mine]] = 0.0
        found[rows] = np.partition(alike, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    return found


def _deviations(values: Floats) -> Floats:
    """How far each value is above the median, in standard deviations as the middle half of the values tells them."""
    middle = np.median(values)
    spread = np.subtract(*np.quantile(values, [0.75, 0.25])) / 1.349
    return np.asarray((values - middle) / max(float(spread), 1e-3 * max(abs(float(middle)), 1e-3)))


def _rarest(corpus: Corpus, stems: Ints) -> tuple[tuple[str, ...], int]:
    often = corpus.document_frequency[stems]
    order = np.argsort(often, kind="stable")[:RARE]
    return tuple(corpus.words.shown[stems[at]] for at in order.tolist()), int((often <= 1).sum())
