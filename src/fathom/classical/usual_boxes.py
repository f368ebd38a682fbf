"""Where training pictures most often had a box: the baseline of finding boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from fathom.data.boxes import rectangles
from fathom.data.dataset import Dataset
from fathom.data.picture_sizes import picture_sizes
from fathom.data.rectangles import overlaps, suppressed
from fathom.learner import Run
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.problem import Problem

MOST = 2_000  # boxes of a label that are compared with one another
ALIKE = 0.5  # overlap of boxes that are taken for the same place
PLACES = 20  # of a label that are named in every picture


@dataclass
class UsualBoxes:
    """For each label the places, as shares of width and height, that most pictures have it at, and how many do."""

    column: str
    places: dict[str, list[tuple[float, float, float, float, float]]]

    @classmethod
    def of(cls, problem: Problem, train: Dataset, run: Run) -> Self:
        """The usual boxes of the training pictures."""
        column = problem.inputs[0].name
        truth, sizes = problem.truth(train), picture_sizes(train[column], train.folder).astype(np.float64)
        looked = problem.known(truth) & (sizes[:, 0] > 0)
        places: dict[str, list[tuple[float, float, float, float, float]]] = {name: [] for name in problem.boxes}
        for label in problem.boxes:
            if run.remaining() < 0:
                break
            found = [rectangles([mark for mark in truth[row] if mark[4] == label]) / np.tile(sizes[row], 2)
                     for row in np.flatnonzero(looked)]  # fmt: skip
            owner = np.repeat(np.arange(len(found)), [len(each) for each in found])
            places[label] = _usual(np.concatenate([np.zeros((0, 4)), *found]), owner, len(found))
        return cls(column, places)

    def boxes(self, dataset: Dataset) -> Boxes:
        """The same places in every picture."""
        sizes = picture_sizes(dataset[self.column], dataset.folder).tolist()
        return Boxes.of(
            [
                Box(left * width, top * height, right * width, bottom * height, label, share)
                for label, places in self.places.items()
                for left, top, right, bottom, share in places
            ]
            if width
            else []
            for width, height in sizes
        )

    def to_json(self) -> dict[str, Any]:
        """The boxes as plain JSON data."""
        return {"column": self.column, "places": {name: [list(p) for p in each] for name, each in self.places.items()}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The boxes that `to_json` described."""
        places = {}
        for name, each in data["places"].items():
            places[str(name)] = [(float(a), float(b), float(c), float(d), float(share)) for a, b, c, d, share in each]
        return cls(str(data["column"]), places)


def _usual(
    found: np.ndarray[Any, np.dtype[np.float64]], owner: np.ndarray[Any, np.dtype[np.intp]], pictures: int
) -> list[tuple[float, float, float, float, float]]:
    """Of boxes by shares of their picture those that most pictures have one like, and the share that does."""
    few = np.random.default_rng(0).permutation(len(found))[:MOST]
    few.sort()
    found, owner = found[few], owner[few]
    if not len(found):
        return []
    alike = overlaps(found, found) >= ALIKE
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    shares = np.logical_or.reduceat(alike, starts, axis=1).sum(axis=1) / pictures
    kept = suppressed(found, shares, ALIKE)[:PLACES]
    return [(*(float(side) for side in found[at]), float(shares[at])) for at in kept]  # type: ignore[misc]
