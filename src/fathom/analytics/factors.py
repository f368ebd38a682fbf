"""Documents as mixtures of topics: the factorisation itself, and how good a set of topics is.

NMF (Lee and Seung, 1999) of TF-IDF weights, or latent Dirichlet allocation (Blei, Ng and Jordan, 2003) of counts. How
many topics: as many as come back when documents are left out (Greene, O'Callaghan and Cunningham, "How many topics?
Stability analysis for topic models", 2014) and whose words stand together (Röder, Both and Hinneburg, 2015: NPMI).
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.exceptions import ConvergenceWarning

from fathom.analytics.corpus import weighted

WORDS = 10  # of a topic, by which it is known
SAMPLE = 2_000  # documents on which numbers of topics are tried
DRAWS = 4
SHARE = 0.7  # of the sample, in each draw
TRIED = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24)
DOCUMENTS_PER_TOPIC = 8
EVIDENT = 0.05  # NPMI above chance, or topics are no finding
WORTHWHILE = 0.02  # words at random come to 0.015 by the best of many numbers
LDA_GAIN = 0.05  # NPMI by which LDA must lead: it takes longer and tells short documents apart less sharply

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Factors:
    """Documents by topics (rows sum to one, or to zero where a document has no word of any) and topics by words."""

    documents: Floats
    words: Floats
    method: str

    @property
    def top(self) -> Ints:
        """The places of each topic's first words."""
        return np.argsort(-self.words, axis=1, kind="stable")[:, :WORDS]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a number of topics was worth on the sample."""

    topics: int
    stability: float  # 0..1: agreement of the topics found in draws of the documents
    coherence: float  # −1..1: NPMI of the topics' first words
    chance: float  # the same of as many topics made of the same words dealt to the documents at random

    @property
    def worth(self) -> float:
        """Both together; topics that hold together no better than by chance are worth nothing."""
        return self.stability * max(self.coherence - self.chance - EVIDENT, 0.0)


def factors(weights: sparse.csr_matrix, counts: sparse.csr_matrix, topics: int, method: str, seed: int) -> Factors:
    """The documents as mixtures of this many topics, by "nmf" or "lda"."""
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):  # the root of an error that rounds below zero
        warnings.simplefilter("ignore", ConvergenceWarning)  # what is left to gain is smaller than what is shown
        if method == "lda":
            model = LatentDirichletAllocation(topics, learning_method="batch", max_iter=12, random_state=seed)
            mixed = model.fit_transform(counts)
            mixed[np.diff(counts.indptr) == 0] = 0
        else:
            model = NMF(topics, init="nndsvd", max_iter=150, tol=1e-3, random_state=seed)
            mixed = model.fit_transform(weights)
            mixed = mixed * np.linalg.norm(model.components_, axis=1)
    total = mixed.sum(axis=1, keepdims=True)
    return Factors(mixed / np.where(total > 0, total, 1), np.asarray(model.components_, dtype=np.float64), method)


def attempts(weights: sparse.csr_matrix, counts: sparse.csr_matrix, seed: int) -> list[Attempt]:
    """Numbers of topics, each tried on draws of a sample of the documents; none where there are too few documents."""
    chance = np.random.default_rng(seed)
    chosen = np.sort(chance.permutation(weights.shape[0])[:SAMPLE])
    weights, counts = weights[chosen], counts[chosen]
    present = counts.astype(bool).astype(np.float64)
    dealt = shuffled(counts, chance)
    by_chance = weighted(
        dealt, np.log(len(chosen) / np.maximum(np.bincount(dealt.indices, minlength=dealt.shape[1]), 1))
    )
    draws = [np.sort(chance.permutation(len(chosen))[: round(SHARE * len(chosen))]) for _ in range(DRAWS)]
    found = []
    for topics in TRIED:
        if topics > min(len(chosen) // DOCUMENTS_PER_TOPIC, weights.shape[1] // 3):
            break
        whole = factors(weights, counts, topics, "nmf", seed)
        parts = [factors(weights[draw], counts[draw], topics, "nmf", seed) for draw in draws]
        agreed = [agreement(whole.top, part.top) for part in parts]
        null = factors(by_chance, dealt, topics, "nmf", seed)
        found.append(
            Attempt(
                topics,
                float(np.mean(agreed)),
                coherence(present, whole.top),
                coherence(dealt.astype(bool).astype(np.float64), null.top),
            )
        )
    return found


def shuffled(counts: sparse.csr_matrix, chance: np.random.Generator) -> sparse.csr_matrix:
    """The same words dealt to the documents at random: each word as often, each document as long."""
    dealt = counts.copy()
    dealt.indices = chance.permutation(dealt.indices)
    dealt.sum_duplicates()
    return dealt


def best(tried: list[Attempt]) -> Attempt:
    """The number of topics worth most; of nearly equal ones the larger, which tells more."""
    top = max(each.worth for each in tried)
    return max((each for each in tried if each.worth >= 0.97 * top), key=lambda each: each.topics)


def agreement(one: Ints, other: Ints) -> float:
    """How alike two sets of topics are, by their first words, best partners together: 1 for the same.

    >>> agreement(np.array([[1, 2], [3, 4]]), np.array([[4, 3], [1, 2]]))
    1.0
    """
    shared = np.array([[len(set(mine) & set(theirs)) for theirs in other.tolist()] for mine in one.tolist()])
    alike = shared / (one.shape[1] + other.shape[1] - shared)
    rows, columns = linear_sum_assignment(-alike)
    return float(alike[rows, columns].mean())


def coherence(present: sparse.csr_matrix, top: Ints) -> float:
    """How surely the first words of topics stand in the same documents: mean normalised mutual information."""
    count = present.shape[0]
    told = []
    for words in top:
        columns = present[:, words]
        together = np.asarray((columns.T @ columns).todense()) / count
        alone = np.diag(together)
        one, other = np.triu_indices(len(words), 1)
        joint = together[one, other]
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.log(joint / (alone[one] * alone[other])) / -np.log(joint)
        gain = np.where(joint <= 0, -1.0, np.where(joint >= 1, 0.0, gain))
        told.append(float(gain.mean()) if len(gain) else 0.0)
    return math.fsum(told) / max(len(told), 1)
