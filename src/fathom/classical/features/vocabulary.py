"""The n-grams that a column of texts is described by: which, how rare each is, how each reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from fathom.classical.features.characters import Characters
from fathom.classical.features.counting import Counting
from fathom.classical.features.ngrams import HASH_BITS, RUN, Grams, Hashes, grams
from fathom.classical.features.occurrences import Occurrences, portions
from fathom.messages import phrase

MOST_FEATURES = 500_000
FEW_TEXTS = 100  # up to here, an n-gram of a single text is kept too
FILTER_BITS = 22
PREFIX = np.uint64(HASH_BITS - FILTER_BITS)
ELSEWHERE, BEGINNING, ENDING = "*", "^ ", " $"  # in a name: the word goes on here; a text begins, ends here


@dataclass(frozen=True)
class Vocabulary:
    """N-grams in the order of their hashes; `rarity`, the inverse document frequency, weighs their counts.

    >>> texts = pl.Series(["good film", "bad film", "good"])
    >>> vocabulary = Vocabulary.learn(texts)
    >>> vocabulary.words, len(vocabulary.names), {"good film", "^ good", "go*", "*oo*"} <= set(vocabulary.names)
    (11, 56, True)
    """

    hashes: Hashes
    rarity: npt.NDArray[np.float32]
    spelled: npt.NDArray[np.uint8]  # the names in UTF-8, a line each

    @classmethod
    def learn(cls, texts: pl.Series, most: int = MOST_FEATURES) -> Vocabulary:
        """Count, keep the frequent ones, spell them."""
        counting = Counting()
        for _, some in portions(texts):
            counting.add(Occurrences.of(Characters.of(some)))
        hashes, counts = counting.table()
        kept = counts >= (2 if len(texts) > FEW_TEXTS else 1)
        if kept.sum() > most:
            kept = counts > np.partition(counts, -most - 1)[-most - 1]
        hashes, counts = hashes[kept], counts[kept]
        rarity = (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32)
        names = "\n".join(_names(texts, hashes)).encode("utf-8", "replace")
        return cls(hashes, rarity, np.frombuffer(names, dtype=np.uint8))

    @cached_property
    def words(self) -> int:
        """How many of the n-grams, the first ones, are words."""
        return int(np.searchsorted(self.hashes, RUN))

    def take(self, places: npt.NDArray[np.intp]) -> Vocabulary:
        """These n-grams only."""
        names = "\n".join([self.names[place] for place in places]).encode()
        return Vocabulary(self.hashes[places], self.rarity[places], np.frombuffer(names, dtype=np.uint8))

    def check(self) -> None:
        """Raise a ValueError where the parts are not of one vocabulary."""
        if not len(self.hashes) == len(self.rarity) == len(self.names):
            raise ValueError(phrase("n-grams and their names differ in number"))

    @cached_property
    def names(self) -> list[str]:
        """How the n-grams read, in order: words as they are, runs of characters with `*` where the word goes on."""
        return self.spelled.tobytes().decode("utf-8").split("\n") if len(self.hashes) else []

    def matrix(self, texts: pl.Series) -> sparse.csr_matrix:
        """Each text's counts, damped and weighed by rarity, sparse float32 [texts, n-grams].

        Words and runs of characters have length one each, so that neither outweighs the other.
        """
        blocks = [self.block(Characters.of(some), len(some)) for _, some in portions(texts)]
        if len(blocks) == 1:
            return blocks[0]
        return stacked(blocks, len(self.hashes))

    def block(self, characters: Characters, texts: int) -> sparse.csr_matrix:
        """The same of one portion."""
        found = Occurrences.of(characters)
        columns = np.searchsorted(self.hashes, found.hashes)
        columns[columns == len(self.hashes)] = 0
        hit = np.flatnonzero(self.hashes[columns] == found.hashes) if len(self.hashes) else np.zeros(0, np.intp)
        columns, rows = columns[hit], found.rows[hit]
        values = np.log(found.counts[hit], dtype=np.float32)
        values += 1
        values *= self.rarity[columns]
        sort = 2 * rows.astype(np.intp) + (columns >= self.words)
        squares = np.bincount(sort, values.astype(np.float64) ** 2, minlength=2 * texts)
        values /= np.sqrt(squares).astype(np.float32)[sort]
        order = np.argsort(rows, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=texts))])
        shape = (texts, len(self.hashes))
        return sparse.csr_matrix((values[order], columns[order].astype(np.int32), starts.astype(np.int32)), shape=shape)


def stacked(blocks: list[sparse.csr_matrix], width: int) -> sparse.csr_matrix:
    """The rows of several matrices, which are used up: of each part only one copy more is held at a time."""
    counts = np.concatenate([np.diff(block.indptr) for block in blocks] or [np.zeros(0, np.int64)])
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    kind = np.int32 if starts[-1] < 2**31 else np.int64
    parts: dict[str, npt.NDArray[Any]] = {}
    for name, dtype in (("data", np.float32), ("indices", kind)):
        whole = parts[name] = np.empty(starts[-1], dtype=dtype)
        place = 0
        for block in blocks:
            part = getattr(block, name)
            whole[place : place + len(part)] = part
            place += len(part)
            setattr(block, name, part[:0])
    return sparse.csr_matrix((parts["data"], parts["indices"], starts.astype(kind)), shape=(len(counts), width))


def _names(texts: pl.Series, hashes: Hashes) -> list[str]:
    """How each n-gram read where it was first met."""
    names: list[str] = [""] * len(hashes)
    left = np.ones(len(hashes), dtype=bool)
    for _, some in portions(texts):
        if not left.any():
            break
        wanted = np.zeros(1 << FILTER_BITS, dtype=bool)
        wanted[hashes[left] >> PREFIX] = True
        characters = Characters.of(some)
        for found in grams(characters):
            for place, start, end in _first(found, hashes, wanted, left):
                text = characters.whole[start:end]
                names[place] = _inside(text) if found.inside else _ending(text)
    return _distinct(names, hashes)


def _first(
    found: Grams, hashes: Hashes, wanted: npt.NDArray[np.bool_], left: npt.NDArray[np.bool_]
) -> Iterator[tuple[int, int, int]]:
    """N-grams met for the first time: their places among the hashes, from where to where they stand."""
    maybe = np.flatnonzero(wanted[found.hashes >> PREFIX])
    some = found.hashes[maybe]
    places = np.minimum(np.searchsorted(hashes, some), len(hashes) - 1)
    right = (hashes[places] == some) & left[places]
    new, at = np.unique(places[right], return_index=True)
    left[new] = False
    at = maybe[right][at]
    return zip(new.tolist(), found.starts[at].tolist(), found.ends[at].tolist(), strict=True)


def _inside(run: str) -> str:
    """A run of characters in writing; a space at its end is the end of a word."""
    before, after = (ELSEWHERE if run[place] != " " else "" for place in (0, -1))
    return f"{before}{run.strip()}{after}"


def _ending(words: str) -> str:
    """Words in writing; a space at an end is an end of the text."""
    before, after = BEGINNING if words.startswith(" ") else "", ENDING if words.endswith(" ") else ""
    return f"{before}{words.strip()}{after}"


def _distinct(names: list[str], hashes: Hashes) -> list[str]:
    """The names, with the hash beside those that are the same as one before."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            names[place] = f"{name} #{int(hashes[place]):012x}"
        seen.add(names[place])
    return names
