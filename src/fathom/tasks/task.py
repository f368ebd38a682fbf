"""A task: what goes in, what comes out, how it is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Kind
from fathom.data.series.asked import Asked
from fathom.tasks.predictions import Predictions
from fathom.tasks.problem import Problem

Score = Callable[[npt.NDArray[Any], Any, npt.NDArray[Any] | None], float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A way to score predictions against the truth.

    `score(truth, predictions, weight)` takes optional row weights (float64 [rows]), so that a bootstrap
    is a change of weights and never a copy of rows.
    """

    name: str
    score: Score
    higher_is_better: bool
    percent: bool = False  # shown as points of a hundred
    summary: str = ""
    least: float = 0.0  # the lowest score there can be
    decides: bool = True  # whether it may rank contenders: a share that should be met ranks none

    def better(self, one: float, other: float) -> bool:
        """Whether score `one` is better than `other`."""
        return one > other if self.higher_is_better else one < other


def _as_read(dataset: Dataset, problem: Problem) -> tuple[Dataset, Problem, list[Finding]]:
    return dataset, problem, []


def _as_posed(problem: Problem, train: Dataset) -> Problem:
    return problem


def _as_given(frame: pl.DataFrame, problem: Problem, memory: Any) -> pl.DataFrame:
    return frame


def _as_it_is(frame: pl.DataFrame, problem: Problem) -> pl.DataFrame:
    return frame


def _nothing(dataset: Dataset, problem: Problem) -> Any:
    return None


def _as_learned(predict: Callable[[Dataset], Any], dataset: Dataset, problem: Problem) -> Any:
    return predict(dataset)


def _as_said(predictions: Any, dataset: Dataset, problem: Problem) -> Any:
    return predictions


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of question; its name, and so what it reads and puts out, is a row of the catalog.

    `pose(dataset, target)` makes the problem: it picks the inputs and checks that the target fits,
    raising a DataError that names column and remedy. `measures` are all reported;
    `choose_measure(problem, train)` names the one that decides. `settle(problem, train)` is the problem as the training
    rows leave it, for tasks where it depends on the split. `ready(dataset, problem)` are the rows as learners want them
    where that takes long and is done once, the problem that tells learners so, and what was found on the way; where
    persons are recognised, `seconds` say how long it may take.

    Where learners see other columns than new rows have (`Problem.asked`), `arrange(frame, problem, memory)` makes the
    ones of the others, with what `remember(dataset, problem)` kept of the study's rows (None: nothing is needed).
    `answered(predict, dataset, problem)` is what a learner's `predict` says of a person's rows, made ready first.
    `weighed(predictions, dataset, problem)` puts beside predictions what measures and calibration need of their rows.
    `asks` is `pose` with what a person said of series, where the task is about them. `unfold(frame, problem)` is a
    person's raw frame with the columns that are asked for. Where a row of predictions is not one of the person's,
    `examine(frame, problem)` are the rows to test on with their truth, and `named(predictions, dataset, problem)` the
    predictions with what they are of.
    """

    name: str
    inputs: frozenset[Kind]
    pose: Callable[[Dataset, str], Problem]
    measures: tuple[Measure, ...]
    choose_measure: Callable[[Problem, Dataset], str]
    settle: Callable[[Problem, Dataset], Problem] = _as_posed
    ready: Callable[..., tuple[Dataset, Problem, list[Finding]]] = _as_read
    arrange: Callable[[pl.DataFrame, Problem, Any], pl.DataFrame] = _as_given
    remember: Callable[[Dataset, Problem], Any] = _nothing
    weighed: Callable[[Any, Dataset, Problem], Any] = _as_said
    asks: Callable[[Dataset, str, Asked], Problem] | None = None
    unfold: Callable[[pl.DataFrame, Problem], pl.DataFrame] = _as_it_is
    examine: Callable[[pl.DataFrame, Problem], Dataset] | None = None
    named: Callable[[Any, Dataset, Problem], Any] = _as_said
    answered: Callable[[Callable[[Dataset], Any], Dataset, Problem], Any] = _as_learned

    def measure(self, name: str) -> Measure:
        """The measure called `name`."""
        return next(measure for measure in self.measures if measure.name == name)

    def scores(self, truth: npt.NDArray[Any], predictions: Predictions) -> dict[str, float]:
        """Every measure of these predictions."""
        return {measure.name: measure.score(truth, predictions, None) for measure in self.measures}
