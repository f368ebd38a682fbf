"""Whether a file says what its model says: both are asked about the same rows before the file is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.exports.graph import widest
from fathom.exports.session import Session
from fathom.model import Model, calibrated
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Numbers

TOLERANCES = {"table": 1e-5, "events": 1e-5, "image": 1e-4, "text": 1e-4}  # by what goes in
HARDLY_SURE = 0.05  # of a box
FIRST = (1, 2)  # rows of the first batches; the last has all others: no answer may depend on how many there are


@dataclass(frozen=True)
class Parity:
    """The largest difference found on so many rows, and the largest that is let pass."""

    difference: float
    tolerance: float
    rows: int

    @property
    def holds(self) -> bool:
        """Whether both say the same."""
        return self.difference <= self.tolerance


def compared(model: Model, session: Session, dataset: Dataset) -> Parity:
    """Ask the model and the session about the rows, in batches of several sizes.

    Probabilities are compared as they are, numbers in units of the largest, boxes by sides and surety. The model's own
    way through its calibration counts, not what was traced of it.
    """
    tolerance = TOLERANCES[catalog.task(model.problem.task).reads]
    difference, start = 0.0, 0
    for size in (*FIRST, len(dataset)):
        rows = range(start, min(start + size, len(dataset)))
        if not len(rows):
            break
        part = dataset.take(rows)
        mine = calibrated(model.learner.predict(part), model.calibration)
        found = GAPS[type(mine)](mine, session.predict(part))
        difference = max(difference, found if np.isfinite(found) else float("inf"))
        start = rows.stop
    return Parity(difference, tolerance, len(dataset))


def box_gap(mine: Boxes, theirs: Boxes) -> float:
    """The largest difference between boxes that stand for the same thing; how sure one is that the other lacks.

    Sides count as shares of the longest one. What is hardly sure is passed over: it is there or not by the last bit.

    >>> from fathom.tasks.boxes import Box
    >>> one = Boxes.of([[Box(0, 0, 8, 8, "cat", 0.9)]])
    >>> box_gap(one, Boxes.of([[Box(0, 0, 8, 8, "cat", 0.9)]])), box_gap(one, Boxes.of([[]]))
    (0.0, 0.9)
    """
    gaps = [0.0]
    for row, other in zip(mine.rows, theirs.rows, strict=True):
        for some, others in ((row, other), (other, row)):
            gaps += [_nearest(box, others) for box in some if box.probability >= HARDLY_SURE]
    return max(gaps)


def _nearest(box: Box, others: tuple[Box, ...]) -> float:
    unit = max(1.0, *(abs(side) for side in box[:4]))
    gaps = [
        max(
            abs(box.probability - each.probability),
            *(abs(a - b) / unit for a, b in zip(box[:4], each[:4], strict=True)),
        )
        for each in others
        if each.label == box.label
    ]
    return min([box.probability, *gaps])


def _number_gap(mine: Numbers, theirs: Numbers) -> float:
    return widest((mine.values,), (theirs.values,)) / max(1.0, float(np.abs(mine.values).max(initial=0.0)))


GAPS: dict[type, Callable[[Any, Any], float]] = {
    Labels: lambda mine, theirs: widest((mine.probabilities,), (theirs.probabilities,)),
    LabelSets: lambda mine, theirs: widest((mine.probabilities,), (theirs.probabilities,)),
    Identities: lambda mine, theirs: widest((mine.similarities,), (theirs.similarities,)),
    Numbers: _number_gap,
    Boxes: box_gap,
}
