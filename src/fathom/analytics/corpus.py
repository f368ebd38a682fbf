"""A corpus: documents cut into sentences and words once, as arrays that every analysis reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.analytics.endings import stems
from fathom.analytics.sentences import sentences
from fathom.analytics.words import Stemmer, Words, words

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits in no order: what hashes are mixed by


@dataclass(frozen=True)
class Corpus:
    """Texts with their sentences and words; counts and weights are made when they are first asked for."""

    texts: Sequence[str]
    words: Words
    sentence_document: Ints  # arrays over sentences
    sentence_start: Ints
    sentence_end: Ints
    sentence_of: Ints  # the sentence of each word

    @classmethod
    def of(cls, texts: Sequence[str], stemmer: Stemmer = stems) -> Corpus:
        """The corpus of these texts.

        >>> corpus = Corpus.of(["One claim. Two claims.", "No more."])
        >>> corpus.sentence(1), corpus.counts.shape[0]
        ('Two claims.', 2)
        """
        found = words(texts, stemmer)
        cut = [(document, *span) for document, text in enumerate(texts) for span in sentences(text)]
        table = np.array(cut, dtype=np.int64).reshape(-1, 3)
        return cls(texts, found, table[:, 0], table[:, 1], table[:, 2], _holding(found, table))

    def __len__(self) -> int:
        return len(self.texts)

    def sentence(self, at: int) -> str:
        """The text of a sentence, blanks made single."""
        document = self.texts[self.sentence_document[at]]
        return " ".join(document[self.sentence_start[at] : self.sentence_end[at]].split())

    def of_document(self, document: int) -> Ints:
        """The sentences of a document, in order."""
        first, last = np.searchsorted(self.sentence_document, (document, document + 1))
        return np.arange(first, last)

    @cached_property
    def counts(self) -> sparse.csr_matrix:
        """How often each stem stands in each document, of those that say something."""
        return self._table(self.words.document, len(self.texts))

    @cached_property
    def sentence_counts(self) -> sparse.csr_matrix:
        """The same for each sentence."""
        return self._table(self.sentence_of, len(self.sentence_document))

    @cached_property
    def document_frequency(self) -> Ints:
        """In how many documents each stem stands that says something."""
        return np.asarray(np.bincount(self.counts.indices, minlength=self.counts.shape[1]), dtype=np.int64)

    @cached_property
    def rarity(self) -> Floats:
        """The smoothed inverse document frequency of each stem."""
        return np.log((1 + len(self.texts)) / (1 + self.document_frequency)) + 1

    @cached_property
    def weights(self) -> sparse.csr_matrix:
        """Documents by stems, TF-IDF with damped counts, rows of length one."""
        return weighted(self.counts, self.rarity)

    @cached_property
    def sentence_weights(self) -> sparse.csr_matrix:
        """Sentences by stems, likewise."""
        return weighted(self.sentence_counts, self.rarity)

    @cached_property
    def saying(self) -> Ints:
        """A number for what each sentence says: the same where the words that say something are the same in order."""
        stem = self.words.stem
        kept = np.flatnonzero(self.words.content[stem]) if len(stem) else np.zeros(0, dtype=np.int64)
        said = np.zeros(len(self.sentence_document), dtype=np.uint64)
        if len(kept):
            begins = np.flatnonzero(np.diff(self.sentence_of[kept], prepend=-1))
            place = np.arange(len(kept)) - np.repeat(begins, np.diff(begins, append=len(kept)))
            mixed = (stem[kept].astype(np.uint64) + np.uint64(1)) * (
                MULTIPLIER + place.astype(np.uint64) * np.uint64(2)
            )
            mixed ^= mixed >> np.uint64(29)
            said[self.sentence_of[kept[begins]]] = np.add.reduceat(mixed * MULTIPLIER, begins)
        return np.asarray(np.unique(said, return_inverse=True)[1], dtype=np.int64)

    @cached_property
    def repeats(self) -> Ints:
        """How many documents say what each sentence says."""
        said = np.unique(self.saying * np.int64(len(self.texts)) + self.sentence_document) // max(len(self.texts), 1)
        return np.asarray(np.bincount(said)[self.saying], dtype=np.int64)

    @cached_property
    def first_said(self) -> npt.NDArray[np.bool_]:
        """Whether each sentence is the first to say what it says."""
        first = np.zeros(len(self.saying), dtype=bool)
        first[np.unique(self.saying, return_index=True)[1]] = True
        return first

    def _table(self, row: Ints, rows: int) -> sparse.csr_matrix:
        stem = self.words.stem
        kept = self.words.content[stem] if len(stem) else np.zeros(0, dtype=bool)
        shape = (rows, max(len(self.words.stems), 1))
        ones = np.ones(int(kept.sum()))
        return sparse.coo_matrix((ones, (row[kept], stem[kept])), shape=shape).tocsr()


def weighted(counts: sparse.csr_matrix, rarity: Floats) -> sparse.csr_matrix:
    """Damped counts times rarity, every row of length one; empty rows stay empty."""
    table = counts.copy()
    table.data = (1 + np.log(table.data)) * rarity[table.indices]
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ table


def _holding(found: Words, table: Ints) -> Ints:
    """The sentence that each word stands in: the last that begins at or before it."""
    if not len(table):
        return np.zeros(0, dtype=np.int64)
    far = int(max(table[:, 2].max(), found.end.max(initial=0))) + 1
    return np.searchsorted(table[:, 0] * far + table[:, 1], found.document * far + found.start, side="right") - 1
