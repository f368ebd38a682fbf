"""Identities: what a learner puts out where it is asked who somebody is, or whether two are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.errors import DataError, RowError
from fathom.messages import phrase, plural

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

FAR = 0.01  # false-accept rate: strangers taken for somebody, pairs of two persons taken for one
SIMILARITY = "similarity:"
SETTINGS = ("threshold", "pair_threshold", "far")
FACES = "faces"
NEAREST = 3
UNLIKE = -1.0  # the similarity of a row that shows nobody


@dataclass(frozen=True)
class Identities:
    """How alike each row is to each known person, and the vector that says so.

    `similarities`: float64 [rows, persons] in -1..1; `vectors`: float64 [rows, d] of length one: the product of two
    is the similarity of their rows. A row is its most similar person from `threshold` on, nobody known below; two rows
    are one person from `pair_threshold` on. Both let `far` of the strangers, or of the pairs, of validation rows in.
    `faces`: int64 [rows], how many faces were found on each picture (-1: it is missing), where they were looked for. A
    row that shows nobody is like nobody: its similarities are -1.

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
    faces: Counts | None = None

    def __len__(self) -> int:
        return len(self.similarities)

    @property
    def codes(self) -> npt.NDArray[np.intp]:
        """The position of each row's most similar person, whether it is similar enough or not; -1 without a face."""
        best: npt.NDArray[np.intp] = self.similarities.argmax(axis=1)
        return np.where(self.shown, best, -1)

    @property
    def highest(self) -> Floats:
        """The similarity to the most similar person, float64 [rows]."""
        highest: Floats = self.similarities.max(axis=1)
        return highest

    @property
    def shown(self) -> npt.NDArray[np.bool_]:
        """Which rows show somebody, as far as anybody looked."""
        shown: npt.NDArray[np.bool_] = self.highest > UNLIKE
        return shown

    @property
    def faceless(self) -> list[int]:
        """The rows with a picture on which no face was found."""
        return [] if self.faces is None else np.flatnonzero(self.faces == 0).tolist()

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """Which rows are somebody known."""
        accepted: npt.NDArray[np.bool_] = (self.highest >= self.threshold) & self.shown
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

    def where(self, shown: npt.NDArray[np.bool_]) -> Identities:
        """The same of the rows that show somebody; all others are like nobody."""
        each = shown[:, None]
        return replace(
            self, similarities=np.where(each, self.similarities, UNLIKE), vectors=np.where(each, self.vectors, 0.0)
        )

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
        faces = None if self.faces is None else self.faces[rows]
        return replace(self, similarities=self.similarities[rows], vectors=self.vectors[rows], faces=faces)

    def frame(self) -> pl.DataFrame:
        """`prediction` (null: nobody known), a `similarity:<person>` each, the vector, and what decides."""
        each = [pl.Series(f"{SIMILARITY}{name}", self.similarities[:, i]) for i, name in enumerate(self.persons)]
        width = self.vectors.shape[1]
        vector = pl.Series("vector", self.vectors, dtype=pl.Array(pl.Float64, width))
        settings = [pl.Series(name, [getattr(self, name)] * len(self), dtype=pl.Float64) for name in SETTINGS]
        said = pl.Series("prediction", self.values.tolist(), dtype=pl.String)
        return pl.DataFrame([said, *each, vector, *settings, *self._found()])

    def _found(self) -> list[pl.Series]:
        """How many faces were found, as a column, where they were looked for; missing where the picture is."""
        if self.faces is None:
            return []
        return [pl.Series(FACES, [None if count < 0 else count for count in self.faces.tolist()], dtype=pl.Int64)]

    def nearest(self, row: int) -> list[tuple[str, float]]:
        """The persons most similar to a row, the most first, with their similarity; nobody without a face."""
        if not self.shown[row]:
            return []
        order = np.argsort(-self.similarities[row], kind="stable")[:NEAREST]
        return [(self.persons[at], float(self.similarities[row, at])) for at in order.tolist()]

    def table(self) -> pl.DataFrame:
        """What a person wants to read: who it is, how similar, from which threshold on, and who else is similar."""
        also = [", ".join(f"{name} ({alike:.2f})" for name, alike in self.nearest(row)) for row in range(len(self))]
        columns = {
            "prediction": pl.Series(self.values.tolist(), dtype=pl.String),
            "similarity": pl.Series(self._highest(), dtype=pl.Float64),
            "threshold": pl.Series([self.threshold] * len(self), dtype=pl.Float64),
            "nearest": pl.Series(also, dtype=pl.String),
        }
        return pl.DataFrame(columns).with_columns(self._found())

    def _highest(self) -> list[float | None]:
        """The similarity to the most similar person; None without a face."""
        return [alike if there else None for alike, there in zip(self.highest.tolist(), self.shown, strict=True)]

    def records(self) -> list[dict[str, Any]]:
        """Each row as plain data: prediction, similarity, threshold, nearest, faces. Vectors stay inside."""
        found = [{} for _ in range(len(self))] if self.faces is None else pl.DataFrame(self._found()).to_dicts()
        return [
            {
                "prediction": name,
                "similarity": alike,
                "threshold": self.threshold,
                "nearest": [{"person": each, "similarity": similarity} for each, similarity in self.nearest(row)],
                **found[row],
            }
            for row, (name, alike) in enumerate(zip(self.values.tolist(), self._highest(), strict=True))
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


def joined(parts: Sequence[Identities]) -> Identities:
    """What is said of the rows of all parts, in order."""
    faces = [each.faces for each in parts if each.faces is not None]
    return replace(
        parts[0],
        similarities=np.concatenate([each.similarities for each in parts]),
        vectors=np.concatenate([each.vectors for each in parts]),
        faces=np.concatenate(faces) if len(faces) == len(parts) else None,
    )


def hold_to_faces(said: Identities, column: str, names: Sequence[str] = ()) -> None:
    """Raise a DataError where no face was found on a picture, for what is said of all of it would mislead.

    `names`: what to call the pictures; without them a RowError names the first row.
    """
    if not said.faceless:
        return
    what = plural(
        len(said.faceless),
        "No face was found on {count:,} picture of {given:,}.",
        "No face was found on {count:,} pictures of {given:,}.",
        given=len(said),
    )
    remedy = phrase("Give pictures that show the face from the front, neither small nor dark.")
    if names:
        raise DataError(what, where=", ".join(names[row] for row in said.faceless), remedy=remedy)
    raise RowError(what, column=column, row=said.faceless[0] + 1, remedy=remedy)


def is_identities(frame: pl.DataFrame) -> bool:
    """Whether `Identities.frame` made the frame."""
    return isinstance(frame.schema.get("vector"), pl.Array)


def read_identities(frame: pl.DataFrame) -> Identities:
    """The identities that `Identities.frame` wrote; without a row its thresholds are forgotten."""
    names = [name for name in frame.columns if name.startswith(SIMILARITY)]
    settings = {name: float(frame[name][0]) for name in SETTINGS} if len(frame) else {}
    width = int(frame.schema["vector"].shape[0])  # type: ignore[attr-defined]
    faces = frame[FACES].fill_null(-1).to_numpy().astype(np.int64) if FACES in frame.columns else None
    return Identities(
        tuple(name.removeprefix(SIMILARITY) for name in names),
        frame.select(names).to_numpy().astype(np.float64).reshape(len(frame), len(names)),
        frame["vector"].to_numpy().astype(np.float64).reshape(len(frame), width),
        **settings,
        faces=faces,
    )
