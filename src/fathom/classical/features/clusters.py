"""Words by the company they keep: those that stand beside the same words in the training texts are of one cluster."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.cluster import MiniBatchKMeans
from sklearn.utils.extmath import randomized_svd

FEWEST = 3  # times that a word must be met to be put into a cluster
MOST = 20_000  # words that are
COMPANY = 2_000  # most frequent words that count as neighbours
SIZE = 50  # numbers that tell a word's company
SMOOTHING = 0.75  # power of the neighbours' counts
FEWEST_TEXTS = 200  # that clusters are made from
LEAST_TIME, PACE = 20.0, 500  # seconds that must be left; texts a second, slowly counted
EDGE, UNKNOWN = "\u2402", "?"
DIGIT = re.compile(r"\d")


@dataclass
class Clusters:
    """The cluster of each word, in small letters and with 0 for every digit.

    >>> Clusters({"in": 3, "00": 5}).describe(["In", "12"])[1][:3]
    ['u=5', 'u-1=3', 'u+1=␂']
    """

    words: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]], count: int) -> Self:
        """Words of texts in `count` clusters; none where words are too few for them.

        A word is told by its positive pointwise mutual information with its neighbours, in few numbers by a singular
        value decomposition (Levy, Goldberg and Dagan 2015); k-means puts them into clusters. Texts give the same
        clusters each time.
        """
        told = [[_form(word) for word in words] for words in texts]
        counts = Counter(word for words in told for word in words)
        frequent = [word for word, met in counts.most_common(MOST) if met >= FEWEST]
        if len(frequent) < 4 * count:
            return cls()
        places = {word: place for place, word in enumerate(frequent)}
        company = {word: place for place, word in enumerate([EDGE, *frequent[:COMPANY]])}
        matrix = _company(told, places, company)
        size = min(SIZE, min(matrix.shape) - 1)
        left, strength, _ = randomized_svd(_informative(matrix), size, random_state=0)
        vectors = left * np.sqrt(strength)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        found = MiniBatchKMeans(count, random_state=0, n_init=3).fit_predict(vectors)
        return cls({word: int(each) for word, each in zip(frequent, found, strict=True)})

    def describe(self, words: Sequence[str]) -> list[list[str]]:
        """The clusters of each word and of those beside it; empty without clusters."""
        if not self.words:
            return []
        own = [EDGE, EDGE, *(str(self.words.get(_form(word), UNKNOWN)) for word in words), EDGE, EDGE]
        rows = []
        for at in range(len(words)):
            b2, b1, here, a1, a2 = own[at : at + 5]
            rows.append([f"u={here}", f"u-1={b1}", f"u+1={a1}", f"u-2={b2}", f"u+2={a2}"])
            rows[-1] += [f"u-1+1={b1} {a1}", f"u-2-1={b2} {b1}"]
        return rows

    def to_json(self) -> dict[str, int]:
        """The clusters as plain JSON data."""
        return self.words

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The clusters that `to_json` described."""
        return cls({str(word): int(cluster) for word, cluster in data.items()})


def affordable(texts: int, seconds: float) -> bool:
    """Whether so many texts are worth clusters, and there is time to make them."""
    return texts >= FEWEST_TEXTS and seconds >= LEAST_TIME + texts / PACE


def _form(word: str) -> str:
    return DIGIT.sub("0", word.lower())


def _company(told: list[list[str]], places: dict[str, int], company: dict[str, int]) -> csr_matrix:
    """How often each word has each neighbour, those before it and those after it apart."""
    width = len(company)
    pairs: Counter[tuple[int, int]] = Counter()
    for words in told:
        around = [EDGE, *words, EDGE]
        for at, word in enumerate(words):
            place = places.get(word)
            if place is not None:
                for side, beside in enumerate((around[at], around[at + 2])):
                    if beside in company:
                        pairs[place, company[beside] + side * width] += 1
    rows, columns = np.array(list(pairs)).T
    return csr_matrix((np.array(list(pairs.values()), float), (rows, columns)), shape=(len(places), 2 * width))


def _informative(matrix: csr_matrix) -> csr_matrix:
    rows, columns = matrix.nonzero()
    values = np.asarray(matrix[rows, columns]).ravel()
    words = np.asarray(matrix.sum(axis=1)).ravel()
    beside = np.asarray(matrix.sum(axis=0)).ravel() ** SMOOTHING
    told = np.log(values * beside.sum() / (words[rows] * beside[columns]))
    return csr_matrix((np.maximum(told, 0.0), (rows, columns)), shape=matrix.shape)
