"""The most extreme single column: what a look at each column by itself tells of a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from fathom.classical.features.gauges import Gauges
from fathom.data.dataset import Dataset
from fathom.tasks.planting import made_of
from fathom.tasks.problem import Problem
from fathom.tasks.scores import Scores, shares_of


@dataclass(frozen=True)
class Extremes:
    """How many spreads from the middle a row's most extreme cell is; a rare category counts as a number as rare would.

    What cannot beat it needs no more than a lower and an upper bound for each column.
    """

    gauges: Gauges
    share: float

    @classmethod
    def of(cls, problem: Problem, train: Dataset) -> Self:
        """Measure the columns of the training rows."""
        return cls(Gauges.learn(problem.inputs, train.frame, made=made_of(problem)), problem.share)

    def scores(self, dataset: Dataset) -> Scores:
        """The farthest cell of each row."""
        x = self.gauges.matrix(dataset)
        far = np.where(self.gauges.one_sided, np.sqrt(2 * np.maximum(x, 0.0)), np.abs(x))
        parts = shares_of(self.gauges.by_column(far**2))
        return Scores(self.gauges.columns, far.max(axis=1, initial=0.0), parts, share=self.share)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {"gauges": self.gauges.to_json(), "share": self.share}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `to_json` described."""
        return cls(Gauges.from_json(data["gauges"]), float(data["share"]))
