"""Which n-gram occurs how often in which text, by sorting; in portions, so that memory does not grow with the texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.classical.features.characters import MOST_CHARACTERS, Characters
from fathom.classical.features.ngrams import Grams, Hashes, grams

ROW_BITS = 16
MOST_ROWS = (1 << ROW_BITS) - 1  # of a portion
PORTION = 200_000  # characters of a portion, about: what fits into a processor's cache with its sums
ROW_MASK = np.uint64(MOST_ROWS)
SHIFT = np.uint64(ROW_BITS)


@dataclass(frozen=True)
class Occurrences:
    """Pairs of an n-gram and a text, in the order of the hashes, with how often the one occurs in the other."""

    hashes: Hashes  # [pairs]
    rows: npt.NDArray[np.uint16]  # [pairs], counted from the first text of the portion
    counts: npt.NDArray[np.int64]  # [pairs]

    @classmethod
    def of(cls, characters: Characters) -> Occurrences:
        """Sort all n-grams by hash and text; equal neighbours are one pair."""
        keys = np.concatenate([_keys(each) for each in grams(characters)])
        keys.sort()
        first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, np.int64)
        pairs = keys[first]
        counts = np.diff(first, append=len(keys))
        return cls(pairs >> SHIFT, (pairs & ROW_MASK).astype(np.uint16), counts)


def portions(texts: pl.Series) -> Iterator[tuple[int, list[str | None]]]:
    """The texts in portions of bounded length, each with the position of its first one.

    >>> [(start, len(some)) for start, some in portions(pl.Series(["a", "b", "c"]))]
    [(0, 3)]
    """
    lengths = texts.str.len_chars().fill_null(0).clip(0, MOST_CHARACTERS).to_numpy().astype(np.int64)
    ends = np.cumsum(lengths + 1)
    start = 0
    while start < len(texts):
        begun = ends[start - 1] if start else 0
        end = int(np.searchsorted(ends, begun + PORTION))
        end = min(max(end, start + 1), start + MOST_ROWS, len(texts))
        yield start, texts.slice(start, end - start).to_list()
        start = end


def _keys(found: Grams) -> npt.NDArray[np.uint64]:
    keys = found.hashes << SHIFT
    keys |= found.rows.astype(np.uint64)
    return keys
