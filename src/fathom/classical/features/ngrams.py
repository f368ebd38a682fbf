"""N-grams of words and of characters as hashes, for many texts at once.

The hash of a stretch of text is a difference of running sums (Karp and Rabin 1987, modulo 2^64): S[k] sums c[i] B^i
up to k, so that (S[j] - S[i]) B^-i depends on the characters from i to before j alone, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fathom.classical.features.characters import SPACE, Characters

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
STIR, STIR_AGAIN, STEP = (np.uint64(each) for each in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD1342543DE82EF95))
HASH_BITS = 48  # of a hash; with a row's 16 bits they make a word that sorts fast
LONGEST = 5  # run of characters
RUN = np.uint64(1 << (HASH_BITS - 1))  # the bit that runs of characters have, and words have not
SHIFT = np.uint64(64 - HASH_BITS + 1)


@dataclass(frozen=True)
class Grams:
    """N-grams of one sort: hashes (48 bits), the texts' numbers, and from where to where they stand."""

    hashes: Hashes
    rows: Places
    starts: Places
    ends: Places
    inside: bool = False  # runs of characters, which may begin or end inside a word


def grams(characters: Characters) -> Iterator[Grams]:
    """All n-grams: of one to three words; runs of one to five characters within words, a space at an end counted in.

    >>> found = Characters.of(["so good"])
    >>> [[found.whole[start:end] for start, end in zip(each.starts, each.ends)] for each in grams(found)][:3]
    [['so', 'good'], ['so good'], []]
    """
    sums = _Sums(characters)
    yield from _words(characters, sums)
    for length in range(1, LONGEST + 1):
        yield _runs(characters, sums, length)


class _Sums:
    """Running sums of a text's characters, from which the hash of any stretch follows."""

    def __init__(self, characters: Characters) -> None:
        size = 1 << max(len(characters.codes) - 1, 1).bit_length()
        powers, self.inverse = _powers(size)
        mixed = characters.codes.astype(np.uint64)
        mixed += np.uint64(1)
        mixed *= STIR
        mixed ^= mixed >> np.uint64(29)
        mixed *= powers[: len(mixed)]
        self.sums = np.zeros(len(mixed) + 1, dtype=np.uint64)
        np.cumsum(mixed, out=self.sums[1:])

    def runs(self, length: int) -> Hashes:
        """The raw hash of each run of so many characters."""
        found = self.sums[length:] - self.sums[:-length]
        found *= self.inverse[: len(found)]
        return found

    def between(self, starts: Places, ends: Places) -> Hashes:
        """The raw hash of each stretch."""
        found: Hashes = (self.sums[ends] - self.sums[starts]) * self.inverse[starts]
        return found


def _words(characters: Characters, sums: _Sums) -> Iterator[Grams]:
    """Words, that is runs of letters and digits or of signs; pairs and triples of them; those at a text's ends."""
    kinds = characters.kinds
    turns = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
    starts, ends = turns[:-1], turns[1:]
    filled = kinds[starts] != SPACE if len(starts) else np.zeros(0, dtype=bool)
    starts, ends = starts[filled], ends[filled]
    rows, raw = characters.rows[starts], sums.between(starts, ends)
    yield Grams(_stirred(raw.copy(), 101), rows, starts, ends)
    two = np.flatnonzero(rows[1:] == rows[:-1])
    pairs = raw[:-1] * STEP + raw[1:]
    yield Grams(_stirred(pairs[two], 102), rows[two], starts[two], ends[two + 1])
    three = np.flatnonzero(rows[2:] == rows[:-2])
    triples = pairs[three] * STEP + raw[three + 2]
    yield Grams(_stirred(triples, 103), rows[three], starts[three], ends[three + 2])
    change = np.concatenate([[True], rows[1:] != rows[:-1], [True]])  # a gap more is a text's beginning or end
    first, last = np.flatnonzero(change[:-1][: len(rows)]), np.flatnonzero(change[1:][: len(rows)])
    yield Grams(_stirred(raw[first], 104), rows[first], starts[first] - 1, ends[first])
    more = first[first < last]
    yield Grams(_stirred(pairs[more], 105), rows[more], starts[more] - 1, ends[more + 1])
    yield Grams(_stirred(raw[last], 106), rows[last], starts[last], ends[last] + 1)


def _runs(characters: Characters, sums: _Sums, length: int) -> Grams:
    """Runs of characters with no gap inside; a gap at one end says where a word begins or ends."""
    gaps = characters.kinds == SPACE
    count = max(len(gaps) - length + 1, 0)
    allowed = ~gaps[:count]
    if length > 2:
        before = np.concatenate([[0], np.cumsum(gaps)])
        allowed = before[length - 1 : length - 1 + count] == before[1 : count + 1]
        allowed &= ~(gaps[:count] & gaps[length - 1 :])  # a whole word, counted already
    elif length == 2:
        allowed = ~(gaps[:count] & gaps[1:])
    starts = np.flatnonzero(allowed)
    hashes = _stirred(sums.runs(length)[starts], length) | RUN
    inside = starts + gaps[starts] if length > 1 else starts
    return Grams(hashes, characters.rows[inside], starts, starts + length, inside=True)


def _stirred(raw: Hashes, salt: int) -> Hashes:
    """Hashes whose upper bits depend on all bits, different for each sort of n-gram; in place, 47 bits."""
    raw += np.uint64(salt * BASE & (2**64 - 1))
    raw ^= raw >> np.uint64(32)
    raw *= STIR_AGAIN
    raw ^= raw >> np.uint64(29)
    raw *= STIR
    raw >>= SHIFT
    return raw


@lru_cache(maxsize=4)
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """The first powers of the base and of its inverse, modulo 2^64."""
    inverse = pow(BASE, -1, 2**64)
    made = []
    for factor in (BASE, inverse):
        powers = np.full(size, factor, dtype=np.uint64)
        powers[0] = 1
        made.append(np.cumprod(powers))
    return made[0], made[1]
