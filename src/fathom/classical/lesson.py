"""A lesson: training and validation rows as matrices, no more of them than the time allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.classical.features.choose import Features
from fathom.classical.outcome import Outcome
from fathom.classical.products import Matrix
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.learner import Run
from fathom.tasks.problem import Problem

PILOT_ROWS = 1_000
FEW_ROWS, SLOW = 50, 0.15  # pictures that are tried first, of more than four times as many; seconds that say enough
SHARE_OF_TIME = 0.3  # that featurization may take


@dataclass(frozen=True)
class Lesson:
    """What an estimator learns from: `x`, `y` to learn, `valid_x`, `valid_y` to choose and to stop by.

    `y`: positions among the outcome's present classes (int64; -1 in `valid_y`: not in training) or standardised
    numbers (float64). The features of texts are sparse.
    """

    features: Features
    outcome: Outcome
    x: Matrix
    y: npt.NDArray[Any]
    valid_x: Matrix
    valid_y: npt.NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """Rows as matrices, with their truth as the problem has it."""

    features: Features
    x: Matrix
    truth: npt.NDArray[Any]
    valid_x: Matrix
    valid_truth: npt.NDArray[Any]


def prepare(
    problem: Problem, train: Dataset, valid: Dataset, run: Run, learn: Callable[[Problem, Dataset], Features]
) -> Lesson:
    """Learn the features and make the matrices, from as many rows as take no more than their share of the time."""
    rows = featurized(problem, train, valid, run, learn)
    outcome = Outcome.of(problem.classes, rows.truth)
    y, valid_y = outcome.encode(rows.truth), outcome.encode(rows.valid_truth)
    return Lesson(rows.features, outcome, rows.x, y, rows.valid_x, valid_y)


def featurized(
    problem: Problem, train: Dataset, valid: Dataset, run: Run, learn: Callable[[Problem, Dataset], Features]
) -> Rows:
    """The rows whose truth is known, no more of them than can be featurized in their share of the time."""
    with run.step("features"):
        rng = np.random.default_rng(run.seed)
        train, truth = _known(problem, train)
        valid, valid_truth = _known(problem, valid)
        share = _affordable(problem, train, len(train) + len(valid), run, learn)
        if share < 1:
            rows = sample(truth, int(share * len(truth)), bool(problem.classes), rng)
            train, truth = train.take(rows), truth[rows]
            least = FEW_ROWS if _pictured(problem) else PILOT_ROWS
            few = rng.permutation(len(valid))[: max(int(share * len(valid)), least)]
            valid, valid_truth = valid.take(few), valid_truth[few]
        features = learn(problem, train)
        x, begun = features.matrix(train), time.perf_counter()
        valid_x = features.matrix(valid)
        if len(valid):
            run.answering("features", (time.perf_counter() - begun) / len(valid))
        return Rows(features, x, truth, valid_x, valid_truth)


def sample(truth: npt.NDArray[Any], rows: int, labelled: bool, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Positions of `rows` random rows, in order; where labels are learned, with at least one row of each class.

    >>> sample(np.array([0, 0, 0, 1]), 2, True, np.random.default_rng(0)).tolist()[-1]
    3
    """
    order = rng.permutation(len(truth))
    if labelled:
        first = np.unique(truth[order], return_index=True)[1]
        order = np.concatenate([order[first], np.delete(order, first)])
        rows = max(rows, len(first))
    return np.sort(order[:rows])


def _known(problem: Problem, dataset: Dataset) -> tuple[Dataset, npt.NDArray[Any]]:
    """The rows whose truth is known, and that truth."""
    truth = problem.truth(dataset)
    rows = np.flatnonzero(problem.known(truth))
    return (dataset, truth) if len(rows) == len(truth) else (dataset.take(rows), truth[rows])


def _affordable(
    problem: Problem, train: Dataset, rows: int, run: Run, learn: Callable[[Problem, Dataset], Features]
) -> float:
    """The share of rows that can be featurized in time, from timing some; 1 where all can."""
    if not np.isfinite(run.deadline):
        return 1.0
    share = 1.0
    for count in (FEW_ROWS, PILOT_ROWS) if _pictured(problem) else (PILOT_ROWS,):
        if len(train) <= (4 * FEW_ROWS if count == FEW_ROWS else PILOT_ROWS):
            return share
        pilot = train.take(np.linspace(0, len(train) - 1, count).astype(np.intp))
        start = time.perf_counter()
        learn(problem, pilot).matrix(pilot)
        seconds = time.perf_counter() - start
        share = min(1.0, SHARE_OF_TIME * max(run.remaining(), 0.0) / (seconds * rows / count))
        if seconds > SLOW:  # photographs: a thousand would take long to try
            break
    return share


def _pictured(problem: Problem) -> bool:
    """Whether pictures go in, of which one can take as long as a thousand rows of a table."""
    return bool(problem.inputs_of(Kind.IMAGE))
