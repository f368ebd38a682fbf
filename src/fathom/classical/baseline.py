"""The answer that looks at nothing: the most frequent label or person, the median, the last season over again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from fathom.classical import saving
from fathom.classical.dictionary import Dictionary
from fathom.classical.extremes import Extremes
from fathom.classical.forecasting.naive import SeasonalNaive
from fathom.classical.outcome import Outcome
from fathom.classical.usual_boxes import UsualBoxes
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.tasks.identities import FAR, Identities
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Numbers, Predictions
from fathom.tasks.problem import Problem


@dataclass
class Baseline:
    """Each label with its share of the training rows; the median; known names; usual boxes; seasonal naive; extremes.

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
    dictionary_: Dictionary | None = field(init=False, repr=False)
    boxes_: UsualBoxes | None = field(init=False, repr=False)
    naive_: SeasonalNaive | None = field(init=False, repr=False)
    shares_: dict[str, float] = field(init=False, repr=False)  # of several labels a row, each one's of the rows
    frequent_: dict[str, float] = field(init=False, repr=False)  # by person: 1 for who is on most pictures
    far_: float = field(init=False, repr=False)
    extremes_: Extremes | None = field(init=False, repr=False)

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Count the labels, find the middle of the numbers, or learn the names by heart."""
        if problem.conditions:
            with run.step("features"):
                extremes = Extremes.of(problem, train)
        with run.step("training"):
            self.dictionary_, self.boxes_, self.naive_, self.outcome_, self.median_, self.shares_ = (
                None,
                None,
                None,
                Outcome(()),
                0.0,
                {},
            )
            self.frequent_, self.far_, self.extremes_ = {}, problem.far, None
            if problem.labels:
                self.dictionary_ = Dictionary.of(problem, train, run)
            elif problem.conditions:
                self.extremes_ = extremes
            elif problem.boxes:
                self.boxes_ = UsualBoxes.of(problem, train, run)
            elif problem.horizon:
                self.naive_ = SeasonalNaive.of(problem, train)
            else:
                self._count(problem, train)
        run.progress(1.0, "counted")

    def _count(self, problem: Problem, train: Dataset) -> None:
        truth = problem.truth(train)
        truth = truth[problem.known(truth)]
        if problem.sets:
            self.shares_ = dict(zip(problem.sets, truth.mean(axis=0).tolist(), strict=True))
            return
        if problem.persons:
            counts = np.bincount(truth[truth < len(problem.persons)], minlength=len(problem.persons))
            self.frequent_ = {name: float(at == counts.argmax()) for at, name in enumerate(problem.persons)}
            return
        self.outcome_ = Outcome.of(problem.classes, truth)
        self.median_ = 0.0 if problem.classes else float(np.median(truth))

    def predict(self, dataset: Dataset) -> Predictions:
        """The same answer for every row; in texts, what stands in the dictionary; of rows their farthest cell."""
        if self.extremes_ is not None:
            return self.extremes_.scores(dataset)
        if self.dictionary_ is not None:
            return self.dictionary_.entities(dataset)
        if self.boxes_ is not None:
            return self.boxes_.boxes(dataset)
        if self.naive_ is not None:
            return self.naive_.forecasts(dataset)
        if self.shares_:
            given = np.array([list(self.shares_.values())])
            return LabelSets.of(tuple(self.shares_), np.tile(given, (len(dataset), 1)))
        if self.frequent_:
            given = np.tile(np.array([list(self.frequent_.values())]), (len(dataset), 1))
            return Identities(tuple(self.frequent_), given, np.ones((len(dataset), 1)), far=self.far_)
        if self.outcome_.classes:
            return self.outcome_.labels(np.tile(self.outcome_.shares, (len(dataset), 1)))
        return Numbers(np.full(len(dataset), self.median_))

    def save(self, folder: Path) -> None:
        """Write the counts as JSON."""
        saving.write_learner(folder, self, self._state())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        with saving.reading(folder):
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.median_ = float(state["median"])
            learner.shares_ = {str(name): float(share) for name, share in state.get("shares", {}).items()}
            learner.frequent_ = {str(name): float(most) for name, most in state.get("frequent", {}).items()}
            learner.far_ = float(state.get("far", FAR))
            known, usual, naive, far = (state.get(name) for name in ("dictionary", "boxes", "naive", "extremes"))
            learner.naive_ = None if naive is None else SeasonalNaive.from_json(naive)
            learner.extremes_ = None if far is None else Extremes.from_json(far)
            learner.dictionary_ = None if known is None else Dictionary.from_json(known)
            learner.boxes_ = None if usual is None else UsualBoxes.from_json(usual)
        return learner

    def _state(self) -> dict[str, Any]:
        known = None if self.dictionary_ is None else self.dictionary_.to_json()
        counted = {"outcome": self.outcome_.to_json(), "median": self.median_, "shares": self.shares_}
        usual = None if self.boxes_ is None else self.boxes_.to_json()
        naive = None if self.naive_ is None else self.naive_.to_json()
        extremes = None if self.extremes_ is None else self.extremes_.to_json()
        found = {"dictionary": known, "boxes": usual, "naive": naive, "extremes": extremes}
        return {**counted, "frequent": self.frequent_, "far": self.far_, **found}

    def features(self) -> list[str]:
        """None were looked at, but of anomalies each column by itself."""
        return [] if self.extremes_ is None else self.extremes_.gauges.names
