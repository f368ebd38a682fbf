"""Identities: what a learner puts out where it is asked who somebody is, or whether two are the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

FAR = 0.01  # false-accept rate: strangers taken for somebody, pairs of two persons taken for one
SIMILARITY = "similarity:"
SETTINGS = ("threshold", "pair_threshold", "far")
NEAREST = 3


@dataclass(frozen=True)
class Identities:
    """How alike each row is to each known person, and the vector that says so.

    `similarities`: float64 [rows, persons] in -1..1; `vectors`: float64 [rows, d] of length one: the product of two
    is the similarity of their rows. A row is its most similar person from `threshold` on, nobody known below; two rows
    are one person from `pair_threshold` on. Both let `far` of the strangers, or of the pairs, of validation rows in.

    >>> said = Identities(("Ada", "Bo"), np.array([[0.9, 0.1], [0.2, 0.3]]), np.eye(2), threshold=0.5)
    >>> said.values.tolist(), said.same(said).tolist()
    (['Ada', None], [True, True])
    """

    persons: tuple[str, ...]
    similarities: Floats
    vectors: Floats
    threshold: float = -1.0
    pair_threshold: float = -1.0
    far: float = FAR

    def __len__(self) -> int:
        return len(self.similarities)

    @property
    def codes(self) -> npt.NDArray[np.intp]:
        """The position of each row's most similar person, whether it is similar enough or not."""
        best: npt.NDArray[np.intp] = self.similarities.argmax(axis=1)
        return best

    @property
    def highest(self) -> Floats:
        """The similarity to the most similar person, float64 [rows]."""
        highest: Floats = self.similarities.max(axis=1)
        return highest

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """Which rows are somebody known."""
        accepted: npt.NDArray[np.bool_] = self.highest >= self.threshold
        return accepted

    @property
    def values(self) -> npt.NDArray[np.object_]:
        """Each row's person; None for nobody known."""
        names = np.array([*self.persons, None], dtype=object)
        found: npt.NDArray[np.object_] = names[np.where(self.accepted, self.codes, len(self.persons))]
        return found

    def at(self, threshold: float, pair_threshold: float) -> Identities:
        """The same similarities, held to other thresholds."""
        return replace(self, threshold=threshold, pair_threshold=pair_threshold)

    def same(self, other: Identities) -> npt.NDArray[np.bool_]:
        """Whether each row and the row of `other` at its place are of one person."""
        alike: npt.NDArray[np.bool_] = self.likeness(other) >= self.pair_threshold
        return alike

    def likeness(self, other: Identities) -> Floats:
        """The similarity of each row with the row of `other` at its place, float64 [rows]."""
        alike: Floats = np.einsum("ij,ij->i", self.vectors, other.vectors)
        return alike

    def take(self, rows: npt.NDArray[np.intp]) -> Identities:
        """These rows only."""
        return replace(self, similarities=self.similarities[rows], vectors=self.vectors[rows])

    def frame(self) -> pl.DataFrame:
        """`prediction` (null: nobody known), a `similarity:<person>` each, the vector, and what decides."""
        each = [pl.Series(f"{SIMILARITY}{name}", self.similarities[:, i]) for i, name in enumerate(self.persons)]
        width = self.vectors.shape[1]
        vector = pl.Series("vector", self.vectors, dtype=pl.Array(pl.Float64, width))
        settings = [pl.Series(name, [getattr(self, name)] * len(self), dtype=pl.Float64) for name in SETTINGS]
        return pl.DataFrame([pl.Series("prediction", self.values.tolist(), dtype=pl.String), *each, vector, *settings])

    def nearest(self, row: int) -> list[tuple[str, float]]:
        """The persons most similar to a row, the most first, with their similarity."""
        order = np.argsort(-self.similarities[row], kind="stable")[:NEAREST]
        return [(self.persons[at], float(self.similarities[row, at])) for at in order.tolist()]

    def table(self) -> pl.DataFrame:
        """What a person wants to read: who it is, how similar, from which threshold on, and who else is similar."""
        also = [", ".join(f"{name} ({alike:.2f})" for name, alike in self.nearest(row)) for row in range(len(self))]
        return pl.DataFrame(
            {
                "prediction": pl.Series(self.values.tolist(), dtype=pl.String),
                "similarity": self.highest,
                "threshold": pl.Series([self.threshold] * len(self), dtype=pl.Float64),
                "nearest": pl.Series(also, dtype=pl.String),
            }
        )

    def records(self) -> list[dict[str, Any]]:
        """Each row as plain data: prediction, similarity, threshold, nearest. Vectors stay inside."""
        return [
            {
                "prediction": name,
                "similarity": alike,
                "threshold": self.threshold,
                "nearest": [{"person": each, "similarity": similarity} for each, similarity in self.nearest(row)],
            }
            for row, (name, alike) in enumerate(zip(self.values.tolist(), self.highest.tolist(), strict=True))
        ]


@dataclass(frozen=True)
class Verified:
    """Whether two pictures are of one person: how similar they are, from where on they count as one, and at what risk.

    `far` is the share of pairs of two different persons that pass for one from this threshold on.
    """

    same: bool
    similarity: float
    threshold: float
    far: float


def verified(said: Identities) -> Verified:
    """What is said of two rows as a pair."""
    alike = float(said.vectors[0] @ said.vectors[1])
    return Verified(alike >= said.pair_threshold, alike, said.pair_threshold, said.far)


def is_identities(frame: pl.DataFrame) -> bool:
    """Whether `Identities.frame` made the frame."""
    return isinstance(frame.schema.get("vector"), pl.Array)


def read_identities(frame: pl.DataFrame) -> Identities:
    """The identities that `Identities.frame` wrote; without a row its thresholds are forgotten."""
    names = [name for name in frame.columns if name.startswith(SIMILARITY)]
    settings = {name: float(frame[name][0]) for name in SETTINGS} if len(frame) else {}
    width = int(frame.schema["vector"].shape[0])  # type: ignore[attr-defined]
    return Identities(
        tuple(name.removeprefix(SIMILARITY) for name in names),
        frame.select(names).to_numpy().astype(np.float64).reshape(len(frame), len(names)),
        frame["vector"].to_numpy().astype(np.float64).reshape(len(frame), width),
        **settings,
    )
