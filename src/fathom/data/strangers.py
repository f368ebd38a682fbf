"""The split where persons are to be recognised: some are wholly strangers, the others are known by some pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]

STRANGERS = 0.15  # of the persons validate as strangers, as many test
TRAIN, VALID, TEST = 0, 1, 2


def parts_of_persons(persons: Rows, units: Rows, *, seed: int, test: float, valid: float) -> Rows:
    """Each row's part (0 train, 1 valid, 2 test) of rows of these persons, int64 [rows].

    Some persons are in the validation rows alone, others in the test rows alone: strangers to every learner. Of
    each other person `test` and `valid` of the pictures are held out, at least one where there are three, and the
    rest trains. `units`: rows that stay together (equal pictures, one group), which count with the person that most of
    their rows are of. A person of one unit that is no stranger trains. Nothing tests where `test` is 0.

    >>> parts = parts_of_persons(np.arange(40) // 4, np.arange(40), seed=0, test=0.2, valid=0.15)
    >>> [sorted(set(parts[at * 4 : at * 4 + 4].tolist())) for at in range(10)].count([0, 1, 2])
    6
    """
    chance = np.random.default_rng(seed)
    owner = _owners(persons, units)
    sizes = np.bincount(owner, minlength=int(persons.max()) + 1)
    parts = np.zeros(len(owner), dtype=np.int64)
    roles = _roles(sizes, chance, test > 0, valid > 0)
    parts[:] = roles[owner]
    late = chance.random(len(sizes))  # where a share is no whole number, some persons get one picture more
    for person in np.flatnonzero((roles == TRAIN) & (sizes > 1)).tolist():
        own = chance.permutation(np.flatnonzero(owner == person))
        tested = _held_out(len(own), test, late[person])
        looked = min(_held_out(len(own), valid, late[person]), len(own) - tested - 1)
        if len(own) == 2 and test and valid and late[person] < valid / (test + valid):
            tested, looked = 0, 1
        parts[own[:tested]] = TEST
        parts[own[tested : tested + max(looked, 0)]] = VALID
    return parts[units]


def _owners(persons: Rows, units: Rows) -> Rows:
    """The person that most rows of each unit are of, the first of equals; int64 [units]."""
    both, counts = np.unique(np.column_stack([units, persons]), axis=0, return_counts=True)
    order = np.lexsort((both[:, 1], -counts, both[:, 0]))
    first = order[np.flatnonzero(np.diff(both[order, 0], prepend=-1))]
    owners: Rows = both[first, 1]
    return owners


def _roles(sizes: Rows, chance: np.random.Generator, test: bool, valid: bool) -> Rows:
    """Which persons are strangers that validate or test; those of several units and of one in equal shares."""
    roles = np.zeros(len(sizes), dtype=np.int64)
    for place, group in enumerate((np.flatnonzero(sizes > 1), np.flatnonzero(sizes == 1))):
        line = chance.permutation(group)
        wanted = round(STRANGERS * len(line))
        least = 1 if place == 0 and len(line) > 3 else 0
        count = min(max(wanted, least), max((len(line) - 2) // 2, 0)) if place == 0 else wanted
        if test:
            roles[line[:count]] = TEST
        if valid:
            roles[line[count : 2 * count]] = VALID
    return roles


def _held_out(units: int, share: float, late: float) -> int:
    """How many of a person's units a part gets: its share, rounded by chance, one at least, and one is left."""
    if share <= 0:
        return 0
    return min(max(int(share * units + late), 1), units - 1)
