"""Whether a file says what its model says: both are asked about the same rows before the file is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.exports.graph import widest
from fathom.exports.session import Session
from fathom.model import Model, calibrated
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Numbers, Predictions

TOLERANCES = {"table": 1e-5, "image": 1e-4, "text": 1e-4}  # by what goes in
FIRST = (1, 2)  # rows of the first batches; the last has all others: no answer may depend on how many there are
FIGURES: dict[type, Callable[[Any], npt.NDArray[np.float64]]] = {
    Labels: lambda said: said.probabilities,
    LabelSets: lambda said: said.probabilities,
    Numbers: lambda said: said.values,
}


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

    Probabilities are compared as they are, numbers in units of the largest. The model's own way through its
    calibration counts, not what was traced of it.
    """
    tolerance = TOLERANCES[catalog.task(model.problem.task).reads]
    difference, start = 0.0, 0
    for size in (*FIRST, len(dataset)):
        rows = range(start, min(start + size, len(dataset)))
        if not len(rows):
            break
        part = dataset.take(rows)
        mine = _figures(calibrated(model.learner.predict(part), model.calibration))
        theirs = _figures(session.predict(part))
        unit = max(1.0, float(np.abs(mine).max(initial=0.0)))
        found = widest((mine,), (theirs,)) / unit
        difference = max(difference, found if np.isfinite(found) else float("inf"))
        start = rows.stop
    return Parity(difference, tolerance, len(dataset))


def _figures(said: Predictions) -> npt.NDArray[np.float64]:
    return FIGURES[type(said)](said)
