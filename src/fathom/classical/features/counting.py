"""In how many texts each n-gram occurs, as a sorted table that grows and is pruned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fathom.classical.features.ngrams import HASH_BITS, Hashes
from fathom.classical.features.occurrences import Occurrences

Counts = npt.NDArray[np.int64]
Table = tuple[Hashes, Counts]

MOST_KNOWN = 8_000_000  # n-grams that are counted at a time; beyond, the rarest are forgotten
COUNT_BITS = np.uint64(64 - HASH_BITS)
LARGEST = (1 << (64 - HASH_BITS)) - 1


@dataclass
class Counting:
    """Texts counted by n-gram. Where n-grams are too many, the rarest are dropped (after Manku and Motwani 2002).

    So a count may be too low, by less than the counts that were dropped, and never too high.
    """

    most: int = MOST_KNOWN
    known: Table = (np.zeros(0, np.uint64), np.zeros(0, np.int64))
    pending: list[Table] = field(default_factory=list)
    waiting: int = 0

    def add(self, found: Occurrences) -> None:
        """Count a portion of texts."""
        if not len(found.hashes):
            return
        first = np.flatnonzero(np.concatenate([[True], found.hashes[1:] != found.hashes[:-1]]))
        self.pending.append((found.hashes[first], np.diff(first, append=len(found.hashes))))
        self.waiting += len(first)
        if self.waiting > max(len(self.known[0]) // 2, self.most // 4):
            self._settle()
            self._prune()

    def table(self) -> Table:
        """All n-grams by hash, and in how many texts each was found."""
        self._settle()
        return self.known

    def _settle(self) -> None:
        if self.pending:
            self.known = merged([self.known, *self.pending])
            self.pending, self.waiting = [], 0

    def _prune(self) -> None:
        hashes, counts = self.known
        least = 1
        while len(hashes) > self.most:
            kept = counts > least
            hashes, counts, least = hashes[kept], counts[kept], least + 1
        self.known = hashes, counts


def merged(tables: Sequence[Table]) -> Table:
    """One table of several.

    >>> one, other = (np.array([3, 5], np.uint64), np.array([1, 2])), (np.array([5], np.uint64), np.array([70_000]))
    >>> [part.tolist() for part in merged([one, other])]
    [[3, 5], [1, 70002]]
    """
    hashes, counts = (np.concatenate(parts) for parts in zip(*tables, strict=True))
    if len(counts) and counts.max() > LARGEST:  # a large count is written as several that fit beside the hash
        times = -(-counts // LARGEST)
        last = np.cumsum(times) - 1
        rest = counts - (times - 1) * LARGEST
        hashes, counts = np.repeat(hashes, times), np.full(times.sum(), LARGEST)
        counts[last] = rest
    packed = hashes << COUNT_BITS | counts.astype(np.uint64)
    packed.sort()
    hashes, counts = packed >> COUNT_BITS, (packed & np.uint64(LARGEST)).astype(np.int64)
    first = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if len(hashes) else np.zeros(0, np.intp)
    return hashes[first], np.add.reduceat(counts, first) if len(first) else np.zeros(0, np.int64)
