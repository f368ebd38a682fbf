"""The gallery: which persons are known, each by one vector that stands for all of the person's pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.errors import DataError
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

UNLIKE = -1.0  # the similarity to a person of whom no picture is known
SMALLEST = 1e-12  # length of a vector that has a direction


def unit(vectors: npt.NDArray[Any]) -> Floats:
    """The vectors [..., d] at length one, so that a product of two is the cosine between them; zeros stay zeros.

    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    found = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(found, axis=-1, keepdims=True)
    whole: Floats = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > SMALLEST)
    return whole


@dataclass(frozen=True)
class Gallery:
    """Known persons; of each the sum of the unit vectors of its pictures and how many these were, nothing else.

    `sums`: float64 [persons, d]; `counts`: int64 [persons], 0 for a person of whom no picture is known.

    >>> known = Gallery.of(("Ada", "Bo"), np.array([[1.0, 0.0], [0.8, 0.6]]), np.array([0, 0]))
    >>> known.similarities(np.array([[1.0, 0.0]])).round(2).tolist()
    [[0.95, -1.0]]
    """

    persons: tuple[str, ...]
    sums: Floats
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, persons: tuple[str, ...], vectors: Floats, owners: npt.NDArray[np.int64]) -> Self:
        """The gallery of these vectors [n, d], each of the person at its place in `persons` (-1: of none of them)."""
        known = owners >= 0
        sums = np.zeros((len(persons), vectors.shape[1]))
        np.add.at(sums, owners[known], unit(vectors[known]))
        return cls(persons, sums, np.bincount(owners[known], minlength=len(persons)).astype(np.int64))

    def similarities(self, vectors: Floats) -> Floats:
        """The cosine of each vector [rows, d] with each person's mean, float64 [rows, persons]."""
        found: Floats = np.clip(unit(vectors) @ unit(self.sums).T, -1.0, 1.0)
        found[:, self.counts == 0] = UNLIKE
        return found

    def enrolled(self, person: str, vectors: Floats) -> Gallery:
        """The gallery with these pictures of a person, new or known, added."""
        if not len(vectors) or not person.strip():
            raise DataError(
                phrase("To enrol somebody takes a name and at least one picture."),
                remedy=phrase("Give --person NAME and three or more pictures."),
            )
        given = unit(vectors)
        if person not in self.persons:
            sums = np.vstack([self.sums, given.sum(axis=0)])
            return Gallery((*self.persons, person), sums, np.append(self.counts, len(given)))
        place = self.persons.index(person)
        sums, counts = self.sums.copy(), self.counts.copy()
        sums[place] += given.sum(axis=0)
        counts[place] += len(given)
        return Gallery(self.persons, sums, counts)

    def without(self, person: str) -> Gallery:
        """The gallery without a person, and without all that was kept of the person's pictures."""
        if person not in self.persons:
            raise DataError(
                phrase("Nobody called '{person}' is known.", person=person),
                remedy=phrase("Known are: {names}.", names=", ".join(self.persons[:20])),
            )
        kept = np.array([name != person for name in self.persons])
        if not kept.any():
            raise DataError(phrase("'{person}' is the only person known, and a model must know one.", person=person))
        return Gallery(tuple(name for name in self.persons if name != person), self.sums[kept], self.counts[kept])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is kept of the pictures, to be written beside the persons' names."""
        return {"gallery": self.sums, "pictures": self.counts}

    @classmethod
    def read(cls, persons: tuple[str, ...], arrays: dict[str, npt.NDArray[Any]]) -> Self:
        """The gallery that `arrays` gave; a ValueError where names, vectors and counts do not belong together."""
        sums, counts = arrays["gallery"].astype(np.float64), arrays["pictures"].astype(np.int64)
        if (
            sums.ndim != 2
            or len(sums) != len(persons)
            or counts.shape != (len(persons),)
            or not np.isfinite(sums).all()
        ):
            raise ValueError(phrase("persons and their vectors differ in number"))
        return cls(persons, sums, counts)
