"""The answer that looks at nothing: the most frequent label, or the median."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

from fathom.classical import saving
from fathom.classical.outcome import Outcome
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem


@dataclass
class Baseline:
    """Each label with its share of the training rows; the training median for numbers.

    >>> import polars as pl
    >>> from fathom.data.kinds import Column, Kind
    >>> inputs, target = (Column("a", Kind.NUMBER),), Column("y", Kind.CATEGORY)
    >>> rows = Dataset(pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "y": ["x", "x", "x", "z"]}), (*inputs, target))
    >>> learner = Baseline()
    >>> learner.fit(Problem("tabular-classification", "y", inputs, ("x", "z")), rows, rows, Run())
    >>> learner.predict(rows.take([0])).probabilities.tolist()
    [[0.75, 0.25]]
    """

    outcome_: Outcome = field(init=False, repr=False)
    median_: float = field(init=False, repr=False)

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Count the labels, or find the middle of the numbers."""
        with run.step("training"):
            truth = problem.truth(train)
            truth = truth[problem.known(truth)]
            self.outcome_ = Outcome.of(problem.classes, truth)
            self.median_ = 0.0 if problem.classes else float(np.median(truth))
        run.progress(1.0, "counted")

    def predict(self, dataset: Dataset) -> Labels | Numbers:
        """The same answer for every row."""
        if self.outcome_.classes:
            return self.outcome_.labels(np.tile(self.outcome_.shares, (len(dataset), 1)))
        return Numbers(np.full(len(dataset), self.median_))

    def save(self, folder: Path) -> None:
        """Write the counts as JSON."""
        saving.write_learner(folder, self, {"outcome": self.outcome_.to_json(), "median": self.median_})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        with saving.reading(folder):
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.median_ = float(state["median"])
        return learner

    def features(self) -> list[str]:
        """None were looked at."""
        return []
