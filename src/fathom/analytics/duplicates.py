"""Near-duplicates: documents that share most of their letters' runs, found without comparing all with all.

MinHash (Broder, "On the resemblance and containment of documents", 1997) in bands; every pair that shares a band is
then compared exactly, so that what is told is no estimate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from fathom.analytics.corpus import MULTIPLIER

SHINGLE = 5  # letters
LEAST = 0.75  # share of runs in common (Jaccard) from which documents are near-duplicates
BANDS, ROWS = 24, 3
CHUNK = 1 << 18  # shingles hashed at once
SHORTEST = 20  # letters; shorter texts are alike by chance, and only equal ones are told

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that are nearly the same: the first as they were given, and how alike each is to the nearest other."""

    documents: tuple[int, ...]
    similarity: float  # of the least alike pair that holds the group together; 1: all are equal but for blanks and case
    equal: int  # how many are equal to another one but for blanks and case


def duplicates(texts: Sequence[str], least: float = LEAST) -> list[Group]:
    """Groups of near-duplicates, the largest first.

    >>> letter = "The burst pipe flooded the kitchen and the hallway on Monday"
    >>> duplicates([letter, "Nothing of the kind, we only ask.", letter + "!"])[0].documents
    (0, 2)
    """
    places: dict[str, list[int]] = defaultdict(list)
    for document, text in enumerate(texts):
        places[" ".join(text.lower().split())].append(document)
    distinct = [text for text in places if text]
    pairs = dict(_alike(distinct, least))
    one = np.array([pair[0] for pair in pairs], dtype=np.int64)
    other = np.array([pair[1] for pair in pairs], dtype=np.int64)
    size = len(distinct)
    graph = sparse.coo_matrix((np.ones(len(one)), (one, other)), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    return _groups([places[text] for text in distinct], pairs, np.asarray(part, dtype=np.int64))


def _groups(copies: list[list[int]], pairs: dict[tuple[int, int], float], part: Ints) -> list[Group]:
    members: dict[int, list[int]] = defaultdict(list)
    for place, which in enumerate(part.tolist()):
        members[which].append(place)
    near = np.zeros(len(copies))  # each one's nearest other
    for (one, other), alike in pairs.items():
        near[one], near[other] = max(near[one], alike), max(near[other], alike)
    found = []
    for places in members.values():
        documents = sorted(document for place in places for document in copies[place])
        if len(documents) > 1:
            alike = min((float(near[place]) for place in places), default=1.0) if len(places) > 1 else 1.0
            equal = sum(len(copies[place]) for place in places if len(copies[place]) > 1)
            found.append(Group(tuple(documents), alike, equal))
    return sorted(found, key=lambda group: (-len(group.documents), group.documents))


def _alike(texts: list[str], least: float) -> Iterator[tuple[tuple[int, int], float]]:
    """Pairs of texts and how alike they are, where that is enough; of many alike ones a chain of pairs."""
    long = [place for place, text in enumerate(texts) if len(text) >= SHORTEST]
    if len(long) < 2:
        return
    shingles, ends = hashed([texts[place] for place in long])
    begins = np.concatenate(([0], ends[:-1]))
    sets: dict[int, Hashes] = {}

    def held(at: int) -> Hashes:
        if at not in sets:
            sets[at] = np.unique(shingles[begins[at] : ends[at]])
        return sets[at]

    for one, other in sorted(_candidates(shingles, begins)):
        mine, theirs = held(one), held(other)
        if min(len(mine), len(theirs)) < least * max(len(mine), len(theirs)):
            continue
        shared = len(np.intersect1d(mine, theirs, assume_unique=True))
        alike = shared / (len(mine) + len(theirs) - shared)
        if alike >= least:
            yield (long[one], long[other]), alike


def hashed(texts: list[str]) -> tuple[Hashes, Ints]:
    """The hashes of all runs of five letters, text after text, and where each text's end."""
    letters = np.frombuffer("".join(texts).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    ends = np.cumsum([len(text) for text in texts])
    mixed = np.zeros(max(len(letters) - SHINGLE + 1, 0), dtype=np.uint64)
    for at in range(SHINGLE):
        mixed = (mixed ^ letters[at : len(letters) - SHINGLE + 1 + at]) * MULTIPLIER
        mixed ^= mixed >> np.uint64(31)
    inside = np.ones(len(mixed), dtype=bool)
    for at in range(1, SHINGLE):  # runs that reach into the next text
        inside[(ends[:-1] - at)[ends[:-1] - at < len(mixed)]] = False
    return mixed[inside], ends - (SHINGLE - 1) * np.arange(1, len(texts) + 1)


def signatures(shingles: Hashes, begins: Ints) -> npt.NDArray[np.uint32]:
    """The smallest of each text's hashes under each of 72 mixings: texts by mixings."""
    chance = np.random.default_rng(0)
    odd = chance.integers(0, 1 << 31, BANDS * ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    turn = chance.integers(0, 1 << 32, BANDS * ROWS, dtype=np.uint32)
    short = (shingles >> np.uint64(32)).astype(np.uint32)
    found = np.empty((len(begins), len(odd)), dtype=np.uint32)
    ends = np.append(begins[1:], len(shingles))
    first = 0
    while first < len(begins):
        last = max(int(np.searchsorted(ends, begins[first] + CHUNK, side="right")), first + 1)
        chunk = short[begins[first] : ends[last - 1]]
        for at in range(len(odd)):
            mixed = (chunk ^ turn[at]) * odd[at]  # each a different order of all numbers
            found[first:last, at] = np.minimum.reduceat(mixed, begins[first:last] - begins[first])
        first = last
    return found


def _candidates(shingles: Hashes, begins: Ints) -> set[tuple[int, int]]:
    """Pairs that share a band of their signatures: each text with the one before it in the band, and with the first."""
    table = signatures(shingles, begins)
    found: set[tuple[int, int]] = set()
    for band in range(BANDS):
        key = np.zeros(len(table), dtype=np.uint64)
        for at in range(band * ROWS, (band + 1) * ROWS):
            key = (key ^ table[:, at]) * MULTIPLIER
            key ^= key >> np.uint64(29)
        order = np.argsort(key, kind="stable")
        same = key[order][1:] == key[order][:-1]
        starts = np.maximum.accumulate(np.where(np.concatenate(([True], ~same)), np.arange(len(order)), 0))
        after = np.flatnonzero(same) + 1
        for before in (order[after - 1], order[starts[after]]):
            low, high = np.minimum(before, order[after]), np.maximum(before, order[after])
            found.update(zip(low.tolist(), high.tolist(), strict=True))
    return found
