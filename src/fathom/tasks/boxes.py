"""Boxes: what a learner puts out where rectangles in a picture are to be found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl


class Box(NamedTuple):
    """A rectangle in a row's picture: left, top, right, bottom in its pixels, what it holds, how sure that is."""

    left: float
    top: float
    right: float
    bottom: float
    label: str
    probability: float


STORED = pl.List(
    pl.Struct(
        {
            **dict.fromkeys(("left", "top", "right", "bottom"), pl.Float64),
            "label": pl.String,
            "probability": pl.Float64,
        }
    )
)


@dataclass(frozen=True)
class Boxes:
    """The boxes of each row's picture, the most probable first; none where nothing is found.

    Places are pixels of the upright picture in its own size, left and top inside, right and bottom outside. All that a
    learner thinks possible are kept, the improbable too: a threshold is whoever reads them.

    >>> said = Boxes.of([[Box(0, 0, 9, 5, "cat", 0.2), Box(4, 4, 8, 8, "dog", 0.9)], []])
    >>> said.frame()["prediction"].to_list()[0][0]["label"], len(said.above(0.5).rows[0])
    ('dog', 1)
    """

    rows: tuple[tuple[Box, ...], ...]

    @classmethod
    def of(cls, rows: Iterable[Iterable[Box]]) -> Boxes:
        """These boxes, row by row; of equal probabilities the earlier stays first."""
        return cls(tuple(tuple(sorted(row, key=lambda box: -box.probability)) for row in rows))

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: npt.NDArray[np.intp]) -> Boxes:
        """These rows only."""
        return Boxes(tuple(self.rows[row] for row in rows))

    def above(self, least: float) -> Boxes:
        """Only the boxes that are at least so probable."""
        return Boxes(tuple(tuple(box for box in row if box.probability >= least) for row in self.rows))

    def records(self) -> list[list[dict[str, Any]]]:
        """Each row's boxes as plain data: left, top, right, bottom, label, probability."""
        return [[box._asdict() for box in row] for row in self.rows]

    def frame(self) -> pl.DataFrame:
        """`prediction`, a list of left, top, right, bottom, label and probability."""
        return pl.DataFrame([pl.Series("prediction", self.records(), dtype=STORED, strict=False)])


def read_boxes(rows: Iterable[Iterable[Mapping[str, Any]] | None]) -> Boxes:
    """The boxes that `records` made plain data of."""
    return Boxes.of([Box(*(each[name] for name in Box._fields)) for each in row or ()] for row in rows)
