"""What the sections speak of: the study, its winner, and the winner's answers beside the truth, loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import FathomError
from fathom.model import FILE, read_record
from fathom.protocol.contenders import BASELINE
from fathom.protocol.insight import decided, learned
from fathom.protocol.insight.words import found as read_words
from fathom.report.growth import FAMILIES, Growth, growth
from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import HALF, LabelSets
from fathom.tasks.predictions import Alerts, Boxes, Forecasts, Labels, Numbers, Predictions, Scores, Spans
from fathom.tasks.task import Measure, Task

if TYPE_CHECKING:
    from fathom.protocol.study import Study, Trial

UNREADABLE = (FathomError, OSError, pl.exceptions.PolarsError)  # a study's file is gone or damaged


@dataclass
class Answers:
    """A trial's predictions on the test rows whose truth is known.

    `truth`: int64 [rows] class positions, float64 [rows] numbers, or object [rows] tuples of spans; `rows`: their
    positions in `test`.
    """

    predictions: Predictions
    truth: npt.NDArray[Any]
    test: Dataset
    rows: npt.NDArray[np.intp]


@dataclass
class Evidence:
    """A study as the sections see it: what is missing or unreadable is None."""

    study: Study

    @cached_property
    def task(self) -> Task:
        """The study's task."""
        loaded: Task = catalog.load(catalog.task(self.study.task).path)
        return loaded

    @cached_property
    def measure(self) -> Measure:
        """The measure that decided."""
        return self.task.measure(self.study.measure)

    @cached_property
    def done(self) -> list[Trial]:
        """The trials that came to an end, best first."""
        return [trial for trial in self.study.trials if trial.done]

    @cached_property
    def winner(self) -> Trial | None:
        """The trial that the verdict names."""
        chosen = self.study.verdict.learner
        named = [trial for trial in self.done if trial.learner == chosen]
        return next(iter(named or self.done), None)

    def best(self, family: str) -> Trial | None:
        """Who speaks for a family: the winner for its own, else the best; a baseline only where nothing else is."""
        if self.winner is not None and self.winner.family == family and self.winner.learner != BASELINE:
            return self.winner
        trials = [trial for trial in self.done if trial.family == family]
        return next((trial for trial in trials if trial.learner != BASELINE), trials[0] if trials else None)

    @cached_property
    def growth(self) -> Growth | None:
        """The learning curves; None where none was measured."""
        named = {family: self.best(family) for family in FAMILIES}
        best = {family: trial.learner if trial else None for family, trial in named.items()}
        return growth(self.study, self.measure, best)

    @cached_property
    def insight(self) -> dict[str, Any] | None:
        """What was found in the best network; None where none was looked into."""
        return learned.found(self.study)

    @cached_property
    def words(self) -> dict[str, Any] | None:
        """The words that decide for the winner; None where none were looked for."""
        return read_words(self.study)

    @cached_property
    def decided(self) -> dict[int, dict[str, Any]]:
        """What decided in pictures that the winner got wrong, by test row; empty where it was not looked for."""
        return decided.found(self.study)

    def columns_of(self, trial: Trial) -> list[dict[str, Any]]:
        """How much each column matters to a contender, the most first; empty where that was not measured."""
        if trial is self.winner and self.study.importance:
            found = self.study.importance
        elif self.insight and self.insight["learner"] == trial.learner:
            found = self.insight.get("columns") or []
        else:
            return []
        return sorted((each for each in found if "place" not in each), key=lambda each: -each["drop"])

    @cached_property
    def answers(self) -> Answers | None:
        """The winner's answers."""
        if self.winner is None:
            return None
        try:
            test, predictions = self.study.test, self.winner.predictions
            truth = self.study.problem.truth(test)
        except UNREADABLE:
            return None
        if predictions is None or len(predictions) != len(truth) or not len(truth):
            return None
        known = np.flatnonzero(self.study.problem.known(truth))
        return Answers(predictions.take(known), truth[known], test, known) if len(known) else None

    @cached_property
    def labels(self) -> tuple[Labels, Answers] | None:
        """The winner's answers where they are labels."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, Labels):
            return None
        return answers.predictions, answers

    @cached_property
    def alerts(self) -> tuple[Alerts, Answers] | None:
        """The winner's answers where they are alerts."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, Alerts):
            return None
        return answers.predictions, answers

    @cached_property
    def numbers(self) -> tuple[Numbers, Answers] | None:
        """The winner's answers where they are numbers."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, Numbers):
            return None
        return answers.predictions, answers

    @cached_property
    def spans(self) -> tuple[Spans, Answers] | None:
        """The winner's answers where they are spans of texts."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, Spans):
            return None
        return answers.predictions, answers

    @cached_property
    def sets(self) -> tuple[LabelSets, Answers] | None:
        """The winner's answers where a row can have several labels."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, LabelSets):
            return None
        return answers.predictions, answers

    @cached_property
    def identities(self) -> tuple[Identities, Answers] | None:
        """The winner's answers where they are persons."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, Identities):
            return None
        return answers.predictions, answers

    @cached_property
    def scores(self) -> tuple[Scores, Answers] | None:
        """The winner's answers where they say how strange rows are."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, Scores):
            return None
        return answers.predictions, answers

    @cached_property
    def boxes(self) -> tuple[Boxes, Answers] | None:
        """The winner's answers where they are boxes in pictures."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, Boxes):
            return None
        return answers.predictions, answers

    @cached_property
    def forecasts(self) -> tuple[Forecasts, Answers] | None:
        """The winner's answers where they are forecasts."""
        answers = self.answers
        if answers is None or not isinstance(answers.predictions, Forecasts):
            return None
        return answers.predictions, answers

    @property
    def threshold(self) -> float:
        """The probability from which the winner's boxes are said."""
        return float(self.calibration.get("threshold", HALF))

    @property
    def calibration(self) -> dict[str, float]:
        """What corrects the winner's answers; empty without a model."""
        found: dict[str, float] = self._record.get("calibration", {})
        return found

    @cached_property
    def card(self) -> dict[str, Any]:
        """What the winner's model says of its making: data fingerprint, library versions; empty without a model."""
        card: dict[str, Any] = self._record.get("card", {})
        return card

    @cached_property
    def _record(self) -> dict[str, Any]:
        """What the winner's model says of itself; empty without a model."""
        if self.winner is None:
            return {}
        places = [self.winner.folder / "model", Path((self.study.model or {}).get("path", ""))]
        for place in places:
            if (place / FILE).is_file():
                try:
                    return read_record(place)
                except (*UNREADABLE, KeyError):
                    continue
        return {}

    @cached_property
    def image_column(self) -> str | None:
        """The input that holds pictures."""
        return next(iter(self.study.problem.inputs_of(Kind.IMAGE)), None)

    @property
    def reads(self) -> str:
        """What goes in: "table", "image" or "text"."""
        return catalog.task(self.study.task).reads
